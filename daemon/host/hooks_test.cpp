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

}  // namespace
}  // namespace lotbridge::host
