// A channel is told what it may sell when that changes, once, and never twice.
#include <gmock/gmock.h>

#include "engine_fixture.hpp"

namespace lotbridge::engine {
namespace {

using ::testing::HasSubstr;

class ChannelStockTest : public EngineTest {
 protected:
  Settings settings() const override {
    Settings out = EngineTest::settings();
    WarehouseSettings far;
    far.core.name = "TYO1";
    far.time_zone = "Asia/Tokyo";
    out.warehouses.push_back(far);
    out.system_policy = system_;
    for (const std::string name : {"shop", "outlet"}) {
      ConnectorRoute route;
      route.name = name;
      route.owners = {"pure-fresh"};
      route.live = live_;
      route.instructions = {"lots.write/1", "stock.write/1"};
      out.connectors.push_back(route);
    }
    return out;
  }
  // What the outbox got since it was last asked: "shop GYP-500 50 @MAD1=50; ...".
  std::string told() {
    const std::string newest = sql("SELECT coalesce(max(outbox_id), 0) FROM outbox");
    std::string out = sql(
        "SELECT group_concat(connector || ' ' || (body ->> 'sku') || ' ' || (body ->> 'available') "
        "|| (SELECT coalesce(group_concat(' @' || (value ->> 'warehouse') || '=' || "
        "(value ->> 'available'), ''), '') FROM json_each(body, '$.warehouses')), '; ') "
        "FROM (SELECT * FROM outbox WHERE operation = 'stock.write/1' AND outbox_id > " +
        seen_ + " ORDER BY outbox_id)");
    seen_ = newest;
    return out;
  }
  std::string events(const std::string& channel) const {
    return sql(
        "SELECT group_concat((body ->> 'warehouse') || '=' || (body ->> 'quantity')) FROM (SELECT "
        "body FROM events WHERE kind = 'availability.changed' AND body ->> 'channel' = '" +
        channel + "' ORDER BY event_id)");
  }
  void move(const std::string& to) {
    EXPECT_EQ(wait([&](Done done) {
                engine_->move_clock(*Timestamp::parse(to), Caller{}, std::move(done));
              }).status,
              200);
  }
  void reopen() {
    open();
    settle_all();
  }
  void yogurt() {
    post(DocumentType::item, R"({"sku":"GYP-500","shelf_life_days":14})");
    post(DocumentType::receipt, receipt("R-1", "LOT-A", 50, "2026-05-26"));
  }
  bool live_ = true;
  PolicyKnobs system_;
  std::string seen_ = "0";
};

TEST_F(ChannelStockTest, EveryMovementThatChangesItIsToldOnceToEachChannel) {
  open();
  yogurt();
  EXPECT_EQ(told(), "shop GYP-500 50 @MAD1=50; outlet GYP-500 50 @MAD1=50");
  post(DocumentType::order, order("1001", 10));
  EXPECT_EQ(told(), "shop GYP-500 40 @MAD1=40; outlet GYP-500 40 @MAD1=40");
  post(DocumentType::dispatch, dispatch("S-1", "1001", 10, lots("LOT-A", 10)));
  EXPECT_EQ(told(), "(none)") << "what was promised has left: nothing changed for a channel";
  post(DocumentType::hold, R"({"id":"H-1","code":"qa","reason":"pH","lots":[)"
                           R"({"sku":"GYP-500","lot":"LOT-A"}]})");
  EXPECT_EQ(told(), "shop GYP-500 0 @MAD1=0; outlet GYP-500 0 @MAD1=0");
  post(DocumentType::release,
       R"({"id":"U-1","code":"qa","lots":[{"sku":"GYP-500","lot":"LOT-A"}]})");
  EXPECT_EQ(told(), "shop GYP-500 40 @MAD1=40; outlet GYP-500 40 @MAD1=40");
  EXPECT_EQ(events("shop"), "MAD1=50,MAD1=40,MAD1=0,MAD1=40");
}

TEST_F(ChannelStockTest, WhatStillWaitsIsReplacedByTheNewest) {
  open();
  yogurt();
  post(DocumentType::order, order("1001", 10));
  EXPECT_EQ(sql("SELECT group_concat(state || (body ->> 'available')) FROM (SELECT * FROM outbox "
                "WHERE connector = 'shop' ORDER BY outbox_id)"),
            "superseded50,pending40");
  const auto taken = engine_->take_instructions("shop", 10);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_THAT(taken[0].body, HasSubstr(R"("channel":"shop","sku":"GYP-500","aliases":[],)"
                                       R"("available":40,"warehouses":[{"warehouse":"MAD1")"));
}

TEST_F(ChannelStockTest, APolicyOfOneChannelIsToldToThatChannel) {
  open();
  yogurt();
  told();
  post(DocumentType::policy, R"({"id":"P-1","scope":{"channel":"outlet"},)"
                             R"("policy":{"min_remaining_days":11}})");
  EXPECT_EQ(told(), "outlet GYP-500 0 @MAD1=0");
  post(DocumentType::policy, R"({"id":"P-2","scope":{"sku":"GYP-500"},)"
                             R"("policy":{"min_remaining_days":11}})");
  EXPECT_EQ(told(), "shop GYP-500 0 @MAD1=0");
  post(DocumentType::policy, R"({"id":"P-2","scope":{"sku":"OTHER"},)"
                             R"("policy":{"min_remaining_days":11}})");
  EXPECT_EQ(told(), "shop GYP-500 50 @MAD1=50") << "it was about this item before";
}

TEST_F(ChannelStockTest, AtMidnightWithoutAnyMovementAndNothingTwice) {
  open();
  yogurt();
  post(DocumentType::receipt,
       R"({"id":"R-2","warehouse":"TYO1","lines":[{"line":"1","sku":"GYP-500","quantity":7,)"
       R"("lot":"LOT-T","expires_on":"2026-05-26"}]})");
  told();
  move("2026-05-26T14:59:00Z");
  EXPECT_EQ(told(), "(none)");
  move("2026-05-26T15:00:00Z");  // the 27th in Tokyo, still the 26th in Madrid
  EXPECT_EQ(told(), "shop GYP-500 50 @MAD1=50 @TYO1=0; outlet GYP-500 50 @MAD1=50 @TYO1=0");
  reopen();
  EXPECT_EQ(told(), "(none)");
  engine_->stop();
  clock_->move(*Timestamp::parse("2026-05-28T09:00:00Z"));  // midnight came while we were down
  reopen();
  EXPECT_EQ(told(), "shop GYP-500 0 @MAD1=0 @TYO1=0; outlet GYP-500 0 @MAD1=0 @TYO1=0");
  reopen();
  EXPECT_EQ(told(), "(none)");
}

TEST_F(ChannelStockTest, AKitFollowsItsTightestComponent) {
  open();
  post(DocumentType::item, R"({"sku":"CUP"})");
  post(DocumentType::item,
       R"({"sku":"KIT","components":[{"sku":"GYP-500","quantity":2},{"sku":"CUP","quantity":1}]})");
  yogurt();
  EXPECT_EQ(told(), "shop GYP-500 50 @MAD1=50; outlet GYP-500 50 @MAD1=50") << "no cups: no kit";
  post(DocumentType::receipt,
       R"({"id":"R-2","warehouse":"MAD1","lines":[{"line":"1","sku":"CUP","quantity":100,)"
       R"("lot":"C1","expires_on":"2027-05-26"}]})");
  EXPECT_THAT(told(), HasSubstr("shop KIT 25 @MAD1=25; outlet KIT 25 @MAD1=25"));
  post(DocumentType::order, order("1001", 11));
  EXPECT_THAT(told(), HasSubstr("shop KIT 19 @MAD1=19"));
}

TEST_F(ChannelStockTest, AChangedConfigurationIsFoundAtTheStart) {
  open();
  yogurt();
  told();
  system_.min_remaining_days = 11;
  reopen();
  EXPECT_EQ(told(), "shop GYP-500 0 @MAD1=0; outlet GYP-500 0 @MAD1=0");
  reopen();
  EXPECT_EQ(told(), "(none)");
}

TEST_F(ChannelStockTest, GoingLiveTellsWhatWasOnlyShown) {
  live_ = false;
  open();
  yogurt();
  told();
  EXPECT_TRUE(engine_->take_instructions("shop", 10).empty());
  reopen();
  EXPECT_EQ(told(), "(none)");
  live_ = true;
  reopen();
  EXPECT_EQ(told(), "shop GYP-500 50 @MAD1=50; outlet GYP-500 50 @MAD1=50");
  EXPECT_EQ(engine_->take_instructions("shop", 10).size(), 1u) << "the shown one is never sent";
  EXPECT_EQ(events("shop"), "MAD1=50") << "nothing changed by it";
}

TEST_F(ChannelStockTest, AConnectorThatComesWhileWeRunIsTold) {
  live_ = false;
  open();
  yogurt();
  told();
  live_ = true;
  std::promise<void> set;
  engine_->set_connectors(settings().connectors, [&set] { set.set_value(); });
  set.get_future().get();
  EXPECT_EQ(told(), "shop GYP-500 50 @MAD1=50; outlet GYP-500 50 @MAD1=50");
  post(DocumentType::item, R"({"sku":"CUP"})");
  EXPECT_EQ(told(), "(none)");
}

TEST_F(ChannelStockTest, ABatchThatWasNotStoredWasNotTold) {
  open();
  yogurt();
  told();
  fail_call(14);
  EXPECT_EQ(post(DocumentType::order, order("1001", 10)).status, 503);
  EXPECT_EQ(told(), "(none)");
  EXPECT_EQ(post(DocumentType::order, order("1001", 10)).status, 200);
  EXPECT_EQ(told(), "shop GYP-500 40 @MAD1=40; outlet GYP-500 40 @MAD1=40");
}

TEST_F(ChannelStockTest, ADeadOneIsSeenAtItsItem) {
  open();
  yogurt();
  const auto taken = engine_->take_instructions("shop", 10);
  ASSERT_EQ(taken.size(), 1u);
  std::promise<void> done;
  engine_->settle(taken[0].id, {InstructionResult::Kind::dead, "", {}, "no such product"},
                  [&done] { done.set_value(); });
  done.get_future().get();
  EXPECT_EQ(sql("SELECT sku FROM alerts WHERE kind = 'dead_delivery' AND closed_at IS NULL"),
            "GYP-500");
  post(DocumentType::order, order("1001", 10));
  EXPECT_EQ(engine_->take_instructions("shop", 10).size(), 1u) << "a dead one blocks nothing";
}

}  // namespace
}  // namespace lotbridge::engine
