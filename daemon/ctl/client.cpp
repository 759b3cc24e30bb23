#include "daemon/ctl/client.hpp"

#include <curl/curl.h>

#include <memory>

namespace lotbridge::ctl {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kLowSpeedSeconds = 300;  // a long import may keep the daemon busy

struct EasyCloser {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListCloser {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Headers = std::unique_ptr<curl_slist, ListCloser>;

std::size_t append(const char* data, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

void add(Headers& headers, const std::string& line) {
  headers.reset(curl_slist_append(headers.release(), line.c_str()));
}

Result<Reply> perform(const std::string& url, const Headers& headers,
                      const std::string_view* body) {
  const std::unique_ptr<CURL, EasyCloser> easy(curl_easy_init());
  if (!easy) return Problem{"unreachable", "libcurl could not start", {}};
  Reply reply;
  char error[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(easy.get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_LOW_SPEED_TIME, kLowSpeedSeconds);
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &reply.body);
  curl_easy_setopt(easy.get(), CURLOPT_ERRORBUFFER, error);
  if (body != nullptr) {
    curl_easy_setopt(easy.get(), CURLOPT_POST, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, body->data());
  }
  if (const CURLcode code = curl_easy_perform(easy.get()); code != CURLE_OK) {
    return Problem{"unreachable", *error != '\0' ? error : curl_easy_strerror(code), {}};
  }
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  reply.status = static_cast<int>(status);
  return reply;
}

}  // namespace

Client::Client(std::string url, std::string token, std::string actor)
    : url_(std::move(url)), token_(std::move(token)), actor_(std::move(actor)) {
  while (!url_.empty() && url_.back() == '/') url_.pop_back();
}

std::string Client::part(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4U];
      out += kHex[byte & 15U];
    }
  }
  return out;
}

namespace {

Headers common_headers(const std::string& token, const std::string& actor) {
  Headers headers;
  if (!token.empty()) add(headers, "Authorization: Bearer " + token);
  if (!actor.empty()) add(headers, "Lotbridge-Actor: " + actor);
  add(headers, "Expect:");
  return headers;
}

}  // namespace

Result<Reply> Client::get(std::string_view path, const Query& query, std::string_view accept) {
  std::string url = url_ + std::string(path);
  char separator = '?';
  for (const auto& [key, value] : query) {
    url += separator + key + "=" + part(value);
    separator = '&';
  }
  Headers headers = common_headers(token_, actor_);
  if (!accept.empty()) add(headers, "Accept: " + std::string(accept));
  return perform(url, headers, nullptr);
}

Result<Reply> Client::post(std::string_view path, std::string_view body,
                           std::string_view content_type) {
  Headers headers = common_headers(token_, actor_);
  add(headers, "Content-Type: " + std::string(content_type));
  return perform(url_ + std::string(path), headers, &body);
}

}  // namespace lotbridge::ctl
