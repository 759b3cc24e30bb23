// The bare inbox of row 5: deliveries of one body, stored once by their id, 64 in a transaction.
//
//   bench_inbox BODY_FILE STORE COUNT      prints rows per second
#include <sqlite3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/core.h>

#include "tests/bench/measure.hpp"

int main(int argc, char** argv) {
  using lotbridge::bench::wall_seconds;
  if (argc != 4) return 2;
  std::ifstream file(argv[1], std::ios::binary);
  const std::string body(std::istreambuf_iterator<char>(file), {});
  const std::string path = argv[2];
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  const int count = std::atoi(argv[3]);
  sqlite3* database = nullptr;
  sqlite3_stmt* insert = nullptr;
  if (sqlite3_open(path.c_str(), &database) != SQLITE_OK) return 1;
  sqlite3_exec(
      database,
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=16384; "
      "CREATE TABLE inbox (inbox_id INTEGER PRIMARY KEY, connector TEXT NOT NULL, delivery "
      "TEXT NOT NULL, body BLOB NOT NULL, UNIQUE (connector, delivery)) STRICT",
      nullptr, nullptr, nullptr);
  if (sqlite3_prepare_v2(database,
                         "INSERT OR IGNORE INTO inbox (connector, delivery, body) VALUES (?,?,?)",
                         -1, &insert, nullptr) != SQLITE_OK) {
    return 1;
  }
  const double began = wall_seconds();
  for (int i = 0; i < count; ++i) {
    if (i % 64 == 0) sqlite3_exec(database, "BEGIN", nullptr, nullptr, nullptr);
    const std::string delivery = fmt::format("b54557e4-bdd9-4b37-8a5f-{:012}", i);
    sqlite3_bind_text(insert, 1, "shop", 4, SQLITE_STATIC);
    sqlite3_bind_text(insert, 2, delivery.data(), static_cast<int>(delivery.size()), SQLITE_STATIC);
    sqlite3_bind_blob(insert, 3, body.data(), static_cast<int>(body.size()), SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE) return 1;
    sqlite3_reset(insert);
    if (i % 64 == 63 || i + 1 == count) {
      if (sqlite3_exec(database, "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) return 1;
    }
  }
  fmt::print("{:.0f}\n", count / (wall_seconds() - began));
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return 0;
}
