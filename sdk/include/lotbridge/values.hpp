// The values that every room speaks of: dates, times, quantities, money, lot codes.
//
// All are plain values, safe on any thread, never floating point. Reading from text is strict:
// what is not exactly of the documented form is refused (nullopt), never guessed.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lotbridge {

// A civil date (proleptic Gregorian), without time zone. Range 0001-01-01 .. 9999-12-31.
struct Date {
  std::int32_t days = 0;  // since 1970-01-01

  // "YYYY-MM-DD" only; 2026-02-30 is refused.
  static std::optional<Date> parse(std::string_view text);
  static std::optional<Date> from_civil(int year, unsigned month, unsigned day);
  std::string text() const;

  Date plus_days(std::int32_t n) const { return Date{days + n}; }
  // Calendar months; the day is cut to the month's last: 31 January + 1 = 28 or 29 February.
  Date plus_months(std::int32_t n) const;
  auto operator<=>(const Date&) const = default;
};

// A moment, UTC, in milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  std::int64_t ms = 0;

  // RFC 3339 with `Z` or an offset; fractions up to nanoseconds are cut to milliseconds.
  static std::optional<Timestamp> parse(std::string_view text);
  // "2026-05-16T08:00:00Z", with ".123" only where the milliseconds are not zero.
  std::string text() const;
  // The civil date at UTC; business dates need a time zone, which the host supplies.
  Date utc_date() const;
  auto operator<=>(const Timestamp&) const = default;
};

// A quantity in an item's base unit, as millionths in 64 bits: exact, +-9.2e12 units.
struct Quantity {
  std::int64_t micros = 0;
  static constexpr std::int64_t kScale = 1'000'000;

  static constexpr Quantity whole(std::int64_t units) { return Quantity{units * kScale}; }
  // Reads a JSON number's own text exactly ("1.5", "3e2"); more than 6 decimals or outside 64 bits
  // is refused.
  static std::optional<Quantity> parse(std::string_view json_number);
  // Shortest exact JSON number: "3", "1.5", "-0.000001".
  std::string text() const;

  bool is_zero() const { return micros == 0; }
  bool is_positive() const { return micros > 0; }
  Quantity operator-() const { return Quantity{-micros}; }
  Quantity operator+(Quantity o) const { return Quantity{micros + o.micros}; }
  Quantity operator-(Quantity o) const { return Quantity{micros - o.micros}; }
  Quantity& operator+=(Quantity o) {
    micros += o.micros;
    return *this;
  }
  Quantity& operator-=(Quantity o) {
    micros -= o.micros;
    return *this;
  }
  // this * factor where factor is a pack size; nullopt where the product leaves 64 bits or is
  // inexact.
  std::optional<Quantity> times(Quantity factor) const;
  auto operator<=>(const Quantity&) const = default;
};

// An amount of money: millionths of the currency's unit. Currency is ISO 4217, three letters.
struct Money {
  std::int64_t micros = 0;
  std::string currency;

  static std::optional<Money> parse(std::string_view decimal_amount, std::string_view currency);
  // The amount as decimal text, at least the decimals it was given with up to two: "0.82".
  std::string amount_text() const;
  bool operator==(const Money&) const = default;
};

// A lot code as the supplier printed it: trimmed, 1 to 60 characters, compared byte by byte.
struct LotCode {
  std::string text;

  // Trims white space at both ends; empty, longer than 60 characters, or with control characters
  // is refused.
  static std::optional<LotCode> parse(std::string_view raw);
  auto operator<=>(const LotCode&) const = default;
};

// Written with a plain "not set" everywhere: null in JSON, nullopt here.
template <typename T>
using Maybe = std::optional<T>;

}  // namespace lotbridge
