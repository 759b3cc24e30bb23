#include <cassert>
#include <exception>

#include <lotbridge/records.hpp>
#include <lotbridge/sdk.hpp>

#include "frames.hpp"

namespace lotbridge {
namespace {

lb_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }
std::string text_of(lb_bytes bytes) { return {bytes.data, bytes.len}; }

// A host function may let another call run on this thread; an exception in flight would then be in
// the wrong place.
void about_to_wait() { assert(std::current_exception() == nullptr); }

// What a person should read about a request: neither query nor host, which may carry a key.
std::string title_of(const HttpRequest& request) {
  std::string_view url = request.url;
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos)
    url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("?#"));
  const auto slash = url.find('/');
  return request.method + " " +
         std::string(slash == std::string_view::npos ? "/" : url.substr(slash));
}

bool has_header(const HttpRequest& request, std::string_view name) {
  for (const HttpHeader& header : request.headers) {
    if (header.name.size() != name.size()) continue;
    bool same = true;
    for (std::size_t n = 0; n < name.size(); ++n) same &= (header.name[n] | 32) == (name[n] | 32);
    if (same) return true;
  }
  return false;
}

}  // namespace

const char* status_name(lb_status status) {
  static constexpr const char* kNames[] = {"ok",        "retry",      "rate_limited", "auth",
                                           "config",    "bad_record", "conflict",     "unsupported",
                                           "cancelled", "bug"};
  return status >= 0 && status <= LB_BUG ? kNames[status] : "unknown";
}

Call::Call(const lb_host* host, lb_call* call, std::string_view input)
    : host_(host), call_(call), input_(Json::parse(std::string(input.empty() ? "{}" : input))) {}

// The host has already noted why; the frame passes the bare status back.
void Call::must(lb_status status, const char* what) const {
  if (status != LB_OK) throw HostSaid(status, what);
}

HttpReply Call::exchange(const HttpRequest& request) {
  about_to_wait();
  std::vector<HttpHeader> own = request.headers;
  if (!request.secret.empty()) own.push_back({"Authorization", "Bearer " + secret(request.secret)});
  if (!request.body.empty() && !has_header(request, "content-type")) {
    own.push_back({"Content-Type", "application/json"});
  }
  std::vector<lb_header> headers;
  headers.reserve(own.size());
  for (const HttpHeader& header : own) headers.push_back({bytes(header.name), bytes(header.value)});
  lb_http_request sent{};
  sent.size = sizeof sent;
  sent.timeout_ms = request.timeout_ms;
  sent.method = bytes(request.method);
  sent.url = bytes(request.url);
  sent.headers = headers.data();
  sent.header_count = headers.size();
  sent.body = bytes(request.body);
  sent.bucket = bytes(request.bucket);
  sent.cost = request.cost;
  sent.idempotency_key = bytes(request.idempotency_key);
  const lb_http_response* got = nullptr;
  must(host_->http(call_, &sent, &got), "http");
  std::vector<HttpHeader> got_headers;
  got_headers.reserve(got->header_count);
  for (std::size_t n = 0; n < got->header_count; ++n) {
    got_headers.push_back({text_of(got->headers[n].name), text_of(got->headers[n].value)});
  }
  return HttpReply(got->code, std::move(got_headers), text_of(got->body));
}

HttpReply Call::http(const HttpRequest& request) {
  HttpReply reply = exchange(request);
  reply.expect_ok(now(), title_of(request));
  return reply;
}

void Call::emit(const Document& document) {
  const std::string kind = std::string(document_type_name(document.type())) + "/1";
  emit_json(kind, write_document(document));
}

void Call::emit_json(std::string_view kind, std::string_view json) {
  about_to_wait();
  must(host_->emit(call_, bytes(kind), bytes(json)), "emit");
}

void Call::emit_parked(const Parked& parked) {
  const JsonText json = json_object({{"kind", parked.kind},
                                     {"raw", parked.raw},
                                     {"path", parked.path},
                                     {"message", parked.message},
                                     {"id", parked.id},
                                     {"owner", parked.owner},
                                     {"origin", parked.origin}});
  emit_json("parked/1", json.str());
}

void Call::guarded(Parked parked, const std::function<void()>& translate) {
  try {
    translate();
    return;
  } catch (const HostSaid&) {
    throw;
  } catch (const Failure& failure) {
    if (failure.status != LB_BAD_RECORD) throw;
    parked.path = failure.path;
    parked.message = failure.message;
  }
  emit_parked(parked);
}

void Call::guarded(const Json& record, std::string_view kind,
                   const std::function<void(const Json&)>& translate) {
  Parked parked{std::string(kind), std::string(record.raw()), {}, {}};
  if (record.is_object()) {
    const Json id = record["id"];
    if (id.is_text()) parked.id = id.text();
    if (id.is_number()) parked.id = std::string(id.raw());
  }
  const std::string place = record.path();
  guarded(std::move(parked), [&] {
    try {
      translate(record);
    } catch (Failure& failure) {  // the place within what is parked, not within the page it came on
      if (failure.path.starts_with(place)) failure.path.erase(0, place.size());
      throw;
    }
  });
}

void Call::each(const Json& list, std::string_view kind,
                const std::function<void(const Json&)>& translate) {
  for (const Json& record : list.items_or_none()) guarded(record, kind, translate);
}

void Call::checkpoint(const JsonText& cursor) {
  about_to_wait();
  must(host_->checkpoint(call_, bytes(cursor.str())), "checkpoint");
}

void Call::result(const JsonText& answer) {
  about_to_wait();
  must(host_->result(call_, bytes(answer.str())), "result");
}

void Call::refs(const std::vector<std::pair<std::string, JsonText>>& refs) {
  result(json_object({{"refs", json_object(refs)}}));
}

void Call::log(Level level, std::string_view message) {
  host_->log(call_, static_cast<std::int32_t>(level), bytes(message));
}

Timestamp Call::now() const { return Timestamp{host_->now_ms(call_)}; }

void Call::sleep_ms(std::uint64_t duration) {
  about_to_wait();
  must(host_->sleep_ms(call_, duration), "sleep");
}

bool Call::cancelled() const { return host_->cancelled(call_) != 0; }

std::string Call::random(std::size_t bytes) {
  std::string out(bytes, '\0');
  must(host_->random(call_, out.data(), out.size()), "random");
  return out;
}

std::string Call::uuid() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string raw = random(16);
  raw[6] = static_cast<char>((static_cast<unsigned char>(raw[6]) & 0x0f) | 0x40);
  raw[8] = static_cast<char>((static_cast<unsigned char>(raw[8]) & 0x3f) | 0x80);
  std::string out;
  for (std::size_t n = 0; n < raw.size(); ++n) {
    if (n == 4 || n == 6 || n == 8 || n == 10) out += '-';
    out += kHex[static_cast<unsigned char>(raw[n]) >> 4];
    out += kHex[static_cast<unsigned char>(raw[n]) & 15];
  }
  return out;
}

std::string Call::hmac(std::string_view key, std::string_view algorithm, std::string_view data) {
  std::uint8_t out[64];
  std::size_t length = 0;
  must(host_->hmac(call_, bytes(key), bytes(algorithm), bytes(data), out, &length), "hmac");
  return {reinterpret_cast<const char*>(out), length};
}

const void* Call::extension(std::string_view id) const {
  return host_->extension(host_, bytes(id));
}

}  // namespace lotbridge
