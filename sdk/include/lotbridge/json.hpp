// Reading and writing JSON in a connector: short to write, exact about numbers, precise about
// faults.
//
// Json is a view of one value of a parsed text. It keeps the text alive, is cheap to copy and never
// changes. Asking for what is not there or has another type throws a Failure (failure.hpp) that
// names the place by JSON Pointer; nothing is converted by guess. Numbers are available as their
// own text, so ids beyond 2^53 and decimals lose nothing. JsonText is the way back: a piece of
// finished JSON, built from values.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lotbridge/values.hpp>

namespace lotbridge {

struct JsonTree;  // the parsed text; only sdk/src looks inside

class Json {
 public:
  enum class Type : std::uint8_t { absent, null, boolean, number, text, array, object };

  Json() = default;  // absent

  // The whole text must be one JSON value. Throws Failure(LB_BAD_RECORD) with what and where.
  static Json parse(std::string text);

  Type type() const;
  bool exists() const { return type() != Type::absent; }
  bool is_null() const { return type() <= Type::null; }  // also when it is absent
  explicit operator bool() const { return !is_null(); }
  bool is_text() const { return type() == Type::text; }
  bool is_number() const { return type() == Type::number; }
  bool is_boolean() const { return type() == Type::boolean; }
  bool is_array() const { return type() == Type::array; }
  bool is_object() const { return type() == Type::object; }

  // A member; absent where there is none. Below null or nothing everything is absent, so that
  // order["customer"]["id"].text_maybe() needs no check in between. On any other type it throws.
  Json operator[](std::string_view key) const;
  Json operator[](std::size_t index) const;

  // Each element of an array, each member of an object. items_or_none() takes null and absent as
  // empty.
  std::vector<Json> items() const;
  std::vector<Json> items_or_none() const;
  std::vector<std::pair<std::string_view, Json>> members() const;
  std::size_t size() const;

  std::string text() const;
  std::string_view text_view() const;  // as long as a Json of this text lives
  std::string text_or(std::string_view otherwise) const;
  Maybe<std::string> text_maybe() const;  // nullopt for null, absent and ""

  // An identifier that some platforms send as a number and some as text: its text either way.
  std::string id() const;
  Maybe<std::string> id_maybe() const;

  std::int64_t integer() const;
  std::int64_t integer_or(std::int64_t otherwise) const;
  Maybe<std::int64_t> integer_maybe() const;
  bool boolean() const;
  bool boolean_or(bool otherwise) const;

  // The digits as they were sent, of a number or of a text that holds one ("12.50").
  std::string decimal() const;
  Maybe<std::string> decimal_maybe() const;
  Quantity quantity() const;
  Maybe<Quantity> quantity_maybe() const;
  Money money(std::string_view currency) const;
  Timestamp time() const;  // RFC 3339
  Maybe<Timestamp> time_maybe() const;
  Date date() const;  // YYYY-MM-DD
  Maybe<Date> date_maybe() const;

  std::string_view raw() const;  // this value exactly as it was sent
  std::string path() const;      // its JSON Pointer in the parsed text

  // Throws Failure(LB_BAD_RECORD) at this place.
  [[noreturn]] void refuse(std::string_view why) const;

 private:
  Json(std::shared_ptr<const JsonTree> tree, std::uint32_t node, std::string missing)
      : tree_(std::move(tree)), node_(node), missing_(std::move(missing)) {}
  std::string wanted_number(std::string_view what) const;

  std::shared_ptr<const JsonTree> tree_;
  std::uint32_t node_ = 0;
  std::string missing_;  // not empty: the value is absent, and this is the rest of its pointer
};

// Finished JSON. Made from a value without being asked, so that it can stand in a list of members:
//   json_object({{"query", text}, {"variables", json_object({{"first", 50}})}})
class JsonText {
 public:
  JsonText() : text_("null") {}
  JsonText(std::nullptr_t) : text_("null") {}                                // NOLINT
  JsonText(std::string_view value);                                          // NOLINT
  JsonText(const std::string& value) : JsonText(std::string_view(value)) {}  // NOLINT
  JsonText(const char* value) : JsonText(std::string_view(value)) {}         // NOLINT
  JsonText(bool value) : text_(value ? "true" : "false") {}                  // NOLINT
  JsonText(int value) : text_(std::to_string(value)) {}                      // NOLINT
  JsonText(unsigned value) : text_(std::to_string(value)) {}                 // NOLINT
  JsonText(long value) : text_(std::to_string(value)) {}                     // NOLINT
  JsonText(unsigned long value) : text_(std::to_string(value)) {}            // NOLINT
  JsonText(long long value) : text_(std::to_string(value)) {}                // NOLINT
  JsonText(Quantity value) : text_(value.text()) {}                          // NOLINT
  JsonText(Date value) : JsonText(value.text()) {}                           // NOLINT
  JsonText(Timestamp value) : JsonText(value.text()) {}                      // NOLINT
  JsonText(const LotCode& value) : JsonText(value.text) {}                   // NOLINT
  JsonText(const Json& value);                                               // NOLINT
  template <typename T>
  JsonText(const std::optional<T>& value) : JsonText() {  // NOLINT
    if (value) *this = JsonText(*value);
  }
  // Text that already is JSON; it is not looked at.
  static JsonText raw(std::string json) {
    JsonText out;
    out.text_ = std::move(json);
    return out;
  }

  const std::string& str() const& { return text_; }
  std::string str() && { return std::move(text_); }

 private:
  std::string text_;
};

using JsonMember = std::pair<std::string_view, JsonText>;
JsonText json_object(std::initializer_list<JsonMember> members);
JsonText json_object(const std::vector<std::pair<std::string, JsonText>>& members);
JsonText json_array(const std::vector<JsonText>& items);
std::string json_quoted(std::string_view text);

}  // namespace lotbridge
