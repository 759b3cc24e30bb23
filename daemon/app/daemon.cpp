#include "daemon/app/daemon.hpp"

#include <csignal>
#include <future>

#include "daemon/api/api.hpp"
#include "daemon/engine/test_clock.hpp"

namespace lotbridge::app {
namespace {

sigset_t our_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

class Daemon {
 public:
  explicit Daemon(Config config) : config_(std::move(config)) {
    if (config_.test_clock) {
      clock_ = std::make_unique<engine::TestClock>(*config_.test_clock);
    } else {
      clock_ = std::make_unique<engine::SystemClock>();
    }
  }

  Refused start();
  void reload(const std::string& file);
  void stop();

 private:
  Refused start_host();
  api::ApiSettings api_settings() const;

  Config config_;
  std::unique_ptr<engine::Clock> clock_;
  // In the order in which they start; they stop the other way round.
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<host::Host> host_;
  std::unique_ptr<api::Api> api_;
};

Refused Daemon::start() {
  auto engine = engine::Engine::open(config_.engine, *clock_);
  if (!engine) return engine.problem();
  engine_ = std::move(*engine);
  if (auto refused = start_host()) return refused;
  engine_->start();
  if (host_) host_->start();
  auto api = api::Api::start(api_settings(), *engine_, *clock_, host_.get());
  if (!api) return api.problem();
  api_ = std::move(*api);
  if (clock_->is_test_clock()) {
    log::warning("the clock stands still: this daemon is under test",
                 {{"now", clock_->now().text()}});
  }
  log::info("listening", {{"address", config_.server.address},
                          {"port", api_->port()},
                          {"tls", !config_.server.certificate_file.empty()},
                          {"store", config_.engine.store_path},
                          {"connectors", config_.host.connectors.size()}});
  return std::nullopt;
}

Refused Daemon::start_host() {
  auto host = host::Host::open(config_.host, *engine_, *clock_);
  if (!host) return host.problem();
  host_ = std::move(*host);
  return std::nullopt;
}

api::ApiSettings Daemon::api_settings() const {
  api::ApiSettings settings;
  settings.server = config_.server;
  settings.tokens = config_.tokens;
  settings.store_path = config_.engine.store_path;
  for (const auto& owner : config_.engine.owners) settings.owners.push_back(owner.name);
  for (const auto& one : config_.engine.connectors) settings.connectors[one.name] = one.owners;
  return settings;
}

bool same_routes(const std::vector<engine::ConnectorRoute>& a,
                 const std::vector<engine::ConnectorRoute>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const engine::ConnectorRoute& x, const engine::ConnectorRoute& y) {
                      return x.name == y.name && x.owners == y.owners && x.live == y.live &&
                             x.instructions == y.instructions && x.warehouses == y.warehouses &&
                             x.theirs == y.theirs;
                    });
}

// Owners are the books' own, fixed while the daemon runs.
std::string unknown_owner(const engine::Settings& running, const Config& config) {
  for (const auto& route : config.engine.connectors) {
    for (const std::string& name : route.owners) {
      if (std::none_of(running.owners.begin(), running.owners.end(),
                       [&](const core::Owner& owner) { return owner.name == name; }))
        return name;
    }
  }
  return {};
}

void Daemon::reload(const std::string& file) {
  ConfigReading reading = read_config(file);
  for (const auto& warning : reading.warnings) log::warning("configuration", {{"detail", warning}});
  if (!reading.config) {
    for (const auto& error : reading.errors) log::error("configuration", {{"detail", error}});
    log::error("the configuration was not reloaded; the daemon goes on with the old one");
    return;
  }
  for (const auto& secret : reading.config->secrets) log::conceal(secret);
  api_->replace_tokens(reading.config->tokens);
  config_.tokens = std::move(reading.config->tokens);
  log::info("tokens reloaded", {{"tokens", config_.tokens.size()}});
  if (const std::string stranger = unknown_owner(config_.engine, *reading.config);
      !stranger.empty()) {
    log::error("connectors were not reloaded: an owner is new, and that needs a restart",
               {{"owner", stranger}});
    return;
  }
  host_->look_in(reading.config->host.connector_path);
  if (const auto refused = host_->reload(reading.config->host.connectors)) {
    log::error("connectors were not reloaded", {{"reason", refused->detail}});
    return;
  }
  config_.host.connectors = std::move(reading.config->host.connectors);
  if (!same_routes(config_.engine.connectors, reading.config->engine.connectors)) {
    config_.engine.connectors = reading.config->engine.connectors;
    // What is told to a connector from now on goes by the new routes, before this returns.
    const auto taken = std::make_shared<std::promise<void>>();
    engine_->set_connectors(config_.engine.connectors, [taken] { taken->set_value(); });
    taken->get_future().wait();
  }
  log::info("connectors reloaded", {{"connectors", config_.host.connectors.size()}});
}

void Daemon::stop() {
  if (api_) api_->stop();
  if (host_) host_->stop();
  if (engine_) engine_->stop();
  api_.reset();
  host_.reset();
  engine_.reset();
}

}  // namespace

void block_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t set = our_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

int run_daemon(const std::string& config_file, Config config) {
  log::setup(config.log_level);
  for (const auto& secret : config.secrets) log::conceal(secret);
  Daemon daemon(std::move(config));
  if (const auto refused = daemon.start()) {
    log::error("the daemon cannot start", {{"code", refused->code}, {"reason", refused->detail}});
    daemon.stop();
    // A store of another version or a damaged one is like a wrong configuration: starting again
    // can't help, only a person can.
    return refused->code == "invalid_store" ? 2 : 1;
  }
  const sigset_t set = our_signals();
  for (;;) {
    int signal = 0;
    if (sigwait(&set, &signal) != 0) continue;
    if (signal != SIGHUP) {
      log::info("stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
      break;
    }
    daemon.reload(config_file);
  }
  daemon.stop();
  log::info("stopped");
  return 0;
}

}  // namespace lotbridge::app
