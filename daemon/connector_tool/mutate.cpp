#include "daemon/connector_tool/mutate.hpp"

#include <iterator>
#include <vector>

namespace lotbridge::connector_tool {
namespace {

constexpr const char* kValues[] = {
    "null",
    "true",
    "-1",
    "0",
    "1e400",
    "9223372036854775808",
    "0.0000001",
    "\"\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"2026-02-30\"",
    "\"2026-13-45T99:99:99Z\"",
    "\"-5\"",
    "[]",
    "{}",
    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    "[null,null]",
    "{\"\":null}"};

std::size_t below(Random& random, std::size_t limit) {
  return limit == 0 ? 0 : static_cast<std::size_t>(random() % limit);
}

// Where values of JSON begin and end, roughly: behind ':' '[' or ',', up to the next ',' '}' ']'.
std::string with_other_value(const std::string& text, Random& random) {
  std::vector<std::size_t> starts;
  bool quoted = false;
  for (std::size_t n = 0; n < text.size(); ++n) {
    if (text[n] == '"' && (n == 0 || text[n - 1] != '\\')) quoted = !quoted;
    if (!quoted && (text[n] == ':' || text[n] == '[' || text[n] == ',')) starts.push_back(n + 1);
  }
  if (starts.empty()) return text;
  const std::size_t from = starts[below(random, starts.size())];
  std::size_t to = from;
  int depth = 0;
  for (quoted = false; to < text.size(); ++to) {
    const char c = text[to];
    if (c == '"' && text[to - 1] != '\\') quoted = !quoted;
    if (quoted) continue;
    if (depth == 0 && (c == ',' || c == '}' || c == ']')) break;
    if (c == '{' || c == '[') ++depth;
    if (c == '}' || c == ']') --depth;
  }
  const std::string value = kValues[below(random, std::size(kValues))];
  return text.substr(0, from) + value + text.substr(to);
}

std::string nested(std::size_t depth) {
  std::string out;
  for (std::size_t n = 0; n < depth; ++n) out += "{\"a\":[";
  out += "1";
  for (std::size_t n = 0; n < depth; ++n) out += "]}";
  return out;
}

}  // namespace

std::string mutated(const std::string& text, Random& random) {
  std::string out = text;
  const std::size_t rounds = 1 + below(random, 3);
  for (std::size_t n = 0; n < rounds; ++n) {
    switch (below(random, 8)) {
      case 0:
        if (!out.empty()) out[below(random, out.size())] = static_cast<char>(random());
        break;
      case 1:
        out.resize(below(random, out.size() + 1));
        break;
      case 2: {
        const std::size_t at = below(random, out.size());
        out.insert(at, out.substr(at, below(random, 200)));
        break;
      }
      case 3:
        if (below(random, 10) == 0) out = nested(1 + below(random, 3000));
        break;
      default:
        out = with_other_value(out, random);
        break;
    }
  }
  return out;
}

}  // namespace lotbridge::connector_tool
