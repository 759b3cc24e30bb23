// lotctl report NAME: tables, with a bar where looking beats reading.
#include <fmt/core.h>

#include <algorithm>

#include <lotbridge/json.hpp>

#include "daemon/ctl/table.hpp"
#include "daemon/ctl/verbs.hpp"

namespace lotbridge::ctl {
namespace {

struct Field {
  Column column;
  const char* key;
};
struct Layout {
  const char* name;
  std::vector<Field> fields;
  const char* bar = nullptr;  // the member that the bars show
  const char* nothing;
};

const std::vector<Layout>& layouts() {
  constexpr Align kRight = Align::right;
  static const std::vector<Field> kBuckets = {{{"owner"}, "owner"},
                                              {{"days"}, "bucket"},
                                              {{"lots", kRight}, "lots"},
                                              {{"units", kRight}, "quantity"},
                                              {{"value", kRight}, "value"}};
  static const std::vector<Layout> kLayouts = {
      {"expiry", kBuckets, "quantity", "There is no stock."},
      {"ageing", kBuckets, "quantity", "There is no stock."},
      {"at-risk",
       {{{"sku"}, "sku"},
        {{"lot"}, "lot"},
        {{"expires"}, "expires_on"},
        {{"days", kRight}, "days_left"},
        {{"units", kRight}, "quantity"},
        {{"a day", kRight}, "forecast_per_day"},
        {{"at risk", kRight}, "at_risk"},
        {{"value", kRight}, "value"}},
       "at_risk",
       "No lot has a date."},
      {"movement",
       {{{"sku"}, "sku"},
        {{"lot"}, "lot"},
        {{"pace"}, "pace"},
        {{"left", kRight}, "dispatched"},
        {{"a day", kRight}, "per_day"},
        {{"on hand", kRight}, "on_hand"},
        {{"lasts days", kRight}, "days_of_cover"},
        {{"age", kRight}, "age_days"},
        {{"expires"}, "expires_on"}},
       "per_day",
       "Nothing lies here and nothing left."},
      {"returns",
       {{{"sku"}, "sku"},
        {{"lot"}, "lot"},
        {{"dispatched", kRight}, "dispatched"},
        {{"returned", kRight}, "returned"},
        {{"percent", kRight}, "percent"}},
       "percent",
       "Nothing was dispatched."},
      {"suppliers",
       {{{"supplier"}, "supplier"},
        {{"expected", kRight}, "expected"},
        {{"received", kRight}, "received"},
        {{"rejected", kRight}, "rejected"},
        {{"fill %", kRight}, "fill_percent"},
        {{"reject %", kRight}, "reject_percent"},
        {{"on time %", kRight}, "on_time_percent"},
        {{"life % mean", kRight}, "life_mean_percent"},
        {{"least", kRight}, "life_min_percent"},
        {{"lots", kRight}, "lots"},
        {{"recalled", kRight}, "recalled_lots"}},
       nullptr,
       "No supplier has delivered."}};
  return kLayouts;
}

std::string cell(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_text()) return value.text();
  if (value.is_object()) {
    return value["amount"].is_text() ? value["amount"].text() + " " + value["currency"].text_or("")
                                     : "";
  }
  return std::string(value.raw());
}

// For the length of a bar only; what is shown as a number stays exact.
double length_of(const Json& value) {
  return value.is_number() ? std::stod(std::string(value.raw())) : 0;
}

Query query_of(const ReportOptions& options) {
  Query query;
  const std::pair<const char*, const std::string*> given[] = {
      {"sku", &options.sku},
      {"warehouse", &options.warehouse},
      {"supplier", &options.supplier},
      {"forecast_per_day", &options.forecast},
      {"days", &options.days}};
  for (const auto& [key, value] : given) {
    if (!value->empty()) query.emplace_back(key, *value);
  }
  return query;
}

}  // namespace

int report(Session& session, const ReportOptions& options) {
  std::vector<std::string> rows;
  const std::string path = "/v1/reports/" + options.name;
  if (const int code = all_pages(session, path, query_of(options), rows); code != kDone)
    return code;
  if (session.common.json) {
    print_rows_json(rows);
    return kDone;
  }
  const auto layout = std::find_if(layouts().begin(), layouts().end(),
                                   [&](const Layout& one) { return one.name == options.name; });
  if (layout == layouts().end()) return kUsage;
  const bool bars = layout->bar != nullptr && !options.csv;
  std::vector<Column> columns;
  for (const Field& field : layout->fields) columns.push_back(field.column);
  if (bars) columns.push_back({""});
  Table table(std::move(columns));
  double most = 0;
  for (const std::string& text : rows) {
    if (bars) most = std::max(most, length_of(Json::parse(text)[layout->bar]));
  }
  for (const std::string& text : rows) {
    const Json row = Json::parse(text);
    std::vector<std::string> cells;
    for (const Field& field : layout->fields) cells.push_back(cell(row[field.key]));
    if (bars) cells.push_back(bar(length_of(row[layout->bar]), most));
    table.row(std::move(cells));
  }
  if (options.csv) {
    fmt::print("{}", table.csv());
  } else {
    table.print(layout->nothing);
  }
  return kDone;
}

}  // namespace lotbridge::ctl
