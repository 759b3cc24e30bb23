#include "gs1_check.hpp"

#include <algorithm>
#include <cctype>

#include "gs1_table.hpp"

namespace lotbridge::gs1 {

namespace {

bool in_set(char set, char c) {
  const bool digit = c >= '0' && c <= '9';
  if (set == 'N' || digit) return digit;
  const bool upper = c >= 'A' && c <= 'Z';
  if (upper) return true;
  if (set == 'Y') return c == '#' || c == '-' || c == '/';
  if (c >= 'a' && c <= 'z') return true;
  return std::string_view("!\"%&'()*+,-./:;<=>?_").find(c) != std::string_view::npos;
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// One part of a format, "N14k" or "X..20".
struct Part {
  char set = 'N';
  bool at_most = false;
  bool optional = false;
  std::size_t length = 0;
  char rule = 0;
};

Part next_part(std::string_view& format) {
  Part part;
  if (format.front() == '[') part.optional = true;
  while (!format.empty() && (format.front() == '[' || format.front() == ']')) {
    format.remove_prefix(1);
  }
  part.set = format.front();
  format.remove_prefix(1);
  if (format.starts_with("..")) {
    part.at_most = true;
    format.remove_prefix(2);
  }
  while (!format.empty() && format.front() >= '0' && format.front() <= '9') {
    part.length = part.length * 10 + static_cast<std::size_t>(format.front() - '0');
    format.remove_prefix(1);
  }
  if (!format.empty() &&
      std::string_view("kdDhmp").find(format.front()) != std::string_view::npos) {
    part.rule = format.front();
    format.remove_prefix(1);
  }
  return part;
}

bool check_date(Gs1Label& label, std::string_view value, bool day_may_be_00) {
  const int month = number(value.substr(2, 2));
  const int day = number(value.substr(4, 2));
  if (month < 1 || month > 12)
    return fail(label, "bad_month", "There is no month " + std::string(value.substr(2, 2)) + ".");
  if (day == 0 && day_may_be_00) return true;
  // Leap years repeat alike in both centuries that a two-digit year may mean, but for 1900 and
  // 2100.
  const auto real = Date::from_civil(2000 + number(value.substr(0, 2)),
                                     static_cast<unsigned>(month), static_cast<unsigned>(day));
  if (day == 0 || !real) {
    return fail(label, "bad_day", "There is no day " + std::string(value) + " (YYMMDD).");
  }
  return true;
}

bool check_rule(Gs1Label& label, const Part& part, std::string_view value) {
  switch (part.rule) {
    case 'k':
      if (gs1_check_digit(value.substr(0, value.size() - 1)) == value.back()) return true;
      return fail(label, "check_digit",
                  "The check digit of " + std::string(value) + " does not fit.");
    case 'd':
      return check_date(label, value, true);
    case 'D':
      return check_date(label, value, false);
    case 'h':
      return number(value) <= 23 || fail(label, "bad_value", "There is no such hour.");
    case 'm':
      return number(value) <= 59 || fail(label, "bad_value", "There is no such minute.");
    case 'p':
      return (number(value.substr(0, 2)) > 0 && number(value.substr(2)) > 0 &&
              number(value.substr(0, 2)) <= number(value.substr(2))) ||
             fail(label, "bad_value", "There is no such piece of the total.");
    default:
      return true;
  }
}

bool check_value(Gs1Label& label, const Ai& row, std::string_view ai, std::string_view value) {
  std::string_view format = row.format;
  std::string_view left = value;
  while (!format.empty() && format != "]") {
    const Part part = next_part(format);
    if (left.empty() && part.optional) break;
    const std::size_t length = std::min(left.size(), part.length);
    if (part.at_most ? length == 0 : length < part.length) {
      return fail(label, "too_short",
                  "AI (" + std::string(ai) + ") wants more than \"" + std::string(value) + "\".");
    }
    const std::string_view taken = left.substr(0, length);
    for (const char c : taken) {
      if (in_set(part.set, c)) continue;
      return fail(label, "charset",
                  "AI (" + std::string(ai) + ") can't hold every character of \"" +
                      std::string(value) + "\".");
    }
    if (!check_rule(label, part, taken)) return false;
    left.remove_prefix(length);
    while (!format.empty() && format.front() == ']') format.remove_prefix(1);
  }
  if (left.empty()) return true;
  return fail(label, "too_long",
              "AI (" + std::string(ai) + ") is too short for \"" + std::string(value) + "\".");
}

template <typename Use>
void each_of(std::string_view list, char between, const Use& use) {
  while (!list.empty()) {
    const std::size_t end = list.find(between);
    use(list.substr(0, end));
    list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
  }
}

bool has(const Gs1Label& label, std::string_view wanted) {
  return std::any_of(label.elements.begin(), label.elements.end(), [&](const Gs1Element& e) {
    if (wanted.back() != '*') return e.ai == wanted;
    return e.ai.starts_with(wanted.substr(0, wanted.size() - 1));
  });
}

bool has_any(const Gs1Label& label, std::string_view list) {
  bool found = false;
  each_of(list, ',', [&](std::string_view ai) { found = found || has(label, ai); });
  return found;
}

}  // namespace

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool fail(Gs1Label& label, std::string_view word, std::string detail) {
  if (!label.fault) label.fault = Gs1Fault{std::string(word), std::move(detail)};
  return false;
}

bool add_element(Gs1Label& label, std::string_view ai, std::string value) {
  const Ai* row = find_ai(ai);
  if (row == nullptr) {
    return fail(label, "unknown_ai", "There is no AI (" + std::string(ai) + ").");
  }
  if (!check_value(label, *row, ai, value)) return false;
  for (const Gs1Element& known : label.elements) {
    if (known.ai != ai) continue;
    if (known.value == value) return true;
    return fail(label, "conflicting_duplicate",
                "AI (" + std::string(ai) + ") stands there twice and differs.");
  }
  label.elements.push_back({std::string(ai), std::move(value)});
  return true;
}

bool check_company(Gs1Label& label, const Gs1Options& options) {
  for (const Gs1Element& element : label.elements) {
    if (has_any(label, find_ai(element.ai)->excludes)) {
      return fail(label, "invalid_pair",
                  "AI (" + element.ai + ") may not stand beside another one of this label.");
    }
  }
  if (options.lenient) return true;
  for (const Gs1Element& element : label.elements) {
    bool complete = true;
    each_of(find_ai(element.ai)->needs, '/',
            [&](std::string_view any_of) { complete = complete && has_any(label, any_of); });
    if (!complete) {
      return fail(label, "missing_requisite_ai",
                  "AI (" + element.ai + ") says nothing without the one that it belongs to.");
    }
  }
  return true;
}

}  // namespace lotbridge::gs1
