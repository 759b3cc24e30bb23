#include "daemon/host/schema_check.hpp"

#include <algorithm>
#include <regex>
#include <string_view>

#include <lotbridge/failure.hpp>

namespace lotbridge::host {
namespace {

constexpr std::string_view kKeywords[] = {
    "type",      "required",  "properties",  "additionalProperties",
    "items",     "enum",      "const",       "pattern",
    "minLength", "maxLength", "minimum",     "maximum",
    "minItems",  "maxItems",  "anyOf",       "title",
    "default",   "examples",  "description", "$comment"};

std::string part(std::string_view key) {
  std::string out = "/";
  for (const char c : key)
    out += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
  return out;
}

bool is_whole(const Json& value) {
  return value.is_number() && value.raw().find_first_of(".eE") == std::string_view::npos;
}

bool has_type(const Json& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_text();
  if (type == "number") return value.is_number();
  if (type == "integer") return is_whole(value);
  if (type == "boolean") return value.is_boolean();
  return type == "null" && value.is_null();
}

// Deep equality by value; the order of members does not count.
bool same(const Json& a, const Json& b) {
  if (a.type() != b.type()) return false;
  if (a.is_text()) return a.text_view() == b.text_view();
  if (a.is_array() || a.is_object()) {
    if (a.size() != b.size()) return false;
    if (a.is_array()) {
      const auto x = a.items(), y = b.items();
      return std::equal(x.begin(), x.end(), y.begin(), same);
    }
    for (const auto& [key, value] : a.members()) {
      if (!b[key].exists() || !same(value, b[key])) return false;
    }
    return true;
  }
  return a.raw() == b.raw();
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

class Checker {
 public:
  std::vector<FieldError> faults;

  void check(const Json& schema, const Json& value, const std::string& at) {
    if (schema.is_boolean()) {
      if (!schema.boolean()) fault(at, "is not allowed here");
      return;
    }
    if (!check_type(schema["type"], value, at)) return;
    check_choice(schema, value, at);
    if (value.is_text()) check_text(schema, value, at);
    if (value.is_number()) check_number(schema, value, at);
    if (value.is_array()) check_array(schema, value, at);
    if (value.is_object()) check_object(schema, value, at);
  }

 private:
  void fault(const std::string& at, std::string detail) {
    faults.push_back({at, std::move(detail)});
  }

  bool check_type(const Json& type, const Json& value, const std::string& at) {
    if (!type.exists()) return true;
    std::string wanted;
    const auto allowed = type.is_array() ? type.items() : std::vector<Json>{type};
    for (const Json& one : allowed) {
      if (has_type(value, one.text_view())) return true;
      wanted += (wanted.empty() ? "" : " or ") + one.text();
    }
    fault(at, "must be of type " + wanted);
    return false;
  }

  void check_choice(const Json& schema, const Json& value, const std::string& at) {
    if (schema["enum"].exists()) {
      const auto allowed = schema["enum"].items();
      std::string names;
      for (const Json& one : allowed) names += (names.empty() ? "" : ", ") + std::string(one.raw());
      if (std::none_of(allowed.begin(), allowed.end(),
                       [&](const Json& one) { return same(one, value); })) {
        fault(at, "must be one of " + names);
      }
    }
    if (schema["const"].exists() && !same(schema["const"], value)) {
      fault(at, "must be " + std::string(schema["const"].raw()));
    }
    if (!schema["anyOf"].exists()) return;
    std::vector<FieldError> nearest;
    for (const Json& one : schema["anyOf"].items()) {
      Checker alternative;
      alternative.check(one, value, at);
      if (alternative.faults.empty()) return;
      // What failed deepest inside is what the writer most likely meant.
      if (nearest.empty() || alternative.faults[0].pointer.size() > nearest[0].pointer.size()) {
        nearest = std::move(alternative.faults);
      }
    }
    faults.insert(faults.end(), nearest.begin(), nearest.end());
  }

  void check_text(const Json& schema, const Json& value, const std::string& at) {
    const auto length = static_cast<std::int64_t>(characters(value.text_view()));
    if (length < schema["minLength"].integer_or(0)) {
      fault(at, length == 0 ? "must not be empty" : "is too short");
    }
    if (schema["maxLength"].exists() && length > schema["maxLength"].integer())
      fault(at, "is too long");
    if (schema["pattern"].exists() &&
        !std::regex_search(value.text(),
                           std::regex(schema["pattern"].text(), std::regex::ECMAScript))) {
      fault(at, "must look like " + schema["pattern"].text());
    }
  }

  void check_number(const Json& schema, const Json& value, const std::string& at) {
    const auto read = Quantity::parse(value.raw());
    const Quantity number = read.value_or(Quantity{});
    if (schema["minimum"].exists() && (!read || number < schema["minimum"].quantity())) {
      fault(at, "must be at least " + std::string(schema["minimum"].raw()));
    }
    if (schema["maximum"].exists() && (!read || number > schema["maximum"].quantity())) {
      fault(at, "must be at most " + std::string(schema["maximum"].raw()));
    }
  }

  void check_array(const Json& schema, const Json& value, const std::string& at) {
    const auto count = static_cast<std::int64_t>(value.size());
    if (count < schema["minItems"].integer_or(0)) fault(at, "has too few entries");
    if (schema["maxItems"].exists() && count > schema["maxItems"].integer())
      fault(at, "has too many entries");
    if (!schema["items"].exists()) return;
    std::size_t n = 0;
    for (const Json& item : value.items())
      check(schema["items"], item, at + "/" + std::to_string(n++));
  }

  void check_object(const Json& schema, const Json& value, const std::string& at) {
    for (const Json& key : schema["required"].items_or_none()) {
      if (!value[key.text_view()].exists()) fault(at + part(key.text_view()), "is missing");
    }
    for (const auto& [key, member] : value.members()) {
      const Json known = schema["properties"][key];
      if (known.exists()) {
        check(known, member, at + part(key));
      } else if (schema["additionalProperties"].exists()) {
        const Json rest = schema["additionalProperties"];
        if (rest.is_boolean() && !rest.boolean()) {
          fault(at + part(key), "is not a known key");
        } else {
          check(rest, member, at + part(key));
        }
      }
    }
  }
};

void walk(const Json& schema, std::vector<FieldError>& faults) {
  if (schema.is_boolean()) return;
  if (!schema.is_object()) {
    faults.push_back({schema.path(), "must be a schema"});
    return;
  }
  for (const auto& [key, value] : schema.members()) {
    if (std::find(std::begin(kKeywords), std::end(kKeywords), key) == std::end(kKeywords)) {
      faults.push_back({value.path(), "is a keyword that is not supported"});
    } else if (key == "properties") {
      for (const auto& [name, inner] : value.members()) walk(inner, faults);
    } else if (key == "anyOf") {
      for (const Json& inner : value.items()) walk(inner, faults);
    } else if (key == "items" || key == "additionalProperties") {
      walk(value, faults);
    } else if (key == "pattern") {
      try {
        std::regex(value.text(), std::regex::ECMAScript);
      } catch (const std::regex_error&) {
        faults.push_back({value.path(), "is not a regular expression"});
      }
    }
  }
}

}  // namespace

std::vector<FieldError> check_schema(const Json& schema) {
  std::vector<FieldError> faults;
  try {
    walk(schema, faults);
  } catch (const Failure& failure) {
    faults.push_back({failure.path, failure.message});
  }
  return faults;
}

std::vector<FieldError> check_against(const Json& schema, const Json& value,
                                      const std::string& at) {
  Checker checker;
  try {
    checker.check(schema, value, at);
  } catch (const Failure& failure) {
    checker.faults.push_back({at, "can't be checked, the schema is broken: " + failure.message});
  } catch (const std::regex_error&) {
    checker.faults.push_back({at, "can't be checked, a pattern of the schema is broken"});
  }
  return checker.faults;
}

}  // namespace lotbridge::host
