// Dates, times, numbers and words as warehouses write them, read by a declared format and never by
// guess.
//
// Stateless. Nothing here guesses between day and month or between a decimal and a grouping mark:
// what is not of the declared form is refused (nullopt).
#pragma once

#include <string>
#include <string_view>

#include <lotbridge/values.hpp>

namespace lotbridge::warehouse_files {

// One of the documented formats ("DD/MM/YYYY"); YYYY-MM-DD is understood besides any other.
bool is_date_format(std::string_view format);
std::string date_formats();  // for a message

// A date, also where a time of day follows it (exports write 2026-05-30 00:00:00): the time is
// dropped, not shifted.
Maybe<Date> read_date(std::string_view text, std::string_view format);

// RFC 3339; or a date and a time of day without a zone, at `offset_minutes` from UTC. A bare date
// gives its last moment there.
Maybe<Timestamp> read_moment(std::string_view text, std::string_view format, int offset_minutes);

// Digits with an optional sign and fraction; no grouping, no exponent, at most 6 decimals.
Maybe<Quantity> read_quantity(std::string_view text, char decimal);

// "+02:00" or "-05:30" or "Z", as minutes.
Maybe<int> read_offset(std::string_view text);

Maybe<bool> read_yes_no(std::string_view text);

std::string_view trimmed(std::string_view text);

// Lower case, letters and digits only: "Batch No." and "batch_no" are one column.
std::string column_key(std::string_view name);

// A number that a spreadsheet made of a code: 1.23E+11.
bool looks_damaged(std::string_view code);

// `name` against a pattern with * and ?, without regard to case.
bool matches(std::string_view pattern, std::string_view name);

}  // namespace lotbridge::warehouse_files
