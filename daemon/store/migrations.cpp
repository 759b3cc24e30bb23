#include <array>
#include <charconv>

#include "daemon/store/migrations_embedded.hpp"
#include "daemon/store/sqlite.hpp"

namespace lotbridge::store {
namespace {

// 0: an empty file; otherwise what `meta` says.
Result<int> version_of(Database& database) {
  auto tables = database.prepare("SELECT count(*), sum(name = 'meta') FROM sqlite_schema");
  if (!tables) return tables.problem();
  if (!tables->step()) {
    return tables->problem().value_or(Problem{"invalid_store", "the store has no schema", {}});
  }
  if (tables->integer(0) == 0) return 0;
  if (tables->integer(1) == 0) {
    return Problem{"invalid_store", "the file is a database, but not one of Lotbridge", {}};
  }
  auto row = database.prepare("SELECT value FROM meta WHERE key = 'schema_version'");
  if (!row) return row.problem();
  if (!row->step()) {
    return row->problem().value_or(
        Problem{"invalid_store", "the store does not say of which version it is", {}});
  }
  const std::string_view text = row->text(0);
  int version = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), version);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || version < 1) {
    return Problem{"invalid_store", "the store's version can't be read", {}};
  }
  return version;
}

Refused step_to(Database& database, int version, std::string_view sql) {
  if (Refused refused = database.execute("BEGIN IMMEDIATE")) return refused;
  // Another process may have done it while this one waited for the lock.
  auto now = version_of(database);
  Refused refused;
  if (!now) {
    refused = std::move(now.problem());
  } else if (*now < version) {
    refused = database.execute(sql);
    if (!refused) {
      auto note = database.prepare(
          "INSERT INTO meta (key, value) VALUES ('schema_version', ?) "
          "ON CONFLICT (key) DO UPDATE SET value = excluded.value");
      const std::string number = std::to_string(version);
      refused = note ? note->bind(1, std::string_view(number)).run() : Refused(note.problem());
    }
  }
  if (refused) {
    static_cast<void>(database.execute("ROLLBACK"));
    return refused;
  }
  return database.execute("COMMIT");
}

}  // namespace

int newest_schema_version() { return static_cast<int>(kMigrations.size()); }

Refused migrate(Database& database) {
  auto version = version_of(database);
  if (!version) return version.problem();
  if (*version > newest_schema_version()) {
    return Problem{"invalid_store",
                   "the store has version " + std::to_string(*version) +
                       ", this program knows versions up to " +
                       std::to_string(newest_schema_version()) +
                       ": start the newer program again, or restore a backup that this one wrote",
                   {}};
  }
  for (int next = *version + 1; next <= newest_schema_version(); ++next) {
    if (Refused refused =
            step_to(database, next, kMigrations[static_cast<std::size_t>(next - 1)])) {
      return refused;
    }
  }
  return std::nullopt;
}

}  // namespace lotbridge::store
