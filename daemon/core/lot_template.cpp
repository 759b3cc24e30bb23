#include "lot_template.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace lotbridge::core {

namespace {

constexpr std::array<std::string_view, 8> kDateWords = {"YYYY", "YY", "Y",  "DDD",
                                                        "DD",   "MM", "WW", "m"};

struct Civil {
  int year = 0, month = 0, day = 0;
};

Civil civil_of(Date date) {
  const std::string text = date.text();
  return {std::stoi(text.substr(0, 4)), std::stoi(text.substr(5, 2)), std::stoi(text.substr(8, 2))};
}

std::string_view date_word_at(std::string_view form) {
  for (const std::string_view word : kDateWords) {
    if (form.starts_with(word)) return word;
  }
  return {};
}

std::string padded(std::int64_t value, std::size_t width) {
  std::string digits = std::to_string(value);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return digits;
}

Date first_of_year(int year) { return *Date::from_civil(year, 1, 1); }

// Monday of the week that has the year's first Thursday: ISO 8601.
Date first_monday(int year) {
  const Date fourth = *Date::from_civil(year, 1, 4);
  const std::int32_t weekday = ((fourth.days + 3) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
  return fourth.plus_days(-weekday);
}

int week_year(Date date) {
  const int year = civil_of(date).year;
  if (date >= first_monday(year + 1)) return year + 1;
  return date < first_monday(year) ? year - 1 : year;
}

std::string written(std::string_view form, bool weeks, Date day) {
  const Civil civil = civil_of(day);
  const int year = weeks ? week_year(day) : civil.year;
  std::string out;
  while (!form.empty()) {
    const std::string_view word = date_word_at(form);
    form.remove_prefix(word.size());
    if (word == "YYYY") out += padded(year, 4);
    if (word == "YY") out += padded(year % 100, 2);
    if (word == "Y") out += padded(year % 10, 1);
    if (word == "MM") out += padded(civil.month, 2);
    if (word == "DD") out += padded(civil.day, 2);
    if (word == "DDD") out += padded(day.days - first_of_year(civil.year).days + 1, 3);
    if (word == "WW") out += padded((day.days - first_monday(year).days) / 7 + 1, 2);
    if (word == "m") out += static_cast<char>('A' + civil.month - 1);
  }
  return out;
}

}  // namespace

// The pieces of a date as they stand in a code; -1: not there.
struct LotTemplate::Pieces {
  int year = -1, year_digits = 0, month = -1, day = -1, day_of_year = -1, week = -1;
};

namespace {

template <typename Pieces>
bool read_pieces(std::string_view form, std::string_view text, Pieces& out) {
  while (!form.empty()) {
    const std::string_view word = date_word_at(form);
    form.remove_prefix(word.size());
    const std::string_view piece = text.substr(0, word.size());
    text.remove_prefix(word.size());
    if (word == "m") {
      if (piece[0] < 'A' || piece[0] > 'L') return false;
      out.month = piece[0] - 'A' + 1;
      continue;
    }
    if (!std::all_of(piece.begin(), piece.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      return false;
    }
    const int value = std::stoi(std::string(piece));
    if (word[0] == 'Y') {
      out.year = value;
      out.year_digits = static_cast<int>(word.size());
    }
    if (word == "MM") out.month = value;
    if (word == "DD") out.day = value;
    if (word == "DDD") out.day_of_year = value;
    if (word == "WW") out.week = value;
  }
  return true;
}

template <typename Pieces>
Maybe<Date> date_in(const Pieces& pieces, int year) {
  if (pieces.day_of_year >= 0) {
    const std::int32_t days = first_of_year(year + 1).days - first_of_year(year).days;
    if (pieces.day_of_year < 1 || pieces.day_of_year > days) return {};
    return first_of_year(year).plus_days(pieces.day_of_year - 1);
  }
  if (pieces.week >= 0) {
    const std::int32_t weeks = (first_monday(year + 1).days - first_monday(year).days) / 7;
    if (pieces.week < 1 || pieces.week > weeks) return {};
    return first_monday(year).plus_days((pieces.week - 1) * 7);
  }
  if (pieces.month < 0) return first_of_year(year);
  return Date::from_civil(year, static_cast<unsigned>(pieces.month),
                          pieces.day < 0 ? 1U : static_cast<unsigned>(pieces.day));
}

template <typename Pieces>
Maybe<Date> date_of(const Pieces& pieces, Date reference) {
  const int now = civil_of(reference).year;
  if (pieces.year_digits == 4) {
    return pieces.year < 1 || pieces.year > 9998 ? Maybe<Date>{} : date_in(pieces, pieces.year);
  }
  if (pieces.year_digits == 2) {
    const int ahead = pieces.year - now % 100;
    const int century = now - now % 100 + (ahead >= 51 ? -100 : ahead <= -50 ? 100 : 0);
    return date_in(pieces, century + pieces.year);
  }
  for (int year = now + 1; year > now - 10; --year) {
    if (year % 10 != pieces.year) continue;
    const Maybe<Date> date = date_in(pieces, year);
    if (date && *date > reference.plus_days(2)) continue;
    return date;
  }
  return {};
}

std::vector<std::string_view> date_words(std::string_view form) {
  std::vector<std::string_view> out;
  while (!form.empty()) {
    const std::string_view piece = date_word_at(form);
    if (piece.empty()) return {};
    out.push_back(piece);
    form.remove_prefix(piece.size());
  }
  return out;
}

// All pieces of a template's date together: a year, and at most one way to say the day.
bool is_whole_date(const std::vector<std::string_view>& words) {
  const auto count = [&](std::initializer_list<std::string_view> names) {
    return std::count_if(words.begin(), words.end(), [&](std::string_view word) {
      return std::find(names.begin(), names.end(), word) != names.end();
    });
  };
  const auto months = count({"MM", "m"});
  const auto others = count({"DDD", "WW"});
  return count({"YYYY", "YY", "Y"}) == 1 && months + others <= 1 && count({"DD"}) <= months;
}

Maybe<std::size_t> width_after(std::string_view word, std::string_view name) {
  const std::string_view digits = word.substr(name.size());
  if (digits.empty()) return 0;
  if (digits.size() > 2 || digits[0] == '0' ||
      !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return {};
  }
  return static_cast<std::size_t>(std::stoi(std::string(digits)));
}

bool is_code_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

}  // namespace

struct LotTemplate::Matching {
  std::string_view code, sku;
  Date reference;
};

Maybe<LotTemplate::Part> LotTemplate::part_of(std::string_view word) {
  const auto named = [&](Kind kind, std::string_view name) -> Maybe<Part> {
    if (!word.starts_with(name)) return {};
    const Maybe<std::size_t> width = width_after(word, name);
    if (!width) return {};
    return Part{kind, {}, *width};
  };
  if (const auto part = named(Kind::sku, "SKU")) return part;
  if (const auto part = named(Kind::plant, "PLANT")) return part;
  if (!word.empty() && word.size() <= 12 && word.find_first_not_of('N') == std::string_view::npos) {
    return Part{Kind::number, {}, word.size()};
  }
  if (const auto part = named(Kind::number, "N"); part && part->width > 0 && part->width <= 12) {
    return part;
  }
  if (!date_words(word).empty()) return Part{Kind::date, std::string(word), word.size()};
  return {};
}

Maybe<LotTemplate> LotTemplate::parse(std::string_view text) {
  LotTemplate out;
  std::size_t numbers = 0;
  std::vector<std::string_view> words;
  while (!text.empty()) {
    if (text.front() == '{') {
      const auto end = text.find('}');
      if (end == std::string_view::npos) return {};
      Maybe<Part> part = part_of(text.substr(1, end - 1));
      if (!part) return {};
      if (part->kind == Kind::number && ++numbers > 1) return {};
      if (part->kind == Kind::date) {
        for (const std::string_view piece : date_words(text.substr(1, end - 1))) {
          words.push_back(piece);
        }
      }
      out.parts_.push_back(std::move(*part));
      text.remove_prefix(end + 1);
      continue;
    }
    const auto end = std::min(text.find_first_of("{}"), text.size());
    if (end == 0) return {};  // a brace that closes nothing
    out.parts_.push_back({Kind::literal, std::string(text.substr(0, end)), end});
    text.remove_prefix(end);
  }
  if (out.parts_.empty() || (!words.empty() && !is_whole_date(words))) return {};
  out.dated_ = !words.empty();
  out.by_week_ = std::find(words.begin(), words.end(), "WW") != words.end();
  return out;
}

bool LotTemplate::match(const Matching& m, std::size_t index, std::size_t at, Pieces pieces,
                        CodeFields& out) const {
  if (index == parts_.size()) {
    if (dated_) out.date = date_of(pieces, m.reference);
    return at == m.code.size() && (!dated_ || out.date);
  }
  const Part& part = parts_[index];
  const std::string_view rest = m.code.substr(at);
  if (part.kind == Kind::plant && part.width == 0) {
    // As much as fits: the longest first.
    std::size_t most = 0;
    while (most < rest.size() && is_code_character(rest[most])) ++most;
    for (std::size_t width = most; width > 0; --width) {
      out.plant = std::string(rest.substr(0, width));
      if (match(m, index + 1, at + width, pieces, out)) return true;
    }
    return false;
  }
  const std::string_view whole = m.sku;
  const std::string_view sku = part.width == 0 ? whole : whole.substr(0, part.width);
  const std::size_t width = part.kind == Kind::sku ? sku.size() : part.width;
  const std::string_view piece = rest.substr(0, width);
  if (piece.size() != width) return false;
  switch (part.kind) {
    case Kind::literal:
      if (piece != part.text) return false;
      break;
    case Kind::sku:
      if (piece != sku) return false;
      out.sku = std::string(piece);
      break;
    case Kind::plant:
      if (!std::all_of(piece.begin(), piece.end(), is_code_character)) return false;
      out.plant = std::string(piece);
      break;
    case Kind::number:
      if (!std::all_of(piece.begin(), piece.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return false;
      }
      out.number = std::stoll(std::string(piece));
      break;
    case Kind::date:
      if (!read_pieces(part.text, piece, pieces)) return false;
      break;
  }
  return match(m, index + 1, at + width, pieces, out);
}

Maybe<CodeFields> LotTemplate::read(std::string_view code, std::string_view sku,
                                    Date reference) const {
  CodeFields out;
  if (!match({code, sku, reference}, 0, 0, {}, out)) return {};
  return out;
}

std::string LotTemplate::frame(std::string_view sku, std::string_view plant, Date day) const {
  std::string out;
  const auto leading = [](std::string_view text, std::size_t width) {
    return width == 0 ? text : text.substr(0, width);
  };
  for (const Part& part : parts_) {
    if (part.kind == Kind::literal) out += part.text;
    if (part.kind == Kind::sku) out += leading(sku, part.width);
    if (part.kind == Kind::plant) out += leading(plant, part.width);
    if (part.kind == Kind::number) out += "{}";
    if (part.kind == Kind::date) out += written(part.text, by_week_, day);
  }
  return out;
}

Maybe<std::string> LotTemplate::fill(std::string_view frame, std::int64_t number) const {
  const auto place = frame.find("{}");
  if (place == std::string_view::npos) {
    if (number != 1) return {};
    return std::string(frame);
  }
  std::size_t width = 0;
  for (const Part& part : parts_) {
    if (part.kind == Kind::number) width = part.width;
  }
  const std::string digits = padded(number, width);
  if (digits.size() > width) return {};
  return std::string(frame.substr(0, place)) + digits + std::string(frame.substr(place + 2));
}

}  // namespace lotbridge::core
