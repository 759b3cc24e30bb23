// The head of an answer as bytes, and the few places where HTTP's grammar shows. Any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "daemon/api/request.hpp"

namespace lotbridge::api {

struct HeadOptions {
  bool close = false;
  bool chunked = false;  // else Content-Length
  std::optional<std::size_t> length;
};
// Status line and headers with the empty line. Line breaks inside header values are dropped.
std::string response_head(const Response&, const HeadOptions&);
// One chunk of a chunked body.
std::string chunk_of(std::string_view piece);
std::string_view reason_phrase(int status);

}  // namespace lotbridge::api
