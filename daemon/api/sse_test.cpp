// Server-sent events over real sockets: resume, rights, heartbeats; and TLS on loopback.
#include "daemon/api/sse.hpp"

#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>
#include <thread>

#include "daemon/api/api_test_engine.hpp"
#include "daemon/api/server.hpp"
#include "daemon/api/server_test_client.hpp"
#include "daemon/store/test_store.hpp"

namespace lotbridge::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::vector<Token> tokens() {
  std::vector<Token> out(2);
  out[0].name = "all";
  out[0].digest = sha256("all");
  out[0].all_owners = true;
  out[0].scopes = {Scope::read};
  out[1].name = "acme";
  out[1].digest = sha256("acme");
  out[1].owners = {"acme"};
  out[1].all_warehouses = false;
  out[1].warehouses = {"MAD1"};
  out[1].scopes = {Scope::read};
  return out;
}

class EventsTest : public testing::Test {
 protected:
  EventsTest() {
    store_.migrated();
    run("INSERT INTO owners VALUES (1, 'acme'), (2, 'pure')");
    server_settings_.port = 0;
  }
  ~EventsTest() override {
    if (hub_) hub_->stop();
    if (server_) server_->stop();
  }
  void start() {
    EventSettings settings;
    settings.store_path = store_.path();
    settings.owners = {"acme", "pure"};
    settings.heartbeat = heartbeat_;
    auto hub = EventHub::start(settings, engine_);
    ASSERT_TRUE(hub.ok());
    hub_ = std::move(*hub);
    hub_->add_route(routes_);
    server_ = std::move(*Server::start(server_settings_, routes_, gate_));
  }
  void run(const std::string& sql) { ASSERT_FALSE(store_.empty().execute(sql).has_value()); }
  // A happening as the engine's commit leaves it.
  void happen(int id, int owner, const std::string& kind, const std::string& warehouse = "MAD1") {
    run("INSERT INTO events VALUES (" + std::to_string(id) + ", " + std::to_string(owner) + ", '" +
        kind + "', 0, '{\"kind\":\"" + kind + "\",\"warehouse\":\"" + warehouse + "\"}')");
    if (engine_.events) engine_.events(id);
  }
  void listen(TestClient& client, const std::string& token, const std::string& more = {},
              const std::string& query = {}) {
    client.send("GET /v1/events" + query + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " +
                token + "\r\n" + more + "\r\n");
    EXPECT_THAT(client.receive_until("retry: 2000\n\n"),
                HasSubstr("Content-Type: text/event-stream"));
  }

  store::TestStore store_;
  FakeEngine engine_;
  RouteTable routes_;
  Gate gate_{tokens()};
  ServerSettings server_settings_;
  std::chrono::milliseconds heartbeat_{15'000};
  std::unique_ptr<EventHub> hub_;
  std::unique_ptr<Server> server_;
};

TEST_F(EventsTest, TellsWhatHappensFromNowOn) {
  happen(1, 1, "old");
  start();
  TestClient client(server_->port());
  listen(client, "all");
  happen(2, 1, "order.allocated");
  const std::string got = client.receive_until("}\n\n");
  EXPECT_THAT(got, HasSubstr("id: 2\nevent: order.allocated\ndata: {\"kind\":\"order.allocated\""));
  EXPECT_THAT(got, Not(HasSubstr("old")));
}

TEST_F(EventsTest, ResumesAfterTheLastId) {
  start();
  run("BEGIN");
  for (int id = 1; id <= 500; ++id) happen(id, 1, "e" + std::to_string(id));
  run("COMMIT");
  TestClient from_start(server_->port());
  listen(from_start, "all", "Last-Event-ID: 0\r\n");
  for (int id = 1; id <= 500; ++id) {
    EXPECT_THAT(from_start.receive_until("}\n\n"), HasSubstr("id: " + std::to_string(id) + "\n"));
  }
  TestClient later(server_->port());
  listen(later, "all", "Last-Event-ID: 498\r\n");
  EXPECT_THAT(later.receive_until("}\n\n"), HasSubstr("id: 499\n"));
  EXPECT_THAT(later.receive_until("}\n\n"), HasSubstr("id: 500\n"));
}

TEST_F(EventsTest, ShowsOnlyWhatTheTokenMaySee) {
  start();
  TestClient acme(server_->port()), pure(server_->port());
  listen(acme, "acme");
  listen(pure, "all", {}, "?owner=pure");
  happen(1, 2, "pure.only");
  happen(2, 1, "elsewhere", "BCN1");
  happen(3, 1, "acme.only");
  happen(4, 2, "pure.too");
  const std::string seen = acme.receive_until("}\n\n");
  EXPECT_THAT(seen, HasSubstr("id: 3\nevent: acme.only"));
  EXPECT_THAT(seen, Not(HasSubstr("pure.only")));
  EXPECT_THAT(seen, Not(HasSubstr("elsewhere")));
  EXPECT_THAT(pure.receive_until("}\n\n"), HasSubstr("pure.only"));
  EXPECT_THAT(pure.receive_until("}\n\n"), HasSubstr("id: 4\nevent: pure.too"));
}

TEST_F(EventsTest, KeepsTheLineWarmAndEndsWithTheDaemon) {
  heartbeat_ = 20ms;
  start();
  TestClient client(server_->port());
  listen(client, "all");
  EXPECT_THAT(client.receive_until("still here\n\n"), HasSubstr(": "));
  hub_->stop();
  EXPECT_THAT(client.receive_until("0\r\n\r\n"), HasSubstr("0\r\n"));
}

TEST_F(EventsTest, AListenerThatWentAwayIsForgotten) {
  heartbeat_ = 20ms;
  start();
  {
    TestClient client(server_->port());
    listen(client, "all");
  }
  const auto until = std::chrono::steady_clock::now() + 5s;
  while (server_->connections() > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::yield();
  EXPECT_EQ(server_->connections(), 0U);
}

// ---------------------------------------------------------------- TLS

// A certificate for this test alone, signed by itself.
void write_certificate(const std::string& certificate_file, const std::string& key_file) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_sign(certificate, key, EVP_sha256());
  std::FILE* out = std::fopen(certificate_file.c_str(), "w");
  PEM_write_X509(out, certificate);
  std::fclose(out);
  out = std::fopen(key_file.c_str(), "w");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

std::string ask_over_tls(std::uint16_t port, const std::string& request, int highest) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_max_proto_version(context, highest);
  BIO* bio = BIO_new_ssl_connect(context);
  BIO_set_conn_hostname(bio, ("127.0.0.1:" + std::to_string(port)).c_str());
  std::string got;
  if (BIO_do_connect(bio) == 1 && BIO_do_handshake(bio) == 1) {
    BIO_write(bio, request.data(), static_cast<int>(request.size()));
    char piece[4096];
    for (int n = 0; (n = BIO_read(bio, piece, sizeof piece)) > 0;)
      got.append(piece, static_cast<std::size_t>(n));
  }
  BIO_free_all(bio);
  SSL_CTX_free(context);
  return got;
}

class TlsTest : public EventsTest {
 protected:
  TlsTest() {
    folder_ = std::filesystem::path(store_.path()).parent_path();
    write_certificate(folder_ / "cert.pem", folder_ / "key.pem");
    server_settings_.certificate_file = folder_ / "cert.pem";
    server_settings_.private_key_file = folder_ / "key.pem";
    routes_.get(
        "/healthz",
        [](const Request&, const Respond& respond) {
          respond({.status = 200,
                   .content_type = "text/plain",
                   .body = std::string(100'000, 'x'),
                   .headers = {}});
        },
        Scope::none);
  }
  std::filesystem::path folder_;
};

TEST_F(TlsTest, ServesOverTls) {
  start();
  const std::string request = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  const std::string reply = ask_over_tls(server_->port(), request, TLS1_3_VERSION);
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK"));
  EXPECT_GT(reply.size(), 100'000U);
  EXPECT_THAT(ask_over_tls(server_->port(), request, TLS1_2_VERSION),
              StartsWith("HTTP/1.1 200 OK"));
  EXPECT_EQ(ask_over_tls(server_->port(), request, TLS1_1_VERSION), "");
}

TEST_F(TlsTest, PlainHttpGetsNoAnswerThere) {
  start();
  EXPECT_EQ(TestClient(server_->port()).get("/healthz").status, 0);
}

TEST_F(TlsTest, SaysWhichFileIsWrong) {
  ServerSettings settings = server_settings_;
  settings.private_key_file = folder_ / "none.pem";
  EXPECT_THAT(check_tls(settings)->detail, HasSubstr("none.pem"));
  write_certificate(folder_ / "other.pem", folder_ / "other-key.pem");
  settings.private_key_file = folder_ / "other-key.pem";
  EXPECT_TRUE(check_tls(settings).has_value());
  EXPECT_FALSE(check_tls(server_settings_).has_value());
}

}  // namespace
}  // namespace lotbridge::api
