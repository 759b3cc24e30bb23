// The built connector with real file drops behind it: what is taken, moved, reported; died and
// begun again.
#include <gmock/gmock.h>
#include <lotbridge/records.hpp>
#include <lotbridge/testing.hpp>

#include "daemon/host/files_test_drop.hpp"
#include "daemon/host/files_test_sshd.hpp"

namespace lotbridge {
namespace {

using host::TemporaryFolder;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Stands between connector and drop: counts the calls and lets the n-th one fail.
struct Faulty {
  lb_files table{sizeof(lb_files), list, read, finish, write};
  const lb_files* real = nullptr;
  int fail_finish = -1;  // the n-th call, from 0
  std::string fail_read;

  static const lb_files* of(const lb_files* self) {
    return reinterpret_cast<const Faulty*>(self)->real;
  }
  static lb_status list(const lb_files* self, lb_call* call, const lb_file** files, std::size_t* n,
                        std::size_t* stride) {
    return of(self)->list(of(self), call, files, n, stride);
  }
  static lb_status read(const lb_files* self, lb_call* call, lb_bytes name,
                        lb_file_content* content) {
    if (reinterpret_cast<const Faulty*>(self)->fail_read == std::string(name.data, name.len))
      return LB_RETRY;
    return of(self)->read(of(self), call, name, content);
  }
  static lb_status finish(const lb_files* self, lb_call* call, lb_bytes name, lb_bytes to,
                          lb_bytes text, lb_bytes json) {
    auto* faulty = const_cast<Faulty*>(reinterpret_cast<const Faulty*>(self));
    if (faulty->fail_finish-- == 0) return LB_RETRY;
    return of(self)->finish(of(self), call, name, to, text, json);
  }
  static lb_status write(const lb_files* self, lb_call* call, lb_bytes name, lb_bytes content) {
    return of(self)->write(of(self), call, name, content);
  }
};

class Connector {
 public:
  explicit Connector(const std::string& drop, const std::string& more = "",
                     const std::map<std::string, std::string>& secrets = {})
      : settings_("{\"drop\": " + drop + more + "}"),
        drops_([](lb_call*, const lb_error& error) { return error.status; }),
        replay(CONNECTOR_FILE, settings_) {
    const Refused refused = drops_.configure("files", settings_, [&](std::string_view name) {
      const auto found = secrets.find(std::string(name));
      return found == secrets.end() ? std::nullopt : std::optional(found->second);
    });
    EXPECT_FALSE(refused) << refused->detail;
    files_ = drops_.open("files");
    faulty.real = files_->table();
    replay.extensions["lotbridge.files/1"] = &faulty.table;
  }

 private:
  std::string settings_;
  host::FileDrops drops_;
  std::unique_ptr<host::FilesInstance> files_;

 public:
  Faulty faulty;
  testing::Replay replay;
};

std::string local(const TemporaryFolder& folder) {
  return R"({"folder": ")" + folder.path.string() + "\"}";
}

std::vector<std::string> ids(const testing::Outcome& run) {
  std::vector<std::string> all;
  for (const Document& document : run.documents) all.push_back(document.id);
  return all;
}

constexpr const char* kReceipts =
    "receipt,sku,quantity,lot,warehouse\nR-1,A,1,L1,M\nR-2,A,x,L1,M\nR-3,A,2,L2,M\n";

TEST(Pull, TakesAFileOnceAndReports) {
  const TemporaryFolder folder;
  folder.put("in/receipts-1.csv", kReceipts);
  folder.put("in/other.csv", "not ours");
  Connector connector(local(folder));
  const auto run = connector.replay.pull("receipts.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_THAT(ids(run), ElementsAre("R-1", "R-3"));
  ASSERT_EQ(run.parked.size(), 1U);
  EXPECT_EQ(run.parked[0].origin, "receipts-1.csv:3");
  EXPECT_THAT(run.unreadable, IsEmpty());
  EXPECT_THAT(folder.names("in"), ElementsAre("other.csv"));
  EXPECT_EQ(folder.get("done/receipts-1.csv"), kReceipts);
  EXPECT_THAT(folder.get("done/receipts-1.csv.report.txt"),
              HasSubstr("line 3: quantity \"x\" is not a number"));
  const Json report = Json::parse(folder.get("done/receipts-1.csv.report.json"));
  EXPECT_EQ(report["outcome"].text(), "done");
  EXPECT_EQ(report["rows"].integer(), 3);
  EXPECT_EQ(report["parked"][0]["line"].integer(), 3);
  EXPECT_EQ(report["documents"][1]["id"].text(), "R-3");
  EXPECT_EQ(connector.replay.cursor, "null") << "nothing is under way";
  EXPECT_THAT(connector.replay.pull("receipts.pull/1").documents, IsEmpty());
}

TEST(Pull, EachKindTakesItsOwn) {
  const TemporaryFolder folder;
  folder.put("in/shipments.csv", "order,sku,quantity,warehouse\nO,A,1,M\n");
  folder.put("in/returns.csv", "order,sku,quantity,warehouse\nO,A,1,M\n");
  folder.put("in/counts.csv", "sku,lot,quantity,warehouse\nA,L,1,M\n");
  Connector connector(local(folder));
  EXPECT_THAT(connector.replay.pull("receipts.pull/1").documents, IsEmpty());
  EXPECT_EQ(connector.replay.pull("dispatches.pull/1").documents.at(0).type(),
            DocumentType::dispatch);
  EXPECT_EQ(connector.replay.pull("returns.pull/1").documents.at(0).type(), DocumentType::return_);
  EXPECT_EQ(connector.replay.pull("inventory.pull/1").documents.at(0).type(), DocumentType::count);
  EXPECT_THAT(folder.names("in"), IsEmpty());
}

TEST(Pull, WhatIsNoGoodAtAllFails) {
  const TemporaryFolder folder;
  folder.put("in/receipts-a.csv", "nonsense\n");
  folder.put("in/receipts-b.csv", std::string(2000, 'x'));
  std::string drop = local(folder);
  drop.insert(drop.size() - 1, R"(, "max_bytes": 1000)");
  Connector connector(drop);
  const auto run = connector.replay.pull("receipts.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_EQ(run.parked.size(), 2U);
  EXPECT_THAT(folder.get("failed/receipts-a.csv.report.txt"), HasSubstr("no header"));
  EXPECT_THAT(folder.get("failed/receipts-b.csv.report.txt"), HasSubstr("larger"));
  EXPECT_THAT(folder.names("in"), IsEmpty());
}

TEST(Pull, ACommittedFileIsOnlyMoved) {
  const TemporaryFolder folder;
  folder.put("in/receipts.csv", kReceipts);
  Connector connector(local(folder));
  connector.faulty.fail_finish = 0;
  const auto first = connector.replay.pull("receipts.pull/1");
  EXPECT_EQ(first.status, LB_RETRY);
  EXPECT_THAT(ids(first), ElementsAre("R-1", "R-3")) << "stored before the move";
  EXPECT_TRUE(folder.has("in/receipts.csv"));
  const auto second = connector.replay.pull("receipts.pull/1");
  EXPECT_EQ(second.status, LB_OK);
  EXPECT_THAT(second.documents, IsEmpty());
  EXPECT_THAT(second.parked, IsEmpty());
  EXPECT_TRUE(folder.has("done/receipts.csv"));
  EXPECT_THAT(folder.get("done/receipts.csv.report.txt"), HasSubstr("documents  2"));
  // Sent again afterwards it is read again: the daemon knows its documents, and a mended row comes
  // alive.
  folder.put("in/receipts.csv", kReceipts);
  EXPECT_THAT(ids(connector.replay.pull("receipts.pull/1")), ElementsAre("R-1", "R-3"));
}

TEST(Pull, TheSameNameWithOtherContentIsANewFile) {
  const TemporaryFolder folder;
  folder.put("in/receipts.csv", kReceipts);
  Connector connector(local(folder));
  connector.faulty.fail_finish = 0;
  connector.replay.pull("receipts.pull/1");
  folder.put("in/receipts.csv", "receipt,sku,quantity,lot,warehouse\nR-9,A,1,L1,M\n");
  EXPECT_THAT(ids(connector.replay.pull("receipts.pull/1")), ElementsAre("R-9"));
}

TEST(Pull, AFileThatCannotBeOpenedHoldsUpNoOther) {
  const TemporaryFolder folder;
  folder.put("in/receipts-1.csv", kReceipts);
  folder.put("in/receipts-2.csv", kReceipts);
  Connector connector(local(folder));
  connector.faulty.fail_read = "receipts-1.csv";
  const auto run = connector.replay.pull("receipts.pull/1");
  EXPECT_EQ(run.status, LB_RETRY);
  EXPECT_THAT(ids(run), ElementsAre("R-1", "R-3"));
  EXPECT_THAT(folder.names("in"), ElementsAre("receipts-1.csv"));
}

std::string many(int receipts) {
  std::string text = "receipt,sku,quantity,lot,warehouse\n";
  for (int i = 0; i < receipts; ++i) {
    text += "R-" + std::to_string(i) + ",A," + (i % 7 == 3 ? "x" : "1") + ",L,M\n";
  }
  return text;
}

// Each host function is a moment at which the daemon may die; what the next run brings must
// complete what is stored.
TEST(Pull, DyingAtAnyMomentLosesAndDoublesNothing) {
  const TemporaryFolder whole;
  whole.put("in/receipts-1.csv", many(1200));
  whole.put("in/receipts-2.csv", kReceipts);
  Connector undisturbed(local(whole));
  const auto expected = undisturbed.replay.pull("receipts.pull/1");
  ASSERT_EQ(expected.status, LB_OK) << expected.text();
  ASSERT_GE(expected.cursors.size(), 4U);
  std::size_t calls = 0;
  {
    const TemporaryFolder folder;
    folder.put("in/receipts-1.csv", many(1200));
    folder.put("in/receipts-2.csv", kReceipts);
    Connector counted(local(folder));
    counted.replay.on_host_call = [&](const char*) { return ++calls == 0; };
    counted.replay.pull("receipts.pull/1");
  }
  ASSERT_GT(calls, 1200U);
  for (std::size_t at = 1; at <= calls; at += at < 5 || at > calls - 20 ? 1 : 61) {
    const TemporaryFolder folder;
    folder.put("in/receipts-1.csv", many(1200));
    folder.put("in/receipts-2.csv", kReceipts);
    Connector connector(local(folder));
    std::size_t n = 0;
    connector.replay.on_host_call = [&](const char*) { return ++n >= at; };
    const auto first = connector.replay.pull("receipts.pull/1");
    connector.replay.on_host_call = nullptr;
    const auto second = connector.replay.pull("receipts.pull/1");
    ASSERT_EQ(second.status, LB_OK) << second.text();
    auto all = ids(first);
    for (const std::string& id : ids(second)) all.push_back(id);
    EXPECT_EQ(all, ids(expected)) << "stopped at host call " << at;
    EXPECT_EQ(first.parked.size() + second.parked.size(), expected.parked.size())
        << "stopped at host call " << at;
    EXPECT_EQ(folder.names("done").size(), 6U);
  }
}

TEST(Pull, WithoutADropItSaysSo) {
  testing::Replay replay(CONNECTOR_FILE, "{}");
  const auto run = replay.pull("receipts.pull/1");
  EXPECT_EQ(run.status, LB_CONFIG);
  EXPECT_EQ(run.path, "/drop");
}

TEST(Pull, OpenRefusesWrongSettings) {
  testing::Replay replay(CONNECTOR_FILE,
                         R"({"feeds": {"receipts": {"columns": {"colour": "x"}}}})");
  const auto run = replay.open();
  EXPECT_EQ(run.status, LB_CONFIG);
  EXPECT_EQ(run.path, "/feeds/receipts/columns/colour");
}

TEST(Check, NamesFilesThatNobodyTakes) {
  const TemporaryFolder folder;
  folder.put("in/reciepts.csv", "x");
  Connector connector(local(folder));
  const auto run = connector.replay.run("account.check/1");
  EXPECT_EQ(run.status, LB_OK) << run.text();
  EXPECT_THAT(run.logs, ::testing::Contains(HasSubstr("reciepts.csv")));
  EXPECT_THAT(run.result, HasSubstr("account"));
}

std::string pick(int version, const char* lot) {
  Instruction instruction;
  instruction.key = "k" + std::to_string(version);
  instruction.version = version;
  instruction.connector = "files";
  instruction.owner = "pf";
  instruction.order = {"shop", "77", "#1"};
  PickSend body;
  body.status = "allocated";
  body.warehouse = "M";
  body.lines = {{"1",
                 "A",
                 Quantity::whole(1),
                 {{"A", {lot}, Quantity::whole(1), std::nullopt, "M", std::nullopt}}}};
  instruction.body = body;
  return write_instruction(instruction);
}

TEST(Pick, IsAFileForEachVersion) {
  const TemporaryFolder folder;
  Connector connector(local(folder));
  const auto run = connector.replay.run("pick.send/1", pick(1, "L1"));
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_THAT(run.result, HasSubstr("pick_pf_1_77_v1.csv"));
  EXPECT_EQ(connector.replay.run("pick.send/1", pick(1, "L1")).status, LB_OK)
      << "again does no harm";
  EXPECT_EQ(connector.replay.run("pick.send/1", pick(2, "L2")).status, LB_OK);
  EXPECT_THAT(folder.names("out"), ElementsAre("pick_pf_1_77_v1.csv", "pick_pf_1_77_v2.csv"));
  EXPECT_THAT(folder.get("out/pick_pf_1_77_v2.csv"), HasSubstr(",L2,"));
}

TEST(Sftp, TheSameEndToEnd) {
  const TemporaryFolder own;
  const TemporaryFolder folder;
  const host::TestSshd sshd(own.path);
  if (!sshd.started()) GTEST_SKIP() << "sshd is missing or does not start";
  folder.put("in/receipts-1.csv", kReceipts);
  Connector connector(sshd.drop(folder.path), "", {{"sftp_key", sshd.private_key()}});
  const auto run = connector.replay.pull("receipts.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_THAT(ids(run), ElementsAre("R-1", "R-3"));
  EXPECT_THAT(folder.names("done"), ElementsAre("receipts-1.csv", "receipts-1.csv.report.json",
                                                "receipts-1.csv.report.txt"));
  EXPECT_THAT(folder.names("in"), IsEmpty());
  EXPECT_EQ(connector.replay.run("pick.send/1", pick(1, "L1")).status, LB_OK);
  EXPECT_THAT(folder.names("out"), ElementsAre("pick_pf_1_77_v1.csv"));
}

}  // namespace
}  // namespace lotbridge
