// The C++ face of the connector ABI: derive from a role, override what the platform can do, name
// the class in LOTBRIDGE_CONNECTOR. That fills the one exported constant of connector.h.
//
// Inside an operation code throws: Failure (failure.hpp), or the faults of Json. A frame around
// each operation turns them into statuses of the C ABI; nothing is thrown across it. An object runs
// one operation at a time, on any thread, and shares no state with others of its class. No lock and
// no active `catch` while a function of Call that may wait is running (http, emit, checkpoint,
// result, sleep).
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <lotbridge/connector.h>
#include <lotbridge/documents.hpp>
#include <lotbridge/failure.hpp>
#include <lotbridge/http.hpp>
#include <lotbridge/instructions.hpp>
#include <lotbridge/json.hpp>

namespace lotbridge {

// What the connector could not translate, kept for a person.
struct Parked {
  std::string kind;         // what it would have become: "order/1"
  std::string raw;          // the platform's own text of it
  std::string path;         // JSON Pointer into raw, or empty
  std::string message;      // one sentence: why
  std::string id = {};      // the platform's identifier, where known
  std::string owner = {};   // the platform's customer code, where one feed carries several
  std::string origin = {};  // "orders.csv:17"
};

class Call {
 public:
  Call(const lb_host* host, lb_call* call, std::string_view input);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // The operation's input as it came.
  const Json& input() const { return input_; }

  // Sends, and gives the answer back if it is 2xx; else throws what HttpReply::expect_ok says.
  HttpReply http(const HttpRequest& request);
  // The same, whatever the code of the answer.
  HttpReply exchange(const HttpRequest& request);

  // One record. Its `owner` is the platform's own customer code where one feed carries several
  // clients, empty otherwise; its `source` is set by the host.
  void emit(const Document& document);
  void emit_json(std::string_view kind, std::string_view json);
  void emit_parked(const Parked& parked);

  // Runs `translate` for each element. One that throws LB_BAD_RECORD is parked as `kind` alone, and
  // the next follows; any other Failure ends the operation. null and absent are an empty list.
  void each(const Json& list, std::string_view kind,
            const std::function<void(const Json&)>& translate);
  // The same for one record.
  void guarded(const Json& record, std::string_view kind,
               const std::function<void(const Json&)>& translate);
  // Runs `translate`; if it throws LB_BAD_RECORD, `parked` is parked with what it says. For other
  // than JSON.
  void guarded(Parked parked, const std::function<void()>& translate);

  // Everything emitted so far and this cursor become durable together.
  void checkpoint(const JsonText& cursor);

  void result(const JsonText& answer);
  // The answer of an instruction: platform ids that the daemon keeps and gives back with later
  // instructions.
  void refs(const std::vector<std::pair<std::string, JsonText>>& refs);

  enum class Level : std::int32_t { trace = 0, debug, info, warning, error };
  void log(Level level, std::string_view message);

  Timestamp now() const;
  void sleep_ms(std::uint64_t duration);
  bool cancelled() const;
  std::string random(std::size_t bytes);
  // A version 4 UUID.
  std::string uuid();
  // The keyed digest, as bytes; `key` is a text such as secret("signing").
  std::string hmac(std::string_view key, std::string_view algorithm, std::string_view data);
  // A host feature by name, or null ("lotbridge.files/1").
  const void* extension(std::string_view id) const;
  // Ends the operation with the status of a host function that was called directly (of an
  // extension, say) unless it is LB_OK; the host has noted the reason.
  void must(lb_status status, const char* function) const;

  const lb_host* host() const { return host_; }
  lb_call* handle() const { return call_; }

 private:
  const lb_host* host_;
  lb_call* call_;
  Json input_;
};

// ---------------------------------------------------------------- inputs of operations

// {"cursor": what the last checkpoint stored or null, "start_at": "2026-05-16T08:00:00Z" or null}
struct Pull {
  Json cursor;
  Maybe<Timestamp> start_at;  // with no cursor yet: how far back to begin; none: as far as there is
};

// {"id", "topic", "headers": {"lower-case-name": "value"}, "body": the text as it came}
struct Webhook {
  std::string id, topic;
  std::vector<HttpHeader> headers;
  std::string body;
  Maybe<std::string> header(std::string_view name) const;
  Json json() const { return Json::parse(body); }
};

// ---------------------------------------------------------------- roles

// Every operation that there is. What a class does not override is not in its table, and the daemon
// does not ask for it. An override must be public.
class Connector {
 public:
  virtual ~Connector() = default;

  // Cheap and read-only: are address and credentials right? May answer {"account": "what a person
  // calls it"}.
  virtual void check_account(Call&);

  virtual void pull_orders(Call&, const Pull&);
  virtual void pull_products(Call&, const Pull&);
  virtual void pull_receipts(Call&, const Pull&);
  virtual void pull_dispatches(Call&, const Pull&);
  virtual void pull_returns(Call&, const Pull&);
  virtual void pull_inventory(Call&, const Pull&);
  // The signature is already checked.
  virtual void receive_webhook(Call&, const Webhook&);
  // Input: {"url": where the platform shall call}.
  virtual void register_webhooks(Call&, const std::string& url);

  // Instructions: the whole, whose order it is about, and its own part. Each may come twice, and
  // the second time must do no harm. Call::input() has the same as JSON.
  virtual void plan_lots(Call&, const Instruction&, const LotsPlan&);
  virtual void write_lots(Call&, const Instruction&, const LotsWrite&);
  virtual void send_pick(Call&, const Instruction&, const PickSend&);
  virtual void create_fulfillments(Call&, const Instruction&, const FulfillmentsCreate&);
  virtual void write_stock(Call&, const Instruction&, const StockWrite&);
  virtual void write_hold(Call&, const Json& instruction);
  virtual void notify_recall(Call&, const Json& instruction);
};

class Storefront : public Connector {
 public:
  void check_account(Call&) override = 0;
  void pull_orders(Call&, const Pull&) override = 0;
  void write_lots(Call&, const Instruction&, const LotsWrite&) override = 0;
};
class Warehouse : public Connector {  // roles "3pl" and "wms"
 public:
  void check_account(Call&) override = 0;
  void pull_receipts(Call&, const Pull&) override = 0;
  void pull_dispatches(Call&, const Pull&) override = 0;
  void send_pick(Call&, const Instruction&, const PickSend&) override = 0;
};
class Carrier : public Connector {
 public:
  void check_account(Call&) override = 0;
  void pull_dispatches(Call&, const Pull&) override = 0;
};
class Marketplace : public Storefront {
 public:
  void notify_recall(Call&, const Json&) override = 0;
};
class Erp : public Connector {
 public:
  void check_account(Call&) override = 0;
  void pull_receipts(Call&, const Pull&) override = 0;
  void pull_products(Call&, const Pull&) override = 0;
};

}  // namespace lotbridge

#include <lotbridge/detail/table.hpp>
