#include "daemon/store/reader_stock.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <queue>

#include "daemon/store/encoding.hpp"

namespace lotbridge::store {
namespace {

std::vector<LotKey> keys_of(ReadRows rows) {
  std::vector<LotKey> keys;
  while (rows.next()) {
    keys.push_back(
        {static_cast<core::SkuId>(rows.integer(0)), static_cast<core::LotId>(rows.integer(1))});
  }
  return keys;
}

// All lots ever, by SKU and code; each SKU begins with the units of no lot.
std::vector<LotKey> all_keys(Reader& reader, core::OwnerId owner, core::SkuId only, LotKey after,
                             std::size_t limit) {
  std::vector<LotKey> keys;
  auto skus = reader.query(
      "SELECT sku_id FROM skus WHERE sku_id >= ?1 AND sku_id <= ?2 AND owner_id = ?3 "
      "ORDER BY sku_id",
      std::max(only, after.sku), only == 0 ? UINT32_MAX : only, owner);
  while (keys.size() < limit && skus.next()) {
    const auto sku = static_cast<core::SkuId>(skus.integer(0));
    if (sku != after.sku) keys.push_back({sku, 0});
    auto lots = reader.query(
        "SELECT sku_id, lot_id FROM lots WHERE owner_id = ?1 AND sku_id = ?2 "
        "AND code > coalesce((SELECT code FROM lots WHERE lot_id = ?3), '') "
        "ORDER BY code LIMIT ?4",
        owner, sku, sku == after.sku ? after.lot : 0, limit);
    while (keys.size() < limit && lots.next())
      keys.push_back({sku, static_cast<core::LotId>(lots.integer(1))});
  }
  return keys;
}

// A balance sheet of one lot: what holdings and promises are read from.
struct Sheet {
  std::map<core::Account, std::int64_t> sums;
  void add(const core::Account& account, std::int64_t quantity) {
    if (account.kind == core::AccountKind::stock || account.kind == core::AccountKind::in_transit ||
        account.kind == core::AccountKind::reserved || account.kind == core::AccountKind::picked) {
      sums[account] += quantity;
    }
  }
};

Sheet sheet_of_ledger(Reader& reader, core::OwnerId owner, LotKey key, const Moment& moment) {
  constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::max();
  Sheet sheet;
  auto rows = reader.query(
      "SELECT quantity, from_account, to_account FROM ledger WHERE lot_id = ? AND owner_id = ? "
      "AND sku_id = ? AND happened_at <= ? AND known_at <= ?",
      key.lot, owner, key.sku, moment.as_of.value_or(kEver), moment.known_at.value_or(kEver));
  while (rows.next()) {
    const auto from = account_of(rows.blob(1));
    const auto to = account_of(rows.blob(2));
    if (from) sheet.add(*from, -rows.integer(0));
    if (to) sheet.add(*to, rows.integer(0));
  }
  return sheet;
}

Sheet sheet_of_balances(Reader& reader, core::OwnerId owner, LotKey key) {
  Sheet sheet;
  const auto add = [&](ReadRows rows) {
    while (rows.next()) {
      if (const auto account = account_of(rows.blob(0))) sheet.add(*account, rows.integer(1));
    }
  };
  // The first byte of an account is its kind: 1 stock to 3 in transit, 33 reserved, 34 picked.
  add(reader.query(
      "SELECT account, quantity FROM balances WHERE owner_id = ? AND sku_id = ? AND lot_id = ? "
      "AND book = 1 AND account >= x'01' AND account < x'04'",
      owner, key.sku, key.lot));
  add(reader.query(
      "SELECT account, quantity FROM balances WHERE owner_id = ? AND sku_id = ? AND lot_id = ? "
      "AND book = 2 AND account >= x'21' AND account < x'23'",
      owner, key.sku, key.lot));
  return sheet;
}

Promised& promised_at(LotHoldings& holdings, core::WarehouseId warehouse) {
  for (Promised& promised : holdings.promised) {
    if (promised.warehouse == warehouse) return promised;
  }
  holdings.promised.push_back({warehouse, {}, {}});
  return holdings.promised.back();
}

}  // namespace

std::vector<LotKey> stock_keys(Reader& reader, core::OwnerId owner, core::SkuId sku, LotKey after,
                               bool everything, std::size_t limit) {
  if (everything) return all_keys(reader, owner, sku, after, limit);
  if (sku != 0) {
    return keys_of(reader.query(
        "SELECT DISTINCT sku_id, lot_id FROM balances INDEXED BY balances_here "
        "WHERE owner_id = ?1 AND sku_id = ?2 AND lot_id > ?3 AND book = 1 "
        "AND substr(account, 1, 1) IN (x'01', x'03') ORDER BY lot_id LIMIT ?4",
        owner, sku, after.sku == 0 ? -1 : static_cast<std::int64_t>(after.lot), limit));
  }
  return keys_of(
      reader.query("SELECT DISTINCT sku_id, lot_id FROM balances INDEXED BY balances_here "
                   "WHERE owner_id = ?1 AND (sku_id, lot_id) > (?2, ?3) AND book = 1 "
                   "AND substr(account, 1, 1) IN (x'01', x'03') ORDER BY sku_id, lot_id LIMIT ?4",
                   owner, after.sku, after.lot, limit));
}

LotHoldings holdings_of(Reader& reader, core::OwnerId owner, LotKey key, const Moment& moment) {
  const Sheet sheet = moment.is_now() ? sheet_of_balances(reader, owner, key)
                                      : sheet_of_ledger(reader, owner, key, moment);
  LotHoldings out;
  for (const auto& [account, quantity] : sheet.sums) {
    if (quantity == 0) continue;
    switch (account.kind) {
      case core::AccountKind::stock:
        out.holdings.push_back(
            {account.warehouse, account.location, account.status, Quantity{quantity}});
        break;
      case core::AccountKind::in_transit:
        out.holdings.push_back(
            {account.warehouse, account.location, StockStatus::in_transit, Quantity{quantity}});
        break;
      case core::AccountKind::reserved:
        promised_at(out, account.warehouse).reserved += Quantity{quantity};
        break;
      case core::AccountKind::picked:
        promised_at(out, account.warehouse).picked += Quantity{quantity};
        break;
      default:
        break;
    }
  }
  return out;
}

namespace {

LedgerRow ledger_at(const ReadRows& rows) {
  LedgerRow row;
  row.number = rows.integer(0);
  row.book = static_cast<core::Book>(rows.integer(1));
  row.sku = static_cast<core::SkuId>(rows.integer(2));
  row.lot = static_cast<core::LotId>(rows.integer(3));
  row.quantity = Quantity{rows.integer(4)};
  row.from = account_of(rows.blob(5)).value_or(core::Account{});
  row.to = account_of(rows.blob(6)).value_or(core::Account{});
  row.document = rows.integer(7);
  row.happened_at = rows.integer(8);
  row.known_at = rows.integer(9);
  row.hash = std::string(rows.blob(10));
  return row;
}

std::vector<LedgerRow> ledger_of(ReadRows rows) {
  std::vector<LedgerRow> out;
  while (rows.next()) out.push_back(ledger_at(rows));
  return out;
}

#define LOTBRIDGE_LEDGER_COLUMNS                                                           \
  "SELECT number, book, sku_id, lot_id, quantity, from_account, to_account, document_id, " \
  "happened_at, known_at, hash FROM ledger "

// The smallest numbers after `after` of all lots of a SKU, merged out of the index by lot.
std::vector<std::int64_t> numbers_of_sku(Reader& reader, core::OwnerId owner, core::SkuId sku,
                                         std::int64_t after, std::size_t limit) {
  std::priority_queue<std::int64_t> smallest;  // its top is the greatest
  const auto add = [&](core::LotId lot) {
    auto rows = reader.query(
        "SELECT number FROM ledger WHERE lot_id = ? AND owner_id = ? AND number > ? "
        "AND sku_id = ? ORDER BY number LIMIT ?",
        lot, owner, after, sku, limit);
    while (rows.next()) {
      const std::int64_t number = rows.integer(0);
      if (smallest.size() >= limit && number >= smallest.top()) break;
      smallest.push(number);
      if (smallest.size() > limit) smallest.pop();
    }
  };
  add(0);
  auto lots = reader.query("SELECT lot_id FROM lots WHERE owner_id = ? AND sku_id = ?", owner, sku);
  while (lots.next()) add(static_cast<core::LotId>(lots.integer(0)));
  std::vector<std::int64_t> numbers;
  for (; !smallest.empty(); smallest.pop()) numbers.push_back(smallest.top());
  std::reverse(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace

std::vector<LedgerRow> list_ledger(Reader& reader, core::OwnerId owner, core::SkuId sku,
                                   core::LotId lot, std::int64_t after, std::size_t limit) {
  if (lot != 0) {
    return ledger_of(reader.query(LOTBRIDGE_LEDGER_COLUMNS
                                  "INDEXED BY ledger_lot WHERE (lot_id = ?1 OR lot_id IN "
                                  "(SELECT lot_id FROM lots WHERE merged_into = ?1)) "
                                  "AND owner_id = ?2 AND number > ?3 ORDER BY number LIMIT ?4",
                                  lot, owner, after, limit));
  }
  if (sku == 0) {
    return ledger_of(reader.query(LOTBRIDGE_LEDGER_COLUMNS
                                  "WHERE owner_id = ? AND number > ? ORDER BY number LIMIT ?",
                                  owner, after, limit));
  }
  std::vector<LedgerRow> out;
  for (const std::int64_t number : numbers_of_sku(reader, owner, sku, after, limit)) {
    auto rows =
        reader.query(LOTBRIDGE_LEDGER_COLUMNS "WHERE owner_id = ? AND number = ?", owner, number);
    if (rows.next()) out.push_back(ledger_at(rows));
  }
  return out;
}

}  // namespace lotbridge::store
