#include <lotbridge/instructions.hpp>

#include <gtest/gtest.h>

namespace lotbridge {
namespace {

Instruction head() {
  Instruction out;
  out.key = "k1";
  out.version = 7;
  out.connector = "shopify-eu";
  out.owner = "pure-fresh";
  out.order = {"shopify-eu", "5123456789", "#1001"};
  return out;
}

PlannedLine planned() {
  PlannedLine line{"1", "GYP-500", Quantity::whole(3), {}};
  line.lots.push_back({"GYP-500", LotCode{"L1"}, Quantity{1'500'000}, Date::parse("2026-05-30"),
                       "MAD1", std::nullopt});
  line.lots.push_back(
      {"GYP-500", LotCode{"L2"}, Quantity{1'500'000}, std::nullopt, "MAD1", "A-01"});
  return line;
}

std::vector<Instruction> samples() {
  std::vector<Instruction> out(5, head());
  out[0].body = LotsPlan{"allocated", {planned()}};
  PickSend pick;
  pick.status = "partial";
  pick.warehouse = "MAD1";
  pick.ship_on = Date::parse("2026-05-18");
  pick.ship_to = Address{"ES", "MD", "28001", "Ana", {}, "Calle \"1\"", {}, "Madrid", {}};
  pick.customer = Customer{"c9", "Ana", {}, {}};
  pick.lines = {planned()};
  out[1].body = pick;
  StampedDispatch dispatch{
      "S-1", std::nullopt, "X1", *Timestamp::parse("2026-05-18T15:00:00Z"), Quantity::whole(3), {}};
  dispatch.lots.push_back({"GYP-500", LotCode{"L1"}, Quantity::whole(2), Date::parse("2026-05-30"),
                           StampEvidence::scanned});
  dispatch.lots.push_back(
      {"GYP-500", std::nullopt, Quantity::whole(1), std::nullopt, StampEvidence::unresolved});
  out[2].body = LotsWrite{{{"1", "GYP-500", Quantity::whole(3), {dispatch}}}};
  out[2].refs = R"({"fulfillments":{"S-1":"gid://shopify/Fulfillment/1"}})";
  out[3].body = FulfillmentsCreate{{"S-1",
                                    "u1",
                                    "MAD1",
                                    "correos",
                                    std::nullopt,
                                    *Timestamp::parse("2026-05-18T15:00:00Z"),
                                    {{"1", std::nullopt, Quantity::whole(3)}}}};
  out[4].order = {};  // about an item, not about an order
  out[4].body = StockWrite{"shopify-eu",
                           "GYP-500",
                           {{"GYP-500-2PK", Quantity::whole(2)}},
                           Quantity{12'500'000},
                           {{"MAD1", Quantity{12'500'000}}, {"BCN1", Quantity{}}}};
  return out;
}

TEST(Instructions, RoundTrip) {
  for (const auto& sample : samples()) {
    const auto text = write_instruction(sample);
    const auto read = read_instruction(text);
    ASSERT_TRUE(read.ok()) << text << " " << read.problem().detail;
    EXPECT_EQ(*read, sample) << text;
    EXPECT_EQ(write_instruction(*read), text);
  }
}

TEST(Instructions, WriteEveryKeyInTheirCanonicalOrder) {
  EXPECT_EQ(
      write_instruction(samples()[0]),
      R"({"operation":"lots.plan/1","key":"k1","version":7,"connector":"shopify-eu","owner":"pure-fresh",)"
      R"("order":{"source":"shopify-eu","id":"5123456789","number":"#1001"},"refs":{},"status":"allocated",)"
      R"("lines":[{"line":"1","sku":"GYP-500","quantity":3,"lots":[)"
      R"({"sku":"GYP-500","lot":"L1","quantity":1.5,"expires_on":"2026-05-30","warehouse":"MAD1","location":null},)"
      R"({"sku":"GYP-500","lot":"L2","quantity":1.5,"expires_on":null,"warehouse":"MAD1","location":"A-01"}]}]})");
}

TEST(Instructions, AreReadStrictly) {
  auto text = write_instruction(samples()[0]);
  text.insert(text.size() - 1, R"(,"extra":1)");
  auto read = read_instruction(text);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.problem().code, "unknown_key");
  EXPECT_EQ(read.problem().errors.at(0).pointer, "/extra");

  read = read_instruction(R"({"operation":"lots.plan/2"})");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.problem().errors.at(0).pointer, "/operation");
  EXPECT_FALSE(read_instruction("").ok());
  EXPECT_FALSE(read_instruction("[]").ok());
}

TEST(Instructions, NamesOfOperations) {
  for (const auto& sample : samples())
    EXPECT_EQ(operation_of(operation_name(sample.operation())), sample.operation());
  EXPECT_EQ(operation_of("lots.write"), std::nullopt);
}

TEST(InstructionResult, GivesItsRefs) {
  EXPECT_EQ(*read_instruction_result(""), "");
  EXPECT_EQ(*read_instruction_result("{}"), "");
  EXPECT_EQ(*read_instruction_result(R"({ "refs" : {"b": 1, "a": "x"} })"), R"({"a":"x","b":1})");
  EXPECT_EQ(read_instruction_result("[]").problem().code, "invalid_value");
  EXPECT_EQ(read_instruction_result("{").problem().code, "bad_json");
}

TEST(MergeRefs, LaysNewerOverEarlier) {
  EXPECT_EQ(merge_refs("", ""), "");
  EXPECT_EQ(merge_refs("", R"({"a":1})"), R"({"a":1})");
  EXPECT_EQ(merge_refs(R"({"a":1})", ""), R"({"a":1})");
  EXPECT_EQ(merge_refs(R"({"f":{"S-1":"x"},"a":1})", R"({"f":{"S-2":"y"},"a":null})"),
            R"({"f":{"S-1":"x","S-2":"y"}})");
}

}  // namespace
}  // namespace lotbridge
