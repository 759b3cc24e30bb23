// Pages, parameters, the ledger, what operators look at; and that every list goes through an index.
#include "daemon/api/reads_fixture.hpp"

#include <gmock/gmock.h>

#include <set>

#include "daemon/store/reader.hpp"
#include "daemon/store/sqlite.hpp"

namespace lotbridge::api {
namespace {

using ::testing::HasSubstr;

TEST_F(ReadsTest, PagesMissNothingAndRepeatNothing) {
  start();
  stock_places();
  for (int i = 1; i <= 9; ++i) post(DocumentType::order, order("10" + std::to_string(i), 1));
  const std::map<std::string, std::string> keys = {
      {"orders", "uid"}, {"receipts", "uid"}, {"ledger", "number"}, {"lots", "lot"},
      {"stock", ""},     {"items", "sku"},    {"availability", ""}};
  for (const auto& [list, key] : keys) {
    const auto whole = all_pages({list}, {{"limit", "500"}});
    ASSERT_FALSE(whole.empty()) << list;
    for (const char* limit : {"1", "2", "3"}) {
      const auto paged = all_pages({list}, {{"limit", limit}});
      ASSERT_EQ(paged.size(), whole.size()) << list;
      std::set<std::string> seen;
      for (std::size_t i = 0; i < whole.size(); ++i) {
        EXPECT_EQ(paged[i].raw(), whole[i].raw()) << list;
        EXPECT_TRUE(seen.insert(std::string(paged[i].raw())).second);
      }
    }
  }
}

TEST_F(ReadsTest, WrongParametersSayWhich) {
  start();
  stock_dairy();
  for (const Query& query : std::vector<Query>{{{"limit", "501"}},
                                               {{"limit", "0"}},
                                               {{"limit", "many"}},
                                               {{"cursor", "!"}},
                                               {{"cursor", "b3JkZXJz"}},
                                               {{"skuu", "GYP-500"}}}) {
    const Response refused = get({"stock"}, query);
    EXPECT_EQ(refused.status, 422) << query.begin()->first;
    EXPECT_THAT(refused.body, HasSubstr("/" + query.begin()->first));
  }
  post(DocumentType::order, order("1001", 1));
  post(DocumentType::order, order("1002", 1));
  const std::string cursor = json({"orders"}, {{"limit", "1"}})["next_cursor"].text();
  EXPECT_EQ(status({"stock"}, {{"cursor", cursor}}), 422);  // of another list
  EXPECT_EQ(status({"trace"}), 422);
  EXPECT_EQ(status({"trace"}, {{"sku", "GYP-500"}}), 422);
  EXPECT_EQ(status({"trace"}, {{"sku", "GYP-500"}, {"lot", "LOT-A"}, {"direction", "up"}}), 422);
}

TEST_F(ReadsTest, OrdersAreFilteredAndFound) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 3));
  post(DocumentType::order, order("1002", 500));
  post(DocumentType::order, order("2001", 3));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 3, lots("LOT-A", 3)), "mad-files");
  const auto found = [&](const Query& query) {
    std::string ids;
    for (const Json& row : rows({"orders"}, query)) ids += row["id"].text() + " ";
    return ids;
  };
  EXPECT_EQ(found({}), "2001 1002 1001 ");
  EXPECT_EQ(found({{"status", "dispatched"}}), "1001 ");
  EXPECT_EQ(found({{"status", "partial"}}), "1002 ");
  EXPECT_EQ(found({{"channel", "shopify-eu"}}), "2001 1002 1001 ");
  EXPECT_EQ(found({{"channel", "ebay"}}), "");
  EXPECT_EQ(found({{"q", "#100"}}), "1002 1001 ");
  EXPECT_EQ(found({{"q", "100"}, {"status", "partial"}}), "1002 ");
  EXPECT_EQ(found({{"q", "1001"}}), "1001 ");
}

TEST_F(ReadsTest, TheLedgerNamesBothAccounts) {
  start();
  stock_dairy();
  post(DocumentType::order, order("1001", 3));
  const auto entries = all_pages({"ledger"}, {{"limit", "2"}});
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0]["number"].integer(), 1);
  EXPECT_EQ(entries[0]["from"]["account"].text(), "supplier");
  EXPECT_EQ(entries[0]["to"]["account"].text(), "stock");
  EXPECT_EQ(entries[0]["to"]["warehouse"].text(), "MAD1");
  EXPECT_EQ(entries[0]["to"]["status"].text(), "available");
  EXPECT_EQ(entries[0]["document"]["type"].text(), "receipt");
  EXPECT_EQ(entries[0]["document"]["id"].text(), "R-1");
  EXPECT_EQ(entries[0]["hash"].text().size(), 64u);
  EXPECT_EQ(entries[2]["book"].text(), "promise");
  EXPECT_EQ(entries[2]["to"]["account"].text(), "reserved");
  EXPECT_EQ(entries[2]["to"]["order"].text(), "1001");
  EXPECT_EQ(entries[2]["to"]["order_line"].text(), "1");
  EXPECT_EQ(rows({"ledger"}, {{"after", "2"}}).size(), 1u);
  EXPECT_EQ(rows({"ledger"}, {{"sku", "GYP-500"}}).size(), 3u);
  EXPECT_EQ(rows({"ledger"}, {{"sku", "GYP-500"}, {"after", "1"}, {"limit", "1"}}).size(), 1u);
  EXPECT_EQ(rows({"ledger"}, {{"sku", "GYP-500"}, {"lot", "LOT-B"}}).size(), 1u);
  EXPECT_EQ(status({"ledger"}, {{"lot", "LOT-B"}}), 422);
}

TEST_F(ReadsTest, AlertsParkedAndConnectors) {
  start();
  stock_dairy();
  // Sent without any receipt: unreconciled.
  post(DocumentType::dispatch,
       R"({"id":"S-9","order":"1009","warehouse":"MAD1","lines":[{"sku":"GYP-500","quantity":4,)"
       R"("lots":[{"lot":"LOT-Z","quantity":4,"scanned":true}]}]})",
       "mad-files");
  const auto alerts = rows({"alerts"}, {{"kind", "unreconciled"}, {"lot", "LOT-Z"}});
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(alerts[0]["lot"].text(), "LOT-Z");
  EXPECT_TRUE(alerts[0]["closed_at"].is_null());
  EXPECT_GE(rows({"alerts"}, {{"sku", "GYP-500"}, {"lot", "LOT-Z"}}).size(), 1u);
  EXPECT_EQ(rows({"alerts"}, {{"sku", "GYP-500"}, {"lot", "LOT-A"}}).size(), 0u);
  EXPECT_EQ(rows({"alerts"}, {{"state", "closed"}}).size(), 0u);
  EXPECT_GE(rows({"alerts"}, {{"state", "all"}}).size(), 1u);
  EXPECT_EQ(status({"alerts"}, {{"state", "lost"}}), 422);
  engine::Unreadable record;
  record.owner = "pure-fresh";
  record.source = "mad-files";
  record.kind = "receipt";
  record.raw = "R-7;GYP-500;many";
  record.origin = "file receipts.csv line 7";
  record.problem = Problem{"invalid_value", "`many` is no quantity", {{"/quantity", "no number"}}};
  engine::ConnectorBatch batch;
  batch.connector = "mad-files";
  batch.operation = "receipts.pull/1";
  batch.records.emplace_back(record);
  EXPECT_FALSE(bring(std::move(batch)));
  const auto parked = rows({"parked"});
  ASSERT_EQ(parked.size(), 1u);
  EXPECT_EQ(parked[0]["origin"].text(), "file receipts.csv line 7");
  EXPECT_EQ(parked[0]["raw"].text(), "R-7;GYP-500;many");
  EXPECT_EQ(parked[0]["code"].text(), "invalid_value");
  EXPECT_EQ(rows({"parked"}, {{"state", "discarded"}}).size(), 0u);
  EXPECT_EQ(rows({"connectors"}).size(), 2u);
  be("acme");
  const auto connectors = rows({"connectors"});
  ASSERT_EQ(connectors.size(), 1u);
  EXPECT_EQ(connectors[0]["name"].text(), "acme-shop");
  EXPECT_EQ(connectors[0]["mode"].text(), "observe");
}

TEST_F(ReadsTest, ListsForSpreadsheets) {
  start();
  stock_dairy();
  post(DocumentType::receipt,
       R"({"id":"R-9","warehouse":"MAD1","lines":[{"line":"1","sku":"GYP-500","quantity":7,)"
       R"("lot":"LOT \"9\", late","expires_on":"2026-06-30"}]})");
  post(DocumentType::hold, R"({"id":"H-1","code":"qa","lots":[{"sku":"GYP-500","lot":"LOT-A"}]})");
  accept_ = "text/csv";
  const Response stock = get({"stock"}, {{"limit", "2"}});
  EXPECT_EQ(stock.content_type, "text/csv; charset=utf-8");
  EXPECT_EQ(stock.body,
            "owner,sku,lot,warehouse,location,status,on_hand,reserved,picked,available\r\n"
            "pure-fresh,GYP-500,LOT-B,MAD1,,available,100,0,0,100\r\n"
            "pure-fresh,GYP-500,LOT-A,MAD1,,available,50,0,0,0\r\n");
  ASSERT_EQ(stock.headers.size(), 1u);
  const Response rest = get({"stock"}, {{"cursor", stock.headers[0].second}});
  EXPECT_THAT(rest.body, HasSubstr(R"("LOT ""9"", late")"));
  EXPECT_TRUE(rest.headers.empty());
  EXPECT_THAT(get({"lots"}).body, HasSubstr(",LOT-A,2026-05-26,use_by,"));
  EXPECT_THAT(get({"lots"}).body, HasSubstr(",2026-05-16,,hold\r\n"));
  EXPECT_THAT(get({"ledger"}).body, HasSubstr(",supplier,"));
  EXPECT_EQ(get({"orders"}).content_type, "application/json");
}

TEST_F(ReadsTest, EveryQueryGoesThroughAnIndex) {
  start();
  stock_places();
  post(DocumentType::order, order("1001", 3));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 2), "mad-files");
  for (const std::vector<std::string>& path :
       std::vector<std::vector<std::string>>{{"orders"},
                                             {"items"},
                                             {"receipts"},
                                             {"dispatches"},
                                             {"stock"},
                                             {"lots"},
                                             {"ledger"},
                                             {"audit"},
                                             {"alerts"},
                                             {"parked"},
                                             {"deliveries"},
                                             {"availability"},
                                             {"connectors"},
                                             {"orders", "1001"},
                                             {"items", "GYP-500"},
                                             {"receipts", "R-1"},
                                             {"dispatches", "S-1"},
                                             {"lots", "GYP-500", "LOT-A"},
                                             {"lots", "GYP-500", "nothing"}})
    get(path);
  for (const auto& [list, query] : std::vector<std::pair<std::string, Query>>{
           {"orders", {{"status", "partial"}}},
           {"orders", {{"status", "dispatched"}}},
           {"orders", {{"channel", "x"}}},
           {"orders", {{"q", "1"}}},
           {"stock", {{"sku", "GYP-500"}}},
           {"stock", {{"as_of", "2026-05-17"}}},
           {"stock", {{"sku", "GYP-500"}, {"known_at", "2026-05-17"}}},
           {"lots", {{"sku", "GYP-500"}}},
           {"lots", {{"batch", "B"}}},
           {"lots", {{"supplier", "S"}}},
           {"lots", {{"supplier_lot", "S"}}},
           {"lots", {{"purchase_order", "P"}}},
           {"lots", {{"expiring_within_days", "30"}}},
           {"ledger", {{"sku", "GYP-500"}}},
           {"ledger", {{"sku", "GYP-500"}, {"lot", "LOT-A"}}},
           {"audit", {{"order", "1001"}}},
           {"alerts", {{"state", "all"}}},
           {"alerts", {{"state", "all"}, {"kind", "oversold"}}},
           {"alerts", {{"sku", "GYP-500"}}},
           {"alerts", {{"order", "1001"}}},
           {"parked", {{"state", "all"}}},
           {"deliveries", {{"state", "pending"}}},
           {"deliveries", {{"state", "dead"}}},
           {"deliveries", {{"state", "observed"}}},
           {"trace", {{"sku", "GYP-500"}, {"lot", "LOT-A"}}}})
    EXPECT_EQ(status({list}, query), 200) << list;
  for (const std::string name : {"expiry", "ageing", "at-risk", "movement", "returns", "suppliers"})
    EXPECT_EQ(status({"reports", name}, {}), 200) << name;
  auto lease = readers_->lease();
  ASSERT_TRUE(lease.ok());
  auto database = store::Database::open(store_path(), store::OpenMode::read_only);
  const auto statements = (*lease)->statements();
  EXPECT_GT(statements.size(), 40u);
  for (const std::string_view sql : statements) {
    auto plan = (*database)->prepare("EXPLAIN QUERY PLAN " + std::string(sql));
    ASSERT_TRUE(plan.ok()) << plan.problem().detail;
    while (plan->step()) {
      const std::string step(plan->text(3));
      // Names of owners, warehouses and the like are few; json_each reads one value.
      const bool small = step == "SCAN owners" || step == "SCAN warehouses" ||
                         step.find("SCAN json_each") == 0 || step == "SCAN CONSTANT ROW";
      const bool listed =
          step.find("SCAN outbox USING INDEX outbox_due") == 0;  // pending ones only
      EXPECT_TRUE(step.find("SCAN") == std::string::npos || small || listed) << step << "\n" << sql;
    }
  }
}

}  // namespace
}  // namespace lotbridge::api
