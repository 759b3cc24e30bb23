// The connectors of this daemon: loads them, runs their operations, does all their I/O, checks
// their webhooks.
//
// The host polls on schedule, takes webhooks from the engine's inbox and instructions from its
// outbox, and gives back records and results; it holds no data of its own. A connector that fails
// is paused or quarantined alone. All methods may be called from any thread; start and stop once
// each. Secrets are never logged and never reach a connector.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/status.hpp>
#include <lotbridge/values.hpp>

#include "daemon/engine/clock.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/host/isolation.hpp"

namespace lotbridge::host {

// ---------------------------------------------------------------- settings (from the
// configuration)

struct ConnectorConfig {
  std::string name;   // "shopify-eu": the source of what it brings, the name in /hooks/NAME
  std::string type;   // "shopify": the id of the descriptor
  std::string owner;  // one owner for all, or
  std::map<std::string, std::string>
      owners;                         // the platform's customer code -> owner; others are refused
  bool live = false;                  // false: observe
  std::optional<Timestamp> start_at;  // how far back the first pull goes; none: all there is
  std::string settings = "{}";        // JSON object; without base_url
  std::map<std::string, std::string> secrets;  // name -> value
  std::string base_url;  // not empty: scheme, host and port instead of the descriptor's
  std::int64_t poll_interval_ms = 0;  // 0: what the descriptor says, else five minutes
  bool private_addresses = false;     // the platform may be in a private network
  Isolation isolation = Isolation::process;
  ChildLimits limits;  // of its process
  bool operator==(const ConnectorConfig&) const = default;
};

struct HostSettings {
  std::vector<std::string> connector_path;  // folders, searched in this order
  std::vector<ConnectorConfig> connectors;
  std::size_t threads = 16;                 // operations that run at one time
  std::int64_t first_retry_pause_ms = 500;  // of a request; doubles with each repeat
  std::string proxy, no_proxy;              // for requests to platforms, as curl understands them
  std::string record_folder;  // not empty: exchanges are kept there as cassettes, redacted
  std::int64_t idle_process_ms = 10'000;  // a connector's process that has nothing to do ends
  std::int64_t look_at_files_ms = 2'000;  // whether a connector's file was replaced
  std::string hook_base_url;  // where platforms reach /hooks; empty: webhook.register is not called
};

// ---------------------------------------------------------------- what a file offers

// What can be known of a connector without opening an account: for the check of the configuration
// and for listings.
struct Inspection {
  std::string id, name, version, status, file, descriptor_json;
  std::vector<std::string> operations;  // all of its table
  std::vector<std::string>
      instructions;                  // those that the engine addresses: ConnectorRoute.instructions
  std::vector<std::string> secrets;  // that it may be given
  std::string missing;               // walls of its process that this machine does not permit
  std::vector<std::string> secrets_required;
};
// Searches, loads and checks the file. The problem is one message that says what was tried and what
// to do.
Result<Inspection> inspect(const std::vector<std::string>& connector_path, const std::string& type);
// Settings and names of secrets against the descriptor; pointers like "/settings/shop",
// "/secrets/token".
std::vector<FieldError> check_config(const Inspection& connector, const ConnectorConfig& config);

// ---------------------------------------------------------------- answers

struct HookVerdict {
  // ping: the platform only tries the address; answered, not stored.
  enum class Kind { accepted, unknown_connector, refused, ping } kind = Kind::refused;
  engine::HookDelivery delivery;  // when accepted: ready for Engine::accept_webhook
  std::string reason;  // when refused: for the log, nothing that helps an attacker more than "401"
};

struct OperationHealth {
  std::string operation;
  std::string status;  // "ok", or the status that it last ended with: "retry", "auth", ...
  std::string error;   // one sentence
  std::optional<Timestamp> last_run_at, last_ok_at, next_at;
  std::uint64_t runs = 0, records = 0, parked = 0;
};
struct ConnectorHealth {
  std::string name, type, version;
  std::string state;    // starting | ready | paused | quarantined | stopped
  std::string reason;   // why it is not ready; what to do
  std::string account;  // what account.check said the account is called
  std::vector<std::string> owners;
  Isolation isolation = Isolation::process;
  std::string walls_missing;    // of its process; empty: all stand
  std::uint64_t processes = 0;  // that run now
  // The last time that its process broke down.
  std::optional<Timestamp> incident_at;
  std::string incident, incident_advice;
  std::string file_refused;  // why the file that took the old one's place is not used
  bool live = false;
  std::uint64_t http_requests = 0, http_retries = 0, http_failures = 0, webhooks_refused = 0;
  std::vector<OperationHealth> operations;
};

class Host {
 public:
  // Loads every connector and opens no connection; a fault of the configuration is a problem here.
  static Result<std::unique_ptr<Host>> open(HostSettings, engine::Engine&, const engine::Clock&);
  virtual ~Host() = default;

  virtual void start() = 0;
  // Cancels what runs, waits for it (at most some seconds), closes the instances.
  virtual void stop() = 0;
  // Takes over changed, new and removed connectors; unchanged ones go on undisturbed, except that a
  // quarantined one is tried again. What is wrong changes nothing.
  virtual Refused reload(std::vector<ConnectorConfig>) = 0;
  // Where files of connectors are looked for from now on; those that run are not touched.
  virtual void look_in(std::vector<std::string> connector_path) = 0;

  // Headers with names in lower case; the body exactly as it came.
  virtual HookVerdict verify_hook(const std::string& connector,
                                  const std::map<std::string, std::string>& headers,
                                  std::string_view body) = 0;
  // Makes the connector's polls due now.
  virtual bool poll_now(const std::string& connector) = 0;
  virtual std::vector<ConnectorHealth> health() const = 0;
};

}  // namespace lotbridge::host
