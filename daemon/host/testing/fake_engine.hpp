// The engine as the host sees it, for the host's tests: an inbox, an outbox, cursors and what was
// submitted.
//
// Everything is answered at once, on the caller's thread. What the host does not use answers
// "unavailable".
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "daemon/engine/engine.hpp"

namespace lotbridge::host::testing {

class FakeEngine final : public engine::Engine {
 public:
  struct Settled {
    std::int64_t id;
    engine::InstructionResult result;
  };
  struct Failed {
    std::int64_t id;
    bool retry;
    std::string error;
  };

  // ---- what a test puts in and looks at; waits at most some seconds for a condition
  void add_hook(engine::HookDelivery delivery) {
    accept_webhook(std::move(delivery), [](bool) {});
  }
  void add_instruction(engine::Instruction instruction) {
    {
      const std::lock_guard lock(mutex_);
      instruction.id = ++last_id_;
      outbox_.push_back(std::move(instruction));
    }
    wake();
  }
  template <typename Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), condition);
  }
  // Guarded by the lock inside wait(); otherwise look at them when the host has stopped.
  std::vector<engine::ConnectorBatch> batches;
  std::vector<Settled> settled;
  std::vector<Failed> failed;
  std::map<std::string, std::string> cursors;
  std::map<std::string, std::string> tokens;
  bool refuse_batches = false;

  std::vector<Document> documents() const {
    std::vector<Document> out;
    for (const auto& batch : batches) {
      for (const auto& record : batch.records) {
        if (const auto* document = std::get_if<Document>(&record)) out.push_back(*document);
      }
    }
    return out;
  }
  std::vector<engine::Unreadable> unreadable() const {
    std::vector<engine::Unreadable> out;
    for (const auto& batch : batches) {
      for (const auto& record : batch.records) {
        if (const auto* bad = std::get_if<engine::Unreadable>(&record)) out.push_back(*bad);
      }
    }
    return out;
  }

  // ---- what the host uses
  void accept_webhook(engine::HookDelivery delivery, std::function<void(bool)> stored) override {
    {
      const std::lock_guard lock(mutex_);
      inbox_.push_back(
          {++last_id_, delivery.delivery, delivery.topic, delivery.headers_json, delivery.body, 0});
    }
    stored(true);
    wake();
  }
  void submit_batch(engine::ConnectorBatch batch, std::function<void(Refused)> done) override {
    bool refused = false;
    {
      const std::lock_guard lock(mutex_);
      refused = refuse_batches;
      if (!refused) {
        if (batch.cursor) cursors[batch.operation] = *batch.cursor;
        if (batch.token) tokens[batch.token->secret] = batch.token->state;
        std::erase_if(inbox_, [&](const auto& message) { return message.id == batch.inbox_id; });
        batches.push_back(std::move(batch));
      }
      changed_.notify_all();
    }
    done(refused ? Refused(Problem{"unavailable", "the disk is full", {}}) : std::nullopt);
  }
  std::vector<engine::InboxMessage> take_inbox(const std::string&, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<engine::InboxMessage> out;
    for (const auto& message : inbox_) {
      if (out.size() < limit && taken_.insert(message.id).second) out.push_back(message);
    }
    return out;
  }
  void fail_inbox(std::int64_t id, bool retry, std::string error) override {
    const std::lock_guard lock(mutex_);
    failed.push_back({id, retry, std::move(error)});
    changed_.notify_all();
  }
  std::vector<engine::Instruction> take_instructions(const std::string&,
                                                     std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<engine::Instruction> out;
    while (!outbox_.empty() && out.size() < limit) {
      out.push_back(std::move(outbox_.front()));
      outbox_.pop_front();
    }
    return out;
  }
  void settle(std::int64_t id, engine::InstructionResult result,
              std::function<void()> done) override {
    {
      const std::lock_guard lock(mutex_);
      settled.push_back({id, std::move(result)});
      changed_.notify_all();
    }
    done();
  }
  std::optional<std::string> cursor(const std::string&, const std::string& operation) override {
    const std::lock_guard lock(mutex_);
    const auto found = cursors.find(operation);
    return found == cursors.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<std::string> token(const std::string&, const std::string& secret) override {
    const std::lock_guard lock(mutex_);
    const auto found = tokens.find(secret);
    return found == tokens.end() ? std::nullopt : std::optional(found->second);
  }
  void on_work(std::function<void()> wake) override { wake_ = std::move(wake); }
  void wake() {
    if (wake_) wake_();
  }

  // ---- the rest
  void start() override {}
  void stop() override {}
  void submit(Document, engine::Caller, engine::Done done) override { done({503, "{}"}); }
  void preview(Document, engine::Caller, engine::Done done) override { done({503, "{}"}); }
  void command(OrderCommand, OrderName, engine::Caller, engine::Done done) override {
    done({503, "{}"});
  }
  void substitute(OrderName, core::Substitute, engine::Caller, engine::Done done) override {
    done({503, "{}"});
  }
  void order_answer(OrderName, engine::Caller, engine::Done done) override { done({503, "{}"}); }
  void ask(std::function<void(const core::State&, const core::Context&)>) override {}
  void retry_parked(std::int64_t, engine::Caller, engine::Done done) override { done({503, "{}"}); }
  void discard_parked(std::int64_t, engine::Caller, engine::Done done) override {
    done({503, "{}"});
  }
  void retry_delivery(std::int64_t, engine::Caller, engine::Done done) override {
    done({503, "{}"});
  }
  void close_alert(std::int64_t, std::string, engine::Caller, engine::Done done) override {
    done({503, "{}"});
  }
  void answer_recall(RecallName, RecallResponse, engine::Caller, engine::Done done) override {
    done({503, "{}"});
  }
  void close_recall(RecallName, std::string, std::string, engine::Caller,
                    engine::Done done) override {
    done({503, "{}"});
  }
  void keep_recall_report(std::int64_t, std::string, std::int64_t) override {}
  void accept_alert(std::int64_t, engine::Caller, engine::Done done) override { done({503, "{}"}); }
  void close_transfer(OrderName, std::string, engine::Caller, engine::Done done) override {
    done({503, "{}"});
  }
  void erase_customer(OrderName, engine::Caller, engine::Done done) override { done({503, "{}"}); }
  void move_clock(Timestamp, engine::Caller, engine::Done done) override { done({503, "{}"}); }
  void on_events(std::function<void(std::int64_t)>) override {}
  Figures figures() const override { return {}; }
  const core::Calendar& calendar() const override { std::abort(); }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t last_id_ = 0;
  std::deque<engine::InboxMessage> inbox_;
  std::set<std::int64_t> taken_;
  std::deque<engine::Instruction> outbox_;
  std::function<void()> wake_;
};

}  // namespace lotbridge::host::testing
