// The texts that stand on an order.
#include <gtest/gtest.h>
#include <lotbridge/json.hpp>

#include <lotbridge/stamps.hpp>

#include "stamps.hpp"
#include "test_instructions.hpp"

namespace lotbridge::shopify {
namespace {

TEST(Stamp, UnknownLotsAreSaidToBeUnknown) {
  const auto stamp = lots_stamp(stamp_of("1", "S-1", {stamped("", 2, StampEvidence::unresolved)}));
  EXPECT_NE(
      stamp.machine.find(R"({"lot":null,"quantity":2,"expires_on":null,"evidence":"unresolved"})"),
      std::string::npos)
      << stamp.machine;
  EXPECT_EQ(stamp.readable, "Shipped 2026-05-18, tracking X1\n  GYP-500 x2:\n    lot not known x2");
}

TEST(Stamp, PartsOfAKitAreNamed) {
  auto part = stamped("L1", 2);
  part.sku = "LID";
  const auto stamp = lots_stamp(stamp_of("1", "S-1", {part}));
  EXPECT_NE(stamp.machine.find(R"("lot":"L1","sku":"LID")"), std::string::npos) << stamp.machine;
  EXPECT_NE(stamp.readable.find("LID lot L1 x2"), std::string::npos) << stamp.readable;
}

TEST(Stamp, OneDispatchOfTwoLinesIsOneEntry) {
  LotsWrite both = stamp_of("1", "S-1", {stamped("L1", 2)});
  both.lines.push_back(stamp_of("2", "S-1", {stamped("L2", 1)}).lines[0]);
  const Json machine = Json::parse(lots_stamp(both).machine);
  ASSERT_EQ(machine["dispatches"].size(), 1u);
  EXPECT_EQ(machine["dispatches"][std::size_t{0}]["lines"].size(), 2u);
}

TEST(Stamp, CompactTakesOnlySpaceBetweenParts) {
  EXPECT_EQ(compact_json("{ \"a b\" : [1, \"x \\\" y\"],\n\"c\": null }"),
            R"({"a b":[1,"x \" y"],"c":null})");
}

}  // namespace
}  // namespace lotbridge::shopify
