// The reference of durable work: writes the rows that the product wrote, of every table with all
// its indexes, and nothing else.
//
// Rows are read back from the product's store after its run: what is there and was not before. Each
// is written once, in as many transactions as the product made, through prepared statements.
// Balances and chain heads, which the product changes again and again, are written as often as it
// does: once per transaction and key, with the sum that the ledger gives.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/measure.hpp"

struct sqlite3;

namespace lotbridge::bench {

struct Value {
  enum class Kind { null, integer, text, blob } kind = Kind::null;
  std::int64_t integer = 0;
  std::string bytes;
};
using Values = std::vector<Value>;

struct Written {
  struct Table {
    std::string insert;
    std::vector<std::vector<Values>> groups;
  };
  std::vector<Table> tables;
  std::size_t groups = 0, rows = 0;
};

// What `after` has and `before` has not, cut into so many transactions.
Written rows_written(const std::string& before, const std::string& after, std::size_t groups);

struct Cost {
  double wall = 0, cpu = 0;
};
// Writes them into a copy of `before`; aborts when something cannot be written.
Cost replay(const Written&, const std::string& before, const std::string& scratch);

// ---- small helpers over SQLite, shared by the benchmarks; they abort on any error
sqlite3* open_store(const std::string& path);  // with the product's pragmas
void execute(sqlite3*, const std::string& sql);
std::int64_t number_of(sqlite3*, const std::string& sql);
void copy_store(const std::string& from, const std::string& to);

}  // namespace lotbridge::bench
