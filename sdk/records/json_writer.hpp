// The one place where records become JSON text: an append-only writer without a tree.
//
// Boost.JSON's serializer first needs a tree of values, which alone costs more than the budget of
// 1.5 us for an order of four lines; documents and instructions have a fixed shape, so they are
// written straight into the text. Everything irregular (answers, problems) uses Boost.JSON.
// The writer trusts its caller for order and nesting; strings are escaped, UTF-8 goes through as it
// is.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "decimal.hpp"

namespace lotbridge {

class JsonWriter {
 public:
  explicit JsonWriter(std::size_t reserve = 1024) { out_.reserve(reserve); }

  bool nulls = false;       // write members that are not set as null, instead of leaving them out
  bool only_given = false;  // of an item: only what its sender wrote
  std::string take() { return std::move(out_); }

  void open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  // The keys are our own constants: nothing in them needs an escape.
  void key(std::string_view name) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    first_ = true;
  }
  void text(std::string_view value) {
    separate();
    quote(value);
  }
  // Text that is JSON already.
  void raw(std::string_view json) {
    separate();
    out_ += json;
  }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void integer(std::int64_t value) {
    char buffer[24];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
    raw({buffer, static_cast<std::size_t>(end - buffer)});
  }
  void millionths(std::int64_t micros) {
    char buffer[32];
    raw({buffer, write_scaled(buffer, micros, 0)});
  }

 private:
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void quote(std::string_view value) {
    out_ += '"';
    std::size_t plain = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto c = static_cast<unsigned char>(value[i]);
      if (c >= 0x20 && c != '"' && c != '\\') continue;
      out_.append(value.substr(plain, i - plain));
      plain = i + 1;
      escape(c);
    }
    out_.append(value.substr(plain));
    out_ += '"';
  }
  void escape(unsigned char c) {
    switch (c) {
      case '"':
        out_ += "\\\"";
        return;
      case '\\':
        out_ += "\\\\";
        return;
      case '\n':
        out_ += "\\n";
        return;
      case '\r':
        out_ += "\\r";
        return;
      case '\t':
        out_ += "\\t";
        return;
      case '\b':
        out_ += "\\b";
        return;
      case '\f':
        out_ += "\\f";
        return;
      default:
        break;
    }
    static constexpr char kHex[] = "0123456789abcdef";
    out_ += "\\u00";
    out_ += kHex[c >> 4];
    out_ += kHex[c & 15];
  }

  std::string out_;
  bool first_ = true;
};

}  // namespace lotbridge
