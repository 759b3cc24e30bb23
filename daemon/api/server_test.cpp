// The server over real sockets on loopback: routing, rights, limits, order of answers, slow and
// hostile clients.
#include "daemon/api/server.hpp"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "daemon/api/problem.hpp"
#include "daemon/api/server_test_client.hpp"

namespace lotbridge::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kOps = "Authorization: Bearer ops-token\r\n";

std::vector<Token> tokens() {
  return {{.name = "ops",
           .digest = sha256("ops-token"),
           .owners = {"pure-fresh"},
           .warehouses = {},
           .scopes = {Scope::read, Scope::orders}},
          {.name = "root",
           .digest = sha256("root-token"),
           .all_owners = true,
           .owners = {},
           .warehouses = {},
           .scopes = {Scope::admin}}};
}

// Says back what it got.
void echo(Request request, const Respond& respond) {
  std::string text = request.method;
  for (const auto& part : request.path) text += " [" + part + "]";
  for (const auto& [key, value] : request.query) text += " " + key + "=" + value;
  text += " token=" + request.caller.token + " actor=" + request.caller.actor;
  text += " size=" + std::to_string(request.body.size());
  respond({.status = 200, .content_type = "text/plain", .body = text, .headers = {}});
}

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    settings_.port = 0;
    routes_.get("/v1/items/{}", echo);
    routes_.get("/v1/items/count", [](Request, const Respond& respond) {
      respond({.status = 200, .content_type = "text/plain", .body = "fixed", .headers = {}});
    });
    routes_.post("/v1/orders", Scope::orders, echo);
    routes_.post("/v1/receipts", Scope::stock, echo);
    routes_.post("/hooks/{}", Scope::none, echo, BodyLimit::hook);
    routes_.post("/v1/late", Scope::orders,
                 [this](Request, const Respond& respond) { late_.set_value(respond); });
  }
  ~ServerTest() override {
    if (server_) server_->stop();
  }
  std::uint16_t start() {
    auto started = Server::start(settings_, routes_, gate_);
    EXPECT_TRUE(started.ok()) << (started ? "" : started.problem().detail);
    server_ = std::move(*started);
    return server_->port();
  }

  ServerSettings settings_;
  RouteTable routes_;
  Gate gate_{tokens()};
  std::promise<Respond> late_;  // the handler of /v1/late hands its answer to the test
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, DecodesTheTargetAndKnowsTheCaller) {
  TestClient client(start());
  const auto reply =
      client.get("/v1/items/a%2Fb%20c?owner=x+y&sku=%C3%A9", kOps + "Lotbridge-Actor: Ana\r\n");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "GET [v1] [items] [a/b c] owner=x y sku=é token=ops actor=Ana size=0");
}

TEST_F(ServerTest, PrefersTheFixedPart) {
  TestClient client(start());
  EXPECT_EQ(client.get("/v1/items/count", kOps).body, "fixed");
}

TEST_F(ServerTest, RefusesWhatIsNoTarget) {
  TestClient client(start());
  EXPECT_EQ(client.get("/v1/items/a%2", kOps).status, 400);
  EXPECT_EQ(client.get("/v1/items/%00", kOps).status, 400);
  EXPECT_EQ(client.get("/v1/items/%ff", kOps).status, 400);
  const auto twice = client.get("/v1/items/a?sku=1&sku=2", kOps);
  EXPECT_EQ(twice.status, 400);
  EXPECT_THAT(twice.body, HasSubstr("`sku` twice"));
}

TEST_F(ServerTest, UnknownPathsAreNotFoundAndWrongMethodsAreNamed) {
  TestClient client(start());
  const auto missing = client.get("/v1/nothing", kOps);
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.headers.at("content-type"), "application/problem+json");
  EXPECT_THAT(missing.body, HasSubstr(R"("code":"not_found")"));
  const auto wrong = client.get("/v1/orders", kOps);
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "POST");
}

TEST_F(ServerTest, AsksForATokenAndNamesTheMissingScope) {
  TestClient client(start());
  const auto none = client.get("/v1/items/a");
  EXPECT_EQ(none.status, 401);
  EXPECT_THAT(none.headers.at("www-authenticate"), StartsWith("Bearer"));
  EXPECT_EQ(client.get("/v1/items/a", "Authorization: Bearer wrong\r\n").status, 401);
  EXPECT_EQ(client.get("/v1/items/a", "Authorization: Basic b3BzLXRva2Vu\r\n").status, 401);
  const auto lacking = client.post("/v1/receipts", "{}", kOps);
  EXPECT_EQ(lacking.status, 403);
  EXPECT_THAT(lacking.body, HasSubstr("`stock`"));
  EXPECT_THAT(lacking.body, HasSubstr("missing_scope"));
  EXPECT_EQ(client.post("/v1/receipts", "{}", "Authorization: bearer root-token\r\n").status, 200);
}

TEST_F(ServerTest, ReloadedTokensCountAtOnce) {
  TestClient client(start());
  EXPECT_EQ(client.get("/v1/items/a", kOps).status, 200);
  gate_.replace({});
  EXPECT_EQ(client.get("/v1/items/a", kOps).status, 401);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  TestClient client(start());
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += "GET /v1/items/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n" + kOps + "\r\n";
  }
  client.send(all);
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(client.receive().body, HasSubstr("[" + std::to_string(i) + "]"));
  }
}

TEST_F(ServerTest, ReadsABodyThatComesByteByByte) {
  TestClient client(start());
  const std::string request = "POST /v1/orders HTTP/1.1\r\nHost: x\r\n" + kOps +
                              "Transfer-Encoding: chunked\r\n\r\n" +
                              "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";
  for (const char c : request) client.send({&c, 1});
  EXPECT_THAT(client.receive().body, HasSubstr("size=11"));
}

TEST_F(ServerTest, SaysContinueToThoseWhoAsk) {
  TestClient client(start());
  client.send("POST /v1/orders HTTP/1.1\r\nHost: x\r\n" + kOps +
              "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.receive_until("\r\n\r\n"), StartsWith("HTTP/1.1 100 "));
  client.send("{}");
  EXPECT_THAT(client.receive().body, HasSubstr("size=2"));
}

TEST_F(ServerTest, RefusesBodiesThatAreTooLarge) {
  const auto port = start();
  const std::string ten_megabytes(10 * 1024 * 1024, 'x');
  const auto reply = TestClient(port).post("/v1/orders", ten_megabytes, kOps);
  EXPECT_EQ(reply.status, 413);
  EXPECT_THAT(reply.body, HasSubstr("too_large"));
  EXPECT_EQ(TestClient(port).post("/hooks/shop", ten_megabytes).status, 413);
  EXPECT_EQ(TestClient(port).post("/hooks/shop", std::string(4 * 1024 * 1024, 'x')).status, 200);
  TestClient chunked(port);
  chunked.send("POST /v1/orders HTTP/1.1\r\nHost: x\r\n" + kOps +
               "Transfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  for (int i = 0; i < 20; ++i) chunked.send(chunk);
  EXPECT_EQ(chunked.receive().status, 413);
}

TEST_F(ServerTest, RefusesHeadersThatAreTooLarge) {
  const auto port = start();
  EXPECT_EQ(
      TestClient(port).get("/v1/items/a", "X-Big: " + std::string(20'000, 'x') + "\r\n").status,
      431);
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
  EXPECT_EQ(TestClient(port).get("/v1/items/a", many).status, 431);
  TestClient dripping(port);  // each write ends with a complete field, so no single read is large
  dripping.send("GET /v1/items/a HTTP/1.1\r\n");
  for (int i = 0; i < 400; ++i) {
    if (!dripping.send("X-" + std::to_string(i) + ": " + std::string(100, 'x') + "\r\n")) break;
  }
  EXPECT_EQ(dripping.receive().status, 431);
}

TEST_F(ServerTest, RefusesWhatIsNotHttp) {
  const auto port = start();
  for (const std::string bad :
       {"HELLO\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
        "POST /v1/orders HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /v1/orders HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"}) {
    TestClient client(port);
    client.send(bad);
    EXPECT_EQ(client.receive().status, 400) << bad;
    EXPECT_TRUE(client.closed());
  }
}

TEST_F(ServerTest, KeepsTheConnectionAfterASmallRefusedBody) {
  TestClient client(start());
  EXPECT_EQ(client.post("/v1/receipts", std::string(1000, 'x'), kOps).status, 403);
  EXPECT_EQ(client.get("/v1/items/a", kOps).status, 200);
}

TEST_F(ServerTest, LosesPatienceWithSlowClients) {
  settings_.header_time = settings_.body_time = 100ms;
  settings_.idle_time = 150ms;
  const auto port = start();
  TestClient header(port);
  header.send("GET /v1/items/a HT");
  EXPECT_EQ(header.receive().status, 408);
  TestClient body(port);
  body.send("POST /v1/orders HTTP/1.1\r\nHost: x\r\n" + kOps + "Content-Length: 10\r\n\r\n123");
  const auto reply = body.receive();
  EXPECT_EQ(reply.status, 408);
  EXPECT_THAT(reply.body, HasSubstr("timeout"));
  EXPECT_TRUE(TestClient(port).closed());
}

TEST_F(ServerTest, AnswersForAHandlerThatDoesNot) {
  settings_.answer_time = 100ms;
  settings_.header_time = 100ms;
  TestClient client(start());
  const auto reply = client.post("/v1/late", "{}", kOps);
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.headers.at("connection"), "close");
  late_.get_future().get()(
      {.status = 200, .content_type = "text/plain", .body = "too late", .headers = {}});
}

TEST_F(ServerTest, HeadIsGetWithoutBody) {
  TestClient client(start());
  client.send("HEAD /v1/items/a HTTP/1.1\r\nHost: x\r\n" + kOps + "\r\n");
  const std::string head = client.receive_until("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_EQ(client.get("/v1/items/b", kOps).status, 200);
}

TEST_F(ServerTest, Http10ClosesAfterTheAnswer) {
  TestClient client(start());
  client.send("GET /v1/items/a HTTP/1.0\r\n" + kOps + "\r\n");
  EXPECT_THAT(client.receive_all(), HasSubstr("Connection: close"));
}

TEST_F(ServerTest, RefusesMoreConnectionsThanAllowed) {
  settings_.connections_max = 2;
  const auto port = start();
  TestClient one(port), two(port);
  EXPECT_EQ(one.get("/v1/items/a", kOps).status, 200);
  EXPECT_EQ(two.get("/v1/items/a", kOps).status, 200);
  EXPECT_EQ(TestClient(port).get("/v1/items/a", kOps).status, 503);
}

TEST_F(ServerTest, StopLetsAnAnswerUnderWayFinish) {
  const auto port = start();
  TestClient idle(port);
  EXPECT_EQ(idle.get("/v1/items/a", kOps).status, 200);
  TestClient client(port);
  client.send("POST /v1/late HTTP/1.1\r\nHost: x\r\n" + kOps + "Content-Length: 0\r\n\r\n");
  const Respond respond = late_.get_future().get();
  std::thread stopping([this] { server_->stop(); });
  EXPECT_TRUE(idle.closed());
  respond({.status = 200, .content_type = "text/plain", .body = "done", .headers = {}});
  EXPECT_EQ(client.receive().body, "done");
  client.shutdown_send();
  stopping.join();
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(ServerTest, SaysWhyItCannotListen) {
  settings_.port = start();
  const auto second = Server::start(settings_, routes_, gate_);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(second.problem().detail, HasSubstr("Cannot listen on 127.0.0.1:"));
}

}  // namespace
}  // namespace lotbridge::api
