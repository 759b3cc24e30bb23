#include <lotbridge/records.hpp>

#include <gtest/gtest.h>

namespace lotbridge {
namespace {

constexpr const char* kOrder = R"({"id":"5123456789","number":"#1001","aliases":[],"version":1,
 "channel":"shopify-eu","priority":0,"hold":null,"placed_at":"2026-05-17T09:00:00Z",
 "ship_on":"2026-05-18","promised_on":null,"hold_until":null,"warehouse":null,
 "customer":{"id":"c9","name":"Ana","email":"ana@example.org"},
 "ship_to":{"country":"ES","region":"MD","postal_code":"28001"},"policy":{},
 "lines":[{"line":"1","sku":"GYP-500","variant":"44123","pack":null,"quantity":3,
           "requires_shipping":true,"warehouse":null,"lot":null,"same_lot_group":null,
           "policy":{"min_remaining_days":5}}]})";

TEST(ReadOrder, TakesTheContractsExample) {
  const auto document = read_document(DocumentType::order, kOrder);
  ASSERT_TRUE(document.ok()) << document.problem().detail;
  const auto& order = std::get<Order>(document->body);
  EXPECT_EQ(document->id, "5123456789");
  EXPECT_EQ(order.lines.at(0).quantity, Quantity::whole(3));
  EXPECT_EQ(order.lines.at(0).policy.min_remaining_days, 5);
}

}  // namespace
}  // namespace lotbridge
