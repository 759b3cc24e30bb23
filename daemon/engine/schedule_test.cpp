// Days begin once, also when we were down; the test clock only goes forward and survives a restart.
#include <gmock/gmock.h>

#include "engine_fixture.hpp"
#include "verify.hpp"

namespace lotbridge::engine {
namespace {

using ::testing::HasSubstr;

class ScheduleTest : public EngineTest {
 protected:
  Answer move(const std::string& to) {
    return wait(
        [&](Done done) { engine_->move_clock(*Timestamp::parse(to), Caller{}, std::move(done)); });
  }
  Settings settings() const override {
    Settings out = EngineTest::settings();
    out.system_policy = system_;
    return out;
  }
  PolicyKnobs system_;
  std::string judged() const { return sql("SELECT value FROM meta WHERE key = 'day_judged:MAD1'"); }
};

TEST_F(ScheduleTest, AnExpiryIsAnEventOnce) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 10));
  EXPECT_EQ(move("2026-05-27T10:00:00Z").status, 200);
  EXPECT_EQ(judged(), std::to_string(Date::parse("2026-05-27")->days));
  EXPECT_EQ(sql("SELECT count(*) FROM events WHERE kind = 'lot.expired'"), "1");
  const Answer moved = wait([&](Done done) {
    engine_->order_answer({"1001", {}, {}}, Caller{}, std::move(done));
  });
  EXPECT_THAT(moved.body, HasSubstr(R"("lot":"LOT-B","quantity":10)"))
      << "the reservation left the expired lot";
  EXPECT_EQ(move("2026-05-27T18:00:00Z").status, 200);
  open();
  settle_all();
  EXPECT_EQ(sql("SELECT count(*) FROM events WHERE kind = 'lot.expired'"), "1");
}

TEST_F(ScheduleTest, ADayBeginsAtTheWarehouseNotInGreenwich) {
  open();
  settle_all();
  move("2026-05-16T21:59:00Z");
  EXPECT_EQ(judged(), std::to_string(Date::parse("2026-05-16")->days));
  move("2026-05-16T22:01:00Z");
  EXPECT_EQ(judged(), std::to_string(Date::parse("2026-05-17")->days));
}

TEST_F(ScheduleTest, DaysThatBeganWhileWeWereDownAreCaughtUpWith) {
  open();
  stock_dairy();
  engine_->stop();
  clock_->move(*Timestamp::parse("2026-05-29T10:00:00Z"));
  open();
  settle_all();
  EXPECT_EQ(judged(), std::to_string(Date::parse("2026-05-29")->days));
  EXPECT_EQ(sql("SELECT count(*) FROM events WHERE kind = 'lot.expired'"), "1");
}

TEST_F(ScheduleTest, AStartWithOtherPoliciesJudgesReservationsAnew) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 10));  // ships on the 18th; LOT-A lasts 8 days then
  const auto lot = [&] {
    return sql(
        "SELECT l.code FROM balances b JOIN lots l USING (lot_id) WHERE substr(b.account, "
        "1, 1) = x'21'");
  };
  EXPECT_EQ(lot(), "LOT-A");
  system_.min_remaining_days = 9;
  open();
  settle_all();
  EXPECT_EQ(lot(), "LOT-B");
  const Settings known = settings();
  EXPECT_THAT(*verify(store_path(), &known), HasSubstr(R"({"ok":true)"));
}

TEST_F(ScheduleTest, TheClockNeverGoesBackAlsoAfterARestart) {
  open();
  EXPECT_EQ(move("2026-06-01T00:00:00Z").status, 200);
  EXPECT_EQ(move("2026-05-30T00:00:00Z").status, 409);
  clock_ = std::make_unique<TestClock>(*Timestamp::parse("2026-05-16T10:00:00Z"));
  open();
  EXPECT_EQ(clock_->now(), *Timestamp::parse("2026-06-01T00:00:00Z"));
}

TEST_F(ScheduleTest, ACartGivesItsUnitsBackWhenItsTimeIsUp) {
  open();
  stock_dairy();
  const std::string cart =
      R"({"id":"cart-1","ship_on":"2026-05-18","hold_until":"2026-05-16T10:30:00Z",)"
      R"("lines":[{"line":"1","sku":"GYP-500","quantity":5}]})";
  EXPECT_THAT(post(DocumentType::order, cart).body, HasSubstr(R"("allocated":5)"));
  move("2026-05-16T10:31:00Z");
  EXPECT_THAT(wait([&](Done done) {
                engine_->order_answer({"cart-1", {}, {}}, Caller{}, std::move(done));
              }).body,
              HasSubstr(R"("allocated":0)"));
}

}  // namespace
}  // namespace lotbridge::engine
