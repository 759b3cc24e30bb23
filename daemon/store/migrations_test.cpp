#include <gtest/gtest.h>

#include "daemon/store/test_store.hpp"

namespace lotbridge::store {
namespace {

std::string version_of(Database& database) {
  auto row = database.prepare("SELECT value FROM meta WHERE key = 'schema_version'");
  return row->step() ? std::string(row->text(0)) : std::string();
}

TEST(Migrations, RollAnEmptyFileForwardAndStayThere) {
  TestStore store;
  auto& database = store.empty();
  ASSERT_FALSE(migrate(database));
  EXPECT_EQ(version_of(database), std::to_string(newest_schema_version()));
  ASSERT_FALSE(database.execute("INSERT INTO owners (name) VALUES ('pure-fresh')"));
  ASSERT_FALSE(migrate(database));
  auto rows = database.prepare("SELECT count(*) FROM owners");
  ASSERT_TRUE(rows->step());
  EXPECT_EQ(rows->integer(0), 1);
}

TEST(Migrations, RefuseANewerStoreAndNameBothVersions) {
  TestStore store;
  auto& database = store.migrated();
  ASSERT_FALSE(database.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'"));
  const Refused refused = migrate(database);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, "invalid_store");
  EXPECT_NE(refused->detail.find("version 99"), std::string::npos);
  EXPECT_NE(refused->detail.find("up to " + std::to_string(newest_schema_version())),
            std::string::npos);
  EXPECT_NE(refused->detail.find("newer program"), std::string::npos);
}

TEST(Migrations, RefuseAnotherProgramsDatabase) {
  TestStore store;
  ASSERT_FALSE(store.empty().execute("CREATE TABLE customers (id INTEGER)"));
  const Refused refused = migrate(store.empty());
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, "invalid_store");
  auto rows = store.empty().prepare("SELECT count(*) FROM sqlite_schema");
  ASSERT_TRUE(rows->step());
  EXPECT_EQ(rows->integer(0), 1);  // nothing was added
}

TEST(Schema, RefusesAWrongTypeInEveryTable) {
  TestStore store;
  auto& database = store.migrated();
  auto tables = database.prepare(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 "
      "AND name NOT LIKE 'sqlite_%'");
  ASSERT_TRUE(tables.ok());
  EXPECT_FALSE(tables->step()) << tables->text(0);
}

TEST(Schema, LedgerAndAuditOnlyGrow) {
  TestStore store;
  auto& database = store.migrated();
  ASSERT_FALSE(database.execute(
      "INSERT INTO ledger VALUES (1, 1, 1, 1, 1, 5, x'02', x'01', 1, 0, 0, x'00');"
      "INSERT INTO audit VALUES (1, 2, 0, 't', 'a', x'00', 'x', 1, null, null, null, null, null, "
      "x'00')"));
  for (const char* sql :
       {"UPDATE ledger SET quantity = 6", "DELETE FROM ledger", "UPDATE audit SET old = 'x'",
        "DELETE FROM audit", "UPDATE ledger SET hash = x'01' WHERE number = 1"}) {
    const Refused refused = database.execute(sql);
    ASSERT_TRUE(refused) << sql;
    EXPECT_NE(refused->detail.find("append-only"), std::string::npos) << refused->detail;
  }
  // An entry moves something: no zero, nothing negative.
  EXPECT_TRUE(database.execute(
      "INSERT INTO ledger VALUES (1, 3, 1, 1, 1, 0, x'02', x'01', 1, 0, 0, x'00')"));
}

TEST(Schema, OneAlertIsOpenPerKey) {
  TestStore store;
  auto& database = store.migrated();
  const char* insert =
      "INSERT INTO alerts (owner_id, kind, key, severity, detail, opened_at) "
      "VALUES (1, 'oversold', 'k', 'info', '', 0)";
  ASSERT_FALSE(database.execute(insert));
  EXPECT_TRUE(database.execute(insert));
  ASSERT_FALSE(database.execute("UPDATE alerts SET closed_at = 1"));
  EXPECT_FALSE(database.execute(insert));
}

}  // namespace
}  // namespace lotbridge::store
