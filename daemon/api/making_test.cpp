// What was made of what, what it cost, and lots that turn out to be others: as GET calls tell it.
#include "daemon/api/reads_fixture.hpp"
#include "daemon/engine/verify.hpp"

#include <gmock/gmock.h>

namespace lotbridge::api {
namespace {

using ::testing::HasSubstr;

class MakingTest : public ReadsTest {
 protected:
  Json sent(DocumentType type, const std::string& text, const std::string& source = "api") {
    const engine::Answer answer = post(type, text, source);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body);
  }
  void item(const std::string& sku, const std::string& more = "") {
    sent(DocumentType::item,
         R"({"sku":")" + sku + R"(","decimals":2,"shelf_life_controlled":false)" + more + "}");
  }
  Json receive(const std::string& id, const std::string& sku, const std::string& lot, int quantity,
               const std::string& cost = "", const std::string& source = "api") {
    std::string line =
        R"({"line":"1","sku":")" + sku + R"(","quantity":)" + std::to_string(quantity);
    if (!lot.empty()) line += R"(,"lot":")" + lot + "\"";
    if (!cost.empty()) line += R"(,"unit_cost":{"amount":")" + cost + R"(","currency":"EUR"})";
    return sent(DocumentType::receipt,
                R"({"id":")" + id + R"(","warehouse":"MAD1","lines":[)" + line + "}]}", source);
  }
  static std::string part(const std::string& sku, const std::string& lot,
                          const std::string& quantity) {
    return R"({"sku":")" + sku + R"(","lot":")" + lot + R"(","quantity":)" + quantity + "}";
  }
  Json make(const std::string& id, const std::string& inputs, const std::string& outputs,
            const std::string& more = "", const std::string& source = "api") {
    return sent(DocumentType::transformation,
                R"({"id":")" + id + R"(","warehouse":"MAD1","inputs":[)" + inputs +
                    R"(],"outputs":[)" + outputs + "]" + more + "}",
                source);
  }
  void sell(const std::string& id, const std::string& sku, const std::string& lot, int quantity) {
    const std::string units = std::to_string(quantity);
    sent(DocumentType::order,
         R"({"id":")" + id + R"(","channel":"shopify-eu","lines":[{"line":"1","sku":")" + sku +
             R"(","quantity":)" + units + "}]}",
         "shopify-eu");
    sent(DocumentType::dispatch,
         R"({"id":"S-)" + id + R"(","order":")" + id +
             R"(","warehouse":"MAD1","lines":[{"order_line":"1","sku":")" + sku +
             R"(","quantity":)" + units + R"(,"lots":[{"lot":")" + lot + R"(","quantity":)" +
             units + "}]}]}",
         "mad-files");
  }
  Json trace(const std::string& sku, const std::string& lot, Query more = {}) {
    more["sku"] = sku;
    more["lot"] = lot;
    const Json answer = json({"trace"}, more);
    const Json balance = answer["balance"];
    const auto sum = [&](std::initializer_list<const char*> names) {
      std::int64_t total = 0;
      for (const char* name : names) total += balance[name].quantity().micros;
      return total;
    };
    EXPECT_EQ(sum({"received", "produced", "found", "returned"}),
              sum({"on_hand", "in_transit", "dispatched", "consumed", "scrapped", "lost",
                   "moved_to_owner"}))
        << balance.raw();
    return answer;
  }
  static std::string kin(const Json& rows) {
    std::string out;
    for (const Json& row : rows.items_or_none()) {
      out += row["quantity"].decimal() + " " + row["lot"].text() + " by " +
             row["transformation"].text();
      out += row["loop"].boolean() ? " loop; " : "; ";
    }
    return out;
  }
  static std::string money(const Json& value) {
    return value.is_object() ? value["amount"].text() + value["currency"].text() : "none";
  }
  void expect_sound() {
    settle_all();
    const auto report = engine::verify(store_path());
    ASSERT_TRUE(report.ok()) << report.problem().detail;
    EXPECT_THAT(*report, HasSubstr(R"({"ok":true)"));
  }
};

TEST_F(MakingTest, TheGenealogyToAnyDepthWithTheOrdersOfWhatWasMade) {
  start();
  for (const char* sku : {"WAX", "WICK", "CANDLE", "SET"}) item(sku);
  receive("R-1", "WAX", "W7", 10);
  receive("R-2", "WICK", "K1", 100);
  const Json made = make("TF-1", part("WAX", "W7", "4.5") + "," + part("WICK", "K1", "90"),
                         part("CANDLE", "C12", "90"),
                         R"(,"loss":[{"sku":"WAX","quantity":0.5,"reason":"spilled"}])");
  EXPECT_EQ(made["outcome"].text(), "applied");
  EXPECT_EQ(made["lots"][0]["lot"].text(), "C12");
  EXPECT_EQ(made["document"]["loss"][0]["quantity"].decimal(), "0.5");
  make("TF-2", part("CANDLE", "C12", "30"), part("SET", "S1", "10"));
  sell("1001", "CANDLE", "C12", 5);
  sell("1002", "SET", "S1", 2);
  settle_all();
  EXPECT_EQ(kin(trace("SET", "S1")["produced_from"]),
            "30 C12 by TF-2; 4.5 W7 by TF-1; 90 K1 by TF-1; ");
  const Json wax = trace("WAX", "W7");
  EXPECT_EQ(kin(wax["produced_into"]), "90 C12 by TF-1; 10 S1 by TF-2; ");
  ASSERT_EQ(wax["dispatched"].size(), 2u);
  EXPECT_EQ(wax["dispatched"][0]["order"].text(), "1001");
  EXPECT_EQ(wax["dispatched"][0]["sku"].text(), "CANDLE");
  EXPECT_EQ(wax["dispatched"][1]["order"].text(), "1002");
  EXPECT_EQ(wax["dispatched"][1]["lot"].text(), "S1");
  EXPECT_EQ(wax["balance"]["consumed"].decimal(), "4.5");
  EXPECT_EQ(wax["balance"]["dispatched"].decimal(), "0");
  EXPECT_EQ(trace("CANDLE", "C12")["balance"]["produced"].decimal(), "90");
  EXPECT_EQ(kin(trace("WAX", "W7", {{"direction", "backward"}})["produced_into"]), "");
  EXPECT_EQ(kin(trace("SET", "S1", {{"direction", "forward"}})["produced_from"]), "");
  expect_sound();
}

TEST_F(MakingTest, LoopsEndAndAVoidEndsTheGenealogy) {
  start();
  item("RAW");
  item("MIX");
  receive("R-1", "RAW", "R1", 100);
  make("TF-1", part("RAW", "R1", "10"), part("MIX", "M1", "10"));
  const Json closing =
      make("TF-2", part("MIX", "M1", "4"), part("RAW", "R1", "4"), "", "mad-files");
  EXPECT_EQ(closing["exceptions"][0]["code"].text(), "genealogy_loop");
  settle_all();
  EXPECT_EQ(kin(trace("MIX", "M1")["produced_from"]), "10 R1 by TF-1; 4 M1 by TF-2 loop; ");
  EXPECT_EQ(kin(trace("MIX", "M1")["produced_into"]), "4 R1 by TF-2; 10 M1 by TF-1 loop; ");
  wait([&](engine::Done done) {
    engine_->move_clock(*Timestamp::parse("2026-05-17T10:00:00Z"), engine::Caller{},
                        std::move(done));
  });
  sent(DocumentType::transformation, R"({"id":"TF-3","void_of":"TF-2"})", "mad-files");
  settle_all();
  EXPECT_EQ(kin(trace("MIX", "M1")["produced_from"]), "10 R1 by TF-1; ");
  EXPECT_EQ(kin(trace("MIX", "M1", {{"as_of", "2026-05-16T23:00:00Z"}})["produced_into"]),
            "4 R1 by TF-2; 10 M1 by TF-1 loop; ");
  start();  // what the core knows of it is loaded again
  EXPECT_EQ(make("TF-4", part("MIX", "M1", "1"), part("RAW", "R1", "1"), "",
                 "mad-files")["exceptions"][0]["code"]
                .text(),
            "genealogy_loop");
  expect_sound();
}

TEST_F(MakingTest, ALotThatTurnsOutToBeAnotherIsFoundByBothCodes) {
  start();
  item("YOG");
  receive("R-1", "YOG", "L0T7", 10, "1.00");
  receive("R-2", "YOG", "LOT7", 20, "2.00");
  sell("1001", "YOG", "L0T7", 4);
  sell("1002", "YOG", "LOT7", 5);
  const Json done =
      sent(DocumentType::lot_correction,
           R"({"id":"LC-1","sku":"YOG","lot":"L0T7","new_lot":"LOT7","evidence":"photo 12"})");
  EXPECT_EQ(done["lots"][0]["lot"].text(), "LOT7");
  for (const bool again : {false, true}) {
    if (again) start();
    settle_all();
    for (const char* code : {"L0T7", "LOT7"}) {
      const Json lot = json({"lots", "YOG", code});
      EXPECT_EQ(lot["lot"].text(), "LOT7");
      EXPECT_EQ(lot["aliases"][0].text(), "L0T7");
      EXPECT_EQ(lot["balances"][0]["on_hand"].integer(), 21);
      EXPECT_EQ(lot["history"][0]["field"].text(), "merged");
      EXPECT_EQ(lot["history"][0]["evidence"].text(), "photo 12");
      EXPECT_EQ(money(lot["cost"]["unit"]), "1.666667EUR");
      EXPECT_EQ(money(lot["cost"]["dispatched_value"]), "15.00EUR");
      EXPECT_EQ(money(lot["cost"]["on_hand_value"]), "35.00EUR");
      const Json both = trace("YOG", code);
      EXPECT_EQ(both["received"].size(), 2u);
      ASSERT_EQ(both["dispatched"].size(), 2u);
      // What left keeps what it said.
      EXPECT_EQ(both["dispatched"][0]["lot"].text() + both["dispatched"][1]["lot"].text(),
                "LOT7L0T7");
      EXPECT_EQ(both["balance"]["lost"].integer(), 6);
      EXPECT_EQ(both["balance"]["found"].integer(), 6);
      EXPECT_EQ(both["balance"]["on_hand"].integer(), 21);
      EXPECT_EQ(rows({"ledger"}, {{"sku", "YOG"}, {"lot", code}}).size(),
                rows({"ledger"}, {{"sku", "YOG"}}).size());
      EXPECT_EQ(rows({"stock"}, {{"sku", "YOG"}, {"lot", code}}).size(), 1u);
    }
    EXPECT_EQ(rows({"lots"}, {{"sku", "YOG"}}).size(), 1u);
    expect_sound();
  }
  // What comes back under either code comes back to the one lot.
  sent(
      DocumentType::return_,
      R"({"id":"RT-1","order":"1001","warehouse":"MAD1","lines":[{"order_line":"1","sku":"YOG","quantity":1,)"
      R"("lots":[{"lot":"LOT7","quantity":1}]}]})",
      "mad-files");
  settle_all();
  EXPECT_EQ(trace("YOG", "LOT7")["balance"]["returned"].integer(), 1);
  expect_sound();
}

TEST_F(MakingTest, ARenamedLotKeepsItsHashesAndItsOpenAlerts) {
  start();
  item("YOG");
  sell("1001", "YOG", "L0T7", 4);  // before any receipt: unreconciled
  sent(DocumentType::lot_correction, R"({"id":"LC-1","sku":"YOG","lot":"L0T7","new_lot":"LOT7"})");
  expect_sound();
  settle_all();
  const auto open = rows({"alerts"}, {{"kind", "unreconciled"}, {"lot", "LOT7"}});
  ASSERT_EQ(open.size(), 1u);
  start();
  receive("R-1", "YOG", "LOT7", 10);
  settle_all();
  EXPECT_EQ(rows({"alerts"}, {{"kind", "unreconciled"}}).size(), 0u);
  EXPECT_EQ(json({"lots", "YOG", "L0T7"})["balances"][0]["on_hand"].integer(), 6);
  expect_sound();
}

TEST_F(MakingTest, CostsAndLateCharges) {
  start();
  item("YOG");
  receive("R-1", "YOG", "L1", 100, "0.82");
  receive("R-2", "YOG", "L2", 10);
  sell("1001", "YOG", "L1", 40);
  const Json charged = sent(
      DocumentType::charge,
      R"({"id":"CH-1","receipt":"R-1","kind":"freight","amount":{"amount":"18.00","currency":"EUR"}})");
  EXPECT_EQ(money(charged["charge"]["lots"][0]["amount"]), "18.00EUR");
  EXPECT_EQ(money(charged["charge"]["lots"][0]["sold"]), "7.20EUR");
  EXPECT_EQ(money(charged["charge"]["lots"][0]["held"]), "10.80EUR");
  settle_all();
  const Json cost = json({"lots", "YOG", "L1"})["cost"];
  EXPECT_EQ(money(cost["unit"]), "0.82EUR");
  EXPECT_EQ(money(cost["charges"]), "18.00EUR");
  EXPECT_EQ(money(cost["landed_unit"]), "1.00EUR");
  EXPECT_EQ(money(cost["dispatched_value"]), "40.00EUR");
  EXPECT_EQ(money(cost["on_hand_value"]), "60.00EUR");
  EXPECT_TRUE(json({"lots", "YOG", "L2"})["cost"].is_null());
  EXPECT_EQ(money(rows({"stock"}, {{"sku", "YOG"}, {"lot", "L1"}})[0]["unit_cost"]), "0.82EUR");
  EXPECT_EQ(money(rows({"stock"}, {{"sku", "YOG"}, {"lot", "L2"}})[0]["unit_cost"]), "none");
  EXPECT_EQ(money(json({"dispatches", "S-1001"})["dispatch"]["lines"][0]["lots"][0]["cost"]),
            "40.00EUR");
  // Again: the same answer; a receipt that is taken back takes its cost along.
  EXPECT_EQ(
      money(sent(
          DocumentType::charge,
          R"({"id":"CH-1","receipt":"R-1","kind":"freight","amount":{"amount":"18.00","currency":"EUR"}})")
                ["charge"]["lots"][0]["sold"]),
      "7.20EUR");
  receive("R-3", "YOG", "L1", 100, "9.00", "mad-files");
  sent(DocumentType::receipt, R"({"id":"R-4","warehouse":"MAD1","void_of":"R-3"})", "mad-files");
  const engine::Answer none = post(
      DocumentType::charge,
      R"({"id":"CH-2","receipt":"R-3","kind":"duty","amount":{"amount":"1.00","currency":"EUR"}})");
  EXPECT_EQ(none.status, 422) << none.body;
  settle_all();
  EXPECT_EQ(money(json({"lots", "YOG", "L1"})["cost"]["unit"]), "0.82EUR");
  make("TF-1", part("YOG", "L1", "10"), part("YOG", "L3", "3"),
       R"(,"costs":[{"kind":"labour","amount":{"amount":"0.01","currency":"EUR"}}])");
  settle_all();
  EXPECT_EQ(money(json({"lots", "YOG", "L3"})["cost"]["on_hand_value"]), "10.01EUR");
  expect_sound();
}

TEST_F(MakingTest, GeneratedCodesGoOnAfterARestart) {
  start();
  item("GYP-500",
       R"(,"lot_template":"{SKU3}-{YYMMDD}-B{NN}-{PLANT2}","lot_template_mode":"enforce")");
  EXPECT_EQ(receive("R-1", "GYP-500", "", 10)["lots"][0]["lot"].text(), "GYP-260516-B01-MA");
  EXPECT_EQ(receive("R-2", "GYP-500", "", 10)["lots"][0]["lot"].text(), "GYP-260516-B02-MA");
  start();
  EXPECT_EQ(receive("R-3", "GYP-500", "", 10)["lots"][0]["lot"].text(), "GYP-260516-B03-MA");
  settle_all();
  const Json parsed = json({"lots", "GYP-500", "GYP-260516-B03-MA"})["parsed"];
  EXPECT_EQ(parsed["sku"].text(), "GYP");
  EXPECT_EQ(parsed["date"].text(), "2026-05-16");
  EXPECT_EQ(parsed["number"].integer(), 3);
  EXPECT_EQ(parsed["plant"].text(), "MA");
  const engine::Answer wrong =
      post(DocumentType::receipt, receipt("R-4", "gyp-1", 1, "2026-06-10"));
  EXPECT_EQ(wrong.status, 409);
  EXPECT_THAT(wrong.body, HasSubstr("lot_template_mismatch"));
}

}  // namespace
}  // namespace lotbridge::api
