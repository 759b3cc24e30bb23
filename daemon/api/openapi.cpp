#include "daemon/api/openapi.hpp"

#include <yaml-cpp/yaml.h>

#include "daemon/api/problem.hpp"
#include "sdk/records/json_writer.hpp"

namespace lotbridge::api {

extern const std::string_view kOpenapiYaml;  // made at build time from schemas/openapi.yaml

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

Result<std::string> json_of_yaml(std::string_view yaml) {
  try {
    JsonWriter json(yaml.size() * 2);
    write(json, YAML::Load(std::string(yaml)));
    return json.take();
  } catch (const YAML::Exception& thrown) {
    return Problem{"invalid_value", thrown.what(), {}};
  }
}

void add_openapi_route(RouteTable& table) {
  auto json = json_of_yaml(kOpenapiYaml);
  table.get(
      "/openapi.json",
      [json](const Request&, const Respond& respond) {
        if (!json) return respond(problem_response(503, "unavailable", json.problem().detail));
        respond({.status = 200, .content_type = "application/json", .body = *json, .headers = {}});
      },
      Scope::none);
}

}  // namespace lotbridge::api
