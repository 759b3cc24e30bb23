// The recorded exchanges of a real server: each must be used up and end well, and each request must
// survive every fault. `node tests/vendure/record.mjs TEST_PROGRAM` makes them anew.
#include <curl/curl.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "connectors/testing/contract.hpp"
#include "test_shop.hpp"

namespace lotbridge::vendure {
namespace {

const std::string kFolder = std::string(VENDURE_FOLDER) + "/cassettes/";
const std::string kSettings =
    R"({"server": "shop.example.com", "username": "lotbridge", "write_stock": true, )" +
    std::string(kFields) + "}";

std::vector<contract::Recorded> recordings() {
  const std::string order = "1", line = "1";
  auto left = contract::left("S-1", "X1", {{line, 3}});
  left.dispatch.lines[0].lots = {contract::stamped("GYP-500", "L1", 3)};
  const auto stamp =
      contract::stamp_of(line, "GYP-500", "S-1", {contract::stamped("GYP-500", "L1", 3)});
  return {
      {"account_check.yaml", "account.check/1", "{}"},
      {"products_pull.yaml", "products.pull/1", R"({"cursor": null, "start_at": null})"},
      {"fulfillments_create.yaml", "fulfillments.create/1",
       write_instruction(contract::instruction(order, left))},
      {"lots_write.yaml", "lots.write/1", write_instruction(contract::instruction(order, stamp))},
      {"stock_write.yaml", "stock.write/1",
       write_instruction(contract::instruction("", contract::may_sell("GYP-500", 20)))},
      {"orders_pull.yaml", "orders.pull/1",
       R"({"cursor": null, "start_at": "2026-01-01T00:00:00Z"})"},
      {"webhook_receive.yaml", "webhook.receive/1",
       R"({"id":"d-1","topic":"order.changed","headers":{},"body":"{\"order\":\"1\"}"})"}};
}

std::size_t collect(char* data, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

// Sends to the real server what the connector asks; its session token does not get into the files.
testing::Answered send(const HttpRequest& request, std::string& token) {
  constexpr const char* kShown = "redacted";  // as the recordings have it
  std::string body = request.body, answer, head;
  const std::string name = "{{secret:password}}";
  if (const auto at = body.find(name); at != std::string::npos) {
    body.replace(at, name.size(), std::getenv("VENDURE_PASSWORD"));
  }
  CURL* curl = curl_easy_init();
  curl_slist* list = curl_slist_append(nullptr, "Content-Type: application/json");
  for (const HttpHeader& header : request.headers) {
    const bool session = header.value == std::string("Bearer ") + kShown;
    list = curl_slist_append(
        list, (header.name + ": " + (session ? "Bearer " + token : header.value)).c_str());
  }
  const std::string url = std::string(std::getenv("VENDURE_RECORD")) + "/admin-api";
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, collect);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &head);
  const CURLcode done = curl_easy_perform(curl);
  long code = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  curl_slist_free_all(list);
  curl_easy_cleanup(curl);
  if (done != CURLE_OK) return lb_status{LB_RETRY};
  std::vector<HttpHeader> headers = {{"content-type", "application/json; charset=utf-8"}};
  const std::string key = "vendure-auth-token: ";
  if (const auto at = head.find(key); at != std::string::npos) {
    token = head.substr(at + key.size(), head.find('\r', at) - at - key.size());
    headers.push_back({"vendure-auth-token", kShown});
  }
  return HttpReply(static_cast<int>(code), headers, answer);
}

TEST(Cassettes, EachIsPlayedToItsEnd) {
  if (std::getenv("VENDURE_RECORD")) {
    std::string token;
    contract::record(VENDURE_FILE, kFolder, kSettings, recordings(),
                     [&](const HttpRequest& request) { return send(request, token); });
  }
  contract::play_all(VENDURE_FILE, kFolder, kSettings, recordings());
}

TEST(Cassettes, AFaultAtEachRequestHasItsClass) {
  contract::fault_all(VENDURE_FILE, kFolder, kSettings, recordings());
}

}  // namespace
}  // namespace lotbridge::vendure
