#include "test_shop.hpp"

#include <curl/curl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace lotbridge::shopify {
namespace {

constexpr const char* kToken = "sandbox-token";

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::size_t collect(char* data, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

std::size_t collect_header(char* data, std::size_t size, std::size_t count, void* to) {
  const std::string line(data, size * count);
  const auto colon = line.find(": ");
  if (colon != std::string::npos) {
    auto& headers = *static_cast<std::vector<HttpHeader>*>(to);
    headers.push_back({line.substr(0, colon), line.substr(colon + 2, line.find('\r') - colon - 2)});
  }
  return size * count;
}

// Where the URL's path begins, after scheme and host.
std::string path_of(const std::string& url) {
  return url.substr(url.find('/', url.find("://") + 3));
}

std::string with_token(std::string value) {
  const std::string name = "{{secret:access_token}}";
  if (const auto at = value.find(name); at != std::string::npos)
    value.replace(at, name.size(), kToken);
  return value;
}

}  // namespace

std::unique_ptr<Shop> Shop::open(const std::vector<std::string>& options) {
  std::unique_ptr<Shop> shop(new Shop());
  std::string folder = (std::filesystem::temp_directory_path() / "shopify-test-XXXXXX").string();
  shop->folder_ = mkdtemp(folder.data());
  write_file(shop->folder_ + "/token", kToken);
  write_file(shop->folder_ + "/secret", "secret");
  std::vector<std::string> words = {"node",          SANDBOX_STORE,
                                    "--token-file",  shop->folder_ + "/token",
                                    "--secret-file", shop->folder_ + "/secret"};
  words.insert(words.end(), options.begin(), options.end());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return nullptr;
  shop->process_ = fork();
  if (shop->process_ == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    execvp("node", arguments.data());
    _exit(127);
  }
  close(ends[1]);
  std::array<char, 16> port{};
  std::size_t length = 0;
  while (length + 1 < port.size() && read(ends[0], &port[length], 1) == 1 && port[length] != '\n')
    ++length;
  close(ends[0]);
  if (length == 0) return nullptr;
  shop->base_ = "http://127.0.0.1:" + std::string(port.data(), length);
  return shop;
}

Shop::~Shop() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

testing::Answered Shop::send(const std::string& method, const std::string& path,
                             const std::vector<HttpHeader>& headers, const std::string& body) {
  CURL* curl = curl_easy_init();
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  for (const HttpHeader& header : headers) {
    list = curl_slist_append(list, (header.name + ": " + with_token(header.value)).c_str());
  }
  const std::string url = base_ + path;
  std::string answer;
  std::vector<HttpHeader> answer_headers;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  if (method != "GET") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 2000L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, collect_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer_headers);
  const CURLcode done = curl_easy_perform(curl);
  long code = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
  curl_slist_free_all(list);
  curl_easy_cleanup(curl);
  if (done != CURLE_OK) return lb_status{LB_RETRY};
  return HttpReply(static_cast<int>(code), answer_headers, answer);
}

testing::Answered Shop::answer(const HttpRequest& request) {
  return send(request.method, path_of(request.url), request.headers, request.body);
}

Json Shop::get(const std::string& path) {
  const auto answered = send("GET", "/sandbox/" + path, {}, "");
  const auto* reply = std::get_if<HttpReply>(&answered);
  EXPECT_TRUE(reply && reply->ok()) << path << " " << (reply ? reply->body() : "no answer");
  return reply && reply->ok() ? reply->json() : Json::parse("{}");
}

Json Shop::post(const std::string& path, const std::string& body) {
  const auto answered =
      send("POST", "/sandbox/" + path, {{"Content-Type", "application/json"}}, body);
  const auto* reply = std::get_if<HttpReply>(&answered);
  EXPECT_TRUE(reply && reply->ok()) << path << " " << (reply ? reply->body() : "no answer");
  return reply && reply->ok() ? reply->json() : Json::parse("{}");
}

std::int64_t Shop::calls(const std::string& operation) {
  return get("calls")[operation].integer_or(0);
}

std::unique_ptr<testing::Replay> Shop::connector(const std::string& more_settings) {
  const std::string settings = R"({"shop": "sandbox.myshopify.com")" +
                               std::string(more_settings.empty() ? "" : ", ") + more_settings + "}";
  auto out = std::make_unique<testing::Replay>(SHOPIFY_FILE, settings);
  out->on_http = [this](const HttpRequest& request) { return answer(request); };
  return out;
}

}  // namespace lotbridge::shopify
