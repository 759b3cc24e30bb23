// What goes out, when, how often, and what happens when it does not arrive.
#include <gmock/gmock.h>

#include "engine_fixture.hpp"

namespace lotbridge::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class OutboxTest : public EngineTest {
 protected:
  Settings settings() const override {
    Settings out = EngineTest::settings();
    ConnectorRoute shop;
    shop.name = "shopify-eu";
    shop.owners = {"pure-fresh"};
    shop.live = live_;
    shop.instructions = {"lots.plan/1", "lots.write/1", "fulfillments.create/1"};
    out.connectors.push_back(shop);
    ConnectorRoute files;
    files.name = "mad-files";
    files.owners = {"pure-fresh"};
    files.live = live_;
    files.instructions = {"pick.send/1"};
    files.warehouses = {"MAD1"};
    out.connectors.push_back(files);
    out.retry_delays_ms = {1000, 60'000};
    return out;
  }
  Answer shop_order(const std::string& id, int quantity, int version = 1) {
    return post(DocumentType::order, order(id, quantity, version), "shopify-eu");
  }
  std::vector<Instruction> take(const std::string& connector) {
    return engine_->take_instructions(connector, 100);
  }
  void settle(const Instruction& instruction, InstructionResult result) {
    std::promise<void> done;
    engine_->settle(instruction.id, std::move(result), [&done] { done.set_value(); });
    done.get_future().get();
  }
  void deliver_all(const std::string& connector, const std::string& result = "") {
    for (const Instruction& instruction : take(connector)) {
      settle(instruction, {InstructionResult::Kind::delivered, result, {}, {}});
    }
  }
  bool live_ = true;
};

TEST_F(OutboxTest, AnAllocationTellsTheShopAndTheWarehouse) {
  open();
  stock_dairy();
  shop_order("1001", 10);
  const auto shop = take("shopify-eu");
  ASSERT_EQ(shop.size(), 1u);
  EXPECT_EQ(shop[0].operation, "lots.plan/1");
  EXPECT_THAT(shop[0].body, HasSubstr(R"("lot":"LOT-A","quantity":10)"));
  EXPECT_THAT(shop[0].body, Not(HasSubstr("Ana Ruiz")));
  const auto files = take("mad-files");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].operation, "pick.send/1");
  EXPECT_THAT(files[0].body, HasSubstr("Ana Ruiz"));
  EXPECT_THAT(files[0].body, HasSubstr("Calle Mayor 1"));
  EXPECT_EQ(sql("SELECT count(*) FROM outbox WHERE body LIKE '%Ana%'"), "0");
  EXPECT_TRUE(take("mad-files").empty()) << "handed out once";
}

TEST_F(OutboxTest, EqualContentIsNotSentTwiceAndNewerReplacesOlder) {
  open();
  stock_dairy();
  shop_order("1001", 10);
  shop_order("1001", 10, 2);
  EXPECT_EQ(sql("SELECT count(*) FROM outbox WHERE operation = 'lots.plan/1'"), "1");
  shop_order("1001", 12, 3);
  EXPECT_EQ(sql("SELECT group_concat(state) FROM (SELECT state FROM outbox WHERE operation = "
                "'lots.plan/1' ORDER BY outbox_id)"),
            "superseded,pending");
  const auto plans = take("shopify-eu");
  ASSERT_EQ(plans.size(), 1u);
  EXPECT_THAT(plans[0].body, HasSubstr(R"("quantity":12)"));
  EXPECT_THAT(plans[0].body, HasSubstr(R"("version":2)"));
}

TEST_F(OutboxTest, ADispatchMakesAFulfilmentAndAStampThatLearnsItsId) {
  open();
  stock_dairy();
  shop_order("1001", 10);
  deliver_all("shopify-eu");
  post(DocumentType::dispatch, dispatch("S-1", "#1001", 10, lots("LOT-A", 10)), "mad-files");
  const auto out = take("shopify-eu");
  std::string stamp_body;
  for (const Instruction& instruction : out) {
    if (instruction.operation == "fulfillments.create/1") {
      EXPECT_THAT(instruction.body, HasSubstr(R"("tracking_number":"X1")"));
      settle(instruction, {InstructionResult::Kind::delivered,
                           R"({"refs":{"fulfillments":{"S-1":"F-77"}}})",
                           {},
                           {}});
    } else {
      if (instruction.operation == "lots.write/1") stamp_body = instruction.body;
      settle(instruction, {InstructionResult::Kind::delivered, "", {}, {}});
    }
  }
  EXPECT_THAT(stamp_body, HasSubstr(R"("evidence":"scanned")"));
  EXPECT_THAT(stamp_body, HasSubstr(R"("fulfillment":null)"));
  const auto again = take("shopify-eu");
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].operation, "lots.write/1");
  EXPECT_THAT(again[0].body, HasSubstr(R"("fulfillment":"F-77")"));
  EXPECT_THAT(again[0].body, HasSubstr(R"("refs":{"fulfillments")"));
}

TEST_F(OutboxTest, AFulfilmentOfTheShopItselfIsNotCreatedAgain) {
  open();
  stock_dairy();
  shop_order("1001", 10);
  post(DocumentType::dispatch, dispatch("F-9", "1001", 10), "shopify-eu");
  EXPECT_EQ(sql("SELECT count(*) FROM outbox WHERE operation = 'fulfillments.create/1'"), "0");
  EXPECT_THAT(sql("SELECT body FROM outbox WHERE operation = 'lots.write/1'"),
              HasSubstr(R"("fulfillment":"F-9")"));
}

TEST_F(OutboxTest, ADispatchAloneAsksForNoNewPicking) {
  open();
  stock_dairy();
  shop_order("1001", 10);
  deliver_all("mad-files");
  post(DocumentType::dispatch, dispatch("S-1", "#1001", 4, lots("LOT-A", 4)), "mad-files");
  EXPECT_TRUE(take("mad-files").empty());
}

TEST_F(OutboxTest, APlanThatWasDeliveredMakesEvidenceDirected) {
  open();
  stock_dairy();
  shop_order("1001", 10);
  clock_->move(*Timestamp::parse("2026-05-16T11:00:00Z"));
  deliver_all("mad-files");
  clock_->move(*Timestamp::parse("2026-05-16T12:00:00Z"));
  EXPECT_THAT(post(DocumentType::dispatch, dispatch("S-1", "1001", 10), "mad-files").body,
              HasSubstr(R"("evidence":"directed")"));
}

TEST_F(OutboxTest, RetriesGrowThenDieInSightAndCanBeRevived) {
  open();
  stock_dairy();
  shop_order("1001", 10);
  const InstructionResult down{InstructionResult::Kind::retry, "", {}, "503 from the shop"};
  for (const int wait_ms : {0, 1000, 60'000}) {
    clock_->move(Timestamp{clock_->now().ms + wait_ms});
    const auto taken = take("shopify-eu");
    ASSERT_EQ(taken.size(), 1u) << wait_ms;
    settle(taken[0], down);
    EXPECT_TRUE(take("shopify-eu").empty());
  }
  EXPECT_EQ(sql("SELECT state FROM outbox WHERE operation = 'lots.plan/1'"), "dead");
  EXPECT_EQ(sql("SELECT count(*) FROM alerts WHERE kind = 'dead_delivery' AND closed_at IS NULL"),
            "1");
  shop_order("1002", 1);
  EXPECT_EQ(take("shopify-eu").size(), 1u) << "a dead one blocks nothing";
  const std::int64_t id = std::stoll(sql("SELECT outbox_id FROM outbox WHERE state = 'dead'"));
  EXPECT_EQ(wait([&](Done done) { engine_->retry_delivery(id, Caller{}, std::move(done)); }).status,
            200);
  deliver_all("shopify-eu");
  EXPECT_EQ(sql("SELECT count(*) FROM alerts WHERE kind = 'dead_delivery' AND closed_at IS NULL"),
            "0");
}

TEST_F(OutboxTest, ObservingSendsNothing) {
  live_ = false;
  open();
  stock_dairy();
  shop_order("1001", 10);
  EXPECT_TRUE(take("shopify-eu").empty());
  EXPECT_EQ(sql("SELECT count(*) FROM outbox WHERE state = 'observed'"), "2");
}

TEST_F(OutboxTest, ARestartHandsOutAgainWhatWasNotSettled) {
  open();
  stock_dairy();
  shop_order("1001", 10);
  const auto first = take("shopify-eu");
  ASSERT_EQ(first.size(), 1u);
  open();
  const auto second = take("shopify-eu");
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].key, first[0].key);
}

}  // namespace
}  // namespace lotbridge::engine
