// Orders, documents, items, stock and lots, as callers with different rights see them.
#include "daemon/api/reads_fixture.hpp"

#include <gmock/gmock.h>

namespace lotbridge::api {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ReadsTest, AnOrderIsFoundByEveryNameItHas) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 60));
  for (const char* name : {"1001", "#1001", "ord_1"}) {
    const Json answer = json({"orders", name});
    EXPECT_EQ(answer["uid"].text(), "ord_1");
    EXPECT_EQ(answer["order"]["status"].text(), "allocated");
    EXPECT_EQ(answer["order"]["lines"][0]["allocations"].size(), 2u);
    EXPECT_EQ(answer["document"]["customer"]["email"].text(), "ana@example.org");
    EXPECT_EQ(answer["document"]["ship_to"]["address1"].text(), "Calle Mayor 1");
    EXPECT_TRUE(answer["exceptions"].is_array());
  }
  EXPECT_EQ(status({"orders", "1002"}), 404);
}

TEST_F(ReadsTest, SeveralOrdersOfOneNameAreNamed) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 1), "shopify-eu");
  post(DocumentType::order, order("1001", 2), "shopify-us");
  const Response several = get({"orders", "1001"});
  EXPECT_EQ(several.status, 409);
  EXPECT_THAT(several.body, HasSubstr("ord_1 (pure-fresh, shopify-eu)"));
  EXPECT_THAT(several.body, HasSubstr("ord_2 (pure-fresh, shopify-us)"));
  EXPECT_EQ(json({"orders", "1001"}, {{"source", "shopify-us"}})["uid"].text(), "ord_2");
  EXPECT_EQ(status({"orders", "1001"}, {{"source", "ebay"}}), 404);
}

TEST_F(ReadsTest, AnotherOwnersThingsAreAsIfTheyWereNot) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 3));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 3, lots("LOT-A", 3)), "mad-files");
  be("acme");
  for (const std::vector<std::string>& path :
       std::vector<std::vector<std::string>>{{"orders", "1001"},
                                             {"orders", "ord_1"},
                                             {"items", "GYP-500"},
                                             {"items", "itm_1"},
                                             {"receipts", "R-1"},
                                             {"receipts", "rcp_2"},
                                             {"dispatches", "S-1"},
                                             {"lots", "GYP-500", "LOT-A"}}) {
    const Response hidden = get(path);
    EXPECT_EQ(hidden.status, 404) << path[0];
    std::vector<std::string> missing = path;
    missing.back() = "nothing";
    EXPECT_EQ(hidden.body, get(missing).body);
  }
  EXPECT_EQ(get({"trace"}, {{"sku", "GYP-500"}, {"lot", "LOT-A"}}).body,
            get({"trace"}, {{"sku", "nothing"}, {"lot", "LOT-A"}}).body);
  for (const char* list : {"orders", "items", "receipts", "dispatches", "stock", "lots", "ledger",
                           "alerts", "deliveries", "parked", "audit", "availability"}) {
    EXPECT_TRUE(rows({list}).empty()) << list;
    EXPECT_EQ(get({list}, {{"owner", "pure-fresh"}}).body, get({list}, {{"owner", "nobody"}}).body);
    EXPECT_EQ(status({list}, {{"owner", "pure-fresh"}}), 404);
  }
}

TEST_F(ReadsTest, AForgottenCustomerReadsErased) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 3));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 3, lots("LOT-A", 3)), "mad-files");
  Json trace = json({"trace"}, {{"sku", "GYP-500"}, {"lot", "LOT-A"}});
  EXPECT_EQ(trace["dispatched"][0]["customer"]["name"].text(), "Ana Ruiz");
  EXPECT_EQ(trace["dispatched"][0]["ship_to"]["city"].text(), "Madrid");
  wait([&](engine::Done done) {
    engine_->erase_customer({"1001", "pure-fresh", {}}, engine::Caller{}, std::move(done));
  });
  EXPECT_EQ(json({"orders", "1001"})["document"]["customer"].raw(), R"({"erased":true})");
  trace = json({"trace"}, {{"sku", "GYP-500"}, {"lot", "LOT-A"}});
  EXPECT_EQ(trace["dispatched"][0]["customer"].raw(), R"({"erased":true})");
  EXPECT_EQ(trace["dispatched"][0]["order"].text(), "1001");
  EXPECT_THAT(get({"trace"}, {{"sku", "GYP-500"}, {"lot", "LOT-A"}}).body, Not(HasSubstr("Ana")));
}

TEST_F(ReadsTest, DocumentsOfEveryTypeReadBack) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 3));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 3, lots("LOT-B", 3)), "mad-files");
  post(DocumentType::hold, R"({"id":"H-1","code":"qa","lots":[{"sku":"GYP-500","lot":"LOT-A"}]})");
  const Json item = json({"items", "GYP-500"});
  EXPECT_EQ(item["uid"].text(), "itm_1");
  EXPECT_EQ(item["document"]["name"].text(), "Greek yogurt");
  const Json receipt = json({"receipts", "R-1"});
  EXPECT_EQ(receipt["document"]["lines"][0]["lot"].text(), "LOT-B");
  EXPECT_EQ(json({"receipts", receipt["uid"].text()})["document"]["id"].text(), "R-1");
  EXPECT_EQ(status({"dispatches", receipt["uid"].text()}), 404);
  const Json dispatched = json({"dispatches", "S-1"}, {{"source", "mad-files"}})["dispatch"];
  EXPECT_EQ(dispatched["order"].text(), "1001");
  EXPECT_EQ(dispatched["lines"][0]["order_line"].text(), "1");
  EXPECT_EQ(dispatched["lines"][0]["lots"][0]["lot"].text(), "LOT-B");
  EXPECT_EQ(dispatched["lines"][0]["lots"][0]["evidence"].text(), "scanned");
  EXPECT_EQ(dispatched["lines"][0]["lots"][0]["expires_on"].text(), "2026-05-30");
  EXPECT_EQ(json({"holds", "H-1"})["document"]["code"].text(), "qa");
  EXPECT_EQ(rows({"receipts"}).size(), 2u);
  EXPECT_EQ(rows({"receipts"})[0]["document"]["id"].text(), "R-2");  // newest first
}

TEST_F(ReadsTest, StockIsSpreadInPickingOrder) {
  start();
  stock_places();
  post(DocumentType::order, order("1001", 90));
  post(DocumentType::pick,
       R"({"id":"PK-1","order":"1001","lines":[{"order_line":"1","lot":"LOT-A","quantity":60}]})");
  // LOT-A: 50 without place, then B-01 and C-01 (10), then A-01 (20).
  const auto stock = rows({"stock"}, {{"sku", "GYP-500"}, {"lot", "LOT-A"}});
  ASSERT_EQ(stock.size(), 4u);
  const auto row = [&](std::size_t i, const char* place, int on_hand, int picked, int reserved,
                       int available) {
    EXPECT_EQ(stock[i]["location"].text_or(""), place);
    EXPECT_EQ(stock[i]["on_hand"].integer(), on_hand) << i;
    EXPECT_EQ(stock[i]["picked"].integer(), picked) << i;
    EXPECT_EQ(stock[i]["reserved"].integer(), reserved) << i;
    EXPECT_EQ(stock[i]["available"].integer(), available) << i;
  };
  row(0, "", 50, 50, 0, 0);
  row(1, "B-01", 30, 10, 20, 0);
  row(2, "C-01", 5, 0, 5, 0);
  row(3, "A-01", 20, 0, 5, 15);
  EXPECT_EQ(rows({"stock"}, {{"warehouse", "BCN1"}}).size(), 0u);
  EXPECT_EQ(rows({"stock"}, {{"status", "quarantine"}}).size(), 0u);
  EXPECT_EQ(rows({"stock"}, {{"sku", "other"}}).size(), 0u);
}

TEST_F(ReadsTest, BlockedAndExpiredStockIsNotAvailable) {
  start();
  stock_dairy();
  const auto available = [&](const char* lot) {
    return rows({"stock"}, {{"sku", "GYP-500"}, {"lot", lot}})[0]["available"].integer();
  };
  EXPECT_EQ(available("LOT-A"), 50);
  post(DocumentType::hold, R"({"id":"H-1","code":"qa","lots":[{"sku":"GYP-500","lot":"LOT-A"}]})");
  EXPECT_EQ(available("LOT-A"), 0);
  EXPECT_EQ(available("LOT-B"), 100);
  wait([&](engine::Done done) {
    engine_->move_clock(*Timestamp::parse("2026-05-31T10:00:00Z"), engine::Caller{},
                        std::move(done));
  });
  EXPECT_EQ(available("LOT-B"), 0);
}

TEST_F(ReadsTest, StockAsItWas) {
  start();
  stock_dairy();
  wait([&](engine::Done done) {
    engine_->move_clock(*Timestamp::parse("2026-05-18T10:00:00Z"), engine::Caller{},
                        std::move(done));
  });
  post(DocumentType::adjustment,
       R"({"id":"A-1","warehouse":"MAD1","at":"2026-05-17T08:00:00Z","reason":"scrapped",)"
       R"("lines":[{"sku":"GYP-500","lot":"LOT-A","quantity":-8}]})");
  const auto on_hand = [&](const Query& more) {
    Query query = more;
    query["sku"] = "GYP-500";
    query["lot"] = "LOT-A";
    const auto stock = rows({"stock"}, query);
    return stock.empty() ? 0 : stock[0]["on_hand"].integer();
  };
  EXPECT_EQ(on_hand({}), 42);
  EXPECT_EQ(on_hand({{"as_of", "2026-05-16T12:00:00Z"}}), 50);
  EXPECT_EQ(on_hand({{"as_of", "2026-05-17"}}), 42);               // it had happened
  EXPECT_EQ(on_hand({{"known_at", "2026-05-17T20:00:00Z"}}), 50);  // but nobody knew
  EXPECT_EQ(on_hand({{"as_of", "2026-05-15"}}), 0);
  EXPECT_EQ(rows({"stock"}, {{"as_of", "2026-05-17"}}).size(), 2u);  // without a filter
  EXPECT_TRUE(rows({"stock"}, {{"as_of", "2026-05-17"}})[0]["available"].is_null());
  EXPECT_EQ(status({"stock"}, {{"as_of", "yesterday"}}), 422);
}

TEST_F(ReadsTest, ATokenOfOneWarehouseSeesOnlyThat) {
  start();
  stock_dairy();
  post(DocumentType::receipt,
       R"({"id":"R-9","warehouse":"BCN1","lines":[{"line":"1","sku":"GYP-500","quantity":7,)"
       R"("lot":"LOT-B","expires_on":"2026-05-30"}]})");
  warehouses_ = {"BCN1"};
  const auto stock = rows({"stock"});
  ASSERT_EQ(stock.size(), 1u);
  EXPECT_EQ(stock[0]["warehouse"].text(), "BCN1");
  EXPECT_EQ(status({"receipts", "R-1"}), 404);
  EXPECT_EQ(status({"receipts", "R-9"}), 200);
  EXPECT_EQ(rows({"receipts"}).size(), 1u);
  EXPECT_EQ(json({"lots", "GYP-500", "LOT-B"})["balances"].size(), 1u);
  const Json trace = json({"trace"}, {{"sku", "GYP-500"}, {"lot", "LOT-B"}});
  EXPECT_EQ(trace["balance"]["received"].integer(), 7);
  EXPECT_EQ(trace["balance"]["on_hand"].integer(), 7);
}

TEST_F(ReadsTest, LotsWithDatesBlocksAndHistory) {
  start();
  stock_dairy();
  post(DocumentType::receipt,
       R"({"id":"R-7","warehouse":"MAD1","supplier":"dairy-co","purchase_order":"PO-7","lines":[)"
       R"({"line":"1","sku":"GYP-500","quantity":5,"lot":"LOT-C","batch":"B7",)"
       R"("supplier_lot":"SL-1","produced_on":"2026-05-15","expires_on":"2026-06-20"}]})");
  post(DocumentType::hold,
       R"({"id":"H-1","code":"qa","reason":"pH","lots":[{"sku":"GYP-500","lot":"LOT-C"}]})");
  const Json lot = json({"lots", "GYP-500", "LOT-C"});
  EXPECT_EQ(lot["expires_on"].text(), "2026-06-20");
  EXPECT_EQ(lot["produced_on"].text(), "2026-05-15");
  EXPECT_EQ(lot["batch"].text(), "B7");
  EXPECT_EQ(lot["first_received_on"].text(), "2026-05-16");
  EXPECT_EQ(lot["blocks"][0]["reason"].text(), "hold");
  EXPECT_EQ(lot["blocks"][0]["code"].text(), "qa");
  EXPECT_EQ(lot["balances"][0]["on_hand"].integer(), 5);
  const auto found = [&](const Query& query) {
    std::string codes;
    for (const Json& row : rows({"lots"}, query)) codes += row["lot"].text() + " ";
    return codes;
  };
  EXPECT_EQ(found({}), "LOT-A LOT-B LOT-C ");
  EXPECT_EQ(found({{"batch", "B7"}}), "LOT-C ");
  EXPECT_EQ(found({{"supplier_lot", "SL-1"}}), "LOT-C ");
  EXPECT_EQ(found({{"supplier", "dairy-co"}}), "LOT-C ");
  EXPECT_EQ(found({{"purchase_order", "PO-7"}}), "LOT-C ");
  EXPECT_EQ(found({{"expiring_within_days", "14"}}), "LOT-A LOT-B ");
  EXPECT_EQ(found({{"expiring_within_days", "13"}}), "LOT-A ");
  EXPECT_EQ(found({{"status", "hold"}}), "LOT-C ");
  EXPECT_EQ(found({{"status", "available"}, {"sku", "GYP-500"}}), "LOT-A LOT-B ");
  EXPECT_EQ(found({{"status", "expired"}}), "");
  wait([&](engine::Done done) {
    engine_->move_clock(*Timestamp::parse("2026-05-27T10:00:00Z"), engine::Caller{},
                        std::move(done));
  });
  EXPECT_EQ(found({{"status", "expired"}}), "LOT-A ");
  EXPECT_EQ(json({"lots", "GYP-500", "LOT-A"})["state"].raw(), R"(["expired"])");
  EXPECT_EQ(status({"lots"}, {{"status", "lovely"}}), 422);
}

TEST_F(ReadsTest, AvailabilityFollowsTheChannelsPolicy) {
  start();
  stock_dairy();
  post(DocumentType::policy,
       R"({"id":"P-1","scope":{"channel":"d2c"},"policy":{"min_remaining_days":12}})");
  const auto available = [&](const Query& query) {
    for (const Json& row : rows({"availability"}, query)) {
      if (row["warehouse"].text() == "MAD1") return row["available"].integer();
    }
    return std::int64_t{-1};
  };
  EXPECT_EQ(available({{"sku", "GYP-500"}}), 150);
  EXPECT_EQ(available({{"sku", "GYP-500"}, {"channel", "d2c"}}), 100);  // LOT-A has ten days left
  post(DocumentType::order, order("1001", 30));
  EXPECT_EQ(available({}), 120);
}

}  // namespace
}  // namespace lotbridge::api
