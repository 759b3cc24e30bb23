#include "daemon/app/config_json.hpp"

#include "sdk/records/json_writer.hpp"

namespace lotbridge::app {
namespace {

bool is_number(const std::string& text) {
  // JSON's own grammar of numbers; what YAML allows beyond it does not occur in our file.
  std::size_t i = text.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - from;
  };
  const std::size_t whole = digits();
  if (whole == 0 || (whole > 1 && text[i - whole] == '0')) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

void write(JsonWriter& json, const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map:
      json.open('{');
      for (const auto& member : node) {
        // Keys are text like any other here: paths and codes may hold what needs an escape.
        JsonWriter key;
        key.text(member.first.Scalar());
        const std::string quoted = key.take();
        json.key(std::string_view(quoted).substr(1, quoted.size() - 2));
        write(json, member.second);
      }
      return json.close('}');
    case YAML::NodeType::Sequence:
      json.open('[');
      for (const auto& element : node) write(json, element);
      return json.close(']');
    case YAML::NodeType::Scalar: {
      const std::string& text = node.Scalar();
      const bool plain = node.Tag() == "?";
      if (plain && (text == "true" || text == "false")) return json.boolean(text == "true");
      if (plain && (text == "null" || text == "~")) return json.raw("null");
      if (plain && is_number(text)) return json.raw(text);
      return json.text(text);
    }
    default:
      return json.raw("null");
  }
}

}  // namespace

std::string json_of(const YAML::Node& node) {
  JsonWriter json;
  write(json, node);
  return json.take();
}

}  // namespace lotbridge::app
