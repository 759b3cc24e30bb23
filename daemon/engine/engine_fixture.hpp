// A real engine on a real store in a temporary folder, for the tests of this room: calls wait for
// their answers.
#pragma once

#include <algorithm>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <lotbridge/records.hpp>

#include "daemon/log/log.hpp"
#include "engine_impl.hpp"
#include "test_clock.hpp"

namespace lotbridge::engine {

class EngineTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::divert([](std::string_view) {});  // faults are made on purpose here
    folder_ = std::filesystem::temp_directory_path() /
              ("lotbridge-engine-" + std::to_string(::getpid()) + "-" +
               file_name(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    clock_ = std::make_unique<TestClock>(*Timestamp::parse("2026-05-16T10:00:00Z"));
  }
  void TearDown() override {
    engine_.reset();
    if (!HasFailure()) std::filesystem::remove_all(folder_);  // else a person looks into it
  }

  static std::string file_name(std::string name) {
    std::replace(name.begin(), name.end(), '/', '-');
    return name;
  }
  std::string store_path() const { return (folder_ / "store.db").string(); }

  virtual Settings settings() const {
    Settings out;
    out.store_path = store_path();
    WarehouseSettings place;
    place.core.name = "MAD1";
    place.time_zone = "Europe/Madrid";
    out.warehouses.push_back(place);
    core::Owner owner;
    owner.name = "pure-fresh";
    out.owners.push_back(owner);
    owner.name = "acme";
    out.owners.push_back(owner);
    return out;
  }

  void open(bool start = true) {
    engine_.reset();
    auto opened = Engine::open(settings(), *clock_);
    ASSERT_TRUE(opened.ok()) << opened.problem().detail;
    engine_ = std::move(*opened);
    impl().stop_ticking();
    if (start) engine_->start();
  }
  EngineImpl& impl() { return static_cast<EngineImpl&>(*engine_); }

  static Document document(DocumentType type, const std::string& json,
                           const std::string& source = "api") {
    auto read = read_document(type, json);
    EXPECT_TRUE(read.ok()) << (read.ok() ? "" : read.problem().detail + json);
    Document out = read.ok() ? std::move(*read) : Document{};
    out.source = source;
    if (out.owner.empty()) out.owner = "pure-fresh";
    return out;
  }

  template <typename Call>
  Answer wait(const Call& call) {
    auto promise = std::make_shared<std::promise<Answer>>();
    auto future = promise->get_future();
    call([promise](Answer answer) { promise->set_value(std::move(answer)); });
    if (future.wait_for(std::chrono::seconds(20)) != std::future_status::ready)
      return Answer{599, "no answer"};
    return future.get();
  }
  Answer post(DocumentType type, const std::string& json, const std::string& source = "api") {
    return wait([&](Done done) {
      engine_->submit(document(type, json, source), Caller{}, std::move(done));
    });
  }
  Refused bring(ConnectorBatch batch) {
    auto promise = std::make_shared<std::promise<Refused>>();
    auto future = promise->get_future();
    engine_->submit_batch(std::move(batch),
                          [promise](Refused refused) { promise->set_value(std::move(refused)); });
    return future.get();
  }
  // Waits until everything that was asked before has been done.
  void settle_all() {
    wait([&](Done done) { engine_->discard_parked(-1, Caller{}, std::move(done)); });
  }

  // The n-th call into the store from now fails (0: none).
  void fail_call(std::int64_t n) {
    std::promise<void> set;
    engine_->ask([&](const core::State&, const core::Context&) {
      impl().writer().fail_call(n);
      set.set_value();
    });
    set.get_future().get();
  }

  // First column of the first row, read beside the engine.
  std::string sql(const std::string& query) const {
    sqlite3* database = nullptr;
    std::string out = "(none)";
    if (sqlite3_open_v2(store_path().c_str(), &database, SQLITE_OPEN_READONLY, nullptr) ==
        SQLITE_OK) {
      sqlite3_stmt* statement = nullptr;
      if (sqlite3_prepare_v2(database, query.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
        out = sqlite3_errmsg(database);
      } else if (sqlite3_step(statement) == SQLITE_ROW &&
                 sqlite3_column_text(statement, 0) != nullptr) {
        out = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      }
      sqlite3_finalize(statement);
    }
    sqlite3_close(database);
    return out;
  }
  void change_store(const std::string& statement) const {
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open(store_path().c_str(), &database), SQLITE_OK);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(database, statement.c_str(), nullptr, nullptr, &error), SQLITE_OK)
        << error;
    sqlite3_close(database);
  }

  // ---- a small dairy
  void stock_dairy() {
    EXPECT_EQ(
        post(DocumentType::item, R"({"sku":"GYP-500","name":"Greek yogurt","shelf_life_days":14})")
            .status,
        200);
    EXPECT_EQ(post(DocumentType::receipt, receipt("R-1", "LOT-B", 100, "2026-05-30")).status, 200);
    EXPECT_EQ(post(DocumentType::receipt, receipt("R-2", "LOT-A", 50, "2026-05-26")).status, 200);
  }
  static std::string receipt(const std::string& id, const std::string& lot, int quantity,
                             const std::string& expiry) {
    return R"({"id":")" + id +
           R"(","warehouse":"MAD1","lines":[{"line":"1","sku":"GYP-500","quantity":)" +
           std::to_string(quantity) + R"(,"lot":")" + lot + R"(","expires_on":")" + expiry +
           R"("}]})";
  }
  static std::string order(const std::string& id, int quantity, int version = 1) {
    return R"({"id":")" + id + R"(","number":"#)" + id + R"(","version":)" +
           std::to_string(version) +
           R"(,"channel":"shopify-eu","ship_on":"2026-05-18",)"
           R"("customer":{"id":"c9","name":"Ana Ruiz","email":"ana@example.org"},)"
           R"("ship_to":{"country":"ES","postal_code":"28001","address1":"Calle Mayor 1","city":"Madrid"},)"
           R"("lines":[{"line":"1","sku":"GYP-500","quantity":)" +
           std::to_string(quantity) + "}]}";
  }
  static std::string dispatch(const std::string& id, const std::string& order, int quantity,
                              const std::string& lots = "null") {
    return R"({"id":")" + id + R"(","order":")" + order +
           R"(","warehouse":"MAD1","carrier":"correos","tracking_number":"X1",)"
           R"("lines":[{"order_line":"1","sku":"GYP-500","quantity":)" +
           std::to_string(quantity) + R"(,"lots":)" + lots + "}]}";
  }
  static std::string lots(const std::string& lot, int quantity) {
    return R"([{"lot":")" + lot + R"(","quantity":)" + std::to_string(quantity) +
           R"(,"scanned":true}])";
  }

  std::filesystem::path folder_;
  std::unique_ptr<TestClock> clock_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace lotbridge::engine
