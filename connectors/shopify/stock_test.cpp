// products.pull and stock.write against scripted answers; the texts are judged by the platform's
// schemas in tests/shopify.
#include <gmock/gmock.h>

#include "connectors/testing/contract.hpp"

namespace lotbridge::shopify {
namespace {

using contract::instruction;
using contract::may_sell;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class StockTest : public ::testing::Test {
 protected:
  testing::Outcome run(const StockWrite& stock, const std::string& more = "") {
    testing::Replay replay(
        SHOPIFY_FILE, R"({"shop": "demo.myshopify.com", "write_stock": )" + writes_ + more + "}");
    replay.on_http = [this](const HttpRequest& request) -> testing::Answered {
      const bool reads = request.body.find("\"LotbridgeStock\"") != std::string::npos;
      return HttpReply(200, {}, reads ? stock_ : answer_);
    };
    return replay.run("stock.write/1", write_instruction(instruction("", stock)));
  }
  static std::string level(const std::string& location, int available) {
    return R"({"location":{"id":"gid://shopify/Location/)" + location +
           R"("},"quantities":[{"name":"available","quantity":)" + std::to_string(available) +
           "}]}";
  }
  static std::string found(const std::string& levels) {
    return R"({"data":{"productVariants":{"nodes":[
      {"sku":"GYP-500","inventoryItem":{"id":"gid://shopify/InventoryItem/7","tracked":true,
       "inventoryLevels":{"nodes":[)" +
           levels + R"(]}}},
      {"sku":"GYP-500-OLD","inventoryItem":{"id":"gid://shopify/InventoryItem/8","tracked":true,
       "inventoryLevels":{"nodes":[]}}}]}}})";
  }

  std::string writes_ = "true";
  std::string stock_ = found(level("1", 5));
  std::string answer_ =
      R"({"data":{"inventorySetQuantities":{"inventoryAdjustmentGroup":{"id":"g"},"userErrors":[]}}})";
};

TEST_F(StockTest, TheOnlyLocationShowsAll) {
  const auto done = run(may_sell("GYP-500", 20));
  ASSERT_EQ(done.status, LB_OK) << done.text();
  ASSERT_THAT(done.requests, SizeIs(2));
  EXPECT_THAT(done.requests[1].body, HasSubstr(R"("quantity":20,"changeFromQuantity":5)"));
  stock_ = found(level("1", 20));
  EXPECT_THAT(run(may_sell("GYP-500", 20)).requests, SizeIs(1));
}

TEST_F(StockTest, EachWarehouseShowsItsOwnAtItsLocation) {
  stock_ = found(level("1", 5) + "," + level("2", 5) + "," + level("3", 5));
  StockWrite stock = may_sell("GYP-500", 20);
  stock.warehouses = {{"MAD1", Quantity::whole(12)}, {"BCN1", Quantity::whole(5)}};
  const auto done = run(stock, R"(, "locations": {"1": "MAD1", "2": "BCN1"})");
  ASSERT_EQ(done.status, LB_OK) << done.text();
  EXPECT_THAT(done.requests.at(1).body, HasSubstr(R"(Location/1","quantity":12)"));
  EXPECT_THAT(done.requests.at(1).body, ::testing::Not(HasSubstr("Location/2")));  // is so already
  EXPECT_THAT(done.requests.at(1).body, ::testing::Not(HasSubstr("Location/3")));  // is nobody's
}

TEST_F(StockTest, RefusalsHaveTheirClass) {
  const auto refused = [&](const std::string& code) {
    answer_ = R"({"data":{"inventorySetQuantities":{"userErrors":[{"code":")" + code +
              R"(","message":"no"}]}}})";
    return run(may_sell("GYP-500", 20)).status;
  };
  EXPECT_EQ(refused("CHANGE_FROM_QUANTITY_STALE"), LB_CONFLICT);
  EXPECT_EQ(refused("IDEMPOTENCY_CONCURRENT_REQUEST"), LB_RETRY);
  EXPECT_EQ(refused("INVALID_LOCATION"), LB_BAD_RECORD);
}

TEST_F(StockTest, AShopThatKeepsItsOwnStockIsLeftAlone) {
  writes_ = "false";
  const auto done = run(may_sell("GYP-500", 20));
  EXPECT_EQ(done.status, LB_OK);
  EXPECT_TRUE(done.requests.empty());
}

TEST_F(StockTest, ACodeIsNoSearch) {
  EXPECT_THAT(run(may_sell("X' OR sku:'Y", 1)).requests, SizeIs(0));
}

TEST(Products, VariantsAreItems) {
  testing::Replay replay(SHOPIFY_FILE, R"({"shop": "demo.myshopify.com"})");
  int page = 0;
  replay.on_http = [&](const HttpRequest&) -> testing::Answered {
    const bool first = ++page == 1;
    return HttpReply(200, {},
                     R"({"data":{"productVariants":{"nodes":[{"legacyResourceId":"1","sku":")" +
                         std::string(first ? "GYP-500" : "GYP-750") + R"(","barcode":")" +
                         (first ? "09506000134352" : "shelf 4") +
                         R"(","displayName":"Yogurt","updatedAt":"2026-05-16T08:00:00Z"},
                         {"legacyResourceId":"2","sku":"","displayName":"Gift card"}],
                         "pageInfo":{"hasNextPage":)" +
                         (first ? "true" : "false") + R"(,"endCursor":"c1"}}}})");
  };
  const auto run = replay.pull("products.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  ASSERT_THAT(run.documents, SizeIs(2));
  EXPECT_EQ(std::get<Item>(run.documents[0].body).gtins,
            std::vector<std::string>{"09506000134352"});
  EXPECT_TRUE(std::get<Item>(run.documents[1].body).gtins.empty());
  EXPECT_THAT(run.requests.at(1).body, HasSubstr(R"("after":"c1")"));
  EXPECT_THAT(run.cursors.back(), HasSubstr(R"("since":"2026-05-16T08:50:00Z")"));
}

}  // namespace
}  // namespace lotbridge::shopify
