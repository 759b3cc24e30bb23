// Tokens that a platform lends, its own words for "too often", and the way through a proxy; over
// real sockets.
#include <gmock/gmock.h>

#include "daemon/host/outbound.hpp"
#include "daemon/host/testing/scripted_platform.hpp"

namespace lotbridge::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Received;
using testing::Scripted;
using testing::ScriptedPlatform;

class MovingClock final : public engine::Clock {
 public:
  Timestamp now() const override { return Timestamp{ms}; }
  std::int64_t ms = Timestamp::parse("2026-05-16T09:00:00Z")->ms;
};

class OAuthTest : public ::testing::Test {
 protected:
  OAuthTest() {
    grant("refresh_token");
    settings_.connector = "acme-eu";
    settings_.settings = Json::parse(R"({"shop": "demo"})");
    settings_.base_url = platform_.url();
    settings_.secrets = {{"client_id", "id-1"}, {"client_secret", "cs&1"}, {"refresh", "seed"}};
    settings_.first_pause_ms = 5;
    settings_.longest_pause_ms = 1500;
    settings_.keeper = {[this](const std::string& name) -> std::optional<std::string> {
                          const auto found = kept_.find(name);
                          return found == kept_.end() ? std::nullopt : std::optional(found->second);
                        },
                        [this](const std::string& name, const std::string& state) {
                          if (!disk_) return false;
                          kept_[name] = state;
                          order_.push_back("kept");
                          return true;
                        }};
    platform_.otherwise([this](const Received& request) { return answer(request); });
  }

  void grant(const std::string& name, const std::string& more = "") {
    const std::string text = R"({
      "id": "acme", "name": "Acme", "version": "1.0.0", "abi": "1.0",
      "hosts": ["{shop}.acme.example", "http://old.acme.example", "http://127.0.0.1:9"],
      "secrets": {"client_id": {"use": "oauth2"}, "client_secret": {"use": "oauth2"},
                  "refresh": {"use": "oauth2"},
                  "access": {"hosts": ["{shop}.acme.example"], "oauth2": {"grant": ")" +
                             name + R"(", "token_url": "https://{shop}.acme.example/oauth/token",
                      "client_id": "client_id", "client_secret": "client_secret",
                      "refresh_token": "refresh")" +
                             more + R"(}}},
      "limits": {"default": {"rate": 1000, "burst": 1000, "retry_after_header": "x-slow-down",
                             "throttled": {"at": "/errors/0/extensions/code", "is": "THROTTLED"}}}})";
    auto read = read_descriptor(text);
    ASSERT_TRUE(read.ok()) << read.problem().detail;
    descriptor_ = std::move(*read);
  }

  Scripted answer(const Received& request) {
    if (request.target != "/oauth/token") {
      order_.push_back("used");
      const bool good =
          request.headers.at("authorization") == "Bearer a-" + std::to_string(serial_);
      return {good && !revoked_ ? 200 : 401, "{}"};
    }
    order_.push_back("renewed");
    forms_.push_back(request.body);
    revoked_ = false;
    if (token_code_ != 200) return {token_code_, R"({"error": "invalid_grant"})"};
    const std::string n = std::to_string(++serial_);
    return {200, R"({"access_token": "a-)" + n + R"(", "expires_in": 3600, "refresh_token": "r-)" +
                     n + "\"}"};
  }

  Sent ask() {
    if (!outbound_) {
      auto opened = Outbound::open(descriptor_, settings_, *client_, clock_);
      EXPECT_TRUE(opened.ok());
      outbound_ = std::move(*opened);
    }
    HttpRequest request;
    request.url = "https://demo.acme.example/orders";
    request.headers = {{"Authorization", "Bearer {{secret:access}}"}};
    return outbound_->send(request, limits());
  }
  CallLimits limits() const {
    return {std::chrono::steady_clock::now() + std::chrono::seconds(10), [] { return false; }};
  }

  bool disk_ = true, revoked_ = false;
  int serial_ = 0, token_code_ = 200;
  std::map<std::string, std::string> kept_;
  std::vector<std::string> order_, forms_;
  MovingClock clock_;
  std::unique_ptr<HttpClient> client_ = HttpClient::start();
  Descriptor descriptor_;
  OutboundSettings settings_;
  std::unique_ptr<Outbound> outbound_;
  ScriptedPlatform platform_;  // last: its threads use what stands above
};

TEST_F(OAuthTest, ATokenIsFetchedOnceAndRenewedBeforeItEnds) {
  EXPECT_EQ(ask().reply->code(), 200);
  EXPECT_EQ(ask().reply->code(), 200);
  EXPECT_THAT(forms_, ElementsAre("grant_type=refresh_token&refresh_token=seed&client_id=id-1&"
                                  "client_secret=cs%261"));
  clock_.ms += 3'550'000;  // within the last minute
  EXPECT_EQ(ask().reply->code(), 200);
  ASSERT_EQ(forms_.size(), 2u);
  EXPECT_THAT(forms_[1], HasSubstr("refresh_token=r-1&")) << "the changed one, not the first";
}

TEST_F(OAuthTest, AChangedTokenIsKeptBeforeItIsUsed) {
  EXPECT_EQ(ask().reply->code(), 200);
  EXPECT_THAT(order_, ElementsAre("renewed", "kept", "used"));
  // The disk is full: the new token is not used until it is safe.
  clock_.ms += 3'600'000;
  disk_ = false;
  EXPECT_EQ(ask().status, LB_RETRY);
  EXPECT_EQ(order_.back(), "renewed");
  disk_ = true;
  EXPECT_EQ(ask().reply->code(), 200);
  EXPECT_EQ(forms_.size(), 2u) << "kept late, not fetched again";
}

TEST_F(OAuthTest, AfterARestartItGoesOnFromWhatWasKept) {
  EXPECT_EQ(ask().reply->code(), 200);
  outbound_.reset();
  EXPECT_EQ(ask().reply->code(), 200);
  EXPECT_EQ(forms_.size(), 1u);
  // Another account was connected meanwhile: what was kept belongs to the old one.
  outbound_.reset();
  settings_.secrets["refresh"] = "new-seed";
  EXPECT_EQ(ask().reply->code(), 200);
  EXPECT_THAT(forms_.back(), HasSubstr("refresh_token=new-seed"));
}

TEST_F(OAuthTest, ARefusedTokenIsRenewedOnceAndTheRequestRepeated) {
  EXPECT_EQ(ask().reply->code(), 200);
  revoked_ = true;
  EXPECT_EQ(ask().reply->code(), 200);
  EXPECT_EQ(forms_.size(), 2u);
  platform_.otherwise([](const Received& request) {
    return request.target == "/oauth/token" ? Scripted{200, R"({"access_token": "other"})"}
                                            : Scripted{401, "{}"};
  });
  EXPECT_EQ(ask().reply->code(), 401) << "and no third time";
}

TEST_F(OAuthTest, WhoIsRefusedForGoodIsToldToConnectAgain) {
  token_code_ = 400;
  const Sent sent = ask();
  EXPECT_EQ(sent.status, LB_AUTH);
  EXPECT_THAT(sent.message, HasSubstr("invalid_grant"));
  token_code_ = 503;
  EXPECT_EQ(ask().status, LB_RETRY);
}

TEST_F(OAuthTest, ClientCredentialsGoWhereThePlatformWantsThem) {
  grant("client_credentials", R"(, "client_in": "basic", "scope": "read write")");
  EXPECT_EQ(ask().reply->code(), 200);
  EXPECT_THAT(forms_, ElementsAre("grant_type=client_credentials&scope=read%20write"));
  EXPECT_EQ(platform_.received().at(0).headers.at("authorization"),
            "Basic " + base64("id-1:cs%261"));
}

TEST_F(OAuthTest, APlatformsOwnWordForRetryAfterIsRead) {
  platform_.otherwise([](const Received&) -> Scripted {
    return {429, "{}", {{"X-Slow-Down", "120"}}};
  });
  HttpRequest request;
  request.url = "https://demo.acme.example/x";
  grant("client_credentials");
  auto opened = Outbound::open(descriptor_, settings_, *client_, clock_);
  const Sent sent = (*opened)->send(request, limits());
  ASSERT_TRUE(sent.reply) << sent.message;
  EXPECT_EQ(platform_.received().size(), 1u) << "two minutes are the schedule's to wait";
  EXPECT_EQ(sent.reply->header("retry-after"), "120") << "connectors read one name";
}

TEST_F(OAuthTest, AnAnswerThatSaysTooOftenInItsBodyIsRepeated) {
  const std::string throttled = R"({"errors": [{"extensions": {"code": "THROTTLED"}}]})";
  platform_.then({200, throttled});
  platform_.then({200, throttled});
  platform_.then({200, R"({"data": 1})"});
  HttpRequest request;
  request.method = "POST";  // nothing was done, so this is safe
  request.body = "{}";
  request.url = "https://demo.acme.example/graphql";
  auto opened = Outbound::open(descriptor_, settings_, *client_, clock_);
  const Sent sent = (*opened)->send(request, limits());
  ASSERT_TRUE(sent.reply) << sent.message;
  EXPECT_EQ(sent.reply->body(), R"({"data": 1})");
  EXPECT_EQ(platform_.received().size(), 3u);
}

TEST_F(OAuthTest, RequestsGoThroughTheProxyThatIsConfigured) {
  settings_.base_url.clear();
  settings_.proxy = platform_.url();
  platform_.otherwise([](const Received&) { return Scripted{200, "through"}; });
  auto opened = Outbound::open(descriptor_, settings_, *client_, clock_);
  ASSERT_TRUE(opened.ok()) << opened.problem().detail;
  HttpRequest request;
  request.url = "http://old.acme.example/orders";
  const Sent sent = (*opened)->send(request, limits());
  ASSERT_TRUE(sent.reply) << sent.message;
  EXPECT_EQ(sent.reply->body(), "through");
  EXPECT_EQ(platform_.received().at(0).target, "http://old.acme.example/orders");
  // What is plainly private is not even asked for.
  request.url = "http://127.0.0.1:9/x";
  EXPECT_EQ((*opened)->send(request, limits()).status, LB_CONFIG);
  EXPECT_EQ(platform_.received().size(), 1u);
}

}  // namespace
}  // namespace lotbridge::host
