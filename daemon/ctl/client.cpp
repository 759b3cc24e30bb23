#include "daemon/ctl/client.hpp"

#include "daemon/host/http_client.hpp"

namespace lotbridge::ctl {
namespace {

constexpr std::int64_t kTimeoutMs = 600'000;  // a long import may keep the daemon busy
constexpr std::size_t kAnswerBytesMax = std::size_t{1} << 30U;

}  // namespace

Client::Client(std::string url, std::string token, std::string actor)
    : url_(std::move(url)),
      token_(std::move(token)),
      actor_(std::move(actor)),
      http_(host::HttpClient::start()) {
  while (!url_.empty() && url_.back() == '/') url_.pop_back();
}

Client::Client(Client&&) noexcept = default;
Client::~Client() = default;

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

Result<Reply> Client::send(host::WireRequest request) {
  // The operator named the address, so plain HTTP and the own machine are fine.
  request.plain_http = true;
  request.private_addresses = true;
  request.timeout_ms = kTimeoutMs;
  request.max_body = kAnswerBytesMax;
  if (!token_.empty()) request.headers.push_back({"Authorization", "Bearer " + token_});
  if (!actor_.empty()) request.headers.push_back({"Lotbridge-Actor", actor_});
  host::WireReply reply = http_->perform(request, [] { return false; });
  if (reply.end != host::WireReply::End::answered) return Problem{"unreachable", reply.error, {}};
  return Reply{reply.code, std::move(reply.body)};
}

Result<Reply> Client::get(std::string_view path, const Query& query, std::string_view accept) {
  host::WireRequest request;
  request.method = "GET";
  request.url = url_ + std::string(path);
  request.may_repeat = true;
  char separator = '?';
  for (const auto& [key, value] : query) {
    request.url += separator + key + "=" + part(value);
    separator = '&';
  }
  if (!accept.empty()) request.headers.push_back({"Accept", std::string(accept)});
  return send(std::move(request));
}

Result<Reply> Client::post(std::string_view path, std::string_view body,
                           std::string_view content_type) {
  host::WireRequest request;
  request.method = "POST";
  request.url = url_ + std::string(path);
  request.body = std::string(body);
  request.headers.push_back({"Content-Type", std::string(content_type)});
  return send(std::move(request));
}

}  // namespace lotbridge::ctl
