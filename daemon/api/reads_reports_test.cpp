// Reports over a small dairy: buckets, what is left over of each lot, pace, returns, suppliers.
#include "daemon/api/reads_fixture.hpp"

#include <gmock/gmock.h>

namespace lotbridge::api {
namespace {

using ::testing::HasSubstr;

class ReportsTest : public ReadsTest {
 protected:
  // Goods-in of one line; further members of document and line as JSON.
  void receive(const std::string& id, const std::string& sku, const std::string& lot, int quantity,
               const std::string& line = "", const std::string& head = "") {
    const std::string text = R"({"id":")" + id + R"(","warehouse":"MAD1")" + head +
                             R"(,"lines":[{"line":"1","sku":")" + sku + R"(","quantity":)" +
                             std::to_string(quantity) + R"(,"lot":")" + lot + "\"" + line + "}]}";
    const auto answer = post(DocumentType::receipt, text);
    EXPECT_EQ(answer.status, 200) << answer.body;
  }
  static std::string expires(const std::string& date) { return R"(,"expires_on":")" + date + "\""; }
  void item(const std::string& sku, const std::string& more = "") {
    EXPECT_EQ(post(DocumentType::item, R"({"sku":")" + sku + "\"" + more + "}").status, 200);
  }
  void send(const std::string& id, const std::string& lot, int quantity) {
    EXPECT_EQ(post(DocumentType::order, order(id, quantity)).status, 200);
    EXPECT_EQ(post(DocumentType::dispatch, dispatch("S-" + id, id, quantity, lots(lot, quantity)),
                   "mad-files")
                  .status,
              200);
  }
  // "KEY VALUE VALUE; ..." of a report's rows.
  std::string report(const std::string& name, const std::vector<std::string>& keys,
                     Query query = {}) {
    std::string out;
    query["owner"] = "pure-fresh";
    for (const Json& row : rows({"reports", name}, query)) {
      if (!out.empty()) out += "; ";
      for (std::size_t i = 0; i < keys.size(); ++i) {
        if (i > 0) out += ' ';
        const Json value = row[keys[i]];
        out += value.is_text() ? value.text() : std::string(value.raw());
      }
    }
    return out;
  }
};

TEST_F(ReportsTest, ExpiryCountsDaysAtTheWarehouseIntoBuckets) {
  start();
  item("YOG");
  receive("R-1", "YOG", "OLD", 1, expires("2026-05-17"));
  receive("R-2", "YOG", "TODAY", 2, expires("2026-05-18"));
  receive("R-3", "YOG", "D30", 4, expires("2026-06-17"));
  receive("R-4", "YOG", "D31", 8, expires("2026-06-18"));
  receive("R-5", "YOG", "D60", 16, expires("2026-07-17"));
  receive("R-6", "YOG", "D61", 32, expires("2026-07-18"));
  receive("R-7", "YOG", "D90", 64, expires("2026-08-16"));
  receive("R-8", "YOG", "D91", 128, expires("2026-08-17"));
  receive("R-9", "YOG", "NEVER", 256);
  wait([&](engine::Done done) {
    engine_->move_clock(*Timestamp::parse("2026-05-17T22:30:00Z"), engine::Caller{},
                        std::move(done));  // the 18th in Madrid
  });
  EXPECT_EQ(report("expiry", {"bucket", "lots", "quantity"}),
            "expired 1 1; 0-30 2 6; 31-60 2 24; 61-90 2 96; >90 1 128; no_date 1 256");
  EXPECT_EQ(report("expiry", {"bucket", "lots"}, {{"warehouse", "BCN1"}}),
            "expired 0; 0-30 0; 31-60 0; 61-90 0; >90 0; no_date 0");
  EXPECT_EQ(rows({"reports", "expiry"}).size(), 12u) << "six of each owner";
  EXPECT_EQ(status({"reports", "expiry"}, {{"skuu", "YOG"}}), 422);
}

TEST_F(ReportsTest, AValueStandsWhereTheCostIsKnown) {
  start();
  item("YOG");
  const auto cost = [](const std::string& amount, const std::string& currency) {
    return R"(,"unit_cost":{"amount":")" + amount + R"(","currency":")" + currency + R"("})";
  };
  receive("R-1", "YOG", "A", 100, expires("2026-05-26") + cost("0.82", "EUR"));
  receive("R-2", "YOG", "B", 10, expires("2026-05-27"));
  const auto bucket = [&] { return rows({"reports", "expiry"}, {{"owner", "pure-fresh"}})[1]; };
  EXPECT_EQ(bucket()["value"]["amount"].text(), "82.00");
  EXPECT_EQ(bucket()["value"]["currency"].text(), "EUR");
  EXPECT_EQ(bucket()["unvalued"].decimal(), "10");
  const auto risks =
      rows({"reports", "at-risk"}, {{"owner", "pure-fresh"}, {"forecast_per_day", "5"}});
  EXPECT_EQ(risks.at(0)["value"]["amount"].text(), "41.00");  // 50 of A stay
  EXPECT_FALSE(risks.at(1)["value"]) << "B: nobody told its cost";
  receive("R-3", "YOG", "C", 1, expires("2026-05-28") + cost("1.00", "USD"));
  EXPECT_FALSE(bucket()["value"]) << "two currencies have no sum";
}

TEST_F(ReportsTest, AgeingCountsFromTheFirstReceipt) {
  start();
  item("YOG");
  receive("R-1", "YOG", "A", 5, "", R"(,"received_on":"2026-04-16")");
  receive("R-2", "YOG", "B", 7, "", R"(,"received_on":"2026-04-15")");
  receive("R-3", "YOG", "A", 3);
  EXPECT_EQ(report("ageing", {"bucket", "lots", "quantity"}),
            "0-30 1 8; 31-60 1 7; 61-90 0 0; >90 0 0; unknown 0 0");
}

TEST_F(ReportsTest, AtRiskSellsEarlierLotsFirst) {
  start();
  item("YOG");
  receive("R-1", "YOG", "A", 100, expires("2026-05-26"));  // 10 days at 5: 50 stay
  receive("R-2", "YOG", "B", 60, expires("2026-06-05"));   // 20 days: 100, of which A got 50
  receive("R-3", "YOG", "C", 10, expires("2026-06-15"));   // 30 days: 150, 100 are gone: none stays
  receive("R-4", "YOG", "N", 9);                           // without a date nothing runs out
  EXPECT_EQ(report("at-risk", {"lot", "at_risk"}, {{"forecast_per_day", "5"}}), "A 50; B 10; C 0");
  EXPECT_EQ(report("at-risk", {"lot", "at_risk"}, {{"forecast_per_day", "10"}}), "A 0; B 0; C 0");
  EXPECT_EQ(report("at-risk", {"lot", "at_risk"}, {{"forecast_per_day", "0"}}),
            "A 100; B 60; C 10");
  EXPECT_EQ(status({"reports", "at-risk"}, {{"forecast_per_day", "-1"}}), 422);
  EXPECT_EQ(status({"reports", "at-risk"}, {{"forecast_per_day", "many"}}), 422);
  post(DocumentType::hold,
       R"({"id":"H-1","code":"qa","reason":"pH","lots":[{"sku":"YOG","lot":"A"}]})");
  EXPECT_EQ(report("at-risk", {"lot", "at_risk", "blocked"}, {{"forecast_per_day", "5"}}),
            "A 100 true; B 0 false; C 0 false")
      << "nobody takes of a blocked lot";
}

TEST_F(ReportsTest, AtRiskTakesThePaceOfTheLastFourWeeksWhereNobodySaysIt) {
  start();
  stock_dairy();  // LOT-A 50 until the 26th, LOT-B 100 until the 30th
  send("1001", "LOT-A", 28);
  EXPECT_EQ(report("at-risk", {"lot", "quantity", "forecast_per_day", "at_risk"}),
            "LOT-B 100 1 96; LOT-A 22 1 12");
}

TEST_F(ReportsTest, MovementTellsFastFromSlow) {
  start();
  stock_dairy();
  send("1001", "LOT-A", 30);
  receive("R-9", "GYP-500", "LOT-C", 5, expires("2026-05-30"), R"(,"received_on":"2026-05-06")");
  send("1002", "LOT-B", 20);
  EXPECT_EQ(report("movement", {"lot", "on_hand", "dispatched", "pace", "age_days"}),
            "LOT-A 20 30 fast 0; LOT-B 80 20 slow 0; LOT-C 5 0 idle 10");
  EXPECT_EQ(report("movement", {"per_day", "days_of_cover"}, {{"days", "10"}}),
            "3 6; 2 40; 0 null");
  EXPECT_EQ(status({"reports", "movement"}, {{"days", "0"}}), 422);
}

TEST_F(ReportsTest, ReturnsByTheShareThatCameBack) {
  start();
  stock_dairy();
  send("1001", "LOT-A", 20);
  send("1002", "LOT-B", 30);
  post(DocumentType::return_,
       R"({"id":"RT-1","order":"1001","warehouse":"MAD1","lines":[{"order_line":"1",)"
       R"("sku":"GYP-500","quantity":5}]})");
  EXPECT_EQ(report("returns", {"lot", "dispatched", "returned", "percent"}),
            "LOT-A 20 5 25; LOT-B 30 0 0");
  EXPECT_EQ(
      post(DocumentType::return_, R"({"id":"RT-2","warehouse":"MAD1","void_of":"RT-1","lines":[]})")
          .status,
      200);
  EXPECT_EQ(report("returns", {"lot", "returned"}), "LOT-A 0; LOT-B 0");
}

TEST_F(ReportsTest, SuppliersByWhatTheyDelivered) {
  start();
  item("YOG", R"(,"shelf_life_days":20)");
  const auto purchase = [&](const std::string& id, const std::string& expected, int quantity) {
    const auto answer = post(DocumentType::purchase_order,
                             R"({"id":")" + id + R"(","supplier":"dairy-co","warehouse":"MAD1",)" +
                                 R"("expected_on":")" + expected +
                                 R"(","lines":[{"line":"1","sku":"YOG","quantity":)" +
                                 std::to_string(quantity) + "}]}");
    EXPECT_EQ(answer.status, 200) << answer.body;
  };
  purchase("PO-1", "2026-05-16", 100);
  purchase("PO-2", "2026-05-15", 100);
  const std::string from = R"(,"supplier":"dairy-co")";
  receive("R-1", "YOG", "A", 90, expires("2026-06-05") + R"(,"rejected":10)",
          from + R"(,"purchase_order":"PO-1")");  // 20 of 20 days left, on its day
  receive("R-2", "YOG", "B", 60, expires("2026-05-26"),
          from + R"(,"purchase_order":"PO-2")");  // 10 of 20, a day late
  receive("R-3", "YOG", "C", 5, "", R"(,"supplier":"other")");
  EXPECT_EQ(report("suppliers", {"supplier", "expected", "received", "rejected", "fill_percent",
                                 "reject_percent", "on_time_percent", "life_mean_percent",
                                 "life_min_percent", "lots", "recalled_lots"}),
            "dairy-co 200 150 10 75 6.3 50 75 50 2 0; other null 5 0 null 0 null null null 1 0");
}

TEST_F(ReportsTest, OnlyTheWarehousesInSightCount) {
  start();
  stock_dairy();
  send("1001", "LOT-A", 30);
  EXPECT_EQ(report("movement", {"lot", "dispatched"}), "LOT-A 30; LOT-B 0");
  EXPECT_EQ(report("movement", {"lot", "dispatched"}, {{"warehouse", "BCN1"}}), "");
  warehouses_ = {"BCN1"};
  for (const std::string name : {"movement", "returns", "at-risk", "suppliers"})
    EXPECT_EQ(report(name, {"lot"}), "") << name;
  EXPECT_EQ(report("expiry", {"quantity"}), "0; 0; 0; 0; 0; 0");
}

TEST_F(ReportsTest, AReportIsAListAndATable) {
  start();
  stock_dairy();
  send("1001", "LOT-A", 30);
  const auto whole = all_pages({"reports", "movement"}, {});
  const auto paged = all_pages({"reports", "movement"}, {{"limit", "1"}});
  ASSERT_EQ(whole.size(), paged.size());
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(whole[i].raw(), paged[i].raw());
  accept_ = "text/csv";
  const Response csv = get({"reports", "at-risk"}, {{"forecast_per_day", "1"}});
  EXPECT_EQ(csv.status, 200);
  EXPECT_THAT(csv.body, HasSubstr("owner,sku,lot,expires_on,days_left,quantity,blocked,"));
  EXPECT_THAT(csv.body, HasSubstr("pure-fresh,GYP-500,LOT-B,2026-05-30,14,100,false,1,"));
  be("acme");
  accept_ = "";
  EXPECT_TRUE(rows({"reports", "movement"}).empty());
  EXPECT_TRUE(rows({"reports", "at-risk"}).empty());
}

}  // namespace
}  // namespace lotbridge::api
