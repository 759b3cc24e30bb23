// The smallest connector, run by the test kit: what the frame, the roles and Call promise.
#include <gmock/gmock.h>
#include <lotbridge/records.hpp>
#include <lotbridge/testing.hpp>

namespace lotbridge::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kSettings = R"({"shop": "demo"})";

std::string order(const std::string& id, const std::string& quantity = "2") {
  return R"({"id": ")" + id + R"(", "created": "2026-05-16T08:00:00Z", "version": 3,
          "lines": [{"id": "1", "sku": "GYP-500", "qty": )" +
         quantity + "}]}";
}

HttpReply page(const std::string& orders, const std::string& next) {
  return HttpReply(200, {}, R"({"orders": [)" + orders + R"(], "next": ")" + next + "\"}");
}

TEST(Connector, OffersWhatTheClassOverrides) {
  EXPECT_THAT(Replay(ACME_FILE).operations(),
              ElementsAre("account.check/1", "orders.pull/1", "webhook.receive/1", "lots.write/1"));
}

TEST(Connector, PullsPagesAndStoresEachWithItsCursor) {
  Replay replay(ACME_FILE, kSettings);
  replay.on_http = [](const HttpRequest& request) -> Answered {
    EXPECT_EQ(request.headers.at(0).value, "Bearer {{secret:token}}");
    if (request.url == "https://demo.acme.example/orders?after=")
      return page(order("1") + "," + order("2"), "p2");
    EXPECT_EQ(request.url, "https://demo.acme.example/orders?after=p2");
    return page(order("3"), "");
  };
  const Outcome run = replay.pull("orders.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  ASSERT_EQ(run.documents.size(), 3u);
  EXPECT_EQ(run.documents[0].id, "1");
  const auto& first = std::get<Order>(run.documents[0].body);
  EXPECT_EQ(first.lines.at(0).quantity, Quantity::whole(2));
  EXPECT_EQ(first.version, 3);
  EXPECT_THAT(run.cursors, ElementsAre("\"p2\""));
  EXPECT_TRUE(run.unreadable.empty());
  EXPECT_EQ(replay.cursor, "\"p2\"");
}

TEST(Connector, ParksOneBadRecordAloneWithItsPlace) {
  Replay replay(ACME_FILE, kSettings);
  replay.on_http = [](const HttpRequest&) {
    return page(order("1") + "," + order("2", "\"x\"") + "," + order("3"), "");
  };
  const Outcome run = replay.pull("orders.pull/1");
  ASSERT_EQ(run.status, LB_OK) << run.text();
  EXPECT_EQ(run.documents.size(), 2u);
  ASSERT_EQ(run.parked.size(), 1u);
  EXPECT_EQ(run.parked[0].kind, "order/1");
  EXPECT_EQ(run.parked[0].id, "2");
  EXPECT_EQ(run.parked[0].path, "/lines/0/qty");
  EXPECT_EQ(run.parked[0].message, "expected a decimal number");
  EXPECT_EQ(run.parked[0].raw, order("2", "\"x\""));
}

TEST(Connector, AnErrorKeepsItsClassAndDropsWhatWasNotStored) {
  const std::vector<std::pair<Answered, lb_status>> cases = {
      {HttpReply(401, {}, ""), LB_AUTH},
      {HttpReply(429, {{"Retry-After", "3"}}, ""), LB_RATE_LIMITED},
      {HttpReply(503, {}, ""), LB_RETRY},
      {HttpReply(200, {}, "<html>"), LB_RETRY},
      {HttpReply(200, {}, "{\"ord"), LB_RETRY},
      {LB_RETRY, LB_RETRY},
      {LB_CANCELLED, LB_CANCELLED}};
  for (const auto& [answer, status] : cases) {
    Replay replay(ACME_FILE, kSettings);
    replay.on_http = [](const HttpRequest&) { return page(order("1"), "p2"); };
    replay.faults.emplace(1, answer);
    const Outcome run = replay.pull("orders.pull/1");
    EXPECT_EQ(run.status, status) << run.text();
    EXPECT_EQ(run.documents.size(), 1u);
    EXPECT_NE(run.message, "");
    if (status == LB_RATE_LIMITED) {
      EXPECT_EQ(run.retry_after_ms, 3000u);
    }
  }
}

TEST(Connector, AWebhookBecomesARecordOrIsParked) {
  Replay replay(ACME_FILE, kSettings);
  EXPECT_EQ(replay.webhook("orders/create", order("7")).documents.at(0).id, "7");
  const Outcome bad = replay.webhook("orders/create", R"({"id": 7})");
  EXPECT_EQ(bad.status, LB_OK);
  ASSERT_EQ(bad.parked.size(), 1u);
  EXPECT_EQ(bad.parked[0].path, "/created");
  EXPECT_EQ(replay.webhook("orders/create", "no json").status, LB_BAD_RECORD);
}

TEST(Connector, ReadsAnInstructionAndGivesRefs) {
  Instruction instruction;
  instruction.key = "k-1";
  instruction.version = 1;
  instruction.connector = "acme-eu";
  instruction.owner = "pure-fresh";
  instruction.order.source = "acme-eu";
  instruction.order.id = "#1001";
  LotsWrite stamp;
  StampedLine line;
  line.line = "1";
  line.quantity = Quantity::whole(2);
  StampedDispatch dispatch;
  dispatch.dispatch = "S-1";
  dispatch.quantity = Quantity::whole(2);
  dispatch.lots.push_back(
      {"GYP-500", LotCode{"L1"}, Quantity::whole(2), std::nullopt, StampEvidence::scanned});
  line.dispatches.push_back(dispatch);
  stamp.lines.push_back(line);
  instruction.body = stamp;

  Replay replay(ACME_FILE, kSettings);
  replay.on_http = [](const HttpRequest&) { return HttpReply(200, {}, "{}"); };
  const Outcome run = replay.run("lots.write/1", write_instruction(instruction));
  ASSERT_EQ(run.status, LB_OK) << run.text();
  ASSERT_EQ(run.requests.size(), 1u);
  EXPECT_EQ(run.requests[0].url, "https://demo.acme.example/orders/%231001/lots");
  EXPECT_EQ(run.requests[0].body, R"([{"line":"1","lot":"L1","quantity":2}])");
  EXPECT_EQ(run.requests[0].idempotency_key, "k-1");
  EXPECT_EQ(run.result, R"({"refs":{"order":"#1001"}})");
  EXPECT_EQ(replay.run("lots.write/1", R"({"key": 5})").status, LB_BAD_RECORD);
}

TEST(Connector, ASettingThatIsMissingIsAConfigErrorWithItsPlace) {
  const Outcome run = Replay(ACME_FILE, "{}").open();
  EXPECT_EQ(run.status, LB_CONFIG);
  EXPECT_EQ(run.path, "/shop");
}

TEST(Connector, StopsWhereverItIsAskedTo) {
  for (const char* function : {"http", "emit", "checkpoint"}) {
    Replay replay(ACME_FILE, kSettings);
    replay.on_http = [](const HttpRequest&) { return page(order("1"), "p2"); };
    replay.on_host_call = [&](std::string_view called) { return called == function; };
    EXPECT_EQ(replay.pull("orders.pull/1").status, LB_CANCELLED) << function;
  }
}

TEST(Connector, AnUnknownOperationIsUnsupported) {
  EXPECT_EQ(Replay(ACME_FILE, kSettings).run("stock.write/1").status, LB_UNSUPPORTED);
}

}  // namespace
}  // namespace lotbridge::testing
