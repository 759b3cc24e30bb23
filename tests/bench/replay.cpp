#include "tests/bench/replay.hpp"

#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <tuple>

#include <fmt/core.h>

namespace lotbridge::bench {
namespace {

[[noreturn]] void give_up(sqlite3* database, const std::string& what) {
  fmt::print(stderr, "bench: {}: {}\n", sqlite3_errmsg(database), what);
  std::abort();
}

sqlite3_stmt* prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK) {
    give_up(database, sql);
  }
  return statement;
}

Value value_of(sqlite3_stmt* statement, int column) {
  const auto bytes = [&](const void* data) {
    return std::string(static_cast<const char*>(data == nullptr ? "" : data),
                       static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
  };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return {Value::Kind::integer, sqlite3_column_int64(statement, column), {}};
    case SQLITE_TEXT:
      return {Value::Kind::text, 0, bytes(sqlite3_column_text(statement, column))};
    case SQLITE_BLOB:
      return {Value::Kind::blob, 0, bytes(sqlite3_column_blob(statement, column))};
    default:
      return {};
  }
}

void bind(sqlite3_stmt* statement, int at, const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      sqlite3_bind_null(statement, at);
      break;
    case Value::Kind::integer:
      sqlite3_bind_int64(statement, at, value.integer);
      break;
    case Value::Kind::text:
      sqlite3_bind_text64(statement, at, value.bytes.data(), value.bytes.size(), SQLITE_STATIC,
                          SQLITE_UTF8);
      break;
    case Value::Kind::blob:
      sqlite3_bind_blob64(statement, at, value.bytes.data(), value.bytes.size(), SQLITE_STATIC);
      break;
  }
}

std::vector<Values> all_rows(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* statement = prepare(database, sql);
  std::vector<Values> rows;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    Values& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) row.push_back(value_of(statement, i));
  }
  if (sqlite3_finalize(statement) != SQLITE_OK) give_up(database, sql);
  return rows;
}

std::string insert_into(const std::string& table, std::size_t columns, bool may_be_there) {
  std::string sql = may_be_there ? "INSERT OR REPLACE INTO " : "INSERT INTO ";
  sql += table + " VALUES (?";
  for (std::size_t i = 1; i < columns; ++i) sql += ",?";
  return sql + ")";
}

std::vector<std::vector<Values>> cut(std::vector<Values> rows, std::size_t groups) {
  std::vector<std::vector<Values>> out(groups);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out[i * groups / rows.size()].push_back(std::move(rows[i]));
  }
  return out;
}

constexpr const char* kSetBalance =
    "INSERT INTO balances (owner_id, sku_id, lot_id, book, account, quantity) VALUES "
    "(?,?,?,?,?,?) ON CONFLICT DO UPDATE SET quantity = excluded.quantity";

// Balances as often as the product writes them: per transaction every account that the ledger's
// rows of it touch, in the order of the key.
Written::Table balances_of(sqlite3* database, const Written::Table& ledger) {
  using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t, std::string>;
  std::map<Key, std::int64_t> sums;
  for (const Values& row : all_rows(database, "SELECT * FROM before.balances")) {
    sums[{row[0].integer, row[1].integer, row[2].integer, row[3].integer, row[4].bytes}] =
        row[5].integer;
  }
  Written::Table out{kSetBalance, {}};
  for (const auto& group : ledger.groups) {
    std::map<Key, std::int64_t> moved;
    for (const Values& row : group) {  // owner, number, book, sku, lot, quantity, from, to, ...
      const Key from{row[0].integer, row[3].integer, row[4].integer, row[2].integer, row[6].bytes};
      const Key to{row[0].integer, row[3].integer, row[4].integer, row[2].integer, row[7].bytes};
      moved[from] -= row[5].integer;
      moved[to] += row[5].integer;
    }
    auto& rows = out.groups.emplace_back();
    for (const auto& [key, by] : moved) {
      if (by == 0) continue;
      const auto integer = [](std::int64_t value) {
        return Value{Value::Kind::integer, value, {}};
      };
      rows.push_back({integer(std::get<0>(key)), integer(std::get<1>(key)),
                      integer(std::get<2>(key)), integer(std::get<3>(key)),
                      Value{Value::Kind::blob, 0, std::get<4>(key)}, integer(sums[key] += by)});
    }
  }
  return out;
}

bool may_be_there(const std::string& table) {
  return table == "meta" || table == "lots" || table == "skus" || table == "sources";
}

}  // namespace

sqlite3* open_store(const std::string& path) {
  sqlite3* database = nullptr;
  if (sqlite3_open(path.c_str(), &database) != SQLITE_OK) give_up(database, path);
  execute(database,
          "PRAGMA foreign_keys=OFF; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
          "PRAGMA wal_autocheckpoint=16384; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;");
  return database;
}

void execute(sqlite3* database, const std::string& sql) {
  if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    give_up(database, sql);
  }
}

std::int64_t number_of(sqlite3* database, const std::string& sql) {
  const auto rows = all_rows(database, sql);
  return rows.empty() || rows[0].empty() ? 0 : rows[0][0].integer;
}

void copy_store(const std::string& from, const std::string& to) {
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(to + end);
  std::filesystem::copy_file(from, to);
}

Written rows_written(const std::string& before, const std::string& after, std::size_t groups) {
  sqlite3* database = open_store(after);
  execute(database, "ATTACH '" + before + "' AS before");
  Written out;
  out.groups = groups;
  const auto names = all_rows(database,
                              "SELECT name FROM main.sqlite_master WHERE type = 'table' AND name "
                              "NOT LIKE 'sqlite_%'");
  for (const Values& name : names) {
    const std::string& table = name[0].bytes;
    if (table == "balances") continue;  // from the ledger
    auto rows = all_rows(database, fmt::format("SELECT * FROM main.{0} EXCEPT SELECT * FROM "
                                               "before.{0} ORDER BY 1, 2",
                                               table));
    if (rows.empty()) continue;
    const std::size_t columns = rows[0].size();
    Written::Table written{insert_into(table, columns, may_be_there(table)), {}};
    if (table == "chain_heads") {
      written.insert = insert_into(table, columns, true);
      written.groups.assign(groups, rows);
    } else {
      written.groups = cut(std::move(rows), groups);
    }
    if (table == "ledger") out.tables.push_back(balances_of(database, written));
    out.tables.push_back(std::move(written));
  }
  for (const Written::Table& table : out.tables) {
    for (const auto& group : table.groups) out.rows += group.size();
  }
  sqlite3_close(database);
  return out;
}

Cost replay(const Written& written, const std::string& before, const std::string& scratch) {
  copy_store(before, scratch);
  sqlite3* database = open_store(scratch);
  std::vector<sqlite3_stmt*> inserts;
  for (const Written::Table& table : written.tables) {
    inserts.push_back(prepare(database, table.insert));
  }
  sqlite3_stmt* begin = prepare(database, "BEGIN IMMEDIATE");
  sqlite3_stmt* commit = prepare(database, "COMMIT");
  const auto run = [&](sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) give_up(database, sqlite3_sql(statement));
    sqlite3_reset(statement);
  };
  const double wall = wall_seconds(), cpu = cpu_seconds();
  for (std::size_t group = 0; group < written.groups; ++group) {
    run(begin);
    for (std::size_t t = 0; t < inserts.size(); ++t) {
      for (const Values& row : written.tables[t].groups[group]) {
        for (std::size_t i = 0; i < row.size(); ++i) {
          bind(inserts[t], static_cast<int>(i) + 1, row[i]);
        }
        run(inserts[t]);
      }
    }
    run(commit);
  }
  const Cost cost{wall_seconds() - wall, cpu_seconds() - cpu};
  for (sqlite3_stmt* statement : inserts) sqlite3_finalize(statement);
  sqlite3_finalize(begin);
  sqlite3_finalize(commit);
  sqlite3_close(database);
  return cost;
}

}  // namespace lotbridge::bench
