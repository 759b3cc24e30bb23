#include <gmock/gmock.h>
#include <sys/stat.h>

#include "daemon/host/files_drop.hpp"
#include "daemon/host/files_listing.hpp"
#include "daemon/host/files_test_drop.hpp"

namespace lotbridge::host {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string folder_drop(const TemporaryFolder& folder, const std::string& more = "") {
  return R"({"drop": {"folder": ")" + folder.path.string() + "\"" + more + "}}";
}

TEST(LocalDrop, ListsWholeFilesByName) {
  const TemporaryFolder folder;
  for (const char* name :
       {"b.csv", "a.csv", ".hidden", "c.csv.tmp", "d.PART", "e.filepart", "f.csv~"}) {
    folder.put(std::string("in/") + name, "x");
  }
  fs::create_directories(folder.path / "in/old");
  fs::create_symlink(folder.path / "in/a.csv", folder.path / "in/link.csv");
  UsedDrop drop(folder_drop(folder));
  EXPECT_THAT(drop.list(), ElementsAre("a.csv", "b.csv"));
  EXPECT_EQ(drop.lengths["a.csv"], 1U);
}

TEST(LocalDrop, MakesItsFoldersButNotTheRoot) {
  const TemporaryFolder folder;
  UsedDrop drop(folder_drop(folder));
  EXPECT_THAT(drop.list(), IsEmpty());
  EXPECT_THAT(folder.names(""), ElementsAre("done", "failed", "in", "out"));

  UsedDrop missing(R"({"drop": {"folder": "/nowhere/at/all"}})");
  EXPECT_THAT(missing.list(), ElementsAre("status " + std::to_string(LB_RETRY)));
  EXPECT_THAT(missing.message, HasSubstr("/nowhere/at/all"));
}

TEST(LocalDrop, ReadsWithDigestAndLimit) {
  const TemporaryFolder folder;
  folder.put("in/a.csv", "abc");
  UsedDrop drop(folder_drop(folder, R"(, "max_bytes": 3)"));
  EXPECT_EQ(drop.read("a.csv"), "abc");
  EXPECT_EQ(drop.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  folder.put("in/b.csv", "abcd");
  drop.read("b.csv");
  EXPECT_EQ(drop.status, LB_BAD_RECORD);
  drop.read("c.csv");
  EXPECT_EQ(drop.status, LB_CONFLICT);
}

TEST(LocalDrop, StaysInside) {
  const TemporaryFolder folder;
  folder.put("secret", "x");
  UsedDrop drop(folder_drop(folder));
  drop.list();
  for (const char* name :
       {"../secret", "/etc/passwd", "..", ".", "", ".hidden", "a/b", "a\\b", "a\nb"}) {
    drop.read(name);
    EXPECT_EQ(drop.status, LB_BUG) << name;
    EXPECT_EQ(drop.write(name, "x"), LB_BUG) << name;
    EXPECT_EQ(drop.finish(name, "done"), LB_BUG) << name;
  }
  EXPECT_EQ(drop.finish("a.csv", "elsewhere"), LB_BUG);
  // A link in the inbound folder is not followed, and neither is a folder that points out of the
  // tree.
  fs::create_symlink(folder.path / "secret", folder.path / "in/link.csv");
  EXPECT_NE(drop.read("link.csv"), "x");
  const TemporaryFolder other;
  other.put("in/theirs.csv", "x");
  const TemporaryFolder linked;
  fs::create_symlink(other.path / "in", linked.path / "in");
  UsedDrop led(folder_drop(linked));
  led.list();
  EXPECT_EQ(led.status, LB_CONFIG);
}

TEST(LocalDrop, APipeDoesNotHoldItUp) {
  const TemporaryFolder folder;
  UsedDrop drop(folder_drop(folder));
  drop.list();
  ASSERT_EQ(::mkfifo((folder.path / "in/pipe.csv").c_str(), 0600), 0);
  EXPECT_THAT(drop.list(), IsEmpty());
  drop.read("pipe.csv");
  EXPECT_EQ(drop.status, LB_CONFLICT);
}

TEST(LocalDrop, FinishMovesWithReportsAndMayBeRepeated) {
  const TemporaryFolder folder;
  folder.put("in/a.csv", "abc");
  UsedDrop drop(folder_drop(folder));
  drop.read("a.csv");
  EXPECT_EQ(drop.finish("a.csv", "done"), LB_OK);
  EXPECT_THAT(folder.names("done"), ElementsAre("a.csv", "a.csv.report.json", "a.csv.report.txt"));
  EXPECT_EQ(folder.get("done/a.csv"), "abc");
  EXPECT_EQ(folder.get("done/a.csv.report.txt"), "said");
  EXPECT_THAT(folder.names("in"), IsEmpty());
  EXPECT_EQ(drop.finish("a.csv", "done"), LB_OK);
  EXPECT_EQ(folder.names("done").size(), 3U);
}

TEST(LocalDrop, ANameThatComesAgainKeepsTheOldFile) {
  const TemporaryFolder folder;
  UsedDrop drop(folder_drop(folder));
  for (const char* content : {"one", "two", "two"}) {
    folder.put("in/a.csv", content);
    drop.read("a.csv");
    ASSERT_EQ(drop.finish("a.csv", "failed"), LB_OK);
  }
  EXPECT_EQ(folder.get("failed/a.csv"), "one");
  const std::string second = "failed/a-" + sha256_hex("two").substr(0, 12) + ".csv";
  EXPECT_EQ(folder.get(second), "two");
  EXPECT_TRUE(folder.has(second + ".report.txt"));
  EXPECT_EQ(folder.names("failed").size(), 6U);
}

TEST(LocalDrop, AFileThatWasNeverReadCanBeFinished) {
  const TemporaryFolder folder;
  folder.put("in/big.csv", "12345");
  folder.put("failed/big.csv", "older");
  UsedDrop drop(folder_drop(folder, R"(, "max_bytes": 3)"));
  EXPECT_EQ(drop.finish("big.csv", "failed"), LB_OK);
  EXPECT_EQ(folder.get("failed/big-too-large.csv"), "12345");
}

TEST(LocalDrop, WritesWholeAndOnce) {
  const TemporaryFolder folder;
  UsedDrop drop(folder_drop(folder));
  EXPECT_EQ(drop.write("p.csv", "one"), LB_OK);
  const auto first = fs::last_write_time(folder.path / "out/p.csv");
  EXPECT_EQ(drop.write("p.csv", "one"), LB_OK);
  EXPECT_EQ(fs::last_write_time(folder.path / "out/p.csv"), first);
  EXPECT_EQ(drop.write("p.csv", "two"), LB_OK);
  EXPECT_EQ(folder.get("out/p.csv"), "two");
  folder.put("out/.q.csv.tmp", "left by a run that died");
  EXPECT_EQ(drop.write("q.csv", "three"), LB_OK);
  EXPECT_THAT(folder.names("out"), ElementsAre("p.csv", "q.csv"));
}

TEST(LocalDrop, AGrowingFileWaits) {
  const TemporaryFolder folder;
  folder.put("in/a.csv", "x");
  UsedDrop drop(folder_drop(folder, R"(, "settle_seconds": 10)"));
  EXPECT_THAT(drop.list(), IsEmpty());
  drop.now_ms = 9'999;
  EXPECT_THAT(drop.list(), IsEmpty());
  folder.put("in/a.csv", "xy");
  drop.now_ms = 10'000;
  EXPECT_THAT(drop.list(), IsEmpty()) << "it grew, so the wait begins anew";
  drop.now_ms = 19'999;
  EXPECT_THAT(drop.list(), IsEmpty());
  drop.now_ms = 20'000;
  EXPECT_THAT(drop.list(), ElementsAre("a.csv"));
  fs::remove(folder.path / "in/a.csv");
  drop.list();
  folder.put("in/a.csv", "xy");
  EXPECT_THAT(drop.list(), IsEmpty()) << "a new file of that name waits too";
}

TEST(LocalDrop, AMarkerSaysThatAFileIsWhole) {
  const TemporaryFolder folder;
  folder.put("in/a.csv", "x");
  folder.put("in/b.csv", "x");
  folder.put("in/b.csv.done", "");
  UsedDrop drop(folder_drop(folder, R"(, "marker": ".done")"));
  EXPECT_THAT(drop.list(), ElementsAre("b.csv"));
  EXPECT_EQ(drop.finish("b.csv", "done"), LB_OK);
  EXPECT_THAT(folder.names("in"), ElementsAre("a.csv"));
}

TEST(LocalDrop, AFolderThatWasRemovedIsMadeAgain) {
  const TemporaryFolder folder;
  UsedDrop drop(folder_drop(folder));
  drop.list();
  fs::remove(folder.path / "out");
  EXPECT_NE(drop.write("p.csv", "one"), LB_OK);
  EXPECT_EQ(drop.write("p.csv", "one"), LB_OK);
}

TEST(LocalDrop, AFullOrReadOnlyPlaceIsSaid) {
  const TemporaryFolder folder;
  folder.put("in/a.csv", "x");
  folder.put("done", "a file where the folder should be");
  UsedDrop drop(folder_drop(folder));
  EXPECT_EQ(drop.finish("a.csv", "done"), LB_RETRY);
  EXPECT_THAT(drop.message, HasSubstr("done"));
  EXPECT_EQ(folder.get("in/a.csv"), "x");
}

TEST(DropSettings, WrongOnesAreRefusedWithTheirPlace) {
  const auto refusal = [](const std::string& drop) {
    const auto read = read_drop_settings(R"({"drop": )" + drop + "}", [](std::string_view name) {
      return name == "sftp_password" ? std::optional<std::string>("p") : std::nullopt;
    });
    return read ? std::string("accepted") : read.problem().errors.at(0).pointer;
  };
  const std::string key = R"("host_key_sha256": "SHA256:)" + std::string(43, 'a') + "\"";
  EXPECT_EQ(refusal(R"({"folder": "/x"})"), "accepted");
  EXPECT_EQ(refusal(R"({})"), "/drop");
  EXPECT_EQ(refusal(R"(7)"), "/drop");
  EXPECT_EQ(refusal(R"({"folder": "/x", "colour": 1})"), "/drop/colour");
  EXPECT_EQ(refusal(R"({"folder": 1})"), "/drop/folder");
  EXPECT_EQ(refusal(R"({"folder": "/x", "in": "../y"})"), "/drop/in");
  EXPECT_EQ(refusal(R"({"folder": "/x", "out": "/y"})"), "/drop/out");
  EXPECT_EQ(refusal(R"({"folder": "/x", "in": "done"})"), "/drop/in");
  EXPECT_EQ(refusal(R"({"folder": "/x", "settle_seconds": -1})"), "/drop/settle_seconds");
  EXPECT_EQ(refusal(R"({"folder": "/x", "marker": "done"})"), "/drop/marker");
  EXPECT_EQ(refusal(R"({"folder": "/x", "sftp": {}})"), "/drop");
  EXPECT_EQ(refusal(R"({"sftp": {"host": "h", "user": "u", )" + key + "}}"), "accepted");
  EXPECT_EQ(refusal(R"({"sftp": {"host": "h", "user": "u", "host_key_sha256": []}})"),
            "/drop/sftp/host_key_sha256");
  EXPECT_EQ(refusal(R"({"sftp": {"host": "h", "user": "u"}})"), "/drop/sftp/host_key_sha256");
  EXPECT_EQ(refusal(R"({"sftp": {"host": "h", "user": "u", "host_key_sha256": "no"}})"),
            "/drop/sftp/host_key_sha256");
  EXPECT_EQ(refusal(R"({"sftp": {"host": "h/x", "user": "u", )" + key + "}}"), "/drop/sftp/host");
  EXPECT_EQ(refusal(R"({"sftp": {"host": "h", )" + key + "}}"), "/drop/sftp/user");
  EXPECT_EQ(refusal(R"({"sftp": {"host": "h", "user": "u", "port": 0, )" + key + "}}"),
            "/drop/sftp/port");
  const auto no_secret =
      read_drop_settings(R"({"drop": {"sftp": {"host": "h", "user": "u", )" + key + "}}}", {});
  ASSERT_FALSE(no_secret);
  EXPECT_THAT(no_secret.problem().detail, HasSubstr("sftp_key"));
}

TEST(DropSettings, WithoutADropThereIsNone) {
  UsedDrop drop(R"({"shop": "x"})");
  EXPECT_EQ(drop.problem, "");
  EXPECT_FALSE(drop.opened());
}

TEST(Listing, ReadsWhatServersPrint) {
  const auto files = read_listing(
      "-rw-r--r--    1 lot      lot           120 Nov 21 07:15 a b.csv\n"
      "-rw-r--r--    ? 0        0    98765432100 Jan  3  2025 old.csv\r\n"
      "drwxr-xr-x    2 lot      lot          4096 Nov 21 07:15 folder\n"
      "lrwxrwxrwx    1 lot      lot             5 Nov 21 07:15 link.csv -> a.csv\n"
      "nonsense\n"
      "-rw-r--r--    1 lot      lot            x1 Nov 21 07:15 c.csv\n");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].name, "a b.csv");
  EXPECT_EQ(files[0].length, 120U);
  EXPECT_EQ(files[1].name, "old.csv");
  EXPECT_EQ(files[1].length, 98765432100U);
}

TEST(FilesThatStay, AreReadOnceAndNotMoved) {
  const TemporaryFolder folder;
  UsedDrop drop(folder_drop(folder), {}, true);
  drop.list();  // makes the folders
  folder.put("in/a.csv", "1");
  EXPECT_THAT(drop.list(), ElementsAre("a.csv"));
  EXPECT_EQ(drop.read("a.csv"), "1");
  EXPECT_EQ(drop.finish("a.csv", "done"), LB_OK);
  EXPECT_TRUE(folder.has("in/a.csv"));
  EXPECT_THAT(folder.names("done"), IsEmpty());
  EXPECT_THAT(drop.list(), IsEmpty());
  folder.put("in/a.csv", "12");  // it has changed
  EXPECT_THAT(drop.list(), ElementsAre("a.csv"));
}

}  // namespace
}  // namespace lotbridge::host
