#include "values.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace lotbridge::warehouse_files {
namespace {

constexpr std::array<std::string_view, 15> kDateFormats = {
    "YYYY-MM-DD", "YYYY/MM/DD", "YYYY.MM.DD", "YYYYMMDD",    "DD/MM/YYYY",
    "DD.MM.YYYY", "DD-MM-YYYY", "MM/DD/YYYY", "MM-DD-YYYY",  "DD/MM/YY",
    "DD.MM.YY",   "MM/DD/YY",   "YYMMDD",     "DD-MMM-YYYY", "DD MMM YYYY"};

constexpr std::array<std::string_view, 12> kMonths = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Takes `least` to `most` digits off the text.
bool take_number(std::string_view& text, std::size_t least, std::size_t most, int& value) {
  std::size_t length = 0;
  value = 0;
  while (length < text.size() && length < most && is_digit(text[length])) {
    value = value * 10 + (text[length++] - '0');
  }
  text.remove_prefix(length);
  return length >= least;
}

bool take_month_name(std::string_view& text, int& value) {
  if (text.size() < 3) return false;
  const std::string name = {lower(text[0]), lower(text[1]), lower(text[2])};
  const auto found = std::find(kMonths.begin(), kMonths.end(), name);
  if (found == kMonths.end()) return false;
  value = static_cast<int>(found - kMonths.begin()) + 1;
  text.remove_prefix(3);
  return true;
}

// Takes a date off the front of the text. Where the parts are separated, a day or month may lack
// its zero.
Maybe<Date> take_date(std::string_view& text, std::string_view format) {
  const bool separated = format.find_first_of("-/. ") != std::string_view::npos;
  const std::size_t least = separated ? 1 : 2;
  std::string_view rest = text;
  int year = 0;
  int month = 0;
  int day = 0;
  while (!format.empty()) {
    std::size_t taken = 2;
    bool ok = true;
    if (format.starts_with("YYYY")) {
      taken = 4;
      ok = take_number(rest, 4, 4, year);
    } else if (format.starts_with("YY")) {
      ok = take_number(rest, 2, 2, year);
      year += 2000;
    } else if (format.starts_with("MMM")) {
      taken = 3;
      ok = take_month_name(rest, month);
    } else if (format.starts_with("MM")) {
      ok = take_number(rest, least, 2, month);
    } else if (format.starts_with("DD")) {
      ok = take_number(rest, least, 2, day);
    } else {
      taken = 1;
      ok = !rest.empty() && rest[0] == format[0];
      if (ok) rest.remove_prefix(1);
    }
    if (!ok) return std::nullopt;
    format.remove_prefix(taken);
  }
  if (!rest.empty() && is_digit(rest[0])) return std::nullopt;
  const auto date =
      Date::from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  if (date) text = rest;
  return date;
}

Maybe<Date> take_any_date(std::string_view& text, std::string_view format) {
  if (auto date = take_date(text, "YYYY-MM-DD")) return date;
  return take_date(text, format);
}

// "T15:00", " 15:00:30.250" as milliseconds of the day; the text must end there.
Maybe<std::int64_t> read_time_of_day(std::string_view text) {
  if (text.empty() || (text[0] != ' ' && text[0] != 'T')) return std::nullopt;
  text.remove_prefix(1);
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!take_number(text, 1, 2, hour) || !text.starts_with(':')) return std::nullopt;
  text.remove_prefix(1);
  if (!take_number(text, 2, 2, minute)) return std::nullopt;
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    if (!take_number(text, 2, 2, second)) return std::nullopt;
  }
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0) return std::nullopt;
    text.remove_prefix(digits);
  }
  if (!text.empty() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return ((hour * 60 + minute) * 60 + second) * std::int64_t{1000};
}

}  // namespace

bool is_date_format(std::string_view format) {
  return std::find(kDateFormats.begin(), kDateFormats.end(), format) != kDateFormats.end();
}

std::string date_formats() {
  std::string all;
  for (const std::string_view format : kDateFormats) {
    if (!all.empty()) all += ", ";
    all += format;
  }
  return all;
}

Maybe<Date> read_date(std::string_view text, std::string_view format) {
  const auto date = take_any_date(text, format);
  if (!date) return std::nullopt;
  if (text.empty() || read_time_of_day(text)) return date;
  // A zone after the time: the day is taken as it is printed.
  const std::size_t zone = text.find_last_of("Z+-");
  const bool zoned = zone != std::string_view::npos && read_offset(text.substr(zone));
  return zoned && read_time_of_day(text.substr(0, zone)) ? date : std::nullopt;
}

Maybe<Timestamp> read_moment(std::string_view text, std::string_view format, int offset_minutes) {
  if (const auto exact = Timestamp::parse(text)) return exact;
  constexpr std::int64_t kDay = 86'400'000;
  const auto date = take_any_date(text, format);
  if (!date) return std::nullopt;
  std::int64_t of_day = kDay - 1000;
  if (!text.empty()) {
    const auto time = read_time_of_day(text);
    if (!time) return std::nullopt;
    of_day = *time;
  }
  return Timestamp{date->days * kDay + of_day - offset_minutes * std::int64_t{60'000}};
}

Maybe<Quantity> read_quantity(std::string_view text, char decimal) {
  std::string number;
  if (text.starts_with('-')) number = "-";
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t whole = std::min(text.find(decimal), text.size());
  const std::string_view before = text.substr(0, whole);
  const std::string_view after = whole < text.size() ? text.substr(whole + 1) : std::string_view();
  const auto digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), is_digit);
  };
  if (before.empty() || !digits(before) || !digits(after) || text.ends_with(decimal))
    return std::nullopt;
  const std::size_t zeros = std::min(before.find_first_not_of('0'), before.size() - 1);
  number += before.substr(zeros);
  const std::size_t last = after.find_last_not_of('0');
  if (last != std::string_view::npos) number += "." + std::string(after.substr(0, last + 1));
  return Quantity::parse(number);
}

Maybe<int> read_offset(std::string_view text) {
  if (text == "Z") return 0;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  int hours = 0;
  int minutes = 0;
  text.remove_prefix(1);
  if (!take_number(text, 2, 2, hours)) return std::nullopt;
  text.remove_prefix(1);
  if (!take_number(text, 2, 2, minutes) || hours > 14 || minutes > 59) return std::nullopt;
  return sign * (hours * 60 + minutes);
}

Maybe<bool> read_yes_no(std::string_view text) {
  std::string word;
  for (const char c : text) word += lower(c);
  for (const std::string_view yes : {"yes", "y", "true", "1", "x"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no : {"no", "n", "false", "0"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  for (;;) {
    const std::size_t before = text.size();
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    if (text.starts_with(kNoBreakSpace)) text.remove_prefix(2);
    if (text.ends_with(kNoBreakSpace)) text.remove_suffix(2);
    if (text.size() == before) return text;
  }
}

std::string column_key(std::string_view name) {
  std::string key;
  for (const char c : name) {
    const char small = lower(c);
    // Letters beyond ASCII stay, so that a name in another script is still a name.
    if (is_digit(small) || (small >= 'a' && small <= 'z') ||
        static_cast<unsigned char>(c) >= 0x80) {
      key += small;
    }
  }
  return key;
}

bool looks_damaged(std::string_view code) {
  const std::size_t e = code.find_first_of("eE");
  if (e == std::string_view::npos || e == 0 || e + 2 >= code.size()) return false;
  if (code[e + 1] != '+') return false;
  const auto part_of_number = [](char c) { return is_digit(c) || c == '.' || c == ','; };
  return std::all_of(code.begin(), code.begin() + static_cast<std::ptrdiff_t>(e), part_of_number) &&
         std::all_of(code.begin() + static_cast<std::ptrdiff_t>(e) + 2, code.end(), is_digit);
}

bool matches(std::string_view pattern, std::string_view name) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (in < name.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      retry = in;
    } else if (at < pattern.size() &&
               (pattern[at] == '?' || lower(pattern[at]) == lower(name[in]))) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++retry;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

}  // namespace lotbridge::warehouse_files
