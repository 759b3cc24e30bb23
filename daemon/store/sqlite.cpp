#include "daemon/store/sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <utility>

namespace lotbridge::store {
namespace {

// What SQLite said, as a Problem for a person.
Problem problem_of(sqlite3* database, int code) {
  const std::string said =
      database != nullptr ? sqlite3_errmsg(database) : std::string(sqlite3_errstr(code));
  switch (code & 0xff) {
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return Problem{"invalid_store", "the store is damaged or no Lotbridge store: " + said, {}};
    default:
      return Problem{"unavailable", "the store did not answer: " + said, {}};
  }
}

// A pointer is needed also for what is empty: SQLite takes a null pointer for NULL.
const char* pointer_of(std::string_view bytes) {
  return bytes.data() != nullptr ? bytes.data() : "";
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)),
      database_(other.database_),
      problem_(std::move(other.problem_)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  if (this != &other) {
    sqlite3_finalize(statement_);
    statement_ = std::exchange(other.statement_, nullptr);
    database_ = other.database_;
    problem_ = std::move(other.problem_);
  }
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement& Statement::bind(int parameter, std::int64_t value) {
  if (sqlite3_bind_int64(statement_, parameter, value) != SQLITE_OK && !problem_) {
    problem_ = problem_of(database_, sqlite3_errcode(database_));
  }
  return *this;
}

Statement& Statement::bind(int parameter, std::string_view text) {
  const int code = sqlite3_bind_text64(statement_, parameter, pointer_of(text), text.size(),
                                       SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK && !problem_) problem_ = problem_of(database_, code);
  return *this;
}

Statement& Statement::bind_blob(int parameter, std::string_view bytes) {
  const int code =
      sqlite3_bind_blob64(statement_, parameter, pointer_of(bytes), bytes.size(), SQLITE_STATIC);
  if (code != SQLITE_OK && !problem_) problem_ = problem_of(database_, code);
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  const int code = sqlite3_bind_null(statement_, parameter);
  if (code != SQLITE_OK && !problem_) problem_ = problem_of(database_, code);
  return *this;
}

Statement& Statement::bind(int parameter, const std::optional<std::int64_t>& value) {
  return value ? bind(parameter, *value) : bind_null(parameter);
}

Statement& Statement::bind(int parameter, const std::optional<std::string>& text) {
  return text ? bind(parameter, std::string_view(*text)) : bind_null(parameter);
}

bool Statement::step() {
  if (problem_) return false;  // a value that could not be bound
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) problem_ = problem_of(database_, code);
  return false;
}

Refused Statement::run() {
  while (step()) {
  }
  Refused refused = std::move(problem_);
  reset();
  return refused;
}

void Statement::reset() {
  sqlite3_reset(statement_);
  problem_.reset();
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {};
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::optional<std::int64_t> Statement::maybe_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::optional<std::string> Statement::maybe_text(int column) const {
  if (is_null(column)) return std::nullopt;
  return std::string(text(column));
}

void create_private(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) ::close(fd);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, OpenMode mode) {
  const int flags = SQLITE_OPEN_NOMUTEX |
                    (mode == OpenMode::read_only ? SQLITE_OPEN_READONLY
                                                 : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  if (mode != OpenMode::read_only) create_private(path);
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  std::unique_ptr<Database> database(new Database(raw));
  if (code != SQLITE_OK) {
    Problem problem = problem_of(raw, code);
    problem.detail += " (" + path + ")";
    return problem;
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, 5000);
  // foreign_keys off: the engine writes rows in the order in which it learns of them.
  std::string_view pragmas =
      "PRAGMA foreign_keys=OFF; PRAGMA query_only=ON; PRAGMA cache_size=-4096;";
  if (mode == OpenMode::read_write) {
    pragmas =
        "PRAGMA foreign_keys=OFF; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
        "PRAGMA wal_autocheckpoint=16384; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;";
  }
  if (Refused refused = database->execute(pragmas)) {
    refused->detail += " (" + path + ")";
    return *refused;
  }
  return database;
}

Database::~Database() { sqlite3_close_v2(database_); }

Result<Statement> Database::prepare(std::string_view sql) {
  Statement statement;
  statement.database_ = database_;
  const int code = sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement.statement_, nullptr);
  if (code != SQLITE_OK) {
    Problem problem = problem_of(database_, code);
    problem.detail += " in: " + std::string(sql);
    return problem;
  }
  return statement;
}

Refused Database::execute(std::string_view sql) {
  const std::string text(sql);  // sqlite3_exec wants an end
  const int code = sqlite3_exec(database_, text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return problem_of(database_, code);
  return std::nullopt;
}

std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(database_); }

}  // namespace lotbridge::store
