// The HTTP server: sockets in, handlers called, answers out.
//
// One or two threads serve all sockets, two more run the handlers that read the store. A connection
// is served one request at a time, so pipelined requests are answered in order. What is too large,
// too slow, malformed or unknown is answered here, as a problem, before a handler is asked. Rights
// are checked before a body is read. start() and stop() from one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <lotbridge/status.hpp>

#include "daemon/api/auth.hpp"
#include "daemon/api/routes.hpp"

namespace lotbridge::api {

struct ServerSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8480;                       // 0: any free one
  std::string certificate_file, private_key_file;  // PEM; both or none
  int threads = 2;
  int readers = 2;
  std::size_t connections_max = 2048;
  std::size_t header_max = 16 * 1024;
  std::size_t document_max = 1024 * 1024;
  std::size_t hook_max = 4 * 1024 * 1024;
  std::chrono::milliseconds header_time{
      10'000};  // from the first byte of a request to the end of its header
  std::chrono::milliseconds body_time{
      30'000};  // for a whole body; between pieces of a streamed one
  std::chrono::milliseconds idle_time{75'000};    // between requests
  std::chrono::milliseconds answer_time{60'000};  // for a handler
  std::chrono::milliseconds write_time{30'000};   // without progress while we send
  std::chrono::milliseconds stop_time{5'000};     // for what is under way when the daemon stops
};

// Whether certificate and key can be used together; nothing is opened.
Refused check_tls(const ServerSettings&);

// Told of each answer: route pattern ("" where none matched), method, status, seconds spent. Any
// thread.
using Observer = std::function<void(std::string_view route, std::string_view method, int status,
                                    std::chrono::nanoseconds)>;

class Server {
 public:
  // The table and the gate must outlive the server.
  static Result<std::unique_ptr<Server>> start(const ServerSettings&, const RouteTable&,
                                               const Gate&, Observer = {});
  virtual ~Server() = default;
  virtual std::uint16_t port() const = 0;
  virtual std::size_t connections() const = 0;
  // Takes no more connections, lets answers under way finish (for stop_time), closes streams,
  // joins.
  virtual void stop() = 0;
};

}  // namespace lotbridge::api
