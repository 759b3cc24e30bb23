// SFTP drops against OpenSSH's own server on the loopback.
#include <gmock/gmock.h>

#include "daemon/host/files_drop.hpp"
#include "daemon/host/files_test_drop.hpp"
#include "daemon/host/files_test_sshd.hpp"

namespace lotbridge::host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SftpDrop : public testing::Test {
 protected:
  void SetUp() override {
    if (!sshd_.started()) GTEST_SKIP() << "sshd is missing or does not start";
  }
  std::string settings() const { return R"({"drop": )" + sshd_.drop(folder_.path) + "}"; }
  std::map<std::string, std::string> key() const { return {{"sftp_key", sshd_.private_key()}}; }

  TemporaryFolder own_, folder_;
  TestSshd sshd_{own_.path};
};

TEST_F(SftpDrop, DoesWhatALocalOneDoes) {
  folder_.put("in/b 'quoted\" name.csv", "abc");
  folder_.put("in/a.csv", "");
  folder_.put("in/c.csv.tmp", "x");
  UsedDrop drop(settings(), key());
  ASSERT_EQ(drop.problem, "");
  ASSERT_THAT(drop.list(), ElementsAre("a.csv", "b 'quoted\" name.csv")) << drop.message;
  EXPECT_EQ(drop.lengths["a.csv"], 0U);
  EXPECT_EQ(drop.read("b 'quoted\" name.csv"), "abc") << drop.message;
  EXPECT_EQ(drop.read("a.csv"), "") << drop.message;
  EXPECT_EQ(drop.finish("b 'quoted\" name.csv", "done"), LB_OK) << drop.message;
  EXPECT_EQ(drop.finish("a.csv", "failed"), LB_OK) << drop.message;
  EXPECT_EQ(drop.finish("a.csv", "failed"), LB_OK) << "again, as after a crash";
  EXPECT_EQ(folder_.get("done/b 'quoted\" name.csv"), "abc");
  EXPECT_EQ(folder_.get("done/b 'quoted\" name.csv.report.txt"), "said");
  EXPECT_THAT(folder_.names("failed"),
              ElementsAre("a.csv", "a.csv.report.json", "a.csv.report.txt"));
  EXPECT_THAT(folder_.names("in"), ElementsAre("c.csv.tmp"));
  drop.read("gone.csv");
  EXPECT_EQ(drop.status, LB_CONFLICT);
}

TEST_F(SftpDrop, ANameThatComesAgainKeepsTheOldFile) {
  UsedDrop drop(settings(), key());
  for (const char* content : {"one", "two", "two"}) {
    folder_.put("in/a.csv", content);
    drop.read("a.csv");
    ASSERT_EQ(drop.finish("a.csv", "done"), LB_OK) << drop.message;
  }
  EXPECT_EQ(folder_.get("done/a.csv"), "one");
  EXPECT_EQ(folder_.get("done/a-" + sha256_hex("two").substr(0, 12) + ".csv"), "two");
  EXPECT_EQ(folder_.names("done").size(), 6U);
}

TEST_F(SftpDrop, WritesWholeAndReplaces) {
  UsedDrop drop(settings(), key());
  const std::string large(300'000, 'x');
  EXPECT_EQ(drop.write("p.csv", "one"), LB_OK) << drop.message;
  EXPECT_EQ(drop.write("p.csv", "one"), LB_OK) << drop.message;
  EXPECT_EQ(drop.write("p.csv", large), LB_OK) << drop.message;
  EXPECT_EQ(folder_.get("out/p.csv"), large);
  EXPECT_THAT(folder_.names("out"), ElementsAre("p.csv"));
}

TEST_F(SftpDrop, TheInboundFolderMayBeTheRoot) {
  folder_.put("a.csv", "x");
  std::string drop_settings = settings();
  drop_settings.insert(drop_settings.size() - 2, R"(, "in": "")");
  UsedDrop drop(drop_settings, key());
  EXPECT_THAT(drop.list(), ElementsAre("a.csv")) << drop.message;
  EXPECT_EQ(drop.read("a.csv"), "x");
  EXPECT_EQ(drop.finish("a.csv", "done"), LB_OK) << drop.message;
  EXPECT_EQ(folder_.get("done/a.csv"), "x");
}

TEST_F(SftpDrop, LimitsWhatItReads) {
  folder_.put("in/a.csv", std::string(200'000, 'x'));
  std::string drop_settings = settings();
  drop_settings.insert(drop_settings.size() - 2, R"(, "max_bytes": 100000)");
  UsedDrop drop(drop_settings, key());
  drop.read("a.csv");
  EXPECT_EQ(drop.status, LB_BAD_RECORD);
  EXPECT_EQ(drop.finish("a.csv", "failed"), LB_OK) << drop.message;
}

TEST_F(SftpDrop, AStrangerGetsNothing) {
  folder_.put("in/a.csv", "x");
  std::string other = settings();
  const std::size_t at = other.find("SHA256:") + 7;
  other.replace(at, 43, std::string(43, 'A'));
  UsedDrop drop(other, key());
  EXPECT_THAT(drop.list(), ElementsAre("status " + std::to_string(LB_CONFIG)));
  EXPECT_THAT(drop.message, HasSubstr(sshd_.fingerprint()));
  EXPECT_EQ(drop.write("p.csv", "x"), LB_CONFIG);
  EXPECT_FALSE(folder_.has("out/p.csv"));
}

TEST_F(SftpDrop, AWrongKeyIsACredentialThatIsRefused) {
  const TemporaryFolder elsewhere;
  const TestSshd other(elsewhere.path);
  UsedDrop drop(settings(), {{"sftp_key", other.private_key()}});
  EXPECT_THAT(drop.list(), ElementsAre("status " + std::to_string(LB_AUTH))) << drop.message;
  EXPECT_THAT(drop.message, testing::Not(HasSubstr("PRIVATE KEY")));
}

TEST_F(SftpDrop, SurvivesAServerThatGoesAwayAndComesBack) {
  folder_.put("in/a.csv", "x");
  UsedDrop drop(settings(), key());
  ASSERT_THAT(drop.list(), ElementsAre("a.csv")) << drop.message;
  sshd_.restart();
  ASSERT_TRUE(sshd_.started());
  EXPECT_THAT(drop.list(), ElementsAre("a.csv")) << drop.message;
}

TEST_F(SftpDrop, NobodyThereIsWorthAnotherTry) {
  std::string nobody = settings();
  nobody.replace(nobody.find(std::to_string(sshd_.port())), std::to_string(sshd_.port()).size(),
                 "1");
  UsedDrop drop(nobody, key());
  EXPECT_THAT(drop.list(), ElementsAre("status " + std::to_string(LB_RETRY)));
}

}  // namespace
}  // namespace lotbridge::host
