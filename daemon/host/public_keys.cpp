#include "daemon/host/public_keys.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

namespace lotbridge::host {
namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* what) const {
    Free(what);
  }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Freed<BIO_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, Freed<BN_free>>;

const unsigned char* octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

BioPtr reading(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

KeyPtr public_pem(std::string_view pem) {
  return KeyPtr(PEM_read_bio_PUBKEY(reading(pem).get(), nullptr, nullptr, nullptr));
}

KeyPtr made(const char* type, OSSL_PARAM_BLD* parts) {
  OSSL_PARAM* parameters = OSSL_PARAM_BLD_to_param(parts);
  EVP_PKEY_CTX* context = EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr);
  EVP_PKEY* out = nullptr;
  const bool ok = context != nullptr && EVP_PKEY_fromdata_init(context) == 1 &&
                  EVP_PKEY_fromdata(context, &out, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
  EVP_PKEY_CTX_free(context);
  OSSL_PARAM_free(parameters);
  return KeyPtr(ok ? out : nullptr);
}

// One entry of a JWKS; null where it is of a kind that we do not check.
KeyPtr key_of(const Json& jwk) {
  const std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> parts(OSSL_PARAM_BLD_new());
  const std::string type = jwk["kty"].text_or("");
  if (type == "RSA") {
    const std::string n = unbase64_any(jwk["n"].text_or(""));
    const std::string e = unbase64_any(jwk["e"].text_or(""));
    if (n.empty() || e.empty()) return nullptr;
    const NumberPtr modulus(BN_bin2bn(octets(n), static_cast<int>(n.size()), nullptr));
    const NumberPtr exponent(BN_bin2bn(octets(e), static_cast<int>(e.size()), nullptr));
    OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
    OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
    return made("RSA", parts.get());
  }
  if (type == "EC" && jwk["crv"].text_or("") == "P-256") {
    const std::string x = unbase64_any(jwk["x"].text_or(""));
    const std::string y = unbase64_any(jwk["y"].text_or(""));
    if (x.size() != 32 || y.size() != 32) return nullptr;
    const std::string point = "\x04" + x + y;
    OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    return made("EC", parts.get());
  }
  return nullptr;
}

// r and s beside each other <-> the form that OpenSSL speaks.
std::string raw_of_der(std::string_view der) {
  const unsigned char* at = octets(der);
  const std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>> pair(
      d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
  std::string out(64, '\0');
  if (!pair) return {};
  BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), reinterpret_cast<unsigned char*>(out.data()), 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), reinterpret_cast<unsigned char*>(out.data()) + 32, 32);
  return out;
}

std::string der_of_raw(std::string_view raw) {
  if (raw.size() != 64) return std::string(raw);
  const std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>> pair(ECDSA_SIG_new());
  ECDSA_SIG_set0(pair.get(), BN_bin2bn(octets(raw), 32, nullptr),
                 BN_bin2bn(octets(raw) + 32, 32, nullptr));
  unsigned char* out = nullptr;
  const int length = i2d_ECDSA_SIG(pair.get(), &out);
  std::string der(reinterpret_cast<const char*>(out),
                  length < 0 ? 0U : static_cast<unsigned>(length));
  OPENSSL_free(out);
  return der;
}

}  // namespace

Result<std::string> sign(std::string_view algorithm, std::string_view private_key_pem,
                         std::string_view data) {
  const bool rsa = algorithm == "rs256" || algorithm == "rs512" || algorithm == "ps256";
  if (!rsa && algorithm != "es256")
    return Problem{"unsupported", "the host has no signature of this name", {}};
  const KeyPtr key(
      PEM_read_bio_PrivateKey(reading(private_key_pem).get(), nullptr, nullptr, nullptr));
  if (!key || EVP_PKEY_get_base_id(key.get()) != (rsa ? EVP_PKEY_RSA : EVP_PKEY_EC))
    return Problem{"bad_key", "the configured key is no private key in PEM for this algorithm", {}};
  const DigestPtr context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  const EVP_MD* digest = algorithm == "rs512" ? EVP_sha512() : EVP_sha256();
  if (EVP_DigestSignInit(context.get(), &options, digest, nullptr, key.get()) != 1)
    return Problem{"bad_key", "the configured key can't sign", {}};
  if (algorithm == "ps256") {
    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
  }
  std::size_t length = 0;
  std::string out;
  if (EVP_DigestSign(context.get(), nullptr, &length, octets(data), data.size()) == 1) {
    out.resize(length);
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &length,
                       octets(data), data.size()) == 1) {
      out.resize(length);
      return rsa ? out : raw_of_der(out);
    }
  }
  return Problem{"bad_key", "the configured key can't sign", {}};
}

std::string unbase64_any(std::string_view text) {
  std::string plain(text);
  for (char& c : plain) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (!plain.empty() && plain.back() == '=') plain.pop_back();
  const std::size_t missing = (4 - plain.size() % 4) % 4;
  if (plain.empty() || missing == 3) return {};
  plain.append(missing, '=');
  std::string out(plain.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), octets(plain),
                                     static_cast<int>(plain.size()));
  if (length < 0) return {};
  out.resize(out.size() - missing);
  return out;
}

std::string unhex(std::string_view text) {
  const auto value = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  std::string out;
  if (text.size() % 2 != 0) return out;
  for (std::size_t n = 0; n < text.size(); n += 2) {
    const int high = value(text[n]), low = value(text[n + 1]);
    if (high < 0 || low < 0) return {};
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

struct KeyRing::Key {
  KeyPtr key;
};

KeyRing::KeyRing() = default;
KeyRing::~KeyRing() = default;

Refused KeyRing::take(const std::string& address, std::string_view text) {
  std::map<std::string, std::shared_ptr<Key>> read;
  const auto add = [&](const std::string& id, KeyPtr key) {
    if (key) read[id] = std::make_shared<Key>(Key{std::move(key)});
  };
  if (text.find("-----BEGIN") == 0) {
    add("", public_pem(text));
  } else {
    try {
      const Json json = Json::parse(std::string(text));
      for (const Json& jwk : json["keys"].items_or_none()) add(jwk["kid"].text_or(""), key_of(jwk));
      if (json["publicKey"].is_text()) add("", public_pem(json["publicKey"].text_view()));
    } catch (const Failure&) {
      read.clear();
    }
  }
  if (read.empty()) return Problem{"bad_keys", "the platform's keys can't be read: " + address, {}};
  const std::lock_guard lock(mutex_);
  keys_[address] = std::move(read);
  return std::nullopt;
}

KeyRing::Said KeyRing::verify(const std::string& address, const std::string& key_id,
                              std::string_view digest, std::string_view data,
                              std::string_view signature) const {
  std::vector<std::shared_ptr<Key>> tried;
  {
    const std::lock_guard lock(mutex_);
    const auto known = keys_.find(address);
    if (known == keys_.end()) return Said::no_key;
    for (const auto& [id, key] : known->second) {
      if (key_id.empty() || id.empty() || id == key_id) tried.push_back(key);
    }
  }
  if (tried.empty()) return Said::no_key;
  for (const auto& one : tried) {
    const DigestPtr context(EVP_MD_CTX_new());
    const bool ec = EVP_PKEY_get_base_id(one->key.get()) == EVP_PKEY_EC;
    const std::string wanted = ec ? der_of_raw(signature) : std::string(signature);
    if (EVP_DigestVerifyInit(context.get(), nullptr,
                             digest == "sha512" ? EVP_sha512() : EVP_sha256(), nullptr,
                             one->key.get()) == 1 &&
        EVP_DigestVerify(context.get(), octets(wanted), wanted.size(), octets(data), data.size()) ==
            1) {
      return Said::good;
    }
  }
  return Said::wrong;
}

}  // namespace lotbridge::host
