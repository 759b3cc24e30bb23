// Requests to a platform in all its moods, over real sockets.
#include <gmock/gmock.h>

#include "daemon/host/outbound.hpp"
#include "daemon/host/testing/scripted_platform.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Received;
using testing::Scripted;
using testing::ScriptedPlatform;
using Way = Scripted::Way;

constexpr const char* kCanary = "canary-4711-secret";

class StillClock final : public engine::Clock {
 public:
  Timestamp now() const override { return *Timestamp::parse("2026-05-16T09:00:00Z"); }
};

class OutboundTest : public ::testing::Test {
 protected:
  OutboundTest() {
    descriptor_ = read_descriptor(R"({
      "id": "acme", "name": "Acme", "version": "1.0.0", "abi": "1.0",
      "hosts": ["{shop}.acme.example", "files.acme.example", "10.0.0.1.acme.example"],
      "secrets": {"token": {"hosts": ["{shop}.acme.example"]}, "user": {"hosts": ["{shop}.acme.example"]},
                  "client": {"hosts": ["{shop}.acme.example"], "in_body": true},
                  "signing": {"use": "hmac"}, "spare": {"hosts": ["{shop}.acme.example"], "optional": true}},
      "limits": {"default": {"rate": 1000, "burst": 1000}, "slow": {"rate": 0.001, "burst": 1},
                 "cost": {"rate": 1000, "burst": 1000, "answer": {"remaining": "/cost/left", "rate": "/cost/rate"}}}})")
                      .value();
    settings_.connector = "acme-eu";
    settings_.settings = Json::parse(R"({"shop": "demo"})");
    settings_.base_url = platform_.url();
    settings_.secrets = {
        {"token", kCanary}, {"user", "ann"}, {"client", "cs-1"}, {"signing", "key-1"}};
    settings_.first_pause_ms = 5;
    settings_.longest_pause_ms = 1500;
    settings_.timeout_ms = 5000;
  }

  Sent send(HttpRequest request) {
    if (!outbound_)
      outbound_ = std::move(Outbound::open(descriptor_, settings_, *client_, clock_).value());
    return outbound_->send(request, {std::chrono::steady_clock::now() + deadline_,
                                     [this] { return cancelled_.load(); }});
  }
  static HttpRequest get(const std::string& path = "/orders") {
    HttpRequest out;
    out.url = "https://demo.acme.example" + path;
    return out;
  }
  static HttpRequest post(const std::string& path = "/orders") {
    HttpRequest out = get(path);
    out.method = "POST";
    out.body = "{}";
    return out;
  }

  ScriptedPlatform platform_;
  StillClock clock_;
  std::unique_ptr<HttpClient> client_ = HttpClient::start();
  Descriptor descriptor_;
  OutboundSettings settings_;
  std::unique_ptr<Outbound> outbound_;
  std::chrono::milliseconds deadline_{10'000};
  std::atomic<bool> cancelled_{false};
};

TEST_F(OutboundTest, SendsAndKeepsTheConnection) {
  platform_.otherwise([](const Received&) {
    return Scripted{200, R"({"a": 1})", {{"X-Mode", "Fast"}}};
  });
  for (int n = 0; n < 5; ++n) {
    const Sent sent = send(get("/orders?after=p%202"));
    ASSERT_TRUE(sent.reply) << sent.message;
    EXPECT_EQ(sent.reply->code(), 200);
    EXPECT_EQ(sent.reply->body(), R"({"a": 1})");
    EXPECT_EQ(sent.reply->headers().at(1).name, "x-mode");
    EXPECT_EQ(sent.reply->headers().at(1).value, "Fast");
  }
  EXPECT_EQ(platform_.received().at(0).target, "/orders?after=p%202");
  EXPECT_EQ(platform_.connections(), 1u);
}

TEST_F(OutboundTest, FillsSecretsOnlyForTheirHostsAndPlaces) {
  HttpRequest request = post("/lots?key={{secret:token}}");
  request.headers = {{"Authorization", "Basic {{base64:{{secret:user}}:{{secret:token}}}}"},
                     {"X-Plain", "{{other}}"}};
  request.body = R"({"client": "{{secret:client}}", "note": "{{secret:token}}"})";
  ASSERT_TRUE(send(request).reply);
  const Received got = platform_.received().at(0);
  EXPECT_EQ(got.target, std::string("/lots?key=") + kCanary);
  EXPECT_EQ(got.headers.at("authorization"), "Basic " + base64(std::string("ann:") + kCanary));
  EXPECT_EQ(got.headers.at("x-plain"), "{{other}}");
  // A text of a stranger that was quoted in a body does not become a secret.
  EXPECT_EQ(got.body, R"({"client": "cs-1", "note": "{{secret:token}}"})");

  for (const char* name : {"signing", "spare", "nonsense"}) {
    HttpRequest bad = get();
    bad.headers = {{"X-Key", secret(name)}};
    EXPECT_EQ(send(bad).status, LB_CONFIG) << name;
  }
  HttpRequest elsewhere = get();
  elsewhere.url = "https://files.acme.example/x";
  elsewhere.headers = {{"X-Key", secret("token")}};
  EXPECT_THAT(send(elsewhere).message, HasSubstr("may not be sent to files.acme.example"));
  EXPECT_EQ(platform_.received().size(), 1u);
}

TEST_F(OutboundTest, RefusesAddressesThatTheDescriptorDoesNotName) {
  for (const char* url : {"https://evil.example/x", "https://demo.acme.example.evil.example/",
                          "https://xdemo.acme.example/", "https://demo.acme.example:8443/",
                          "https://acme.example/", "http://evil.example/", "https://127.0.0.1/"}) {
    HttpRequest request = get();
    request.url = url;
    EXPECT_EQ(send(request).status, LB_CONFIG) << url;
  }
  for (const char* url :
       {"ftp://demo.acme.example/", "https://user:pw@demo.acme.example/", "demo.acme.example", "",
        "https://demo.acme.example/\nX", "https://demo.acme.example\\@evil.example/"}) {
    HttpRequest request = get();
    request.url = url;
    EXPECT_EQ(send(request).status, LB_BUG) << url;
  }
  EXPECT_TRUE(platform_.received().empty());
}

TEST_F(OutboundTest, RefusesPrivateAddressesAndPlainHttpWithoutBaseUrl) {
  settings_.base_url.clear();
  settings_.settings = Json::parse(R"({"shop": "127.0.0.1:1"})");
  descriptor_.hosts = {"localhost:443", "127.0.0.1:443"};
  HttpRequest request = get();
  request.url = "https://localhost/";
  Sent sent = send(request);
  EXPECT_EQ(sent.status, LB_CONFIG);
  EXPECT_THAT(sent.message, HasSubstr("private network"));
  request.url = "https://127.0.0.1/";
  EXPECT_EQ(send(request).status, LB_CONFIG);
  request.url = "http://127.0.0.1:443/";
  EXPECT_THAT(send(request).message, HasSubstr("plain http"));
}

TEST_F(OutboundTest, RepeatsReadsThatFailAndCountsThem) {
  platform_.then({.way = Way::mute});
  platform_.then({500});
  platform_.then({200, R"({"ok": true, "padding": "................"})", {}, 0, Way::cut});
  const Sent sent = send(get());
  ASSERT_TRUE(sent.reply) << sent.message;
  EXPECT_EQ(sent.reply->code(), 200);
  EXPECT_EQ(platform_.received().size(), 4u);
  EXPECT_EQ(outbound_->counts().requests, 4u);
  EXPECT_EQ(outbound_->counts().retries, 3u);
}

TEST_F(OutboundTest, GivesTheLastAnswerWhenTheAttemptsAreUsedUp) {
  platform_.otherwise([](const Received&) { return Scripted{503}; });
  const Sent sent = send(get());
  ASSERT_TRUE(sent.reply);
  EXPECT_EQ(sent.reply->code(), 503);
  EXPECT_EQ(platform_.received().size(), 4u);
}

TEST_F(OutboundTest, NeverRepeatsAWriteWhoseAnswerWasLost) {
  for (const Way way : {Way::mute, Way::cut}) {
    platform_.then({200, "{\"id\": \"1234567890\"}", {}, 0, way});
    const std::size_t before = platform_.received().size();
    const Sent sent = send(post());
    EXPECT_FALSE(sent.reply);
    EXPECT_EQ(sent.status, LB_RETRY);
    EXPECT_THAT(sent.message, HasSubstr("outcome unknown"));
    EXPECT_EQ(platform_.received().size(), before + 1);
  }
  platform_.then({500});
  EXPECT_EQ(send(post()).reply->code(), 500);
  EXPECT_EQ(platform_.received().size(), 3u);
}

TEST_F(OutboundTest, RepeatsAWriteThatCarriesAKey) {
  platform_.then({.way = Way::mute});
  platform_.then({502});
  HttpRequest request = post();
  request.idempotency_key = "k-1";
  EXPECT_EQ(send(request).reply->code(), 200);
  EXPECT_EQ(platform_.received().size(), 3u);
}

TEST_F(OutboundTest, HonoursRetryAfterInBothForms) {
  platform_.then({429, "", {{"Retry-After", "1"}}});
  auto from = std::chrono::steady_clock::now();
  EXPECT_EQ(send(post()).reply->code(), 200);  // nothing was done, so even a write may be repeated
  EXPECT_GE(std::chrono::steady_clock::now() - from, std::chrono::milliseconds(1000));

  platform_.then({503, "", {{"Retry-After", "Sat, 16 May 2026 09:00:01 GMT"}}});
  from = std::chrono::steady_clock::now();
  EXPECT_EQ(send(get()).reply->code(), 200);
  EXPECT_GE(std::chrono::steady_clock::now() - from, std::chrono::milliseconds(1000));

  platform_.then({429});
  EXPECT_EQ(send(get()).reply->code(), 200);

  // Longer than a thread should wait: the answer goes back, and the schedule waits.
  platform_.then({429, "", {{"Retry-After", "60"}}});
  const std::size_t before = platform_.received().size();
  EXPECT_EQ(send(get()).reply->code(), 429);
  EXPECT_EQ(platform_.received().size(), before + 1);
}

TEST_F(OutboundTest, APlatformThatIsDownOrSilentIsARetry) {
  settings_.timeout_ms = 150;
  platform_.otherwise([](const Received&) { return Scripted{.way = Way::hang}; });
  const Sent silent = send(post());
  EXPECT_EQ(silent.status, LB_RETRY);
  EXPECT_THAT(silent.message, HasSubstr("outcome unknown"));
  EXPECT_EQ(platform_.received().size(), 1u);

  settings_.base_url = testing::closed_url();
  outbound_.reset();
  const Sent down = send(post());
  EXPECT_EQ(down.status, LB_RETRY);
  EXPECT_THAT(down.message, HasSubstr("can't be reached"));
  EXPECT_EQ(outbound_->counts().requests, 4u);  // nothing arrived, so a write may be tried again
}

TEST_F(OutboundTest, EndsAtItsDeadlineAndWhenItIsCancelled) {
  platform_.otherwise([](const Received&) { return Scripted{.way = Way::hang}; });
  deadline_ = std::chrono::milliseconds(200);
  auto from = std::chrono::steady_clock::now();
  EXPECT_FALSE(send(get()).reply);
  EXPECT_LT(std::chrono::steady_clock::now() - from, std::chrono::seconds(3));

  deadline_ = std::chrono::seconds(30);
  std::thread stopper([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    cancelled_ = true;
  });
  from = std::chrono::steady_clock::now();
  EXPECT_EQ(send(get()).status, LB_CANCELLED);
  EXPECT_LT(std::chrono::steady_clock::now() - from, std::chrono::seconds(3));
  stopper.join();
}

TEST_F(OutboundTest, FollowsRedirectsOfReadsWithEveryCheckAgain) {
  platform_.then({302, "", {{"Location", "/second"}}});
  platform_.then({307, "", {{"Location", "https://demo.acme.example/third"}}});
  platform_.then({301, "", {{"Location", platform_.url() + "/fourth"}}});
  HttpRequest request = get();
  request.secret = "";
  request.headers = {{"X-Key", secret("token")}};
  EXPECT_EQ(send(request).reply->code(), 200);
  ASSERT_EQ(platform_.received().size(), 4u);
  EXPECT_EQ(platform_.received()[3].target, "/fourth");

  platform_.then({302, "", {{"Location", "https://evil.example/steal"}}});
  EXPECT_THAT(send(get()).message, HasSubstr("evil.example"));
  // Allowed as an address, but not for this secret.
  platform_.then({302, "", {{"Location", "https://files.acme.example/x"}}});
  EXPECT_THAT(send(request).message, HasSubstr("may not be sent to files.acme.example"));
  platform_.then({302, "", {{"Location", "/second"}}});
  EXPECT_EQ(send(post()).reply->code(), 302);

  platform_.otherwise([](const Received&) { return Scripted{302, "", {{"Location", "/again"}}}; });
  EXPECT_THAT(send(get()).message, HasSubstr("circle"));
}

TEST_F(OutboundTest, WaitsForLimitsOrSaysHowLong) {
  HttpRequest slow = get();
  slow.bucket = "slow";
  EXPECT_TRUE(send(slow).reply);
  const Sent limited = send(slow);
  EXPECT_EQ(limited.status, LB_RATE_LIMITED);
  EXPECT_GT(limited.retry_after_ms, 900'000u);
  EXPECT_EQ(platform_.received().size(), 1u);

  // The answer says that nothing is left and little comes back.
  platform_.then({200, R"({"cost": {"left": 0, "rate": 10.0}})"});
  HttpRequest costly = post();
  costly.bucket = "cost";
  costly.cost = 5;
  EXPECT_TRUE(send(costly).reply);
  const auto from = std::chrono::steady_clock::now();
  EXPECT_TRUE(send(costly).reply);
  EXPECT_GE(std::chrono::steady_clock::now() - from, std::chrono::milliseconds(400));
}

TEST_F(OutboundTest, ABodyBeyondAllMeasureIsRefused) {
  platform_.otherwise([](const Received&) { return Scripted{200, std::string(65U << 20U, 'x')}; });
  const Sent sent = send(post());
  EXPECT_EQ(sent.status, LB_RETRY);
  EXPECT_THAT(sent.message, HasSubstr("larger than"));
}

TEST_F(OutboundTest, AHeaderCanNotBeSmuggledIn) {
  HttpRequest request = get();
  request.headers = {{"X-A", "1\r\nX-B: 2"}};
  EXPECT_FALSE(send(request).reply);
  EXPECT_TRUE(platform_.received().empty());
}

TEST_F(OutboundTest, NoSecretReachesTheLogOrAMessage) {
  std::string lines;
  log::setup(log::Level::trace);
  log::divert([&](std::string_view line) { lines += line; });
  HttpRequest request = get("/x?key={{secret:token}}");
  request.headers = {{"X-Key", secret("token")}};
  platform_.then({500});
  platform_.then({.way = Way::mute});
  platform_.otherwise(
      [](const Received&) { return Scripted{.body = "xxxxxxxx", .way = Way::cut}; });
  const Sent sent = send(request);
  log::divert({});
  log::setup(log::Level::warning);
  EXPECT_THAT(lines, HasSubstr("a request is repeated"));
  EXPECT_THAT(lines, Not(HasSubstr(kCanary)));
  EXPECT_THAT(sent.message, Not(HasSubstr(kCanary)));
}

TEST_F(OutboundTest, RecordsWithoutSecrets) {
  std::vector<Exchange> kept;
  EXPECT_TRUE(send(get()).reply);
  outbound_->record([&](Exchange exchange) { kept.push_back(std::move(exchange)); });
  HttpRequest request = get("/shop");
  request.headers = {{"X-Key", secret("token")}};
  platform_.then({200, R"({"email": "ann@example.org", "id": 5})"});
  EXPECT_TRUE(send(request).reply);
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].request.url, "https://demo.acme.example/shop");
  EXPECT_EQ(kept[0].request.headers[0].value, "{{secret:token}}");
  EXPECT_THAT(kept[0].body, Not(HasSubstr("ann@")));
}

}  // namespace
}  // namespace lotbridge::host
