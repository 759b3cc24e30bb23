// The daemon's log: one JSON object per line on standard error, for machines first and people
// second.
//
// What goes in: what happened (`event`, a short fixed sentence), and facts about it as fields. What
// must not: secrets, names, addresses, e-mails, bodies of documents; write ids and codes instead.
// Values registered with conceal() are replaced wherever they would appear. Any thread; a line is
// written whole. Until setup() only warnings and errors are written.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace lotbridge::log {

enum class Level : std::uint8_t { trace, debug, info, warning, error };

// One fact of a line. Borrows its text: write it in the call itself.
struct Field {
  std::string_view key;
  std::variant<std::string_view, std::int64_t, bool> value;

  Field(std::string_view k, std::string_view text) : key(k), value(text) {}
  Field(std::string_view k, const char* text) : key(k), value(std::string_view(text)) {}
  Field(std::string_view k, const std::string& text) : key(k), value(std::string_view(text)) {}
  Field(std::string_view k, bool flag) : key(k), value(flag) {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Field(std::string_view k, T number)
      : key(k), value(static_cast<std::int64_t>(number)) {}
};
using Fields = std::initializer_list<Field>;

void setup(Level lowest);
// Lines go here instead of standard error, without time and newline; an empty function restores it.
// For tests.
void divert(std::function<void(std::string_view)> sink);
// From now on `secret` reads as "***" in every line. Texts of fewer than 4 bytes are not taken:
// they would hide ordinary words.
void conceal(std::string secret);

bool enabled(Level);
void write(Level, std::string_view event, Fields = {});

inline void debug(std::string_view event, Fields fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) { write(Level::info, event, fields); }
inline void warning(std::string_view event, Fields fields = {}) {
  write(Level::warning, event, fields);
}
inline void error(std::string_view event, Fields fields = {}) {
  write(Level::error, event, fields);
}

}  // namespace lotbridge::log
