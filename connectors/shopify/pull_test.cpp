// orders.pull against the sandbox store: paging, cursors, limits, faults, and that what comes by
// webhook is the same.
#include <gmock/gmock.h>
#include <lotbridge/records.hpp>

#include "test_shop.hpp"

namespace lotbridge::shopify {
namespace {

using ::testing::HasSubstr;

class PullTest : public ::testing::Test {
 protected:
  void SetUp() override {
    shop_ = Shop::open({"--clock", "2026-05-17T08:00:00Z"});
    if (!shop_) GTEST_SKIP() << "node is not installed";
  }

  static std::string lines(int count, int quantity = 1) {
    std::string out;
    for (int n = 0; n < count; ++n) {
      out += (n == 0 ? "" : ",") + std::string(R"({"sku":"S-)") + std::to_string(n) +
             R"(","quantity":)" + std::to_string(quantity) + "}";
    }
    return R"({"lines":[)" + out + "]}";
  }

  static std::vector<std::string> contents(const std::vector<Document>& documents) {
    std::vector<std::string> out;
    for (const Document& document : documents) {
      out.push_back(std::string(document_type_name(document.type())) + " " +
                    write_content(document));
    }
    return out;
  }

  std::unique_ptr<Shop> shop_;
};

TEST_F(PullTest, ReadsAllPagesAndAllLines) {
  for (int n = 0; n < 23; ++n) shop_->post("orders", lines(1));
  shop_->post("orders", lines(130));
  const auto connector = shop_->connector();
  const auto run = connector->pull("orders.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  ASSERT_EQ(run.documents.size(), 24u);
  EXPECT_EQ(run.cursors.size(), 3u);
  EXPECT_TRUE(run.unreadable.empty());
  EXPECT_EQ(run.documents[0].id, "5500000001001");
  EXPECT_EQ(std::get<Order>(run.documents[23].body).lines.size(), 130u);
}

TEST_F(PullTest, GoesOnFromItsCursorAndSeesOnlyChanges) {
  for (int n = 0; n < 12; ++n) shop_->post("orders", lines(1));
  const auto connector = shop_->connector();
  ASSERT_EQ(connector->pull("orders.pull/1").status, LB_OK);
  shop_->post("clock", R"({"now": "2026-05-17T12:00:00Z"})");
  EXPECT_EQ(connector->pull("orders.pull/1").documents.size(), 12u);  // the overlap
  shop_->post("orders/1003/edit", R"({"set":[{"sku":"S-0","quantity":0}]})");
  ASSERT_EQ(connector->pull("orders.pull/1").status, LB_OK);
  const auto run = connector->pull("orders.pull/1");
  ASSERT_EQ(run.documents.size(), 1u) << run.text();
  EXPECT_EQ(std::get<Order>(run.documents[0].body).lines[0].quantity, Quantity{});
}

TEST_F(PullTest, StartsWhereTheConfigurationSays) {
  shop_->post("orders", lines(1));
  shop_->post("clock", R"({"now": "2026-05-18T12:00:00Z"})");
  shop_->post("orders", lines(1));
  const auto connector = shop_->connector();
  connector->start_at = *Timestamp::parse("2026-05-18T00:00:00Z");
  const auto run = connector->pull("orders.pull/1");
  ASSERT_EQ(run.documents.size(), 1u) << run.text();
  EXPECT_EQ(std::get<Order>(run.documents[0].body).number, "#1002");
}

TEST_F(PullTest, AFaultAtAnyRequestLosesAndDoublesNothing) {
  for (int n = 0; n < 12; ++n) shop_->post("orders", lines(n == 5 ? 40 : 1));
  const std::vector<std::pair<std::string, lb_status>> faults = {
      {R"({"kind":"status","status":401})", LB_AUTH},
      {R"({"kind":"status","status":429,"retry_after":2})", LB_RATE_LIMITED},
      {R"({"kind":"status","status":429})", LB_RATE_LIMITED},
      {R"({"kind":"status","status":500})", LB_RETRY},
      {R"({"kind":"status","status":404})", LB_CONFIG},
      {R"({"kind":"cut"})", LB_RETRY},
      {R"({"kind":"refuse"})", LB_RETRY},
      {R"({"kind":"html"})", LB_RETRY}};
  for (const auto& [fault, status] : faults) {
    for (const char* match : {"after: $after, sortKey", "LotbridgeOrderLines"}) {
      const auto connector = shop_->connector();
      shop_->post("faults", fault.substr(0, fault.size() - 1) + R"(,"match":")" + match + "\"}");
      const auto broken = connector->pull("orders.pull/1");
      EXPECT_EQ(broken.status, status) << fault << broken.text();
      EXPECT_EQ(broken.documents.size(), 0u);
      if (fault.find("retry_after") != std::string::npos) {
        EXPECT_EQ(broken.retry_after_ms, 2000u);
      }
      const auto good = connector->pull("orders.pull/1");
      EXPECT_EQ(good.status, LB_OK) << good.text();
      EXPECT_EQ(good.documents.size(), 12u);
    }
  }
}

TEST_F(PullTest, WaitsWhenTheShopsBudgetIsUsedUp) {
  shop_->post("orders", lines(1));
  shop_->post("faults", R"({"kind":"throttled","count":2})");
  const auto connector = shop_->connector();
  const auto run = connector->pull("orders.pull/1");
  EXPECT_EQ(run.status, LB_OK) << run.text();
  EXPECT_EQ(run.documents.size(), 1u);
  EXPECT_GE(run.slept_ms, 1000u);  // twice 50 points at 100 a second
  shop_->post("faults", R"({"kind":"throttled","count":100})");
  const auto never = connector->pull("orders.pull/1");
  EXPECT_EQ(never.status, LB_RATE_LIMITED) << never.text();
  EXPECT_GT(never.retry_after_ms, 0u);
}

// The host keeps to the budget; what it must know stands in each request and in the descriptor.
TEST_F(PullTest, SaysWhatARequestMayCost) {
  for (int n = 0; n < 30; ++n) shop_->post("orders", lines(1));
  const auto connector = shop_->connector();
  const auto run = connector->pull("orders.pull/1");
  ASSERT_EQ(run.requests.size(), 3u) << run.text();
  EXPECT_EQ(run.requests[0].cost, 700u);
  EXPECT_EQ(run.requests[1].cost, 560u);  // as the first answer said
}

TEST_F(PullTest, AsksForLessWhereAQueryIsTooCostly) {
  for (int n = 0; n < 9; ++n) shop_->post("orders", lines(1));
  const auto connector = shop_->connector();
  connector->on_http = [&](const HttpRequest& request) -> testing::Answered {
    const Json sent = Json::parse(request.body);
    if (sent["variables"]["first"].integer_or(0) > 3) {
      return HttpReply(
          200, {},
          R"({"errors":[{"message":"Query cost is 2000","extensions":{"code":"MAX_COST_EXCEEDED"}}]})");
    }
    return shop_->answer(request);
  };
  const auto run = connector->pull("orders.pull/1");
  EXPECT_EQ(run.status, LB_OK) << run.text();
  EXPECT_EQ(run.documents.size(), 9u);
  EXPECT_EQ(run.cursors.size(), 5u);  // two at a time
}

TEST_F(PullTest, ARefusalNamesWhatToDo) {
  const auto connector = shop_->connector();
  connector->on_http = [](const HttpRequest&) -> testing::Answered {
    return HttpReply(200, {},
                     R"({"data":null,"errors":[{"message":"Access denied for orders field.",
      "extensions":{"code":"ACCESS_DENIED"}}]})");
  };
  const auto run = connector->pull("orders.pull/1");
  EXPECT_EQ(run.status, LB_CONFIG);
  EXPECT_EQ(run.vendor_code, "ACCESS_DENIED");
  EXPECT_THAT(run.message, HasSubstr("Access denied for orders field."));
  connector->cursor = R"({"v": 9})";
  EXPECT_EQ(connector->pull("orders.pull/1").status, LB_CONFIG);
  connector->cursor = R"({"v": 1, "high": "yesterday"})";
  EXPECT_EQ(connector->pull("orders.pull/1").status, LB_BAD_RECORD);
}

TEST_F(PullTest, AForgottenPageBeginsItsWindowAnew) {
  for (int n = 0; n < 3; ++n) shop_->post("orders", lines(1));
  const auto connector = shop_->connector();
  connector->cursor = R"({"v": 1, "from": "2026-05-17T00:00:00Z", "after": "bm90IGEgY3Vyc29y",
                          "high": "2026-05-17T08:00:01Z"})";
  const auto run = connector->pull("orders.pull/1");
  EXPECT_EQ(run.status, LB_OK) << run.text();
  EXPECT_EQ(run.documents.size(), 3u);
}

// The heart of it: one order through both doors has one content, whatever happened to it.
TEST_F(PullTest, WebhookAndPollSayTheSame) {
  shop_->post("products", R"({"sku":"S-0","title":"Greek yogurt"})");
  shop_->post("orders", R"({"lines":[{"sku":"S-0","quantity":3},{"sku":"S-1","quantity":2},
      {"sku":"CARD","quantity":1,"requires_shipping":false}],
    "customer":{"first_name":"Ana","last_name":"Díaz","email":"ana@example.com"},
    "ship_to":{"first_name":"Ana","last_name":"Díaz","address1":"Calle 1","city":"Madrid","province_code":"MD",
               "country_code":"ES","zip":"28001","phone":"+34 600"},
    "note_attributes":[{"name":"gift","value":"yes"},{"name":"day","value":"friday"}]})");
  shop_->post("orders", R"({"test": true, "lines":[{"sku":"S-0","quantity":1}]})");
  shop_->post("orders", lines(18, 2));
  shop_->post("orders", lines(25, 40));
  shop_->post("orders", lines(2, 5));
  shop_->post(
      "orders/1001/fulfil",
      R"({"lines":[{"sku":"S-0","quantity":2}],"tracking":{"company":"UPS","number":"1Z"}})");
  shop_->post("orders/1001/refund", R"({"lines":[{"sku":"S-0","quantity":1,"restock_type":"return"},
      {"sku":"S-1","quantity":1,"restock_type":"cancel"}]})");
  shop_->post("orders/1003/fulfil", "{}");
  shop_->post("orders/1003/refund", [] {
    std::string out;
    for (int n = 0; n < 18; ++n) {
      out += (n ? "," : "") + std::string(R"({"sku":"S-)") + std::to_string(n) +
             R"(","quantity":1,"restock_type":"no_restock"})";
    }
    return R"({"lines":[)" + out + "]}";
  }());
  for (int n = 0; n < 17; ++n)
    shop_->post("orders/1004/fulfil", R"({"lines":[{"sku":"S-3","quantity":1}]})");
  for (int n = 0; n < 14; ++n) {
    shop_->post("orders/1004/refund",
                R"({"lines":[{"sku":"S-3","quantity":1,"restock_type":"return"}]})");
  }
  shop_->post("orders/1005/fulfil", R"({"lines":[{"sku":"S-0","quantity":2}]})");
  shop_->post("orders/1005/cancel", "{}");
  const std::string settings =
      R"("fulfilments": "theirs", "locations": {"gid://shopify/Location/1": "MAD1"})";
  const auto connector = shop_->connector(settings);
  const auto polled = connector->pull("orders.pull/1");
  ASSERT_EQ(polled.status, LB_OK) << polled.text();
  EXPECT_TRUE(polled.unreadable.empty());
  std::vector<Document> hooked;
  const auto add = [&](const std::string& topic, const Json& body) {
    const auto run = connector->webhook(topic, std::string(body.raw()));
    EXPECT_EQ(run.status, LB_OK) << run.text();
    hooked.insert(hooked.end(), run.documents.begin(), run.documents.end());
  };
  for (const char* order : {"1001", "1002", "1003", "1004", "1005"}) {
    const Json body = shop_->get(std::string("orders/") + order + "/body");
    add("orders/updated", body);
    for (const Json& one : body["fulfillments"].items()) add("fulfillments/create", one);
    for (const Json& one : body["refunds"].items()) add("refunds/create", one);
  }
  EXPECT_THAT(contents(polled.documents), ::testing::UnorderedElementsAreArray(contents(hooked)));
  EXPECT_EQ(hooked.size(), 42u);
}

TEST_F(PullTest, NamesTheAccount) {
  const auto run = shop_->connector()->run("account.check/1");
  EXPECT_EQ(run.status, LB_OK) << run.text();
  EXPECT_EQ(run.result, R"x({"account":"Sandbox dairy (sandbox.myshopify.com)"})x");
}

TEST_F(PullTest, SubscribesOnce) {
  const auto connector = shop_->connector();
  const std::string input = R"({"url": "https://lots.example/hooks/shopify-eu"})";
  EXPECT_EQ(connector->run("webhook.register/1", input).status, LB_OK);
  EXPECT_EQ(shop_->calls("LotbridgeWebhookCreate"), 6);
  const auto again = connector->run("webhook.register/1", input);
  EXPECT_EQ(again.status, LB_OK) << again.text();
  EXPECT_EQ(shop_->calls("LotbridgeWebhookCreate"), 6);
}

}  // namespace
}  // namespace lotbridge::shopify
