// The turns of an account's lanes: what is taken from the engine, how an operation is asked, what
// its end means for that piece of work.
#include <algorithm>
#include <condition_variable>
#include <future>

#include <lotbridge/failure.hpp>

#include "daemon/host/account.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

constexpr std::size_t kWebhooksPerTurn = 64;
constexpr std::int32_t kMostAttempts = 10;  // of a webhook that the connector breaks on
constexpr std::int64_t kWebhookDeadline = 60'000, kCheckDeadline = 60'000, kPullDeadline = 600'000,
                       kInstructionDeadline = 120'000;

// Lets a turn send many batches and wait for all of them at its end.
class Latch {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++open_;
  }
  void done() {
    const std::lock_guard lock(mutex_);
    --open_;
    changed_.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int open_ = 0;
};

std::string webhook_input(const engine::InboxMessage& message) {
  return json_object({{"id", message.delivery},
                      {"topic", message.topic},
                      {"headers",
                       JsonText::raw(message.headers_json.empty() ? "{}" : message.headers_json)},
                      {"body", message.body}})
      .str();
}

std::int64_t bounded(std::uint64_t milliseconds) {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(milliseconds, 86'400'000));
}

std::int64_t steady_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void Account::turn(LaneKind kind) {
  Lane& of = lane(kind);
  of.knocked = false;
  of.looked_at = steady_now_ms();
  try {
    if (kind == LaneKind::webhooks) turn_webhooks();
    if (kind == LaneKind::pulls) turn_pulls();
    if (kind == LaneKind::writes) turn_writes();
  } catch (const std::exception& error) {  // no memory, say: the daemon goes on
    of.not_before = now() + pause_after_failure(1);
    log::error("a turn of a connector failed",
               {{"connector", config_.name}, {"error", error.what()}});
  }
}

// ---------------------------------------------------------------- webhooks

void Account::turn_webhooks() {
  Lane& of = lane(LaneKind::webhooks);
  const std::string operation = "webhook.receive/1";
  if (!connector_->offers(operation)) return;
  const auto messages = shared_.engine.take_inbox(config_.name, kWebhooksPerTurn);
  if (messages.size() == kWebhooksPerTurn) of.knocked = true;
  // Shared with the callbacks, which may outlive a turn that ends early.
  const auto latch = std::make_shared<Latch>();
  bool go_on = true;
  for (const engine::InboxMessage& message : messages) {
    if (!go_on || cancelled_) {
      shared_.engine.fail_inbox(message.id, true,
                                "not tried: an earlier webhook failed for a passing reason");
      continue;
    }
    const auto store = [&](RunningCall::Batch batch) {
      engine::ConnectorBatch out{config_.name, operation, std::move(batch.records), std::nullopt,
                                 batch.last ? message.id : 0};
      latch->add();
      shared_.engine.submit_batch(std::move(out), [latch](const Refused&) { latch->done(); });
      return true;
    };
    const auto ending = run(LaneKind::webhooks, operation, webhook_input(message), message.delivery,
                            kWebhookDeadline, store, true);
    if (ending.status == LB_OK) continue;
    const bool hopeless = ending.status == LB_BAD_RECORD || ending.status == LB_UNSUPPORTED ||
                          (ending.status == LB_BUG && message.attempts + 1 >= kMostAttempts);
    shared_.engine.fail_inbox(message.id, !hopeless, ending.text());
    const bool passing = ending.status == LB_RETRY || ending.status == LB_RATE_LIMITED ||
                         ending.status == LB_AUTH || ending.status == LB_CONFIG;
    if (passing) go_on = false;
    if (ending.status == LB_RATE_LIMITED) of.not_before = now() + bounded(ending.retry_after_ms);
  }
  latch->wait();
}

// ---------------------------------------------------------------- pulls

void Account::turn_pulls() {
  if (keys_due()) return read_keys();
  Pull* next = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (state_ == State::ready) {
      for (Pull& pull : pulls_) {
        // The one that has waited longest, so that no feed starves another.
        if (!pull.off && pull.next_at <= now() && (!next || pull.next_at < next->next_at))
          next = &pull;
      }
    }
  }
  // pulls_ never changes its size, and this lane is the only one that runs its entries.
  if (next != nullptr) {
    pull(*next);
  } else {
    check_account();
  }
}

void Account::check_account() {
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::starting && state_ != State::paused) return;
  }
  const auto ending =
      run(LaneKind::pulls, "account.check/1", "{}", "account.check/1", kCheckDeadline, {});
  const std::lock_guard lock(mutex_);
  if (state_ == State::stopped || state_ == State::quarantined) return;
  if (ending.status != LB_OK) {
    if (ending.status == LB_AUTH || ending.status == LB_CONFIG)
      return;  // paused, and checked again in a while
    const std::int64_t told = ending.status == LB_RATE_LIMITED ? bounded(ending.retry_after_ms) : 0;
    check_at_ = now() + std::max(pause_after_failure(++check_failures_), told);
    reason_ = "the account could not be checked yet: " + ending.text();
    return;
  }
  check_failures_ = 0;
  state_ = State::ready;
  reason_.clear();
  try {
    if (!ending.result.empty()) account_name_ = Json::parse(ending.result)["account"].text_or("");
  } catch (const Failure&) {
    account_name_.clear();  // a name is a comfort, not a condition
  }
  log::info("a connector is ready", {{"connector", config_.name}, {"account", account_name_}});
  knock();
}

void Account::pull(Pull& pull) {
  JsonText cursor;
  if (auto stored = shared_.engine.cursor(config_.name, pull.operation))
    cursor = JsonText::raw(std::move(*stored));
  std::string input = json_object({{"cursor", cursor}, {"start_at", config_.start_at}}).str();
  if (pull.operation == "webhook.register/1") {
    input = json_object({{"url", shared_.settings.hook_base_url + "/hooks/" + config_.name}}).str();
  }
  const auto ending =
      run(LaneKind::pulls, pull.operation, input, pull.operation, kPullDeadline,
          [&](RunningCall::Batch batch) { return store(pull.operation, std::move(batch)); });
  const std::lock_guard lock(mutex_);
  switch (ending.status) {
    case LB_OK:
      pull.failures = 0;
      pull.next_at = now() + pull.every_ms;
      break;
    case LB_CANCELLED:
      pull.next_at = now();
      break;  // its deadline came: it goes on where it is
    case LB_UNSUPPORTED:
      pull.off = true;
      break;
    case LB_RATE_LIMITED:
      pull.next_at = now() + std::max<std::int64_t>(bounded(ending.retry_after_ms), 1000);
      break;
    default:
      pull.next_at = now() + pause_after_failure(++pull.failures);
  }
}

// ---------------------------------------------------------------- instructions

void Account::turn_writes() {
  // One at a time: what the platform answers to this one belongs to the next one's references.
  auto instructions = shared_.engine.take_instructions(config_.name, 1);
  if (instructions.empty()) return;
  lane(LaneKind::writes).knocked = true;
  carry_out(std::move(instructions.front()));
}

void Account::carry_out(engine::Instruction instruction) {
  const auto ending = run(LaneKind::writes, instruction.operation, instruction.body,
                          instruction.key, kInstructionDeadline, {});
  engine::InstructionResult result;
  using Kind = engine::InstructionResult::Kind;
  switch (ending.status) {
    case LB_OK:
      result.result_json = ending.result.empty() ? "{}" : ending.result;
      break;
    case LB_BAD_RECORD:
    case LB_UNSUPPORTED:
      result.kind = Kind::dead;
      break;
    default:
      result.kind = Kind::retry;
  }
  if (ending.status != LB_OK) result.error = ending.text();
  if (ending.status == LB_CANCELLED) result.retry_after_ms = 0;
  if (ending.status == LB_RATE_LIMITED) {
    result.retry_after_ms = std::max<std::int64_t>(bounded(ending.retry_after_ms), 1000);
    // The next instruction would meet the same limit.
    lane(LaneKind::writes).not_before = now() + *result.retry_after_ms;
  }
  const auto settled = std::make_shared<std::promise<void>>();
  shared_.engine.settle(instruction.id, std::move(result), [settled] { settled->set_value(); });
  settled->get_future().wait();
}

}  // namespace lotbridge::host
