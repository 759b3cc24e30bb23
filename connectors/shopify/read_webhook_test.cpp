// Webhook bodies to documents: what each topic gives, and what becomes of bad ones. No network, no
// store.
#include <gmock/gmock.h>
#include <lotbridge/records.hpp>
#include <lotbridge/testing.hpp>

#include <fstream>
#include <sstream>

namespace lotbridge::shopify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Replay;

constexpr const char* kOurs = R"({"shop": "demo.myshopify.com"})";
constexpr const char* kTheirs =
    R"({"shop": "demo.myshopify.com", "fulfilments": "theirs", "locations": {"gid://shopify/Location/655": "MAD1"}})";

std::string recorded(const std::string& name) {
  std::ifstream file(std::string(SHOPIFY_FOLDER) + "/cassettes/" + name, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  EXPECT_FALSE(out.str().empty()) << name;
  return out.str();
}

std::string with(std::string text, const std::string& old, const std::string& fresh) {
  const auto at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), fresh);
}

// The document as the daemon reads it; the source is the host's to say.
std::string text_of(const Document& document) {
  return with(write_document(document), R"("source":"api",)", "");
}

TEST(Webhook, AnOrderBecomesAnOrder) {
  Replay connector(SHOPIFY_FILE, kOurs);
  const auto run = connector.webhook("orders/create", recorded("orders_create.json"));
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_TRUE(run.unreadable.empty());
  ASSERT_EQ(run.documents.size(), 1u);
  EXPECT_EQ(
      text_of(run.documents[0]),
      R"({"id":"5678901234567","at":"2026-05-17T09:00:05Z","number":"#1001","aliases":["1001"],)"
      R"("version":1779008405000,"priority":0,"placed_at":"2026-05-17T09:00:00Z",)"
      R"("customer":{"id":"7012345678901","name":"Ana Díaz","email":"ana@example.com"},)"
      R"("ship_to":{"country":"ES","region":"MD","postal_code":"28001","name":"Ana Díaz",)"
      R"("address1":"Calle Mayor 1","city":"Madrid"},"lines":[)"
      R"({"line":"14012345678901","sku":"GYP-500","variant":"44123456789012","quantity":3,"requires_shipping":true},)"
      R"({"line":"14012345678902","sku":"GIFT","quantity":1,"requires_shipping":false}],)"
      R"("attributes":{"note_attributes":{"Delivery day":"friday","gift":"true"}}})");
}

TEST(Webhook, IdsBeyondTheReachOfDoublesKeepEveryDigit) {
  Replay connector(SHOPIFY_FILE, kOurs);
  const auto body = with(recorded("orders_create.json"), "5678901234567,", "9223372036854775807,");
  EXPECT_EQ(connector.webhook("orders/create", body).documents.at(0).id, "9223372036854775807");
}

TEST(Webhook, ATestOrderIsHeldOrTakenAsTheSettingSays) {
  const auto body = with(recorded("orders_create.json"), "\"test\": false", "\"test\": true");
  Replay holds(SHOPIFY_FILE, kOurs);
  EXPECT_EQ(std::get<Order>(holds.webhook("orders/create", body).documents.at(0).body).hold,
            "test order");
  Replay takes(SHOPIFY_FILE,
               R"({"shop": "demo.myshopify.com", "test_orders": "take", "channel": "web"})");
  const auto order = std::get<Order>(takes.webhook("orders/create", body).documents.at(0).body);
  EXPECT_EQ(order.hold, std::nullopt);
  EXPECT_EQ(order.channel, "web");
}

TEST(Webhook, RemovedUnitsLowerTheOrder) {
  Replay connector(SHOPIFY_FILE, kOurs);
  const auto body =
      with(recorded("orders_create.json"), "\"current_quantity\": 3", "\"current_quantity\": 1");
  const auto run = connector.webhook("orders/updated", body);
  EXPECT_EQ(std::get<Order>(run.documents.at(0).body).lines[0].quantity, Quantity::whole(1));
}

// Three bought, two shipped, one of those given back: two have left and one still has to.
TEST(Webhook, ARefundOfShippedUnitsDoesNotUnship) {
  Replay connector(SHOPIFY_FILE, kOurs);
  auto body =
      with(recorded("orders_create.json"), "\"current_quantity\": 3", "\"current_quantity\": 2");
  body = with(body, "\"fulfillments\": []", R"("fulfillments": [{"id": 1, "status": "success",
      "line_items": [{"id": 14012345678901, "quantity": 2}]}])");
  body = with(body, "\"refunds\": []", R"("refunds": [{"id": 1, "refund_line_items": [
      {"line_item_id": 14012345678901, "quantity": 1, "restock_type": "return"}]}])");
  const auto run = connector.webhook("orders/updated", body);
  EXPECT_EQ(std::get<Order>(run.documents.at(0).body).lines[0].quantity, Quantity::whole(3));
}

TEST(Webhook, ImpossibleQuantitiesStopTheirLineOnly) {
  Replay connector(SHOPIFY_FILE, kOurs);
  for (const char* bad : {"-1", "9223372036854775808", "1.0000001"}) {
    const auto body = with(recorded("orders_create.json"), "\"current_quantity\": 3",
                           std::string("\"current_quantity\": ") + bad);
    const auto run = connector.webhook("orders/create", body);
    ASSERT_EQ(run.status, LB_OK) << run.text();
    const auto& order = std::get<Order>(run.documents.at(0).body);
    EXPECT_EQ(order.lines[0].quantity, std::nullopt);
    EXPECT_EQ(order.lines[0].quantity_text, bad);
    EXPECT_EQ(order.lines[1].quantity, Quantity::whole(1));
  }
}

TEST(Webhook, ACancelledOrderWantsNothingMoreAndSaysSo) {
  Replay connector(SHOPIFY_FILE, kOurs);
  const auto body = with(recorded("orders_create.json"), "\"cancelled_at\": null",
                         "\"cancelled_at\": \"2026-05-17T12:00:00+02:00\"");
  const auto run = connector.webhook("orders/cancelled", body);
  ASSERT_EQ(run.documents.size(), 2u) << run.text();
  EXPECT_EQ(std::get<Order>(run.documents[0].body).lines[0].quantity, Quantity{});
  EXPECT_EQ(run.documents[1].id, "5678901234567");
  EXPECT_EQ(run.documents[1].at, Timestamp::parse("2026-05-17T10:00:00Z"));
  EXPECT_EQ(std::get<Cancellation>(run.documents[1].body).order, "5678901234567");
}

TEST(Webhook, TheStoresButtonIsADispatchOnlyWhereItCounts) {
  const std::string body = recorded("fulfillments_create.json");
  Replay ours(SHOPIFY_FILE, kOurs);
  EXPECT_THAT(ours.webhook("fulfillments/create", body).documents, IsEmpty());
  Replay theirs(SHOPIFY_FILE, kTheirs);
  const auto run = theirs.webhook("fulfillments/create", body);
  ASSERT_EQ(run.documents.size(), 1u) << run.text();
  EXPECT_TRUE(run.unreadable.empty());
  EXPECT_EQ(
      text_of(run.documents[0]),
      R"({"id":"4312345678901","at":"2026-05-18T15:00:00Z","order":"5678901234567","warehouse":"MAD1",)"
      R"("carrier":"Correos","tracking_number":"X1","shipment":"4312345678901",)"
      R"("lines":[{"order_line":"14012345678901","sku":"GYP-500","quantity":3}]})");
  Replay mixed(SHOPIFY_FILE, R"({"shop": "demo.myshopify.com", "fulfilments": {"655": "theirs"}})");
  EXPECT_EQ(mixed.webhook("fulfillments/create", body).documents.size(), 1u);
  EXPECT_THAT(mixed.webhook("fulfillments/create", with(body, "655", "656")).documents, IsEmpty());
}

TEST(Webhook, ACancelledFulfilmentTakesItsDispatchBack) {
  Replay theirs(SHOPIFY_FILE, kTheirs);
  const std::string created = recorded("fulfillments_create.json");
  const auto run = theirs.webhook("fulfillments/update", with(created, "success", "cancelled"));
  ASSERT_EQ(run.documents.size(), 2u) << run.text();
  EXPECT_TRUE(run.unreadable.empty());
  // The first is what fulfillments/create says, so they converge in whatever order they come.
  EXPECT_EQ(write_content(run.documents[0]),
            write_content(theirs.webhook("fulfillments/create", created).documents.at(0)));
  EXPECT_EQ(run.documents[1].id, "4312345678901:cancelled");
  EXPECT_EQ(std::get<Dispatch>(run.documents[1].body).void_of, "4312345678901");
  EXPECT_THAT(theirs.webhook("fulfillments/create", with(created, "success", "pending")).documents,
              IsEmpty());
}

TEST(Webhook, ARefundMovesNothingByItself) {
  Replay connector(SHOPIFY_FILE, kOurs);
  const std::string body = recorded("refunds_create.json");
  const auto run = connector.webhook("refunds/create", body);
  ASSERT_EQ(run.documents.size(), 1u) << run.text();
  EXPECT_EQ(
      text_of(run.documents[0]),
      R"({"id":"890123456789","at":"2026-05-20T10:00:00Z","order":"5678901234567","received":false,)"
      R"("lines":[{"order_line":"14012345678901","sku":"GYP-500","quantity":1,"disposition":"quarantine"}]})");
  EXPECT_THAT(connector.webhook("refunds/create", with(body, "no_restock", "cancel")).documents,
              IsEmpty());
}

TEST(Webhook, AskedToForgetItForgets) {
  Replay connector(SHOPIFY_FILE, kOurs);
  const auto customer = connector.webhook(
      "customers/redact",
      R"({"shop_id":1,"customer":{"id":7012345678901,"email":"ana@example.com"},"orders_to_redact":[5678901234567]})",
      "d-7");
  ASSERT_EQ(customer.documents.size(), 1u) << customer.text();
  EXPECT_EQ(text_of(customer.documents[0]),
            R"({"id":"d-7","orders":["5678901234567"],"customer":"7012345678901","all":false})");
  EXPECT_THAT(customer.text(), ::testing::Not(HasSubstr("ana@example.com")));
  const auto shop = connector.webhook("shop/redact", R"({"shop_id":1})");
  EXPECT_TRUE(std::get<Erasure>(shop.documents.at(0).body).all);
  const auto request = connector.webhook(
      "customers/data_request",
      R"({"customer":{"id":1,"email":"ana@example.com"},"orders_requested":[1,2],"data_request":{"id":9}})");
  EXPECT_THAT(request.documents, IsEmpty());
  EXPECT_THAT(request.logs, ElementsAre(HasSubstr("request 9, 2 orders")));
  EXPECT_THAT(request.logs[0], ::testing::Not(HasSubstr("ana@")));
}

TEST(Webhook, BadBodiesNameTheirFault) {
  Replay connector(SHOPIFY_FILE, kOurs);
  const std::string good = recorded("orders_create.json");
  const auto at = [&](const std::string& body) {
    const auto run = connector.webhook("orders/create", body);
    EXPECT_EQ(run.status, LB_BAD_RECORD) << body.substr(0, 80);
    EXPECT_THAT(run.documents, IsEmpty());
    return run.path;
  };
  EXPECT_EQ(at(with(good, "\"sku\": \"GYP-500\"", "\"sku\": 5")), "/line_items/0/sku");
  EXPECT_EQ(at(with(good, "2026-05-17T11:00:05+02:00", "2026-02-30T00:00:00Z")), "/updated_at");
  EXPECT_EQ(at(with(good, "\"line_items\": [", "\"line_items\": null, \"x\": [")), "/line_items");
  EXPECT_EQ(at(with(good, "\"current_quantity\": 3", "\"current_quantity\": [3]")),
            "/line_items/0/current_quantity");
  at("{\"id\": 1");
  at("[]");
  at("<html>");
  EXPECT_EQ(connector.webhook("products/update", "{}").status, LB_OK);
}

TEST(Settings, AreCheckedWhenTheAccountIsOpened) {
  const auto status = [](const char* settings) {
    return Replay(SHOPIFY_FILE, settings).open().status;
  };
  EXPECT_EQ(status(kOurs), LB_OK);
  EXPECT_EQ(status("{}"), LB_CONFIG);
  EXPECT_EQ(status(R"({"shop": "evil.example/?x="})"), LB_CONFIG);
  EXPECT_EQ(status(R"({"shop": "demo.myshopify.com", "fulfilments": "mine"})"), LB_CONFIG);
  EXPECT_EQ(status(R"({"shop": "demo.myshopify.com", "locations": {"1": 7}})"), LB_CONFIG);
}

}  // namespace
}  // namespace lotbridge::shopify
