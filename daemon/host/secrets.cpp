#include "daemon/host/secrets.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

namespace lotbridge::host {
namespace {

constexpr std::string_view kSecret = "{{secret:";
constexpr std::string_view kBase64 = "{{base64:";

// Where the braces that opened before `from` close; npos where they don't.
std::size_t closing(std::string_view text, std::size_t from) {
  int open = 1;
  for (std::size_t at = from; at + 1 < text.size(); ++at) {
    if (text.substr(at, 2) == "{{") {
      ++open;
      ++at;
    } else if (text.substr(at, 2) == "}}") {
      if (--open == 0) return at;
      ++at;
    }
  }
  return std::string_view::npos;
}

}  // namespace

Result<std::string> fill_secrets(std::string_view text, const Reveal& reveal) {
  std::string out;
  while (true) {
    const std::size_t at = std::min(text.find(kSecret), text.find(kBase64));
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    const bool secret = text.substr(at).starts_with(kSecret);
    const std::size_t from = at + kSecret.size();
    const std::size_t end = closing(text, from);
    if (end == std::string_view::npos) {
      return Problem{"bad_template", "a {{...}} in the request is not closed", {}};
    }
    const std::string_view inner = text.substr(from, end - from);
    auto filled = secret ? reveal(inner) : fill_secrets(inner, reveal);
    if (!filled.ok()) return filled;
    out += secret ? *filled : base64(*filled);
    text.remove_prefix(end + 2);
  }
}

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

namespace {

// Looking an algorithm up costs more than the digest of a webhook, so it is done once.
EVP_MAC* keyed_digest() {
  static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return mac;
}

struct MacContext {
  EVP_MAC_CTX* handle = EVP_MAC_CTX_new(keyed_digest());
  ~MacContext() { EVP_MAC_CTX_free(handle); }
};

}  // namespace

std::string hmac(std::string_view digest, std::string_view key, std::string_view data) {
  if (digest != "sha256" && digest != "sha1" && digest != "sha512") return {};
  thread_local const MacContext context;
  char name[8];
  name[digest.copy(name, sizeof name - 1)] = '\0';
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name, 0),
                                   OSSL_PARAM_construct_end()};
  // A null key would mean "the one from before".
  const auto* key_bytes = reinterpret_cast<const unsigned char*>(key.empty() ? "" : key.data());
  unsigned char out[EVP_MAX_MD_SIZE];
  std::size_t length = 0;
  if (EVP_MAC_init(context.handle, key_bytes, key.size(), parameters) != 1 ||
      EVP_MAC_update(context.handle, reinterpret_cast<const unsigned char*>(data.data()),
                     data.size()) != 1 ||
      EVP_MAC_final(context.handle, out, &length, sizeof out) != 1) {
    return {};
  }
  return {reinterpret_cast<const char*>(out), length};
}

bool same_bytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace lotbridge::host
