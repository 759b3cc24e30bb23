// What comes in of goods, shipments, returns and stock, and the order that goes out with its lots.
#include <gmock/gmock.h>
#include <lotbridge/records.hpp>

#include "connectors/testing/contract.hpp"
#include "test_center.hpp"

namespace lotbridge::shipbob {
namespace {

using contract::instruction;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kReference = "shop:1001@NJ1";

PickSend pick(std::vector<std::pair<std::string, int>> lots,
              const std::string& status = "allocated") {
  PickSend out;
  out.status = status;
  out.warehouse = "NJ1";
  Address to;
  to.name = "Ana Diaz";
  to.address1 = "1 Main St";
  to.city = "Newark";
  to.region = "NJ";
  to.country = "US";
  to.postal_code = "07101";
  out.ship_to = to;
  PlannedLine line{"line-a", "GYP-500", {}, {}};
  for (const auto& [lot, units] : lots) {
    line.lots.push_back({"GYP-500", LotCode{lot}, Quantity::whole(units), Date::parse("2027-06-30"),
                         "NJ1", std::nullopt});
    line.quantity += Quantity::whole(units);
  }
  if (!lots.empty()) out.lines.push_back(line);
  return out;
}

class ShipBobTest : public ::testing::Test {
 protected:
  testing::Outcome send(testing::Replay& connector, const PickSend& pick) {
    return connector.run("pick.send/1", write_instruction(instruction("1001", pick)));
  }
  Center center_;
};

// ---------------------------------------------------------------- in

TEST_F(ShipBobTest, BoxesAreTheTruthOfAReceipt) {
  center_.put("receiving",
              R"({"id":7,"status":"Completed","last_updated_date":"2026-05-16T10:00:00Z",
    "fulfillment_center":{"id":5},"purchase_order_number":"PO-7","insert_date":"2026-05-10T10:00:00Z"})");
  center_.put("receiving",
              R"({"id":8,"status":"Awaiting","last_updated_date":"2026-05-16T10:00:00Z",
    "fulfillment_center":{"id":5}})");
  center_.put("boxes/7",
              R"({"box_id":71,"received_date":"2026-05-16T09:50:36.1333333+00:00","box_items":[
    {"inventory_id":77,"quantity":100,"received_quantity":98,"stowed_quantity":0,"lot_number":"L-22A",
     "lot_date":"2027-06-30T00:00:00"},
    {"inventory_id":78,"quantity":5,"received_quantity":0,"stowed_quantity":0,"lot_number":null,"lot_date":null}]})");
  const auto connector = center_.connector();
  const auto run = connector->pull("receipts.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  ASSERT_THAT(run.documents, SizeIs(1));
  const auto& receipt = std::get<Receipt>(run.documents[0].body);
  EXPECT_EQ(receipt.warehouse, "NJ1");
  EXPECT_EQ(receipt.purchase_order, "PO-7");
  ASSERT_THAT(receipt.lines, SizeIs(1));
  EXPECT_EQ(receipt.lines[0].sku, "GYP-500");
  EXPECT_EQ(receipt.lines[0].quantity, Quantity::whole(98));
  EXPECT_EQ(receipt.lines[0].lot->text, "L-22A");
  EXPECT_EQ(receipt.lines[0].expires_on->text(), "2027-06-30");
  EXPECT_TRUE(run.unreadable.empty());
  // What has ended is not read again until it changes.
  const std::size_t boxes = center_.count("GET", "/boxes");
  EXPECT_THAT(connector->pull("receipts.pull/1").documents, SizeIs(0));
  EXPECT_EQ(center_.count("GET", "/boxes"), boxes);
}

TEST_F(ShipBobTest, ADateMayBeTheDayOfProduction) {
  center_.put("receiving", R"({"id":7,"status":"Processing","fulfillment_center":{"id":5}})");
  center_.put("boxes/7", R"({"box_id":71,"box_items":[{"inventory_id":77,"received_quantity":1,
    "lot_number":"L","lot_date":"2026-05-01"}]})");
  const auto run = center_.connector(R"("lot_date": "produced_on")")->pull("receipts.pull/1");
  const auto& line = std::get<Receipt>(run.documents.at(0).body).lines.at(0);
  EXPECT_EQ(line.produced_on->text(), "2026-05-01");
  EXPECT_FALSE(line.expires_on);
}

TEST_F(ShipBobTest, AnUnknownItemOrCenterIsSetAside) {
  center_.put("receiving", R"({"id":7,"status":"Completed","fulfillment_center":{"id":5}})");
  center_.put("boxes/7",
              R"({"box_id":71,"box_items":[{"inventory_id":999,"received_quantity":1}]})");
  center_.put("receiving", R"({"id":9,"status":"Completed","fulfillment_center":{"id":6}})");
  center_.put("boxes/9",
              R"({"box_id":91,"box_items":[{"inventory_id":77,"received_quantity":1}]})");
  const auto run = center_.connector()->pull("receipts.pull/1");
  EXPECT_EQ(run.status, LB_OK);
  EXPECT_THAT(run.documents, SizeIs(0));
  ASSERT_THAT(run.parked, SizeIs(2));
  EXPECT_THAT(run.parked[0].message, HasSubstr("inventory id"));
  EXPECT_THAT(run.parked[1].message, HasSubstr("not mapped"));
}

TEST_F(ShipBobTest, ShipmentsSayWhichLotsLeft) {
  const auto connector = center_.connector();
  ASSERT_EQ(send(*connector, pick({{"L1", 3}})).status, LB_OK);
  EXPECT_THAT(connector->pull("dispatches.pull/1").documents, SizeIs(0));
  center_.ship(kReference, "L9");  // they took another one: their word counts
  const auto run = connector->pull("dispatches.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  ASSERT_THAT(run.documents, SizeIs(1));
  const auto& dispatch = std::get<Dispatch>(run.documents[0].body);
  EXPECT_EQ(dispatch.order, "1001");
  EXPECT_EQ(dispatch.order_source, "shop");
  EXPECT_EQ(dispatch.warehouse, "NJ1");
  EXPECT_EQ(dispatch.tracking_number, "9400X");
  ASSERT_THAT(dispatch.lines, SizeIs(1));
  EXPECT_EQ(dispatch.lines[0].order_line, "line-a");
  EXPECT_EQ(dispatch.lines[0].quantity, Quantity::whole(3));
  ASSERT_TRUE(dispatch.lines[0].lots);
  EXPECT_EQ(dispatch.lines[0].lots->at(0).lot.text, "L9");
  EXPECT_FALSE(dispatch.lines[0].lots->at(0).scanned);  // reported, not scanned
  EXPECT_TRUE(run.unreadable.empty());
}

TEST_F(ShipBobTest, UnitsWithoutALotAreSaidSo) {
  const auto connector = center_.connector();
  ASSERT_EQ(send(*connector, pick({{"L1", 3}})).status, LB_OK);
  center_.ship(kReference, "");
  const auto run =
      connector->webhook("order.shipped", R"({"id":)" + center_.list("order")[0]["id"].id() + "}");
  ASSERT_THAT(run.documents, SizeIs(1));
  EXPECT_FALSE(std::get<Dispatch>(run.documents[0].body).lines.at(0).lots);
}

TEST_F(ShipBobTest, ReturnsComeWithLotAndDisposition) {
  center_.put("return", R"({"id":31,"status":"Completed","completed_date":"2026-05-20T08:00:00Z",
    "fulfillment_center":{"id":5},"original_shipment_id":null,"inventory":[
    {"id":77,"quantity":2,"requested_action":"Default","action_taken":[{"action":"Dispose"}],
     "lot_number":"L1","lot_date":null},
    {"id":78,"quantity":1,"requested_action":"Restock","lot_number":null}]})");
  center_.put("return", R"({"id":32,"status":"Arrived","inventory":[]})");
  const auto connector = center_.connector();
  const auto run = connector->pull("returns.pull/1");
  ASSERT_THAT(run.documents, SizeIs(1)) << run.text();
  const auto& back = std::get<Return>(run.documents[0].body);
  EXPECT_EQ(back.lines.at(0).disposition, ReturnDisposition::scrap);
  EXPECT_EQ(back.lines.at(0).lots->at(0).lot.text, "L1");
  EXPECT_EQ(back.lines.at(1).disposition, ReturnDisposition::restock);
  EXPECT_THAT(connector->pull("returns.pull/1").documents, SizeIs(0));
}

TEST_F(ShipBobTest, StockByLotIsACountOfEachWarehouse) {
  center_.put("inventory-level/lots", R"({"inventory_id":77,"lots":[
    {"lot_number":"L1","lot_date":"2027-06-30","on_hand_quantity":12,
     "locations":[{"location_id":5,"on_hand_quantity":10},{"location_id":6,"on_hand_quantity":2}]},
    {"lot_number":null,"locations":[{"location_id":5,"on_hand_quantity":4}]}]})");
  const auto run = center_.connector()->pull("inventory.pull/1");
  ASSERT_THAT(run.documents, SizeIs(1)) << run.text();
  const auto& count = std::get<Count>(run.documents[0].body);
  EXPECT_EQ(count.warehouse, "NJ1");
  ASSERT_THAT(count.lines, SizeIs(1));
  EXPECT_EQ(count.lines[0].counted, Quantity::whole(10));
  EXPECT_TRUE(count.snapshot_at);
}

TEST_F(ShipBobTest, ProductsAreItems) {
  const auto run = center_.connector()->pull("products.pull/1");
  ASSERT_THAT(run.documents, SizeIs(2)) << run.text();
  const auto& item = std::get<Item>(run.documents[0].body);
  EXPECT_TRUE(item.lot_tracked);
  EXPECT_EQ(item.policy.min_remaining_days, 7);
}

// ---------------------------------------------------------------- out

TEST_F(ShipBobTest, AnOrderIsMadeOnceWithOurLots) {
  const auto connector = center_.connector();
  for (int twice = 0; twice < 2; ++twice) {
    const auto done = send(*connector, pick({{"L1", 2}, {"L2", 1}}));
    ASSERT_EQ(done.status, LB_OK) << done.text();
    EXPECT_THAT(done.result, HasSubstr(kReference));
  }
  ASSERT_THAT(center_.list("order").items(), SizeIs(1));
  const Json order = center_.list("order")[0];
  EXPECT_EQ(order["products"][0]["external_line_id"].integer(), 1);
  EXPECT_EQ(order["products"][0]["quantity"].integer(), 3);
  EXPECT_EQ(order["recipient"]["address"]["zip_code"].text(), "07101");
  EXPECT_EQ(center_.count("POST", ":updateLineItems"), 1u);
  const std::string shipment = order["shipments"][0]["id"].id();
  const Json items = center_.list("items/" + shipment);
  ASSERT_THAT(items.items(), SizeIs(2));
  EXPECT_EQ(items[0]["lot"]["lot_number"].text(), "L1");
  EXPECT_EQ(items[1]["quantity"].integer(), 1);
}

TEST_F(ShipBobTest, ChangedLotsAreToldAgainChangedUnitsAreANewOrder) {
  const auto connector = center_.connector();
  ASSERT_EQ(send(*connector, pick({{"L1", 3}})).status, LB_OK);
  ASSERT_EQ(send(*connector, pick({{"L2", 3}})).status, LB_OK);
  EXPECT_THAT(center_.list("order").items(), SizeIs(1));
  EXPECT_EQ(center_.count("POST", ":updateLineItems"), 2u);
  ASSERT_EQ(send(*connector, pick({{"L2", 5}})).status, LB_OK);
  const Json orders = center_.list("order");
  ASSERT_THAT(orders.items(), SizeIs(2));
  EXPECT_EQ(orders[0]["status"].text(), "Cancelled");
  EXPECT_EQ(orders[1]["reference_id"].text(), kReference + "#2");
  // Nothing to pick any more.
  ASSERT_EQ(send(*connector, pick({}, "cancelled")).status, LB_OK);
  EXPECT_EQ(center_.list("order")[1]["status"].text(), "Cancelled");
}

TEST_F(ShipBobTest, ASuccessThatSaysNoIsAFailure) {
  center_.takes_lots = false;
  const auto refused = send(*center_.connector(), pick({{"L1", 3}}));
  EXPECT_EQ(refused.status, LB_CONFLICT);
  EXPECT_THAT(refused.message, HasSubstr("lot is on hold"));
}

TEST_F(ShipBobTest, AllLinesOrNone) {
  const auto connector = center_.connector();
  PickSend two = pick({{"L1", 3}});
  PlannedLine other{"line-b", "GYP-750", Quantity::whole(2), {}};
  other.lots.push_back(
      {"GYP-750", LotCode{"M1"}, Quantity::whole(2), std::nullopt, "NJ1", std::nullopt});
  two.lines.push_back(other);
  ASSERT_EQ(send(*connector, two).status, LB_OK);
  EXPECT_EQ(center_.count("POST", ":updateLineItems"), 1u);
  // Of a shipment that also holds what we know no lot of, ShipBob chooses all.
  Center another;
  const auto careful = another.connector();
  careful->on_http = [&](const HttpRequest& request) -> testing::Answered {
    auto reply = std::get<HttpReply>(another.answer(request));
    std::string body = reply.body();
    if (request.url.find(":getLineItems") != std::string::npos) {
      body.insert(body.size() - 1, R"(,{"inventory_id":78,"quantity":1,"is_lot":true,"lot":null,
                                       "product_variant":{"sku":"GYP-750"}})");
    }
    return HttpReply(reply.code(), reply.headers(), body);
  };
  const auto done = send(*careful, pick({{"L1", 3}}));
  EXPECT_EQ(done.status, LB_OK) << done.text();
  EXPECT_EQ(another.count("POST", ":updateLineItems"), 0u);
  EXPECT_THAT(done.logs, ::testing::Contains(HasSubstr("ShipBob chooses")));
  // And where it always chooses, nothing is told.
  Center theirs;
  EXPECT_EQ(send(*theirs.connector(R"("choose_lots": false)"), pick({{"L1", 3}})).status, LB_OK);
  EXPECT_EQ(theirs.count("GET", ":getLineItems"), 0u);
}

TEST_F(ShipBobTest, LotsWaitForTheImport) {
  center_.imports = false;
  const auto waits = send(*center_.connector(), pick({{"L1", 3}}));
  EXPECT_EQ(waits.status, LB_RETRY);
  EXPECT_THAT(center_.list("order").items(), SizeIs(1));
}

TEST_F(ShipBobTest, LostAnswersMakeOneOrder) {
  const auto connector = center_.connector();
  for (int cuts = 0; cuts < 2; ++cuts) {
    center_.lose_next_change = true;
    EXPECT_EQ(send(*connector, pick({{"L1", 3}})).status, LB_RETRY);
  }
  EXPECT_EQ(send(*connector, pick({{"L1", 3}})).status, LB_OK);
  EXPECT_THAT(center_.list("order").items(), SizeIs(1));
}

TEST_F(ShipBobTest, WhatCannotBeShippedIsSaid) {
  PickSend nowhere = pick({{"L1", 3}});
  nowhere.ship_to->city.reset();
  EXPECT_EQ(send(*center_.connector(), nowhere).status, LB_BAD_RECORD);
  PickSend half = pick({{"L1", 3}});
  half.lines[0].lots[0].quantity = *Quantity::parse("1.5");
  EXPECT_EQ(send(*center_.connector(), half).status, LB_BAD_RECORD);
}

TEST_F(ShipBobTest, TheirOwnRetryAfterIsKept) {
  const auto connector = center_.connector();
  connector->on_http = [](const HttpRequest&) {
    return HttpReply(429, {{"x-retry-after", "17"}}, R"({"statusCode":429})");
  };
  const auto told = connector->run("account.check/1");
  EXPECT_EQ(told.status, LB_RATE_LIMITED);
  EXPECT_EQ(told.retry_after_ms, 17'000u);
}

TEST_F(ShipBobTest, TheChannelMustBeTheAccounts) {
  EXPECT_EQ(center_.connector()->run("account.check/1").result, R"({"account":"Pure Fresh API"})");
  testing::Replay other(SHIPBOB_FILE, R"({"channel_id": 1})");
  other.on_http = [&](const HttpRequest& request) { return center_.answer(request); };
  EXPECT_EQ(other.run("account.check/1").status, LB_CONFIG);
}

TEST_F(ShipBobTest, OneWebhookIsMade) {
  const auto connector = center_.connector();
  for (int twice = 0; twice < 2; ++twice) {
    EXPECT_EQ(
        connector->run("webhook.register/1", R"({"url":"https://lots.example/hooks/sb"})").status,
        LB_OK);
  }
  EXPECT_THAT(center_.list("webhook").items(), SizeIs(1));
  EXPECT_EQ(connector->webhook("billing.invoice", "{}").status, LB_OK);
}

TEST_F(ShipBobTest, EveryFaultAtEveryRequestEndsInOneOrder) {
  for (const contract::Fault& fault : contract::faults()) {
    Center center;
    const auto connector = center.connector();
    for (std::size_t at = 0; at < 4; ++at) {
      connector->faults = {{at, fault.answer}};
      const auto broken = send(*connector, pick({{"L1", 3}}));
      EXPECT_NE(broken.status, LB_BUG) << fault.name << broken.text();
    }
    connector->faults.clear();
    EXPECT_EQ(send(*connector, pick({{"L1", 3}})).status, LB_OK) << fault.name;
    EXPECT_THAT(center.list("order").items(), SizeIs(1)) << fault.name;
  }
}

// ---------------------------------------------------------------- recordings

const std::string kFolder = std::string(SHIPBOB_FOLDER) + "/cassettes/";
const std::string kSettings = R"({"channel_id": 4001, "warehouses": {"5": "NJ1"}})";

std::vector<contract::Recorded> recordings() {
  const std::string from = R"({"cursor": null, "start_at": "2026-05-01T00:00:00Z"})";
  return {
      {"account_check.yaml", "account.check/1", "{}"},
      {"webhook_register.yaml", "webhook.register/1", R"({"url":"https://lots.example/hooks/sb"})"},
      {"products_pull.yaml", "products.pull/1", from},
      {"pick_send.yaml", "pick.send/1", write_instruction(instruction("1001", pick({{"L1", 3}})))},
      {"receipts_pull.yaml", "receipts.pull/1", from},
      {"returns_pull.yaml", "returns.pull/1", from},
      {"inventory_pull.yaml", "inventory.pull/1", from},
      {"dispatches_pull.yaml", "dispatches.pull/1", from}};
}

TEST(Cassettes, EachIsPlayedToItsEnd) {
  if (std::getenv("SHIPBOB_RECORD")) {
    Center center;
    center.put("receiving",
               R"({"id":7,"status":"Completed","last_updated_date":"2026-05-16T10:00:00Z",
      "fulfillment_center":{"id":5},"purchase_order_number":"PO-7"})");
    center.put("boxes/7",
               R"({"box_id":71,"received_date":"2026-05-16T09:50:36.1333333+00:00","box_items":[
      {"inventory_id":77,"received_quantity":98,"lot_number":"L-22A","lot_date":"2027-06-30T00:00:00"}]})");
    center.put("return", R"({"id":31,"status":"Completed","completed_date":"2026-05-20T08:00:00Z",
      "fulfillment_center":{"id":5},"inventory":[{"id":77,"quantity":2,"requested_action":"Restock",
      "lot_number":"L1"}]})");
    center.put("inventory-level/lots", R"({"inventory_id":77,"lots":[{"lot_number":"L1",
      "lot_date":"2027-06-30","locations":[{"location_id":5,"on_hand_quantity":10}]}]})");
    bool shipped = false;
    contract::record(SHIPBOB_FILE, kFolder, kSettings, recordings(),
                     [&](const HttpRequest& request) {
                       if (request.url.find("SortOrder") != std::string::npos && !shipped) {
                         center.ship(kReference, "L1");
                         shipped = true;
                       }
                       return center.answer(request);
                     });
  }
  contract::play_all(SHIPBOB_FILE, kFolder, kSettings, recordings());
}

TEST(Cassettes, AFaultAtEachRequestHasItsClass) {
  contract::fault_all(SHIPBOB_FILE, kFolder, kSettings, recordings());
}

}  // namespace
}  // namespace lotbridge::shipbob
