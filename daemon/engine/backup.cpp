#include "backup.hpp"

#include <cstdio>
#include <filesystem>

#include <sqlite3.h>

#include "daemon/store/sqlite.hpp"
#include "sdk/records/json_writer.hpp"
#include "verify.hpp"

namespace lotbridge::engine {
namespace {

constexpr int kPagesPerStep = 4096;

Problem failed(std::string detail) { return Problem{"unavailable", std::move(detail), {}}; }

// Copies every page; the writer goes on between the steps, and what it changes is copied again.
Refused copy_pages(sqlite3* from, sqlite3* to) {
  sqlite3_backup* copy = sqlite3_backup_init(to, "main", from, "main");
  if (copy == nullptr) return failed(std::string("The backup can't begin: ") + sqlite3_errmsg(to));
  int state = SQLITE_OK;
  do {
    state = sqlite3_backup_step(copy, kPagesPerStep);
    if (state == SQLITE_BUSY || state == SQLITE_LOCKED) sqlite3_sleep(10);
  } while (state == SQLITE_OK || state == SQLITE_BUSY || state == SQLITE_LOCKED);
  sqlite3_backup_finish(copy);
  if (state != SQLITE_DONE)
    return failed(std::string("The backup stopped: ") + sqlite3_errstr(state));
  return std::nullopt;
}

Refused copy_to(store::Database& source, const std::string& path) {
  sqlite3* target = nullptr;
  Refused refused;
  store::create_private(path);
  if (sqlite3_open_v2(path.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) !=
      SQLITE_OK) {
    refused = failed("The backup's file can't be written: " + path);
  } else {
    refused = copy_pages(source.raw(), target);
  }
  // One file, without a log beside it, whoever opens it next.
  if (!refused) sqlite3_exec(target, "PRAGMA journal_mode = DELETE", nullptr, nullptr, nullptr);
  sqlite3_close(target);
  return refused;
}

}  // namespace

Result<std::string> backup(const std::string& store_path, const std::string& target) {
  std::error_code ignored;
  if (std::filesystem::exists(target, ignored)) {
    return Problem{"invalid_value", "There is a file already: " + target, {}};
  }
  auto source = store::Database::open(store_path, store::OpenMode::read_only);
  if (!source) return source.problem();
  const std::string partial = target + ".partial";
  std::filesystem::remove(partial, ignored);
  if (Refused refused = copy_to(**source, partial)) {
    std::filesystem::remove(partial, ignored);
    return *refused;
  }
  std::error_code problem;
  std::filesystem::rename(partial, target, problem);
  if (problem) return failed("The backup can't be given its name: " + problem.message());
  JsonWriter json(256);
  json.open('{');
  json.key("ok");
  json.boolean(true);
  json.key("file");
  json.text(target);
  json.key("bytes");
  json.integer(static_cast<std::int64_t>(std::filesystem::file_size(target, ignored)));
  json.close('}');
  return json.take();
}

Result<std::string> restore_check(const std::string& backup_path) {
  {
    auto database = store::Database::open(backup_path, store::OpenMode::read_only);
    if (!database) return database.problem();
    auto statement = (*database)->prepare("PRAGMA integrity_check");
    if (!statement) return statement.problem();
    if (!statement->step())
      return statement->problem().value_or(failed("The backup can't be read."));
    if (statement->text(0) != "ok") {
      return Problem{
          "invalid_store", "The backup is damaged: " + std::string(statement->text(0)), {}};
    }
  }
  return verify(backup_path);
}

}  // namespace lotbridge::engine
