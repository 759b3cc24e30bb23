// Invariants 1 and 2, what of 3 is a sum, and 4: balances are their entries, stock is not negative,
// no more is reserved than there is, stamps add up.
#include <algorithm>
#include <cstring>
#include <tuple>

#include <lotbridge/values.hpp>

#include "chain.hpp"
#include "daemon/core/model.hpp"
#include "daemon/store/encoding.hpp"
#include "daemon/store/entry_document.hpp"
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

// Owner, SKU, lot, book and account of a key, in the order of the store.
std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::string_view> parts_of(
    std::string_view key) {
  std::int64_t parts[4];
  std::memcpy(parts, key.data(), sizeof parts);
  return {parts[0], parts[1], parts[2], parts[3], key.substr(sizeof parts)};
}

// Where units of one lot stand at one warehouse.
struct Place {
  std::int64_t on_hand = 0, reserved = 0, picked = 0;
  bool negative = false;
};
using PlaceKey = std::tuple<std::int64_t, std::int64_t, std::int64_t>;  // sku, lot, warehouse

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
      "= (SELECT code FROM lots WHERE lot_id = ?) LIMIT 1");
  if (!alert) return alert.problem();
  for (const auto& [key, place] : places) {
    if (!place.negative) continue;
    const auto sku = names.skus.find(std::get<0>(key));
    if (sku == names.skus.end()) continue;
    alert->reset();
    alert->bind(1, std::string_view(sku->second)).bind(2, std::get<1>(key));
    if (alert->step()) continue;
    report.add(2, "negative_stock", place_title(names, key) + " is negative and nothing says so.");
  }
  alert->reset();
  return alert->problem();
}

void check_reserved(const StoreNames& names, const PlaceKey& key, const Place& place,
                    Report& report) {
  if (place.reserved <= 0) return;
  const std::int64_t free = std::max<std::int64_t>(place.on_hand - place.picked, 0);
  if (place.reserved > free) {
    report.add(3, "over_reserved",
               place_title(names, key) + ": " + units(place.reserved) + " reserved of " +
                   units(free) + ".");
  }
}

// SHA-256 over every account of an owner with anything on it, in the order of the store's key.
class AccountsDigest {
 public:
  void add(std::string_view key, std::int64_t sum) {
    text_.clear();
    add_netstring(text_, key);
    add_netstring(text_, sum);
    hash_ = hasher_.next(hash_, text_);
  }
  std::string text() const { return hex_of(bytes_of(hash_)); }

 private:
  Hasher hasher_;
  std::string text_;
  Hash hash_{};
};

// Of both sides, so that two stores, or a store and its copy, can be compared by one line.
Refused add_digests(store::Database& database, const StoreNames& names,
                    const std::unordered_map<std::string, std::int64_t>& sums, Report& report) {
  struct Sides {
    AccountsDigest ledger, balances;
  };
  std::map<std::int64_t, Sides> owners;
  for (const auto& [owner, name] : names.owners) owners[owner];
  std::vector<std::pair<std::string_view, std::int64_t>> sorted;
  for (const auto& [key, sum] : sums) {
    if (sum != 0) sorted.emplace_back(key, sum);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const auto& a, const auto& b) { return parts_of(a.first) < parts_of(b.first); });
  for (const auto& [key, sum] : sorted) owners[std::get<0>(parts_of(key))].ledger.add(key, sum);
  Refused refused =
      each_row(database,
               "SELECT owner_id, sku_id, lot_id, book, account, quantity FROM balances "
               "ORDER BY owner_id, sku_id, lot_id, book, account",
               [&](store::Statement& row) {
                 owners[row.integer(0)].balances.add(
                     balance_key(row.integer(0), row.integer(1), row.integer(2), row.integer(3),
                                 row.blob(4)),
                     row.integer(5));
               });
  for (const auto& [owner, sides] : owners) {
    const auto name = names.owners.find(owner);
    report.digests.push_back({name == names.owners.end() ? std::string("?") : name->second,
                              sides.ledger.text(), sides.balances.text()});
  }
  return refused;
}

// A stamp names a lot of its own item, or says openly that nobody knows it.
void check_stamp(const StoreNames& names, const store::Statement& row, Report& report) {
  constexpr std::int64_t kUnresolved = static_cast<std::int64_t>(core::Evidence::unresolved);
  const auto order = names.orders.find(row.integer(0));
  const std::string where = "Order " +
                            (order == names.orders.end() ? std::string("?") : order->second) +
                            " line " + std::to_string(row.integer(1) + 1) + ": ";
  if ((row.integer(3) == 0) != (row.integer(5) == kUnresolved)) {
    report.add(4, "stamp_without_lot",
               where + "stamp " + std::to_string(row.integer(7)) +
                   " names no lot and does not say that it is unresolved, or says both.");
  }
  if (row.integer(3) != 0 && (row.is_null(6) || row.integer(6) != row.integer(2))) {
    report.add(
        4, "stamp_of_another_item",
        where + names.lot_title(row.integer(2), row.integer(3)) + " is no lot of this item.");
  }
}

}  // namespace

Refused check_balances(store::Database& database, const StoreNames& names, bool digests,
                       Report& report) {
  std::unordered_map<std::string, std::int64_t> sums;
  Refused refused = each_row(database,
                             "SELECT owner_id, sku_id, lot_id, book, from_account, to_account, "
                             "quantity, number FROM ledger",
                             [&](store::Statement& row) {
                               const std::int64_t quantity = row.integer(6);
                               if (row.blob(4) == row.blob(5)) {
                                 report.add(1, "entry_moves_nothing",
                                            names.lot_title(row.integer(1), row.integer(2)) +
                                                ": entry " + std::to_string(row.integer(7)) +
                                                " has one account on both "
                                                "sides.");
                               }
                               for (const int side : {4, 5}) {
                                 sums[balance_key(row.integer(0), row.integer(1), row.integer(2),
                                                  row.integer(3), row.blob(side))] +=
                                     side == 4 ? -quantity : quantity;
                               }
                             });
  if (!refused && digests) refused = add_digests(database, names, sums, report);
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
  for (const auto& [key, place] : places) check_reserved(names, key, place, report);
  return std::nullopt;
}

Refused check_stamps(store::Database& database, const StoreNames& names, Report& report) {
  using Key =
      std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;  // order, line, sku, lot
  std::map<Key, std::int64_t> difference;
  Refused refused =
      each_row(database,
               "SELECT s.order_id, s.line, s.sku_id, s.lot_id, s.quantity, s.evidence, "
               "l.sku_id, s.stamp_id FROM stamps s LEFT JOIN lots l ON l.lot_id = s.lot_id",
               [&](store::Statement& row) {
                 ++report.stamps;
                 check_stamp(names, row, report);
                 difference[{row.integer(0), row.integer(1), row.integer(2), row.integer(3)}] +=
                     row.integer(4);
               });
  if (refused) return refused;
  // Returns (type 8) lower what a line got, not what was stamped.
  constexpr std::string_view kSql =
      "SELECT l.sku_id, l.lot_id, l.from_account, l.to_account, l.quantity FROM ledger "
      "l " LOTBRIDGE_ENTRY_DOCUMENT "WHERE l.book = 1 AND " LOTBRIDGE_ENTRY_TYPE
      " <> 8 "
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
