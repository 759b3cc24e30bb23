#include "daemon/host/account.hpp"

#include <algorithm>
#include <fstream>
#include <future>

#include <lotbridge/failure.hpp>

#include "daemon/host/hooks.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

constexpr std::int64_t kLookEvery = 2'000;           // at the inbox and outbox, when nobody knocked
constexpr std::int64_t kGrace = 5'000;               // after a deadline, until it counts as stuck
constexpr std::int64_t kCheckPausedEvery = 900'000;  // whether refused credentials work again
constexpr std::int64_t kBugWindow = 600'000;
constexpr std::size_t kMostBugs = 3;
constexpr std::int64_t kPollEvery = 300'000;
constexpr std::int64_t kRegisterEvery = 86'400'000;

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

const char* name_of(int state) {
  static constexpr const char* kNames[] = {"starting", "ready", "paused", "quarantined", "stopped"};
  return kNames[state];
}

}  // namespace

std::int64_t pause_after_failure(int failures) {
  static constexpr std::int64_t kPauses[] = {5'000, 15'000, 60'000, 300'000, 900'000};
  return kPauses[std::min<std::size_t>(static_cast<std::size_t>(std::max(failures, 1)) - 1,
                                       std::size(kPauses) - 1)];
}

namespace {

// What the connector is opened with. One that serves several clients and has a setting `customers`
// is told which codes are mapped, so that it can say so beside the row that names another. None are
// where there is one owner for all: a column of codes would then be booked to it unread.
std::string settings_of(const ConnectorConfig& config, const Descriptor& descriptor) {
  const std::string text = config.settings.empty() ? "{}" : config.settings;
  const Json settings = Json::parse(text);
  if (settings["customers"].exists()) return text;
  if (!descriptor.config || !descriptor.config["properties"]["customers"].exists()) return text;
  std::vector<std::pair<std::string, JsonText>> members;
  for (const auto& [key, value] : settings.members()) members.emplace_back(key, value);
  std::vector<JsonText> codes;
  for (const auto& [code, owner] : config.owners) codes.emplace_back(code);
  members.emplace_back("customers", json_array(codes));
  return json_object(members).str();
}

}  // namespace

Account::Account(ConnectorConfig config, std::shared_ptr<const Loaded> connector, Shared& shared)
    : config_(std::move(config)),
      connector_(std::move(connector)),
      shared_(shared),
      owners_{config_.owner, config_.owners} {}

Result<std::shared_ptr<Account>> Account::open(ConnectorConfig config,
                                               std::shared_ptr<const Loaded> connector,
                                               Shared& shared) {
  std::shared_ptr<Account> out(new Account(std::move(config), std::move(connector), shared));
  if (auto refused = out->prepare()) {
    refused->detail = "connector '" + out->config_.name + "': " + refused->detail;
    return *refused;
  }
  return out;
}

Refused Account::prepare() {
  settings_json_ = settings_of(config_, connector_->descriptor);
  OutboundSettings settings;
  settings.connector = config_.name;
  settings.settings = Json::parse(config_.settings.empty() ? "{}" : config_.settings);
  settings.base_url = config_.base_url;
  settings.secrets = config_.secrets;
  settings.first_pause_ms = shared_.settings.first_retry_pause_ms;
  settings.proxy = shared_.settings.proxy;
  settings.no_proxy = shared_.settings.no_proxy;
  settings.private_addresses = config_.private_addresses;
  settings.keeper = token_keeper();
  auto outbound =
      Outbound::open(connector_->descriptor, std::move(settings), shared_.http, shared_.clock);
  if (!outbound.ok()) return outbound.problem();
  outbound_ = std::move(*outbound);
  if (!shared_.settings.record_folder.empty()) {
    outbound_->record([this](Exchange exchange) { keep_exchange(std::move(exchange)); });
  }
  environment_ = {config_.name, &owners_, outbound_.get(), &shared_.clock};

  const SecretOf secret_of = [this](std::string_view name) -> std::optional<std::string> {
    const auto found = config_.secrets.find(std::string(name));
    return found == config_.secrets.end() ? std::nullopt : std::optional(found->second);
  };
  if (auto refused =
          shared_.drops.configure(config_.name, config_.settings, secret_of, !config_.live))
    return refused;

  for (const HookRule& rule : connector_->descriptor.hooks) has_keys_ |= rule.public_key;
  for (const std::string& operation : connector_->operations) {
    figures_[operation].operation = operation;
    const bool registers =
        operation == "webhook.register/1" && !shared_.settings.hook_base_url.empty();
    if (!operation.ends_with(".pull/1") && !registers) continue;
    const auto declared = connector_->descriptor.poll_seconds.find(operation);
    std::int64_t every = config_.poll_interval_ms > 0 ? config_.poll_interval_ms
                         : declared != connector_->descriptor.poll_seconds.end()
                             ? declared->second * 1000
                             : kPollEvery;
    pulls_.push_back(
        {operation, registers ? kRegisterEvery : std::max<std::int64_t>(every, 1000), 0, 0, false});
  }
  if (!connector_->offers("account.check/1")) state_ = State::ready;

  // A process costs too much for a look at the settings, which their schema has had already: what
  // the connector itself thinks of them comes with the first operation.
  if (config_.isolation == Isolation::process) return std::nullopt;
  auto& pulls = lane(LaneKind::pulls);
  RunningCall::Ending ending;
  if (!instance_ready(pulls, ending))
    return Problem{"invalid_value", ending.text(), {{"/settings" + ending.path, ending.message}}};
  return std::nullopt;
}

// Rewritten with each exchange: a recording is made by hand, and one that is cut off would be of no
// use.
void Account::keep_exchange(Exchange exchange) {
  const std::lock_guard lock(recorded_mutex_);
  recorded_.exchanges.push_back(std::move(exchange));
  std::ofstream(shared_.settings.record_folder + "/" + config_.name + ".yaml") << recorded_.write();
}

bool Account::instance_ready(Lane& of, RunningCall::Ending& ending) {
  if (of.instance) return true;
  auto files = shared_.drops.open(config_.name);
  OpenedInstance opened =
      config_.isolation == Isolation::in_process
          ? open_in_process(connector_, environment_, std::move(files), settings_json_)
          : open_in_child(connector_, environment_, std::move(files), settings_json_,
                          config_.limits);
  ending = std::move(opened.ending);
  of.instance = std::move(opened.instance);
  return of.instance != nullptr;
}

HookVerdict Account::verify_hook(const std::map<std::string, std::string>& headers,
                                 std::string_view body) {
  HookVerdict out;
  HookCheck check =
      check_hook(connector_->descriptor.hooks, config_.secrets, headers, body, now(), &keys_);
  if (check.keys_wanted) keys_wanted_ = true;
  if (!check.ok) {
    ++hooks_refused_;
    out.reason = std::move(check.reason);
    return out;
  }
  if (check.ping) {
    out.kind = HookVerdict::Kind::ping;
    return out;
  }
  out.kind = HookVerdict::Kind::accepted;
  out.delivery = {config_.name, std::move(check.delivery), std::move(check.topic),
                  kept_headers(connector_->descriptor.hooks, headers), std::string(body)};
  return out;
}

// ---------------------------------------------------------------- what is due

void Account::knock() {
  lane(LaneKind::webhooks).knocked = true;
  lane(LaneKind::writes).knocked = true;
}

void Account::poll_now() {
  const std::lock_guard lock(mutex_);
  for (Pull& pull : pulls_) pull.next_at = 0;
  check_at_ = 0;
}

bool Account::due(LaneKind kind) {
  if (cancelled_ || retired_) return false;
  Lane& of = lane(kind);
  const std::int64_t time = now();
  if (of.not_before > time) return false;
  const std::lock_guard lock(mutex_);
  if (kind == LaneKind::pulls && state_ != State::quarantined && keys_due()) return true;
  if (kind == LaneKind::pulls) {
    if (state_ == State::starting || state_ == State::paused) return check_at_ <= time;
    if (state_ != State::ready) return false;
    return std::any_of(pulls_.begin(), pulls_.end(),
                       [&](const Pull& pull) { return !pull.off && pull.next_at <= time; });
  }
  const bool open =
      state_ == State::ready || (state_ == State::starting && kind == LaneKind::webhooks);
  if (!open || (kind == LaneKind::writes && !config_.live)) return false;
  return of.knocked || steady_ms() - of.looked_at >= kLookEvery;
}

void Account::cancel() {
  cancelled_ = true;
  const std::lock_guard lock(mutex_);
  state_ = State::stopped;
}

void Account::retire() { retired_ = true; }

std::optional<std::int64_t> Account::idle_for(LaneKind kind) {
  const std::int64_t since = lane(kind).idle_since;
  return since == 0 ? std::nullopt : std::optional(steady_ms() - since);
}

void Account::rest(LaneKind kind) {
  lane(kind).instance.reset();
  lane(kind).idle_since = 0;
}

bool Account::quarantined() const {
  const std::lock_guard lock(mutex_);
  return state_ == State::quarantined;
}

void Account::note_refused_file(std::string why) {
  const std::lock_guard lock(mutex_);
  file_refused_ = std::move(why);
}

void Account::look_for_overrun() {
  // A process of its own is watched, and ended, by the thread that runs the operation.
  if (config_.isolation == Isolation::process) return;
  const std::int64_t time = steady_ms();
  for (Lane& of : lanes_) {
    std::int64_t overdue = of.overdue_at;
    if (overdue == 0 || time < overdue + kGrace) continue;
    if (!of.overdue_at.compare_exchange_strong(overdue, 0)) continue;
    pause(State::quarantined,
          "an operation did not end at its deadline; restart the daemon when the connector is "
          "mended");
  }
}

void Account::pause(State state, std::string reason) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::stopped || state_ == State::quarantined) return;
  if (state_ != state) {
    log::warning(state == State::paused ? "a connector is paused" : "a connector is quarantined",
                 {{"connector", config_.name}, {"reason", reason}});
  }
  state_ = state;
  reason_ = std::move(reason);
  check_at_ = now() + kCheckPausedEvery;
}

// ---------------------------------------------------------------- running

bool Account::store(const std::string& operation, RunningCall::Batch batch) {
  engine::ConnectorBatch out;
  out.connector = config_.name;
  out.operation = operation;
  out.records = std::move(batch.records);
  out.cursor = std::move(batch.cursor);
  const auto stored = std::make_shared<std::promise<bool>>();
  shared_.engine.submit_batch(std::move(out),
                              [stored](const Refused& refused) { stored->set_value(!refused); });
  return stored->get_future().get();
}

RunningCall::Ending Account::run(LaneKind kind, const std::string& operation,
                                 std::string_view input, const std::string& origin,
                                 std::int64_t deadline_ms, RunningCall::Store store, bool closes) {
  Lane& of = lane(kind);
  RunningCall::Ending ending;
  if (instance_ready(of, ending)) {
    const CallLimits limits{coarse_now() + std::chrono::milliseconds(deadline_ms),
                            [this] { return cancelled_.load(); }};
    RunningCall call(environment_, operation, origin, limits, std::move(store), closes);
    of.overdue_at = steady_ms() + deadline_ms;
    const lb_status status = of.instance->run(operation, call, input);
    ending = call.end(status);
    of.overdue_at = 0;
  }
  const bool isolated = config_.isolation == Isolation::process;
  const bool broke_down =
      isolated && (!of.instance ? ending.status == LB_BUG : !of.instance->death().empty());
  if (ending.status == LB_BUG) of.instance.reset();  // whatever it remembers may be wrong
  of.idle_since = of.instance && of.instance->costs_a_process() ? steady_ms() : 0;
  judge(operation, ending);
  if (broke_down) note_incident(of, ending.text());
  return ending;
}

void Account::judge(const std::string& operation, const RunningCall::Ending& ending) {
  if (ending.status == LB_AUTH) pause(State::paused, ending.text());
  if (ending.status == LB_CONFIG) pause(State::paused, ending.text());
  std::size_t bugs = 0;
  {
    const std::lock_guard lock(mutex_);
    OperationHealth& figures = figures_[operation];
    figures.operation = operation;
    figures.status = status_name(ending.status);
    figures.error = ending.status == LB_OK ? "" : ending.text();
    figures.last_run_at = Timestamp{now()};
    if (ending.status == LB_OK) figures.last_ok_at = figures.last_run_at;
    ++figures.runs;
    figures.records += ending.records;
    figures.parked += ending.parked;
    if (ending.status == LB_BUG) {
      bugs_.push_back(now());
      while (bugs_.front() < now() - kBugWindow) bugs_.pop_front();
    }
    bugs = bugs_.size();
  }
  if (ending.status == LB_OK || ending.status == LB_CANCELLED) return;
  log::warning("an operation of a connector failed", {{"connector", config_.name},
                                                      {"operation", operation},
                                                      {"status", status_name(ending.status)},
                                                      {"error", ending.text()}});
  if (ending.status == LB_BUG && bugs >= kMostBugs) {
    pause(State::quarantined,
          "the connector broke a promise three times in ten minutes: " + ending.text() +
              "; it stays off until its file is replaced, its configuration changes or the daemon "
              "is told to reload (SIGHUP)");
  }
}

// The process is started again by the next piece of work, after a pause that grows.
void Account::note_incident(Lane& of, const std::string& what) {
  std::size_t bugs = 0;
  {
    const std::lock_guard lock(mutex_);
    bugs = bugs_.size();
    incident_at_ = Timestamp{now()};
    incident_ = what;
    advice_ =
        "tell the connector's author; `lotctl connector validate " + connector_->file +
        "` looks for what is wrong with it. A better file in its place is taken in by itself.";
  }
  const std::int64_t pause = pause_after_failure(static_cast<int>(bugs));
  of.not_before = now() + pause;
  log::error("a connector broke down; nothing else is affected",
             {{"connector", config_.name},
              {"version", connector_->descriptor.version},
              {"what", what},
              {"again_in_ms", pause}});
}

ConnectorHealth Account::health() const {
  ConnectorHealth out;
  out.name = config_.name;
  out.type = connector_->descriptor.id;
  out.version = connector_->descriptor.version;
  out.live = config_.live;
  if (!config_.owner.empty()) out.owners = {config_.owner};
  for (const auto& [code, owner] : config_.owners) {
    if (std::find(out.owners.begin(), out.owners.end(), owner) == out.owners.end())
      out.owners.push_back(owner);
  }
  const HttpCounts& counts = outbound_->counts();
  out.http_requests = counts.requests;
  out.http_retries = counts.retries;
  out.http_failures = counts.failures;
  out.webhooks_refused = hooks_refused_;
  out.isolation = config_.isolation;
  if (out.isolation == Isolation::process) out.walls_missing = connector_->missing;
  for (const Lane& of : lanes_) out.processes += of.idle_since != 0 || of.overdue_at != 0 ? 1 : 0;
  const std::lock_guard lock(mutex_);
  out.state = name_of(static_cast<int>(state_));
  out.reason = reason_;
  out.account = account_name_;
  out.file_refused = file_refused_;
  out.incident_at = incident_at_;
  out.incident = incident_;
  out.incident_advice = advice_;
  for (const auto& [operation, figures] : figures_) {
    out.operations.push_back(figures);
    for (const Pull& pull : pulls_) {
      if (pull.operation == operation && !pull.off && state_ == State::ready) {
        out.operations.back().next_at = Timestamp{std::max<std::int64_t>(pull.next_at, 0)};
      }
    }
  }
  return out;
}

}  // namespace lotbridge::host
