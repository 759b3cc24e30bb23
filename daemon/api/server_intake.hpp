// Bytes in, requests out: the incremental reader of one connection, with its limits. No sockets
// here; one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "daemon/api/request.hpp"

namespace lotbridge::api {

class Intake {
 public:
  explicit Intake(std::size_t header_max);
  ~Intake();

  // Where the next bytes from the socket go, and how many came.
  std::span<char> prepare();
  void commit(std::size_t bytes);

  enum class Step { need_more, ready, failed };
  // Forgets the last request; what was already read of the next one stays.
  void next();
  // Bytes of the request have come (an idle connection has none).
  bool started() const;
  std::size_t buffered() const;  // bytes read and not used yet
  // ready: head() is filled.
  Step read_header();
  // ready: the body is complete; call set_body_max first. The bytes so far are in body(), which may
  // be emptied meanwhile.
  Step read_body();
  void set_body_max(std::optional<std::uint64_t> bytes);
  std::string& body();

  // After `failed`: what to answer.
  const Response& failure() const;

  struct Head {
    std::string method, target;
    std::map<std::string, std::string> headers;
    bool keep_alive = true;
    bool http10 = false;
    bool expects_continue = false;
    bool has_body = false;
    std::optional<std::uint64_t> content_length;  // unset: chunked or none
  };
  Head& head();
  // True when nothing of the current message is left to read.
  bool complete() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lotbridge::api
