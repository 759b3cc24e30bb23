// Lot codes with a form: `{SKU3}-{YYMMDD}-B{NN}-{PLANT2}` reads and writes GYP-260516-B01-MA (rule
// 24).
//
// In braces: `SKU` and `PLANT`, with a number only so many leading characters; `NN` or `N2`, a
// number of that many digits; and dates of YYYY, YY or Y with MM and DD, DDD (day of the year), WW
// (ISO week) or m (A to L for the month), in one pair of braces or several. Everything else stands
// for itself. Pure values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/values.hpp>

namespace lotbridge::core {

// What a code says by its template; only what the template has.
struct CodeFields {
  Maybe<std::string> sku, plant;
  Maybe<Date> date;
  Maybe<std::int64_t> number;
  bool operator==(const CodeFields&) const = default;
};

class LotTemplate {
 public:
  // nullopt: not a template (an unknown word in braces, a date without its year, ...).
  static Maybe<LotTemplate> parse(std::string_view text);

  // The whole code, case and zeros included; nullopt where it does not fit or its date does not
  // exist. One digit of a year means the latest year up to two days after `reference`, two digits
  // the years from 49 before to 50 after it.
  Maybe<CodeFields> read(std::string_view code, std::string_view sku, Date reference) const;

  // The code around its number, with `{}` where that stands: numbers count up per such text.
  std::string frame(std::string_view sku, std::string_view plant, Date day) const;
  // The frame with its number; nullopt where that has too many digits. Without a place for a
  // number only 1 fits.
  Maybe<std::string> fill(std::string_view frame, std::int64_t number) const;

 private:
  enum class Kind : std::uint8_t { literal, sku, plant, number, date };
  struct Part {
    Kind kind = Kind::literal;
    std::string text;       // a literal, or a date's form
    std::size_t width = 0;  // 0: whatever is there
  };
  struct Matching;
  struct Pieces;
  bool match(const Matching&, std::size_t part, std::size_t at, Pieces, CodeFields& out) const;
  static Maybe<Part> part_of(std::string_view word);

  std::vector<Part> parts_;
  bool dated_ = false, by_week_ = false;
};

}  // namespace lotbridge::core
