// The host's side of one running operation, as an interface: what the functions of lb_host end in.
//
// The daemon's own call, the test kit's replay and the child process, which passes everything on
// over a socket, are three of these; the C table is filled in one place. A call is used by one
// thread at a time. Not for connectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/connector.h>
#include <lotbridge/http.hpp>

namespace lotbridge::detail {

class HostCall {
 public:
  virtual ~HostCall() = default;
  virtual lb_status http(const lb_http_request& request, const lb_http_response** out) = 0;
  virtual lb_status emit(std::string_view kind, std::string_view json) = 0;
  virtual lb_status checkpoint(std::string_view cursor_json) = 0;
  virtual lb_status result(std::string_view json) = 0;
  virtual lb_status fail(const lb_error& error) = 0;
  virtual void log(std::int32_t level, std::string_view message) = 0;
  virtual std::int64_t now_ms() = 0;
  virtual lb_status sleep(std::uint64_t milliseconds) = 0;
  virtual lb_status random(void* to, std::size_t bytes) = 0;
  virtual bool cancelled() = 0;
  virtual lb_status hmac(std::string_view key, std::string_view digest, std::string_view data,
                         std::uint8_t* out, std::size_t* length) = 0;
  // Of lotbridge/sign.h; only some hosts have keys.
  virtual lb_status sign(std::string_view, std::string_view, std::string_view, std::string&) {
    return LB_UNSUPPORTED;
  }

  lb_call* handle() { return reinterpret_cast<lb_call*>(this); }
  static HostCall& of(lb_call* handle) { return *reinterpret_cast<HostCall*>(handle); }
};

// Fills every function but `extension`, which is the instance's own. No exception gets through.
void fill_host_table(lb_host& table);

inline std::string_view view_of(lb_bytes bytes) {
  return bytes.len == 0 ? std::string_view() : std::string_view(bytes.data, bytes.len);
}
inline lb_bytes bytes_of(std::string_view text) { return {text.data(), text.size()}; }

constexpr std::size_t kLentPadding = 64;  // zero bytes behind every buffer that a host lends

// Text with the zero bytes behind it that connector.h promises.
class LentText {
 public:
  explicit LentText(std::string text) : text_(std::move(text)), length_(text_.size()) {
    text_.append(kLentPadding, '\0');
  }
  lb_bytes view() const { return {text_.data(), length_}; }

 private:
  std::string text_;
  std::size_t length_;
};

// An answer as a connector sees it; valid until the next one is lent. Names become lower case.
class LentReply {
 public:
  const lb_http_response* lend(const HttpReply& reply);

 private:
  std::vector<LentText> texts_;
  std::vector<lb_header> headers_;
  lb_http_response response_{};
};

HttpRequest request_of(const lb_http_request& from);

}  // namespace lotbridge::detail
