// The one reader of CSV: rows of cells out of text, with the line where each row began.
//
// RFC 4180 with what real files do: a byte-order mark, CRLF or LF or CR, any single-byte delimiter,
// quotes with doubled quotes and line breaks inside. Strict where guessing would move data into
// another column: text after a closing quote, a quote inside an unquoted cell at its start left
// open, NUL bytes or text that is not UTF-8 make that row bad; the next row goes on at the next
// line. Holds a view of the text. One thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/status.hpp>

namespace lotbridge {

struct CsvOptions {
  char delimiter = ',';
  std::size_t cell_bytes_max = 32 * 1024;
  std::size_t columns_max = 512;
};

struct CsvRow {
  std::size_t line = 0;  // of the text, from 1
  std::vector<std::string> cells;
  std::string_view
      raw;  // the row as it stands in the text, also of a bad one; without its line end
  // A row of empty cells only, as spreadsheets leave behind.
  bool blank() const;
};

class CsvReader {
 public:
  explicit CsvReader(std::string_view text, CsvOptions options = {});

  // true: `row` holds the next row. false: the end. A Problem ("invalid_value"): this row is bad,
  // its line is in row.line; call again for the next one.
  Result<bool> next(CsvRow& row);

 private:
  bool at_end() const { return position_ >= text_.size(); }
  Refused read_cell(std::string& cell);
  Refused read_quoted(std::string& cell);
  bool take_line_end();
  void skip_line();
  Result<bool> read_row(CsvRow& row);

  std::string_view text_;
  CsvOptions options_;
  std::size_t position_ = 0;
  std::size_t line_ = 1;
};

// The delimiter that a header line most likely uses: the most frequent of , ; tab | outside quotes.
char guess_csv_delimiter(std::string_view text);
// Whether bytes are UTF-8 throughout (overlong forms and surrogates refused).
bool is_utf8(std::string_view text);

}  // namespace lotbridge
