// What is left to tell the shop, and what it knows already.
#include <gtest/gtest.h>

#include "fulfil.hpp"
#include "test_instructions.hpp"

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

}  // namespace
}  // namespace lotbridge::shopify
