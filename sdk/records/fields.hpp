// From tables of fields to strict readers and canonical writers.
//
// Each struct has a Shape: its fields in canonical order, each with a codec that reads and writes
// one value. One table serves both directions, so they cannot drift apart. A codec notes faults in
// the Reader and goes on. Included by few .cpp files only.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "decimal.hpp"
#include "json_writer.hpp"
#include "reader.hpp"

namespace lotbridge::records {

// One row of a table. `same` tells whether two structs agree in this field.
template <typename T>
struct Field {
  std::string_view key;
  bool required;
  // False where the member was null, which is the same as leaving it out.
  bool (*read)(Reader&, Value&, T&);
  void (*write)(JsonWriter&, std::string_view key, const T&);
  bool (*same)(const T&, const T&);
};

// Shape<T>::kFields is an array of Field<T>; `finish` (optional) judges the whole after reading.
template <typename T>
struct Shape;

// Which keys of a table have been read, as bits in the table's order.
struct Seen {
  std::uint64_t keys = 0;   // present
  std::uint64_t given = 0;  // present and not null
};

template <typename T>
constexpr std::uint64_t bit_of(std::string_view key) {
  std::uint64_t bit = 1;
  for (const auto& field : Shape<T>::kFields) {
    if (field.key == key) return bit;
    bit <<= 1;
  }
  return 0;
}

// ---------------------------------------------------------------- tables at work

// Finds keys quickly where they come in canonical order, and anywhere else too.
template <typename T>
class Lookup {
 public:
  int find(std::string_view key) {
    constexpr std::size_t kCount = Shape<T>::kFields.size();
    static_assert(kCount <= 64);
    for (std::size_t i = 0; i < kCount; ++i) {
      const std::size_t at = next_ + i < kCount ? next_ + i : next_ + i - kCount;
      if (Shape<T>::kFields[at].key == key) {
        next_ = at + 1 < kCount ? at + 1 : 0;
        return static_cast<int>(at);
      }
    }
    return -1;
  }

 private:
  std::size_t next_ = 0;
};

// Reads the member where the table has its key; false where it has not.
template <typename T>
bool read_member(Reader& reader, Lookup<T>& lookup, Seen& seen, std::string_view key, Value& value,
                 T& out) {
  const int at = lookup.find(key);
  if (at < 0) return false;
  const auto bit = std::uint64_t{1} << at;
  const auto& field = Shape<T>::kFields[static_cast<std::size_t>(at)];
  const Reader::Step step(reader, field.key);
  if ((seen.keys & bit) != 0) {
    reader.fault("This key stands here twice.");
    reader.walk(value, nullptr);
    return true;
  }
  seen.keys |= bit;
  if (field.read(reader, value, out)) {
    seen.given |= bit;
  } else if (field.required && !reader.dead()) {
    reader.fault("Is required and must not be null.");
  }
  return true;
}

template <typename T>
void finish_shape(Reader& reader, const Seen& seen, T& out) {
  std::uint64_t bit = 1;
  for (const auto& field : Shape<T>::kFields) {
    if (field.required && (seen.keys & bit) == 0) reader.fault_at(field.key, "Is required.");
    bit <<= 1;
  }
  if constexpr (requires { Shape<T>::finish(reader, seen, out); })
    Shape<T>::finish(reader, seen, out);
}

// Calls on_member(key, value) for each member; stops where the text breaks.
template <typename OnMember>
void each_member(Reader& reader, simdjson::ondemand::object& object, OnMember&& on_member) {
  for (auto result : object) {
    simdjson::ondemand::field field;
    std::string_view key;
    if (const auto error = std::move(result).get(field))
      return reader.broken(simdjson::error_message(error));
    if (!reader.key(field, key)) return;
    on_member(key, field.value());
    if (reader.dead()) return;
  }
}

inline void refuse_member(Reader& reader, std::string_view key, Value& value) {
  reader.unknown_key(key);
  const Reader::Step step(reader, key);
  reader.walk(value, nullptr);
}

template <typename T>
void read_object(Reader& reader, Value& value, T& out) {
  simdjson::ondemand::object object;
  if (!reader.object(value, object)) return;
  Lookup<T> lookup;
  Seen seen;
  each_member(reader, object, [&](std::string_view key, Value& member) {
    if (!read_member(reader, lookup, seen, key, member, out)) refuse_member(reader, key, member);
  });
  if (!reader.dead()) finish_shape(reader, seen, out);
}

template <typename T>
void write_members(JsonWriter& writer, const T& from) {
  for (const auto& field : Shape<T>::kFields) field.write(writer, field.key, from);
}

// ---------------------------------------------------------------- codecs
//
// A codec has read(Reader&, Value&, T&) and write(JsonWriter&, const T&).

// Text of kMin to kMax characters; only kFree text may hold line breaks and tabs, none holds NUL.
template <std::size_t kMin, std::size_t kMax, bool kFree>
struct TextOf {
  static void read(Reader& reader, Value& value, std::string& out) {
    std::string_view view;
    if (!reader.text(value, view)) return;
    std::size_t characters = 0;
    bool control = false;
    for (const char c : view) {
      const auto byte = static_cast<unsigned char>(c);
      characters += (byte & 0xC0) != 0x80;
      control |= kFree ? byte == 0 : byte < 0x20 || byte == 0x7F;
    }
    if (characters < kMin || characters > kMax) {
      reader.fault("Must have " + std::to_string(kMin) + " to " + std::to_string(kMax) +
                   " characters.");
    } else if (control) {
      reader.fault("Must not hold control characters.");
    } else {
      out = view;
    }
  }
  static void write(JsonWriter& writer, const std::string& from) { writer.text(from); }
};
using Name = TextOf<1, 255, false>;    // identifiers and names of things
using Reason = TextOf<1, 5000, true>;  // where an empty text would say nothing
using Prose = TextOf<0, 5000, true>;

// One of a list of words, kept as text.
template <const auto& kWords>
struct WordOf {
  static void read(Reader& reader, Value& value, std::string& out) {
    std::string_view view;
    if (!reader.text(value, view)) return;
    for (const std::string_view word : kWords) {
      if (word != view) continue;
      out = view;
      return;
    }
    reader.fault(expected());
  }
  static void write(JsonWriter& writer, const std::string& from) { writer.text(from); }
  static std::string expected() {
    std::string words;
    for (const std::string_view word : kWords) {
      words += words.empty() ? "Must be one of: " : ", ";
      words += word;
    }
    return words + ".";
  }
};

// An enum by its words in the order of its values, from kFirst on.
template <const auto& kWords, int kFirst = 0>
struct EnumOf {
  template <typename E>
  static void read(Reader& reader, Value& value, E& out) {
    std::string_view view;
    if (!reader.text(value, view)) return;
    for (std::size_t i = 0; i < kWords.size(); ++i) {
      if (kWords[i] != view) continue;
      out = static_cast<E>(i + kFirst);
      return;
    }
    reader.fault(WordOf<kWords>::expected());
  }
  template <typename E>
  static void write(JsonWriter& writer, const E& from) {
    writer.text(kWords[static_cast<std::size_t>(from) - kFirst]);
  }
};

struct Flag {
  static void read(Reader& reader, Value& value, bool& out) { (void)reader.boolean(value, out); }
  static void write(JsonWriter& writer, bool from) { writer.boolean(from); }
};

template <std::int64_t kMin, std::int64_t kMax>
struct IntegerOf {
  template <typename I>
  static void read(Reader& reader, Value& value, I& out) {
    std::string_view view;
    if (!reader.number(value, view)) return;
    const auto number = parse_scaled(view, 0);
    if (!number || *number < kMin || *number > kMax) {
      reader.fault("Must be a whole number from " + std::to_string(kMin) + " to " +
                   std::to_string(kMax) + ".");
    } else {
      out = static_cast<I>(*number);
    }
  }
  static void write(JsonWriter& writer, std::int64_t from) { writer.integer(from); }
};

struct Day {
  static void read(Reader& reader, Value& value, Date& out) {
    std::string_view view;
    if (!reader.text(value, view)) return;
    if (const auto date = Date::parse(view)) {
      out = *date;
    } else {
      reader.fault("Must be a date that exists, as YYYY-MM-DD.");
    }
  }
  static void write(JsonWriter& writer, Date from) { writer.text(from.text()); }
};

struct Moment {
  static void read(Reader& reader, Value& value, Timestamp& out) {
    std::string_view view;
    if (!reader.text(value, view)) return;
    if (const auto moment = Timestamp::parse(view)) {
      out = *moment;
    } else {
      reader.fault("Must be a time as RFC 3339 has it, with Z or an offset.");
    }
  }
  static void write(JsonWriter& writer, Timestamp from) { writer.text(from.text()); }
};

struct Lot {
  static void read(Reader& reader, Value& value, LotCode& out) {
    std::string_view view;
    if (!reader.text(value, view)) return;
    if (auto code = LotCode::parse(view)) {
      out = std::move(*code);
    } else {
      reader.fault("Must be a lot code of 1 to 60 characters without control characters.");
    }
  }
  static void write(JsonWriter& writer, const LotCode& from) { writer.text(from.text); }
};

enum class Sign : std::uint8_t { any, nonzero, not_negative, positive };

template <Sign kSign>
struct AmountOf {
  static void read(Reader& reader, Value& value, Quantity& out) {
    std::string_view view;
    if (!reader.number(value, view)) return;
    const auto quantity = Quantity::parse(view);
    if (!quantity) {
      reader.fault("Must have at most 6 decimals and fit in 64 bits of millionths.");
    } else if (kSign == Sign::nonzero && quantity->is_zero()) {
      reader.fault("Must not be 0.");
    } else if (kSign == Sign::not_negative && quantity->micros < 0) {
      reader.fault("Must not be negative.");
    } else if (kSign == Sign::positive && !quantity->is_positive()) {
      reader.fault("Must be more than 0.");
    } else {
      out = *quantity;
    }
  }
  static void write(JsonWriter& writer, Quantity from) { writer.millionths(from.micros); }
};

// A free JSON object, kept as canonical text.
struct FreeObject {
  static void read(Reader& reader, Value& value, std::string& out) {
    simdjson::ondemand::json_type type{};
    const bool is_object = !value.type().get(type) && type == simdjson::ondemand::json_type::object;
    if (!is_object) reader.fault("Must be an object.");
    std::string text;
    reader.walk(value, &text);
    if (is_object) out = text == "{}" ? std::string() : std::move(text);
  }
  static void write(JsonWriter& writer, const std::string& from) { writer.raw(from); }
};

template <typename T>
struct ObjectOf {
  static void read(Reader& reader, Value& value, T& out) { read_object(reader, value, out); }
  static void write(JsonWriter& writer, const T& from) {
    writer.open('{');
    write_members(writer, from);
    writer.close('}');
  }
};

template <typename Codec, std::size_t kMin = 0>
struct ListOf {
  template <typename T>
  static void read(Reader& reader, Value& value, std::vector<T>& out) {
    simdjson::ondemand::array array;
    if (!reader.array(value, array)) return;
    out.clear();
    if constexpr (sizeof(T) > 256)
      out.reserve(4);  // moving large lines is dearer than room for them
    for (auto result : array) {
      Value element;
      if (const auto error = std::move(result).get(element))
        return reader.broken(simdjson::error_message(error));
      if (out.size() >= reader.limits().max_lines)
        return reader.fault("Has more than " + std::to_string(reader.limits().max_lines) +
                            " entries.");
      const Reader::Step step(reader, out.size());
      if (reader.is_null(element)) {
        reader.fault("Must not be null.");
        out.emplace_back();
      } else {
        Codec::read(reader, element, out.emplace_back());
      }
      if (reader.dead()) return;
    }
    if (out.size() < kMin) reader.fault("Must not be empty.");
  }
  template <typename T>
  static void write(JsonWriter& writer, const std::vector<T>& from) {
    writer.open('[');
    for (const auto& element : from) Codec::write(writer, element);
    writer.close(']');
  }
};

// ---------------------------------------------------------------- rows

template <typename M>
struct IsMaybe : std::false_type {};
template <typename M>
struct IsMaybe<Maybe<M>> : std::true_type {};

// What is left out although it has no "not set": an empty list, policy or text means nothing.
template <typename M>
bool absent(const M& member) {
  if constexpr (requires { member.has_value(); })
    return !member.has_value();
  else if constexpr (requires { member.empty(); })
    return member.empty();
  else
    return false;
}

template <typename>
struct MemberOf;
template <typename T, typename M>
struct MemberOf<M T::*> {
  using Struct = T;
  using Type = M;
};

template <auto kMember, typename Codec>
struct Row {
  using T = typename MemberOf<decltype(kMember)>::Struct;
  using M = typename MemberOf<decltype(kMember)>::Type;

  static bool read(Reader& reader, Value& value, T& out) {
    if (reader.is_null(value) || reader.dead()) return false;
    if constexpr (IsMaybe<M>::value) {
      Codec::read(reader, value, (out.*kMember).emplace());
    } else {
      Codec::read(reader, value, out.*kMember);
    }
    return true;
  }
  static void write(JsonWriter& writer, std::string_view key, const T& from) {
    const M& member = from.*kMember;
    if (absent(member)) {
      if (!writer.nulls) return;
      if constexpr (IsMaybe<M>::value) {
        writer.key(key);
        writer.raw("null");
        return;
      }
    }
    write_always(writer, key, from);
  }
  static void write_always(JsonWriter& writer, std::string_view key, const T& from) {
    writer.key(key);
    if constexpr (IsMaybe<M>::value) {
      Codec::write(writer, *(from.*kMember));
    } else {
      Codec::write(writer, from.*kMember);
    }
  }
  static bool same(const T& a, const T& b) { return a.*kMember == b.*kMember; }
};

// may_be: null or absent is allowed. must_be: it is required. always: as may_be, and written even
// where it is empty.
template <auto kMember, typename Codec>
constexpr auto may_be(std::string_view key) {
  using R = Row<kMember, Codec>;
  return Field<typename R::T>{key, false, &R::read, &R::write, &R::same};
}
template <auto kMember, typename Codec>
constexpr auto must_be(std::string_view key) {
  using R = Row<kMember, Codec>;
  return Field<typename R::T>{key, true, &R::read, &R::write_always, &R::same};
}
template <auto kMember, typename Codec>
constexpr auto always(std::string_view key) {
  using R = Row<kMember, Codec>;
  static_assert(!IsMaybe<typename R::M>::value);
  return Field<typename R::T>{key, false, &R::read, &R::write_always, &R::same};
}

}  // namespace lotbridge::records
