// The whole host over a real connector file, a scripted platform on loopback and an engine that
// only remembers.
#include "daemon/host/host.hpp"

#include <unistd.h>

#include <atomic>
#include <filesystem>

#include <gmock/gmock.h>
#include <lotbridge/cassette.hpp>
#include <lotbridge/instructions.hpp>
#include <lotbridge/json.hpp>

#include "daemon/host/secrets.hpp"
#include "daemon/host/testing/fake_engine.hpp"
#include "daemon/host/testing/scripted_platform.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using testing::FakeEngine;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::Received;
using testing::Scripted;
using testing::ScriptedPlatform;

class MovingClock final : public engine::Clock {
 public:
  Timestamp now() const override { return Timestamp{ms.load()}; }
  std::atomic<std::int64_t> ms{Timestamp::parse("2026-05-16T09:00:00Z")->ms};
};

std::string order(const std::string& id, const std::string& more = "") {
  return R"({"id": ")" + id + R"(", "created": "2026-05-16T08:00:00Z", )" + more +
         R"("lines": [{"id": "1", "sku": "GYP-500", "qty": 2}]})";
}
std::string page(const std::string& orders, const std::string& next = "") {
  return R"({"orders": [)" + orders + R"(], "next": ")" + next + "\"}";
}

class HostTest : public ::testing::Test {
 protected:
  HostTest() {
    settings_.connector_path = {LOTBRIDGE_TEST_CONNECTORS};
    settings_.threads = 4;
    settings_.first_retry_pause_ms = 2;
    ConnectorConfig config;
    config.name = "acme-eu";
    config.type = "acme";
    config.owner = "pure-fresh";
    config.live = true;
    config.settings = R"({"shop": "demo"})";
    config.secrets = {{"token", "t-1-canary"}, {"webhook", "hook-secret"}};
    config.base_url = platform_.url();
    settings_.connectors = {config};
    platform_.otherwise([this](const Received& request) { return answer(request); });
  }
  ~HostTest() override {
    if (host_) host_->stop();
  }

  Scripted answer(const Received& request) {
    if (request.target == "/shop") return {check_code_.load(), R"({"name": "Demo shop"})"};
    if (request.target.starts_with("/orders?")) {
      const std::lock_guard lock(mutex_);
      return orders_;
    }
    return {write_code_.load(), "{}"};
  }
  void set_orders(Scripted scripted) {
    const std::lock_guard lock(mutex_);
    orders_ = std::move(scripted);
  }

  void start() {
    auto opened = Host::open(settings_, engine_, clock_);
    ASSERT_TRUE(opened.ok()) << opened.problem().detail;
    host_ = std::move(*opened);
    host_->start();
  }
  ConnectorHealth health() const { return host_->health().at(0); }
  OperationHealth health_of(const std::string& operation) const {
    for (const auto& one : health().operations) {
      if (one.operation == operation) return one;
    }
    return {};
  }
  template <typename Condition>
  static bool eventually(Condition condition) {
    for (int n = 0; n < 500; ++n) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  bool state_is(const std::string& state) {
    return eventually([&] { return health().state == state; });
  }

  engine::Instruction stamp() const {
    Instruction instruction;
    instruction.key = "k-1";
    instruction.version = 1;
    instruction.connector = "acme-eu";
    instruction.owner = "pure-fresh";
    instruction.order = {"acme-eu", "1001", std::nullopt};
    instruction.body = LotsWrite{};
    engine::Instruction out;
    out.operation = "lots.write/1";
    out.body = write_instruction(instruction);
    out.key = "k-1";
    return out;
  }

  std::mutex mutex_;
  Scripted orders_{200, page("")};
  std::atomic<int> check_code_{200}, write_code_{200};
  FakeEngine engine_;
  MovingClock clock_;
  HostSettings settings_;
  std::unique_ptr<Host> host_;
  ScriptedPlatform platform_;  // last: its threads use what stands above
};

TEST_F(HostTest, ChecksTheAccountThenPullsOnSchedule) {
  set_orders({200, page(order("1") + "," + order("2"))});
  start();
  ASSERT_TRUE(engine_.wait([&] { return engine_.documents().size() == 2; }));
  ASSERT_TRUE(eventually([&] { return health_of("orders.pull/1").runs == 1; }));
  EXPECT_EQ(health().state, "ready");
  EXPECT_EQ(health().account, "Demo shop");
  EXPECT_EQ(engine_.documents()[0].owner, "pure-fresh");
  EXPECT_EQ(engine_.documents()[0].source, "acme-eu");
  EXPECT_EQ(platform_.received().at(0).headers.at("authorization"), "Bearer t-1-canary");
  EXPECT_EQ(health_of("orders.pull/1").next_at, Timestamp{clock_.ms + 300'000});

  // Nothing more before its time, then again; the clock of the daemon decides.
  clock_.ms += 299'000;
  engine_.wake();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(health_of("orders.pull/1").runs, 1u);
  clock_.ms += 2'000;
  engine_.wake();
  EXPECT_TRUE(eventually([&] { return health_of("orders.pull/1").runs == 2; }));
}

TEST_F(HostTest, StoresACursorWithItsPageAndGoesOnFromIt) {
  platform_.otherwise([this](const Received& request) -> Scripted {
    if (request.target == "/orders?after=") return {200, page(order("1"), "p2")};
    if (request.target == "/orders?after=p2") return {500, "later"};
    return answer(request);
  });
  start();
  ASSERT_TRUE(eventually([&] { return health_of("orders.pull/1").runs == 1; }));
  EXPECT_EQ(health_of("orders.pull/1").status, "retry");
  EXPECT_EQ(engine_.cursors["orders.pull/1"], "\"p2\"");
  EXPECT_EQ(engine_.documents().size(), 1u);
  clock_.ms += 6'000;  // after the first pause
  ASSERT_TRUE(eventually([&] { return health_of("orders.pull/1").runs == 2; }));
  EXPECT_EQ(engine_.documents().size(), 1u);
}

TEST_F(HostTest, ABadRecordIsKeptAloneWithItsReason) {
  set_orders({200, page(order("1") + R"(,{"id": "2", "created": "yesterday", "lines": []},)" +
                        order("3"))});
  start();
  ASSERT_TRUE(engine_.wait([&] { return engine_.documents().size() == 2; }));
  const auto bad = engine_.unreadable();
  ASSERT_EQ(bad.size(), 1u);
  EXPECT_EQ(bad[0].id, "2");
  EXPECT_EQ(bad[0].kind, "order/1");
  EXPECT_EQ(bad[0].owner, "pure-fresh");
  EXPECT_EQ(bad[0].origin, "orders.pull/1");
  EXPECT_EQ(bad[0].problem.errors.at(0).pointer, "/created");
}

TEST_F(HostTest, ACustomerCodeThatIsNotMappedIsRefused) {
  settings_.connectors[0].owner.clear();
  settings_.connectors[0].owners = {{"ACME", "acme-foods"}};
  set_orders({200, page(order("1"))});
  start();
  ASSERT_TRUE(engine_.wait([&] { return engine_.unreadable().size() == 1; }));
  EXPECT_EQ(engine_.unreadable()[0].problem.code, "unknown_owner");
}

TEST_F(HostTest, RefusedCredentialsPauseTheAccountAndNothingElse) {
  check_code_ = 401;
  ConnectorConfig other = settings_.connectors[0];
  other.name = "acme-us";
  settings_.connectors.push_back(other);
  start();
  ASSERT_TRUE(state_is("paused"));
  EXPECT_THAT(health().reason, HasSubstr("refuses our credentials"));
  EXPECT_EQ(health_of("orders.pull/1").runs, 0u);

  // Mended: the next look finds it working.
  check_code_ = 200;
  host_->poll_now("acme-eu");
  EXPECT_TRUE(state_is("ready"));
  EXPECT_FALSE(host_->poll_now("nobody"));
}

TEST_F(HostTest, APlatformThatIsDownAtTheStartBlocksNothing) {
  settings_.connectors[0].base_url = testing::closed_url();
  start();
  engine_.add_hook({"acme-eu", "d-1", "orders/create", "{}", order("7")});
  ASSERT_TRUE(engine_.wait([&] { return engine_.documents().size() == 1; }));
  EXPECT_EQ(engine_.documents()[0].id, "7");
  EXPECT_NE(engine_.batches.at(0).inbox_id, 0);
  EXPECT_EQ(health().state, "starting");
}

TEST_F(HostTest, WebhooksCloseTheirInboxRowOrSayWhy) {
  start();
  for (int n = 0; n < 150; ++n) {
    engine_.add_hook(
        {"acme-eu", "d-" + std::to_string(n), "orders/create", "{}", order(std::to_string(n))});
  }
  ASSERT_TRUE(engine_.wait([&] { return engine_.documents().size() == 150; }));
  engine_.add_hook({"acme-eu", "d-x", "orders/create", "{}", "this is no JSON"});
  ASSERT_TRUE(engine_.wait([&] { return engine_.failed.size() == 1; }));
  EXPECT_FALSE(engine_.failed[0].retry);
  EXPECT_THAT(engine_.failed[0].error, HasSubstr("JSON"));
}

TEST_F(HostTest, VerifiesHooksOnTheRawBytes) {
  start();
  const std::string body = order("7");
  std::map<std::string, std::string> headers = {
      {"x-acme-hmac", base64(hmac("sha256", "hook-secret", body))},
      {"x-acme-topic", "orders/create"},
      {"x-acme-delivery", "d-1"},
      {"authorization", "x"}};
  const HookVerdict verdict = host_->verify_hook("acme-eu", headers, body);
  ASSERT_EQ(verdict.kind, HookVerdict::Kind::accepted) << verdict.reason;
  EXPECT_EQ(verdict.delivery.delivery, "d-1");
  EXPECT_EQ(verdict.delivery.topic, "orders/create");
  EXPECT_EQ(verdict.delivery.headers_json,
            R"({"x-acme-delivery":"d-1","x-acme-topic":"orders/create"})");
  EXPECT_EQ(host_->verify_hook("acme-eu", headers, body + " ").kind, HookVerdict::Kind::refused);
  EXPECT_EQ(host_->verify_hook("nobody", headers, body).kind, HookVerdict::Kind::unknown_connector);
  EXPECT_EQ(health().webhooks_refused, 1u);
}

TEST_F(HostTest, CarriesInstructionsOutAndSettlesThem) {
  start();
  ASSERT_TRUE(state_is("ready"));
  engine_.add_instruction(stamp());
  ASSERT_TRUE(engine_.wait([&] { return engine_.settled.size() == 1; }));
  using Kind = engine::InstructionResult::Kind;
  EXPECT_EQ(engine_.settled[0].result.kind, Kind::delivered);
  EXPECT_EQ(engine_.settled[0].result.result_json, R"({"refs":{"order":"1001"}})");

  const std::vector<std::pair<int, Kind>> cases = {
      {500, Kind::retry}, {409, Kind::retry}, {422, Kind::dead}, {429, Kind::retry}};
  std::size_t n = 1;
  for (const auto& [code, kind] : cases) {
    write_code_ = code;
    engine_.add_instruction(stamp());
    ASSERT_TRUE(engine_.wait([&] { return engine_.settled.size() == n + 1; })) << code;
    EXPECT_EQ(engine_.settled[n].result.kind, kind) << code;
    EXPECT_THAT(engine_.settled[n].result.error, HasSubstr(std::to_string(code)));
    ++n;
  }
}

TEST_F(HostTest, AnInstructionInObserveModeIsNeverSent) {
  settings_.connectors[0].live = false;
  start();
  ASSERT_TRUE(state_is("ready"));
  engine_.add_instruction(stamp());
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  for (const Received& request : platform_.received()) EXPECT_EQ(request.method, "GET");
}

TEST_F(HostTest, NothingIsLostWhenTheStoreIsFull) {
  set_orders({200, page(order("1"), "")});
  engine_.refuse_batches = true;
  start();
  ASSERT_TRUE(eventually([&] { return health_of("orders.pull/1").runs == 1; }));
  EXPECT_EQ(health_of("orders.pull/1").status, "retry");
  EXPECT_TRUE(engine_.wait([&] {
    engine_.refuse_batches = false;
    return true;
  }));
  clock_.ms += 6'000;
  EXPECT_TRUE(engine_.wait([&] { return engine_.documents().size() == 1; }));
}

TEST_F(HostTest, ReloadChangesOnlyWhatChanged) {
  start();
  ASSERT_TRUE(state_is("ready"));
  ConnectorConfig second = settings_.connectors[0];
  second.name = "acme-us";
  EXPECT_EQ(host_->reload({settings_.connectors[0], second}), std::nullopt);
  EXPECT_EQ(host_->health().size(), 2u);
  EXPECT_EQ(host_->health()[0].state, "ready");

  ConnectorConfig broken = second;
  broken.settings = "{}";
  const auto refused = host_->reload({broken});
  ASSERT_TRUE(refused);
  EXPECT_THAT(refused->detail, HasSubstr("/settings/shop"));
  EXPECT_EQ(host_->health().size(), 2u);

  EXPECT_EQ(host_->reload({second}), std::nullopt);
  EXPECT_EQ(host_->health().at(0).name, "acme-us");
}

TEST_F(HostTest, StopsPromptlyInTheMiddleOfARequest) {
  set_orders({.way = Scripted::Way::hang});
  start();
  ASSERT_TRUE(eventually([&] { return platform_.received().size() == 2; }));
  const auto from = std::chrono::steady_clock::now();
  host_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - from, std::chrono::seconds(3));
}

TEST_F(HostTest, KeepsARecordingThatHoldsNoSecret) {
  const auto folder =
      std::filesystem::temp_directory_path() / ("lotbridge-recording-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  settings_.record_folder = folder;
  set_orders({200, page(order("1", R"("email": "ann@example.org", )"))});
  start();
  EXPECT_TRUE(eventually([&] { return health_of("orders.pull/1").runs == 1; }));
  host_->stop();
  const auto tape = Cassette::load(folder / "acme-eu.yaml");
  ASSERT_TRUE(tape.ok()) << tape.problem().detail;
  ASSERT_EQ(tape->exchanges.size(), 2u);
  EXPECT_EQ(tape->exchanges[1].request.url, "https://demo.acme.example/orders?after=");
  EXPECT_THAT(tape->write(), Not(HasSubstr("t-1-canary")));
  EXPECT_THAT(tape->write(), Not(HasSubstr("ann@")));
  std::filesystem::remove_all(folder);
}

TEST_F(HostTest, NoSecretIsLogged) {
  std::mutex mutex;
  std::string lines;
  log::setup(log::Level::trace);
  log::divert([&](std::string_view line) {
    const std::lock_guard lock(mutex);
    lines += line;
  });
  set_orders({500, "t-1-canary"});
  start();
  EXPECT_TRUE(eventually([&] { return health_of("orders.pull/1").runs == 1; }));
  host_->stop();
  log::divert({});
  log::setup(log::Level::warning);
  EXPECT_THAT(lines, HasSubstr("orders.pull/1"));
  EXPECT_THAT(lines, Not(HasSubstr("t-1-canary")));
  EXPECT_THAT(lines, Not(HasSubstr("hook-secret")));
}

TEST_F(HostTest, InspectAndCheckConfigSayWhatIsWrong) {
  const auto inspected = inspect(settings_.connector_path, "acme");
  ASSERT_TRUE(inspected.ok()) << inspected.problem().detail;
  EXPECT_THAT(inspected->instructions, ElementsAre("lots.write/1"));
  EXPECT_THAT(inspected->operations, Contains("orders.pull/1"));
  EXPECT_TRUE(check_config(*inspected, settings_.connectors[0]).empty());
  ConnectorConfig bad = settings_.connectors[0];
  bad.settings = R"({"shop": "No Shop", "shpo": 1})";
  bad.secrets = {{"token", "t"}, {"tokn", "t"}};
  bad.base_url = "nonsense";
  bad.owners = {{"A", "a"}};
  std::vector<std::string> pointers;
  for (const auto& fault : check_config(*inspected, bad)) pointers.push_back(fault.pointer);
  EXPECT_THAT(pointers, ElementsAre("/settings/shop", "/settings/shpo", "/secrets/tokn",
                                    "/secrets/webhook", "/settings/base_url", "/owner"));
  EXPECT_THAT(inspect({"/nowhere"}, "acme").problem().detail, HasSubstr("acme/acme.so"));
  EXPECT_FALSE(inspect(settings_.connector_path, "../acme").ok());
}

}  // namespace
}  // namespace lotbridge::host
