// The parsed form of a JSON text: a flat list of nodes over the text itself. Only sdk/src includes
// it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/json.hpp>

namespace lotbridge {

struct JsonNode {
  static constexpr std::uint32_t kNone = 0xffffffff;
  Json::Type type = Json::Type::null;
  bool keyed = false;  // a member of an object; else an element or the root
  std::uint32_t parent = kNone;
  std::uint32_t index = 0;  // place among the parent's children
  std::uint32_t first_child = kNone, next = kNone, children = 0;
  std::uint32_t begin = 0, end = 0;  // where it stands in the source
  std::string_view key;
  std::string_view text;  // of a text: unescaped; of a number or boolean: as sent
};

struct JsonTree {
  std::string source;   // followed by the padding that the parser wants
  std::string strings;  // unescaped texts; reserved once, so views into it stay
  std::vector<JsonNode> nodes;

  std::string pointer(std::uint32_t node) const;
};

// "~" and "/" of a key as JSON Pointer wants them.
std::string pointer_part(std::string_view key);

}  // namespace lotbridge
