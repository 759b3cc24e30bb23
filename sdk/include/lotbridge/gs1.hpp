// What a label says: GS1 element strings and Digital Links, read strictly and written exactly.
//
// An element string is a row of application identifiers (AI) with their values, as a scanner sends
// it or as people print it with brackets; a Digital Link is the same as a web address. Reading
// checks the AIs, lengths, character sets, check digits, dates, and which AIs need or exclude each
// other. Nothing is guessed. No clock: whoever asks for a date names the current year. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/status.hpp>
#include <lotbridge/values.hpp>

namespace lotbridge {

struct Gs1Element {
  std::string ai, value;
  bool operator==(const Gs1Element&) const = default;
};

// Why a text is no valid label: a word for programs, a sentence for a person.
struct Gs1Fault {
  std::string word;  // "check_digit", "too_long", "unknown_ai", "missing_requisite_ai", ...
  std::string detail;
};

struct Gs1Options {
  bool need_symbology = false;  // refuse a bare string without "]C1" and the like before it
  bool pad_gtins = false;       // accept GTIN-8, -12 and -13 in a Digital Link
  bool lenient = false;         // do not ask for the AIs that should stand beside another
};

struct Gs1Label {
  std::vector<Gs1Element> elements;  // in the order in which they were read
  bool plain = false;  // an EAN or UPC code: one GTIN and nothing else, no element string
  Maybe<Gs1Fault> fault;

  bool ok() const { return !fault; }
  // The value of an AI; nullptr where the label has none.
  const std::string* find(std::string_view ai) const;
  // The GTIN of what is labelled or contained (01, 02, 8006), 14 digits; nullptr: none.
  Maybe<std::string> gtin() const;
};

// Any of the forms: "]C101..10..", "(01)..(10)..", "https://../01/../10/..", or a bare element
// string with GS (0x1D) after what has no fixed length.
Gs1Label read_gs1(std::string_view text, const Gs1Options& = {});

// "(01)09521234000174(10)L7"; a bracket inside a value is written "\(".
std::string gs1_bracketed(const std::vector<Gs1Element>&);
// As it goes into a symbol, GS between the elements that need it; FNC1 at the start is the
// printer's.
std::string gs1_element_string(const std::vector<Gs1Element>&);
// "https://id.gs1.org/01/../10/..?17=.."; nullopt where the elements have no such form.
Maybe<std::string> gs1_digital_link(const std::vector<Gs1Element>&,
                                    std::string_view domain = "https://id.gs1.org");

// The same elements with those of fixed length first, so that as few separators as possible are
// needed.
std::vector<Gs1Element> gs1_printing_order(std::vector<Gs1Element>);

// Whether AI 10 can hold a lot code: 1 to 20 characters of GS1's set 82.
bool gs1_holds_lot(std::string_view code);

// The check digit of the digits before it, for GTIN, GLN and SSCC alike; 0 for what is no number.
char gs1_check_digit(std::string_view body);
// 8, 12, 13 or 14 digits with a right check digit, and not all of them zero.
bool is_gtin(std::string_view digits);
// A GTIN in its one form of 14 digits; what is no GTIN is given back as it is.
std::string gtin14(std::string_view digits);

// The century of a two-digit year: 49 years back to 50 years ahead of the current one.
int gs1_year(int two_digits, int current_year);
// YYMMDD; day 00 means the month's last day. nullopt: no such day.
Maybe<Date> gs1_date(std::string_view yymmdd, int current_year);

}  // namespace lotbridge
