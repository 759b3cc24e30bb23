// What becomes of an order: its statuses, its refunds, and what the shop ships itself.
#include <gmock/gmock.h>
#include <lotbridge/records.hpp>

#include "test_site.hpp"

namespace lotbridge::woocommerce {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class OrdersTest : public ::testing::Test {
 protected:
  // The order as its webhook brings it.
  testing::Outcome hook(const std::string& id, const std::string& settings = "",
                        const std::string& topic = "order.updated") {
    const auto out =
        site_.connector(settings)->webhook(topic, std::string(site_.json("orders/" + id).raw()));
    EXPECT_EQ(out.status, LB_OK) << out.text();
    EXPECT_TRUE(out.unreadable.empty()) << out.text();
    return out;
  }
  Order order(const testing::Outcome& run) { return std::get<Order>(run.documents.at(0).body); }

  Site site_;
};

TEST_F(OrdersTest, HoldsWhatTheShopSays) {
  const std::string id = site_.order({{"GYP-500", 3}, {"", 1}});
  const auto run = hook(id);
  ASSERT_THAT(run.documents, SizeIs(1));
  const Order order = this->order(run);
  EXPECT_EQ(run.documents[0].id, id);
  EXPECT_EQ(order.version, run.documents[0].at->ms);
  EXPECT_EQ(order.customer->name, "Ana Diaz");
  EXPECT_EQ(order.customer->id, "7");
  EXPECT_EQ(order.ship_to->country, "ES");
  ASSERT_THAT(order.lines, SizeIs(2));
  EXPECT_EQ(order.lines[0].line, site_.line(id, 0));
  EXPECT_EQ(order.lines[0].sku, "GYP-500");
  EXPECT_EQ(order.lines[0].variant, "55");
  EXPECT_EQ(order.lines[1].sku, std::nullopt);
  EXPECT_FALSE(order.hold);
}

TEST_F(OrdersTest, AStatusMeansSomething) {
  const std::string id = site_.order({{"GYP-500", 3}});
  const auto becomes = [&](const char* status, const std::string& settings = "") {
    site_.change(id, R"({"status":")" + std::string(status) + "\"}");
    return hook(id, settings);
  };
  EXPECT_EQ(order(becomes("pending")).hold, "the shop says pending");
  EXPECT_EQ(order(becomes("packing")).hold, "the shop says packing");
  EXPECT_FALSE(order(becomes("packing", R"("statuses": {"wc-packing": "ship"})")).hold);
  EXPECT_THAT(becomes("checkout-draft").documents, SizeIs(0));
  // Cancelled is no end here: an order that failed to be paid may still be paid. It wants nothing.
  const Order cancelled = order(becomes("cancelled"));
  EXPECT_EQ(cancelled.lines.at(0).quantity, Quantity{});
  EXPECT_EQ(order(becomes("processing")).lines.at(0).quantity, Quantity::whole(3));
}

TEST_F(OrdersTest, ARefundBeforeItLeftTakesUnitsAway) {
  const std::string id = site_.order({{"GYP-500", 3}});
  site_.refund(id, 0, 1, "2026-05-16T10:00:00");
  const auto run = hook(id);
  ASSERT_THAT(run.documents, SizeIs(1));
  EXPECT_EQ(order(run).lines.at(0).quantity, Quantity::whole(2));
}

TEST_F(OrdersTest, ARefundOfWhatHasLeftIsMoneyBack) {
  const std::string id = site_.order({{"GYP-500", 3}});
  site_.change(id, R"({"status":"completed","date_completed_gmt":"2026-05-18T10:00:00"})");
  site_.refund(id, 0, 1, "2026-05-19T10:00:00");
  const auto run = hook(id);
  ASSERT_THAT(run.documents, SizeIs(2));
  EXPECT_EQ(order(run).lines.at(0).quantity, Quantity::whole(3));
  const auto& back = std::get<Return>(run.documents[1].body);
  EXPECT_FALSE(back.received);
  EXPECT_EQ(back.lines.at(0).quantity, Quantity::whole(1));
}

TEST_F(OrdersTest, OurOwnStampSaysWhatHasLeftOfAPartlyShippedOrder) {
  const std::string id = site_.order({{"GYP-500", 5}});
  const Json order = site_.json("orders/" + id);
  std::string lines(order["line_items"].raw());
  const std::string from = R"("meta_data":[)";
  lines.replace(lines.find(from), from.size(),
                from + R"({"id":9,"key":"_lotbridge_lots","value":"{\"v\":1,\"dispatches\":[)" +
                    R"({\"dispatch\":\"S-1\",\"quantity\":3}]}"},)");
  site_.change(id, R"({"line_items":)" + lines + "}");
  site_.refund(id, 0, 4, "2026-05-19T10:00:00");
  const auto run = hook(id);
  ASSERT_THAT(run.documents, SizeIs(2));
  EXPECT_EQ(this->order(run).lines.at(0).quantity, Quantity::whole(3));
  EXPECT_EQ(std::get<Return>(run.documents[1].body).lines.at(0).quantity, Quantity::whole(2));
}

TEST_F(OrdersTest, ACompletedOrderIsADispatchWhereTheShopShips) {
  const std::string theirs = R"("fulfilments": "theirs", "warehouse": "MAD1")";
  const std::string id = site_.order({{"GYP-500", 3}});
  EXPECT_THAT(hook(id, theirs).documents, SizeIs(1));
  site_.change(id, R"({"status":"completed","date_completed_gmt":"2026-05-18T10:00:00"})");
  EXPECT_THAT(hook(id).documents, SizeIs(1));  // ours: the warehouse says what left
  const auto run = hook(id, theirs);
  ASSERT_THAT(run.documents, SizeIs(2));
  const auto& dispatch = std::get<Dispatch>(run.documents[1].body);
  EXPECT_EQ(dispatch.order, id);
  EXPECT_EQ(dispatch.warehouse, "MAD1");
  EXPECT_EQ(dispatch.lines.at(0).quantity, Quantity::whole(3));
  EXPECT_FALSE(dispatch.lines.at(0).lots);
  // Taken back: the date stays, the status does not.
  site_.change(id, R"({"status":"processing"})");
  const auto back = hook(id, theirs);
  ASSERT_THAT(back.documents, SizeIs(3));
  EXPECT_EQ(std::get<Dispatch>(back.documents[2].body).void_of, id);
}

TEST_F(OrdersTest, FulfillmentsAreDispatchesWhereTheFeatureIsOn) {
  site_.fulfillments = true;
  const std::string id = site_.order({{"GYP-500", 3}});
  site_.change(id, R"({"meta_data":[{"id":1,"key":"_fulfillment_status","value":"fulfilled"}]})");
  HttpRequest made;
  made.method = "POST";
  made.url = "https://shop.example.com/wp-json/wc/v3/orders/" + id + "/fulfillments";
  made.headers = {{"Authorization", "Basic {{base64:ck_test:{{secret:consumer_secret}}}}"}};
  made.body = R"({"is_fulfilled":true,"date_fulfilled":"2026-05-18 10:00:00","meta_data":[
    {"key":"_items","value":[{"item_id":)" +
              site_.line(id, 0) + R"(,"qty":2}]},
    {"key":"_tracking_number","value":"X9"},{"key":"_shipment_provider","value":"correos"}]})";
  site_.answer(made);
  const auto run = hook(id, R"("fulfilments": "theirs")");
  ASSERT_THAT(run.documents, SizeIs(2));
  const auto& dispatch = std::get<Dispatch>(run.documents[1].body);
  EXPECT_EQ(dispatch.tracking_number, "X9");
  EXPECT_EQ(dispatch.lines.at(0).quantity, Quantity::whole(2));
  EXPECT_EQ(run.documents[1].at->text(), "2026-05-18T10:00:00Z");
}

TEST_F(OrdersTest, ADeletedOrderIsLookedForAgain) {
  const std::string id = site_.order({{"GYP-500", 3}});
  site_.change(id, R"({"status":"trash"})");
  const auto connector = site_.connector();
  const auto binned = connector->webhook("order.deleted", R"({"id":)" + id + "}");
  ASSERT_THAT(binned.documents, SizeIs(1));
  EXPECT_EQ(order(binned).lines.at(0).quantity, Quantity{});
  site_.remove(id);
  const auto gone = connector->webhook("order.deleted", R"({"id":)" + id + "}");
  ASSERT_THAT(gone.documents, SizeIs(1));
  EXPECT_EQ(std::get<Cancellation>(gone.documents[0].body).order, id);
}

TEST_F(OrdersTest, AnImpossibleQuantityStopsItsLineOnly) {
  const std::string id = site_.order({{"GYP-500", 3}, {"GYP-750", -2}});
  const Order order = this->order(hook(id));
  EXPECT_EQ(order.lines.at(0).quantity, Quantity::whole(3));
  EXPECT_EQ(order.lines.at(1).quantity, std::nullopt);
  EXPECT_EQ(order.lines.at(1).quantity_text, "-2");
}

TEST_F(OrdersTest, UnknownTopicsAndBrokenBodiesDoNoHarm) {
  const auto connector = site_.connector();
  EXPECT_EQ(connector->webhook("coupon.created", "{}").status, LB_OK);
  EXPECT_EQ(connector->webhook("order.updated", "{").status, LB_BAD_RECORD);
  const auto dateless = connector->webhook(
      "order.updated", R"({"id":1,"status":"processing","line_items":[],"refunds":[]})");
  EXPECT_EQ(dateless.status, LB_BAD_RECORD);
  EXPECT_THAT(dateless.path, HasSubstr("date_modified_gmt"));
}

}  // namespace
}  // namespace lotbridge::woocommerce
