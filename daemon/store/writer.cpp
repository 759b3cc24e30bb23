#include "writer.hpp"

#include <sqlite3.h>

namespace lotbridge::store {

Writer::Writer(std::unique_ptr<Database> database)
    : database_(std::move(database)), statements_(static_cast<std::size_t>(Sql::count)) {
  // Without it SQLite plans a statement anew for each value bound, in case a partial index would
  // then fit.
  sqlite3_db_config(database_->raw(), SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
}

Result<std::unique_ptr<Writer>> Writer::open(const std::string& path) {
  // Counting its own memory costs SQLite a global lock on every allocation. Refused once it runs;
  // no harm then.
  static const int ignored = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(ignored);
  auto database = Database::open(path, OpenMode::read_write);
  if (!database) return std::move(database.problem());
  if (Refused refused = migrate(**database)) return *refused;
  return std::unique_ptr<Writer>(new Writer(std::move(*database)));
}

Statement* Writer::ready(Sql sql) {
  if (failure_) return nullptr;
  ++calls_;
  if (fail_at_ != 0 && calls_ == fail_at_) {
    failure_ = Problem{"unavailable", "the store could not be written (fault of a test)", {}};
    return nullptr;
  }
  auto& slot = statements_[static_cast<std::size_t>(sql)];
  if (!slot) {
    auto prepared = database_->prepare(statement_text(sql));
    if (!prepared) {
      failure_ = std::move(prepared.problem());
      return nullptr;
    }
    slot = std::move(*prepared);
  }
  return &*slot;
}

bool Writer::finish(Refused problem) {
  if (!problem) return true;
  if (!failure_) failure_ = std::move(problem);
  return false;
}

bool Writer::begin() {
  if (failure_) return false;
  if (in_transaction_) return true;
  in_transaction_ = run(Sql::begin);
  return in_transaction_;
}

bool Writer::commit() {
  if (!in_transaction_) return !failed();
  if (!run(Sql::commit)) return false;
  in_transaction_ = false;
  return true;
}

void Writer::rollback() {
  failure_.reset();
  // SQLite ends the transaction by itself on some errors (a full disk); then there is nothing to
  // roll back.
  if (in_transaction_ && sqlite3_get_autocommit(database_->raw()) == 0) {
    static_cast<void>(database_->execute("ROLLBACK"));
  }
  in_transaction_ = false;
}

std::int64_t Writer::changes() const { return sqlite3_changes64(database_->raw()); }

}  // namespace lotbridge::store
