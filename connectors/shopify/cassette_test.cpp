// The recorded exchanges in cassettes/: played back without any other side, each must be used up
// and end well.
//
// SHOPIFY_RECORD=1 makes them anew against the sandbox store.
#include <gmock/gmock.h>
#include <lotbridge/records.hpp>

#include <cstdlib>
#include <fstream>

#include "test_instructions.hpp"
#include "test_shop.hpp"

namespace lotbridge::shopify {
namespace {

const std::string kFolder = std::string(SHOPIFY_FOLDER) + "/cassettes/";
const std::string kSettings =
    R"({"shop": "sandbox.myshopify.com", "locations": {"gid://shopify/Location/1": "MAD1"}})";
const std::string kOrder = "5500000001001", kLine = "14000001001001";

struct Recorded {
  const char* file;
  std::string operation, input;
};

std::vector<Recorded> recordings() {
  LotsPlan plan;
  plan.status = "allocated";
  plan.lines = {{kLine, "GYP-500", Quantity::whole(3), {}}};
  plan.lines[0].lots.push_back({"GYP-500", LotCode{"GYP-260516-B01-MA"}, Quantity::whole(3),
                                Date::parse("2026-05-30"), "MAD1", "A-01"});
  const auto left_once = instruction(kOrder, left("S-1", "X1", {{kLine, 3}}));
  const auto stamp = instruction(kOrder, stamp_of(kLine, "S-1", {stamped("GYP-260516-B01-MA", 3)}));
  return {{"account_check.yaml", "account.check/1", "{}"},
          {"webhook_register.yaml", "webhook.register/1",
           R"({"url": "https://lots.example/hooks/shopify-eu"})"},
          {"lots_plan.yaml", "lots.plan/1", write_instruction(instruction(kOrder, plan))},
          {"fulfillments_create.yaml", "fulfillments.create/1", write_instruction(left_once)},
          {"lots_write.yaml", "lots.write/1", write_instruction(stamp)},
          {"orders_pull.yaml", "orders.pull/1",
           R"({"cursor": null, "start_at": "2026-05-17T00:00:00Z"})"}};
}

void record(Shop& shop) {
  shop.post("products", R"({"sku":"GYP-500","title":"Greek yogurt"})");
  shop.post("orders", R"({"lines":[{"sku":"GYP-500","quantity":3}],
    "customer":{"first_name":"Ana","last_name":"Diaz","email":"ana@example.com"},
    "ship_to":{"first_name":"Ana","city":"Madrid","country_code":"ES","zip":"28001"}})");
  for (int n = 0; n < 11; ++n) shop.post("orders", R"({"lines":[{"sku":"GYP-500","quantity":1}]})");
  for (const Recorded& one : recordings()) {
    Cassette cassette;
    testing::Replay replay(SHOPIFY_FILE, kSettings);
    replay.on_http = [&](const HttpRequest& request) {
      auto answered = shop.answer(request);
      const auto& reply = std::get<HttpReply>(answered);
      Exchange exchange;
      exchange.request = request;
      exchange.code = reply.code();
      exchange.headers = {{"content-type", "application/json; charset=utf-8"}};
      exchange.body = reply.body();
      exchange = redacted(std::move(exchange));
      exchange.request = request;  // made up by this test, and needed as it is to be found again
      cassette.exchanges.push_back(std::move(exchange));
      return answered;
    };
    const auto run = replay.run(one.operation, one.input);
    ASSERT_EQ(run.status, LB_OK) << run.text();
    std::ofstream(kFolder + one.file, std::ios::binary) << cassette.write();
  }
}

TEST(Cassettes, EachIsPlayedToItsEnd) {
  if (std::getenv("SHOPIFY_RECORD")) {
    const auto shop = Shop::open({"--clock", "2026-05-17T08:00:00Z"});
    ASSERT_TRUE(shop);
    record(*shop);
  }
  for (const Recorded& one : recordings()) {
    testing::Replay replay(SHOPIFY_FILE, kSettings);
    replay.play(kFolder + one.file);
    const auto run = replay.run(one.operation, one.input);
    EXPECT_EQ(run.status, LB_OK) << one.file << run.text();
    EXPECT_EQ(replay.unplayed(), "") << one.file;
    EXPECT_TRUE(run.unreadable.empty());
    if (one.operation == "orders.pull/1") {
      EXPECT_EQ(run.documents.size(), 12u);
      EXPECT_EQ(run.cursors.size(), 2u);
    }
  }
}

// One fault at every single recorded request: the right class, and nothing but whole pages stored.
TEST(Cassettes, AFaultAtEachRequestHasItsClass) {
  const std::vector<std::pair<testing::Answered, lb_status>> faults = {
      {lb_status{LB_RETRY}, LB_RETRY},
      {HttpReply(401, {}, "{}"), LB_AUTH},
      {HttpReply(403, {}, "{}"), LB_AUTH},
      {HttpReply(429, {{"retry-after", "2.0"}}, "{}"), LB_RATE_LIMITED},
      {HttpReply(500, {}, ""), LB_RETRY},
      {HttpReply(503, {}, "<html>"), LB_RETRY},
      {HttpReply(200, {}, ""), LB_RETRY},
      {HttpReply(200, {}, "<!DOCTYPE html><html></html>"), LB_RETRY},
      {HttpReply(200, {}, R"({"data":{"ord)"), LB_RETRY},
      {HttpReply(200, {}, "[]"), LB_RETRY},
      {HttpReply(200, {}, R"({"data":null})"), LB_RETRY},
      {HttpReply(200, {}, R"({"errors":"Not Found"})"), LB_RETRY},
      {HttpReply(200, {},
                 R"({"errors":[{"message":"?","extensions":{"code":"INTERNAL_SERVER_ERROR"}}]})"),
       LB_RETRY},
      {HttpReply(200, {}, R"({"errors":[{"message":"?","extensions":{"code":"SHOP_INACTIVE"}}]})"),
       LB_CONFIG},
      {HttpReply(402, {}, "{}"), LB_CONFIG},
      {HttpReply(404, {}, "{}"), LB_CONFIG}};
  for (const Recorded& one : recordings()) {
    const std::size_t requests = Cassette::load(kFolder + one.file)->exchanges.size();
    for (std::size_t at = 0; at < requests; ++at) {
      for (const auto& [fault, status] : faults) {
        testing::Replay replay(SHOPIFY_FILE, kSettings);
        replay.play(kFolder + one.file);
        replay.faults.emplace(at, fault);
        const auto run = replay.run(one.operation, one.input);
        EXPECT_EQ(run.status, status) << one.file << " request " << at << run.text();
        EXPECT_TRUE(run.documents.empty() || run.documents.size() == 10) << run.documents.size();
        EXPECT_NE(run.message, "");
      }
    }
  }
}

}  // namespace
}  // namespace lotbridge::shopify
