#include <lotbridge/json.hpp>

#include <charconv>

#include <lotbridge/failure.hpp>

#include "json_tree.hpp"

namespace lotbridge {

std::string pointer_part(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string JsonTree::pointer(std::uint32_t node) const {
  std::string out;
  for (; nodes[node].parent != JsonNode::kNone; node = nodes[node].parent) {
    const JsonNode& at = nodes[node];
    out.insert(0, "/" + (at.keyed ? pointer_part(at.key) : std::to_string(at.index)));
  }
  return out;
}

namespace {

const char* type_name(Json::Type type) {
  switch (type) {
    case Json::Type::absent:
      return "nothing";
    case Json::Type::null:
      return "null";
    case Json::Type::boolean:
      return "true or false";
    case Json::Type::number:
      return "a number";
    case Json::Type::text:
      return "text";
    case Json::Type::array:
      return "a list";
    case Json::Type::object:
      return "an object";
  }
  return "nothing";
}

[[noreturn]] void expected(const Json& json, const char* what) {
  json.refuse(std::string("expected ") + what + ", found " + type_name(json.type()));
}

}  // namespace

Json::Type Json::type() const {
  if (!tree_ || !missing_.empty()) return Type::absent;
  return tree_->nodes[node_].type;
}

std::string Json::path() const { return tree_ ? tree_->pointer(node_) + missing_ : missing_; }

void Json::refuse(std::string_view why) const {
  throw Failure(LB_BAD_RECORD, std::string(why), path());
}

Json Json::operator[](std::string_view key) const {
  if (is_null()) return Json(tree_, node_, missing_ + "/" + pointer_part(key));
  if (!is_object()) expected(*this, "an object");
  for (std::uint32_t at = tree_->nodes[node_].first_child; at != JsonNode::kNone;
       at = tree_->nodes[at].next) {
    if (tree_->nodes[at].key == key) return Json(tree_, at, {});
  }
  return Json(tree_, node_, "/" + pointer_part(key));
}

Json Json::operator[](std::size_t index) const {
  if (is_null()) return Json(tree_, node_, missing_ + "/" + std::to_string(index));
  if (!is_array()) expected(*this, "a list");
  std::uint32_t at = tree_->nodes[node_].first_child;
  for (std::size_t n = 0; n < index && at != JsonNode::kNone; ++n) at = tree_->nodes[at].next;
  if (at != JsonNode::kNone) return Json(tree_, at, {});
  return Json(tree_, node_, "/" + std::to_string(index));
}

std::vector<Json> Json::items() const {
  if (!is_array()) expected(*this, "a list");
  std::vector<Json> out;
  out.reserve(tree_->nodes[node_].children);
  for (std::uint32_t at = tree_->nodes[node_].first_child; at != JsonNode::kNone;
       at = tree_->nodes[at].next) {
    out.push_back(Json(tree_, at, {}));
  }
  return out;
}

std::vector<Json> Json::items_or_none() const { return is_null() ? std::vector<Json>{} : items(); }

std::vector<std::pair<std::string_view, Json>> Json::members() const {
  if (!is_object()) expected(*this, "an object");
  std::vector<std::pair<std::string_view, Json>> out;
  for (std::uint32_t at = tree_->nodes[node_].first_child; at != JsonNode::kNone;
       at = tree_->nodes[at].next) {
    out.emplace_back(tree_->nodes[at].key, Json(tree_, at, {}));
  }
  return out;
}

std::size_t Json::size() const {
  return is_array() || is_object() ? tree_->nodes[node_].children : 0;
}

std::string_view Json::text_view() const {
  if (!is_text()) expected(*this, "text");
  return tree_->nodes[node_].text;
}

std::string Json::text() const { return std::string(text_view()); }

std::string Json::text_or(std::string_view otherwise) const {
  return is_null() ? std::string(otherwise) : text();
}

Maybe<std::string> Json::text_maybe() const {
  if (is_null() || text_view().empty()) return std::nullopt;
  return text();
}

std::string Json::id() const {
  if (is_text()) {
    if (text_view().empty()) refuse("expected an identifier, found empty text");
    return text();
  }
  if (!is_number()) expected(*this, "an identifier");
  const std::string_view digits = tree_->nodes[node_].text;
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) {
    refuse("expected an identifier, found a number that is none");
  }
  return std::string(digits);
}

Maybe<std::string> Json::id_maybe() const {
  if (is_null() || (is_text() && text_view().empty())) return std::nullopt;
  return id();
}

std::int64_t Json::integer() const {
  if (!is_number()) expected(*this, "a whole number");
  const std::string_view digits = tree_->nodes[node_].text;
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    refuse("expected a whole number of at most 64 bits");
  }
  return out;
}

std::int64_t Json::integer_or(std::int64_t otherwise) const {
  return is_null() ? otherwise : integer();
}

Maybe<std::int64_t> Json::integer_maybe() const {
  if (is_null()) return std::nullopt;
  return integer();
}

bool Json::boolean() const {
  if (!is_boolean()) expected(*this, "true or false");
  return tree_->nodes[node_].text == "true";
}

bool Json::boolean_or(bool otherwise) const { return is_null() ? otherwise : boolean(); }

std::string Json::wanted_number(std::string_view what) const {
  if (!is_number() && !is_text()) expected(*this, std::string(what).c_str());
  return std::string(tree_->nodes[node_].text);
}

std::string Json::decimal() const {
  std::string digits = wanted_number("a decimal number");
  const bool plain = digits.find_first_not_of("0123456789.-+eE") == std::string::npos;
  if (!plain || digits.find_first_of("0123456789") == std::string::npos) {
    refuse("expected a decimal number");
  }
  return digits;
}

Maybe<std::string> Json::decimal_maybe() const {
  if (is_null()) return std::nullopt;
  return decimal();
}

Quantity Json::quantity() const {
  const auto read = Quantity::parse(wanted_number("a quantity"));
  if (!read) refuse("expected a quantity of at most 6 decimals");
  return *read;
}

Maybe<Quantity> Json::quantity_maybe() const {
  if (is_null()) return std::nullopt;
  return quantity();
}

Money Json::money(std::string_view currency) const {
  auto read = Money::parse(wanted_number("an amount of money"), currency);
  if (!read) refuse("expected an amount of money and a currency of three letters");
  return std::move(*read);
}

Timestamp Json::time() const {
  const auto read = Timestamp::parse(text_view());
  if (!read) refuse("expected a time with its zone, such as 2026-05-16T08:00:00Z");
  return *read;
}

Maybe<Timestamp> Json::time_maybe() const {
  if (is_null()) return std::nullopt;
  return time();
}

Date Json::date() const {
  const auto read = Date::parse(text_view());
  if (!read) refuse("expected a date, such as 2026-05-16");
  return *read;
}

Maybe<Date> Json::date_maybe() const {
  if (is_null()) return std::nullopt;
  return date();
}

std::string_view Json::raw() const {
  if (!exists()) return "null";
  const JsonNode& at = tree_->nodes[node_];
  return std::string_view(tree_->source).substr(at.begin, at.end - at.begin);
}

// ---------------------------------------------------------------- writing

std::string json_quoted(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size() + 2);
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

JsonText::JsonText(std::string_view value) : text_(json_quoted(value)) {}
JsonText::JsonText(const Json& value) : text_(value.raw()) {}

namespace {
void put_member(std::string& out, std::string_view key, const JsonText& value) {
  if (out.size() > 1) out += ',';
  out += json_quoted(key);
  out += ':';
  out += value.str();
}
}  // namespace

JsonText json_object(std::initializer_list<JsonMember> members) {
  std::string out = "{";
  for (const auto& [key, value] : members) put_member(out, key, value);
  return JsonText::raw(std::move(out += '}'));
}

JsonText json_object(const std::vector<std::pair<std::string, JsonText>>& members) {
  std::string out = "{";
  for (const auto& [key, value] : members) put_member(out, key, value);
  return JsonText::raw(std::move(out += '}'));
}

JsonText json_array(const std::vector<JsonText>& items) {
  std::string out = "[";
  for (const JsonText& item : items) {
    if (out.size() > 1) out += ',';
    out += item.str();
  }
  return JsonText::raw(std::move(out += ']'));
}

}  // namespace lotbridge
