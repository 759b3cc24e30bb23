#include <array>

#include <lotbridge/csv.hpp>

namespace lotbridge {
namespace {

Problem bad(std::string detail) { return Problem{"invalid_value", std::move(detail), {}}; }

}  // namespace

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    std::size_t more = 0;
    std::uint32_t point = lead;
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if (lead >= 0xC2 && lead <= 0xDF) {
      more = 1;
      point = lead & 0x1FU;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
      more = 2;
      point = lead & 0x0FU;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
      more = 3;
      point = lead & 0x07U;
    } else {
      return false;
    }
    if (i + more >= text.size()) return false;
    for (std::size_t k = 1; k <= more; ++k) {
      const auto byte = static_cast<unsigned char>(text[i + k]);
      if ((byte & 0xC0U) != 0x80U) return false;
      point = (point << 6U) | (byte & 0x3FU);
    }
    const bool overlong = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
    if (overlong || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return false;
    i += more + 1;
  }
  return true;
}

bool CsvRow::blank() const {
  for (const std::string& cell : cells) {
    if (cell.find_first_not_of(" \t") != std::string::npos) return false;
  }
  return true;
}

CsvReader::CsvReader(std::string_view text, CsvOptions options) : text_(text), options_(options) {
  if (text_.starts_with("\xEF\xBB\xBF")) position_ = 3;
}

bool CsvReader::take_line_end() {
  if (at_end()) return true;
  if (text_[position_] == '\r') {
    position_ += position_ + 1 < text_.size() && text_[position_ + 1] == '\n' ? 2 : 1;
  } else if (text_[position_] == '\n') {
    ++position_;
  } else {
    return false;
  }
  ++line_;
  return true;
}

void CsvReader::skip_line() {
  while (!at_end() && text_[position_] != '\n' && text_[position_] != '\r') ++position_;
  take_line_end();
}

Refused CsvReader::read_quoted(std::string& cell) {
  const std::size_t began = position_, began_line = line_;
  ++position_;
  for (;;) {
    if (at_end()) {
      // The quote was never closed. Go back, so that the rows after this line are not swallowed.
      position_ = began;
      line_ = began_line;
      return bad("a quoted cell is not closed");
    }
    const char c = text_[position_++];
    if (c == '"') {
      if (at_end() || text_[position_] != '"') break;
      ++position_;
    } else if (c == '\n' || (c == '\r' && (at_end() || text_[position_] != '\n'))) {
      ++line_;
    }
    if (cell.size() >= options_.cell_bytes_max) {
      position_ = began;
      line_ = began_line;
      return bad("a quoted cell is longer than " + std::to_string(options_.cell_bytes_max) +
                 " bytes; is a quote left open?");
    }
    cell += c;
  }
  const bool ends = at_end() || text_[position_] == options_.delimiter ||
                    text_[position_] == '\n' || text_[position_] == '\r';
  if (!ends) return bad("text stands after a closing quote");
  return {};
}

Refused CsvReader::read_cell(std::string& cell) {
  cell.clear();
  if (!at_end() && text_[position_] == '"') {
    if (auto problem = read_quoted(cell)) return problem;
  } else {
    const std::size_t began = position_;
    while (!at_end() && text_[position_] != options_.delimiter && text_[position_] != '\n' &&
           text_[position_] != '\r') {
      ++position_;
    }
    if (position_ - began > options_.cell_bytes_max) return bad("a cell is too long");
    cell.assign(text_.substr(began, position_ - began));
  }
  if (cell.find('\0') != std::string::npos) return bad("a cell holds a NUL byte");
  if (!is_utf8(cell)) return bad("a cell is not UTF-8");
  return {};
}

Result<bool> CsvReader::next(CsvRow& row) {
  row.cells.clear();
  row.line = line_;
  row.raw = {};
  if (at_end()) return false;
  const std::size_t began = position_;
  Result<bool> more = read_row(row);
  row.raw = text_.substr(began, position_ - began);
  while (row.raw.ends_with('\n') || row.raw.ends_with('\r')) row.raw.remove_suffix(1);
  return more;
}

Result<bool> CsvReader::read_row(CsvRow& row) {
  for (;;) {
    std::string cell;
    if (auto problem = read_cell(cell)) {
      skip_line();
      return std::move(*problem);
    }
    row.cells.push_back(std::move(cell));
    if (row.cells.size() > options_.columns_max) {
      skip_line();
      return bad("a row has more than " + std::to_string(options_.columns_max) + " columns");
    }
    if (!at_end() && text_[position_] == options_.delimiter) {
      ++position_;
      continue;
    }
    take_line_end();
    return true;
  }
}

char guess_csv_delimiter(std::string_view text) {
  constexpr std::array<char, 4> kCandidates{',', ';', '\t', '|'};
  std::array<std::size_t, 4> counts{};
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && (c == '\n' || c == '\r')) break;
    for (std::size_t i = 0; i < kCandidates.size() && !quoted; ++i)
      counts[i] += c == kCandidates[i];
  }
  std::size_t best = 0;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (counts[i] > counts[best]) best = i;
  }
  return kCandidates[best];
}

}  // namespace lotbridge
