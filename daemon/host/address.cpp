#include "daemon/host/address.hpp"

#include <curl/curl.h>

#include <charconv>
#include <memory>

namespace lotbridge::host {
namespace {

struct Url {
  CURLU* handle = curl_url();
  ~Url() { curl_url_cleanup(handle); }

  std::string part(CURLUPart which, unsigned flags = 0) const {
    char* text = nullptr;
    std::string out;
    if (curl_url_get(handle, which, &text, flags) == CURLUE_OK && text != nullptr) out = text;
    curl_free(text);
    return out;
  }
};

std::string low(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

std::optional<Address> taken_apart(const Url& url) {
  Address out;
  out.scheme = low(url.part(CURLUPART_SCHEME));
  out.host = low(url.part(CURLUPART_HOST));
  if (out.host.starts_with('[') && out.host.ends_with(']'))
    out.host = out.host.substr(1, out.host.size() - 2);
  // "a.example." is the same server under another spelling; refused rather than thought about.
  if (out.host.empty() || out.host.ends_with('.')) return std::nullopt;
  if (out.scheme != "http" && out.scheme != "https") return std::nullopt;
  if (!url.part(CURLUPART_USER).empty() || !url.part(CURLUPART_PASSWORD).empty())
    return std::nullopt;
  const std::string port = url.part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc() || end != port.data() + port.size() || out.port == 0)
    return std::nullopt;
  out.rest = url.part(CURLUPART_PATH);
  if (out.rest.empty()) out.rest = "/";
  if (const std::string query = url.part(CURLUPART_QUERY); !query.empty()) out.rest += "?" + query;
  return out;
}

bool clean(std::string_view url) {
  for (const char c : url) {
    if (static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '\\') return false;
  }
  return !url.empty();
}

bool host_matches(std::string_view host, std::string_view pattern) {
  if (!pattern.starts_with("*.")) return host == pattern;
  const std::string_view tail = pattern.substr(1);
  return host.size() > tail.size() && host.ends_with(tail);
}

}  // namespace

std::string Address::text() const {
  const bool usual = (scheme == "https" && port == 443) || (scheme == "http" && port == 80);
  const bool v6 = host.find(':') != std::string::npos;
  return scheme + "://" + (v6 ? "[" + host + "]" : host) +
         (usual ? "" : ":" + std::to_string(port)) + rest;
}

std::optional<Address> parse_address(std::string_view text) {
  if (!clean(text)) return std::nullopt;
  const Url url;
  if (curl_url_set(url.handle, CURLUPART_URL, std::string(text).c_str(), 0) != CURLUE_OK)
    return std::nullopt;
  return taken_apart(url);
}

std::optional<Address> follow(const Address& from, std::string_view location) {
  if (!clean(location)) return std::nullopt;
  const Url url;
  if (curl_url_set(url.handle, CURLUPART_URL, from.text().c_str(), 0) != CURLUE_OK)
    return std::nullopt;
  if (curl_url_set(url.handle, CURLUPART_URL, std::string(location).c_str(), 0) != CURLUE_OK)
    return std::nullopt;
  return taken_apart(url);
}

bool allowed(const Address& address, const std::vector<std::string>& patterns) {
  for (const std::string& raw : patterns) {
    const std::string_view plain = "http://";
    std::string pattern = low(raw);
    const bool is_plain = pattern.starts_with(plain);
    if (is_plain != (address.scheme == "http")) continue;
    if (is_plain) pattern.erase(0, plain.size());
    const auto colon = pattern.rfind(':');
    const std::string_view host = std::string_view(pattern).substr(0, colon);
    const std::string usual = is_plain ? "80" : "443";
    const std::string port = colon == std::string::npos ? usual : pattern.substr(colon + 1);
    if (host_matches(address.host, host) && std::to_string(address.port) == port) return true;
  }
  return false;
}

}  // namespace lotbridge::host
