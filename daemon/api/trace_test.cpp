// Traces: net of what was taken back, what may be elsewhere, and a balance that always closes.
#include "daemon/api/trace.hpp"
#include "daemon/api/reads_fixture.hpp"

#include <gmock/gmock.h>

namespace lotbridge::api {
namespace {

class TraceTest : public ReadsTest {
 protected:
  Json trace(const std::string& lot, Query more = {}) {
    more["sku"] = "GYP-500";
    more["lot"] = lot;
    Json answer = json({"trace"}, more);
    expect_closed(answer);
    return answer;
  }
  static std::int64_t sum(const Json& balance, std::initializer_list<const char*> names) {
    std::int64_t total = 0;
    for (const char* name : names) total += balance[name].quantity().micros;
    return total;
  }
  static void expect_closed(const Json& answer) {
    const Json balance = answer["balance"];
    EXPECT_EQ(sum(balance, {"received", "produced", "found", "returned"}),
              sum(balance, {"on_hand", "in_transit", "dispatched", "consumed", "scrapped", "lost",
                            "moved_to_owner"}))
        << balance.raw();
  }
  void move_to(const char* moment) {
    wait([&](engine::Done done) {
      engine_->move_clock(*Timestamp::parse(moment), engine::Caller{}, std::move(done));
    });
  }
};

TEST_F(TraceTest, ALotFromReceiptToConsignee) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 10));
  post(DocumentType::dispatch, dispatch("S-1", "#1001", 10, lots("LOT-A", 10)), "mad-files");
  const Json answer = trace("LOT-A");
  EXPECT_EQ(answer["received"][0]["receipt"].text(), "R-2");
  EXPECT_EQ(answer["received"][0]["quantity"].integer(), 50);
  const Json sent = answer["dispatched"][0];
  EXPECT_EQ(sent["order"].text(), "1001");
  EXPECT_EQ(sent["number"].text(), "#1001");
  EXPECT_EQ(sent["order_line"].text(), "1");
  EXPECT_EQ(sent["dispatch"].text(), "S-1");
  EXPECT_EQ(sent["channel"].text(), "shopify-eu");
  EXPECT_EQ(sent["customer"]["id"].text(), "c9");
  EXPECT_EQ(sent["carrier"].text(), "correos");
  EXPECT_EQ(sent["tracking_number"].text(), "X1");
  EXPECT_EQ(sent["quantity"].integer(), 10);
  EXPECT_EQ(sent["evidence"].text(), "scanned");
  EXPECT_EQ(answer["on_hand"][0]["quantity"].integer(), 40);
  EXPECT_EQ(answer["balance"]["dispatched"].integer(), 10);
  EXPECT_EQ(trace("LOT-A", {{"direction", "backward"}})["dispatched"].size(), 0u);
  EXPECT_EQ(trace("LOT-A", {{"direction", "forward"}})["received"].size(), 0u);
  EXPECT_EQ(trace("LOT-A", {{"as_of", "2026-05-15"}})["balance"]["received"].integer(), 0);
}

TEST_F(TraceTest, WhatWasTakenBackIsNotShown) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 10));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 6, lots("LOT-A", 6)), "mad-files");
  post(DocumentType::dispatch,
       R"({"id":"S-1v","warehouse":"MAD1","order":"1001","void_of":"S-1","lines":[]})",
       "mad-files");
  Json answer = trace("LOT-A");
  EXPECT_EQ(answer["dispatched"].size(), 0u) << answer["dispatched"].raw();
  EXPECT_EQ(answer["balance"]["dispatched"].integer(), 0);
  EXPECT_EQ(answer["balance"]["on_hand"].integer(), 50);
  // A correction of the same report: other lots than it said first.
  post(DocumentType::dispatch, dispatch("S-2", "1001", 6, lots("LOT-A", 6)), "mad-files");
  post(DocumentType::dispatch, dispatch("S-2", "1001", 6, lots("LOT-B", 6)), "mad-files");
  EXPECT_EQ(trace("LOT-A")["dispatched"].size(), 0u);
  EXPECT_EQ(trace("LOT-B")["dispatched"][0]["quantity"].integer(), 6);
}

TEST_F(TraceTest, ReturnsCountsAndScrapStandApart) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 10));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 10, lots("LOT-A", 10)), "mad-files");
  post(DocumentType::return_,
       R"({"id":"RT-1","order":"1001","warehouse":"MAD1","lines":[{"order_line":"1",)"
       R"("quantity":3,"lots":null,"disposition":"quarantine"}]})");
  post(DocumentType::return_,
       R"({"id":"RT-2","order":"1001","warehouse":"MAD1","lines":[{"order_line":"1",)"
       R"("quantity":1,"lots":null,"disposition":"scrap"}]})");
  post(DocumentType::adjustment,
       R"({"id":"A-1","warehouse":"MAD1","reason":"scrapped","note":"dropped",)"
       R"("lines":[{"sku":"GYP-500","lot":"LOT-A","quantity":-2}]})");
  post(DocumentType::count,
       R"({"id":"C-1","warehouse":"MAD1","lines":[{"sku":"GYP-500","lot":"LOT-A","counted":35}]})",
       "mad-files");
  const Json answer = trace("LOT-A");
  EXPECT_EQ(answer["balance"]["returned"].integer(), 4);
  EXPECT_EQ(answer["balance"]["dispatched"].integer(), 10);
  EXPECT_EQ(answer["balance"]["scrapped"].integer(), 3);
  EXPECT_EQ(answer["balance"]["lost"].integer(), 3);  // 38 should have been there
  EXPECT_EQ(answer["balance"]["on_hand"].integer(), 38);
  ASSERT_EQ(answer["returned"].size(), 2u);
  EXPECT_EQ(answer["returned"][0]["return"].text(), "RT-1");
  EXPECT_EQ(answer["returned"][0]["status"].text(), "quarantine");
  EXPECT_EQ(answer["returned"][0]["quantity"].integer(), 3);
  EXPECT_EQ(answer["returned"][0]["order"].text(), "1001");
  EXPECT_EQ(answer["returned"][1]["status"].text(), "scrapped");
  ASSERT_EQ(answer["adjusted"].size(), 2u);
  EXPECT_EQ(answer["adjusted"][0]["reason"].text(), "scrapped");
  EXPECT_EQ(answer["adjusted"][0]["note"].text(), "dropped");
  EXPECT_EQ(answer["adjusted"][0]["quantity"].integer(), -2);
  EXPECT_EQ(answer["adjusted"][1]["type"].text(), "count");
  EXPECT_EQ(answer["adjusted"][1]["quantity"].integer(), -3);
}

TEST_F(TraceTest, ADispatchBeforeItsReceiptIsUnreconciledUntilThatComes) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 10));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 10, lots("LOT-N", 10)), "mad-files");
  Json answer = trace("LOT-N");
  ASSERT_EQ(answer["unreconciled"].size(), 1u);
  EXPECT_EQ(answer["unreconciled"][0]["order"].text(), "1001");
  EXPECT_EQ(answer["unreconciled"][0]["quantity"].integer(), 10);
  EXPECT_EQ(answer["balance"]["on_hand"].integer(), -10);
  post(DocumentType::receipt, receipt("R-8", "LOT-N", 6, "2026-05-29"), "mad-files");
  EXPECT_EQ(trace("LOT-N")["unreconciled"][0]["quantity"].integer(), 4);
  post(DocumentType::receipt, receipt("R-9", "LOT-N", 4, "2026-05-29"), "mad-files");
  answer = trace("LOT-N");
  EXPECT_EQ(answer["unreconciled"].size(), 0u);
  EXPECT_EQ(answer["dispatched"][0]["quantity"].integer(), 10);
}

TEST_F(TraceTest, WhoMayHaveItAlthoughAnotherLotIsStamped) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 5));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 5), "mad-files");  // nobody said which lot
  post(DocumentType::order, order("1002", 5));
  post(DocumentType::dispatch, dispatch("S-2", "1002", 5, lots("LOT-A", 5)), "mad-files");
  Json answer = trace("LOT-B");  // it lay there, too
  ASSERT_EQ(answer["possible"].size(), 1u) << answer["possible"].raw();
  EXPECT_EQ(answer["possible"][0]["order"].text(), "1001");
  EXPECT_EQ(answer["possible"][0]["lot"].text(), "LOT-A");
  EXPECT_EQ(answer["possible"][0]["evidence"].text(), "inferred");
  EXPECT_EQ(trace("LOT-A")["possible"].size(), 0u);  // its own dispatches are certain enough
  // A lot that came later can't be in it.
  move_to("2026-05-17T10:00:00Z");
  post(DocumentType::receipt, receipt("R-7", "LOT-L", 5, "2026-06-05"), "mad-files");
  EXPECT_EQ(trace("LOT-L")["possible"].size(), 0u);
}

TEST_F(TraceTest, UnitsOfNoKnownLotStandBesideTheBalance) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 10));
  // The warehouse names lots for three units of ten.
  post(DocumentType::dispatch, dispatch("S-1", "1001", 10, lots("LOT-A", 3)), "mad-files");
  const Json sent = json({"dispatches", "S-1"})["dispatch"]["lines"][0];
  EXPECT_EQ(sent["quantity"].integer(), 10);
  std::int64_t unresolved = 0, candidates = 0;
  for (const Json& lot : sent["lots"].items()) {
    if (lot["evidence"].text() != "unresolved") continue;
    unresolved += lot["quantity"].integer();
    candidates += static_cast<std::int64_t>(lot["candidates"].size());
    EXPECT_TRUE(lot["lot"].is_null());
  }
  EXPECT_EQ(unresolved, 7);
  EXPECT_GT(candidates, 0);
  const auto stock = rows({"stock"}, {{"status", "lot_unresolved"}});
  ASSERT_EQ(stock.size(), 1u);
  EXPECT_EQ(stock[0]["on_hand"].integer(), -7);
  EXPECT_TRUE(stock[0]["lot"].is_null());
  EXPECT_GT(stock[0]["candidates"].size(), 0u);
  const Json answer = trace("LOT-B");
  ASSERT_EQ(answer["possible"].size(), 1u);
  EXPECT_EQ(answer["possible"][0]["order"].text(), "1001");
  EXPECT_EQ(answer["possible"][0]["evidence"].text(), "unresolved");
  EXPECT_EQ(answer["balance"]["unresolved"].integer(), 7);
}

TEST_F(TraceTest, AReturnOfASplitLineMayBeOfEitherLot) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 10));
  post(DocumentType::dispatch,
       dispatch("S-1", "1001", 10,
                R"([{"lot":"LOT-A","quantity":4,"scanned":true},)"
                R"({"lot":"LOT-B","quantity":6,"scanned":true}])"),
       "mad-files");
  post(DocumentType::return_,
       R"({"id":"RT-1","order":"1001","warehouse":"MAD1","lines":[{"order_line":"1",)"
       R"("quantity":2,"lots":null,"disposition":"quarantine"}]})");
  for (const char* lot : {"LOT-A", "LOT-B"}) {
    const Json answer = trace(lot);
    ASSERT_EQ(answer["possible"].size(), 1u) << answer.raw();
    EXPECT_EQ(answer["possible"][0]["return"].text(), "RT-1");
    EXPECT_EQ(answer["possible"][0]["quantity"].integer(), 2);
  }
}

TEST_F(TraceTest, GoodsOnTheirWayAreNeitherHereNorThere) {
  start();
  stock_dairy();
  post(DocumentType::transfer,
       R"({"id":"T-1","from":{"warehouse":"MAD1","location":null,"status":"available"},)"
       R"("to":{"warehouse":"MAD1","location":"A-01","status":"quarantine"},)"
       R"("lines":[{"sku":"GYP-500","lot":"LOT-A","quantity":10}]})");
  const Json answer = trace("LOT-A");
  EXPECT_EQ(answer["on_hand"].size(), 2u);
  EXPECT_EQ(answer["balance"]["on_hand"].integer(), 50);
  EXPECT_EQ(answer["adjusted"].size(), 0u);
}

TEST(Balance, EveryKindOfEntryKeepsItClosed) {
  using core::AccountKind;
  const AccountKind kinds[] = {
      AccountKind::stock,       AccountKind::supplier, AccountKind::in_transit,
      AccountKind::dispatched,  AccountKind::consumed, AccountKind::scrapped,
      AccountKind::lost,        AccountKind::found,    AccountKind::supplier_return,
      AccountKind::other_owner, AccountKind::opening};
  for (const DocumentType type : {DocumentType::receipt, DocumentType::return_,
                                  DocumentType::adjustment, DocumentType::dispatch}) {
    for (const AccountKind from : kinds) {
      for (const AccountKind to : kinds) {
        store::TraceEntry entry;
        entry.type = type;
        entry.from.kind = from;
        entry.to.kind = to;
        entry.quantity = Quantity::whole(7);
        Balance balance;
        add_to_balance(balance, entry);
        EXPECT_TRUE(balance.difference().is_zero())
            << static_cast<int>(type) << " " << static_cast<int>(from) << " "
            << static_cast<int>(to);
      }
    }
  }
}

}  // namespace
}  // namespace lotbridge::api
