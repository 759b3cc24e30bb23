#include "daemon/store/sqlite.hpp"

#include <gtest/gtest.h>

#include "daemon/store/test_store.hpp"

namespace lotbridge::store {
namespace {

TEST(Sqlite, BindsAndReadsEveryKind) {
  TestStore store;
  auto& database = store.empty();
  ASSERT_FALSE(database.execute("CREATE TABLE t (i INTEGER, s TEXT, b BLOB, n TEXT) STRICT"));
  auto insert = database.prepare("INSERT INTO t VALUES (?, ?, ?, ?)");
  ASSERT_TRUE(insert.ok());
  const std::string blob("\0\x01\xff", 3);
  insert->bind(1, std::int64_t{-7}).bind(2, std::string_view("")).bind_blob(3, blob).bind_null(4);
  ASSERT_FALSE(insert->run());
  const std::optional<std::string> text = "x";  // borrowed by the statement until it has run
  insert->bind(1, std::optional<std::int64_t>()).bind(2, text);
  ASSERT_FALSE(insert->run());

  auto rows = database.prepare("SELECT i, s, b, n FROM t ORDER BY rowid");
  ASSERT_TRUE(rows->step());
  EXPECT_EQ(rows->integer(0), -7);
  EXPECT_FALSE(rows->is_null(1));
  EXPECT_EQ(rows->text(1), "");
  EXPECT_EQ(rows->blob(2), blob);
  EXPECT_TRUE(rows->is_null(3));
  EXPECT_EQ(rows->maybe_text(3), std::nullopt);
  ASSERT_TRUE(rows->step());
  EXPECT_EQ(rows->maybe_integer(0), std::nullopt);
  EXPECT_EQ(rows->maybe_text(1), "x");
  EXPECT_FALSE(rows->step());
  EXPECT_FALSE(rows->problem());
}

TEST(Sqlite, AStoreIsForItsUserAlone) {
  TestStore store;
  auto& database = store.empty();
  ASSERT_FALSE(database.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (i INTEGER) STRICT"));
  using std::filesystem::perms;
  const perms others = perms::group_all | perms::others_all;
  for (const char* end : {"", "-wal"}) {
    const auto mode = std::filesystem::status(store.path() + end).permissions();
    EXPECT_EQ(mode & others, perms::none) << end;
  }
}

TEST(Sqlite, SaysWhyAStatementFailed) {
  TestStore store;
  auto& database = store.empty();
  EXPECT_EQ(database.prepare("SELECT nothing FROM nowhere").problem().code, "unavailable");
  ASSERT_FALSE(database.execute("CREATE TABLE t (i INTEGER PRIMARY KEY) STRICT"));
  auto insert = database.prepare("INSERT INTO t VALUES (?)");
  ASSERT_FALSE(insert->bind(1, std::int64_t{1}).run());
  const Refused refused = insert->bind(1, std::int64_t{1}).run();
  ASSERT_TRUE(refused);
  EXPECT_NE(refused->detail.find("UNIQUE"), std::string::npos);
  // The statement can be used again.
  EXPECT_FALSE(insert->bind(1, std::int64_t{2}).run());
}

TEST(Sqlite, AReaderNeverWrites) {
  TestStore store;
  ASSERT_FALSE(store.empty().execute("CREATE TABLE t (i INTEGER) STRICT"));
  auto reader = Database::open(store.path(), OpenMode::read_only);
  ASSERT_TRUE(reader.ok());
  EXPECT_TRUE((*reader)->execute("INSERT INTO t VALUES (1)"));
}

TEST(Sqlite, RefusesWhatIsNoDatabase) {
  TestStore store;
  store.write_file("this is a text file, and it is long enough to be looked at as a database");
  const auto database = Database::open(store.path(), OpenMode::read_write);
  ASSERT_FALSE(database.ok());
  EXPECT_EQ(database.problem().code, "invalid_store");
}

TEST(Sqlite, WritesWithFullDurability) {
  TestStore store;
  auto row = store.empty().prepare("PRAGMA synchronous");
  ASSERT_TRUE(row->step());
  EXPECT_EQ(row->integer(0), 2);
  auto mode = store.empty().prepare("PRAGMA journal_mode");
  ASSERT_TRUE(mode->step());
  EXPECT_EQ(mode->text(0), "wal");
}

}  // namespace
}  // namespace lotbridge::store
