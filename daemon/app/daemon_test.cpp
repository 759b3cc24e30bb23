// The real program as a child: usage and exit codes, start, reload, restart and stop.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "daemon/api/server_test_client.hpp"

namespace lotbridge::app {
namespace {

using namespace std::chrono_literals;
using api::TestClient;
using testing::HasSubstr;
using testing::Not;

const std::string kFirst = "first-token-0123456789abcdef";
const std::string kSecond = "second-token-0123456789abcdef";

class DaemonTest : public testing::Test {
 protected:
  DaemonTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lotbridged-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    write("token", kFirst);
    write("lotbridge.yaml", R"(listen: 127.0.0.1:0
store: sqlite:lotbridge.db
testing: {clock: "2026-03-10T12:00:00Z"}
warehouses: [{name: MAD1, time_zone: Europe/Madrid}]
owners: [{name: acme}]
tokens: [{name: ops, token: {file: token}, owners: [acme], scopes: [admin]}]
)");
  }
  ~DaemonTest() override {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
    std::filesystem::remove_all(folder_);
  }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    std::filesystem::permissions(
        folder_ / name, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  std::string log() const {
    std::ifstream in(folder_ / "log");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  void spawn(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), LOTBRIDGED);
    std::vector<char*> pointers;
    for (auto& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    const std::string out = folder_ / "log";
    std::filesystem::remove(out);  // what the child before it said is not this one's
    child_ = ::fork();
    if (child_ == 0) {
      if (std::freopen(out.c_str(), "w", stderr) == nullptr) ::_exit(126);
      ::dup2(STDERR_FILENO, STDOUT_FILENO);
      ::execv(pointers[0], pointers.data());
      ::_exit(127);
    }
  }
  int wait() {
    int state = 0;
    ::waitpid(child_, &state, 0);
    child_ = 0;
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
  }
  int run(std::vector<std::string> arguments) {
    spawn(std::move(arguments));
    return wait();
  }
  void wait_for(const std::string& text) {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (log().find(text) == std::string::npos && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(5ms);
    }
    ASSERT_THAT(log(), HasSubstr(text));
  }
  std::uint16_t start() {
    spawn({"--config", folder_ / "lotbridge.yaml"});
    wait_for("\"listening\"");
    const std::string text = log();
    return static_cast<std::uint16_t>(std::stoi(text.substr(text.find("\"port\":") + 7)));
  }
  static int status(std::uint16_t port, const std::string& token) {
    return TestClient(port).get("/v1/items", "Authorization: Bearer " + token + "\r\n").status;
  }

  std::filesystem::path folder_;
  pid_t child_ = 0;
};

TEST_F(DaemonTest, CheckSaysWhetherTheConfigurationIsValid) {
  EXPECT_EQ(run({"--config", folder_ / "lotbridge.yaml", "--check"}), 0);
  EXPECT_THAT(log(), HasSubstr("is valid: 1 warehouses, 1 owners, 0 connectors"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "lotbridge.db"));
  write("bad.yaml", "listen: nowhere\nstore: sqlite:x\n");
  EXPECT_EQ(run({"--config", folder_ / "bad.yaml", "--check"}), 2);
  EXPECT_THAT(log(), HasSubstr("bad.yaml:1:9: `listen`"));
  EXPECT_THAT(log(), HasSubstr("`warehouses` is missing"));
}

TEST_F(DaemonTest, WrongUsageIsTwo) {
  EXPECT_EQ(run({}), 2);
  EXPECT_EQ(run({"--confg", "x"}), 2);
  EXPECT_EQ(run({"--config", folder_ / "none.yaml"}), 2);
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_EQ(run({"--restore-check", folder_ / "none.db"}), 1);
}

TEST_F(DaemonTest, ReloadsTokensAndStopsCleanly) {
  const auto port = start();
  EXPECT_EQ(status(port, kFirst), 200);
  EXPECT_EQ(status(port, kSecond), 401);
  write("token", kSecond);
  ::kill(child_, SIGHUP);
  wait_for("tokens reloaded");
  EXPECT_EQ(status(port, kFirst), 401);
  EXPECT_EQ(status(port, kSecond), 200);
  write("token", "");
  ::kill(child_, SIGHUP);
  wait_for("was not reloaded");
  EXPECT_EQ(status(port, kSecond), 200);
  ::kill(child_, SIGTERM);
  EXPECT_EQ(wait(), 0);
  EXPECT_THAT(log(), HasSubstr("\"stopped\""));
  EXPECT_THAT(log(), HasSubstr("the clock stands still"));
  EXPECT_THAT(log(), Not(HasSubstr(kFirst)));
  EXPECT_THAT(log(), Not(HasSubstr(kSecond)));
}

TEST_F(DaemonTest, TakesConnectorsInAndGivesThemUpWithoutARestart) {
  std::ifstream in(folder_ / "lotbridge.yaml");
  const std::string without((std::istreambuf_iterator<char>(in)), {});
  const auto with = [&](const std::string& mode) {
    return without + "connector_path: [" + LOTBRIDGE_CONNECTORS + R"(]
connectors:
  - name: shop
    type: acme
    owner: acme
    mode: )" +
           mode + R"(
    settings: {shop: demo, base_url: "http://127.0.0.1:9"}
    secrets: {token: {file: token}, webhook: {file: token}}
)";
  };
  const std::string token = "Authorization: Bearer " + kFirst + "\r\n";
  const auto port = start();
  const auto connectors = [&] { return TestClient(port).get("/v1/connectors", token).body; };
  EXPECT_THAT(connectors(), HasSubstr(R"("data":[])"));

  const auto becomes = [&](const std::string& configuration, const std::string& text) {
    write("lotbridge.yaml", configuration);
    ::kill(child_, SIGHUP);
    for (int n = 0; n < 1000 && connectors().find(text) == std::string::npos; ++n)
      std::this_thread::sleep_for(10ms);
    EXPECT_THAT(connectors(), HasSubstr(text)) << log();
  };
  becomes(with("observe"), R"("mode":"observe")");
  EXPECT_THAT(connectors(), HasSubstr(R"("isolation":"process")"));
  becomes(with("live"), R"("mode":"live")");
  becomes(without, R"("data":[])");
  // What is wrong changes nothing.
  becomes(with("live"), R"("mode":"live")");
  write("lotbridge.yaml", with("live") + "    no_such_key: 1\n");
  ::kill(child_, SIGHUP);
  wait_for("was not reloaded");
  EXPECT_THAT(connectors(), HasSubstr(R"("mode":"live")"));
  ::kill(child_, SIGTERM);
  EXPECT_EQ(wait(), 0);
}

TEST_F(DaemonTest, KeepsWhatWasAcknowledged) {
  auto port = start();
  const std::string token = "Authorization: Bearer " + kFirst + "\r\n";
  EXPECT_EQ(TestClient(port).post("/v1/items", R"({"sku":"A","name":"Apple"})", token).status, 200);
  ::kill(child_, SIGKILL);
  wait();
  port = start();
  const auto reply = TestClient(port).get("/v1/items/A", token);
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr("Apple"));
  const auto again = TestClient(port).post("/v1/items", R"({"sku":"A","name":"Apple"})", token);
  EXPECT_THAT(again.body, HasSubstr(R"("outcome":"duplicate")"));
}

}  // namespace
}  // namespace lotbridge::app
