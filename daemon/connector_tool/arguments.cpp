#include "daemon/connector_tool/arguments.hpp"

namespace lotbridge::connector_tool {

Result<Arguments> read_arguments(const std::vector<std::string>& given, const Accepted& accepted) {
  Arguments out;
  const auto wrong = [](std::string detail) { return Problem{"usage", std::move(detail), {}}; };
  for (std::size_t n = 0; n < given.size(); ++n) {
    std::string word = given[n];
    if (!word.starts_with("--")) {
      out.words.push_back(word);
      continue;
    }
    std::optional<std::string> value;
    if (const auto equals = word.find('='); equals != std::string::npos) {
      value = word.substr(equals + 1);
      word.resize(equals);
    }
    if (accepted.flags.count(word) != 0 && !value) {
      out.flags.insert(word);
    } else if (accepted.options.count(word) != 0) {
      if (!value && n + 1 == given.size()) return wrong(word + " needs a value");
      out.values[word] = value ? *value : given[++n];
    } else {
      return wrong("unknown option " + word);
    }
  }
  if (out.words.size() < accepted.least_words) return wrong("something is missing");
  if (out.words.size() > accepted.most_words)
    return wrong("too much: '" + out.words[accepted.most_words] + "'");
  return out;
}

}  // namespace lotbridge::connector_tool
