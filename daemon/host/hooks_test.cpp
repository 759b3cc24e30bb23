#include "daemon/host/hooks.hpp"

#include <gmock/gmock.h>

#include "daemon/host/secrets.hpp"

namespace lotbridge::host {
namespace {

constexpr std::int64_t kNow = 1'778'922'000'000;
const std::string kBody = R"({"id":820982911946154508,"email":"jon@example.org"})";

HookRule shop_rule(const std::string& topic = "orders/create") {
  HookRule rule;
  rule.topic = topic;
  rule.digest = "sha256";
  rule.secret = "webhook";
  rule.header = "x-shop-hmac-sha256";
  rule.encoding = "base64";
  rule.topic_header = "x-shop-topic";
  rule.delivery_header = "x-shop-delivery";
  return rule;
}

class HooksTest : public ::testing::Test {
 protected:
  HookCheck check(std::string_view body = kBody) {
    return check_hook(rules_, secrets_, headers_, body, kNow);
  }

  std::vector<HookRule> rules_{shop_rule(), shop_rule("orders/updated")};
  std::map<std::string, std::string> secrets_{{"webhook", "hush"}};
  std::map<std::string, std::string> headers_{
      {"x-shop-hmac-sha256", base64(hmac("sha256", "hush", kBody))},
      {"x-shop-topic", "orders/updated"},
      {"x-shop-delivery", "b54557e4"}};
};

TEST_F(HooksTest, KnownDigests) {
  // RFC 4231, case 2, and RFC 2202, case 2.
  EXPECT_EQ(hex(hmac("sha256", "Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac("sha1", "Jefe", "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(hmac("md9", "k", "d"), "");
  EXPECT_EQ(base64(std::string("\0\xff\x10", 3)), "AP8Q");
  EXPECT_EQ(base64(""), "");
}

TEST_F(HooksTest, AcceptsWhatThePlatformSigned) {
  const HookCheck got = check();
  EXPECT_TRUE(got.ok) << got.reason;
  EXPECT_EQ(got.topic, "orders/updated");
  EXPECT_EQ(got.delivery, "b54557e4");
}

TEST_F(HooksTest, OneFlippedBitIsRefused) {
  for (std::size_t n = 0; n < kBody.size(); n += 7) {
    std::string body = kBody;
    body[n] = static_cast<char>(body[n] ^ 1);
    EXPECT_FALSE(check(body).ok);
  }
  std::string& signature = headers_["x-shop-hmac-sha256"];
  const std::string good = signature;
  for (const std::string& bad : {std::string(), good + "=", good.substr(1), "a" + good.substr(1)}) {
    signature = bad;
    EXPECT_FALSE(check().ok) << bad;
  }
  headers_.erase("x-shop-hmac-sha256");
  EXPECT_EQ(check().reason, "the signature is missing");
}

TEST_F(HooksTest, NothingPassesWithoutASecretOrForAnotherTopic) {
  secrets_["webhook"] = "";
  headers_["x-shop-hmac-sha256"] = base64(hmac("sha256", "", kBody));
  EXPECT_FALSE(check().ok);
  secrets_.clear();
  EXPECT_FALSE(check().ok);
  headers_["x-shop-topic"] = "orders/delete";
  EXPECT_EQ(check().reason, "the connector takes no webhook of this topic");
  headers_.erase("x-shop-topic");
  EXPECT_FALSE(check().ok);
}

TEST_F(HooksTest, ADeliveryWithoutANameIsNamedByItsContent) {
  headers_.erase("x-shop-delivery");
  const std::string first = check().delivery;
  EXPECT_EQ(first.size(), 7 + 64u);
  EXPECT_EQ(check().delivery, first);
  headers_["x-shop-topic"] = "orders/create";
  EXPECT_NE(check().delivery, first);
}

TEST_F(HooksTest, HexWithPrefix) {
  rules_[1].encoding = "hex";
  rules_[1].prefix = "sha256=";
  headers_["x-shop-hmac-sha256"] = "sha256=" + hex(hmac("sha256", "hush", kBody));
  EXPECT_TRUE(check().ok);
  headers_["x-shop-hmac-sha256"] = hex(hmac("sha256", "hush", kBody));
  EXPECT_FALSE(check().ok);
}

TEST_F(HooksTest, AStaleTimestampIsRefused) {
  rules_[1].timestamp_header = "x-time";
  const auto sign = [&](std::int64_t seconds) {
    headers_["x-time"] = std::to_string(seconds);
    headers_["x-shop-hmac-sha256"] =
        base64(hmac("sha256", "hush", std::to_string(seconds) + "." + kBody));
  };
  for (const std::int64_t off : {-300, 0, 300}) {
    sign(kNow / 1000 + off);
    EXPECT_TRUE(check().ok) << off;
  }
  for (const std::int64_t off : {-301, 301}) {
    sign(kNow / 1000 + off);
    EXPECT_EQ(check().reason, "the timestamp is stale") << off;
  }
  headers_["x-time"] = "now";
  EXPECT_FALSE(check().ok);
}

TEST_F(HooksTest, KeepsNoCredentials) {
  headers_["cookie"] = "c";
  headers_["authorization"] = "a";
  EXPECT_EQ(kept_headers(rules_, headers_),
            R"({"x-shop-delivery":"b54557e4","x-shop-topic":"orders/updated"})");
}

// ---------------------------------------------------------------- other manners of signing

HookRule standard_rule() {
  HookRule rule;
  rule.topic = "*";
  rule.standard = true;
  rule.digest = "sha256";
  rule.secret = "webhook";
  rule.encoding = "base64";
  rule.header = "webhook-signature";
  rule.timestamp_header = "webhook-timestamp";
  rule.delivery_header = "webhook-id";
  rule.topic_header = "x-webhook-topic";
  return rule;
}

TEST(StandardWebhooks, AKnownMessage) {
  const std::string body = R"({"id":"evt_demo","lot":"L-22A"})";
  const std::map<std::string, std::string> secrets{
      {"webhook", "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"}};
  const std::string good = "v1,QIXM/StumGOQroxcrqx20m5Y+cVyAyOyERkwrfp2GKk=";
  std::map<std::string, std::string> headers{{"webhook-id", "msg_demo1"},
                                             {"webhook-timestamp", "1767225600"},
                                             {"webhook-signature", good},
                                             {"x-webhook-topic", "order.shipped"}};
  const std::int64_t now = 1'767'225'660'000;
  const auto check = [&](std::int64_t at = 0) {
    return check_hook({standard_rule()}, secrets, headers, body, at == 0 ? now : at);
  };
  EXPECT_TRUE(check().ok) << check().reason;
  EXPECT_EQ(check().delivery, "msg_demo1");
  EXPECT_EQ(check().topic, "order.shipped");
  EXPECT_EQ(check(now + 400'000).reason, "the timestamp is stale");
  EXPECT_EQ(check(now - 400'000).reason, "the timestamp is stale");
  headers["webhook-signature"] = "v1,AAAA v2,x " + good;  // while the secret is being changed
  EXPECT_TRUE(check().ok);
  headers["webhook-signature"] = good.substr(3);
  EXPECT_FALSE(check().ok);
  headers["webhook-signature"] = good;
  headers["webhook-id"] = "msg_demo2";
  EXPECT_FALSE(check().ok);
  EXPECT_EQ(check_hook({standard_rule()}, {{"webhook", "whsec_???"}}, headers, body, now).reason,
            "the webhook secret is not of the platform's form");
}

TEST(NormalisedSecrets, AreSignedInTheirNormalForm) {
  HookRule rule = shop_rule("*");
  rule.header = "x-hmac-signature";
  rule.encoding = "hex";
  rule.prefix = "hmac-sha256-hex=";
  rule.nfkd = true;
  rule.topic_header.clear();
  const std::string body = R"({"id":"evt_demo","lot":"L-22A"})";
  std::map<std::string, std::string> headers{
      {"x-hmac-signature",
       "hmac-sha256-hex=ab306ee6325f58f70fb0067820f312f92ad8b0da1a49da2ce8eca8d16d682c92"}};
  EXPECT_TRUE(check_hook({rule}, {{"webhook", "demo-secret"}}, headers, body, kNow).ok);
  // A ligature and an accent fall apart: fi, e and a combining accent.
  const std::string written =
                        "\xEF\xAC\x81"
                        "anc\xC3\xA9",
                    normal = "fiance\xCC\x81";
  headers["x-hmac-signature"] = rule.prefix + hex(hmac("sha256", normal, body));
  EXPECT_TRUE(check_hook({rule}, {{"webhook", written}}, headers, body, kNow).ok);
  rule.nfkd = false;
  EXPECT_FALSE(check_hook({rule}, {{"webhook", written}}, headers, body, kNow).ok);
}

TEST(Pings, AreAnsweredAndNothingElseIsUnsigned) {
  HookRule rule = shop_rule();
  rule.ping_start = "webhook_id=";
  const auto check = [&](std::string_view body, std::map<std::string, std::string> headers = {}) {
    return check_hook({rule}, {{"webhook", "hush"}}, headers, body, kNow);
  };
  EXPECT_TRUE(check("webhook_id=17").ok);
  EXPECT_TRUE(check("webhook_id=17").ping);
  for (const char* body : {"webhook_id=", "webhook_id=17&x=1", "webhook_id=1x", "{}", "",
                           "webhook_id=123456789012345678901"}) {
    EXPECT_FALSE(check(body).ok) << body;
  }
  EXPECT_FALSE(check("webhook_id=17", {{"x-shop-hmac-sha256", "x"}}).ok);
  rule.ping_start.clear();
  EXPECT_FALSE(check("webhook_id=17").ok);
}

}  // namespace
}  // namespace lotbridge::host
