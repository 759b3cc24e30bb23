// Documents that follow others, through the store and over restarts: what is on its way, what was
// ordered, several reports of one dispatch, resolutions, sales, accepted proposals.
#include <gmock/gmock.h>

#include "engine_fixture.hpp"
#include "verify.hpp"

namespace lotbridge::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class FollowsTest : public EngineTest {
 protected:
  Settings settings() const override {
    Settings out = EngineTest::settings();
    WarehouseSettings place;
    place.core.name = "BCN1";
    place.time_zone = "Europe/Madrid";
    out.warehouses.push_back(place);
    place.core.name = "FIL1";
    place.core.facts_from_dispatch = "mad-files";
    out.warehouses.push_back(place);
    return out;
  }
  static std::string transfer(const std::string& id, int quantity, const std::string& lot) {
    return R"({"id":")" + id +
           R"(","from":{"warehouse":"MAD1"},"to":{"warehouse":"BCN1"},"arrives_on":"2026-05-17",)" +
           R"("lines":[{"sku":"GYP-500","lot":)" + lot + R"(,"quantity":)" +
           std::to_string(quantity) + "}]}";
  }
  static std::string arrival(const std::string& id, const std::string& transfer, int quantity,
                             const std::string& lot = "LOT-A") {
    return R"({"id":")" + id + R"(","warehouse":"BCN1","transfer":")" + transfer +
           R"(","lines":[{"sku":"GYP-500","lot":")" + lot + R"(","quantity":)" +
           std::to_string(quantity) + "}]}";
  }
  std::string lost() const {
    return sql(
        "SELECT coalesce(sum(quantity), 0) FROM balances WHERE substr(account, 1, 1) = x'07'");
  }
  std::string travelling() const {
    return sql(
        "SELECT coalesce(sum(quantity), 0) FROM balances WHERE substr(account, 1, 1) = x'03'");
  }
  Answer close(const std::string& name, const std::string& reason, Caller caller = {}) {
    return wait([&](Done done) {
      engine_->close_transfer({name, {}, {}}, reason, std::move(caller), std::move(done));
    });
  }
  Answer accept(const std::string& id) {
    return wait(
        [&](Done done) { engine_->accept_alert(std::stoll(id), Caller{}, std::move(done)); });
  }
  std::string open_alert(const std::string& kind) const {
    return sql("SELECT alert_id FROM alerts WHERE closed_at IS NULL AND kind = '" + kind + "'");
  }
  void expect_sound() {
    const auto report = verify(store_path());
    ASSERT_TRUE(report.ok()) << report.problem().detail;
    EXPECT_THAT(*report, HasSubstr(R"({"ok":true)"));
  }
  // Both lots blocked, two units gone that nobody can account for.
  void ship_unknown(const std::string& id) {
    post(DocumentType::hold, R"({"id":"H-1","code":"qa","lots":[{"sku":"GYP-500","lot":"LOT-A"},)"
                             R"({"sku":"GYP-500","lot":"LOT-B"}]})");
    post(DocumentType::order, order("1001", 2), "shop");
    EXPECT_THAT(post(DocumentType::dispatch, dispatch(id, "1001", 2), "wms").body,
                HasSubstr(R"("evidence":"unresolved")"));
  }
};

TEST_F(FollowsTest, ATransferStaysOpenUntilAllCameOrSomebodyGivesItUp) {
  open();
  stock_dairy();
  EXPECT_THAT(post(DocumentType::transfer, transfer("T-1", 10, R"("LOT-A")")).body,
              HasSubstr(R"("sent":10,"arrived":0,"lost":0,"in_transit":10)"));
  EXPECT_EQ(travelling(), "10000000");
  EXPECT_THAT(post(DocumentType::receipt, arrival("RB-1", "T-1", 7)).body,
              HasSubstr(R"("outcome":"applied")"));
  open();
  EXPECT_THAT(post(DocumentType::transfer, transfer("T-1", 10, R"("LOT-A")")).body,
              HasSubstr(R"("arrived":7,"lost":0,"in_transit":3)"));
  Caller stranger;
  stranger.all_owners = false;
  stranger.owners = {"acme"};
  EXPECT_EQ(close("T-1", "pallet fell", stranger).status, 404);
  EXPECT_THAT(close("T-1", "pallet fell").body, HasSubstr(R"("lost":3,"in_transit":0)"));
  EXPECT_EQ(travelling(), "0");
  EXPECT_EQ(lost(), "3000000");
  EXPECT_THAT(close("T-1", "pallet fell").body, HasSubstr(R"("outcome":"duplicate")"));
  EXPECT_EQ(close("T-9", "never sent").status, 404);
  // One comes all the same, and is taken back: then it may be given up once more.
  post(DocumentType::receipt, arrival("RB-2", "T-1", 1));
  EXPECT_EQ(lost(), "2000000");
  EXPECT_THAT(post(DocumentType::receipt, R"({"id":"V-1","void_of":"RB-1","lines":[]})").body,
              HasSubstr(R"("outcome":"applied")"));
  EXPECT_EQ(travelling(), "7000000");
  EXPECT_THAT(close("T-1", "also those").body, HasSubstr(R"("in_transit":0)"));
  EXPECT_EQ(lost(), "9000000");
  expect_sound();
}

TEST_F(FollowsTest, TheAnswerNamesTheLotsThatWereChosen) {
  open();
  stock_dairy();
  EXPECT_THAT(
      post(DocumentType::transfer, transfer("T-1", 60, "null")).body,
      HasSubstr(R"({"sku":"GYP-500","lot":"LOT-A","expires_on":"2026-05-26","quantity":50},)"
                R"({"sku":"GYP-500","lot":"LOT-B","expires_on":"2026-05-30","quantity":10})"));
}

TEST_F(FollowsTest, AReceiptBeforeItsTransferHealsAfterARestart) {
  open();
  stock_dairy();
  post(DocumentType::receipt, arrival("RB-1", "T-1", 4), "bcn");
  EXPECT_EQ(travelling(), "-4000000");
  EXPECT_NE(open_alert("unreconciled"), "(none)");
  open();
  EXPECT_THAT(post(DocumentType::transfer, transfer("T-1", 6, R"("LOT-A")"), "mad").body,
              HasSubstr(R"("sent":6,"arrived":4)"));
  EXPECT_EQ(travelling(), "2000000");
  EXPECT_EQ(open_alert("unreconciled"), "(none)");
  EXPECT_EQ(sql("SELECT count(*) FROM transfer_lots WHERE document_id = 0"), "0");
  expect_sound();
}

TEST_F(FollowsTest, ACorrectedTransferAndATakenBackOne) {
  open();
  stock_dairy();
  post(DocumentType::transfer, transfer("T-1", 6, R"("LOT-A")"), "mad");
  post(DocumentType::transfer, transfer("T-1", 4, R"("LOT-A")"), "mad");
  EXPECT_EQ(travelling(), "4000000");
  post(DocumentType::transfer, R"({"id":"V-1","void_of":"T-1","lines":[]})", "mad");
  EXPECT_EQ(travelling(), "0");
  EXPECT_EQ(post(DocumentType::transfer, R"({"id":"V-2","void_of":"V-1","lines":[]})").status, 422);
  // It was taken back: a later version of it stays without effect, also after a restart.
  open();
  EXPECT_THAT(post(DocumentType::transfer, transfer("T-1", 9, R"("LOT-A")"), "mad").body,
              HasSubstr("taken back"));
  EXPECT_EQ(travelling(), "0");
  expect_sound();
}

TEST_F(FollowsTest, APurchaseOrderKnowsWhatCameOfIt) {
  open();
  EXPECT_EQ(post(DocumentType::item, R"({"sku":"GYP-500","packs":[{"code":"case","quantity":12}]})")
                .status,
            200);
  EXPECT_EQ(
      post(DocumentType::purchase_order,
           R"({"id":"PO-7","supplier":"dairy-co","warehouse":"MAD1","expected_on":"2026-05-18",)"
           R"("lines":[{"sku":"GYP-500","pack":"case","quantity":10}]})")
          .status,
      200);
  const auto goods = [](const std::string& id, int quantity, int rejected) {
    return R"({"id":")" + id + R"(","warehouse":"MAD1","purchase_order":"PO-7","lines":[{"sku":)" +
           R"("GYP-500","lot":"L1","expires_on":"2026-06-30","quantity":)" +
           std::to_string(quantity) + R"(,"rejected":)" + std::to_string(rejected) + "}]}";
  };
  post(DocumentType::receipt, goods("R-1", 100, 5), "wms");
  EXPECT_EQ(sql("SELECT supplier || ' ' || quantity || ' ' || rejected FROM received_lines"),
            "dairy-co 100000000 5000000");
  EXPECT_EQ(open_alert("over_receipt"), "(none)");
  post(DocumentType::receipt, goods("R-2", 30, 0), "wms");
  EXPECT_EQ(sql("SELECT quantity || extra FROM alerts WHERE kind = 'over_receipt'"),
            R"(10000000{"purchase_order":"PO-7"})");
  post(DocumentType::receipt, goods("R-2", 20, 0), "wms");
  EXPECT_EQ(open_alert("over_receipt"), "(none)");
  post(DocumentType::receipt, R"({"id":"V-1","void_of":"R-1","lines":[]})", "wms");
  EXPECT_EQ(sql("SELECT sum(quantity) FROM received_lines"), "20000000");
  // A new version replaces its lines.
  EXPECT_THAT(
      post(DocumentType::purchase_order,
           R"({"id":"PO-7","supplier":"dairy-co","lines":[{"sku":"GYP-500","quantity":15}]})")
          .body,
      HasSubstr(R"("outcome":"revised")"));
  EXPECT_NE(open_alert("over_receipt"), "(none)");
  expect_sound();
}

TEST_F(FollowsTest, AResolutionOfADispatchIsStampedByReversal) {
  open();
  stock_dairy();
  ship_unknown("S-1");
  open();
  const std::string resolution = R"({"id":"RS-1","of":{"dispatch":"S-1"},"sku":"GYP-500",)"
                                 R"("lots":[{"lot":"LOT-A","quantity":2,"scanned":true}]})";
  EXPECT_EQ(post(DocumentType::resolution, resolution).status, 200);
  EXPECT_THAT(post(DocumentType::dispatch, dispatch("S-1", "1001", 2), "wms").body,
              HasSubstr(R"("lot":"LOT-A","quantity":2,"expires_on":"2026-05-26",)"
                        R"("evidence":"scanned")"));
  EXPECT_EQ(post(DocumentType::resolution, resolution).status, 200);
  EXPECT_EQ(post(DocumentType::resolution,
                 R"({"id":"RS-2","of":{"dispatch":"S-1"},"lots":[{"lot":"LOT-B","quantity":1}]})")
                .status,
            409);
  // With the dispatch everything goes back that was said of it.
  post(DocumentType::dispatch, R"({"id":"V-1","void_of":"S-1","lines":[]})", "wms");
  EXPECT_EQ(sql("SELECT sum(quantity) FROM balances b JOIN lots l USING (lot_id) "
                "WHERE l.code = 'LOT-A' AND substr(account, 1, 1) = x'01'"),
            "50000000");
  expect_sound();
}

TEST_F(FollowsTest, AResolutionOfAReturn) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 51), "shop");
  post(DocumentType::dispatch, dispatch("S-1", "1001", 51), "wms");
  post(DocumentType::return_,
       R"({"id":"RT-1","order":"1001","lines":[{"order_line":"1","quantity":2}]})", "wms");
  EXPECT_EQ(post(DocumentType::resolution,
                 R"({"id":"RS-1","of":{"return":"RT-1"},"lots":[{"lot":"LOT-B","quantity":2}]})")
                .status,
            409);
  EXPECT_EQ(post(DocumentType::resolution,
                 R"({"id":"RS-2","of":{"return":"RT-1"},"lots":[{"lot":"LOT-A","quantity":1},)"
                 R"({"lot":"LOT-B","quantity":1}]})")
                .status,
            200);
  EXPECT_EQ(sql("SELECT group_concat(hex(account) || quantity) FROM balances WHERE lot_id = 0"),
            "(none)");
  open();
  // Both units of LOT-B are back: no more can come.
  EXPECT_EQ(post(DocumentType::return_,
                 R"({"id":"RT-2","order":"1001","lines":[{"order_line":"1","quantity":1,)"
                 R"("lots":[{"lot":"LOT-B","quantity":1}]}]})")
                .status,
            200);  // a lot of this line, but not that many: a find
  expect_sound();
}

TEST_F(FollowsTest, AcceptingAResolutionThatACountMadeClear) {
  open();
  stock_dairy();
  ship_unknown("S-1");
  post(DocumentType::count,
       R"({"id":"C-1","warehouse":"MAD1","lines":[{"sku":"GYP-500","lot":"LOT-A","counted":48},)"
       R"({"sku":"GYP-500","lot":"LOT-B","counted":100}]})",
       "wms");
  EXPECT_EQ(lost(), "2000000");
  const std::string alert = open_alert("resolution_proposed");
  ASSERT_NE(alert, "(none)");
  EXPECT_THAT(sql("SELECT extra FROM alerts WHERE alert_id = " + alert),
              HasSubstr(R"("lots":[{"lot":"LOT-A","quantity":2}])"));
  const Answer accepted = accept(alert);
  EXPECT_EQ(accepted.status, 200) << accepted.body;
  EXPECT_THAT(accepted.body, HasSubstr(R"("state":"closed","answer":{"outcome":"applied")"));
  EXPECT_EQ(lost(), "0");  // it had left, and was never lost
  EXPECT_EQ(open_alert("resolution_proposed"), "(none)");
  EXPECT_EQ(accept(alert).status, 409);
  EXPECT_EQ(accept("99999").status, 404);
  expect_sound();
}

TEST_F(FollowsTest, AcceptingASwapLeavesWhatWasCounted) {
  open();
  stock_dairy();
  post(DocumentType::count,
       R"({"id":"C-1","warehouse":"MAD1","lines":[{"sku":"GYP-500","lot":"LOT-A","counted":47},)"
       R"({"sku":"GYP-500","lot":"LOT-B","counted":103}]})",
       "wms");
  const std::string alert = open_alert("swap_proposed");
  const std::string balances =
      sql("SELECT group_concat(hex(account) || quantity) FROM (SELECT * FROM balances ORDER BY 1, "
          "2, 3, 4, 5)");
  const Answer accepted = accept(alert);
  EXPECT_EQ(accepted.status, 200) << accepted.body;
  EXPECT_THAT(accepted.body, HasSubstr(R"("from_lot":"LOT-A")"));
  EXPECT_EQ(sql("SELECT group_concat(hex(account) || quantity) FROM (SELECT * FROM balances ORDER "
                "BY 1, 2, 3, 4, 5)"),
            balances);
  EXPECT_EQ(accept(alert).status, 409);
  post(DocumentType::receipt, receipt("R-9", "lot-a", 1, "2026-05-26"));
  EXPECT_EQ(accept(open_alert("near_duplicate")).status, 422);
  expect_sound();
}

TEST_F(FollowsTest, ASaleBetweenOwnersStandsInBothLedgers) {
  open();
  stock_dairy();
  const std::string sale = R"({"id":"V-1","to_owner":"acme","warehouse":"MAD1",)"
                           R"("lines":[{"sku":"GYP-500","lot":"LOT-A","quantity":10}]})";
  EXPECT_EQ(post(DocumentType::owner_transfer, sale).status, 409);  // acme has no such item
  Document item = document(DocumentType::item, R"({"sku":"GYP-500"})");
  item.owner = "acme";
  wait([&](Done done) { engine_->submit(item, Caller{}, std::move(done)); });
  Caller seller;
  seller.all_owners = false;
  seller.owners = {"pure-fresh"};
  const Answer blind = wait([&](Done done) {
    engine_->submit(document(DocumentType::owner_transfer, sale), seller, std::move(done));
  });
  EXPECT_EQ(blind.status, 422);
  EXPECT_THAT(blind.body, HasSubstr("/to_owner"));
  EXPECT_EQ(post(DocumentType::owner_transfer, sale).status, 200);
  EXPECT_EQ(sql("SELECT count(DISTINCT owner_id) FROM ledger WHERE document_id = "
                "(SELECT document_id FROM documents WHERE type = 20)"),
            "2");
  EXPECT_EQ(sql("SELECT group_concat(quantity) FROM (SELECT quantity FROM balances WHERE "
                "substr(account, 1, 1) = x'0a' ORDER BY owner_id)"),
            "10000000,-10000000");
  open();
  EXPECT_EQ(post(DocumentType::owner_transfer, R"({"id":"V-2","void_of":"V-1"})").status, 200);
  EXPECT_EQ(sql("SELECT count(*) FROM balances WHERE substr(account, 1, 1) = x'0a'"), "0");
  expect_sound();
}

TEST_F(FollowsTest, TheSameShipmentIsOneDispatch) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 2), "shop");
  const auto report = [](const std::string& id, const std::string& more) {
    return R"({"id":")" + id + R"(","order":"1001","warehouse":"MAD1","shipment":"SH-1")" + more +
           "}";
  };
  post(DocumentType::dispatch, report("S-1", R"(,"lines":[{"order_line":"1","quantity":2}])"),
       "shop");
  const std::string second = report(
      "S-2",
      R"(,"carrier":"correos","lines":[{"order_line":"1","quantity":2,"lots":[{"lot":"LOT-B","quantity":2}]}])");
  EXPECT_EQ(post(DocumentType::dispatch, second, "wms").status, 200);
  EXPECT_EQ(sql("SELECT sum(quantity) FROM stamps"), "2000000");
  EXPECT_EQ(sql("SELECT sum(s.quantity) FROM stamps s JOIN lots l USING (lot_id) "
                "WHERE l.code = 'LOT-B'"),
            "2000000");
  EXPECT_THAT(sql("SELECT body FROM documents WHERE id = 'S-1'"), HasSubstr("correos"));
  EXPECT_THAT(post(DocumentType::dispatch,
                   report("S-1", R"(,"lines":[{"order_line":"1","quantity":2}])"), "shop")
                  .body,
              HasSubstr(R"("outcome":"duplicate")"));
  post(DocumentType::dispatch, R"({"id":"V-1","void_of":"S-1","lines":[]})", "shop");
  EXPECT_EQ(sql("SELECT count(*) FROM balances WHERE substr(account, 1, 1) = x'04'"), "0");
  expect_sound();
}

TEST_F(FollowsTest, AnotherSourcesReportMatchesByTrackingNumber) {
  open();
  stock_dairy();
  post(DocumentType::receipt, R"({"id":"R-5","warehouse":"FIL1","lines":[{"sku":"GYP-500",)"
                              R"("quantity":9,"lot":"LOT-A","expires_on":"2026-05-26"}]})");
  post(DocumentType::order,
       R"({"id":"1001","warehouse":"FIL1","lines":[{"line":"1","sku":"GYP-500","quantity":4}]})");
  const auto report = [](const std::string& id, const std::string& number) {
    return R"({"id":")" + id + R"(","order":"1001","warehouse":"FIL1","tracking_number":")" +
           number + R"(","lines":[{"order_line":"1","quantity":2}]})";
  };
  post(DocumentType::dispatch, report("F-1", "X1"), "mad-files");
  EXPECT_THAT(post(DocumentType::dispatch, report("P-1", "X1"), "shop").body,
              Not(HasSubstr("source_not_authoritative")));
  EXPECT_THAT(post(DocumentType::dispatch, report("P-2", "X2"), "shop").body,
              HasSubstr("source_not_authoritative"));
  EXPECT_EQ(sql("SELECT sum(quantity) FROM stamps"), "2000000");
  expect_sound();
}

}  // namespace
}  // namespace lotbridge::engine
