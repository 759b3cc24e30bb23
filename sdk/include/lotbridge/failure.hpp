// How connector code says that it can't go on: an exception that never leaves the connector's file.
//
// The frame around every operation (sdk.hpp) turns a Failure into the lb_status and lb_error of the
// C ABI. Throw one with the class that decides what the host does next; the message is one sentence
// for the person who runs the daemon and holds no secret.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>

#include <lotbridge/connector.h>

namespace lotbridge {

class Failure : public std::exception {
 public:
  Failure(lb_status status, std::string message, std::string path = {},
          std::string vendor_code = {}, std::uint64_t retry_after_ms = 0)
      : status(status),
        message(std::move(message)),
        path(std::move(path)),
        vendor_code(std::move(vendor_code)),
        retry_after_ms(retry_after_ms) {}
  const char* what() const noexcept override { return message.c_str(); }

  lb_status status;
  std::string message;
  std::string path;         // JSON Pointer into what was being read
  std::string vendor_code;  // the platform's own name of the error
  std::uint64_t retry_after_ms = 0;
};

// The name of a status as the log and the messages use it: "rate_limited".
const char* status_name(lb_status status);

}  // namespace lotbridge
