#include "daemon/host/secrets.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <vector>

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

std::string hmac(std::string_view digest, std::string_view key, std::string_view data) {
  const EVP_MD* algorithm = EVP_get_digestbyname(std::string(digest).c_str());
  if (algorithm == nullptr) return {};
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  if (HMAC(algorithm, key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(data.data()), data.size(), out,
           &length) == nullptr) {
    return {};
  }
  return {reinterpret_cast<const char*>(out), length};
}

bool same_bytes(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace lotbridge::host
