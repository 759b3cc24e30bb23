// A running operation in a connector's process: what it asks of its host goes over the socket.
//
// Records are gathered into batches; everything that has an answer waits for it. A request to end
// is seen whenever the connector looks, waits or hands over a batch. If the daemon is gone or
// speaks nonsense the process ends: nobody would take what it does. One thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <lotbridge/files.h>
#include <lotbridge/sign.h>
#include <lotbridge/detail/host_call.hpp>

#include "daemon/connector_host/frames.hpp"

namespace lotbridge::connector_host {

class RemoteCall final : public detail::HostCall {
 public:
  RemoteCall(frames::Channel& channel, std::uint32_t number, bool exact, std::uint32_t deadline_ms);

  lb_status http(const lb_http_request& request, const lb_http_response** out) override;
  lb_status emit(std::string_view kind, std::string_view json) override;
  lb_status checkpoint(std::string_view cursor_json) override;
  lb_status result(std::string_view json) override;
  lb_status fail(const lb_error& error) override;
  void log(std::int32_t level, std::string_view message) override;
  std::int64_t now_ms() override;
  lb_status sleep(std::uint64_t milliseconds) override;
  lb_status random(void* to, std::size_t bytes) override;
  bool cancelled() override;
  lb_status hmac(std::string_view key, std::string_view digest, std::string_view data,
                 std::uint8_t* out, std::size_t* length) override;

  // The last frame: what the operation returned, with its explanation.
  void end(frames::Type type, lb_status status);

  // Sends what was gathered and the question, waits; the answer begins with a status, which is
  // read. `asked` holds the answer until the next question.
  lb_status ask(frames::Writer& question, frames::Reader& answer);
  frames::Writer question(frames::Type type) const { return frames::Writer(type, number_); }

 private:
  void send(frames::Writer& frame);
  void flush();
  void take_cancel(const frames::Frame& frame);
  bool look();  // for a request to end that has arrived

  frames::Channel& channel_;
  const std::uint32_t number_;
  const bool exact_;
  const std::int64_t deadline_;  // monotonic milliseconds; 0: none
  frames::Writer batch_;
  lb_status stop_ = LB_OK;  // what host functions answer once the host has had enough
  bool has_result_ = false;
  std::size_t logged_ = 0;
  std::optional<lb_status> failed_;
  std::string message_, path_, vendor_code_;
  std::uint64_t retry_after_ms_ = 0;
  std::vector<lb_header> headers_;
  lb_http_response response_{};
};

// The extensions, their tables passed on the same way.
const lb_files* remote_files();
const lb_sign* remote_sign();

}  // namespace lotbridge::connector_host
