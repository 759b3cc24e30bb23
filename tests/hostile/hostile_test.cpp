// One process per connector: what a hostile one can do to it, and what is said about it afterwards.
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>

#include "daemon/host/child.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
namespace fs = std::filesystem;

// A host that remembers what it was told.
class Listener final : public detail::HostCall {
 public:
  lb_status http(const lb_http_request&, const lb_http_response**) override { return LB_RETRY; }
  lb_status emit(std::string_view, std::string_view json) override {
    if (++records > most) return LB_BUG;
    last = json;
    return LB_OK;
  }
  lb_status checkpoint(std::string_view json) override {
    cursor = json;
    return LB_OK;
  }
  lb_status result(std::string_view json) override {
    answer = json;
    return LB_OK;
  }
  lb_status fail(const lb_error& error) override {
    message = detail::view_of(error.message);
    return error.status;
  }
  void log(std::int32_t, std::string_view) override {}
  std::int64_t now_ms() override { return 0; }
  lb_status sleep(std::uint64_t) override { return LB_OK; }
  lb_status random(void*, std::size_t) override { return LB_OK; }
  bool cancelled() override { return std::chrono::steady_clock::now() >= until; }
  lb_status hmac(std::string_view, std::string_view, std::string_view, std::uint8_t*,
                 std::size_t*) override {
    return LB_RETRY;
  }

  std::size_t records = 0, most = 200'000;
  std::string last, cursor, answer, message;
  std::chrono::steady_clock::time_point until =
      std::chrono::steady_clock::now() + std::chrono::seconds(30);
};

class Hostile : public ::testing::Test {
 protected:
  Hostile() {
    start_.limits.memory_bytes = 256U << 20U;
    start_.limits.cpu_ms = 300;
    start_.limits.grace_ms = 200;
    log::setup(log::Level::info);
    log::divert([this](std::string_view line) { log_ += std::string(line) + "\n"; });
  }
  ~Hostile() override { log::divert({}); }

  Result<std::unique_ptr<Child>> start(const std::string& id) {
    start_.file = std::string(HOSTILE_CONNECTORS) + "/" + id + "/" + id + ".so";
    start_.connector = id;
    return Child::start(start_);
  }

  // Starts it, opens it, lets it misbehave.
  lb_status misbehave(const std::string& id) {
    auto child = start(id);
    if (!child.ok()) {
      host_.message = child.problem().detail;
      return LB_BUG;
    }
    child_ = std::move(*child);
    const lb_status opened = child_->open("{}", nullptr, host_);
    if (opened != LB_OK) return opened;
    return child_->run({"orders.pull/1", "{}", 0, false}, host_);
  }

  // The walls that this machine permits; without them a test can only show that it is said.
  bool walls() { return child_ && child_->hello().missing.empty(); }

  ChildStart start_;
  std::unique_ptr<Child> child_;
  Listener host_;
  std::string log_;
};

TEST_F(Hostile, TheControlIsLeftAlone) {
  EXPECT_EQ(misbehave("friendly"), LB_OK) << host_.message;
  EXPECT_EQ(host_.records, 1u);
  EXPECT_EQ(host_.cursor, "\"1\"");
  EXPECT_TRUE(child_->alive());
  EXPECT_THAT(child_->hello().operations,
              ::testing::ElementsAre("account.check/1", "orders.pull/1"));
}

TEST_F(Hostile, WhatTheMachineDoesNotPermitIsSaidAloud) {
  ASSERT_EQ(misbehave("friendly"), LB_OK);
  // Either all walls stand and Landlock told its version, or the missing ones are named.
  if (child_->hello().missing.empty()) {
    EXPECT_GE(child_->hello().landlock_abi, 1);
  } else {
    EXPECT_THAT(child_->hello().missing,
                ::testing::AnyOf(HasSubstr("Landlock"), HasSubstr("seccomp")));
  }
}

TEST_F(Hostile, ACrashEndsOneProcessAndIsNamed) {
  EXPECT_EQ(misbehave("crash"), LB_BUG);
  EXPECT_THAT(host_.message, AllOf(HasSubstr("signal 11"), HasSubstr("in orders.pull/1")));
  EXPECT_FALSE(child_->alive());
  // Asked again it says the same, and nothing hangs.
  EXPECT_EQ(child_->run({"orders.pull/1", "{}", 0, false}, host_), LB_BUG);
}

TEST_F(Hostile, AnAbortKeepsItsLastWords) {
  EXPECT_EQ(misbehave("abort"), LB_BUG);
  EXPECT_THAT(host_.message, AllOf(HasSubstr("signal 6"), HasSubstr("the sky is falling")));
  EXPECT_THAT(log_, HasSubstr("the sky is falling"));
}

TEST_F(Hostile, AnEndlessDescentEndsWithTheStack) {
  EXPECT_EQ(misbehave("stack"), LB_BUG);
  EXPECT_THAT(host_.message, HasSubstr("signal 11"));
}

TEST_F(Hostile, AnEndlessLoopIsStoppedByItsProcessorTime) {
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(misbehave("loop"), LB_BUG);
  EXPECT_THAT(host_.message, HasSubstr("processor time"));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(20));
}

TEST_F(Hostile, OneThatDoesNotEndWhenToldIsEnded) {
  host_.until = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  EXPECT_EQ(misbehave("deaf"), LB_BUG);
  EXPECT_THAT(host_.message, HasSubstr("told to end"));
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_F(Hostile, MemoryEndsAtItsLimit) {
  start_.limits.cpu_ms = 10'000;
  EXPECT_EQ(misbehave("memory"), LB_RETRY);
  EXPECT_EQ(host_.message, "there was no more memory");
  EXPECT_TRUE(child_->alive());
}
#endif

struct Forbidden {
  const char* id;
  const char* words;
};
class ForbiddenDeeds : public Hostile, public ::testing::WithParamInterface<Forbidden> {};

TEST_P(ForbiddenDeeds, EndTheProcessAndAreNamed) {
  EXPECT_EQ(misbehave(GetParam().id), walls()             ? LB_BUG
                                      : host_.records > 0 ? LB_OK
                                                          : LB_BUG)
      << host_.message;
  if (!walls()) GTEST_SKIP() << "this machine lacks walls: " << child_->hello().missing;
  EXPECT_THAT(host_.message, HasSubstr(GetParam().words));
  EXPECT_EQ(host_.records, 0u);
  EXPECT_THAT(log_, Not(HasSubstr("taken over")));
}
INSTANTIATE_TEST_SUITE_P(All, ForbiddenDeeds,
                         ::testing::Values(Forbidden{"socket", "tried to open a socket"},
                                           Forbidden{"file", "tried to open or look at a file"},
                                           Forbidden{"fork",
                                                     "tried to start a process or a thread"},
                                           Forbidden{"thread", "a thread"},
                                           Forbidden{"program", "tried to start a program"},
                                           Forbidden{"killer", "tried to send a signal"}),
                         [](const auto& one) { return std::string(one.param.id); });

TEST_F(Hostile, ForeignCodeIsShutInBeforeItIsLoaded) {
  const auto child = start("early");
  ASSERT_FALSE(child.ok());
  EXPECT_THAT(child.problem().detail, HasSubstr("tried to open a socket"));
}

TEST_F(Hostile, WhileItIsLoadedOnlyLibrariesCanBeRead) {
  ASSERT_EQ(misbehave("peek"), LB_OK) << host_.message;
  if (child_->hello().landlock_abi == 0) GTEST_SKIP() << child_->hello().missing;
  EXPECT_EQ(host_.answer, "\"refused\"");
}

TEST_F(Hostile, GarbageOnTheSocketEndsTheConversation) {
  EXPECT_EQ(misbehave("garbage"), LB_BUG);
  EXPECT_THAT(host_.message, HasSubstr("no frame"));
  EXPECT_FALSE(child_->alive());
}

TEST_F(Hostile, AFrameThatNobodyKnowsEndsTheConversation) {
  EXPECT_EQ(misbehave("liar"), LB_BUG);
  EXPECT_THAT(host_.message, HasSubstr("makes no sense"));
}

TEST_F(Hostile, MegabytesOfOutputBecomeAFewLines) {
  start_.limits.cpu_ms = 10'000;
  EXPECT_EQ(misbehave("printer"), LB_OK) << host_.message;
  EXPECT_THAT(log_, HasSubstr("line 0 of a connector"));
  EXPECT_THAT(log_, HasSubstr("the rest is dropped"));
  EXPECT_LT(log_.size(), 200'000u);
}

TEST_F(Hostile, AMillionRecordsAreCutOff) {
  start_.limits.cpu_ms = 10'000;
  EXPECT_EQ(misbehave("million"), LB_BUG);
  EXPECT_LT(host_.records, 210'000u);
  EXPECT_TRUE(child_->alive());
}

TEST_F(Hostile, NothingOfTheDaemonReachesTheConnector) {
  setenv("LOTBRIDGE_CANARY", "a-secret", 1);
  ASSERT_EQ(misbehave("friendly"), LB_OK);
  const fs::path proc = fs::path("/proc") / std::to_string(child_->pid());
  if (!fs::exists(proc / "fd")) GTEST_SKIP() << "no /proc here";
  std::set<std::string> open;
  for (const auto& entry : fs::directory_iterator(proc / "fd"))
    open.insert(entry.path().filename().string());
  EXPECT_THAT(open, ::testing::ElementsAre("0", "1", "2", "3"));
  std::ifstream environment(proc / "environ");
  const std::string text((std::istreambuf_iterator<char>(environment)), {});
  EXPECT_THAT(text, Not(HasSubstr("a-secret")));
}

TEST_F(Hostile, AProcessThatIsGivenBackIsGone) {
  ASSERT_EQ(misbehave("friendly"), LB_OK);
  const pid_t pid = child_->pid();
  child_.reset();
  EXPECT_EQ(kill(pid, 0), -1);
}

}  // namespace
}  // namespace lotbridge::host
