#include "daemon/connector_tool/template.hpp"

#include <sstream>
#include <vector>

namespace lotbridge::connector_tool {
namespace {

bool any_set(const std::string& wanted, const std::set<std::string>& words) {
  std::istringstream in(wanted);
  for (std::string word; in >> word;) {
    if (words.count(word) != 0) return true;
  }
  return false;
}

std::string with_values(std::string line, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) {
    const std::string mark = "@" + name + "@";
    for (auto at = line.find(mark); at != std::string::npos;
         at = line.find(mark, at + value.size()))
      line.replace(at, mark.size(), value);
  }
  return line;
}

}  // namespace

std::string filled_template(const std::string& text,
                            const std::map<std::string, std::string>& values,
                            const std::set<std::string>& words) {
  std::string out;
  std::vector<bool> shown = {true};
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("%% if ")) {
      shown.push_back(shown.back() && any_set(line.substr(6), words));
    } else if (line == "%% end") {
      if (shown.size() > 1) shown.pop_back();
    } else if (shown.back()) {
      out += with_values(line, values) + "\n";
    }
  }
  return out;
}

}  // namespace lotbridge::connector_tool
