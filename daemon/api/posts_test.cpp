// Documents, commands, webhooks and figures over real sockets, with an engine that remembers what
// it was asked.
#include "daemon/api/posts.hpp"

#include <gmock/gmock.h>

#include "daemon/api/api_test_engine.hpp"
#include "daemon/api/hooks.hpp"
#include "daemon/api/metrics.hpp"
#include "daemon/api/ndjson.hpp"
#include "daemon/api/openapi.hpp"
#include "daemon/api/server.hpp"
#include "daemon/api/server_test_client.hpp"
#include "daemon/engine/test_clock.hpp"

namespace lotbridge::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kOps = "Authorization: Bearer ops\r\n";    // bound to one owner and one warehouse
const std::string kMany = "Authorization: Bearer many\r\n";  // sees two owners
const std::string kAdmin = "Authorization: Bearer admin\r\n";  // everything

std::vector<Token> tokens() {
  std::vector<Token> out(3);
  out[0] = {.name = "ops",
            .digest = sha256("ops"),
            .all_owners = false,
            .owners = {"acme"},
            .all_warehouses = false,
            .warehouses = {"MAD1"},
            .scopes = {Scope::read, Scope::orders, Scope::stock}};
  out[1] = {.name = "many",
            .digest = sha256("many"),
            .all_owners = false,
            .owners = {"acme", "pure"},
            .all_warehouses = true,
            .warehouses = {},
            .scopes = {Scope::orders, Scope::override_}};
  out[2] = {.name = "admin",
            .digest = sha256("admin"),
            .all_owners = true,
            .owners = {},
            .all_warehouses = true,
            .warehouses = {},
            .scopes = {Scope::admin}};
  return out;
}

const std::string kOrder = R"({"id":"1","lines":[{"line":"1","sku":"A","quantity":1}]})";
std::string with_owner(const std::string& owner) {
  return R"({"owner":")" + owner + R"(",)" + kOrder.substr(1);
}
const std::string kCount =
    R"({"id":"C1","warehouse":"BCN1","lines":[{"sku":"A","lot":"L","counted":1}]})";

class PostsTest : public testing::Test {
 protected:
  PostsTest() {
    const PostSettings settings{{"acme", "pure", "other"}, {"shop"}};
    add_document_routes(routes_, engine_, settings);
    add_order_routes(routes_, engine_, settings);
    add_operator_routes(routes_, engine_, settings, true);
    add_ndjson_route(routes_, engine_, settings, 2000);
    add_openapi_route(routes_);
    add_hook_route(
        routes_, engine_,
        [](const std::string& connector, const auto& headers, std::string_view body) {
          host::HookVerdict verdict;
          if (connector != "shop") {
            verdict.kind = host::HookVerdict::Kind::unknown_connector;
          } else if (headers.contains("x-signature")) {
            verdict.kind = host::HookVerdict::Kind::accepted;
            verdict.delivery = {connector, "d1", "orders/create", "{}", std::string(body)};
          }
          return verdict;
        });
    metrics_->add_routes(routes_, engine_, clock_, {});
    ServerSettings server;
    server.port = 0;
    server_ = std::move(*Server::start(server, routes_, gate_, metrics_->observer()));
  }
  ~PostsTest() override { server_->stop(); }

  Reply post(const std::string& path, const std::string& body, const std::string& token = kAdmin) {
    return TestClient(server_->port()).post(path, body, token);
  }
  Reply get(const std::string& path, const std::string& headers = {}) {
    return TestClient(server_->port()).get(path, headers);
  }

  FakeEngine engine_;
  RouteTable routes_;
  Gate gate_{tokens()};
  engine::TestClock clock_{*Timestamp::parse("2026-03-10T12:00:00Z")};
  std::unique_ptr<Metrics> metrics_ = Metrics::create();
  std::unique_ptr<Server> server_;
};

TEST_F(PostsTest, FillsInTheOwnerOfABoundToken) {
  EXPECT_EQ(post("/v1/orders", kOrder, kOps + "Lotbridge-Actor: Ana\r\n").status, 200);
  ASSERT_THAT(engine_.documents(), SizeIs(1));
  EXPECT_EQ(engine_.documents()[0].owner, "acme");
  EXPECT_EQ(engine_.documents()[0].source, "api");
  EXPECT_EQ(engine_.callers()[0].token, "ops");
  EXPECT_EQ(engine_.callers()[0].actor, "Ana");
  EXPECT_FALSE(engine_.callers()[0].may_override);
}

TEST_F(PostsTest, AsksForTheOwnerWhereSeveralArePossible) {
  const auto reply = post("/v1/orders", kOrder, kMany);
  EXPECT_EQ(reply.status, 422);
  EXPECT_THAT(reply.body, HasSubstr(R"("pointer":"/owner")"));
  EXPECT_EQ(post("/v1/orders", with_owner("pure"), kMany).status, 200);
  EXPECT_TRUE(engine_.callers().at(0).may_override);
}

TEST_F(PostsTest, AnotherOwnersThingsAreLikeMissingOnes) {
  const auto other = post("/v1/orders", with_owner("other"), kMany);
  const auto missing = post("/v1/orders", with_owner("nobody"), kMany);
  EXPECT_EQ(other.status, 404);
  EXPECT_EQ(other.body, missing.body);
  EXPECT_EQ(post("/v1/orders", with_owner("nobody"), kAdmin).status, 404);
  EXPECT_THAT(engine_.documents(), IsEmpty());
}

TEST_F(PostsTest, KeepsATokenToItsWarehouses) {
  const auto reply = post("/v1/counts", kCount, kOps);
  EXPECT_EQ(reply.status, 404);
  EXPECT_THAT(reply.body, HasSubstr(R"("pointer":"/warehouse")"));
  const std::string dispatch =
      R"({"id":"S1","order":"1","lines":[{"order_line":"1","sku":"A","quantity":1,"lots":null}]})";
  EXPECT_EQ(post("/v1/dispatches", dispatch, kOps).status, 200);
  EXPECT_EQ(std::get<Dispatch>(engine_.documents().at(0).body).warehouse, "MAD1");
}

TEST_F(PostsTest, OnlyAnAdminSpeaksInAConnectorsName) {
  const std::string order = R"({"owner":"acme","source":"shop",)" + kOrder.substr(1);
  const auto reply = post("/v1/orders", order, kMany);
  EXPECT_EQ(reply.status, 422);
  EXPECT_THAT(reply.body, HasSubstr(R"("pointer":"/source")"));
  EXPECT_EQ(post("/v1/orders", order, kAdmin).status, 200);
  EXPECT_FALSE(
      engine_.documents().at(0).command.has_value());  // a fact, as if the connector had brought it
}

TEST_F(PostsTest, EachTypeNeedsItsScope) {
  EXPECT_EQ(post("/v1/receipts", "{}", kMany).status, 403);
  EXPECT_EQ(post("/v1/holds", "{}", kOps).status, 403);
  EXPECT_EQ(post("/v1/policies", "{}", kOps).status, 403);
  EXPECT_EQ(post("/v1/items", R"({"sku":"A"})", kOps).status, 200);
  EXPECT_EQ(post("/v1/erasures", "{}", kAdmin).status, 404);
}

TEST_F(PostsTest, BrokenDocumentsAreProblemsWithAPlace) {
  EXPECT_EQ(post("/v1/orders", "{", kOps).status, 400);
  EXPECT_EQ(post("/v1/orders", "", kOps).status, 400);
  EXPECT_EQ(post("/v1/orders", std::string(10'000, '[') + std::string(10'000, ']'), kOps).status,
            422);
  EXPECT_EQ(post("/v1/orders",
                 R"({"id":"1","attributes":{"a":)" + std::string(10'000, '[') +
                     std::string(10'000, ']') + "}}",
                 kOps)
                    .status /
                100,
            4);
  const auto reply =
      post("/v1/orders", R"({"id":"1","lines":[{"line":"1","sku":"A","quantity":"x"}]})", kOps);
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.headers.at("content-type"), "application/problem+json");
  EXPECT_THAT(reply.body, HasSubstr("/lines/0/quantity"));
  EXPECT_THAT(engine_.documents(), IsEmpty());
}

TEST_F(PostsTest, CommandsNameTheirOrder) {
  EXPECT_EQ(post("/v1/orders/%231001/allocate?owner=pure&source=shop", "", kMany).status, 200);
  EXPECT_EQ(post("/v1/orders/7/reoptimize", "", kOps).status, 200);
  EXPECT_EQ(post("/v1/orders/7/allocate?owner=other", "", kOps).status, 404);
  EXPECT_EQ(post("/v1/orders/7/erase-customer", "", kOps).status, 403);
  EXPECT_EQ(post("/v1/orders/7/erase-customer", "", kAdmin).status, 200);
  EXPECT_THAT(engine_.calls(),
              ElementsAre("allocate #1001@pure/shop", "reoptimize 7@acme/-", "erase 7@-/-"));
}

TEST_F(PostsTest, SubstitutesAreReadStrictly) {
  EXPECT_EQ(post("/v1/orders/7/substitute",
                 R"({"line":"1","lot":" L1 ","new_lot":"L2","quantity":2.5,"reason":"torn"})", kOps)
                .status,
            200);
  EXPECT_THAT(engine_.calls(), ElementsAre("substitute 7@acme/- 1 L1>L2 2.5 torn"));
  const auto wrong = post("/v1/orders/7/substitute",
                          R"({"line":1,"lot":"","new_lot":"L2","quantity":-1,"why":"x"})", kOps);
  EXPECT_EQ(wrong.status, 422);
  for (const char* pointer : {"/line", "/lot", "/quantity", "/why"}) {
    EXPECT_THAT(wrong.body, HasSubstr(std::string(R"("pointer":")") + pointer + '"'));
  }
  EXPECT_EQ(post("/v1/orders/7/substitute", "", kOps).status, 400);
}

TEST_F(PostsTest, OperatorsVerbs) {
  EXPECT_EQ(post("/v1/parked/3/retry", "").status, 200);
  EXPECT_EQ(post("/v1/parked/3/discard", "").status, 200);
  EXPECT_EQ(post("/v1/parked/x/retry", "").status, 404);
  EXPECT_EQ(post("/v1/parked/3/retry", "", kMany).status, 403);
  EXPECT_EQ(post("/v1/deliveries/4/retry", "").status, 200);
  EXPECT_EQ(post("/v1/alerts/5/close", R"({"note":"seen"})").status, 200);
  EXPECT_EQ(post("/v1/testing/clock", R"({"now":"2026-03-11T00:00:00Z"})").status, 200);
  EXPECT_EQ(post("/v1/testing/clock", R"({"now":"tomorrow"})").status, 422);
  EXPECT_EQ(post("/v1/allocations/preview", with_owner("acme")).status, 200);
  EXPECT_THAT(engine_.calls(),
              ElementsAre("retry parked 3", "discard parked 3", "retry delivery 4",
                          "close alert 5 seen", "clock 2026-03-11T00:00:00Z", "preview 1"));
}

// ---------------------------------------------------------------- NDJSON

std::string order_line(int number) {
  return R"({"type":"order","owner":"acme","id":")" + std::to_string(number) +
         R"(","lines":[{"line":"1","sku":"A","quantity":1}]})" + "\n";
}

TEST_F(PostsTest, NdjsonAnswersEachLineInOrder) {
  const std::string body = order_line(1) + "\r\n" + "{broken\n" + order_line(2) +
                           R"({"type":"hold","id":"H"})" + "\n" + std::string(3000, 'x') + "\n" +
                           R"({"type":"erasure","id":"E","all":true})" + "\n" +
                           R"({"type":"order","owner":"pure","id":"3","lines":[]})";
  const auto reply = post("/v1/documents", body, kMany);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.headers.at("content-type"), "application/x-ndjson");
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < reply.body.size();) {
    const auto end = reply.body.find('\n', at);
    lines.push_back(reply.body.substr(at, end - at));
    at = end + 1;
  }
  EXPECT_THAT(lines, ElementsAre(HasSubstr(R"("id":"1")"), HasSubstr(R"("status":400)"),
                                 HasSubstr(R"("id":"2")"), HasSubstr(R"("status":4)"),
                                 HasSubstr(R"("code":"too_large")"),
                                 HasSubstr("not submitted here"), HasSubstr(R"("id":"3")")));
}

TEST_F(PostsTest, NdjsonKeepsTheOrderWhateverTheEngineAnswersFirst) {
  engine_.immediate = false;
  TestClient client(server_->port());
  client.send("POST /v1/documents HTTP/1.1\r\nHost: x\r\n" + kAdmin +
              "Transfer-Encoding: chunked\r\n\r\n");
  const std::string body = order_line(1) + order_line(2) + order_line(3);
  // One byte a chunk: lines must not depend on how the body is cut.
  for (const char c : body) client.send(std::string("1\r\n") + c + "\r\n");
  std::vector<engine::Done> dones;
  while (dones.size() < 3) dones = engine_.dones();
  dones[2]({200, R"({"n":3})"});
  dones[0]({200, R"({"n":1})"});
  EXPECT_THAT(client.receive_until(R"({"n":1})"),
              HasSubstr("200 OK"));  // while the body is still open
  client.send("0\r\n\r\n");
  dones[1]({200, R"({"n":2})"});
  EXPECT_THAT(client.receive_until(R"({"n":3})"), HasSubstr(R"({"n":2})"));
  EXPECT_THAT(client.receive_until("0\r\n\r\n"), HasSubstr("0\r\n"));
}

TEST_F(PostsTest, NdjsonStreamsMoreThanFitsInMemoryLimits) {
  std::string body;
  for (int i = 0; i < 20'000; ++i) body += order_line(i);
  ASSERT_GT(body.size(), 1'500'000U);  // more than one document may have
  TestClient client(server_->port());
  const auto reply = client.post("/v1/documents", body, kAdmin);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(std::count(reply.body.begin(), reply.body.end(), '\n'), 20'000);
  EXPECT_THAT(reply.body, HasSubstr(R"("id":"19999")"));
}

// ---------------------------------------------------------------- webhooks, figures

TEST_F(PostsTest, WebhooksAreCheckedStoredThenAcknowledged) {
  EXPECT_EQ(TestClient(server_->port()).post("/hooks/shop", "raw", "X-Signature: ok\r\n").status,
            200);
  EXPECT_THAT(engine_.calls(), ElementsAre("hook shop d1 raw"));
  EXPECT_EQ(post("/hooks/shop", "raw", "").status, 401);
  EXPECT_EQ(post("/hooks/nobody", "raw", "X-Signature: ok\r\n").status, 404);
  EXPECT_THAT(engine_.calls(), SizeIs(1));
  engine_.stores_webhooks = false;
  const auto reply = post("/hooks/shop", "raw", "X-Signature: ok\r\n");
  EXPECT_EQ(reply.status, 503);
  EXPECT_TRUE(reply.headers.contains("retry-after"));
}

TEST_F(PostsTest, TellsHowItIs) {
  const auto health = get("/healthz");
  EXPECT_EQ(health.status, 200);
  EXPECT_THAT(health.body, HasSubstr(R"("test_clock":"2026-03-10T12:00:00Z")"));
  EXPECT_EQ(get("/readyz").status, 200);
  engine::Engine::Figures figures;
  figures.healthy = false;
  figures.unhealthy_reason = "disk full";
  figures.documents = 7;
  engine_.show(figures);
  const auto ready = get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("disk full"));
  get("/v1/nowhere-" + std::string(20, 'x'));
  const auto metrics = get("/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_THAT(metrics.body, HasSubstr("lotbridge_documents_total 7"));
  EXPECT_THAT(
      metrics.body,
      HasSubstr(R"(lotbridge_http_answers_total{method="GET",route="/readyz",status="503"} 1)"));
  EXPECT_THAT(metrics.body, testing::Not(HasSubstr("nowhere")));
}

TEST_F(PostsTest, DescribesItself) {
  const auto reply = get("/openapi.json");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"("openapi": "3.1.0")"));
}

}  // namespace
}  // namespace lotbridge::api
