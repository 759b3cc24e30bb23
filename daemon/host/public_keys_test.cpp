// Signatures with key pairs, and webhooks that carry them.
#include "daemon/host/public_keys.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <gmock/gmock.h>

#include "daemon/host/hooks.hpp"
#include "daemon/host/secrets.hpp"

namespace lotbridge::host {
namespace {

constexpr std::int64_t kNow = 1'778'922'000'000;  // 2026-05-16T09:00:00Z
const std::string kKeys = "https://keys.acme.example/jwks";

std::string pem_of(EVP_PKEY* key, bool secret) {
  BIO* out = BIO_new(BIO_s_mem());
  if (secret) {
    PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  } else {
    PEM_write_bio_PUBKEY(out, key);
  }
  char* data = nullptr;
  const long length = BIO_get_mem_data(out, &data);
  std::string text(data, static_cast<std::size_t>(length));
  BIO_free(out);
  return text;
}

std::string part_of(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  std::string bytes(static_cast<std::size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, reinterpret_cast<unsigned char*>(bytes.data()));
  BN_free(number);
  std::string text = base64(bytes);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  while (text.ends_with('=')) text.pop_back();
  return text;
}

class KeysTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    rsa_ = EVP_RSA_gen(2048);
    ec_ = EVP_EC_gen("P-256");
  }
  static void TearDownTestSuite() {
    EVP_PKEY_free(rsa_);
    EVP_PKEY_free(ec_);
  }
  std::string jwks(const std::string& id) const {
    return R"({"keys": [{"kty": "oct", "kid": "odd"}, {"kty": "RSA", "kid": ")" + id +
           R"(", "n": ")" + part_of(rsa_, OSSL_PKEY_PARAM_RSA_N) + R"(", "e": ")" +
           part_of(rsa_, OSSL_PKEY_PARAM_RSA_E) + "\"}]}";
  }
  static inline EVP_PKEY *rsa_ = nullptr, *ec_ = nullptr;
  KeyRing ring_;
};

TEST_F(KeysTest, WhatIsSignedCanBeChecked) {
  ASSERT_FALSE(ring_.take(kKeys, pem_of(rsa_, false)));
  for (const char* algorithm : {"rs256", "rs512"}) {
    const auto made = sign(algorithm, pem_of(rsa_, true), "text");
    ASSERT_TRUE(made.ok()) << made.problem().detail;
    const std::string digest = std::string_view(algorithm) == "rs512" ? "sha512" : "sha256";
    EXPECT_EQ(ring_.verify(kKeys, "", digest, "text", *made), KeyRing::Said::good);
    EXPECT_EQ(ring_.verify(kKeys, "", digest, "texT", *made), KeyRing::Said::wrong);
  }
  ASSERT_FALSE(ring_.take(kKeys, pem_of(ec_, false)));
  const auto made = sign("es256", pem_of(ec_, true), "text");
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->size(), 64u);
  EXPECT_EQ(ring_.verify(kKeys, "", "sha256", "text", *made), KeyRing::Said::good);
}

TEST_F(KeysTest, AWrongKeyIsAProblemWithoutTheKey) {
  EXPECT_EQ(sign("rs256", "nonsense", "x").problem().code, "bad_key");
  EXPECT_EQ(sign("rs256", pem_of(ec_, true), "x").problem().code, "bad_key");
  EXPECT_EQ(sign("md5", pem_of(rsa_, true), "x").problem().code, "unsupported");
}

TEST_F(KeysTest, KeysOfASetAreFoundByTheirId) {
  ASSERT_FALSE(ring_.take(kKeys, jwks("k-1")));
  const std::string made = *sign("rs256", pem_of(rsa_, true), "text");
  EXPECT_EQ(ring_.verify(kKeys, "k-1", "sha256", "text", made), KeyRing::Said::good);
  EXPECT_EQ(ring_.verify(kKeys, "k-2", "sha256", "text", made), KeyRing::Said::no_key);
  EXPECT_EQ(ring_.verify("https://other.example", "k-1", "sha256", "text", made),
            KeyRing::Said::no_key);
  // Nonsense does not take away what is known.
  EXPECT_TRUE(ring_.take(kKeys, "<html>"));
  EXPECT_TRUE(ring_.take(kKeys, R"({"keys": []})"));
  EXPECT_EQ(ring_.verify(kKeys, "k-1", "sha256", "text", made), KeyRing::Said::good);
}

Descriptor with_hook(const std::string& verify) {
  auto read = read_descriptor(R"({"id": "acme", "name": "Acme", "version": "1.0.0", "abi": "1.0",
    "hosts": ["keys.acme.example"], "secrets": {"hook": {"use": "hmac"}},
    "webhooks": [{"topic": "shipped", "verify": )" +
                              verify + "}]}");
  EXPECT_TRUE(read.ok()) << read.problem().detail;
  return read.ok() ? std::move(*read) : Descriptor{};
}

TEST_F(KeysTest, AWebhookIsCheckedWithThePlatformsKey) {
  const Descriptor acme = with_hook(
      R"({"scheme": "public-key", "keys": "https://keys.acme.example/jwks", "header": "X-Sig",
          "key_id_header": "X-Key", "timestamp_header": "X-Time", "timestamp": "iso8601"})");
  const std::string body = R"({"id": 1})", time = "2026-05-16T08:59:00Z";
  std::map<std::string, std::string> headers{
      {"x-sig", base64(*sign("rs256", pem_of(rsa_, true), time + "." + body))},
      {"x-key", "k-1"},
      {"x-time", time}};
  const auto check = [&](std::string_view text, std::int64_t at = kNow) {
    return check_hook(acme.hooks, {}, headers, text, at, &ring_);
  };
  EXPECT_FALSE(check(body).ok);
  EXPECT_TRUE(check(body).keys_wanted) << "it is not known yet";
  ASSERT_FALSE(ring_.take(kKeys, jwks("k-1")));
  EXPECT_TRUE(check(body).ok) << check(body).reason;
  EXPECT_EQ(check(R"({"id": 2})").reason, "the signature is wrong");
  EXPECT_EQ(check(body, kNow + 600'000).reason, "the timestamp is stale");
  headers["x-key"] = "k-9";
  EXPECT_TRUE(check(body).keys_wanted);
  headers.erase("x-key");
  EXPECT_FALSE(check(body).ok);
}

TEST(TimestampList, OneHeaderHoldsTimeAndSignatures) {
  const Descriptor acme =
      with_hook(R"({"scheme": "timestamp-list", "secret": "hook", "header": "Acme-Signature"})");
  const std::string body = R"({"id": 1})", time = std::to_string(kNow / 1000);
  const std::string good = hex(hmac("sha256", "hush", time + "." + body));
  std::map<std::string, std::string> headers;
  const auto check = [&](const std::string& header, std::int64_t at = kNow) {
    headers["acme-signature"] = header;
    return check_hook(acme.hooks, {{"hook", "hush"}}, headers, body, at);
  };
  EXPECT_TRUE(check("t=" + time + ",v1=" + good).ok);
  EXPECT_TRUE(check("t=" + time + ", v1=" + std::string(64, '0') + ", v1=" + good).ok)
      << "two, while the secret is changed";
  EXPECT_FALSE(check("t=" + time + ",v0=" + good).ok);
  EXPECT_FALSE(check("t=" + std::to_string(kNow / 1000 + 1) + ",v1=" + good).ok);
  EXPECT_EQ(check("t=" + time + ",v1=" + good, kNow + 301'000).reason, "the timestamp is stale");
  EXPECT_FALSE(check("v1=" + good).ok);
  EXPECT_FALSE(check("").ok);
}

}  // namespace
}  // namespace lotbridge::host
