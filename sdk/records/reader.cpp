#include "reader.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "decimal.hpp"
#include "json_writer.hpp"

namespace lotbridge::records {
namespace {

using simdjson::ondemand::json_type;

constexpr std::size_t kMaxErrors = 20;
// Texts above this are rare; their buffers are given back so that a thread stays small.
constexpr std::size_t kKeepBytes = 1 << 20;

struct Scratch {
  simdjson::ondemand::parser parser;
  std::string padded;
};

Scratch& scratch() {
  thread_local Scratch instance;
  return instance;
}

void append_pointer(std::string& out, std::string_view key) {
  out += '/';
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

std::string_view trimmed(std::string_view text) {
  const auto first = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return text.substr(first, text.find_last_not_of(" \t\r\n") + 1 - first);
}

std::string json_string(std::string_view text) {
  JsonWriter writer(text.size() + 2);
  writer.text(text);
  return writer.take();
}

}  // namespace

// ---------------------------------------------------------------- faults

std::string Reader::pointer() const {
  std::string out;
  for (const auto& segment : path_) {
    if (segment.key.data() != nullptr) {
      append_pointer(out, segment.key);
    } else {
      out += '/';
      out += std::to_string(segment.index);
    }
  }
  return out;
}

void Reader::add(std::string_view code, std::string_view detail, std::string pointer) {
  if (code_.empty()) {
    code_ = code;
    detail_ = pointer.empty() ? std::string(detail) : pointer + ": " + std::string(detail);
  }
  if (errors_.size() < kMaxErrors) errors_.push_back({std::move(pointer), std::string(detail)});
}

void Reader::fault_at(std::string_view key, std::string_view detail) {
  const Step step(*this, key);
  fault(detail);
}

void Reader::unknown_key(std::string_view key) {
  const Step step(*this, key);
  add("unknown_key", "This key is not known here; free data go into `attributes`.", pointer());
}

void Reader::broken(std::string_view why) {
  if (dead_) return;
  dead_ = true;
  errors_.clear();
  code_.clear();
  // Some of the parser's sentences end like one, some do not.
  while (!why.empty() && (why.back() == '.' || why.back() == ' ')) why.remove_suffix(1);
  add("bad_json", "The text is not valid JSON: " + std::string(why) + ".", pointer());
}

Problem Reader::problem() { return {std::move(code_), std::move(detail_), std::move(errors_)}; }

// ---------------------------------------------------------------- scalars

bool Reader::wrong(Value& value, std::string_view expected) {
  fault("Must be " + std::string(expected) + ".");
  walk(value, nullptr);
  return false;
}

bool Reader::is_null(Value& value) {
  json_type type{};
  if (const auto error = value.type().get(type)) {
    broken(simdjson::error_message(error));
    return false;
  }
  if (type != json_type::null) return false;
  bool null = false;
  if (value.is_null().get(null) || !null) broken("`null` is misspelt");
  return null;
}

bool Reader::text(Value& value, std::string_view& out) {
  // Most texts hold no escape; those are taken where they stand, without a copy. Their UTF-8 has
  // been judged with the whole text. The value must be consumed all the same: what is only skipped
  // is not judged.
  const std::string_view token = value.raw_json_token();
  simdjson::ondemand::raw_json_string raw;
  if (!token.empty() && token.front() == '"' && token.find('\\') == std::string_view::npos &&
      !value.get_raw_json_string().get(raw)) {
    out = token.substr(1, token.rfind('"') - 1);
    return true;
  }
  const auto error = value.get_string().get(out);
  if (!error) return true;
  if (error == simdjson::INCORRECT_TYPE) return wrong(value, "a text");
  broken("a string holds an invalid escape or invalid UTF-8");
  return false;
}

bool Reader::boolean(Value& value, bool& out) {
  json_type type{};
  if (!value.type().get(type) && type != json_type::boolean) return wrong(value, "true or false");
  if (!value.get_bool().get(out)) return true;
  broken("`true` or `false` is misspelt");
  return false;
}

bool Reader::number(Value& value, std::string_view& out) {
  json_type type{};
  if (!value.type().get(type) && type != json_type::number) return wrong(value, "a number");
  out = trimmed(value.raw_json_token());
  if (is_json_number(out)) return true;
  broken("a number is malformed");
  return false;
}

bool Reader::object(Value& value, simdjson::ondemand::object& out) {
  const auto error = value.get_object().get(out);
  if (!error) return true;
  if (error == simdjson::INCORRECT_TYPE) return wrong(value, "an object");
  broken(simdjson::error_message(error));
  return false;
}

bool Reader::array(Value& value, simdjson::ondemand::array& out) {
  const auto error = value.get_array().get(out);
  if (!error) return true;
  if (error == simdjson::INCORRECT_TYPE) return wrong(value, "a list");
  broken(simdjson::error_message(error));
  return false;
}

bool Reader::key(simdjson::ondemand::field& field, std::string_view& out) {
  const char* const first = field.key().raw();
  const char* at = first;
  while (*at != '"' && *at != '\\') ++at;
  if (*at == '"') {
    out = {first, static_cast<std::size_t>(at - first)};
    return true;
  }
  if (!field.unescaped_key().get(out)) return true;
  broken("a key holds an invalid escape");
  return false;
}

// ---------------------------------------------------------------- free data

void Reader::walk_object(Value& value, std::string* out) {
  simdjson::ondemand::object members;
  if (!object(value, members)) return;
  std::vector<std::pair<std::string, std::string>> sorted;
  for (auto result : members) {
    simdjson::ondemand::field field;
    std::string_view name;
    if (const auto error = std::move(result).get(field))
      return broken(simdjson::error_message(error));
    if (!key(field, name)) return;
    const Step step(*this, name);
    sorted.emplace_back(name, std::string());
    walk(field.value(), out == nullptr ? nullptr : &sorted.back().second);
    if (dead_) return;
  }
  std::sort(sorted.begin(), sorted.end());
  const auto twin =
      std::adjacent_find(sorted.begin(), sorted.end(),
                         [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twin != sorted.end()) fault_at(twin->first, "This key stands here twice.");
  if (out == nullptr) return;
  char separator = '{';
  for (const auto& [key, text] : sorted) {
    *out += std::exchange(separator, ',');
    *out += json_string(key);
    *out += ':';
    *out += text;
  }
  *out += sorted.empty() ? "{}" : "}";
}

void Reader::walk_array(Value& value, std::string* out) {
  simdjson::ondemand::array elements;
  if (!array(value, elements)) return;
  if (out != nullptr) *out += '[';
  std::size_t index = 0;
  for (auto result : elements) {
    Value element;
    if (const auto error = std::move(result).get(element))
      return broken(simdjson::error_message(error));
    if (out != nullptr && index > 0) *out += ',';
    const Step step(*this, index++);
    walk(element, out);
    if (dead_) return;
  }
  if (out != nullptr) *out += ']';
}

void Reader::walk(Value& value, std::string* out) {
  json_type type{};
  if (const auto error = value.type().get(type)) return broken(simdjson::error_message(error));
  if (type == json_type::object || type == json_type::array) {
    if (depth() >= limits_.max_depth)
      return fault("Nests deeper than " + std::to_string(limits_.max_depth) + " levels.");
    return type == json_type::object ? walk_object(value, out) : walk_array(value, out);
  }
  std::string_view view;
  bool flag = false;
  switch (type) {
    case json_type::string:
      if (text(value, view) && out != nullptr) *out += json_string(view);
      break;
    case json_type::number:
      if (number(value, view) && out != nullptr) *out += view;
      break;
    case json_type::boolean:
      if (boolean(value, flag) && out != nullptr) *out += flag ? "true" : "false";
      break;
    default:
      if (is_null(value) && out != nullptr) *out += "null";
  }
}

// ---------------------------------------------------------------- the text

Text::Text(Reader& reader, std::string_view json) : json_(json) {
  auto& [parser, padded] = scratch();
  if (padded.size() > kKeepBytes) {
    std::string().swap(padded);
    parser = simdjson::ondemand::parser();
  }
  // The padding must be clean: the parser may look at it.
  padded.resize(json.size() + simdjson::SIMDJSON_PADDING);
  if (!json.empty()) std::memcpy(padded.data(), json.data(), json.size());
  std::memset(padded.data() + json.size(), 0, simdjson::SIMDJSON_PADDING);
  const auto error = parser.iterate(padded.data(), json.size(), padded.size()).get(document_);
  if (error) reader.broken(simdjson::error_message(error));
}

Maybe<std::string> Text::word(Reader& reader, std::string_view key) {
  if (reader.dead()) return std::nullopt;
  std::string_view view;
  Maybe<std::string> out;
  const auto error = document_[key].get_string().get(view);
  if (!error) {
    out = view;
  } else if (error != simdjson::NO_SUCH_FIELD && error != simdjson::INCORRECT_TYPE) {
    reader.broken(simdjson::error_message(error));
    return std::nullopt;
  }
  document_.rewind();
  return out;
}

// A document of one scalar is only judged, never used.
bool Text::scalar_is_json(json_type type) {
  std::string_view view;
  bool flag = false;
  switch (type) {
    case json_type::string:
      return !document_.get_string().get(view);
    case json_type::boolean:
      return !document_.get_bool().get(flag);
    case json_type::null:
      return !document_.is_null().get(flag) && flag;
    default:
      // It is not consumed, so what stands behind it is judged here.
      started_ = false;
      return is_json_number(trimmed(json_));
  }
}

bool Text::root(Reader& reader, Value& out) {
  if (reader.dead()) return false;
  json_type type{};
  if (const auto error = document_.type().get(type)) {
    reader.broken(simdjson::error_message(error));
    return false;
  }
  if (type != json_type::object && type != json_type::array) {
    started_ = true;
    if (scalar_is_json(type)) {
      reader.fault("Must be a JSON object.");
    } else {
      reader.broken("it is no value at all");
    }
    return false;
  }
  if (const auto error = document_.get_value().get(out)) {
    reader.broken(simdjson::error_message(error));
    return false;
  }
  started_ = true;
  return true;  // a list is refused where an object is read
}

void Text::only_judge(Reader& reader) {
  Value value;
  if (root(reader, value)) reader.walk(value, nullptr);
}

void Text::finish(Reader& reader) {
  // Anything left has a location; only the clean end has none.
  if (started_ && !reader.dead() && !document_.current_location().error())
    reader.broken("something follows the end of the document");
}

}  // namespace lotbridge::records
