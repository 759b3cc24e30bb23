#include "decimal.hpp"

#include <charconv>

namespace lotbridge {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && digit(text[at])) ++at;
  return at;
}

// The parts of a number; each is a piece of the text, digits only.
struct Parts {
  bool negative = false;
  std::string_view whole, fraction, exponent;
  bool exponent_negative = false;
};

bool split(std::string_view text, Parts& parts) {
  std::size_t at = 0;
  if (at < text.size() && text[at] == '-') {
    parts.negative = true;
    ++at;
  }
  const std::size_t whole = at;
  at = skip_digits(text, at);
  if (at == whole || (text[whole] == '0' && at > whole + 1)) return false;
  parts.whole = text.substr(whole, at - whole);
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = ++at;
    at = skip_digits(text, at);
    if (at == fraction) return false;
    parts.fraction = text.substr(fraction, at - fraction);
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-'))
      parts.exponent_negative = text[at++] == '-';
    const std::size_t exponent = at;
    at = skip_digits(text, at);
    if (at == exponent) return false;
    parts.exponent = text.substr(exponent, at - exponent);
  }
  return at == text.size();
}

// The exponent, cut at a size beyond which only zero itself has an answer.
int exponent_of(const Parts& parts) {
  int value = 0;
  for (const char c : parts.exponent) {
    value = value * 10 + (c - '0');
    if (value > 100'000) value = 100'000;
  }
  return parts.exponent_negative ? -value : value;
}

// Accumulates on the negative side, which reaches one further than the positive.
bool push(std::int64_t& value, int digit_value) {
  return !__builtin_mul_overflow(value, 10, &value) &&
         !__builtin_sub_overflow(value, digit_value, &value);
}

}  // namespace

bool is_json_number(std::string_view text) {
  Parts parts;
  return split(text, parts);
}

std::optional<std::int64_t> parse_scaled(std::string_view json_number, int decimals) {
  Parts parts;
  if (!split(json_number, parts)) return std::nullopt;
  // Digits up to `keep` make the result, those behind must be zero.
  const int keep = static_cast<int>(parts.whole.size()) + exponent_of(parts) + decimals;
  const std::size_t count = parts.whole.size() + parts.fraction.size();
  std::int64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const char c = i < parts.whole.size() ? parts.whole[i] : parts.fraction[i - parts.whole.size()];
    if (static_cast<std::int64_t>(i) < keep) {
      if (!push(value, c - '0')) return std::nullopt;
    } else if (c != '0') {
      return std::nullopt;
    }
  }
  for (auto i = static_cast<std::int64_t>(count); i < keep && value != 0; ++i)
    if (!push(value, 0)) return std::nullopt;
  if (parts.negative) return value;
  if (value == INT64_MIN) return std::nullopt;
  return -value;
}

std::size_t write_scaled(char* to, std::int64_t micros, int min_decimals) {
  char* at = to;
  auto magnitude = static_cast<std::uint64_t>(micros);
  if (micros < 0) {
    *at++ = '-';
    magnitude = 0 - magnitude;
  }
  at = std::to_chars(at, to + 32, magnitude / 1'000'000).ptr;
  auto fraction = static_cast<std::uint32_t>(magnitude % 1'000'000);
  if (fraction == 0 && min_decimals == 0) return static_cast<std::size_t>(at - to);
  *at++ = '.';
  for (int i = 0; i < 6 && (fraction != 0 || i < min_decimals); ++i) {
    *at++ = static_cast<char>('0' + fraction / 100'000);
    fraction = fraction % 100'000 * 10;
  }
  return static_cast<std::size_t>(at - to);
}

}  // namespace lotbridge
