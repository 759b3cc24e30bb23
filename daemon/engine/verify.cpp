#include "verify.hpp"

#include "sdk/records/json_writer.hpp"
#include "verify_parts.hpp"

namespace lotbridge::engine {
namespace {

constexpr std::size_t kFindingsMax = 100;

std::string text_of(const Report& report) {
  JsonWriter json(1024);
  json.open('{');
  json.key("ok");
  json.boolean(report.findings.empty());
  json.key("checked");
  json.open('{');
  const std::pair<std::string_view, std::int64_t> counts[] = {
      {"entries", report.entries},   {"audit", report.audit},   {"balances", report.balances},
      {"promises", report.promises}, {"stamps", report.stamps}, {"documents", report.documents}};
  for (const auto& [name, count] : counts) {
    json.key(name);
    json.integer(count);
  }
  json.close('}');
  json.key("findings");
  json.open('[');
  for (const Finding& finding : report.findings) {
    json.open('{');
    json.key("invariant");
    json.integer(finding.invariant);
    json.key("code");
    json.text(finding.code);
    json.key("detail");
    json.text(finding.detail);
    json.close('}');
  }
  json.close(']');
  json.key("chains");
  json.open('[');
  for (const ChainEnd& chain : report.chains) {
    json.open('{');
    json.key("owner");
    json.text(chain.owner);
    json.key("entries");
    json.integer(chain.entries);
    json.key("hash");
    json.text(chain.hash);
    json.close('}');
  }
  json.close(']');
  if (!report.digests.empty()) {
    json.key("digests");
    json.open('[');
    for (const BooksDigest& digest : report.digests) {
      json.open('{');
      json.key("owner");
      json.text(digest.owner);
      json.key("ledger");
      json.text(digest.ledger);
      json.key("balances");
      json.text(digest.balances);
      json.close('}');
    }
    json.close(']');
  }
  json.close('}');
  return json.take();
}

Result<std::string> run_checks(const std::string& path, const Settings* settings,
                               bool balances_only) {
  auto database = store::Database::open(path, store::OpenMode::read_only);
  if (!database) return database.problem();
  // One transaction: every check sees the same committed state, whatever the writer does meanwhile.
  if (Refused refused = (*database)->execute("BEGIN")) return *refused;
  Report report;
  StoreNames names;
  Refused refused = read_store_names(**database, names);
  if (!refused) refused = check_balances(**database, names, balances_only, report);
  if (!refused && !balances_only) {
    refused = check_chains(**database, names, report);
    if (!refused) refused = check_stock(**database, names, report);
    if (!refused) refused = check_promises(**database, names, settings, report);
    if (!refused) refused = check_stamps(**database, names, report);
    if (!refused) refused = check_documents(**database, names, report);
  }
  if (refused) return *refused;
  return text_of(report);
}

}  // namespace

void Report::add(int invariant, std::string code, std::string detail) {
  if (findings.size() < kFindingsMax)
    findings.push_back({invariant, std::move(code), std::move(detail)});
}

Refused each_row(store::Database& database, std::string_view sql,
                 const std::function<void(store::Statement&)>& row) {
  auto statement = database.prepare(sql);
  if (!statement) return statement.problem();
  while (statement->step()) row(*statement);
  return statement->problem();
}

std::string StoreNames::lot_title(std::int64_t sku, std::int64_t lot) const {
  const auto item = skus.find(sku);
  const auto code = lots.find(lot);
  return (item == skus.end() ? std::string("?") : item->second) + " lot " +
         (code == lots.end() ? std::string("(none)") : code->second);
}

Refused read_store_names(store::Database& database, StoreNames& names) {
  const auto fill = [&](auto& map, std::string_view sql) {
    return each_row(database, sql,
                    [&](store::Statement& row) { map[row.integer(0)] = std::string(row.text(1)); });
  };
  Refused refused = fill(names.owners, "SELECT owner_id, name FROM owners");
  if (!refused) refused = fill(names.warehouses, "SELECT warehouse_id, name FROM warehouses");
  if (!refused) refused = fill(names.locations, "SELECT location_id, name FROM locations");
  if (!refused) refused = fill(names.skus, "SELECT sku_id, sku FROM skus");
  if (!refused) refused = fill(names.lots, "SELECT lot_id, coalesce(first_code, code) FROM lots");
  if (!refused) refused = fill(names.orders, "SELECT order_id, natural_key FROM orders");
  return refused;
}

Result<std::string> verify(const std::string& store_path, const Settings* settings) {
  return run_checks(store_path, settings, false);
}
Result<std::string> rebuild_check(const std::string& store_path) {
  return run_checks(store_path, nullptr, true);
}

}  // namespace lotbridge::engine
