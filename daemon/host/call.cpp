#include "daemon/host/call.hpp"

#include <sys/random.h>

#include <algorithm>
#include <cstring>

#include "daemon/host/public_keys.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

constexpr std::size_t kMostWaiting = 200'000;  // records between two checkpoints
constexpr std::size_t kMostWaitingBytes = 256U << 20U;

std::string text_of(lb_bytes bytes) {
  return bytes.len == 0 ? std::string() : std::string(bytes.data, bytes.len);
}

}  // namespace

RunningCall::RunningCall(const CallEnvironment& environment, std::string_view operation,
                         std::string_view origin, CallLimits limits, Store store, bool closes)
    : environment_(environment),
      operation_(operation),
      origin_(origin),
      limits_(std::move(limits)),
      store_(std::move(store)),
      closes_(closes) {}

lb_status RunningCall::refuse(lb_status status, std::string message) {
  ending_.message = std::move(message);
  ending_.path.clear();
  ending_.vendor_code.clear();
  explained_ = true;
  return status;
}

lb_status RunningCall::http(const lb_http_request& request, const lb_http_response** out) {
  if (request.size < sizeof(lb_http_request))
    return refuse(LB_BUG, "the request is shorter than ABI 1.0 says");
  if (environment_.outbound == nullptr)
    return refuse(LB_BUG, "an instance is opened without any I/O");
  if (cancelled()) return refuse(LB_CANCELLED, "the call was asked to end");
  const Sent sent = environment_.outbound->send(detail::request_of(request), limits_);
  if (!sent.reply) {
    ending_.retry_after_ms = sent.retry_after_ms;
    return refuse(sent.status, sent.message);
  }
  *out = lent_.lend(*sent.reply);
  return LB_OK;
}

lb_status RunningCall::emit(std::string_view kind, std::string_view json) {
  if (!store_) return refuse(LB_BUG, "this operation brings no records");
  if (cancelled()) return refuse(LB_CANCELLED, "the call was asked to end");
  waiting_bytes_ += kind.size() + json.size();
  if (waiting_.size() >= kMostWaiting || waiting_bytes_ > kMostWaitingBytes)
    return refuse(LB_BUG, "too many records without a checkpoint");
  waiting_.push_back(
      take_in(kind, json, *environment_.owners, environment_.connector, std::string(origin_)));
  return LB_OK;
}

lb_status RunningCall::store(std::optional<std::string> cursor, bool last) {
  if (waiting_.empty() && !cursor && !(last && closes_)) return LB_OK;
  std::uint64_t records = 0, parked = 0;
  for (const engine::Record& record : waiting_) {
    const auto* kept = std::get_if<engine::Unreadable>(&record);
    ++(kept == nullptr || kept->problem.code.empty() ? records : parked);
  }
  std::vector<engine::Record> batch;
  batch.swap(waiting_);
  waiting_bytes_ = 0;
  if (!store_ || !store_({std::move(batch), std::move(cursor), last})) {
    return refuse(LB_RETRY, "the records could not be stored; see the daemon's health");
  }
  ending_.records += records;
  ending_.parked += parked;
  return LB_OK;
}

lb_status RunningCall::checkpoint(std::string_view cursor_json) {
  if (!store_) return refuse(LB_BUG, "this operation has no cursor");
  if (cancelled()) return refuse(LB_CANCELLED, "the call was asked to end");
  return store(std::string(cursor_json), false);
}

lb_status RunningCall::result(std::string_view json) {
  if (!ending_.result.empty()) return refuse(LB_BUG, "an operation has one result");
  ending_.result = std::string(json);
  return LB_OK;
}

lb_status RunningCall::fail(const lb_error& error) {
  ending_.message = text_of(error.message);
  ending_.path = text_of(error.path);
  ending_.vendor_code = text_of(error.vendor_code);
  ending_.retry_after_ms = error.retry_after_ms;
  explained_ = true;
  return error.status;
}

void RunningCall::log(std::int32_t level, std::string_view message) {
  const auto clamped = level < 0 ? 0 : level > 4 ? 4 : level;
  log::write(
      static_cast<log::Level>(clamped), "a connector says",
      {{"connector", environment_.connector}, {"operation", operation_}, {"message", message}});
}

lb_status RunningCall::sleep(std::uint64_t milliseconds) {
  const auto bounded = static_cast<std::int64_t>(std::min<std::uint64_t>(milliseconds, 3'600'000));
  if (Outbound::wait(bounded, limits_)) return LB_OK;
  return refuse(LB_CANCELLED, "the call was asked to end");
}

std::uint32_t RunningCall::milliseconds_left() const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      limits_.deadline - std::chrono::steady_clock::now());
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(left.count(), 1, 86'400'000));
}

lb_status RunningCall::random(void* to, std::size_t bytes) {
  auto* at = static_cast<unsigned char*>(to);
  while (bytes > 0) {
    const ssize_t got = getrandom(at, std::min<std::size_t>(bytes, 256), 0);
    if (got < 0) return refuse(LB_RETRY, "the system has no random numbers");
    at += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return LB_OK;
}

lb_status RunningCall::hmac(std::string_view key, std::string_view digest, std::string_view data,
                            std::uint8_t* out, std::size_t* length) {
  if (environment_.outbound == nullptr)
    return refuse(LB_BUG, "an instance is opened without secrets");
  const auto filled = environment_.outbound->signing_key(key);
  if (!filled.ok()) return refuse(LB_CONFIG, filled.problem().detail);
  const std::string made = host::hmac(digest, *filled, data);
  if (made.empty() || made.size() > 64)
    return refuse(LB_UNSUPPORTED, "the host has no digest of this name");
  std::memcpy(out, made.data(), made.size());
  *length = made.size();
  return LB_OK;
}

lb_status RunningCall::sign(std::string_view key, std::string_view algorithm, std::string_view data,
                            std::string& out) {
  if (environment_.outbound == nullptr)
    return refuse(LB_BUG, "an instance is opened without secrets");
  const auto pem = environment_.outbound->private_key(key);
  if (!pem.ok()) return refuse(LB_CONFIG, pem.problem().detail);
  auto made = host::sign(algorithm, *pem, data);
  if (!made.ok())
    return refuse(made.problem().code == "unsupported" ? LB_UNSUPPORTED : LB_CONFIG,
                  made.problem().detail);
  out = std::move(*made);
  return LB_OK;
}

std::string RunningCall::Ending::text() const {
  std::string out = message.empty() ? std::string("no reason was given") : message;
  if (!path.empty()) out += " (at " + path + ")";
  if (!vendor_code.empty()) out += " [" + vendor_code + "]";
  return out;
}

RunningCall::Ending RunningCall::end(lb_status status) {
  if (status == LB_OK) status = store(std::nullopt, true);
  // A status that nobody knows is a broken promise.
  if (status < LB_OK || status > LB_BUG)
    status = refuse(LB_BUG, "the operation ended with an unknown status");
  ending_.status = status;
  if (status == LB_OK) ending_.message.clear();
  return std::move(ending_);
}

}  // namespace lotbridge::host
