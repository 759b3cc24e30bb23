// The words of a command line: what stands alone, options with a value, flags.
//
// Strict: an option that the verb does not know is refused. Plain values.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <lotbridge/status.hpp>

namespace lotbridge::connector_tool {

struct Arguments {
  std::vector<std::string> words;
  std::map<std::string, std::string> values;  // "--seed" -> "7"
  std::set<std::string> flags;

  bool has(const std::string& flag) const { return flags.count(flag) != 0; }
  std::string value(const std::string& option, const std::string& otherwise = "") const {
    const auto found = values.find(option);
    return found == values.end() ? otherwise : found->second;
  }
};

struct Accepted {
  std::set<std::string> options, flags;
  std::size_t least_words = 0, most_words = 0;
};

Result<Arguments> read_arguments(const std::vector<std::string>& given, const Accepted& accepted);

}  // namespace lotbridge::connector_tool
