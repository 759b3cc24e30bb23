// One running operation, seen from the host: what the connector may ask of it, and what it
// gathered.
//
// The functions of lb_host end here, whichever way the connector runs. One thread at a time.
// Records wait in memory until a checkpoint or a good end stores them; a bad end drops them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/connector.h>
#include <lotbridge/detail/host_call.hpp>

#include "daemon/engine/clock.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/host/intake.hpp"
#include "daemon/host/outbound.hpp"

namespace lotbridge::host {

// Of the account, what a call needs; all of it outlives the call.
struct CallEnvironment {
  std::string connector;
  const OwnerRule* owners = nullptr;
  Outbound* outbound = nullptr;  // null: no I/O, while an instance is opened
  const engine::Clock* clock = nullptr;
};

class RunningCall final : public detail::HostCall {
 public:
  struct Batch {
    std::vector<engine::Record> records;
    std::optional<std::string> cursor;  // of a checkpoint
    bool last = false;                  // the good end of the operation
  };
  // False: it could not be stored, and nothing of it is.
  using Store = std::function<bool(Batch)>;

  // `closes`: the end stores also when there is nothing to store, because that closes a webhook.
  // `operation` and `origin` outlive the call.
  RunningCall(const CallEnvironment& environment, std::string_view operation,
              std::string_view origin, CallLimits limits, Store store, bool closes = false);

  // ---- what lb_host offers
  lb_status http(const lb_http_request& request, const lb_http_response** out) override;
  lb_status emit(std::string_view kind, std::string_view json) override;
  lb_status checkpoint(std::string_view cursor_json) override;
  lb_status result(std::string_view json) override;
  lb_status fail(const lb_error& error) override;
  void log(std::int32_t level, std::string_view message) override;
  std::int64_t now_ms() override { return environment_.clock->now().ms; }
  lb_status sleep(std::uint64_t milliseconds) override;
  lb_status random(void* to, std::size_t bytes) override;
  bool cancelled() override {
    return limits_.cancelled() || std::chrono::steady_clock::now() >= limits_.deadline;
  }
  // Until the deadline; at least 1.
  std::uint32_t milliseconds_left() const;
  lb_status hmac(std::string_view key, std::string_view digest, std::string_view data,
                 std::uint8_t* out, std::size_t* length) override;
  lb_status sign(std::string_view key, std::string_view algorithm, std::string_view data,
                 std::string& out) override;

  // ---- afterwards
  struct Ending {
    lb_status status = LB_OK;
    std::string message, path, vendor_code;
    std::uint64_t retry_after_ms = 0;
    std::uint64_t records = 0, parked = 0;  // stored
    std::string result;
    std::string text() const;  // message, with place and the platform's code
  };
  // `status` is what the operation returned. Stores what is left after a good end.
  Ending end(lb_status status);

 private:
  lb_status refuse(lb_status status, std::string message);
  lb_status store(std::optional<std::string> cursor, bool last);

  const CallEnvironment& environment_;
  const std::string_view operation_, origin_;
  const CallLimits limits_;
  const Store store_;
  const bool closes_;
  std::vector<engine::Record> waiting_;
  std::size_t waiting_bytes_ = 0;
  Ending ending_;
  bool explained_ = false;

  detail::LentReply lent_;
};

}  // namespace lotbridge::host
