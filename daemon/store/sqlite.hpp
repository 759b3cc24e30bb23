// The thin face over SQLite that all of daemon/store is written with.
//
// Errors are Problems with code "unavailable" (disk full, I/O, busy) or "invalid_store" (not ours,
// newer version, damaged); nothing throws. A Database and its Statements belong to one thread at a
// time. Text goes in by binding only: there is no way to build SQL from values here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <lotbridge/status.hpp>

struct sqlite3;
struct sqlite3_stmt;

namespace lotbridge::store {

class Statement {
 public:
  Statement() = default;
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();

  // Parameters count from 1. Text and blobs are borrowed until the next reset().
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind(int parameter, std::string_view text);
  Statement& bind_blob(int parameter, std::string_view bytes);
  Statement& bind_null(int parameter);
  Statement& bind(int parameter, const std::optional<std::int64_t>& value);
  Statement& bind(int parameter, const std::optional<std::string>& text);

  // true: a row is there; false: done or failed (then problem() says why).
  bool step();
  // For statements without rows: step to the end and reset.
  Refused run();
  void reset();
  const Refused& problem() const { return problem_; }

  // Columns count from 0; views are valid until the next step() or reset().
  std::int64_t integer(int column) const;
  std::string_view text(int column) const;
  std::string_view blob(int column) const;
  bool is_null(int column) const;
  std::optional<std::int64_t> maybe_integer(int column) const;
  std::optional<std::string> maybe_text(int column) const;

 private:
  friend class Database;
  sqlite3_stmt* statement_ = nullptr;
  sqlite3* database_ = nullptr;
  Refused problem_;
};

enum class OpenMode { read_write, read_only };

// A store holds tokens and addresses: where there is no such file yet, one for our user alone
// (0600). Files that SQLite puts beside it get the same mode.
void create_private(const std::string& path);

class Database {
 public:
  // WAL, synchronous=FULL, foreign keys off, busy timeout 5 s, a large checkpoint interval (16k
  // pages) on the writer.
  static Result<std::unique_ptr<Database>> open(const std::string& path, OpenMode mode);
  ~Database();

  Result<Statement> prepare(std::string_view sql);
  Refused execute(std::string_view sql);  // fixed texts only (schema, BEGIN, COMMIT, PRAGMA)
  std::int64_t last_row_id() const;
  sqlite3* raw() const { return database_; }  // for the online backup only

 private:
  explicit Database(sqlite3* database) : database_(database) {}
  sqlite3* database_;
};

// Brings an empty or older store to the newest version, in one transaction each step; refuses a
// newer one with a message that names both versions and says what to do.
Refused migrate(Database&);
int newest_schema_version();

}  // namespace lotbridge::store
