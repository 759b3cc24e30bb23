// Invariants 1 to 4: balances are their entries, stock is not negative, promises are sound, stamps
// add up.
#include <tuple>

#include <lotbridge/values.hpp>

#include "daemon/store/encoding.hpp"
#include "verify_parts.hpp"

namespace lotbridge::engine {
namespace {

using core::AccountKind;

std::string units(std::int64_t micros) { return Quantity{micros}.text(); }

void append(std::string& key, std::int64_t value) {
  key.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::string balance_key(std::int64_t owner, std::int64_t sku, std::int64_t lot, std::int64_t book,
                        std::string_view account) {
  std::string key;
  key.reserve(32 + account.size());
  for (const std::int64_t part : {owner, sku, lot, book}) append(key, part);
  key += account;
  return key;
}

// Where units of one lot stand at one warehouse.
struct Place {
  std::int64_t on_hand = 0, reserved = 0, picked = 0;
  bool negative = false;
};
using PlaceKey = std::tuple<std::int64_t, std::int64_t, std::int64_t>;  // sku, lot, warehouse

struct LotFacts {
  std::optional<std::int64_t> expires_on;
  bool use_by = true;
};

std::string place_title(const StoreNames& names, const PlaceKey& key) {
  const auto warehouse = names.warehouses.find(std::get<2>(key));
  return names.lot_title(std::get<0>(key), std::get<1>(key)) + " at " +
         (warehouse == names.warehouses.end() ? std::string("?") : warehouse->second);
}

Refused read_places(store::Database& database, std::map<PlaceKey, Place>& places) {
  constexpr std::string_view kSql =
      "SELECT sku_id, lot_id, account, quantity FROM balances WHERE substr(account, 1, 1) IN "
      "(x'01', x'21', x'22')";
  return each_row(database, kSql, [&](store::Statement& row) {
    const auto account = store::account_of(row.blob(2));
    if (!account || row.integer(1) == 0) return;
    Place& place = places[{row.integer(0), row.integer(1), account->warehouse}];
    const std::int64_t quantity = row.integer(3);
    if (account->kind == AccountKind::reserved) place.reserved += quantity;
    if (account->kind == AccountKind::picked) place.picked += quantity;
    if (account->kind != AccountKind::stock) return;
    if (account->status == StockStatus::available) place.on_hand += quantity;
    if (quantity < 0 && account->status != StockStatus::lot_unresolved) place.negative = true;
  });
}

Refused check_negative(store::Database& database, const StoreNames& names,
                       const std::map<PlaceKey, Place>& places, Report& report) {
  auto alert = database.prepare(
      "SELECT 1 FROM alerts WHERE kind = 'unreconciled' AND closed_at IS NULL AND sku = ? AND lot "
      "= ? LIMIT 1");
  if (!alert) return alert.problem();
  for (const auto& [key, place] : places) {
    if (!place.negative) continue;
    const auto sku = names.skus.find(std::get<0>(key));
    const auto lot = names.lots.find(std::get<1>(key));
    if (sku == names.skus.end() || lot == names.lots.end()) continue;
    alert->reset();
    alert->bind(1, std::string_view(sku->second)).bind(2, std::string_view(lot->second));
    if (alert->step()) continue;
    report.add(2, "negative_stock", place_title(names, key) + " is negative and nothing says so.");
  }
  alert->reset();
  return alert->problem();
}

// Days that each warehouse has judged last: what "expired" means in this store.
Refused read_days(store::Database& database, const StoreNames& names,
                  std::map<std::int64_t, std::int64_t>& days) {
  return each_row(database,
                  "SELECT key, CAST(value AS INTEGER) FROM meta WHERE key LIKE 'day_judged:%'",
                  [&](store::Statement& row) {
                    const std::string_view name = row.text(0).substr(sizeof("day_judged:") - 1);
                    for (const auto& [id, warehouse] : names.warehouses) {
                      if (warehouse == name) days[id] = row.integer(1);
                    }
                  });
}

struct PromiseFacts {
  std::map<std::int64_t, std::int64_t> days;
  std::unordered_map<std::int64_t, LotFacts> lots;
  std::map<std::pair<std::int64_t, std::int64_t>, std::string>
      blocks;  // (lot, warehouse or 0) -> code
};

Refused read_promise_facts(store::Database& database, const StoreNames& names,
                           PromiseFacts& facts) {
  Refused refused = read_days(database, names, facts.days);
  if (refused) return refused;
  refused =
      each_row(database, "SELECT lot_id, expires_on, flags FROM lots WHERE expires_on IS NOT NULL",
               [&](store::Statement& row) {
                 facts.lots[row.integer(0)] = {row.maybe_integer(1),
                                               (row.integer(2) & store::kLotBestBefore) == 0};
               });
  if (refused) return refused;
  return each_row(database, "SELECT lot_id, warehouse_id, code FROM blocks",
                  [&](store::Statement& row) {
                    facts.blocks[{row.integer(0), row.integer(1)}] = std::string(row.text(2));
                  });
}

void check_promise(const StoreNames& names, const PlaceKey& key, const Place& place,
                   const PromiseFacts& facts, Report& report) {
  const auto [sku, lot, warehouse] = key;
  if (place.reserved <= 0) return;
  const std::int64_t free = std::max<std::int64_t>(place.on_hand - place.picked, 0);
  if (place.reserved > free) {
    report.add(3, "over_reserved",
               place_title(names, key) + ": " + units(place.reserved) + " reserved of " +
                   units(free) + ".");
  }
  for (const std::int64_t where : {std::int64_t{0}, warehouse}) {
    if (const auto block = facts.blocks.find({lot, where}); block != facts.blocks.end()) {
      report.add(3, "reserved_on_block",
                 place_title(names, key) + " is blocked (" + block->second + ") and reserved.");
    }
  }
  const auto dates = facts.lots.find(lot);
  const auto today = facts.days.find(warehouse);
  if (dates == facts.lots.end() || today == facts.days.end() || !dates->second.use_by) return;
  if (*dates->second.expires_on < today->second) {
    report.add(3, "reserved_expired", place_title(names, key) + " has expired and is reserved.");
  }
}

}  // namespace

Refused check_balances(store::Database& database, const StoreNames& names, Report& report) {
  std::unordered_map<std::string, std::int64_t> sums;
  Refused refused = each_row(
      database,
      "SELECT owner_id, sku_id, lot_id, book, from_account, to_account, quantity FROM ledger",
      [&](store::Statement& row) {
        const std::int64_t quantity = row.integer(6);
        for (const int side : {4, 5}) {
          sums[balance_key(row.integer(0), row.integer(1), row.integer(2), row.integer(3),
                           row.blob(side))] += side == 4 ? -quantity : quantity;
        }
      });
  if (refused) return refused;
  refused = each_row(
      database, "SELECT owner_id, sku_id, lot_id, book, account, quantity FROM balances",
      [&](store::Statement& row) {
        ++report.balances;
        const auto sum = sums.find(balance_key(row.integer(0), row.integer(1), row.integer(2),
                                               row.integer(3), row.blob(4)));
        const std::int64_t expected = sum == sums.end() ? 0 : sum->second;
        if (sum != sums.end()) sum->second = 0;
        if (row.integer(5) == expected) return;
        report.add(1, "balance_differs",
                   names.lot_title(row.integer(1), row.integer(2)) + ": the balance is " +
                       units(row.integer(5)) + ", its entries add up to " + units(expected) + ".");
      });
  if (refused) return refused;
  for (const auto& [key, sum] : sums) {
    if (sum == 0) continue;
    std::int64_t parts[4];
    std::copy_n(key.data(), sizeof parts, reinterpret_cast<char*>(parts));
    report.add(1, "balance_differs",
               names.lot_title(parts[1], parts[2]) + ": entries add up to " + units(sum) +
                   ", there is no balance.");
  }
  return std::nullopt;
}

Refused check_stock(store::Database& database, const StoreNames& names, Report& report) {
  std::map<PlaceKey, Place> places;
  if (Refused refused = read_places(database, places)) return refused;
  if (Refused refused = check_negative(database, names, places, report)) return refused;
  PromiseFacts facts;
  if (Refused refused = read_promise_facts(database, names, facts)) return refused;
  for (const auto& [key, place] : places) check_promise(names, key, place, facts, report);
  return std::nullopt;
}

Refused check_stamps(store::Database& database, const StoreNames& names, Report& report) {
  using Key =
      std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;  // order, line, sku, lot
  std::map<Key, std::int64_t> difference;
  Refused refused =
      each_row(database, "SELECT order_id, line, sku_id, lot_id, quantity FROM stamps",
               [&](store::Statement& row) {
                 ++report.stamps;
                 difference[{row.integer(0), row.integer(1), row.integer(2), row.integer(3)}] +=
                     row.integer(4);
               });
  if (refused) return refused;
  // Returns (type 8) lower what a line got, not what was stamped.
  constexpr std::string_view kSql =
      "SELECT l.sku_id, l.lot_id, l.from_account, l.to_account, l.quantity FROM ledger l "
      "JOIN documents d ON d.document_id = l.document_id WHERE l.book = 1 AND d.type <> 8 "
      "AND (substr(l.from_account, 1, 1) = x'04' OR substr(l.to_account, 1, 1) = x'04')";
  refused = each_row(database, kSql, [&](store::Statement& row) {
    for (const int side : {2, 3}) {
      const auto account = store::account_of(row.blob(side));
      if (!account || account->kind != AccountKind::dispatched) continue;
      const Key key{static_cast<std::int64_t>(account->order), account->line, row.integer(0),
                    row.integer(1)};
      difference[key] += side == 2 ? row.integer(4) : -row.integer(4);
    }
  });
  if (refused) return refused;
  for (const auto& [key, amount] : difference) {
    if (amount == 0) continue;
    const auto order = names.orders.find(std::get<0>(key));
    report.add(4, "stamps_differ",
               "Order " + (order == names.orders.end() ? std::string("?") : order->second) +
                   " line " + std::to_string(std::get<1>(key) + 1) + ", " +
                   names.lot_title(std::get<2>(key), std::get<3>(key)) +
                   ": stamps and ledger differ by " + units(amount) + ".");
  }
  return std::nullopt;
}

}  // namespace lotbridge::engine
