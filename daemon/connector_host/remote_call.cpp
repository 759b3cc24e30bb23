#include "daemon/connector_host/remote_call.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>

namespace lotbridge::connector_host {
namespace {

using detail::bytes_of;
using detail::view_of;
using frames::Reader;
using frames::Type;
using frames::Writer;

constexpr std::size_t kMostLogged = 8'192;  // of one message; the daemon counts them

std::int64_t monotonic_ms() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

// Nobody is there, or it is not our daemon: whatever this process did would be lost.
[[noreturn]] void alone() { _exit(0); }

}  // namespace

RemoteCall::RemoteCall(frames::Channel& channel, std::uint32_t number, bool exact,
                       std::uint32_t deadline_ms)
    : channel_(channel),
      number_(number),
      exact_(exact),
      deadline_(deadline_ms == 0 ? 0 : monotonic_ms() + deadline_ms),
      batch_(Type::emit, number) {}

void RemoteCall::send(Writer& frame) {
  if (!channel_.send(frame.bytes())) alone();
}

void RemoteCall::flush() {
  if (batch_.size() == sizeof(frames::Header)) return;
  send(batch_);
  batch_.restart();
}

void RemoteCall::take_cancel(const frames::Frame& frame) {
  Reader reader(frame.payload);
  const lb_status status = reader.i32();
  if (stop_ == LB_OK) stop_ = status == LB_OK ? LB_CANCELLED : status;
}

bool RemoteCall::look() {
  frames::Frame frame;
  switch (channel_.receive_now(frame)) {
    case frames::Channel::Got::nothing:
      break;
    case frames::Channel::Got::frame:
      if (frame.type() != Type::cancel) alone();
      take_cancel(frame);
      break;
    default:
      alone();
  }
  return stop_ != LB_OK;
}

lb_status RemoteCall::ask(Writer& question, Reader& answer) {
  flush();
  send(question);
  frames::Frame frame;
  while (true) {
    if (channel_.receive(frame) != frames::Channel::Got::frame) alone();
    if (frame.type() == Type::cancel) {
      take_cancel(frame);
      continue;
    }
    if (frame.type() != Type::answer) alone();
    answer = Reader(frame.payload);
    return answer.i32();
  }
}

lb_status RemoteCall::http(const lb_http_request& request, const lb_http_response** out) {
  if (stop_ != LB_OK) return stop_;
  if (request.size < sizeof(lb_http_request)) {
    lb_error error{};
    error.size = sizeof error;
    error.status = LB_BUG;
    error.message = bytes_of("the request is shorter than ABI 1.0 says");
    return fail(error);
  }
  Writer asked = question(Type::http);
  frames::write_request(asked, request);
  Reader answer({});
  const lb_status status = ask(asked, answer);
  if (status != LB_OK) return status;
  response_ = frames::read_response(answer, headers_);
  *out = &response_;
  return LB_OK;
}

lb_status RemoteCall::emit(std::string_view kind, std::string_view json) {
  if (stop_ != LB_OK) return stop_;
  batch_.text(kind).text(json);
  if (exact_) {
    Writer one(Type::emit, number_, frames::kExact);
    one.text(kind).text(json);
    batch_.restart();
    Reader answer({});
    return ask(one, answer);
  }
  if (batch_.size() < frames::kBatch) return LB_OK;
  flush();
  look();
  return stop_;
}

lb_status RemoteCall::checkpoint(std::string_view cursor_json) {
  if (stop_ != LB_OK) return stop_;
  Writer asked = question(Type::checkpoint);
  asked.text(cursor_json);
  Reader answer({});
  return ask(asked, answer);
}

lb_status RemoteCall::result(std::string_view json) {
  if (has_result_ && !exact_) return LB_BUG;
  has_result_ = true;
  Writer asked = question(Type::result);
  asked.text(json);
  Reader answer({});
  return ask(asked, answer);
}

lb_status RemoteCall::fail(const lb_error& error) {
  failed_ = error.status;
  message_ = view_of(error.message);
  path_ = view_of(error.path);
  vendor_code_ = view_of(error.vendor_code);
  retry_after_ms_ = error.retry_after_ms;
  return error.status;
}

void RemoteCall::log(std::int32_t level, std::string_view message) {
  constexpr std::size_t kMostLines = 10'000;  // the host's limit is far below
  if (++logged_ > kMostLines) return;
  flush();
  Writer said = question(Type::log);
  said.i32(level).text(message.substr(0, kMostLogged));
  send(said);
}

std::int64_t RemoteCall::now_ms() {
  Writer asked = question(Type::now);
  Reader answer({});
  ask(asked, answer);
  return static_cast<std::int64_t>(answer.u64());
}

lb_status RemoteCall::sleep(std::uint64_t milliseconds) {
  if (stop_ != LB_OK) return stop_;
  Writer asked = question(Type::sleep);
  asked.u64(milliseconds);
  Reader answer({});
  return ask(asked, answer);
}

lb_status RemoteCall::random(void* to, std::size_t bytes) {
  auto* at = static_cast<char*>(to);
  while (bytes > 0) {
    const std::size_t part = std::min<std::size_t>(bytes, 4096);
    Writer asked = question(Type::random);
    asked.u32(static_cast<std::uint32_t>(part));
    Reader answer({});
    if (const lb_status status = ask(asked, answer); status != LB_OK) return status;
    const std::string_view got = answer.text();
    if (got.size() != part) alone();
    std::copy(got.begin(), got.end(), at);
    at += part;
    bytes -= part;
  }
  return LB_OK;
}

bool RemoteCall::cancelled() {
  if (exact_) {
    Writer asked = question(Type::cancelled);
    Reader answer({});
    return ask(asked, answer) != LB_OK;
  }
  return stop_ != LB_OK || (deadline_ != 0 && monotonic_ms() >= deadline_) || look();
}

lb_status RemoteCall::hmac(std::string_view key, std::string_view digest, std::string_view data,
                           std::uint8_t* out, std::size_t* length) {
  Writer asked = question(Type::hmac);
  asked.text(key).text(digest).text(data);
  Reader answer({});
  const lb_status status = ask(asked, answer);
  if (status != LB_OK) return status;
  const std::string_view made = answer.text();
  if (made.size() > 64) alone();
  std::copy(made.begin(), made.end(), out);
  *length = made.size();
  return LB_OK;
}

void RemoteCall::end(Type type, lb_status status) {
  flush();
  Writer last = question(type);
  lb_error error{};
  error.status = failed_ ? *failed_ : LB_OK;
  error.message = bytes_of(message_);
  error.path = bytes_of(path_);
  error.vendor_code = bytes_of(vendor_code_);
  error.retry_after_ms = retry_after_ms_;
  last.i32(status).u32(failed_ ? 1 : 0);
  frames::write_error(last, error);
  send(last);
}

// ---------------------------------------------------------------- extensions

namespace {

RemoteCall& remote(lb_call* call) { return static_cast<RemoteCall&>(detail::HostCall::of(call)); }

lb_status files_list(const lb_files*, lb_call* call, const lb_file** files, std::size_t* count,
                     std::size_t* stride) {
  static std::vector<lb_file> listed;
  Writer asked = remote(call).question(Type::files_list);
  Reader answer({});
  const lb_status status = remote(call).ask(asked, answer);
  if (status != LB_OK) return status;
  // Names must outlive the answer, which the next question overwrites.
  static std::vector<std::string> names;
  listed.clear();
  names.clear();
  const std::uint32_t n = answer.u32();
  for (std::uint32_t at = 0; at < n && answer.good(); ++at) {
    names.emplace_back(answer.text());
    lb_file file{};
    file.size = sizeof file;
    file.length = answer.u64();
    file.modified_ms = static_cast<std::int64_t>(answer.u64());
    listed.push_back(file);
  }
  for (std::size_t at = 0; at < listed.size(); ++at) listed[at].name = bytes_of(names[at]);
  *files = listed.data();
  *count = listed.size();
  *stride = sizeof(lb_file);
  return LB_OK;
}

lb_status files_read(const lb_files*, lb_call* call, lb_bytes name, lb_file_content* content) {
  static std::string bytes, digest;
  Writer asked = remote(call).question(Type::files_read);
  asked.text(view_of(name));
  Reader answer({});
  const lb_status status = remote(call).ask(asked, answer);
  if (status != LB_OK) return status;
  const std::string_view got = view_of(answer.lent());
  bytes.assign(got);
  bytes.append(frames::kPadding, '\0');
  digest = answer.text();
  content->bytes = {bytes.data(), got.size()};
  content->sha256 = bytes_of(digest);
  return LB_OK;
}

lb_status files_finish(const lb_files*, lb_call* call, lb_bytes name, lb_bytes folder,
                       lb_bytes report_text, lb_bytes report_json) {
  Writer asked = remote(call).question(Type::files_finish);
  asked.text(view_of(name)).text(view_of(folder));
  asked.text(view_of(report_text)).text(view_of(report_json));
  Reader answer({});
  return remote(call).ask(asked, answer);
}

lb_status files_write(const lb_files*, lb_call* call, lb_bytes name, lb_bytes content) {
  Writer asked = remote(call).question(Type::files_write);
  asked.text(view_of(name)).text(view_of(content));
  Reader answer({});
  return remote(call).ask(asked, answer);
}

lb_status sign(const lb_sign*, lb_call* call, lb_bytes key, lb_bytes algorithm, lb_bytes data,
               lb_bytes* signature) {
  static std::string made;
  Writer asked = remote(call).question(Type::sign);
  asked.text(view_of(key)).text(view_of(algorithm)).text(view_of(data));
  Reader answer({});
  const lb_status status = remote(call).ask(asked, answer);
  if (status != LB_OK) return status;
  made = answer.text();
  *signature = bytes_of(made);
  return LB_OK;
}

}  // namespace

const lb_files* remote_files() {
  static const lb_files table{sizeof(lb_files), files_list, files_read, files_finish, files_write};
  return &table;
}

const lb_sign* remote_sign() {
  static const lb_sign table{sizeof(lb_sign), sign};
  return &table;
}

}  // namespace lotbridge::connector_host
