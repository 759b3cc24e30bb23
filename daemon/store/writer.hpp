// The one way into the store: every statement that the engine runs passes here, prepared once.
//
// A failure sticks: after it every call answers false (rows: none) until rollback(), so callers
// check once, before they commit. Nothing is acknowledged before commit() said true. One thread.
// fail_call() is the seam for tests: it lets the n-th call from now fail as a full disk would.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <lotbridge/status.hpp>

#include "daemon/store/sqlite.hpp"
#include "daemon/store/writer_statements.hpp"

namespace lotbridge::store {

struct Blob {
  std::string_view bytes;
};

class Writer;

// The rows of one query; gives the statement back when it goes. The arguments are borrowed as long.
class Rows {
 public:
  Rows(Writer& writer, Statement* statement) : writer_(writer), statement_(statement) {}
  Rows(Rows&& other) noexcept : writer_(other.writer_), statement_(other.statement_) {
    other.statement_ = nullptr;
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  Rows& operator=(Rows&&) = delete;
  ~Rows() {
    if (statement_ != nullptr) statement_->reset();
  }
  bool next();
  std::int64_t integer(int column) const { return statement_->integer(column); }
  std::string_view text(int column) const { return statement_->text(column); }
  std::string_view blob(int column) const { return statement_->blob(column); }
  bool is_null(int column) const { return statement_->is_null(column); }
  std::optional<std::int64_t> maybe_integer(int column) const {
    return statement_->maybe_integer(column);
  }
  std::optional<std::string> maybe_text(int column) const { return statement_->maybe_text(column); }

 private:
  Writer& writer_;
  Statement* statement_;
};

class Writer {
 public:
  // Opens and migrates the store.
  static Result<std::unique_ptr<Writer>> open(const std::string& path);

  template <typename... A>
  bool run(Sql sql, const A&... arguments) {
    Statement* statement = ready(sql);
    if (statement == nullptr) return false;
    int parameter = 0;
    (bind(*statement, ++parameter, arguments), ...);
    return finish(statement->run());
  }
  template <typename... A>
  Rows query(Sql sql, const A&... arguments) {
    Statement* statement = ready(sql);
    if (statement != nullptr) {
      int parameter = 0;
      (bind(*statement, ++parameter, arguments), ...);
    }
    return Rows(*this, statement);
  }

  // Starts the transaction unless one is open.
  bool begin();
  bool in_transaction() const { return in_transaction_; }
  bool commit();
  void rollback();

  std::int64_t last_row_id() const { return database_->last_row_id(); }
  std::int64_t changes() const;
  bool failed() const { return failure_.has_value(); }
  const Refused& failure() const { return failure_; }
  Database& database() { return *database_; }

  // The n-th call from now fails (1: the next); 0 takes that back. Calls made since then.
  void fail_call(std::int64_t n) {
    fail_at_ = n;
    calls_ = 0;
  }
  std::int64_t calls() const { return calls_; }

 private:
  friend class Rows;
  explicit Writer(std::unique_ptr<Database> database);

  Statement* ready(Sql sql);
  bool finish(Refused problem);

  template <typename T>
  static void bind(Statement& statement, int parameter, const T& value) {
    if constexpr (std::is_same_v<T, Blob>) {
      statement.bind_blob(parameter, value.bytes);
    } else if constexpr (std::is_same_v<T, std::nullptr_t>) {
      statement.bind_null(parameter);
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      statement.bind(parameter, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_same_v<T, std::optional<std::int64_t>> ||
                         std::is_same_v<T, std::optional<std::string>>) {
      statement.bind(parameter, value);
    } else {
      statement.bind(parameter, std::string_view(value));
    }
  }

  std::unique_ptr<Database> database_;
  std::vector<std::optional<Statement>> statements_;
  Refused failure_;
  bool in_transaction_ = false;
  std::int64_t fail_at_ = 0, calls_ = 0;
};

inline bool Rows::next() {
  if (statement_ == nullptr) return false;
  if (statement_->step()) return true;
  if (statement_->problem()) writer_.finish(statement_->problem());
  return false;
}

}  // namespace lotbridge::store
