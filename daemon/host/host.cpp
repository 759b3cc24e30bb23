#include "daemon/host/host.hpp"

#include <algorithm>
#include <shared_mutex>

#include "daemon/host/account.hpp"
#include "daemon/host/loader.hpp"
#include "daemon/host/runner.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

class HostImpl final : public Host {
 public:
  HostImpl(HostSettings settings, engine::Engine& engine, const engine::Clock& clock)
      : settings_(std::move(settings)),
        engine_(engine),
        http_(HttpClient::start()),
        drops_([](lb_call* call, const lb_error& error) {
          return detail::HostCall::of(call).fail(error);
        }),
        shared_{engine, clock, *http_, drops_, settings_},
        runner_(std::max<std::size_t>(settings_.threads, 1)) {
    door_->runner = &runner_;
  }
  ~HostImpl() override { stop(); }

  Refused open() {
    auto opened = open_accounts(settings_.connectors);
    if (!opened.ok()) return opened.problem();
    for (auto& account : *opened) runner_.add(std::move(account));
    note_names();
    return std::nullopt;
  }

  void start() override {
    engine_.on_work([door = door_] {
      const std::lock_guard lock(door->mutex);
      if (door->runner != nullptr) door->runner->wake(true);
    });
    runner_.start();
  }

  void stop() override {
    if (stopped_.exchange(true)) return;
    {
      const std::lock_guard lock(door_->mutex);
      door_->runner = nullptr;
    }
    runner_.stop();
  }

  Refused reload(std::vector<ConnectorConfig> connectors) override {
    const std::lock_guard lock(reload_mutex_);
    const auto running = runner_.accounts();
    // "From now on" is another moment each time the configuration is read; that alone changes
    // nothing.
    for (ConnectorConfig& config : connectors) {
      for (const auto& account : running) {
        if (account->config().name == config.name && config.start_at &&
            account->config().start_at) {
          config.start_at = account->config().start_at;
        }
      }
    }
    std::vector<ConnectorConfig> changed;
    for (const ConnectorConfig& config : connectors) {
      const bool same = std::any_of(running.begin(), running.end(), [&](const auto& account) {
        return account->config() == config;
      });
      if (!same) changed.push_back(config);
    }
    auto opened = open_accounts(changed);
    if (!opened.ok()) return opened.problem();
    for (const auto& account : running) {
      const bool stays =
          std::any_of(connectors.begin(), connectors.end(),
                      [&](const ConnectorConfig& config) { return config == account->config(); });
      if (!stays) runner_.remove(account);
    }
    for (auto& account : *opened) runner_.add(std::move(account));
    note_names();
    runner_.wake(false);
    return std::nullopt;
  }

  HookVerdict verify_hook(const std::string& connector,
                          const std::map<std::string, std::string>& headers,
                          std::string_view body) override {
    if (const auto account = find(connector)) return account->verify_hook(headers, body);
    HookVerdict out;
    out.kind = HookVerdict::Kind::unknown_connector;
    return out;
  }

  bool poll_now(const std::string& connector) override {
    const auto account = find(connector);
    if (!account) return false;
    account->poll_now();
    runner_.wake(false);
    return true;
  }

  std::vector<ConnectorHealth> health() const override {
    std::vector<ConnectorHealth> out;
    for (const auto& account : runner_.accounts()) out.push_back(account->health());
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return out;
  }

 private:
  std::shared_ptr<Account> find(const std::string& connector) const {
    const std::shared_lock lock(names_mutex_);
    const auto found = names_.find(connector);
    return found == names_.end() ? nullptr : found->second;
  }

  // A webhook must not wait for the runner's lock to find its account.
  void note_names() {
    std::map<std::string, std::shared_ptr<Account>> names;
    for (const auto& account : runner_.accounts()) names.emplace(account->config().name, account);
    const std::unique_lock lock(names_mutex_);
    names_.swap(names);
  }

  Result<std::vector<std::shared_ptr<Account>>> open_accounts(
      const std::vector<ConnectorConfig>& connectors) {
    std::vector<std::shared_ptr<Account>> out;
    for (const ConnectorConfig& config : connectors) {
      auto loaded = load_connector(settings_.connector_path, config.type);
      if (!loaded.ok()) return loaded.problem();
      const auto inspection = inspect(settings_.connector_path, config.type);
      if (!inspection.ok()) return inspection.problem();
      auto faults = check_config(*inspection, config);
      if (!faults.empty()) {
        return Problem{
            "invalid_value",
            "connector '" + config.name + "': " + faults[0].pointer + " " + faults[0].detail,
            faults};
      }
      auto account = Account::open(config, std::move(*loaded), shared_);
      if (!account.ok()) return account.problem();
      out.push_back(std::move(*account));
    }
    return out;
  }

  const HostSettings settings_;
  engine::Engine& engine_;
  std::unique_ptr<HttpClient> http_;
  FileDrops drops_;
  Shared shared_;
  std::mutex reload_mutex_;
  mutable std::shared_mutex names_mutex_;
  std::map<std::string, std::shared_ptr<Account>> names_;  // guarded by names_mutex_
  std::atomic<bool> stopped_{false};
  Runner runner_;
  // The engine keeps its callback for as long as it lives; this is what the callback may still
  // reach.
  struct Door {
    std::mutex mutex;
    Runner* runner;
  };
  std::shared_ptr<Door> door_ = std::make_shared<Door>();
};

}  // namespace

Result<std::unique_ptr<Host>> Host::open(HostSettings settings, engine::Engine& engine,
                                         const engine::Clock& clock) {
  auto out = std::make_unique<HostImpl>(std::move(settings), engine, clock);
  if (auto refused = out->open()) return *refused;
  return std::unique_ptr<Host>(std::move(out));
}

}  // namespace lotbridge::host
