#include <lotbridge/values.hpp>

#include <array>
#include <charconv>
#include <limits>

#include "decimal.hpp"

namespace lotbridge {
namespace {

constexpr std::int64_t kMsPerDay = 86'400'000;

struct Civil {
  int year;
  unsigned month, day;
};

// Days since 1970-01-01 of a proleptic Gregorian date and back (public domain algorithms by era of
// 400 years, which needs no tables and no loops).
constexpr std::int32_t days_of(int year, unsigned month, unsigned day) {
  year -= month <= 2;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const auto yoe = static_cast<unsigned>(year - era * 400);
  const unsigned doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146'097 + static_cast<std::int32_t>(doe) - 719'468;
}

constexpr Civil civil_of(std::int32_t days) {
  const std::int64_t z = static_cast<std::int64_t>(days) + 719'468;
  const auto era = (z >= 0 ? z : z - 146'096) / 146'097;
  const auto doe = static_cast<unsigned>(z - era * 146'097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36'524 - doe / 146'096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  const unsigned day = doy - (153 * mp + 2) / 5 + 1;
  const unsigned month = mp < 10 ? mp + 3 : mp - 9;
  const auto year = static_cast<int>(yoe + era * 400) + (month <= 2 ? 1 : 0);
  return {year, month, day};
}

constexpr bool leap(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

constexpr unsigned last_day(int year, unsigned month) {
  constexpr std::array<unsigned, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : kDays[month - 1];
}

// Exactly `count` ASCII digits at `at`, else -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

bool has(std::string_view text, std::size_t at, char c) {
  return at < text.size() && text[at] == c;
}

void put(std::string& out, unsigned value, int width) {
  std::array<char, 10> buffer{};
  for (int i = width - 1; i >= 0; --i, value /= 10)
    buffer[static_cast<std::size_t>(i)] = static_cast<char>('0' + value % 10);
  out.append(buffer.data(), static_cast<std::size_t>(width));
}

// The offset after the seconds, in minutes, advancing `at` to its end.
std::optional<int> zone(std::string_view text, std::size_t& at) {
  if (has(text, at, 'Z')) {
    ++at;
    return 0;
  }
  if (!has(text, at, '+') && !has(text, at, '-')) return std::nullopt;
  const int hours = digits(text, at + 1, 2);
  const int minutes = digits(text, at + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || !has(text, at + 3, ':'))
    return std::nullopt;
  const int sign = text[at] == '-' ? -1 : 1;
  at += 6;
  return sign * (hours * 60 + minutes);
}

}  // namespace

// ---------------------------------------------------------------- Date

std::optional<Date> Date::from_civil(int year, unsigned month, unsigned day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > last_day(year, month))
    return std::nullopt;
  return Date{days_of(year, month, day)};
}

std::optional<Date> Date::parse(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  if (year < 0 || month < 0 || day < 0) return std::nullopt;
  return from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

std::string Date::text() const {
  const Civil civil = civil_of(days);
  std::string out;
  out.reserve(10);
  put(out, static_cast<unsigned>(civil.year), 4);
  out += '-';
  put(out, civil.month, 2);
  out += '-';
  put(out, civil.day, 2);
  return out;
}

Date Date::plus_months(std::int32_t n) const {
  const Civil civil = civil_of(days);
  const int months = civil.year * 12 + static_cast<int>(civil.month) - 1 + n;
  const int year = (months >= 0 ? months : months - 11) / 12;
  const auto month = static_cast<unsigned>(months - year * 12) + 1;
  const unsigned last = last_day(year, month);
  return Date{days_of(year, month, civil.day < last ? civil.day : last)};
}

// ---------------------------------------------------------------- Timestamp

std::optional<Timestamp> Timestamp::parse(std::string_view text) {
  if (text.size() < 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':')
    return std::nullopt;
  const auto date = Date::parse(text.substr(0, 10));
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  if (!date || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return std::nullopt;
  std::size_t at = 19;
  int milliseconds = 0;
  if (has(text, at, '.')) {
    const std::size_t first = ++at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    if (at == first || at - first > 9) return std::nullopt;
    for (std::size_t i = 0; i < 3; ++i)
      milliseconds = milliseconds * 10 + (first + i < at ? text[first + i] - '0' : 0);
  }
  const auto offset = zone(text, at);
  if (!offset || at != text.size()) return std::nullopt;
  const std::int64_t of_day =
      ((static_cast<std::int64_t>(hour) * 60 + minute - *offset) * 60 + second) * 1000 +
      milliseconds;
  const Timestamp moment{date->days * kMsPerDay + of_day};
  // An offset may carry the first or the last day out of the years that can be written.
  const Date day = moment.utc_date();
  if (day < *Date::from_civil(1, 1, 1) || day > *Date::from_civil(9999, 12, 31))
    return std::nullopt;
  return moment;
}

Date Timestamp::utc_date() const {
  const std::int64_t day = ms >= 0 ? ms / kMsPerDay : -((-ms + kMsPerDay - 1) / kMsPerDay);
  return Date{static_cast<std::int32_t>(day)};
}

std::string Timestamp::text() const {
  const Date date = utc_date();
  const auto rest = static_cast<unsigned>(ms - date.days * kMsPerDay);
  std::string out = date.text();
  out += 'T';
  put(out, rest / 3'600'000, 2);
  out += ':';
  put(out, rest / 60'000 % 60, 2);
  out += ':';
  put(out, rest / 1000 % 60, 2);
  if (rest % 1000 != 0) {
    out += '.';
    put(out, rest % 1000, 3);
  }
  out += 'Z';
  return out;
}

// ---------------------------------------------------------------- Quantity

std::optional<Quantity> Quantity::parse(std::string_view json_number) {
  const auto scaled = parse_scaled(json_number, 6);
  if (!scaled) return std::nullopt;
  return Quantity{*scaled};
}

std::string Quantity::text() const {
  std::array<char, 32> buffer{};
  return std::string(buffer.data(), write_scaled(buffer.data(), micros, 0));
}

std::optional<Quantity> Quantity::times(Quantity factor) const {
  // 128 bits hold the exact product; GCC and Clang both know the type.
  __extension__ using Wide = __int128;
  const Wide product = static_cast<Wide>(micros) * factor.micros;
  if (product % kScale != 0) return std::nullopt;
  const Wide value = product / kScale;
  if (value > std::numeric_limits<std::int64_t>::max() ||
      value < std::numeric_limits<std::int64_t>::min())
    return std::nullopt;
  return Quantity{static_cast<std::int64_t>(value)};
}

// ---------------------------------------------------------------- Money

std::optional<Money> Money::parse(std::string_view decimal_amount, std::string_view currency) {
  if (currency.size() != 3) return std::nullopt;
  for (const char c : currency)
    if (c < 'A' || c > 'Z') return std::nullopt;
  // Plain decimals only: at most twelve digits before the point, six behind it, no exponent.
  if (decimal_amount.find_first_of("eE+") != std::string_view::npos) return std::nullopt;
  const std::string_view whole =
      decimal_amount.substr(decimal_amount.starts_with('-') ? 1 : 0).substr(0, 14);
  if (whole.substr(0, whole.find('.')).size() > 12) return std::nullopt;
  if (const auto point = decimal_amount.find('.');
      point != std::string_view::npos && decimal_amount.size() - point > 7)
    return std::nullopt;
  const auto scaled = parse_scaled(decimal_amount, 6);
  if (!scaled) return std::nullopt;
  return Money{*scaled, std::string(currency)};
}

std::string Money::amount_text() const {
  // Currencies without a minor unit are written without decimals where they have none.
  static constexpr std::array<std::string_view, 14> kWhole = {"BIF", "CLP", "DJF", "GNF", "ISK",
                                                              "JPY", "KMF", "KRW", "PYG", "RWF",
                                                              "UGX", "VND", "XAF", "XOF"};
  int decimals = 2;
  for (const auto code : kWhole)
    if (currency == code) decimals = 0;
  std::array<char, 32> buffer{};
  return std::string(buffer.data(), write_scaled(buffer.data(), micros, decimals));
}

// ---------------------------------------------------------------- LotCode

std::optional<LotCode> LotCode::parse(std::string_view raw) {
  constexpr std::string_view kSpace = " \t\n\v\f\r";
  const auto first = raw.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return std::nullopt;
  raw = raw.substr(first, raw.find_last_not_of(kSpace) - first + 1);
  std::size_t characters = 0;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) return std::nullopt;
    characters += (byte & 0xC0) != 0x80;  // every byte but UTF-8's continuations begins one
  }
  if (characters > 60) return std::nullopt;
  return LotCode{std::string(raw)};
}

}  // namespace lotbridge
