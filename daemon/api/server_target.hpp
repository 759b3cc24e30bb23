// The request target taken apart: path parts and query, decoded once and strictly.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/status.hpp>

namespace lotbridge::api {

struct Target {
  std::vector<std::string> path;  // "/v1/orders/a%2Fb" -> {"v1", "orders", "a/b"}
  std::map<std::string, std::string> query;
};

// Refuses broken %XX, bytes that are not UTF-8 or are control characters, and a key that stands
// twice. `+` in a query is a space, in a path it is itself.
Result<Target> parse_target(std::string_view target);
// True for well-formed UTF-8 without control characters.
bool is_clean_text(std::string_view text);

}  // namespace lotbridge::api
