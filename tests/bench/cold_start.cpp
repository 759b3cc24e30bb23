#include "tests/bench/cold_start.hpp"

#include <sqlite3.h>

#include <cstdlib>

#include <fmt/core.h>

#include "daemon/store/encoding.hpp"
#include "tests/bench/flat_reference.hpp"
#include "tests/bench/replay.hpp"
#include "tests/bench/world.hpp"

namespace lotbridge::bench {
namespace {

constexpr std::size_t kLotsPerSku = 10;

// Lots, and one balance of each, straight into the tables: the day-to-day way would take minutes.
void fill(const std::string& path, std::size_t lots) {
  {
    Service fresh(path);  // makes the tables
    fresh.serve(DocumentType::item, item_texts(4), 4);
  }
  core::Account shelf;
  shelf.warehouse = 1;
  const std::string account = store::account_blob(shelf);
  sqlite3* database = open_store(path);
  execute(database, fmt::format("WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n "
                                "WHERE i < {}) INSERT INTO skus SELECT i, 1, "
                                "printf('GYP-%07d', i), 1, printf('{{\"sku\":\"GYP-%07d\","
                                "\"name\":\"Yogurt %d\",\"shelf_life_days\":14}}', i, i) FROM n",
                                lots / kLotsPerSku + 4));
  execute(database,
          fmt::format("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                      "{}) INSERT INTO lots (lot_id, owner_id, sku_id, code, expires_on, flags, "
                      "first_received) SELECT i, 1, 5 + i * 7919 % {}, "
                      "printf('GYP-%06d-B%02d-MA', i % 1000000, i / 1000000), 21000 + i % 300, 2, "
                      "'{{\"1\":20580}}' FROM n",
                      lots, lots / kLotsPerSku));
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(database,
                     "INSERT INTO balances SELECT owner_id, sku_id, lot_id, 1, ?, 50000000 FROM "
                     "lots ORDER BY sku_id, lot_id",
                     -1, &insert, nullptr);
  sqlite3_bind_blob(insert, 1, account.data(), static_cast<int>(account.size()), SQLITE_STATIC);
  if (sqlite3_step(insert) != SQLITE_DONE) std::abort();
  sqlite3_finalize(insert);
  sqlite3_close(database);
}

template <typename Row>
void each(sqlite3* database, const char* sql, const Row& row) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database, sql, -1, &statement, nullptr) != SQLITE_OK) std::abort();
  while (sqlite3_step(statement) == SQLITE_ROW) row(statement);
  if (sqlite3_finalize(statement) != SQLITE_OK) std::abort();
}

// The same rows stepped once, codes kept, lots put into sorted vectors. No items are read, no index
// of names is built.
Cost bare(const std::string& path, std::size_t lots) {
  const double wall = wall_seconds(), cpu = cpu_seconds();
  sqlite3* database = open_store(path);
  std::string codes;
  std::vector<FlatLot> facts(lots + 1);
  std::vector<std::uint32_t> code_at(lots + 1);
  each(database,
       "SELECT lot_id, sku_id, code, expires_on, produced_on, sell_by, removal_on, flags, "
       "first_received, batch, supplier_lot, supplier, tlc_source, aliases FROM lots ORDER BY "
       "lot_id",
       [&](sqlite3_stmt* row) {
         const auto lot = static_cast<std::uint32_t>(sqlite3_column_int64(row, 0));
         facts[lot] = {sqlite3_column_int(row, 3), 20'580, lot, 0, 0};
         code_at[lot] = static_cast<std::uint32_t>(codes.size());
         codes += reinterpret_cast<const char*>(sqlite3_column_text(row, 2));
         codes += '\0';
       });
  FlatShelves shelves(lots / kLotsPerSku);
  each(database,
       "SELECT sku_id, lot_id, book, account, quantity FROM balances WHERE substr(account, 1, 1) "
       "IN (x'01', x'03', x'21', x'22')",
       [&](sqlite3_stmt* row) {
         FlatLot lot = facts[static_cast<std::size_t>(sqlite3_column_int64(row, 1))];
         lot.left = sqlite3_column_int64(row, 4);
         shelves.add(static_cast<std::uint32_t>(sqlite3_column_int64(row, 0)), lot);
       });
  shelves.sort();
  sqlite3_close(database);
  return {wall_seconds() - wall, cpu_seconds() - cpu};
}

// Opens the engine and has one order answered.
Cost product(const std::string& path, std::size_t round) {
  const std::vector<std::string> order = {fmt::format(
      R"({{"id":"FIRST-{}","lines":[{{"line":"1","sku":"GYP-0000009","quantity":1}}]}})", round)};
  const double wall = wall_seconds(), cpu = cpu_seconds();
  Cost cost;
  {
    Service service(path);
    service.serve(DocumentType::order, order, 1);
    cost = {wall_seconds() - wall, cpu_seconds() - cpu};
  }
  return cost;
}

}  // namespace

bool cold_start(const std::string& folder, std::size_t lots, std::size_t rounds) {
  const std::string path = folder + "/cold.db";
  fill(path, lots);
  std::vector<double> ratios, mine, others;
  for (std::size_t round = 0; round <= rounds; ++round) {
    const Cost there = bare(path, lots), here = product(path, round);
    if (round == 0) continue;  // the pages are in memory now, for both
    ratios.push_back(here.cpu / there.cpu);
    mine.push_back(here.wall);
    others.push_back(there.wall);
  }
  return print({fmt::format("11 cold start to the first accepted order, {} lots of {} SKUs (lower "
                            "is better; ratio of processor time)",
                            lots, lots / kLotsPerSku),
                fmt::format("{:.2f} s", median(mine)), fmt::format("{:.2f} s", median(others)),
                ratios, 2, 5, false});
}

}  // namespace lotbridge::bench
