// What goes out: twice is once, a lost answer does no harm, keys of others stay.
#include <gmock/gmock.h>
#include <lotbridge/records.hpp>

#include "connectors/testing/contract.hpp"
#include "test_site.hpp"

namespace lotbridge::woocommerce {
namespace {

using contract::instruction;
using contract::left;
using contract::may_sell;
using contract::stamp_of;
using contract::stamped;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class WriteTest : public ::testing::Test {
 protected:
  void SetUp() override { line_ = site_.line(id_, 0); }

  testing::Outcome run(testing::Replay& connector, const Instruction& instruction) {
    return connector.run(std::string(operation_name(instruction.operation())),
                         write_instruction(instruction));
  }
  Instruction stamp(const std::string& lot = "L1") {
    return instruction(id_, stamp_of(line_, "GYP-500", "S-1",
                                     {stamped("GYP-500", lot, 2), stamped("GYP-500", "L2", 1)}));
  }
  std::string meta(const std::string& key) {
    for (const Json& one : site_.json("orders/" + id_)["line_items"][0]["meta_data"].items()) {
      if (one["key"].text() == key) return one["value"].text();
    }
    return "";
  }

  Site site_;
  std::string id_ = site_.order({{"GYP-500", 3}, {"GYP-750", 1}});
  std::string line_;
};

TEST_F(WriteTest, LotsStandOnTheLineForProgramsAndPeople) {
  const auto connector = site_.connector();
  const auto done = run(*connector, stamp());
  ASSERT_EQ(done.status, LB_OK) << done.text();
  EXPECT_EQ(meta("Lot"), "L1 x2 (expires 2026-05-30), L2 x1 (expires 2026-05-30)");
  const Json machine = Json::parse(meta("_lotbridge_lots"));
  EXPECT_EQ(machine["dispatches"][0]["lots"].size(), 2u);
  EXPECT_EQ(machine["dispatches"][0]["quantity"].integer(), 3);
  EXPECT_EQ(meta("_reduced_stock"), "1");
  const Json notes = site_.json("orders/" + id_ + "/notes");
  ASSERT_THAT(notes.items(), SizeIs(1));
  EXPECT_FALSE(notes[0]["customer_note"].boolean());
  EXPECT_THAT(notes[0]["note"].text(), HasSubstr("Lots shipped: GYP-500: L1 x2"));
}

TEST_F(WriteTest, TheSameStampIsWrittenOnce) {
  const auto connector = site_.connector(R"("order_notes": "customer")");
  EXPECT_EQ(run(*connector, stamp()).status, LB_OK);
  EXPECT_EQ(run(*connector, stamp()).status, LB_OK);
  EXPECT_EQ(site_.count("PUT", "/orders/"), 1u);
  EXPECT_EQ(site_.count("POST", "/notes"), 1u);
  EXPECT_TRUE(site_.json("orders/" + id_ + "/notes")[0]["customer_note"].boolean());
  // Another lot is another stamp, and another note.
  EXPECT_EQ(run(*connector, stamp("L3")).status, LB_OK);
  EXPECT_EQ(site_.count("POST", "/notes"), 2u);
}

TEST_F(WriteTest, LostAnswersLeaveOneStampAndOneNote) {
  const auto connector = site_.connector();
  for (int writes = 0; writes < 2; ++writes) {
    site_.lose_next_write = true;
    EXPECT_EQ(run(*connector, stamp()).status, LB_RETRY);
  }
  EXPECT_EQ(run(*connector, stamp()).status, LB_OK);
  EXPECT_EQ(site_.count("PUT", "/orders/"), 1u);
  EXPECT_THAT(site_.json("orders/" + id_ + "/notes").items(), SizeIs(1));
}

TEST_F(WriteTest, AStampThatWasTakenBackLeavesNothingOfOurs) {
  const auto connector = site_.connector();
  EXPECT_EQ(run(*connector, stamp()).status, LB_OK);
  LotsWrite nothing;
  nothing.lines = {{line_, "GYP-500", Quantity::whole(3), {}}};
  EXPECT_EQ(run(*connector, instruction(id_, nothing)).status, LB_OK);
  EXPECT_EQ(meta("Lot"), "");
  EXPECT_EQ(meta("_lotbridge_lots"), "");
  EXPECT_EQ(meta("_reduced_stock"), "1");
}

TEST_F(WriteTest, OurOwnEchoSaysNothingNew) {
  const auto connector = site_.connector();
  const auto body = [&] { return std::string(site_.json("orders/" + id_).raw()); };
  const auto before = connector->webhook("order.updated", body());
  EXPECT_EQ(run(*connector, stamp()).status, LB_OK);
  const auto after = connector->webhook("order.updated", body());
  Document echoed = after.documents.at(0);
  EXPECT_NE(write_content(echoed), write_content(before.documents.at(0)));  // only the version
  std::get<Order>(echoed.body).version = std::get<Order>(before.documents[0].body).version;
  EXPECT_EQ(write_content(echoed), write_content(before.documents[0]));
}

TEST_F(WriteTest, AShopThatKeepsNothingIsNotBelieved) {
  const auto connector = site_.connector();
  connector->on_http = [&](const HttpRequest& request) -> testing::Answered {
    if (request.method != "PUT") return site_.answer(request);
    return HttpReply(200, {}, std::string(site_.json("orders/" + id_).raw()));
  };
  EXPECT_EQ(run(*connector, stamp()).status, LB_RETRY);
}

TEST_F(WriteTest, ALineThatIsGoneIsNoNewLine) {
  const auto connector = site_.connector();
  auto of = stamp();
  std::get<LotsWrite>(of.body).lines[0].line = "99999";
  const auto done = run(*connector, of);
  EXPECT_EQ(done.status, LB_OK);
  EXPECT_THAT(done.logs, ::testing::Contains(HasSubstr("no line 99999")));
  EXPECT_EQ(site_.count("PUT", "/orders/"), 0u);
  of.order.id = "9";
  const auto unknown = run(*connector, of);
  EXPECT_EQ(unknown.status, LB_BAD_RECORD);
  EXPECT_EQ(unknown.vendor_code, "woocommerce_rest_shop_order_invalid_id");
}

// ---------------------------------------------------------------- what has left

TEST_F(WriteTest, AFulfillmentWhereTheFeatureIsOn) {
  site_.fulfillments = true;
  const auto connector = site_.connector();
  const auto wanted = instruction(id_, left("S-1", "X1", {{line_, 3}}));
  site_.lose_next_write = true;
  EXPECT_EQ(run(*connector, wanted).status, LB_RETRY);
  const auto done = run(*connector, wanted);
  ASSERT_EQ(done.status, LB_OK) << done.text();
  const Json made = site_.json("orders/" + id_ + "/fulfillments");
  ASSERT_THAT(made.items(), SizeIs(1));
  EXPECT_TRUE(made[0]["is_fulfilled"].boolean());
  EXPECT_EQ(Json::parse(done.result)["refs"]["fulfillments"]["S-1"].text(), made[0]["id"].id());
  EXPECT_EQ(site_.json("orders/" + id_)["status"].text(), "processing");  // one line is still here
}

TEST_F(WriteTest, ANoteAndACompletedOrderWhereItIsOff) {
  const auto connector = site_.connector();
  const std::string second = site_.line(id_, 1);
  const auto first = run(*connector, instruction(id_, left("S-1", "X1", {{line_, 3}})));
  ASSERT_EQ(first.status, LB_OK) << first.text();
  EXPECT_EQ(site_.json("orders/" + id_)["status"].text(), "processing");
  const std::string refs(Json::parse(first.result)["refs"].raw());
  const auto rest = instruction(id_, left("S-2", "X2", {{second, 1}}), refs);
  const auto last = run(*connector, rest);
  ASSERT_EQ(last.status, LB_OK) << last.text();
  EXPECT_EQ(site_.json("orders/" + id_)["status"].text(), "completed");
  EXPECT_EQ(run(*connector, rest).status, LB_OK);
  const Json notes = site_.json("orders/" + id_ + "/notes");
  ASSERT_THAT(notes.items(), SizeIs(2));
  EXPECT_THAT(notes[0]["note"].text(), HasSubstr("with Correos, tracking X1: GYP-500 x3 (S-1)"));
}

TEST_F(WriteTest, WhereTheShopShipsItselfNothingIsTold) {
  const auto connector = site_.connector(R"("fulfilments": "theirs")");
  const auto done = run(*connector, instruction(id_, left("S-1", "X1", {{line_, 3}})));
  EXPECT_EQ(done.status, LB_OK);
  EXPECT_TRUE(done.requests.empty());
}

// ---------------------------------------------------------------- stock, webhooks

TEST_F(WriteTest, StockIsWrittenWhereItDiffers) {
  const std::string simple = site_.product("GYP-500");
  const std::string varied = site_.product("");
  site_.variation(varied, "GYP-500-6");
  StockWrite stock = may_sell("GYP-500", 20);
  stock.aliases = {{"GYP-500-6", Quantity::whole(6)}};
  EXPECT_TRUE(run(*site_.connector(), instruction("", stock)).requests.empty());  // not asked for
  const auto connector = site_.connector(R"("write_stock": true)");
  for (int twice = 0; twice < 2; ++twice) {
    const auto done = run(*connector, instruction("", stock));
    ASSERT_EQ(done.status, LB_OK) << done.text();
  }
  EXPECT_EQ(site_.json("products/" + simple)["stock_quantity"].integer(), 20);
  EXPECT_EQ(site_.json("products/" + varied + "/variations")[0]["stock_quantity"].integer(), 3);
  EXPECT_EQ(site_.count("PUT", "/products/"), 2u);
  EXPECT_EQ(run(*connector, instruction("", may_sell("NOT-SOLD", 1))).status, LB_OK);
}

TEST_F(WriteTest, WebhooksAreMadeOnceAndSwitchedOnAgain) {
  const auto connector = site_.connector();
  const std::string input = R"({"url":"https://lots.example/hooks/woo"})";
  for (int twice = 0; twice < 2; ++twice) {
    const auto done = connector->run("webhook.register/1", input);
    ASSERT_EQ(done.status, LB_OK) << done.text();
  }
  EXPECT_THAT(site_.json("webhooks").items(), SizeIs(4));
  EXPECT_EQ(site_.count("POST", "/webhooks"), 4u);
  EXPECT_THAT(site_.asked.at(1).body, HasSubstr("{{secret:webhook_secret}}"));
  site_.switch_off_webhook(0);
  EXPECT_EQ(connector->run("webhook.register/1", input).status, LB_OK);
  EXPECT_EQ(site_.json("webhooks")[0]["status"].text(), "active");
  const auto plain = Site().connector(R"("scheme": "http")")->run("webhook.register/1", input);
  EXPECT_EQ(plain.status, LB_CONFIG);
}

TEST_F(WriteTest, EveryFaultAtEveryRequestEndsInOneOfEach) {
  for (const contract::Fault& fault : contract::faults()) {
    for (const bool feature : {false, true}) {
      Site site;
      site.fulfillments = feature;
      const std::string id = site.order({{"GYP-500", 3}});
      const std::string line = site.line(id, 0);
      const auto connector = site.connector();
      const std::vector<Instruction> both = {
          instruction(id, left("S-1", "X1", {{line, 3}})),
          instruction(id, stamp_of(line, "GYP-500", "S-1", {stamped("GYP-500", "L1", 3)}))};
      for (const Instruction& wanted : both) {
        for (std::size_t at = 0; at < 4; ++at) {
          connector->faults = {{at, fault.answer}};
          const auto broken = run(*connector, wanted);
          EXPECT_NE(broken.status, LB_BUG) << fault.name << broken.text();
        }
        connector->faults.clear();
        EXPECT_EQ(run(*connector, wanted).status, LB_OK) << fault.name;
      }
      const std::size_t notes = site.json("orders/" + id + "/notes").size();
      EXPECT_EQ(notes, feature ? 1u : 2u) << fault.name;
      EXPECT_EQ(site.json("orders/" + id + "/fulfillments").size(), feature ? 1u : 0u);
      EXPECT_EQ(site.json("orders/" + id)["status"].text(), "completed") << fault.name;
    }
  }
}

}  // namespace
}  // namespace lotbridge::woocommerce
