#include "daemon/connector_host/frames.hpp"

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace lotbridge::frames {

Writer::Writer(Type type, std::uint32_t call, std::uint16_t flags) {
  const Header header{0, static_cast<std::uint16_t>(type), flags, call};
  raw(&header, sizeof header);
}

Writer& Writer::text(std::string_view value) {
  u32(static_cast<std::uint32_t>(value.size()));
  return raw(value.data(), value.size());
}

Writer& Writer::lent(std::string_view value) {
  text(value);
  bytes_.append(kPadding, '\0');
  return *this;
}

const std::string& Writer::bytes() {
  const auto length = static_cast<std::uint32_t>(bytes_.size() - sizeof(Header));
  std::memcpy(bytes_.data(), &length, sizeof length);
  return bytes_;
}

void Writer::restart() { bytes_.resize(sizeof(Header)); }

std::string_view Reader::take(std::size_t n) {
  if (n > left_.size()) {
    good_ = false;
    left_ = {};
    return {};
  }
  const std::string_view out = left_.substr(0, n);
  left_.remove_prefix(n);
  return out;
}

lb_bytes Reader::lent() {
  const std::string_view out = text();
  take(kPadding);
  return {out.data(), out.size()};
}

namespace {

std::string_view view(lb_bytes bytes) {
  return bytes.len == 0 ? std::string_view() : std::string_view(bytes.data, bytes.len);
}
lb_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

constexpr std::uint32_t kMostHeaders = 1000;

}  // namespace

void write_error(Writer& to, const lb_error& error) {
  to.i32(error.status).text(view(error.message)).text(view(error.path));
  to.text(view(error.vendor_code)).u64(error.retry_after_ms);
}

lb_error read_error(Reader& from) {
  lb_error out{};
  out.size = sizeof out;
  out.status = from.i32();
  out.message = bytes(from.text());
  out.path = bytes(from.text());
  out.vendor_code = bytes(from.text());
  out.retry_after_ms = from.u64();
  return out;
}

void write_request(Writer& to, const lb_http_request& request) {
  to.u32(request.timeout_ms).text(view(request.method)).text(view(request.url));
  to.u32(static_cast<std::uint32_t>(request.header_count));
  for (std::size_t n = 0; n < request.header_count; ++n)
    to.text(view(request.headers[n].name)).text(view(request.headers[n].value));
  to.text(view(request.body)).text(view(request.bucket)).u32(request.cost);
  to.text(view(request.idempotency_key));
}

lb_http_request read_request(Reader& from, std::vector<lb_header>& headers) {
  lb_http_request out{};
  out.size = sizeof out;
  out.timeout_ms = from.u32();
  out.method = bytes(from.text());
  out.url = bytes(from.text());
  const std::uint32_t count = from.u32();
  headers.clear();
  for (std::uint32_t n = 0; n < count && n < kMostHeaders && from.good(); ++n) {
    const lb_bytes name = bytes(from.text());
    headers.push_back({name, bytes(from.text())});
  }
  out.headers = headers.data();
  out.header_count = headers.size();
  out.body = bytes(from.text());
  out.bucket = bytes(from.text());
  out.cost = from.u32();
  out.idempotency_key = bytes(from.text());
  return out;
}

void write_response(Writer& to, const lb_http_response& response) {
  to.i32(response.code).u32(static_cast<std::uint32_t>(response.header_count));
  for (std::size_t n = 0; n < response.header_count; ++n)
    to.lent(view(response.headers[n].name)).lent(view(response.headers[n].value));
  to.lent(view(response.body));
}

lb_http_response read_response(Reader& from, std::vector<lb_header>& headers) {
  lb_http_response out{};
  out.size = sizeof out;
  out.code = from.i32();
  const std::uint32_t count = from.u32();
  headers.clear();
  for (std::uint32_t n = 0; n < count && from.good(); ++n) {
    const lb_bytes name = from.lent();
    headers.push_back({name, from.lent()});
  }
  out.headers = headers.data();
  out.header_count = headers.size();
  out.body = from.lent();
  return out;
}

// ---------------------------------------------------------------- the socket

Channel::~Channel() { close(fd_); }

void Channel::set_patience(std::int64_t milliseconds) {
  timeval time{};
  time.tv_sec = milliseconds / 1000;
  time.tv_usec = (milliseconds % 1000) * 1000;
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
  setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

long Channel::send_some(const char* data, std::size_t length) {
  while (true) {
    const ssize_t n = ::send(fd_, data, length, MSG_NOSIGNAL);
    if (n >= 0) return n;
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
  }
}

// A frame if all of it is there.
Channel::Got Channel::parse(Frame& out) {
  const std::size_t have = end_ - begin_;
  if (have < sizeof(Header)) return Got::nothing;
  std::memcpy(&out.header, buffer_.data() + begin_, sizeof(Header));
  if (out.header.length > kLongest) return Got::garbage;
  if (have < sizeof(Header) + out.header.length) return Got::nothing;
  out.payload = {buffer_.data() + begin_ + sizeof(Header), out.header.length};
  begin_ += sizeof(Header) + out.header.length;
  return Got::frame;
}

Channel::Got Channel::fill(int flags) {
  constexpr std::size_t kRoom = 8U << 10U;  // most frames are small, and there may be many channels
  if (begin_ == end_) {
    begin_ = end_ = 0;
    // One long answer must not be held for good.
    if (buffer_.size() > (1U << 20U)) std::string().swap(buffer_);
  }
  if (buffer_.size() - end_ < kRoom) {
    // What was read is dropped; what was promised is made room for only as it arrives.
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (buffer_.size() - end_ < kRoom) buffer_.resize(std::max(buffer_.size() * 2, 2 * kRoom));
  }
  while (true) {
    const ssize_t n = recv(fd_, buffer_.data() + end_, buffer_.size() - end_, flags);
    if (n > 0) {
      end_ += static_cast<std::size_t>(n);
      return Got::frame;
    }
    if (n == 0) return Got::closed;
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == EWOULDBLOCK ? Got::nothing : Got::closed;
  }
}

Channel::Got Channel::receive(Frame& out) {
  while (true) {
    if (const Got got = parse(out); got != Got::nothing) return got;
    if (const Got got = fill(0); got != Got::frame) return got;
  }
}

Channel::Got Channel::receive_now(Frame& out) {
  while (true) {
    if (const Got got = parse(out); got != Got::nothing) return got;
    if (const Got got = fill(MSG_DONTWAIT); got != Got::frame) return got;
  }
}

}  // namespace lotbridge::frames
