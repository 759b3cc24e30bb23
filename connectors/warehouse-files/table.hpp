// A file as rows of named fields: its bytes to text, the header wherever it stands, the columns to
// fields.
//
// A row keeps the first thing that is wrong with it, so that whoever reads its fields can read them
// all and look once. Rows hold views of the table's text. One thread.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/csv.hpp>
#include <lotbridge/status.hpp>

#include "settings.hpp"

namespace lotbridge::warehouse_files {

// A file of any of the accepted encodings as UTF-8 without a byte-order mark. The Problem says what
// it is instead.
Result<std::string> decode(std::string_view bytes, Encoding encoding);

// Where each field is: the number of its column.
struct Header {
  std::size_t line = 0;
  char delimiter = ',';
  std::vector<std::string> cells;
  std::map<std::string, std::size_t, std::less<>> columns;
};

// Looks for the header in the first rows; the Problem names the columns that are missing in the row
// that comes nearest.
Result<Header> find_header(std::string_view text, const Feed& feed);

class Row {
 public:
  Row(const Feed& feed, const Header& header, const CsvRow& cells);

  // "" where the column is missing or empty and the settings have no default.
  std::string text(std::string_view field);
  Maybe<std::string> maybe(std::string_view field);
  std::string must(std::string_view field);
  Maybe<Date> date(std::string_view field);
  Maybe<Timestamp> moment(std::string_view field);
  Maybe<bool> yes_no(std::string_view field);
  Quantity quantity(std::string_view field);  // 0 where it is empty
  Maybe<LotCode> lot(std::string_view field);
  // One of `words`, as its number; `otherwise` where it is empty.
  std::size_t word(std::string_view field, const std::vector<std::string_view>& words,
                   std::size_t otherwise);

  // Remembers the first.
  void refuse(std::string why);
  const std::string& refused() const { return refused_; }  // "": nothing so far
  std::size_t line() const { return cells_.line; }
  std::string_view raw() const { return cells_.raw; }

 private:
  const Feed& feed_;
  const Header& header_;
  const CsvRow& cells_;
  std::string refused_;
};

}  // namespace lotbridge::warehouse_files
