// The public functions: element strings in their forms, dates, keys. Digital Links: gs1_link.cpp.
#include <lotbridge/gs1.hpp>

#include <algorithm>
#include <array>

#include "gs1_check.hpp"
#include "gs1_table.hpp"

namespace lotbridge {

namespace {

using gs1::fail;
using gs1::kSeparator;

// "(01)..(10)..": as people print it. "\(" is a bracket of the value.
bool read_bracketed(Gs1Label& label, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find(')');
    if (text.front() != '(' || end == std::string_view::npos) {
      return fail(label, "bad_value",
                  "A label in brackets has an AI in brackets before each value.");
    }
    const std::string ai(text.substr(1, end - 1));
    std::string value;
    std::size_t at = end + 1;
    for (; at < text.size() && text[at] != '('; ++at) {
      if (text[at] == '\\' && at + 1 < text.size() && text[at + 1] == '(') ++at;
      value += text[at];
    }
    text.remove_prefix(at);
    if (ai.empty() || !gs1::is_digits(ai)) {
      return fail(label, "unknown_ai", "There is no AI (" + ai + ").");
    }
    if (!gs1::add_element(label, ai, std::move(value))) return false;
  }
  return true;
}

// What a scanner sends: digits of an AI, its value, GS where the length is not known otherwise.
bool read_element_string(Gs1Label& label, std::string_view text) {
  if (text.starts_with(kSeparator)) text.remove_prefix(1);
  if (text.find('^') != std::string_view::npos) {
    return fail(label, "bad_value", "No value of a label can hold a ^; is it meant to be FNC1?");
  }
  while (!text.empty()) {
    const std::size_t digits = gs1::ai_length(text.substr(0, 2));
    const std::string_view ai = text.substr(0, digits);
    if (digits == 0 || ai.size() < digits || gs1::find_ai(ai) == nullptr) {
      return fail(label, "unknown_ai",
                  "No AI begins with \"" + std::string(text.substr(0, 4)) + "\".");
    }
    text.remove_prefix(digits);
    std::size_t length = text.find(kSeparator);
    if (gs1::has_fixed_length(ai)) {
      const std::string_view format = gs1::find_ai(ai)->format;
      length = 0;
      for (const char c : format.substr(1)) {
        if (c >= '0' && c <= '9') length = length * 10 + static_cast<std::size_t>(c - '0');
      }
    }
    const std::string_view value = text.substr(0, length);
    text.remove_prefix(value.size());
    if (!gs1::add_element(label, ai, std::string(value))) return false;
    // One after it is right or does no harm; two in a row are not.
    if (text.starts_with(kSeparator)) text.remove_prefix(1);
  }
  return true;
}

bool read_plain(Gs1Label& label, std::string_view text) {
  label.plain = true;
  if (!is_gtin(text)) {
    return fail(label, "check_digit", "\"" + std::string(text) + "\" is no GTIN.");
  }
  label.elements.push_back({"01", gtin14(text)});
  return true;
}

bool read_any(Gs1Label& label, std::string_view text, const Gs1Options& options) {
  constexpr std::array<std::string_view, 5> kWithFnc1 = {"]C1", "]d2", "]Q3", "]J1", "]e0"};
  const std::string_view head = text.substr(0, 3);
  const std::string_view rest = text.substr(std::min<std::size_t>(3, text.size()));
  if (text.starts_with("(")) return read_bracketed(label, text);
  if (std::find(kWithFnc1.begin(), kWithFnc1.end(), head) != kWithFnc1.end()) {
    return read_element_string(label, rest);
  }
  if (head == "]E0" || head == "]E4" || head == "]I1") return read_plain(label, rest);
  if (head == "]Q1" || head == "]d1") {
    if (gs1::is_link(rest)) return gs1::read_link(label, rest, options);
    return fail(label, "no_gs1", "The code holds neither a GS1 label nor a Digital Link.");
  }
  if (text.starts_with("]")) return fail(label, "no_gs1", "This kind of code holds no GS1 label.");
  if (gs1::is_link(text)) return gs1::read_link(label, text, options);
  if (options.need_symbology) {
    return fail(label, "no_symbology_identifier", "Nothing says that this is a GS1 label.");
  }
  if (is_gtin(text) && text.size() != 14) return read_plain(label, text);
  return read_element_string(label, text);
}

}  // namespace

const std::string* Gs1Label::find(std::string_view ai) const {
  const auto at = std::find_if(elements.begin(), elements.end(),
                               [&](const Gs1Element& element) { return element.ai == ai; });
  return at == elements.end() ? nullptr : &at->value;
}

Maybe<std::string> Gs1Label::gtin() const {
  for (const std::string_view ai : {"01", "02", "8006"}) {
    if (const std::string* value = find(ai)) return value->substr(0, 14);
  }
  return {};
}

Gs1Label read_gs1(std::string_view text, const Gs1Options& options) {
  Gs1Label label;
  if (!read_any(label, text, options)) return label;
  if (label.elements.empty()) fail(label, "too_short", "The label is empty.");
  if (!label.fault) gs1::check_company(label, options);
  return label;
}

std::string gs1_bracketed(const std::vector<Gs1Element>& elements) {
  std::string out;
  for (const Gs1Element& element : elements) {
    out += '(' + element.ai + ')';
    for (const char c : element.value) {
      if (c == '(') out += '\\';
      out += c;
    }
  }
  return out;
}

std::string gs1_element_string(const std::vector<Gs1Element>& elements) {
  std::string out;
  bool open = false;
  for (const Gs1Element& element : elements) {
    if (open) out += kSeparator;
    out += element.ai + element.value;
    open = !gs1::has_fixed_length(element.ai);
  }
  return out;
}

std::vector<Gs1Element> gs1_printing_order(std::vector<Gs1Element> elements) {
  std::stable_partition(elements.begin(), elements.end(), [](const Gs1Element& element) {
    return gs1::has_fixed_length(element.ai);
  });
  return elements;
}

bool gs1_holds_lot(std::string_view code) {
  Gs1Label label;
  return gs1::add_element(label, "10", std::string(code));
}

char gs1_check_digit(std::string_view body) {
  if (body.empty() || !gs1::is_digits(body)) return 0;
  int sum = 0;
  int weight = 3;  // of the rightmost, whatever the length
  for (std::size_t i = body.size(); i-- > 0; weight = 4 - weight) sum += (body[i] - '0') * weight;
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

bool is_gtin(std::string_view digits) {
  const std::size_t n = digits.size();
  if ((n != 8 && n != 12 && n != 13 && n != 14) || !gs1::is_digits(digits)) return false;
  if (digits.find_first_not_of('0') == std::string_view::npos) return false;
  return gs1_check_digit(digits.substr(0, n - 1)) == digits.back();
}

std::string gtin14(std::string_view digits) {
  std::string out(digits);
  if (is_gtin(digits)) out.insert(0, 14 - digits.size(), '0');
  return out;
}

int gs1_year(int two_digits, int current_year) {
  const int century = current_year - current_year % 100;
  const int ahead = two_digits - current_year % 100;
  if (ahead >= 51) return century - 100 + two_digits;
  if (ahead <= -50) return century + 100 + two_digits;
  return century + two_digits;
}

Maybe<Date> gs1_date(std::string_view yymmdd, int current_year) {
  if (yymmdd.size() < 6 || !gs1::is_digits(yymmdd.substr(0, 6))) return {};
  const auto two = [&](std::size_t at) { return (yymmdd[at] - '0') * 10 + (yymmdd[at + 1] - '0'); };
  const int year = gs1_year(two(0), current_year);
  const auto month = static_cast<unsigned>(two(2));
  const auto day = static_cast<unsigned>(two(4));
  if (day != 0) return Date::from_civil(year, month, day);
  const Maybe<Date> first = Date::from_civil(year, month, 1);
  if (!first) return {};
  return first->plus_months(1).plus_days(-1);
}

}  // namespace lotbridge
