// lotctl import items|stock|receipts FILE.csv: rows become documents; a bad row is reported with
// its line and the rest goes on.
#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <lotbridge/csv.hpp>
#include <lotbridge/records.hpp>

#include "daemon/ctl/verbs.hpp"

namespace lotbridge::ctl {
namespace {

constexpr std::size_t kLinesPerReceipt = 500;

// The columns that an import knows; a header is compared without case, spaces, '_' and '-'.
const std::map<std::string, std::string>& known_columns() {
  static const std::map<std::string, std::string> columns = {
      {"sku", "sku"},
      {"item", "sku"},
      {"name", "name"},
      {"title", "name"},
      {"unit", "unit"},
      {"decimals", "decimals"},
      {"gtin", "gtin"},
      {"barcode", "gtin"},
      {"ean", "gtin"},
      {"shelflifedays", "shelf_life_days"},
      {"removaldays", "removal_days"},
      {"alertdays", "alert_days"},
      {"minremainingdays", "min_remaining_days"},
      {"datekind", "date_kind"},
      {"lottracked", "lot_tracked"},
      {"requiresinspection", "requires_inspection"},
      {"aliases", "aliases"},
      {"receipt", "receipt"},
      {"id", "receipt"},
      {"supplier", "supplier"},
      {"purchaseorder", "purchase_order"},
      {"po", "purchase_order"},
      {"warehouse", "warehouse"},
      {"receivedon", "received_on"},
      {"date", "received_on"},
      {"quantity", "quantity"},
      {"qty", "quantity"},
      {"lot", "lot"},
      {"batchnumber", "lot"},
      {"lotnumber", "lot"},
      {"batch", "batch"},
      {"supplierlot", "supplier_lot"},
      {"expireson", "expires_on"},
      {"expiry", "expires_on"},
      {"bestbefore", "expires_on"},
      {"producedon", "produced_on"},
      {"sellby", "sell_by"},
      {"location", "location"},
      {"status", "status"},
      {"unitcost", "unit_cost"},
      {"currency", "currency"},
      {"pack", "pack"}};
  return columns;
}

std::string folded(std::string_view title) {
  std::string out;
  for (const char c : title) {
    if (c == ' ' || c == '_' || c == '-' || c == '.') continue;
    out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  return out;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

// One row by column name; remembers the first thing that was wrong with it.
class Row {
 public:
  Row(const std::vector<std::string>& columns, const CsvRow& row) : line_(row.line) {
    for (std::size_t i = 0; i < columns.size() && i < row.cells.size(); ++i) {
      cells_[columns[i]] = trimmed(row.cells[i]);
    }
  }

  std::string text(const char* column) const {
    const auto found = cells_.find(column);
    return found == cells_.end() ? "" : found->second;
  }
  Maybe<std::string> maybe_text(const char* column) const {
    const std::string value = text(column);
    return value.empty() ? std::nullopt : Maybe<std::string>(value);
  }
  std::string needed(const char* column) {
    std::string value = text(column);
    if (value.empty()) complain(column, "is missing");
    return value;
  }
  Maybe<Date> date(const char* column) {
    const std::string value = text(column);
    if (value.empty()) return std::nullopt;
    const auto date = Date::parse(value);
    if (!date) complain(column, "'" + value + "' is no date; write YYYY-MM-DD");
    return date;
  }
  Maybe<Quantity> quantity(const char* column) {
    const auto value = Quantity::parse(needed(column));
    if (!value && wrong_.empty()) complain(column, "'" + text(column) + "' is no number");
    return value;
  }
  Maybe<std::int32_t> days(const char* column) {
    const std::string value = text(column);
    if (value.empty()) return std::nullopt;
    const auto number = Quantity::parse(value);
    if (!number || number->micros % Quantity::kScale != 0 || number->micros < 0 ||
        number->micros / Quantity::kScale > 100'000) {
      complain(column, "'" + value + "' is no whole number");
      return std::nullopt;
    }
    return static_cast<std::int32_t>(number->micros / Quantity::kScale);
  }
  Maybe<bool> yes(const char* column) {
    const std::string value = folded(text(column));
    if (value.empty()) return std::nullopt;
    if (value == "yes" || value == "true" || value == "1") return true;
    if (value == "no" || value == "false" || value == "0") return false;
    complain(column, "'" + value + "' is neither yes nor no");
    return std::nullopt;
  }
  void complain(const char* column, const std::string& why) {
    if (wrong_.empty()) wrong_ = fmt::format("{} {}", column, why);
  }
  const std::string& wrong() const { return wrong_; }
  std::size_t line() const { return line_; }

 private:
  std::size_t line_;
  std::map<std::string, std::string> cells_;
  std::string wrong_;
};

Document item_of(Row& row) {
  Item item;
  const auto given = [&item](const char* key) { item.given.emplace_back(key); };
  item.sku = row.needed("sku");
  given("sku");
  if ((item.name = row.maybe_text("name"))) given("name");
  if (auto gtin = row.maybe_text("gtin")) item.gtins.push_back(*gtin), given("gtins");
  if (auto unit = row.maybe_text("unit")) item.unit = *unit, given("unit");
  if (auto decimals = row.days("decimals")) item.decimals = *decimals, given("decimals");
  if ((item.shelf_life_days = row.days("shelf_life_days"))) given("shelf_life_days");
  if ((item.removal_days = row.days("removal_days"))) given("removal_days");
  if ((item.alert_days = row.days("alert_days"))) given("alert_days");
  if (auto tracked = row.yes("lot_tracked")) item.lot_tracked = *tracked, given("lot_tracked");
  if (auto inspect = row.yes("requires_inspection")) {
    item.requires_inspection = *inspect, given("requires_inspection");
  }
  if ((item.policy.min_remaining_days = row.days("min_remaining_days"))) given("policy");
  if (auto kind = row.maybe_text("date_kind")) {
    if (*kind != "use_by" && *kind != "best_before")
      row.complain("date_kind", "is use_by or best_before");
    item.date_kind = *kind == "best_before" ? DateKind::best_before : DateKind::use_by;
    given("date_kind");
  }
  // "shopify-eu:GYP-500-2PK:2; shopify-us:Y500"
  std::istringstream aliases(row.text("aliases"));
  for (std::string one; std::getline(aliases, one, ';');) {
    const auto colon = one.find(':');
    if (trimmed(one).empty()) continue;
    if (colon == std::string::npos) {
      row.complain("aliases", "wants SOURCE:CODE or SOURCE:CODE:QUANTITY, separated by ;");
      break;
    }
    ItemAlias alias{trimmed(one.substr(0, colon)), trimmed(one.substr(colon + 1)),
                    Quantity::whole(1)};
    if (const auto second = alias.code.rfind(':'); second != std::string::npos) {
      const auto quantity = Quantity::parse(trimmed(alias.code.substr(second + 1)));
      if (!quantity || !quantity->is_positive())
        row.complain("aliases", "has a quantity that is none");
      alias.quantity = quantity.value_or(Quantity::whole(1));
      alias.code = trimmed(alias.code.substr(0, second));
    }
    item.aliases.push_back(std::move(alias));
    if (item.aliases.size() == 1) given("aliases");
  }
  Document document;
  document.id = item.sku;
  document.body = std::move(item);
  return document;
}

ReceiptLine receipt_line_of(Row& row) {
  ReceiptLine line;
  line.line = std::to_string(row.line());
  line.sku = row.needed("sku");
  line.pack = row.maybe_text("pack");
  line.quantity = row.quantity("quantity").value_or(Quantity{});
  if (row.wrong().empty() && !line.quantity.is_positive())
    row.complain("quantity", "is not above zero");
  if (const auto lot = row.maybe_text("lot")) {
    line.lot = LotCode::parse(*lot);
    if (!line.lot) row.complain("lot", "is longer than 60 characters or has control characters");
  }
  line.batch = row.maybe_text("batch");
  line.supplier_lot = row.maybe_text("supplier_lot");
  line.expires_on = row.date("expires_on");
  line.produced_on = row.date("produced_on");
  line.sell_by = row.date("sell_by");
  line.location = row.maybe_text("location");
  if (const auto status = row.maybe_text("status")) {
    if (*status == "quarantine")
      line.status = StockStatus::quarantine;
    else if (*status == "damaged")
      line.status = StockStatus::damaged;
    else if (*status != "available")
      row.complain("status", "is available, quarantine or damaged");
    line.status_given = true;
  }
  if (const auto cost = row.maybe_text("unit_cost")) {
    line.unit_cost = Money::parse(*cost, row.text("currency"));
    if (!line.unit_cost)
      row.complain("unit_cost", "wants a decimal and a currency like EUR beside it");
  }
  return line;
}

// Gathers rows into documents; receipts by their id and warehouse, cut where they grow long.
class Collector {
 public:
  Collector(const ImportOptions& options, std::string owner)
      : options_(options), owner_(std::move(owner)) {}

  void add(Row& row) {
    if (options_.what == "items") {
      Document document = item_of(row);
      if (row.wrong().empty()) finish(std::move(document), row.line());
      return;
    }
    std::string warehouse = row.text("warehouse");
    if (warehouse.empty()) warehouse = options_.warehouse;
    if (warehouse.empty())
      row.complain("warehouse", "is missing; --warehouse names one for all rows");
    const bool opening = options_.what == "stock";
    std::string id = row.text("receipt");
    if (id.empty()) id = options_.id;
    ReceiptLine line = receipt_line_of(row);
    const auto received_on = row.date("received_on");
    if (!row.wrong().empty()) return;
    auto& open = open_[id + '\n' + warehouse];
    if (open.document.id.empty() ||
        std::get<Receipt>(open.document.body).lines.size() >= kLinesPerReceipt) {
      if (!open.document.id.empty()) finish(std::move(open.document), open.line);
      open.part += 1;
      open.line = row.line();
      open.document = Document{};
      open.document.id =
          open.part == 1 ? id + "@" + warehouse : fmt::format("{}@{}-{}", id, warehouse, open.part);
      Receipt receipt;
      receipt.kind = opening ? ReceiptKind::opening : ReceiptKind::purchase;
      receipt.warehouse = warehouse;
      receipt.supplier = row.maybe_text("supplier");
      receipt.purchase_order = row.maybe_text("purchase_order");
      receipt.received_on = received_on;
      open.document.body = std::move(receipt);
    }
    std::get<Receipt>(open.document.body).lines.push_back(std::move(line));
  }

  void finish_all() {
    for (auto& [key, open] : open_) finish(std::move(open.document), open.line);
    open_.clear();
  }

  std::vector<std::string> documents, names;

 private:
  struct Open {
    Document document;
    std::size_t line = 0, part = 0;
  };
  void finish(Document document, std::size_t line) {
    document.owner = owner_;
    names.push_back(fmt::format("{}:{}", options_.file, line));
    documents.push_back(write_document(document, true));
  }

  ImportOptions options_;
  std::string owner_;
  std::map<std::string, Open> open_;
};

// The header may stand below a title; it is the first row in which `sku` is a column.
bool read_header(CsvReader& reader, std::vector<std::string>& columns, std::string& problem) {
  CsvRow row;
  for (int tries = 0; tries < 20; ++tries) {
    const auto more = reader.next(row);
    if (more && !*more) break;
    if (!more) continue;
    columns.clear();
    for (const std::string& cell : row.cells) {
      const auto known = known_columns().find(folded(cell));
      columns.push_back(known == known_columns().end() ? "" : known->second);
    }
    if (std::find(columns.begin(), columns.end(), "sku") == columns.end()) continue;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (columns[i].empty() && !trimmed(row.cells[i]).empty()) {
        fmt::print(stderr, "note: the column '{}' is not known and is left out\n",
                   trimmed(row.cells[i]));
      }
    }
    return true;
  }
  problem = "no header row with a column `sku` in the first 20 rows";
  return false;
}

}  // namespace

int import_csv(Session& session, const ImportOptions& given) {
  std::ifstream in(given.file, std::ios::binary);
  if (!in) {
    fmt::print(stderr, "can't read {}\n", given.file);
    return kUsage;
  }
  std::ostringstream buffer;
  buffer << in.rdbuf();
  const std::string text = std::move(buffer).str();
  ImportOptions options = given;
  if (options.id.empty()) options.id = std::filesystem::path(given.file).filename().string();
  CsvReader reader(text,
                   {options.delimiter.empty() ? guess_csv_delimiter(text) : options.delimiter[0],
                    32 * 1024, 512});
  std::vector<std::string> columns;
  std::string problem;
  if (!read_header(reader, columns, problem)) {
    fmt::print(stderr, "{}: {}\n", given.file, problem);
    return kUsage;
  }
  Collector collector(options, session.common.owner);
  std::size_t rows = 0, bad = 0;
  CsvRow csv;
  for (;;) {
    const auto more = reader.next(csv);
    std::string why = more ? "" : more.problem().detail;
    if (more && !*more) break;
    if (more && csv.blank()) continue;
    ++rows;
    if (more) {
      Row row(columns, csv);
      collector.add(row);
      why = row.wrong();
    }
    if (why.empty()) continue;
    ++bad;
    fmt::print(stderr, "{}:{}: {}\n", given.file, csv.line, why);
  }
  collector.finish_all();
  if (!session.common.json) fmt::print("{} rows read, {} bad\n", rows, bad);
  if (collector.documents.empty()) return bad == 0 ? kDone : kRefused;
  const int code = submit_lines(session, collector.documents, collector.names);
  return code == kDone && bad != 0 ? kRefused : code;
}

}  // namespace lotbridge::ctl
