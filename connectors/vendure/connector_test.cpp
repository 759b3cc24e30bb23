// What the connector makes of an order, and what it writes: twice is once, a lost answer does no
// harm, somebody else's change is waited for.
#include <gmock/gmock.h>
#include <lotbridge/records.hpp>

#include "connectors/testing/contract.hpp"
#include "test_shop.hpp"

namespace lotbridge::vendure {
namespace {

using contract::instruction;
using contract::left;
using contract::may_sell;
using contract::stamp_of;
using contract::stamped;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class VendureTest : public ::testing::Test {
 protected:
  void SetUp() override { line_ = shop_.json(id_)["lines"][0]["id"].id(); }

  testing::Outcome run(testing::Replay& connector, const Instruction& instruction) {
    return connector.run(std::string(operation_name(instruction.operation())),
                         write_instruction(instruction));
  }
  testing::Outcome hook(const std::string& id, const std::string& settings = "") {
    return shop_.connector(settings)->webhook("order.changed", R"({"order":")" + id + "\"}");
  }
  Instruction stamp(const std::string& lot = "L1") {
    return instruction(id_, stamp_of(line_, "GYP-500", "S-1", {stamped("GYP-500", lot, 3)}));
  }
  Instruction shipped(const std::string& dispatch, const Maybe<std::string>& tracking, int units,
                      std::string refs = "") {
    auto out = left(dispatch, tracking, {{line_, units}});
    out.dispatch.lines[0].lots = {stamped("GYP-500", "L1", units)};
    return instruction(id_, out, std::move(refs));
  }

  Shop shop_;
  std::string id_ = shop_.order({{"GYP-500", 3}, {"GYP-750", 1}});
  std::string line_;
};

// ---------------------------------------------------------------- orders

TEST_F(VendureTest, AnOrderHoldsWhatTheShopSays) {
  const auto run = hook(id_);
  ASSERT_EQ(run.status, LB_OK) << run.text();
  ASSERT_THAT(run.documents, SizeIs(1));
  const auto& order = std::get<Order>(run.documents[0].body);
  EXPECT_EQ(order.number, "CODE" + id_);
  EXPECT_EQ(order.customer->name, "Ana Diaz");
  EXPECT_EQ(order.ship_to->country, "ES");
  EXPECT_EQ(order.lines.at(0).sku, "GYP-500");
  EXPECT_EQ(order.lines.at(0).quantity, Quantity::whole(3));
  EXPECT_TRUE(run.unreadable.empty());
}

TEST_F(VendureTest, StatesMeanSomething) {
  const auto becomes = [&](const char* state) {
    shop_.move(id_, state, "somebody");
    return hook(id_).documents;
  };
  EXPECT_EQ(std::get<Order>(becomes("PaymentAuthorized").at(0).body).hold,
            "the shop says PaymentAuthorized");
  EXPECT_FALSE(std::get<Order>(becomes("Modifying").at(0).body).hold);
  EXPECT_EQ(std::get<Order>(becomes("PickingInProgress").at(0).body).hold,
            "the shop says PickingInProgress");
  const auto cancelled = becomes("Cancelled");
  ASSERT_THAT(cancelled, SizeIs(2));
  EXPECT_EQ(std::get<Cancellation>(cancelled[1].body).order, id_);
  shop_.set(id_, "orderPlacedAt", "null");
  EXPECT_THAT(hook(id_).documents, SizeIs(0));  // a cart
  EXPECT_EQ(hook("999").status, LB_BAD_RECORD);
}

TEST_F(VendureTest, TheShopsOwnFulfilmentsAreDispatchesWhereItShips) {
  const auto connector = shop_.connector();
  EXPECT_EQ(run(*connector, shipped("S-1", "X1", 2)).status, LB_OK);
  EXPECT_THAT(hook(id_).documents, SizeIs(1));
  const auto theirs = hook(id_, R"("fulfilments": "theirs", "warehouse": "MAD1")").documents;
  ASSERT_THAT(theirs, SizeIs(2));
  const auto& dispatch = std::get<Dispatch>(theirs[1].body);
  EXPECT_EQ(dispatch.tracking_number, "X1");
  EXPECT_EQ(dispatch.lines.at(0).quantity, Quantity::whole(2));
  EXPECT_FALSE(dispatch.lines.at(0).lots);
}

TEST_F(VendureTest, MoneyBackForWhatHasLeftIsAReturnWithoutGoods) {
  const auto connector = shop_.connector();
  EXPECT_EQ(run(*connector, shipped("S-1", "X1", 3)).status, LB_OK);
  std::string lines(shop_.json(id_)["lines"].raw());
  lines.replace(lines.find(R"("quantity":3)"), 12, R"("quantity":1)");
  shop_.set(id_, "lines", lines);
  const auto run = hook(id_);
  ASSERT_THAT(run.documents, SizeIs(2));
  EXPECT_EQ(std::get<Order>(run.documents[0].body).lines.at(0).quantity, Quantity::whole(3));
  const auto& back = std::get<Return>(run.documents[1].body);
  EXPECT_FALSE(back.received);
  EXPECT_EQ(back.lines.at(0).quantity, Quantity::whole(2));
}

// ---------------------------------------------------------------- sessions

TEST_F(VendureTest, LogsInAgainWhenTheShopForgetsTheSession) {
  const auto connector = shop_.connector();
  std::size_t asked = 0;
  connector->on_http = [&](const HttpRequest& request) {
    if (++asked == 3) shop_.forget_sessions();  // between two requests of one operation
    return shop_.answer(request);
  };
  const auto done = run(*connector, shipped("S-1", "X1", 3));
  EXPECT_EQ(done.status, LB_OK) << done.text();
  EXPECT_EQ(shop_.count("LotbridgeLogin"), 2u);
  EXPECT_THAT(done.requests.at(0).body, HasSubstr(R"("password":"{{secret:password}}")"));
}

TEST_F(VendureTest, AnApiKeyNeedsNoLogin) {
  const auto run = shop_.connector(R"("login": "api_key")")->run("account.check/1");
  EXPECT_EQ(run.status, LB_OK) << run.text();
  EXPECT_EQ(shop_.count("LotbridgeLogin"), 0u);
}

TEST_F(VendureTest, RefusalsSayWhatToDo) {
  const auto told = [&](int code, const std::string& body) {
    const auto connector = shop_.connector(R"("login": "api_key")");
    connector->on_http = [&](const HttpRequest&) { return HttpReply(code, {}, body); };
    return connector->run("account.check/1");
  };
  const auto field = told(400, R"({"errors":[{"message":"Cannot query field \"lots\"",
                                  "extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]})");
  EXPECT_EQ(field.status, LB_CONFIG);
  EXPECT_THAT(field.message, HasSubstr("Cannot query field"));
  EXPECT_EQ(told(200, R"({"errors":[{"message":"x","extensions":{"code":"FORBIDDEN"}}]})").status,
            LB_AUTH);
  EXPECT_EQ(told(200, R"({"errors":[{"message":"x"}]})").status, LB_RETRY);
  const auto connector = shop_.connector();
  connector->on_http = [](const HttpRequest&) {
    return HttpReply(
        200, {},
        R"({"data":{"login":{"errorCode":"INVALID_CREDENTIALS_ERROR","message":"wrong"}}})");
  };
  EXPECT_EQ(connector->run("account.check/1").vendor_code, "INVALID_CREDENTIALS_ERROR");
}

TEST_F(VendureTest, SettingsAreChecked) {
  for (const auto& [settings, path] : std::vector<std::pair<std::string, std::string>>{
           {R"({"server": "a b", "username": "x"})", "/server"},
           {R"({"server": "shop.example.com"})", "/username"},
           {R"({"server": "a.example", "username": "x", "fields": {"order": "a b"}})",
            "/fields/order"}}) {
    testing::Replay replay(VENDURE_FILE, settings);
    const auto run = replay.open();
    EXPECT_EQ(run.status, LB_CONFIG) << settings;
    EXPECT_EQ(run.path, path) << settings;
  }
}

// ---------------------------------------------------------------- lots

TEST_F(VendureTest, LotsStandOnOrderLineAndInTheHistory) {
  const auto connector = shop_.connector(kFields);
  for (int twice = 0; twice < 2; ++twice) {
    const auto done = run(*connector, stamp());
    ASSERT_EQ(done.status, LB_OK) << done.text();
  }
  const Json order = shop_.json(id_);
  EXPECT_EQ(order["state"].text(), "PaymentSettled");
  EXPECT_EQ(order["customFields"]["lotSummary"].text(), "GYP-500: L1 x3 (expires 2026-05-30)");
  EXPECT_EQ(order["lines"][0]["customFields"]["lotSummary"].text(), "L1 x3 (expires 2026-05-30)");
  const Json machine = Json::parse(order["lines"][0]["customFields"]["lots"].text());
  EXPECT_EQ(machine["dispatches"][0]["lots"][0]["lot"].text(), "L1");
  EXPECT_TRUE(order["lines"][1]["customFields"]["lots"].is_null());
  EXPECT_THAT(shop_.notes(id_), SizeIs(1));
  EXPECT_EQ(shop_.count("LotbridgeModify"), 1u);
  EXPECT_EQ(shop_.count("LotbridgeSetFields"), 1u);
}

TEST_F(VendureTest, WithoutCustomFieldsTheNoteIsWhatStands) {
  const auto connector = shop_.connector();
  EXPECT_EQ(run(*connector, stamp()).status, LB_OK);
  EXPECT_THAT(shop_.notes(id_), SizeIs(1));
  EXPECT_EQ(shop_.count("LotbridgeMoveOrder"), 0u);
  EXPECT_EQ(shop_.count("LotbridgeSetFields"), 0u);
}

TEST_F(VendureTest, AnAttemptThatWasCutOffIsEnded) {
  const auto connector = shop_.connector(kFields);
  for (int cuts = 0; cuts < 5; ++cuts) {  // after each of: out, change, back, fields, note
    shop_.lose_next_change = true;
    EXPECT_EQ(run(*connector, stamp()).status, LB_RETRY) << cuts;
  }
  EXPECT_EQ(run(*connector, stamp()).status, LB_OK);
  EXPECT_EQ(shop_.json(id_)["state"].text(), "PaymentSettled");
  EXPECT_THAT(shop_.notes(id_), SizeIs(1));
}

TEST_F(VendureTest, APersonsOwnChangeIsLeftAlone) {
  shop_.move(id_, "Modifying", "ana@staff.example");
  const auto connector = shop_.connector(kFields);
  const auto waits = run(*connector, stamp());
  EXPECT_EQ(waits.status, LB_RETRY);
  EXPECT_THAT(waits.message, HasSubstr("being modified by somebody"));
  EXPECT_EQ(shop_.json(id_)["state"].text(), "Modifying");
  EXPECT_EQ(run(*connector, shipped("S-1", "X1", 3)).status, LB_RETRY);
  shop_.move(id_, "PaymentSettled", "ana@staff.example");
  EXPECT_EQ(run(*connector, stamp()).status, LB_OK);
}

TEST_F(VendureTest, ADeliveredOrdersLinesAreClosed) {
  shop_.move(id_, "Delivered", "somebody");
  const auto connector = shop_.connector(kFields);
  const auto done = run(*connector, stamp());
  EXPECT_EQ(done.status, LB_OK);
  EXPECT_THAT(shop_.json(id_)["customFields"]["lots"].text(), HasSubstr("L1"));
  EXPECT_TRUE(shop_.json(id_)["lines"][0]["customFields"]["lots"].is_null());
}

TEST_F(VendureTest, AStampThatWasTakenBackLeavesNothing) {
  const auto connector = shop_.connector(kFields);
  EXPECT_EQ(run(*connector, stamp()).status, LB_OK);
  LotsWrite nothing;
  nothing.lines = {{line_, "GYP-500", Quantity::whole(3), {}}};
  EXPECT_EQ(run(*connector, instruction(id_, nothing)).status, LB_OK);
  EXPECT_TRUE(shop_.json(id_)["customFields"]["lots"].is_null());
  EXPECT_TRUE(shop_.json(id_)["lines"][0]["customFields"]["lotSummary"].is_null());
}

// ---------------------------------------------------------------- what has left

TEST_F(VendureTest, AFulfillmentHoldsItsLotsAndIsMadeOnce) {
  const auto connector = shop_.connector(kFields);
  const auto done = run(*connector, shipped("S-1", "X1", 2));
  ASSERT_EQ(done.status, LB_OK) << done.text();
  const std::string refs(Json::parse(done.result)["refs"].raw());
  EXPECT_EQ(run(*connector, shipped("S-1", "X1", 2)).result, done.result);
  EXPECT_EQ(run(*connector, shipped("S-1", "X1", 2, refs)).result, done.result);
  const Json made = shop_.json(id_)["fulfillments"];
  ASSERT_THAT(made.items(), SizeIs(1));
  EXPECT_EQ(made[0]["state"].text(), "Shipped");
  EXPECT_EQ(made[0]["method"].text(), "Correos");
  const Json kept = Json::parse(made[0]["customFields"]["lots"].text());
  EXPECT_EQ(kept["dispatch"].text(), "S-1");
  EXPECT_EQ(kept["lines"][0]["lots"][0]["lot"].text(), "L1");
  EXPECT_EQ(shop_.json(id_)["state"].text(), "PartiallyShipped");
}

TEST_F(VendureTest, LostAnswersShipNothingTwice) {
  for (const char* settings : {kFields, ""}) {
    for (const Maybe<std::string>& tracking : {Maybe<std::string>("X1"), Maybe<std::string>()}) {
      Shop shop;
      const std::string id = shop.order({{"GYP-500", 4}});
      const std::string line = shop.json(id)["lines"][0]["id"].id();
      const auto connector = shop.connector(settings);
      const auto wanted = instruction(id, left("S-1", tracking, {{line, 2}}));
      for (int cuts = 0; cuts < 2; ++cuts) {
        shop.lose_next_change = true;
        EXPECT_EQ(run(*connector, wanted).status, LB_RETRY);
      }
      const auto done = run(*connector, wanted);
      EXPECT_EQ(done.status, LB_OK) << done.text();
      EXPECT_THAT(shop.json(id)["fulfillments"].items(), SizeIs(1));
      // A second parcel of the same size is another one, once the first is known.
      const std::string refs(Json::parse(done.result)["refs"].raw());
      const auto second = instruction(id, left("S-2", tracking, {{line, 2}}), refs);
      EXPECT_EQ(run(*connector, second).status, LB_OK);
      EXPECT_THAT(shop.json(id)["fulfillments"].items(), SizeIs(2));
    }
  }
}

TEST_F(VendureTest, UnitsThatTheShopNoLongerWantsAreSaid) {
  const auto connector = shop_.connector();
  EXPECT_EQ(run(*connector, shipped("S-1", "X1", 3)).status, LB_OK);
  const auto more = run(*connector, shipped("S-2", "X2", 2, R"({"fulfillments":{"S-1":"9"}})"));
  EXPECT_EQ(more.status, LB_OK);
  EXPECT_THAT(more.logs, ::testing::Contains(HasSubstr("no longer wants")));
}

TEST_F(VendureTest, StockIsWhatMayBeSoldAndWhatOrdersHold) {
  EXPECT_TRUE(run(*shop_.connector(), instruction("", may_sell("GYP-500", 20))).requests.empty());
  const auto connector = shop_.connector(R"("write_stock": true)");
  for (int twice = 0; twice < 2; ++twice) {
    EXPECT_EQ(run(*connector, instruction("", may_sell("GYP-500", 20))).status, LB_OK);
  }
  EXPECT_EQ(shop_.variant("GYP-500")["stockLevels"][0]["stockOnHand"].integer(), 23);
  EXPECT_EQ(shop_.count("LotbridgeSetStock"), 1u);
  const auto placed = shop_.connector(R"("write_stock": true, "stock_locations": {"1": "BCN1"})");
  EXPECT_EQ(run(*placed, instruction("", may_sell("GYP-500", 20))).status, LB_OK);
  EXPECT_EQ(shop_.variant("GYP-500")["stockLevels"][0]["stockOnHand"].integer(), 3);
}

TEST_F(VendureTest, EveryFaultAtEveryRequestEndsInOneOfEach) {
  for (const contract::Fault& fault : contract::faults()) {
    Shop shop;
    const std::string id = shop.order({{"GYP-500", 3}});
    const std::string line = shop.json(id)["lines"][0]["id"].id();
    const auto connector = shop.connector(kFields);
    for (const Instruction& wanted :
         {instruction(id, left("S-1", "X1", {{line, 3}})),
          instruction(id, stamp_of(line, "GYP-500", "S-1", {stamped("GYP-500", "L1", 3)}))}) {
      for (std::size_t at = 0; at < 9; ++at) {
        connector->faults = {{at, fault.answer}};
        const auto broken = run(*connector, wanted);
        EXPECT_NE(broken.status, LB_BUG) << fault.name << broken.text();
      }
      connector->faults.clear();
      EXPECT_EQ(run(*connector, wanted).status, LB_OK) << fault.name;
    }
    EXPECT_THAT(shop.json(id)["fulfillments"].items(), SizeIs(1)) << fault.name;
    EXPECT_THAT(shop.notes(id), SizeIs(1)) << fault.name;
    EXPECT_EQ(shop.json(id)["state"].text(), "Shipped") << fault.name;
  }
}

}  // namespace
}  // namespace lotbridge::vendure
