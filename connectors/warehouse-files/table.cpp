#include "table.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "columns.hpp"
#include "values.hpp"

namespace lotbridge::warehouse_files {
namespace {

constexpr std::size_t kHeaderRows = 20;  // a header further down is none
constexpr std::size_t kTextMax = 255;    // what documents allow of a name

Problem refusal(std::string why) { return {"invalid_value", std::move(why), {}}; }

// 0x80 to 0x9F of Windows-1252; 0: not assigned.
constexpr std::array<char16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

void append_utf8(std::string& to, char16_t point) {
  if (point < 0x80) {
    to += static_cast<char>(point);
  } else if (point < 0x800) {
    to += static_cast<char>(0xC0 | (point >> 6));
    to += static_cast<char>(0x80 | (point & 0x3F));
  } else {
    to += static_cast<char>(0xE0 | (point >> 12));
    to += static_cast<char>(0x80 | ((point >> 6) & 0x3F));
    to += static_cast<char>(0x80 | (point & 0x3F));
  }
}

Result<std::string> from_windows_1252(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 16);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const char16_t point = byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80U] : byte;
    if (point == 0 && byte != 0) return refusal("the file is not Windows-1252 text either");
    append_utf8(text, point);
  }
  return text;
}

std::size_t first_bad_line(std::string_view text) {
  std::size_t line = 1;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (!is_utf8(text.substr(0, end))) break;
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
  }
  return line;
}

// Which column of this row is which field. `missing` gets what a header of this feed needs and this
// row lacks, `twice` a column that stands there twice.
std::map<std::string, std::size_t, std::less<>> match_columns(const std::vector<std::string>& cells,
                                                              const Feed& feed,
                                                              std::vector<std::string>& missing,
                                                              std::string& twice) {
  std::map<std::string, std::vector<std::size_t>, std::less<>> by_key;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string key = column_key(cells[i]);
    if (!key.empty()) by_key[key].push_back(i);
  }
  std::map<std::string, std::size_t, std::less<>> columns;
  std::set<std::size_t> claimed;
  const auto claim = [&](std::string_view field, std::string_view key) {
    const auto found = by_key.find(key);
    if (found == by_key.end() || claimed.contains(found->second[0])) return false;
    if (found->second.size() > 1) twice = cells[found->second[0]];
    claimed.insert(found->second[0]);
    columns[std::string(field)] = found->second[0];
    return true;
  };
  for (const auto& [field, name] : feed.columns) {
    if (!claim(field, column_key(name))) missing.push_back(name);
  }
  for (const Field& field : fields_of(feed.kind)) {
    if (feed.columns.contains(std::string(field.name))) continue;
    // A customer's code decides whose goods these are: such a column is named in the settings or
    // not used.
    bool found = field.name != "owner" && claim(field.name, column_key(field.name));
    for (const std::string_view alias : field.aliases) found = found || claim(field.name, alias);
    if (!found && field.required && !feed.defaults.contains(std::string(field.name))) {
      missing.emplace_back(field.name);
    }
  }
  const bool either = feed.kind == Kind::shipments || feed.kind == Kind::returns;
  if (either && !columns.contains("sku") && !columns.contains("order_line"))
    missing.emplace_back("sku");
  return columns;
}

std::string listed(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "\"" : ", \"") + word + "\"";
  return all;
}

}  // namespace

Result<std::string> decode(std::string_view bytes, Encoding encoding) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    return refusal("the file is UTF-16; it must be saved as UTF-8");
  }
  if (bytes.starts_with("PK\x03\x04"))
    return refusal("the file is a spreadsheet or archive, not CSV");
  const std::size_t nul = bytes.find('\0');
  if (nul != std::string_view::npos) return refusal("the file holds NUL bytes, so it is not text");
  const bool marked = bytes.starts_with("\xEF\xBB\xBF");
  if (marked) bytes.remove_prefix(3);
  if (is_utf8(bytes)) return std::string(bytes);
  if (encoding == Encoding::windows_1252 && !marked) return from_windows_1252(bytes);
  return refusal(
      "line " + std::to_string(first_bad_line(bytes)) +
      " is not UTF-8; if the warehouse writes Windows-1252 (Latin-1), say so by `encoding`");
}

Result<Header> find_header(std::string_view text, const Feed& feed) {
  std::vector<std::string> nearest;
  std::string nearest_twice;
  for (const char delimiter : {',', ';', '\t', '|'}) {
    if (feed.delimiter != 0 && delimiter != feed.delimiter) continue;
    CsvReader reader(text, {.delimiter = delimiter});
    CsvRow row;
    for (std::size_t i = 0; i < kHeaderRows; ++i) {
      const auto more = reader.next(row);
      if (!more) continue;
      if (!*more) break;
      std::vector<std::string> missing;
      std::string twice;
      auto columns = match_columns(row.cells, feed, missing, twice);
      if (missing.empty() && twice.empty()) {
        return Header{row.line, delimiter, row.cells, std::move(columns)};
      }
      if (missing.empty()) nearest_twice = twice;
      const bool some = row.cells.size() > 1;
      if (some && (nearest.empty() || missing.size() < nearest.size())) nearest = missing;
    }
  }
  if (!nearest_twice.empty())
    return refusal("the header has the column \"" + nearest_twice + "\" twice");
  if (nearest.empty())
    return refusal("there is no header in the first " + std::to_string(kHeaderRows) + " rows");
  return refusal("there is no header in the first " + std::to_string(kHeaderRows) +
                 " rows; the nearest row lacks columns for " + listed(nearest));
}

Row::Row(const Feed& feed, const Header& header, const CsvRow& cells)
    : feed_(feed), header_(header), cells_(cells) {
  // A cut line or a delimiter too many would move values into other columns.
  const std::size_t wanted = header.cells.size();
  const bool more =
      cells.cells.size() > wanted &&
      std::any_of(cells.cells.begin() + static_cast<std::ptrdiff_t>(wanted), cells.cells.end(),
                  [](const std::string& cell) { return !trimmed(cell).empty(); });
  if (more || cells.cells.size() < wanted) {
    refuse("the row has " + std::to_string(cells.cells.size()) + " columns, the header " +
           std::to_string(wanted));
  }
}

void Row::refuse(std::string why) {
  if (refused_.empty()) refused_ = std::move(why);
}

std::string Row::text(std::string_view field) {
  std::string value;
  const auto column = header_.columns.find(field);
  if (column != header_.columns.end() && column->second < cells_.cells.size()) {
    value = trimmed(cells_.cells[column->second]);
  }
  const std::string name(field);
  if (const auto words = feed_.values.find(name); words != feed_.values.end()) {
    const auto ours = words->second.find(value);
    if (ours != words->second.end()) value = ours->second;
  }
  if (value.empty()) {
    const auto otherwise = feed_.defaults.find(name);
    if (otherwise != feed_.defaults.end()) value = otherwise->second;
  }
  const bool control = std::any_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (control) refuse(name + " holds a line break or a control character");
  const auto characters = std::count_if(value.begin(), value.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  });
  if (characters > static_cast<std::ptrdiff_t>(kTextMax))
    refuse(name + " has more than 255 characters");
  return value;
}

Maybe<std::string> Row::maybe(std::string_view field) {
  std::string value = text(field);
  if (value.empty()) return std::nullopt;
  return value;
}

std::string Row::must(std::string_view field) {
  std::string value = text(field);
  if (value.empty()) refuse(std::string(field) + " is empty");
  return value;
}

Maybe<Date> Row::date(std::string_view field) {
  const std::string value = text(field);
  if (value.empty()) return std::nullopt;
  const auto date = read_date(value, feed_.date_format);
  if (!date)
    refuse(std::string(field) + " \"" + value + "\" is not a date of the form " +
           feed_.date_format);
  return date;
}

Maybe<Timestamp> Row::moment(std::string_view field) {
  const std::string value = text(field);
  if (value.empty()) return std::nullopt;
  const auto moment = read_moment(value, feed_.date_format, feed_.offset_minutes);
  if (!moment) {
    refuse(std::string(field) + " \"" + value + "\" is not a date or time of the form " +
           feed_.date_format);
  }
  return moment;
}

Maybe<bool> Row::yes_no(std::string_view field) {
  const std::string value = text(field);
  if (value.empty()) return std::nullopt;
  const auto answer = read_yes_no(value);
  if (!answer) refuse(std::string(field) + " \"" + value + "\" is neither yes nor no");
  return answer;
}

Quantity Row::quantity(std::string_view field) {
  const std::string value = text(field);
  if (value.empty()) return {};
  const auto quantity = read_quantity(value, feed_.decimal);
  if (!quantity) {
    refuse(std::string(field) + " \"" + value + "\" is not a number with the decimal mark " +
           feed_.decimal);
    return {};
  }
  if (quantity->micros < 0) refuse(std::string(field) + " \"" + value + "\" is below zero");
  return *quantity;
}

Maybe<LotCode> Row::lot(std::string_view field) {
  const std::string value = text(field);
  if (value.empty()) return std::nullopt;
  auto lot = LotCode::parse(value);
  if (!lot) refuse(std::string(field) + " is longer than 60 characters");
  return lot;
}

std::size_t Row::word(std::string_view field, const std::vector<std::string_view>& words,
                      std::size_t otherwise) {
  const std::string value = text(field);
  if (value.empty()) return otherwise;
  const auto found = std::find(words.begin(), words.end(), value);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  std::string all;
  for (const std::string_view word : words) all += (all.empty() ? "" : ", ") + std::string(word);
  refuse(std::string(field) + " \"" + value + "\" is none of " + all);
  return otherwise;
}

}  // namespace lotbridge::warehouse_files
