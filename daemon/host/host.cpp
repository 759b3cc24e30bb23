#include "daemon/host/host.hpp"

#include <algorithm>
#include <condition_variable>
#include <shared_mutex>
#include <thread>

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
        runner_(std::max<std::size_t>(settings_.threads, 1), settings_.idle_process_ms) {
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
    watcher_ = std::thread([this] { watch_files(); });
  }

  void stop() override {
    {
      const std::lock_guard lock(watch_mutex_);
      if (stopped_) return;
      stopped_ = true;
    }
    watch_.notify_all();
    {
      const std::lock_guard lock(door_->mutex);
      door_->runner = nullptr;
    }
    runner_.stop();
    if (watcher_.joinable()) watcher_.join();
  }

  void look_in(std::vector<std::string> connector_path) override {
    const std::lock_guard lock(reload_mutex_);
    connector_path_ = std::move(connector_path);
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
        return account->config() == config && !account->quarantined();
      });
      if (!same) changed.push_back(config);
    }
    auto opened = open_accounts(changed);
    if (!opened.ok()) return opened.problem();
    for (const auto& account : running) {
      const bool stays =
          !account->quarantined() &&
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
  // A connector whose file is replaced is taken in again; what its old code does now it does to the
  // end. One that was loaded into this process stays: its code can't be taken out.
  void watch_files() {
    std::unique_lock lock(watch_mutex_);
    while (!watch_.wait_for(lock, std::chrono::milliseconds(settings_.look_at_files_ms),
                            [this] { return stopped_; })) {
      lock.unlock();
      look_at_files();
      lock.lock();
    }
  }

  void look_at_files() {
    const std::lock_guard lock(reload_mutex_);
    std::map<std::string, std::optional<FileMark>> marks;  // by type
    for (const auto& account : runner_.accounts()) {
      const ConnectorConfig& config = account->config();
      if (config.isolation != Isolation::process) continue;
      auto [entry, first] = marks.try_emplace(config.type);
      if (first) entry->second = connector_mark(connector_path_, config.type);
      const auto& mark = entry->second;
      const auto refused = refused_.find(config.name);
      if (!mark || *mark == account->connector().mark ||
          (refused != refused_.end() && refused->second == *mark)) {
        continue;
      }
      auto opened = open_accounts({config});
      if (!opened.ok()) {
        refused_[config.name] = *mark;
        account->note_refused_file(opened.problem().detail);
        log::error("a connector's new file is not used",
                   {{"connector", config.name}, {"reason", opened.problem().detail}});
        continue;
      }
      refused_.erase(config.name);
      runner_.drain(account);
      log::info("a connector's file was replaced",
                {{"connector", config.name},
                 {"version", opened->front()->connector().descriptor.version}});
      runner_.add(std::move(opened->front()));
      note_names();
    }
  }

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
      auto loaded = load_connector(connector_path_, config.type, config.isolation);
      if (!loaded.ok()) return loaded.problem();
      const auto inspection = inspect(connector_path_, config.type);
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
  std::vector<std::string> connector_path_ = settings_.connector_path;  // guarded by reload_mutex_
  engine::Engine& engine_;
  std::unique_ptr<HttpClient> http_;
  FileDrops drops_;
  Shared shared_;
  std::mutex reload_mutex_;
  mutable std::shared_mutex names_mutex_;
  std::map<std::string, std::shared_ptr<Account>> names_;  // guarded by names_mutex_
  std::map<std::string, FileMark> refused_;  // guarded by reload_mutex_: files that are not used
  std::mutex watch_mutex_;
  std::condition_variable watch_;
  bool stopped_ = false;  // guarded by watch_mutex_
  std::thread watcher_;
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
