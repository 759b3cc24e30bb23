#include "frames.hpp"

#include <new>

#include <lotbridge/sdk.hpp>

// The C ABI only knows this name; to the SDK it is an opened connector.
struct lb_instance {
  const lb_host* host;
  std::unique_ptr<lotbridge::Connector> connector;
};

namespace lotbridge {

Maybe<std::string> Webhook::header(std::string_view name) const {
  return HttpReply(0, headers, {}).header(name);
}

namespace {

[[noreturn]] void not_there(const char* operation) {
  throw Failure(LB_UNSUPPORTED, std::string("this connector has no operation ") + operation);
}

lb_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

lb_status report(const lb_host* host, lb_call* call, const Failure& failure) {
  lb_error error{};
  error.size = sizeof error;
  error.status = failure.status;
  error.message = bytes(failure.message);
  error.path = bytes(failure.path);
  error.vendor_code = bytes(failure.vendor_code);
  error.retry_after_ms = failure.retry_after_ms;
  return host->fail(call, &error);
}

// Runs `body`; whatever it throws is a status afterwards.
template <typename Body>
lb_status framed(const lb_host* host, lb_call* call, lb_status for_bad_input, Body body) noexcept {
  try {
    try {
      body();
      return LB_OK;
    } catch (const HostSaid& failure) {
      return failure.status;
    } catch (Failure& failure) {
      if (failure.status == LB_BAD_RECORD) failure.status = for_bad_input;
      return report(host, call, failure);
    } catch (const std::bad_alloc&) {
      return report(host, call, Failure(LB_RETRY, "the connector ran out of memory"));
    } catch (const std::exception& other) {
      return report(host, call,
                    Failure(LB_BUG, std::string("the connector threw: ") + other.what()));
    } catch (...) {
      return report(host, call,
                    Failure(LB_BUG, "the connector threw something that is no exception"));
    }
  } catch (...) {
    return LB_BUG;  // not even the report could be made
  }
}

Pull pull_of(Call& call) { return {call.input()["cursor"], call.input()["start_at"].time_maybe()}; }

Webhook webhook_of(Call& call) {
  const Json& input = call.input();
  Webhook out{input["id"].text_or(""), input["topic"].text_or(""), {}, input["body"].text_or("")};
  if (input["headers"]) {
    for (const auto& [name, value] : input["headers"].members()) {
      out.headers.push_back({std::string(name), value.text()});
    }
  }
  return out;
}

Instruction instruction_of(Call& call) {
  Result<Instruction> read = read_instruction(call.input().raw());
  if (read.ok()) return std::move(read.value());
  const Problem& problem = read.problem();
  const FieldError first = problem.errors.empty() ? FieldError{} : problem.errors.front();
  throw Failure(LB_BAD_RECORD,
                "the instruction can't be read: " + problem.detail + " " + first.detail,
                first.pointer);
}

template <typename Part>
const Part& part_of(const Instruction& instruction) {
  if (const Part* part = std::get_if<Part>(&instruction.body)) return *part;
  throw Failure(LB_BAD_RECORD, "the instruction is not for this operation", "/operation");
}

template <typename Body>
lb_status operation(lb_instance* instance, lb_call* handle, lb_bytes input, Body body) noexcept {
  return framed(instance->host, handle, LB_BAD_RECORD, [&] {
    Call call(instance->host, handle, std::string_view(input.data, input.len));
    body(*instance->connector, call);
  });
}

}  // namespace

// ---------------------------------------------------------------- what a class does not override

void Connector::check_account(Call&) { not_there("account.check"); }
void Connector::register_webhooks(Call&, const std::string&) { not_there("webhook.register"); }
void Connector::receive_webhook(Call&, const Webhook&) { not_there("webhook.receive"); }

#define LOTBRIDGE_BASE(Input, function, name) \
  void Connector::function(Call&, const Input&) { not_there(name); }
LOTBRIDGE_BASE(Pull, pull_orders, "orders.pull")
LOTBRIDGE_BASE(Pull, pull_products, "products.pull")
LOTBRIDGE_BASE(Pull, pull_receipts, "receipts.pull")
LOTBRIDGE_BASE(Pull, pull_dispatches, "dispatches.pull")
LOTBRIDGE_BASE(Pull, pull_returns, "returns.pull")
LOTBRIDGE_BASE(Pull, pull_inventory, "inventory.pull")
#define LOTBRIDGE_BASE_OF(Part, function, name) \
  void Connector::function(Call&, const Instruction&, const Part&) { not_there(name); }
LOTBRIDGE_BASE_OF(LotsPlan, plan_lots, "lots.plan")
LOTBRIDGE_BASE_OF(LotsWrite, write_lots, "lots.write")
LOTBRIDGE_BASE_OF(PickSend, send_pick, "pick.send")
LOTBRIDGE_BASE_OF(FulfillmentsCreate, create_fulfillments, "fulfillments.create")
LOTBRIDGE_BASE_OF(StockWrite, write_stock, "stock.write")
LOTBRIDGE_BASE(Json, write_hold, "hold.write")
LOTBRIDGE_BASE(Json, notify_recall, "recall.notify")
#undef LOTBRIDGE_BASE
#undef LOTBRIDGE_BASE_OF

// ---------------------------------------------------------------- frames

namespace detail {

#define LOTBRIDGE_FRAME(function, input)                                                         \
  lb_status run_##function(lb_instance* instance, lb_call* handle, lb_bytes bytes) noexcept {    \
    return operation(instance, handle, bytes,                                                    \
                     [](Connector& connector, Call& call) { connector.function(call, input); }); \
  }
LOTBRIDGE_FRAME(pull_orders, pull_of(call))
LOTBRIDGE_FRAME(pull_products, pull_of(call))
LOTBRIDGE_FRAME(pull_receipts, pull_of(call))
LOTBRIDGE_FRAME(pull_dispatches, pull_of(call))
LOTBRIDGE_FRAME(pull_returns, pull_of(call))
LOTBRIDGE_FRAME(pull_inventory, pull_of(call))
LOTBRIDGE_FRAME(receive_webhook, webhook_of(call))
LOTBRIDGE_FRAME(register_webhooks, call.input()["url"].text())
#define LOTBRIDGE_INSTRUCTION_FRAME(Part, function)                                           \
  lb_status run_##function(lb_instance* instance, lb_call* handle, lb_bytes bytes) noexcept { \
    return operation(instance, handle, bytes, [](Connector& connector, Call& call) {          \
      const Instruction instruction = instruction_of(call);                                   \
      connector.function(call, instruction, part_of<Part>(instruction));                      \
    });                                                                                       \
  }
LOTBRIDGE_INSTRUCTION_FRAME(LotsPlan, plan_lots)
LOTBRIDGE_INSTRUCTION_FRAME(LotsWrite, write_lots)
LOTBRIDGE_INSTRUCTION_FRAME(PickSend, send_pick)
LOTBRIDGE_INSTRUCTION_FRAME(FulfillmentsCreate, create_fulfillments)
LOTBRIDGE_INSTRUCTION_FRAME(StockWrite, write_stock)
LOTBRIDGE_FRAME(write_hold, call.input())
LOTBRIDGE_FRAME(notify_recall, call.input())
#undef LOTBRIDGE_FRAME
#undef LOTBRIDGE_INSTRUCTION_FRAME

lb_status run_check_account(lb_instance* instance, lb_call* handle, lb_bytes bytes) noexcept {
  return operation(instance, handle, bytes,
                   [](Connector& connector, Call& call) { connector.check_account(call); });
}

lb_status open(const lb_host* host, lb_call* call, lb_bytes config, lb_instance** out,
               Maker make) noexcept {
  *out = nullptr;
  return framed(host, call, LB_CONFIG, [&] {
    const Json settings = Json::parse(std::string(config.data, config.len));
    *out = new lb_instance{host, make(settings)};
  });
}

void close(lb_instance* instance) noexcept { delete instance; }

}  // namespace detail
}  // namespace lotbridge
