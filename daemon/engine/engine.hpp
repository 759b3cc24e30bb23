// The single writer: everything that changes anything passes here, in one order, and is answered
// after it is stored.
//
// One thread takes what is waiting (documents, commands, webhooks, connector batches, outbox
// results), applies it through the core, commits once with full durability, then answers (group
// commit). A failed commit rolls the hot state back and answers "unavailable". All methods may be
// called from any thread; callbacks run on the engine's thread after the commit and must not block
// or throw. This header is what daemon/host and daemon/api are written against.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <lotbridge/documents.hpp>
#include <lotbridge/status.hpp>

#include "daemon/core/apply.hpp"
#include "daemon/engine/clock.hpp"

namespace lotbridge::engine {

// ---------------------------------------------------------------- settings (from the
// configuration)

// Of one configured connector instance, what the engine must know to address instructions to it.
struct ConnectorRoute {
  std::string name;                 // "shopify-eu"; the `source` of what it brings
  std::vector<std::string> owners;  // it may bring and is sent things of these
  bool live = false;                // false: observe; instructions end as `observed`
  std::vector<std::string>
      instructions;  // operations that it takes: "lots.plan/1", "lots.write/1", "pick.send/1", ...
  std::vector<std::string>
      warehouses;       // pick.send goes to the connector that serves the warehouse; empty: any
  bool theirs = false;  // storefront whose own fulfilments count (Shopify setting `theirs`)
};
struct WarehouseSettings {
  core::Warehouse core;
  std::string time_zone;  // IANA
};
// When so much of a lot comes back that somebody should look at it; unset: never.
struct ReturnRateLimits {
  std::optional<std::int64_t> over_percent;    // of what was dispatched of the lot
  std::optional<std::int64_t> times_sku_mean;  // so many times the mean of its item
  bool any() const { return over_percent || times_sku_mean; }
};
struct Settings {
  PolicyKnobs system_policy;
  std::vector<WarehouseSettings> warehouses;
  std::vector<core::Owner> owners;  // core::Owner::warehouses/routes by index into `warehouses` + 1
  std::vector<ConnectorRoute> connectors;
  ReturnRateLimits return_rate;
  std::string store_path;                    // file of the SQLite store
  std::size_t batch_documents_max = 256;     // documents that share a commit
  std::size_t queue_documents_max = 20'000;  // beyond: "rate_limited"/"unavailable" at once
  std::int64_t inbox_keep_days = 14, event_keep_days = 30;
  std::vector<std::int64_t>
      retry_delays_ms;  // outbox; empty: the built-in growing schedule, dead after the last
};

// ---------------------------------------------------------------- callers and answers

struct Caller {
  std::string token = "local";  // name of the token, never its value
  std::string actor;            // Lotbridge-Actor
  bool may_override = false;
  bool all_owners = true;
  std::vector<std::string> owners;  // when not all
  bool sees(std::string_view owner) const;
};

// An HTTP-shaped answer; the body is canonical JSON (or a problem+json when status >= 400).
struct Answer {
  int status = 200;
  std::string body;
  bool is_problem() const { return status >= 400; }
};
using Done = std::function<void(Answer)>;
// The one writer of problems: type, title, status, detail, code, errors.
Answer problem_answer(int status, const Problem&);
int status_of(
    const Problem&);  // refusal by a rule 409, by shape 422, bad_json 400, not_found 404, ...

// ---------------------------------------------------------------- what connectors bring and take

// A record that could not be understood; kept whole for a person (rule: nothing is lost).
struct Unreadable {
  std::string owner, source, kind, id, raw, origin;
  Problem problem;
};
using Record = std::variant<Document, Unreadable>;

// A token that a platform lent and that must outlive the process. A secret: it is in the store and
// nowhere else.
struct KeptToken {
  std::string secret, state;  // the secret's name in the descriptor; JSON
};

// Records and cursor of one checkpoint: committed in one transaction.
struct ConnectorBatch {
  std::string connector, operation;  // operation: "orders.pull/1"
  std::vector<Record> records;
  std::optional<std::string> cursor;  // JSON text; replaces the stored one
  std::int64_t inbox_id = 0;          // the webhook that these records came from; closed with them
  std::optional<KeptToken> token = {};
};

struct HookDelivery {
  std::string connector, delivery, topic, headers_json, body;
};
struct InboxMessage {
  std::int64_t id = 0;
  std::string delivery, topic, headers_json, body;
  std::int32_t attempts = 0;
};

struct Instruction {
  std::int64_t id = 0;
  std::string operation;  // "lots.write/1"
  std::string body;       // the instruction's JSON, refs and personal data (pick.send) filled in
  std::string key;
  std::int32_t attempts = 0;
};
struct InstructionResult {
  enum class Kind { delivered, retry, dead } kind = Kind::delivered;
  std::string result_json;                     // {"refs": {...}}
  std::optional<std::int64_t> retry_after_ms;  // with retry
  std::string error;                           // for a person; shown in /v1/deliveries
};

class Engine {
 public:
  // Opens (and migrates) the store, rebuilds the hot state. Does not start the thread.
  static Result<std::unique_ptr<Engine>> open(Settings, const Clock&);
  virtual ~Engine() = default;

  virtual void start() = 0;
  // Finishes what was accepted, commits, joins. Afterwards everything answers "unavailable".
  virtual void stop() = 0;

  // ---- documents and commands (api). The document's owner and source are set by the caller of
  // this.
  virtual void submit(Document, Caller, Done) = 0;
  virtual void preview(Document order, Caller, Done) = 0;
  enum class OrderCommand { allocate, reoptimize };
  // `order`: the uid, or the sender's id with owner (and source). Not found: 404.
  struct OrderName {
    std::string id;
    std::optional<std::string> owner, source;
  };
  virtual void command(OrderCommand, OrderName, Caller, Done) = 0;
  virtual void substitute(OrderName, core::Substitute, Caller, Done) = 0;
  // The answer of an order as it stands (same shape as the POST's "order"), explanations included.
  virtual void order_answer(OrderName, Caller, Done) = 0;
  // A row of GET /v1/stock needs `available`, which is the core's to say: runs `ask` on the
  // engine's thread between batches, when the state is what is committed. Keep it short.
  virtual void ask(std::function<void(const core::State&, const core::Context&)>) = 0;

  // ---- operators
  virtual void retry_parked(std::int64_t id, Caller, Done) = 0;
  virtual void discard_parked(std::int64_t id, Caller, Done) = 0;
  virtual void retry_delivery(std::int64_t id, Caller, Done) = 0;
  virtual void close_alert(std::int64_t id, std::string note, Caller, Done) = 0;
  // Does what an alert proposes; the answer names the document that came of it.
  virtual void accept_alert(std::int64_t id, Caller, Done) = 0;
  virtual void erase_customer(OrderName, Caller, Done) = 0;
  // What is missing of a transfer will not come. By its uid, or the sender's id.
  virtual void close_transfer(OrderName transfer, std::string reason, Caller, Done) = 0;

  // ---- recalls: their uid, or the sender's id within one owner
  struct RecallName {
    std::string id;
    std::optional<std::string> owner;
  };
  struct RecallResponse {
    std::string order;  // its id, number or alias
    bool acknowledged = true;
    std::string contact, note;
  };
  virtual void answer_recall(RecallName, RecallResponse, Caller, Done) = 0;
  virtual void close_recall(RecallName, std::string disposition, std::string evidence, Caller,
                            Done) = 0;
  // The first report of a recall: how long it took; of a drill also what it said. Later ones change
  // nothing.
  virtual void keep_recall_report(std::int64_t document, std::string report,
                                  std::int64_t elapsed_us) = 0;
  // Moves a test clock (never back); day changes, schedules and retries follow before it answers.
  virtual void move_clock(Timestamp now, Caller, Done) = 0;

  // ---- connectors (host)
  // `stored` is called after the delivery is durable (true also when it was there already) or could
  // not be stored (false).
  virtual void accept_webhook(HookDelivery, std::function<void(bool stored)>) = 0;
  virtual void submit_batch(ConnectorBatch, std::function<void(Refused)>) = 0;
  // Pending webhooks in order of arrival, whose time has come; blocking, short.
  virtual std::vector<InboxMessage> take_inbox(const std::string& connector, std::size_t limit) = 0;
  // The connector could not translate it: kept, tried again later (retry) or parked whole.
  virtual void fail_inbox(std::int64_t id, bool retry, std::string error) = 0;
  virtual std::vector<Instruction> take_instructions(const std::string& connector,
                                                     std::size_t limit) = 0;
  virtual void settle(std::int64_t instruction, InstructionResult, std::function<void()>) = 0;
  virtual std::optional<std::string> cursor(const std::string& connector,
                                            const std::string& operation) = 0;
  virtual std::optional<std::string> token(const std::string& connector,
                                           const std::string& secret) {
    static_cast<void>(connector), static_cast<void>(secret);
    return std::nullopt;
  }
  // From the next batch on these are the configured connectors; `done` is called then.
  virtual void set_connectors(std::vector<ConnectorRoute>, std::function<void()> done) { done(); }
  // Called (from the engine's thread) when a connector may have new inbox messages or instructions,
  // or the clock was moved.
  virtual void on_work(std::function<void()> wake) = 0;

  // ---- happenings: called on the engine's thread after each commit with the newest event id (SSE
  // reads the store from there).
  virtual void on_events(std::function<void(std::int64_t newest)>) = 0;

  // ---- figures for /metrics and /readyz
  struct Figures {
    std::uint64_t documents = 0, commits = 0, commit_failures = 0, queue = 0, lots = 0,
                  open_orders = 0;
    bool healthy = true;  // false while the last commit failed
    std::string unhealthy_reason;
  };
  virtual Figures figures() const = 0;
  // Name tables for readers (committed state): time zone dates and so on.
  virtual const core::Calendar& calendar() const = 0;
  // What it was opened with; nullptr where nobody knows (a stand-in).
  virtual const Settings* settings() const { return nullptr; }
};

}  // namespace lotbridge::engine
