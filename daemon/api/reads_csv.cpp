#include "daemon/api/reads_csv.hpp"

#include <lotbridge/json.hpp>

namespace lotbridge::api {
namespace {

// Quoted only where it must be (RFC 4180).
void add_cell(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string text_of(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_text()) return value.text();
  if (!value.is_array()) return std::string(value.raw());
  std::string out;
  for (const Json& part : value.items()) {
    if (!out.empty()) out += ';';
    // Of an object its first member says what it is: a block's reason, a candidate's lot.
    out += text_of(part.is_object() && part.size() > 0 ? part.members().front().second : part);
  }
  return out;
}

Json member(Json row, std::string_view column) {
  while (true) {
    const auto dot = column.find('.');
    row = row[column.substr(0, dot)];
    if (dot == std::string_view::npos) return row;
    column.remove_prefix(dot + 1);
  }
}

}  // namespace

bool wants_csv(const Request& request) {
  const std::string_view accept = request.header("accept");
  return accept.substr(0, 8) == "text/csv";
}

Response csv_response(const Response& list, const std::vector<std::string_view>& columns) {
  const Json root = Json::parse(list.body);
  Response csv;
  csv.content_type = "text/csv; charset=utf-8";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) csv.body += ',';
    csv.body += columns[i];
  }
  csv.body += "\r\n";
  for (const Json& row : root["data"].items()) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (i > 0) csv.body += ',';
      add_cell(csv.body, text_of(member(row, columns[i])));
    }
    csv.body += "\r\n";
  }
  if (const auto cursor = root["next_cursor"].text_maybe())
    csv.headers.emplace_back("Lotbridge-Next-Cursor", *cursor);
  return csv;
}

}  // namespace lotbridge::api
