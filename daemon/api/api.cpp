#include "daemon/api/api.hpp"

#include "daemon/api/hooks.hpp"
#include "daemon/api/metrics.hpp"
#include "daemon/api/ndjson.hpp"
#include "daemon/api/openapi.hpp"
#include "daemon/api/posts.hpp"
#include "daemon/api/reads.hpp"
#include "daemon/api/sse.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::api {
namespace {

// Figures count every answer; the log has the ones that somebody may look for. Routes, not paths: a
// path may hold a name.
Observer observed(Observer count) {
  return [count = std::move(count)](std::string_view route, std::string_view method, int status,
                                    std::chrono::nanoseconds time) {
    count(route, method, status, time);
    const auto level = status >= 500 ? log::Level::warning : log::Level::debug;
    if (!log::enabled(level)) return;
    log::write(
        level, "answered",
        {{"route", route}, {"method", method}, {"status", status}, {"us", time.count() / 1000}});
  };
}

class Assembled final : public Api {
 public:
  explicit Assembled(const ApiSettings& settings) : gate_(settings.tokens) {}
  ~Assembled() override { stop(); }

  Refused run(const ApiSettings& settings, engine::Engine& engine, const engine::Clock& clock,
              host::Host* host) {
    auto events =
        EventHub::start({.store_path = settings.store_path, .owners = settings.owners}, engine);
    if (!events) return events.problem();
    events_ = std::move(*events);
    events_->add_route(routes_);
    auto readers = store::Readers::open(settings.store_path);
    if (!readers) return readers.problem();
    readers_ = std::move(*readers);
    add_routes(settings, engine, clock, host);
    auto server = Server::start(settings.server, routes_, gate_, observed(metrics_->observer()));
    if (!server) return server.problem();
    server_ = std::move(*server);
    return std::nullopt;
  }

  std::uint16_t port() const override { return server_->port(); }
  void replace_tokens(std::vector<Token> tokens) override { gate_.replace(std::move(tokens)); }

  void stop() override {
    if (events_) events_->stop();
    if (server_) server_->stop();
  }

 private:
  void add_routes(const ApiSettings& settings, engine::Engine& engine, const engine::Clock& clock,
                  host::Host* host) {
    PostSettings posts{settings.owners, {}};
    for (const auto& [name, owners] : settings.connectors) posts.connectors.push_back(name);
    add_document_routes(routes_, engine, posts);
    add_ndjson_route(routes_, engine, posts, settings.server.document_max);
    add_order_routes(routes_, engine, posts);
    add_recall_routes(routes_, engine);
    add_operator_routes(routes_, engine, posts, clock.is_test_clock());
    add_store_routes(routes_, engine, settings.store_path);
    add_openapi_route(routes_);
    add_hook_route(routes_, engine, [host](const auto& connector, const auto& headers, auto body) {
      if (host != nullptr) return host->verify_hook(connector, headers, body);
      return host::HookVerdict{
          .kind = host::HookVerdict::Kind::unknown_connector, .delivery = {}, .reason = {}};
    });
    const auto health = [host] {
      return host != nullptr ? host->health() : std::vector<host::ConnectorHealth>{};
    };
    add_reads(routes_, *readers_, engine, {settings.owners, health});
    metrics_->add_routes(routes_, engine, clock, health);
  }

  std::unique_ptr<store::Readers> readers_;
  RouteTable routes_;
  Gate gate_;
  std::unique_ptr<Metrics> metrics_ = Metrics::create();
  std::unique_ptr<EventHub> events_;
  std::unique_ptr<Server> server_;
};

}  // namespace

Result<std::unique_ptr<Api>> Api::start(const ApiSettings& settings, engine::Engine& engine,
                                        const engine::Clock& clock, host::Host* host) {
  auto api = std::make_unique<Assembled>(settings);
  if (auto refused = api->run(settings, engine, clock, host)) return *refused;
  return std::unique_ptr<Api>(std::move(api));
}

}  // namespace lotbridge::api
