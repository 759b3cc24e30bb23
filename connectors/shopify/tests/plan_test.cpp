// The pure parts: what is left to tell the shop, and the texts that stand on an order.
#include <gtest/gtest.h>

#include "connectors/shopify/fulfil.hpp"
#include "connectors/shopify/stamps.hpp"
#include "instructions.hpp"

namespace lotbridge::shopify {
namespace {

const std::vector<std::string> kHome{"gid://shopify/Location/1"};

OpenUnits open_units(const std::string& line, std::int64_t remaining,
                     const std::string& location = kHome[0]) {
  return {"fo-" + location, "row-" + line + location, line, location, remaining, true};
}

ShopFulfillment existing(const std::string& id, const Maybe<std::string>& tracking,
                         const std::string& line, std::int64_t units) {
  ShopFulfillment out;
  out.id = id;
  out.status = "success";
  out.tracking_number = tracking;
  out.lines.push_back({line, std::nullopt, units, true, ""});
  return out;
}

TEST(FulfilPlan, TakesOpenUnitsAtTheWarehousesLocationFirst) {
  const auto wanted = left("S-1", "X1", {{"1", 3}}).dispatch;
  const auto plan = plan_fulfillment(
      wanted, {}, {open_units("1", 2, "gid://shopify/Location/2"), open_units("1", 2)}, {}, kHome);
  ASSERT_EQ(plan.create.size(), 2u);
  EXPECT_EQ(plan.create[0][0].second, 2);
  EXPECT_EQ(plan.create[0][0].first.location, kHome[0]);
  EXPECT_EQ(plan.create[1][0].second, 1);
  EXPECT_TRUE(plan.elsewhere);
  EXPECT_EQ(plan.surplus, 0);
}

TEST(FulfilPlan, HalfOfItWasCreatedBefore) {
  const auto wanted = left("S-1", "X1", {{"1", 2}, {"2", 1}}).dispatch;
  const auto plan = plan_fulfillment(wanted, {existing("9", "X1", "1", 2)},
                                     {open_units("1", 5), open_units("2", 1)}, {}, kHome);
  EXPECT_EQ(plan.already, "gid://shopify/Fulfillment/9");
  ASSERT_EQ(plan.create.size(), 1u);
  ASSERT_EQ(plan.create[0].size(), 1u);
  EXPECT_EQ(plan.create[0][0].first.line, "2");
}

TEST(FulfilPlan, ACancelledOneDoesNotCount) {
  auto cancelled = existing("9", "X1", "1", 2);
  cancelled.status = "cancelled";
  const auto plan = plan_fulfillment(left("S-1", "X1", {{"1", 2}}).dispatch, {cancelled},
                                     {open_units("1", 2)}, {}, kHome);
  EXPECT_EQ(plan.already, "");
  EXPECT_EQ(plan.create.size(), 1u);
}

TEST(FulfilPlan, AnothersFulfilmentIsNotOurs) {
  const auto wanted = left("S-2", std::nullopt, {{"1", 2}}).dispatch;
  const auto before = existing("9", std::nullopt, "1", 2);
  const auto plan = plan_fulfillment(wanted, {before}, {open_units("1", 2)},
                                     {"gid://shopify/Fulfillment/9"}, kHome);
  EXPECT_EQ(plan.already, "");
  EXPECT_EQ(plan.create.size(), 1u);
  EXPECT_EQ(plan_fulfillment(wanted, {before}, {open_units("1", 2)}, {}, kHome).create.size(), 0u);
}

TEST(FulfilPlan, HeldUnitsWaitAndSurplusIsCounted) {
  auto held = open_units("1", 2);
  held.shippable = false;
  const auto plan = plan_fulfillment(left("S-1", "X1", {{"1", 3}}).dispatch, {}, {held}, {}, kHome);
  EXPECT_EQ(plan.waiting, 2);
  EXPECT_EQ(plan.surplus, 1);
  EXPECT_TRUE(plan.create.empty());
}

TEST(Stamp, UnknownLotsAreSaidToBeUnknown) {
  const auto stamp =
      lots_stamp(stamp_of("1", "S-1", {stamped("", 2, StampEvidence::unresolved)}), {});
  EXPECT_NE(
      stamp.machine.find(R"({"lot":null,"quantity":2,"expires_on":null,"evidence":"unresolved"})"),
      std::string::npos)
      << stamp.machine;
  EXPECT_EQ(stamp.readable, "Shipped 2026-05-18, tracking X1\n  GYP-500 x2:\n    lot not known x2");
}

TEST(Stamp, PartsOfAKitAreNamed) {
  auto part = stamped("L1", 2);
  part.sku = "LID";
  const auto stamp = lots_stamp(stamp_of("1", "S-1", {part}), {});
  EXPECT_NE(stamp.machine.find(R"("lot":"L1","sku":"LID")"), std::string::npos) << stamp.machine;
  EXPECT_NE(stamp.readable.find("LID lot L1 x2"), std::string::npos) << stamp.readable;
}

TEST(Stamp, OneDispatchOfTwoLinesIsOneEntry) {
  LotsWrite both = stamp_of("1", "S-1", {stamped("L1", 2)});
  both.lines.push_back(stamp_of("2", "S-1", {stamped("L2", 1)}).lines[0]);
  const Json machine = Json::parse(lots_stamp(both, {}).machine);
  ASSERT_EQ(machine["dispatches"].size(), 1u);
  EXPECT_EQ(machine["dispatches"][std::size_t{0}]["lines"].size(), 2u);
}

TEST(Stamp, CompactTakesOnlySpaceBetweenParts) {
  EXPECT_EQ(compact("{ \"a b\" : [1, \"x \\\" y\"],\n\"c\": null }"),
            R"({"a b":[1,"x \" y"],"c":null})");
}

}  // namespace
}  // namespace lotbridge::shopify
