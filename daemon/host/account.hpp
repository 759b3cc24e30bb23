// One configured connector: its instances, its state, what is due, and one turn of work at a time
// per lane.
//
// Lanes work beside each other, each with an instance of its own: webhooks from the inbox, pulls on
// schedule, instructions from the outbox. A turn is one piece of work that a pool thread does
// without holding any lock. Statuses of operations decide about the account here and nowhere else.
// Any thread; a lane by one thread at a time.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/engine/engine.hpp"
#include "daemon/host/host.hpp"
#include "daemon/host/instance.hpp"
#include "daemon/host/public_keys.hpp"

namespace lotbridge::host {

enum class LaneKind : std::uint8_t { webhooks, pulls, writes };
inline constexpr std::array kLanes = {LaneKind::webhooks, LaneKind::pulls, LaneKind::writes};

// What the accounts of a daemon share.
struct Shared {
  engine::Engine& engine;
  const engine::Clock& clock;
  HttpClient& http;
  FileDrops& drops;
  const HostSettings& settings;
};

class Account {
 public:
  // Checks the configuration, opens an instance to see that the connector takes its settings,
  // connects to nothing.
  static Result<std::shared_ptr<Account>> open(ConnectorConfig, std::shared_ptr<const Loaded>,
                                               Shared&);

  const ConnectorConfig& config() const { return config_; }
  HookVerdict verify_hook(const std::map<std::string, std::string>& headers, std::string_view body);

  // ---- for the runner, which holds its own lock meanwhile
  // Something may have come for the webhook and instruction lanes.
  void knock();
  void poll_now();
  bool due(LaneKind lane);
  // Does one turn. Returns when the work is done, failed or cancelled.
  void turn(LaneKind lane);
  // Ends running operations and starts no other.
  void cancel();
  // Ends no running operation and starts no other: its successor waits.
  void retire();
  // A turn that should have ended long ago; the account is quarantined.
  void look_for_overrun();
  // A lane holds a process that has nothing to do; for how long, in milliseconds. rest() ends it.
  std::optional<std::int64_t> idle_for(LaneKind lane);
  void rest(LaneKind lane);

  const Loaded& connector() const { return *connector_; }
  bool quarantined() const;
  // Another file lies in the place of its own, and is not used; why.
  void note_refused_file(std::string why);
  ConnectorHealth health() const;

 private:
  enum class State : std::uint8_t { starting, ready, paused, quarantined, stopped };
  struct Lane {
    std::unique_ptr<Instance> instance;  // the lane's own
    std::atomic<bool> knocked{true};
    std::atomic<std::int64_t> looked_at{0};   // steady milliseconds
    std::atomic<std::int64_t> not_before{0};  // the engine's clock
    std::atomic<std::int64_t> overdue_at{0};  // steady milliseconds; 0: nothing runs
    std::atomic<std::int64_t> idle_since{0};  // steady milliseconds; 0: it holds no process
  };
  struct Pull {
    std::string operation;
    std::int64_t every_ms = 0;
    std::int64_t next_at = 0;  // the engine's clock
    int failures = 0;
    bool off = false;  // the platform has no such thing
  };

  Account(ConnectorConfig, std::shared_ptr<const Loaded>, Shared&);
  Refused prepare();
  Lane& lane(LaneKind kind) { return lanes_[static_cast<std::size_t>(kind)]; }
  std::int64_t now() const { return shared_.clock.now().ms; }

  // Runs an operation in a lane, with its deadline, its figures and what its status means for the
  // account.
  RunningCall::Ending run(LaneKind lane, const std::string& operation, std::string_view input,
                          const std::string& origin, std::int64_t deadline_ms,
                          RunningCall::Store store, bool closes = false);
  bool instance_ready(Lane& lane, RunningCall::Ending& ending);
  void judge(const std::string& operation, const RunningCall::Ending& ending);
  void note_incident(Lane& lane, const std::string& what);
  TokenKeeper token_keeper();
  bool keys_due() const;
  void read_keys();
  void pause(State state, std::string reason);
  void keep_exchange(Exchange exchange);
  bool store(const std::string& operation, RunningCall::Batch batch);

  void turn_webhooks();
  void turn_pulls();
  void turn_writes();
  void check_account();
  void pull(Pull& pull);
  void carry_out(engine::Instruction instruction);

  const ConnectorConfig config_;
  const std::shared_ptr<const Loaded> connector_;
  Shared& shared_;
  OwnerRule owners_;
  std::string settings_json_;  // what the connector is opened with
  std::unique_ptr<Outbound> outbound_;
  CallEnvironment environment_;
  std::array<Lane, 3> lanes_;
  std::atomic<bool> cancelled_{false}, retired_{false};
  std::atomic<std::uint64_t> hooks_refused_{0};
  KeyRing keys_;
  bool has_keys_ = false;
  std::atomic<bool> keys_wanted_{false};
  std::atomic<std::int64_t> keys_read_at_{0};  // the engine's clock
  std::mutex recorded_mutex_;
  Cassette recorded_;  // guarded by recorded_mutex_

  mutable std::mutex mutex_;
  State state_ = State::starting;         // guarded by mutex_
  std::string reason_, account_name_;     // guarded by mutex_
  std::int64_t check_at_ = 0;             // guarded by mutex_: when to check the account (again)
  int check_failures_ = 0;                // guarded by mutex_
  std::vector<Pull> pulls_;               // guarded by mutex_
  std::deque<std::int64_t> bugs_;         // guarded by mutex_: when, by the engine's clock
  std::optional<Timestamp> incident_at_;  // guarded by mutex_
  std::string file_refused_;              // guarded by mutex_
  std::string incident_, advice_;         // guarded by mutex_
  std::map<std::string, OperationHealth> figures_;  // guarded by mutex_
};

// How long to wait after the n-th failure in a row.
std::int64_t pause_after_failure(int failures);

}  // namespace lotbridge::host
