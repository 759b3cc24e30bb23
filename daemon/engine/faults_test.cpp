// Each call into the store fails once, for each type of document: nothing half done, and the retry
// finishes.
#include <set>

#include <gmock/gmock.h>

#include "engine_fixture.hpp"
#include "verify.hpp"

namespace lotbridge::engine {
namespace {

using ::testing::HasSubstr;

struct Step {
  DocumentType type;
  std::string json, source;
};

class FaultsTest : public EngineTest {
 protected:
  Settings settings() const override {
    Settings out = EngineTest::settings();
    WarehouseSettings far_side;
    far_side.core.name = "BCN1";
    far_side.time_zone = "Europe/Madrid";
    out.warehouses.push_back(far_side);
    ConnectorRoute shop;
    shop.name = "shopify-eu";
    shop.owners = {"pure-fresh"};
    shop.live = true;
    shop.instructions = {"lots.plan/1", "lots.write/1", "fulfillments.create/1", "pick.send/1"};
    out.connectors.push_back(shop);
    WarehouseSettings far;
    far.core.name = "BCN1";
    far.time_zone = "Europe/Madrid";
    out.warehouses.push_back(far);
    return out;
  }
  static std::vector<Step> day() {
    return {
        {DocumentType::item, R"({"sku":"GYP-500","shelf_life_days":14,"alert_days":3})", "api"},
        {DocumentType::policy,
         R"({"id":"P-1","scope":{"channel":"d2c"},"policy":{"min_remaining_days":3}})", "api"},
        {DocumentType::receipt, receipt("R-1", "LOT-A", 50, "2026-05-26"), "api"},
        {DocumentType::receipt, receipt("R-2", "LOT-B", 100, "2026-05-30"), "mad-files"},
        {DocumentType::order, order("1001", 60), "shopify-eu"},
        {DocumentType::order, order("1002", 5), "shopify-eu"},
        {DocumentType::order, order("1001", 58, 2), "shopify-eu"},
        {DocumentType::hold, R"({"id":"H-1","code":"qa","lots":[{"sku":"GYP-500","lot":"LOT-A"}]})",
         "api"},
        {DocumentType::release,
         R"({"id":"L-1","code":"qa","lots":[{"sku":"GYP-500","lot":"LOT-A"}]})", "api"},
        {DocumentType::pick,
         R"({"id":"PK-1","order":"1001","lines":[)"
         R"({"order_line":"1","sku":"GYP-500","lot":"LOT-B","quantity":2,"reason":"nearer"}]})",
         "mad-files"},
        {DocumentType::dispatch, dispatch("S-1", "1001", 20, lots("LOT-B", 20)), "mad-files"},
        {DocumentType::dispatch, dispatch("S-1", "1001", 21, lots("LOT-B", 21)), "mad-files"},
        {DocumentType::dispatch, dispatch("S-2", "unheard-of", 2, lots("LOT-A", 2)), "mad-files"},
        {DocumentType::return_,
         R"({"id":"RT-1","order":"1001","warehouse":"MAD1","lines":[{"order_line":"1","sku":"GYP-500","quantity":1}]})",
         "mad-files"},
        {DocumentType::transfer,
         R"({"id":"T-1","from":{"warehouse":"MAD1"},"to":{"warehouse":"MAD1","status":"damaged"},)"
         R"("lines":[{"sku":"GYP-500","lot":"LOT-B","quantity":1}]})",
         "api"},
        {DocumentType::count,
         R"({"id":"C-1","warehouse":"MAD1","lines":[{"sku":"GYP-500","lot":"LOT-B","counted":70}]})",
         "mad-files"},
        {DocumentType::adjustment,
         R"({"id":"A-1","warehouse":"MAD1","reason":"scrapped",)"
         R"("lines":[{"sku":"GYP-500","lot":"LOT-B","quantity":-2}]})",
         "api"},
        {DocumentType::item,
         R"({"sku":"GYP-150","shelf_life_days":10,"lot_template":"G{YYMMDD}-{NN}"})", "api"},
        {DocumentType::transformation,
         R"({"id":"TF-1","warehouse":"MAD1","inputs":[{"sku":"GYP-500","lot":"LOT-B","quantity":3}],)"
         R"("outputs":[{"sku":"GYP-150","quantity":9}],)"
         R"("costs":[{"kind":"labour","amount":{"amount":"1.00","currency":"EUR"}}]})",
         "api"},
        {DocumentType::transformation,
         R"({"id":"TF-2","warehouse":"MAD1","inputs":[{"sku":"GYP-500","lot":"LOT-B","quantity":1}],)"
         R"("outputs":[{"sku":"GYP-150","lot":"G9","quantity":3}]})",
         "mad-files"},
        {DocumentType::transformation,
         R"({"id":"TF-2","warehouse":"MAD1","inputs":[{"sku":"GYP-500","lot":"LOT-B","quantity":2}],)"
         R"("outputs":[{"sku":"GYP-150","lot":"G9","quantity":6}]})",
         "mad-files"},
        {DocumentType::receipt,
         R"({"id":"R-9","warehouse":"MAD1","lines":[{"line":"1","sku":"GYP-500","quantity":7,)"
         R"("lot":"L0T-B","expires_on":"2026-05-30","unit_cost":{"amount":"0.50","currency":"EUR"}}]})",
         "api"},
        {DocumentType::charge,
         R"({"id":"CH-1","receipt":"R-9","kind":"freight","amount":{"amount":"3.00","currency":"EUR"}})",
         "api"},
        {DocumentType::charge,
         R"({"id":"CH-2","receipt":"R-9","kind":"duty","amount":{"amount":"3.00","currency":"EUR"}})",
         "forwarder"},
        {DocumentType::charge,
         R"({"id":"CH-2","receipt":"R-9","kind":"duty","amount":{"amount":"4.00","currency":"EUR"}})",
         "forwarder"},
        {DocumentType::lot_correction,
         R"({"id":"LC-1","sku":"GYP-150","lot":"G9","new_lot":"G-9","evidence":"photo"})", "api"},
        {DocumentType::lot_correction,
         R"({"id":"LC-2","sku":"GYP-500","lot":"L0T-B","new_lot":"LOT-B","batch":"B7"})", "api"},
        {DocumentType::receipt,
         R"({"id":"RB-1","warehouse":"BCN1","transfer":"T-7","lines":[)"
         R"({"sku":"GYP-500","lot":"LOT-B","quantity":4}]})",
         "bcn-files"},
        {DocumentType::transfer,
         R"({"id":"T-7","from":{"warehouse":"MAD1"},"to":{"warehouse":"BCN1"},)"
         R"("lines":[{"sku":"GYP-500","lot":"LOT-B","quantity":6}]})",
         "mad-files"},
        {DocumentType::transfer_close, R"({"id":"TC-7","transfer":"T-7","reason":"fell"})", "api"},
        {DocumentType::purchase_order,
         R"({"id":"PO-7","supplier":"dairy-co","lines":[{"sku":"GYP-500","quantity":10}]})", "api"},
        {DocumentType::receipt,
         R"({"id":"R-20","warehouse":"MAD1","purchase_order":"PO-7","lines":[{"sku":"GYP-500",)"
         R"("quantity":11,"rejected":1,"lot":"LOT-D","expires_on":"2026-06-20"}]})",
         "mad-files"},
        {DocumentType::item, R"({"owner":"acme","sku":"GYP-500"})", "api"},
        {DocumentType::owner_transfer,
         R"({"id":"OT-7","to_owner":"acme","warehouse":"MAD1",)"
         R"("lines":[{"sku":"GYP-500","lot":"LOT-D","quantity":2}]})",
         "erp"},
        {DocumentType::dispatch, dispatch("S-3", "1001", 3, lots("LOT-B", 1)), "mad-files"},
        {DocumentType::resolution,
         R"({"id":"RS-7","of":{"dispatch":"S-3"},"lots":[{"lot":"LOT-B","quantity":2}]})",
         "mad-files"},
        {DocumentType::resolution,
         R"({"id":"RS-7","of":{"dispatch":"S-3"},"lots":[{"lot":"LOT-D","quantity":2}]})",
         "mad-files"},
        {DocumentType::purchase_order,
         R"({"id":"PO-1","supplier":"dairy","warehouse":"MAD1","expected_on":"2026-05-20",)"
         R"("lines":[{"line":"1","sku":"GYP-500","quantity":5}]})",
         "api"},
        {DocumentType::receipt,
         R"({"id":"R-10","warehouse":"MAD1","supplier":"dairy","purchase_order":"PO-1",)"
         R"("lines":[{"line":"1","sku":"GYP-500","quantity":5,"lot":"LOT-C","expires_on":"2026-06-02"}]})",
         "mad-files"},
        {DocumentType::owner_transfer,
         R"({"id":"OT-1","to_owner":"acme","warehouse":"MAD1",)"
         R"("lines":[{"sku":"GYP-500","lot":"LOT-C","quantity":1}]})",
         "api"},
        {DocumentType::return_,
         R"({"id":"RT-2","warehouse":"MAD1","lines":[{"sku":"GYP-500","quantity":2}]})",
         "mad-files"},
        {DocumentType::resolution,
         R"({"id":"RS-1","of":{"return":"RT-2","source":"mad-files"},"sku":"GYP-500",)"
         R"("lots":[{"lot":"LOT-C","quantity":2}]})",
         "mad-files"},
        {DocumentType::transfer,
         R"({"id":"T-2","from":{"warehouse":"MAD1"},"to":{"warehouse":"BCN1"},)"
         R"("lines":[{"sku":"GYP-500","lot":"LOT-C","quantity":3}]})",
         "api"},
        {DocumentType::receipt,
         R"({"id":"R-11","warehouse":"BCN1","transfer":"T-2",)"
         R"("lines":[{"line":"1","sku":"GYP-500","quantity":2,"lot":"LOT-C"}]})",
         "mad-files"},
        {DocumentType::transfer_close,
         R"({"id":"TC-1","transfer":"T-2","reason":"one fell off the lorry"})", "api"},
        {DocumentType::recall,
         R"({"id":"RC-1","version":1,"title":"Egg","reason":"allergen","class":"I",)"
         R"("scope":{"lots":[{"sku":"GYP-500","lot":"LOT-C"}]}})",
         "api"},
        {DocumentType::cancellation, R"({"id":"X-1","order":"1002","lines":null})", "shopify-eu"},
        {DocumentType::erasure, R"({"id":"E-1","customer":"c9"})", "shopify-eu"},
    };
  }
};

TEST_F(FaultsTest, TheDayHasEveryType) {
  std::set<DocumentType> types;
  for (const Step& step : day()) types.insert(step.type);
  EXPECT_EQ(types.size(), static_cast<std::size_t>(kLastDocumentType));
}

TEST_F(FaultsTest, EachCallOfEachDocumentFailsOnce) {
  open();
  settle_all();
  std::vector<std::string> digests;
  for (const Step& step : day()) {
    SCOPED_TRACE(step.json);
    Answer last;
    int failures = 0;
    for (std::int64_t n = 1; n < 400; ++n) {
      fail_call(n);
      const std::string before = sql("SELECT group_concat(hex(hash)) FROM chain_heads");
      last = post(step.type, step.json, step.source);
      if (last.status != 503) break;
      ++failures;
      ASSERT_EQ(sql("SELECT group_concat(hex(hash)) FROM chain_heads"), before) << "call " << n;
    }
    fail_call(0);
    EXPECT_EQ(last.status, 200) << last.body;
    EXPECT_GT(failures, 3);
    EXPECT_THAT(post(step.type, step.json, step.source).body,
                HasSubstr(R"("outcome":"duplicate")"));
    const auto report = verify(store_path());
    ASSERT_TRUE(report.ok()) << report.problem().detail;
    ASSERT_THAT(*report, HasSubstr(R"({"ok":true)"));
    digests.push_back(sql("SELECT group_concat(hex(hash)) FROM chain_heads"));
  }
  // A daemon that never failed comes to the same books, document by document. (None of them is
  // audited: whose name stands there is hashed under a key of each store.)
  const std::string digest = sql("SELECT group_concat(hex(hash)) FROM chain_heads");
  open();
  settle_all();
  EXPECT_EQ(sql("SELECT group_concat(hex(hash)) FROM chain_heads"), digest);
  engine_.reset();
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(folder_);
  open();
  std::size_t place = 0;
  for (const Step& step : day()) {
    post(step.type, step.json, step.source);
    ASSERT_EQ(sql("SELECT group_concat(hex(hash)) FROM chain_heads"), digests[place++])
        << step.json;
  }
}

}  // namespace
}  // namespace lotbridge::engine
