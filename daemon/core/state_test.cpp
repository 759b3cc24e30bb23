// The state by itself: names and numbers, undo on both levels, what was touched, loading.
#include "state.hpp"

#include <gtest/gtest.h>

#include "id_table.hpp"
#include "tables.hpp"
#include "test_world.hpp"

namespace lotbridge::core {
namespace {

Document document(std::string id, Body body) {
  Document out;
  out.id = std::move(id);
  out.body = std::move(body);
  return out;
}

Document item(const std::string& sku) {
  Item item;
  item.sku = sku;
  return document(sku, item);
}

Document receipt(const std::string& id, const std::string& sku, const std::string& lot, int units) {
  Receipt receipt;
  receipt.warehouse = "MAD1";
  ReceiptLine line;
  line.sku = sku;
  line.lot = LotCode{lot};
  line.quantity = Quantity::whole(units);
  line.expires_on = Date::parse("2026-06-30");
  receipt.lines.push_back(line);
  return document(id, receipt);
}

Document order(const std::string& id, const std::string& sku, int units) {
  lotbridge::Order order;
  OrderLine line;
  line.line = "1";
  line.sku = sku;
  line.quantity = Quantity::whole(units);
  order.lines.push_back(line);
  return document(id, order);
}

class StateTest : public testing::Test {
 protected:
  StateTest() {
    Warehouse warehouse;
    warehouse.name = "MAD1";
    world_.state.configure_warehouse(warehouse);
    world_.submit(item("YOG"));
  }
  TestWorld world_;
};

TEST_F(StateTest, TheSameNameGivesTheSameNumberAgain) {
  Owner again;
  again.name = "acme";
  EXPECT_EQ(world_.state.configure_owner(again), world_.owner);
  Warehouse warehouse;
  warehouse.name = "MAD1";
  EXPECT_EQ(world_.state.configure_warehouse(warehouse), world_.state.warehouse_id("MAD1"));
  EXPECT_EQ(world_.state.sku_id(world_.owner, "NOPE"), 0U);
  EXPECT_EQ(world_.state.owner_id("nobody"), 0);
}

TEST_F(StateTest, TellsWhatABatchTouchedOnceAndNotWhatWasRolledBack) {
  State& state = world_.state;
  Document goods = receipt("R1", "YOG", "L1", 5);
  goods.owner = "acme";
  Document refused = receipt("R2", "YOG", "L2", 5);
  refused.owner = "acme";
  state.begin();
  state.begin_document();
  EXPECT_FALSE(apply(state, goods, world_.context()).refused);
  state.begin_document();
  EXPECT_FALSE(apply(state, refused, world_.context()).refused);
  EXPECT_EQ(state.lots_count(), 2U);
  state.rollback_document();
  EXPECT_EQ(state.lots_count(), 1U);
  const Touched touched = state.touched();
  EXPECT_EQ(touched.lots, std::vector<LotId>{1});
  EXPECT_TRUE(touched.orders.empty());
  state.rollback();
  EXPECT_EQ(state.lots_count(), 0U);
  EXPECT_TRUE(state.touched().lots.empty());
}

TEST_F(StateTest, ARolledBackBatchGivesItsNumbersToTheNext) {
  State& state = world_.state;
  Document goods = receipt("R1", "YOG", "L1", 5);
  goods.owner = "acme";
  Document wish = order("A", "YOG", 2);
  wish.owner = "acme";
  const std::string before = world_.digest();
  for (int round = 0; round < 2; ++round) {
    state.begin();
    (void)apply(state, goods, world_.context());
    EXPECT_EQ(apply(state, wish, world_.context()).order, 1U);
    EXPECT_EQ(state.lot_id(state.sku_id(world_.owner, "YOG"), "L1"), 1U);
    state.rollback();
    EXPECT_EQ(world_.digest(), before);
  }
}

TEST_F(StateTest, DoesNotGiveTheNumberOfAnOrderThatIsNotLoaded) {
  world_.state.reserve_orders(41);
  EXPECT_EQ(world_.submit(order("A", "YOG", 1)).order, 42U);
}

TEST_F(StateTest, LetsGoOfClosedOrdersOnly) {
  world_.submit(receipt("R1", "YOG", "L1", 5));
  world_.submit(order("A", "YOG", 2));
  world_.submit(order("B", "YOG", 2));
  Dispatch dispatch;
  dispatch.order = "A";
  DispatchLine line;
  line.order_line = "1";
  line.quantity = Quantity::whole(2);
  dispatch.lines.push_back(line);
  world_.submit(document("S1", dispatch));
  world_.state.evict_closed();
  EXPECT_EQ(world_.state.order(world_.order_id("A")), nullptr);
  ASSERT_NE(world_.state.order(world_.order_id("B")), nullptr);
}

TEST_F(StateTest, WaitingOrdersStandInOrderOfRank) {
  Document low = order("LOW", "YOG", 1);
  Document high = order("HIGH", "YOG", 1);
  std::get<lotbridge::Order>(high.body).priority = 3;
  world_.submit(low);
  world_.submit(high);
  const std::vector<OrderId> waiting =
      world_.state.waiting_orders(world_.state.sku_id(world_.owner, "YOG"));
  EXPECT_EQ(waiting, (std::vector<OrderId>{world_.order_id("HIGH"), world_.order_id("LOW")}));
}

TEST_F(StateTest, ACountTakesMovementSinceItsSnapshotIntoAccount) {
  world_.submit(receipt("R1", "YOG", "L1", 10));
  Count count;
  count.warehouse = "MAD1";
  count.snapshot_at = Timestamp{world_.now.ms - 1000};
  CountLine line;
  line.sku = "YOG";
  line.lot = LotCode{"L1"};
  line.counted = Quantity::whole(12);
  count.lines.push_back(line);
  Document counted = document("C1", count);
  counted.owner = "acme";
  Context ctx = world_.context();
  // Two units left after somebody counted twelve: ten are right, as the books say.
  ctx.moved_since = [](LotId, WarehouseId, Maybe<LocationId>, StockStatus, Timestamp) {
    return Quantity::whole(-2);
  };
  EXPECT_TRUE(apply(world_.state, counted, ctx).entries.empty());
  EXPECT_EQ(apply(world_.state, counted, world_.context()).entries.size(), 1U);
}

TEST(IdTable, FindsWhatWasPutInAlsoAfterOthersWereTakenOut) {
  IdTable table;
  const auto hash_of = [](std::uint32_t id) { return std::uint64_t{id % 7}; };  // many collide
  for (std::uint32_t id = 1; id <= 100; ++id) table.insert(id, hash_of);
  for (std::uint32_t id = 1; id <= 100; id += 3) table.erase(id, hash_of);
  for (std::uint32_t id = 1; id <= 100; ++id) {
    const auto equal = [id](std::uint32_t other) { return other == id; };
    EXPECT_EQ(table.find(hash_of(id), equal), (id - 1) % 3 == 0 ? 0 : id);
  }
}

}  // namespace
}  // namespace lotbridge::core
