// The whole host with a hostile connector beside one that works: what it costs, what an operator is
// told, and how it goes on.
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>

#include "daemon/host/host.hpp"
#include "daemon/host/testing/fake_engine.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

using ::testing::AllOf;
using testing::FakeEngine;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

class MovingClock final : public engine::Clock {
 public:
  Timestamp now() const override { return Timestamp{ms.load()}; }
  std::atomic<std::int64_t> ms{Timestamp::parse("2026-05-16T09:00:00Z")->ms};
};

class HostileHost : public ::testing::Test {
 protected:
  HostileHost() {
    settings_.connector_path = {HOSTILE_CONNECTORS};
    settings_.threads = 4;
    settings_.look_at_files_ms = 20;
    log::divert([](std::string_view) {});
  }
  ~HostileHost() override {
    if (host_) host_->stop();
    log::divert({});
  }

  ConnectorConfig config(const std::string& name, const std::string& type) {
    ConnectorConfig out;
    out.name = name;
    out.type = type;
    out.owner = "pure-fresh";
    out.limits.cpu_ms = 300;
    out.limits.grace_ms = 200;
    out.limits.memory_bytes = 256U << 20U;
    return out;
  }
  void start() {
    auto opened = Host::open(settings_, engine_, clock_);
    ASSERT_TRUE(opened.ok()) << opened.problem().detail;
    host_ = std::move(*opened);
    host_->start();
  }
  ConnectorHealth health(const std::string& name) const {
    for (auto& one : host_->health()) {
      if (one.name == name) return one;
    }
    return {};
  }
  std::uint64_t runs(const std::string& name) const {
    for (const auto& one : health(name).operations) {
      if (one.operation == "orders.pull/1") return one.runs;
    }
    return 0;
  }
  // The daemon's clock runs ahead, so that pauses are no waits.
  template <typename Condition>
  bool while_time_passes(Condition condition, std::int64_t step_ms = 1'000) {
    for (int n = 0; n < 5000; ++n) {
      if (condition()) return true;
      clock_.ms += step_ms;
      engine_.wake();
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

  FakeEngine engine_;
  MovingClock clock_;
  HostSettings settings_;
  std::unique_ptr<Host> host_;
};

TEST_F(HostileHost, ACrashCostsOneConnectorAndTheOthersGoOn) {
  settings_.connectors = {config("good", "friendly"), config("bad", "crash")};
  start();
  ASSERT_TRUE(while_time_passes([&] { return health("bad").state == "quarantined"; }));
  EXPECT_EQ(runs("bad"), 3u);
  EXPECT_THAT(health("bad").reason,
              AllOf(HasSubstr("three times in ten minutes"), HasSubstr("signal 11"),
                    HasSubstr("until its file is replaced")));
  EXPECT_TRUE(health("bad").incident_at.has_value());
  EXPECT_THAT(health("bad").incident, HasSubstr("in orders.pull/1"));
  EXPECT_THAT(health("bad").incident_advice, HasSubstr("lotctl connector validate"));

  const std::uint64_t before = runs("good");
  EXPECT_TRUE(while_time_passes([&] { return runs("good") > before + 2; }));
  EXPECT_EQ(health("good").state, "ready");
  EXPECT_THAT(health("good").incident, IsEmpty());
  EXPECT_EQ(runs("bad"), 3u) << "a quarantined connector stays off";
}

TEST_F(HostileHost, ACrashIsTriedAgainAfterAPauseThatGrows) {
  settings_.connectors = {config("bad", "crash")};
  start();
  std::vector<std::int64_t> at;
  ASSERT_TRUE(while_time_passes(
      [&] {
        if (runs("bad") > at.size()) at.push_back(clock_.ms);
        return at.size() == 3;
      },
      250));
  EXPECT_GE(at[1] - at[0], 4'000);
  EXPECT_GE(at[2] - at[1], 14'000);
}

class EachKind : public HostileHost, public ::testing::WithParamInterface<const char*> {};

TEST_P(EachKind, CostsThatConnectorOnlyAndIsExplained) {
  settings_.connectors = {config("bad", GetParam()), config("good", "friendly")};
  start();
  ASSERT_TRUE(while_time_passes([&] { return runs("bad") > 0; }));
  for (const auto& operation : health("bad").operations) {
    if (operation.operation == "orders.pull/1") {
      EXPECT_NE(operation.error, "");
    }
  }
  const std::uint64_t before = runs("good");
  EXPECT_TRUE(while_time_passes([&] { return runs("good") > before; }));
  // Nothing of a failed operation is stored.
  host_->stop();
  for (const auto& batch : engine_.batches) EXPECT_EQ(batch.connector, "good");
}
INSTANTIATE_TEST_SUITE_P(All, EachKind,
                         ::testing::Values("abort", "loop", "socket", "file", "fork", "program",
                                           "garbage", "liar", "million"),
                         [](const auto& one) { return std::string(one.param); });

TEST_F(HostileHost, OneThatCannotEvenBeLoadedIsRefusedWithTheReason) {
  settings_.connectors = {config("bad", "early")};
  const auto opened = Host::open(settings_, engine_, clock_);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.problem().detail, HasSubstr("tried to open a socket"));
}

TEST_F(HostileHost, AnIdleAccountHoldsNoProcess) {
  settings_.idle_process_ms = 1;
  settings_.connectors = {config("good", "friendly")};
  start();
  ASSERT_TRUE(while_time_passes([&] { return runs("good") > 0; }));
  bool gone = false;
  for (int n = 0; n < 300 && !gone; ++n) {
    gone = health("good").processes == 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_TRUE(gone);
  const std::uint64_t before = runs("good");
  EXPECT_TRUE(while_time_passes([&] { return runs("good") > before; })) << "and gets one on demand";
}

TEST_F(HostileHost, AReloadTriesAQuarantinedConnectorAgain) {
  settings_.connectors = {config("bad", "crash")};
  start();
  ASSERT_TRUE(while_time_passes([&] { return health("bad").state == "quarantined"; }));
  ASSERT_FALSE(host_->reload(settings_.connectors));
  EXPECT_TRUE(while_time_passes([&] { return runs("bad") > 0; }));
}

// A connector's folder in which one file can take another's place, as an installer does it.
class Replaced : public HostileHost {
 protected:
  Replaced() {
    folder_ = fs::temp_directory_path() / ("lotbridge-replaced-" + std::to_string(getpid()));
    fs::create_directories(folder_ / "moody");
    fs::permissions(folder_ / "moody", fs::perms::owner_all);
    settings_.connector_path = {folder_.string()};
  }
  ~Replaced() override {
    host_.reset();
    fs::remove_all(folder_);
  }
  void install(const std::string& id) {
    const fs::path from = fs::path(HOSTILE_CONNECTORS) / "moody" / id;
    for (const char* name : {"descriptor.json", "moody.so"}) {
      fs::copy_file(from / name, folder_ / "moody" / (std::string(name) + ".new"),
                    fs::copy_options::overwrite_existing);
      fs::rename(folder_ / "moody" / (std::string(name) + ".new"), folder_ / "moody" / name);
    }
  }
  fs::path folder_;
};

TEST_F(Replaced, ABetterFileIsTakenInWithoutARestart) {
  install("bad");
  settings_.connectors = {config("moody", "moody")};
  start();
  ASSERT_TRUE(while_time_passes([&] { return health("moody").state == "quarantined"; }));
  EXPECT_EQ(health("moody").version, "1.0.0");
  install("good");
  ASSERT_TRUE(while_time_passes([&] { return health("moody").version == "1.0.1"; }));
  EXPECT_TRUE(
      while_time_passes([&] { return health("moody").state == "ready" && runs("moody") > 0; }));
}

TEST_F(Replaced, AFileThatIsRefusedLeavesTheOldOneRunning) {
  install("good");
  settings_.connectors = {config("moody", "moody")};
  start();
  ASSERT_TRUE(while_time_passes([&] { return runs("moody") > 0; }));
  std::ofstream(folder_ / "moody" / "moody.so.new") << "this is no library";
  fs::rename(folder_ / "moody" / "moody.so.new", folder_ / "moody" / "moody.so");
  ASSERT_TRUE(while_time_passes([&] { return !health("moody").file_refused.empty(); }));
  EXPECT_THAT(health("moody").file_refused, HasSubstr("can't be loaded"));
}

}  // namespace
}  // namespace lotbridge::host
