// What a host lends to a connector, and reads of it.
#include <lotbridge/detail/host_call.hpp>

namespace lotbridge::detail {
namespace {

std::string text_of(lb_bytes bytes) { return std::string(view_of(bytes)); }

}  // namespace

const lb_http_response* LentReply::lend(const HttpReply& reply) {
  texts_.clear();
  headers_.clear();
  texts_.reserve(1 + 2 * reply.headers().size());
  texts_.emplace_back(reply.body());
  for (const HttpHeader& header : reply.headers()) {
    std::string name = header.name;
    for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    texts_.emplace_back(std::move(name));
    texts_.emplace_back(header.value);
    headers_.push_back({texts_[texts_.size() - 2].view(), texts_.back().view()});
  }
  response_ = {sizeof(lb_http_response), reply.code(), headers_.data(), headers_.size(),
               texts_[0].view()};
  return &response_;
}

HttpRequest request_of(const lb_http_request& from) {
  HttpRequest out;
  out.method = text_of(from.method);
  out.url = text_of(from.url);
  for (std::size_t n = 0; n < from.header_count; ++n) {
    out.headers.push_back({text_of(from.headers[n].name), text_of(from.headers[n].value)});
  }
  out.body = text_of(from.body);
  out.bucket = text_of(from.bucket);
  out.cost = from.cost;
  out.idempotency_key = text_of(from.idempotency_key);
  out.timeout_ms = from.timeout_ms;
  return out;
}

}  // namespace lotbridge::detail
