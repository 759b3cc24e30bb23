// Fills a template: @NAME@ by its value, and lines between `%% if WORD...` and `%% end` only where
// one of the words is set. Blocks may stand in each other. Plain functions.
#pragma once

#include <map>
#include <set>
#include <string>

namespace lotbridge::connector_tool {

std::string filled_template(const std::string& text,
                            const std::map<std::string, std::string>& values,
                            const std::set<std::string>& words);

}  // namespace lotbridge::connector_tool
