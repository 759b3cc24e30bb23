// Operations that the daemon knows, and which of them a role needs.
//
// Plain functions over fixed tables; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lotbridge::connector_tool {

bool is_known_operation(std::string_view name);
// Empty for a role that there is not.
std::vector<std::string> needed_by(std::string_view role);
std::vector<std::string> roles();

}  // namespace lotbridge::connector_tool
