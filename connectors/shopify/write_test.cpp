// What goes out, against the sandbox store: stamps and fulfilments, each twice, and with every
// fault in between.
#include <gmock/gmock.h>
#include <lotbridge/records.hpp>

#include "test_instructions.hpp"
#include "test_shop.hpp"

namespace lotbridge::shopify {
namespace {

using ::testing::HasSubstr;

class WriteTest : public ::testing::Test {
 protected:
  void SetUp() override {
    shop_ = Shop::open({"--clock", "2026-05-17T08:00:00Z"});
    if (!shop_) GTEST_SKIP() << "node is not installed";
    order_ = shop_->post(
        "orders", R"({"lines":[{"sku":"GYP-500","quantity":3},{"sku":"GYP-150","quantity":2}]})");
    id_ = order_["id"].id();
    line_ = order_["lines"][std::size_t{0}]["id"].id();
    second_line_ = order_["lines"][std::size_t{1}]["id"].id();
  }

  auto run(testing::Replay& connector, const Instruction& wanted) {
    return connector.run(std::string(operation_name(wanted.operation())),
                         write_instruction(wanted));
  }

  Json contents(std::size_t order = 0) { return shop_->get("contents")[order]; }

  std::unique_ptr<testing::Replay> warehouse() {
    return shop_->connector(R"("locations": {"gid://shopify/Location/1": "MAD1", "2": "SHOP"})");
  }

  std::unique_ptr<Shop> shop_;
  Json order_;
  std::string id_, line_, second_line_;
};

// ---------------------------------------------------------------- lots

TEST_F(WriteTest, PutsTheLotsOnTheOrderForProgramsAndPeople) {
  const auto connector = shop_->connector();
  const auto stamp =
      stamp_of(line_, "S-1",
               {stamped("L1", 1), stamped("L2", 1), stamped("L1", 1, StampEvidence::directed)});
  const auto done = run(*connector, instruction(id_, stamp));
  ASSERT_EQ(done.status, LB_OK) << done.text();
  const Json fields = contents()["metafields"];
  const Json dispatch = fields["lotbridge.lots"]["dispatches"][std::size_t{0}];
  EXPECT_EQ(dispatch["dispatch"].text(), "S-1");
  EXPECT_TRUE(dispatch["fulfillment"].is_null());
  const Json line = dispatch["lines"][std::size_t{0}];
  EXPECT_EQ(line["line_item"].text(), "gid://shopify/LineItem/" + line_);
  ASSERT_EQ(line["lots"].size(), 2u);
  EXPECT_EQ(line["lots"][std::size_t{0}].raw(),
            R"({"lot":"L1","quantity":2,"expires_on":"2026-05-30","evidence":"directed"})");
  EXPECT_EQ(fields["lotbridge.lot_summary"].text(),
            "Shipped 2026-05-18, tracking X1\n  GYP-500 x3:\n    lot L1 x2, expires 2026-05-30\n"
            "    lot L2 x1, expires 2026-05-30");
}

TEST_F(WriteTest, TheSameStampIsWrittenOnce) {
  const auto connector = shop_->connector();
  const auto stamp = instruction(id_, stamp_of(line_, "S-1", {stamped("L1", 3)}));
  EXPECT_EQ(run(*connector, stamp).status, LB_OK);
  EXPECT_EQ(run(*connector, stamp).status, LB_OK);
  EXPECT_EQ(shop_->calls("LotbridgeMetafieldsSet"), 1);
}

TEST_F(WriteTest, AnswersLostAfterTheWriteAreNoHarm) {
  const auto connector = shop_->connector();
  const auto stamp = instruction(id_, stamp_of(line_, "S-1", {stamped("L1", 3)}));
  shop_->post("faults", R"({"kind":"lost","match":"metafieldsSet"})");
  EXPECT_EQ(run(*connector, stamp).status, LB_RETRY);
  const auto again = run(*connector, stamp);
  EXPECT_EQ(again.status, LB_OK) << again.text();
  EXPECT_EQ(shop_->calls("LotbridgeMetafieldsSet"), 1);
}

TEST_F(WriteTest, ReadsAgainWhenSomebodyElseChangedIt) {
  const auto connector = shop_->connector();
  const auto stamp = instruction(id_, stamp_of(line_, "S-1", {stamped("L1", 3)}));
  shop_->post("faults", R"({"kind":"stale","match":"metafieldsSet","count":2})");
  EXPECT_EQ(run(*connector, stamp).status, LB_OK);
  EXPECT_EQ(shop_->calls("LotbridgeMetafields"), 3);
  const auto other = instruction(id_, stamp_of(line_, "S-1", {stamped("L2", 3)}));
  shop_->post("faults", R"({"kind":"stale","match":"metafieldsSet","count":50})");
  const auto never = run(*connector, other);
  EXPECT_EQ(never.status, LB_CONFLICT);
  EXPECT_EQ(never.vendor_code, "STALE_OBJECT");
}

TEST_F(WriteTest, ARefusalOfTheShopIsSaid) {
  const auto connector = shop_->connector();
  shop_->post("faults", R"({"kind":"user_error","match":"metafieldsSet","body":"Value is odd"})");
  const auto refused =
      run(*connector, instruction(id_, stamp_of(line_, "S-1", {stamped("L1", 3)})));
  EXPECT_EQ(refused.status, LB_BAD_RECORD);
  EXPECT_THAT(refused.message, HasSubstr("Value is odd"));
  const auto unknown =
      run(*connector, instruction("999", stamp_of(line_, "S-1", {stamped("L1", 3)})));
  EXPECT_EQ(unknown.status, LB_BAD_RECORD);
  EXPECT_THAT(unknown.message, HasSubstr("no order 999"));
}

TEST_F(WriteTest, AStampThatDoesNotFitIsRefusedWhole) {
  const auto connector = shop_->connector();
  std::vector<StampedLot> lots;
  for (int n = 0; n < 2000; ++n) lots.push_back(stamped("LOT-" + std::to_string(n), 1));
  const auto refused = run(*connector, instruction(id_, stamp_of(line_, "S-1", lots)));
  EXPECT_EQ(refused.status, LB_BAD_RECORD);
  EXPECT_THAT(refused.message, HasSubstr("131072"));
  EXPECT_EQ(shop_->calls("LotbridgeMetafieldsSet"), 0);
}

TEST_F(WriteTest, ShowsThePackerWhatToPick) {
  LotsPlan plan;
  plan.status = "allocated";
  PlannedLine line{line_, "GYP-500", Quantity::whole(3), {}};
  line.lots.push_back(
      {"GYP-500", LotCode{"L1"}, Quantity::whole(3), Date::parse("2026-05-30"), "MAD1", "A-01"});
  plan.lines = {line, {second_line_, "GYP-150", Quantity::whole(2), {}}};
  const auto connector = shop_->connector();
  const auto done = run(*connector, instruction(id_, plan));
  ASSERT_EQ(done.status, LB_OK) << done.text();
  const Json fields = contents()["metafields"];
  EXPECT_EQ(fields["lotbridge.lot_plan"]["status"].text(), "allocated");
  EXPECT_EQ(fields["lotbridge.lot_plan_summary"].text(),
            "Pick (allocated)\nGYP-500 x3:\n  lot L1 x3, expires 2026-05-30, MAD1 A-01\nGYP-150 "
            "x2:\n  nothing to pick now");
  // Nothing allocated and nothing said before: the order is left alone.
  shop_->post("orders", R"({"lines":[{"sku":"X","quantity":1}]})");
  plan.lines = {{"1", "X", Quantity::whole(1), {}}};
  EXPECT_EQ(run(*connector, instruction("5500000001002", plan)).status, LB_OK);
  EXPECT_EQ(shop_->calls("LotbridgeMetafieldsSet"), 1);
}

// ---------------------------------------------------------------- fulfilments

TEST_F(WriteTest, TellsTheShopWhatLeftOnce) {
  const auto connector = warehouse();
  const auto wanted = left("S-1", "X1", {{line_, 2}, {second_line_, 2}});
  const auto done = run(*connector, instruction(id_, wanted));
  ASSERT_EQ(done.status, LB_OK) << done.text();
  const std::string gid = "gid://shopify/Fulfillment/4300000100101";
  EXPECT_EQ(done.result, R"({"refs":{"fulfillments":{"S-1":")" + gid + "\"}}}");
  const Json fulfillment = contents()["fulfillments"][std::size_t{0}];
  EXPECT_EQ(fulfillment["tracking"].text(), "X1");
  EXPECT_EQ(fulfillment["lines"].size(), 2u);
  // Again, with and without remembering.
  const std::string refs = R"({"fulfillments":{"S-1":")" + gid + "\"}}";
  EXPECT_EQ(run(*connector, instruction(id_, wanted, refs)).result, done.result);
  EXPECT_EQ(run(*connector, instruction(id_, wanted)).result, done.result);
  EXPECT_EQ(contents()["fulfillments"].size(), 1u);
  // The stamp names it then.
  auto stamp = stamp_of(line_, "S-1", {stamped("L1", 2)});
  stamp.lines[0].dispatches[0].fulfillment = gid;
  EXPECT_EQ(run(*connector, instruction(id_, stamp)).status, LB_OK);
  EXPECT_EQ(contents()["metafields"]["lotbridge.lots"]["dispatches"][std::size_t{0}]["fulfillment"]
                .text(),
            gid);
}

TEST_F(WriteTest, ALostAnswerShipsNothingTwice) {
  for (const Maybe<std::string>& tracking : {Maybe<std::string>("X1"), Maybe<std::string>()}) {
    const Json order = shop_->post("orders", R"({"lines":[{"sku":"GYP-500","quantity":4}]})");
    const std::string id = order["id"].id(), line = order["lines"][std::size_t{0}]["id"].id();
    const auto connector = warehouse();
    const auto wanted = instruction(id, left("S-9", tracking, {{line, 2}}));
    shop_->post("faults", R"({"kind":"lost","match":"fulfillmentCreate"})");
    EXPECT_EQ(run(*connector, wanted).status, LB_RETRY);
    const auto again = run(*connector, wanted);
    EXPECT_EQ(again.status, LB_OK) << again.text();
    const std::size_t at = static_cast<std::size_t>(order["number"].integer() - 1001);
    ASSERT_EQ(contents(at)["fulfillments"].size(), 1u);
    EXPECT_THAT(again.result, HasSubstr(contents(at)["fulfillments"][std::size_t{0}]["id"].text()));
    // A second parcel of the same size is another one, once the first is known.
    const std::string refs = again.result.substr(8, again.result.size() - 9);
    const Maybe<std::string> second = tracking ? Maybe<std::string>("X2") : std::nullopt;
    EXPECT_EQ(run(*connector, instruction(id, left("S-10", second, {{line, 2}}), refs)).status,
              LB_OK);
    EXPECT_EQ(contents(at)["fulfillments"].size(), 2u);
  }
}

TEST_F(WriteTest, EveryFaultAtEveryRequestEndsInOneFulfilment) {
  const char* const faults[] = {R"("kind":"status","status":500)",
                                R"("kind":"status","status":429)",
                                R"("kind":"cut")",
                                R"("kind":"refuse")",
                                R"("kind":"lost")",
                                R"("kind":"html")",
                                R"("kind":"user_error")",
                                R"("kind":"status","status":401)"};
  std::size_t at = 0;
  for (const char* fault : faults) {
    for (const char* match :
         {"LotbridgeShipments", "LotbridgeOpenWork", "LotbridgeFulfillmentCreate"}) {
      const Json order = shop_->post("orders", R"({"lines":[{"sku":"GYP-500","quantity":3}]})");
      const std::string line = order["lines"][std::size_t{0}]["id"].id();
      const auto connector = warehouse();
      const auto wanted = instruction(order["id"].id(), left("S-1", "X1", {{line, 1}}));
      shop_->post("faults", "{" + std::string(fault) + R"(,"match":")" + match + "\"}");
      const auto broken = run(*connector, wanted);
      EXPECT_NE(broken.status, LB_OK) << fault << match;
      EXPECT_NE(broken.status, LB_BUG) << fault << match << broken.text();
      const auto good = run(*connector, wanted);
      EXPECT_EQ(good.status, LB_OK) << good.text();
      EXPECT_EQ(contents(++at)["fulfillments"].size(), 1u) << fault << match;
    }
  }
}

TEST_F(WriteTest, TheButtonWasQuicker) {
  shop_->post("orders/1001/fulfil", R"({"lines":[{"sku":"GYP-500"}]})");
  const auto connector = warehouse();
  const auto done = run(*connector, instruction(id_, left("S-1", "X1", {{line_, 3}})));
  EXPECT_EQ(done.status, LB_OK) << done.text();
  EXPECT_THAT(done.result, HasSubstr("gid://shopify/Fulfillment/4300000100101"));
  EXPECT_EQ(contents()["fulfillments"].size(), 1u);
  // Units that the shop does not want any more are said, and are no error: they have left.
  const auto more = run(*connector, instruction(id_, left("S-2", "X2", {{line_, 1}})));
  EXPECT_EQ(more.status, LB_OK);
  EXPECT_THAT(more.logs, ::testing::Contains(HasSubstr("no longer wants")));
  EXPECT_EQ(contents()["fulfillments"].size(), 1u);
}

TEST_F(WriteTest, WhereTheStoreShipsItselfNothingIsCreated) {
  const auto connector = shop_->connector(R"("fulfilments": "theirs")");
  const auto done = run(*connector, instruction(id_, left("S-1", "X1", {{line_, 3}})));
  EXPECT_EQ(done.status, LB_OK);
  EXPECT_TRUE(done.requests.empty());
}

TEST_F(WriteTest, TheButtonsOwnDispatchIsNamedInTheStamp) {
  const auto connector = shop_->connector(R"("fulfilments": "theirs")");
  auto stamp = stamp_of(line_, "4300000100101", {stamped("L1", 3)});
  stamp.lines[0].dispatches[0].fulfillment = "4300000100101";
  const auto done = run(*connector, instruction(id_, stamp));
  ASSERT_EQ(done.status, LB_OK) << done.text();
  EXPECT_EQ(contents()["metafields"]["lotbridge.lots"]["dispatches"][std::size_t{0}]["fulfillment"]
                .text(),
            "gid://shopify/Fulfillment/4300000100101");
}

TEST_F(WriteTest, WorkAtOneLocationIsOneFulfilmentAtTwoLocationsTwo) {
  shop_->post(
      "orders/1001/edit",
      R"({"add":[{"sku":"GYP-750","quantity":1}, {"sku":"GYP-1000","quantity":1,"location":2}]})");
  const Json lines = shop_->get("orders/1001")["lines"];
  const std::string third = lines[std::size_t{2}]["id"].id(),
                    fourth = lines[std::size_t{3}]["id"].id();
  const auto connector = warehouse();
  const auto wanted = instruction(id_, left("S-1", "X1", {{line_, 3}, {third, 1}, {fourth, 1}}));
  // The second of the two is lost on its way: the next attempt makes that one only.
  std::size_t created = 0;
  connector->on_http = [&](const HttpRequest& request) -> testing::Answered {
    const bool creates =
        request.body.find("mutation LotbridgeFulfillmentCreate") != std::string::npos;
    if (creates && ++created == 2) return lb_status{LB_RETRY};
    return shop_->answer(request);
  };
  EXPECT_EQ(run(*connector, wanted).status, LB_RETRY);
  EXPECT_EQ(contents()["fulfillments"].size(), 1u);
  const auto done = run(*connector, wanted);
  EXPECT_EQ(done.status, LB_OK) << done.text();
  EXPECT_THAT(done.logs, ::testing::Contains(HasSubstr("from another location")));
  const Json made = contents()["fulfillments"];
  ASSERT_EQ(made.size(), 2u);
  EXPECT_EQ(made[std::size_t{0}]["lines"].size(), 2u);  // two fulfillment orders, one location
  EXPECT_EQ(made[std::size_t{1}]["location"].integer(), 2);
}

}  // namespace
}  // namespace lotbridge::shopify
