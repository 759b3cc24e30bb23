// An engine that remembers what it was asked and answers as told, for tests of the HTTP side.
#pragma once

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/engine/engine.hpp"

namespace lotbridge::api {

class FakeEngine : public engine::Engine {
 public:
  using Caller = engine::Caller;
  using Done = engine::Done;

  void start() override {}
  void stop() override {}
  void submit(Document document, Caller caller, Done done) override {
    const std::string answer = R"({"outcome":"applied","id":")" + document.id + R"("})";
    {
      const std::lock_guard lock(mutex);
      documents_.push_back(std::move(document));
      callers_.push_back(std::move(caller));
      dones_.push_back(done);
    }
    if (immediate) done({200, answer});
  }
  void preview(Document order, Caller, Done done) override { note("preview " + order.id, done); }
  void command(OrderCommand what, OrderName name, Caller, Done done) override {
    note((what == OrderCommand::allocate ? "allocate " : "reoptimize ") + text(name), done);
  }
  void substitute(OrderName name, core::Substitute body, Caller, Done done) override {
    note("substitute " + text(name) + " " + body.line + " " + body.lot.text + ">" +
             body.new_lot.text + " " + body.quantity.text() + " " + body.reason,
         done);
  }
  void order_answer(OrderName name, Caller, Done done) override {
    note("order " + text(name), done);
  }
  void ask(std::function<void(const core::State&, const core::Context&)>) override {}
  void retry_parked(std::int64_t id, Caller, Done done) override {
    note("retry parked " + std::to_string(id), done);
  }
  void discard_parked(std::int64_t id, Caller, Done done) override {
    note("discard parked " + std::to_string(id), done);
  }
  void retry_delivery(std::int64_t id, Caller, Done done) override {
    note("retry delivery " + std::to_string(id), done);
  }
  void close_alert(std::int64_t id, std::string with, Caller, Done done) override {
    note("close alert " + std::to_string(id) + " " + with, done);
  }
  void answer_recall(RecallName, RecallResponse, Caller, Done done) override { done({503, "{}"}); }
  void close_recall(RecallName, std::string, std::string, Caller, Done done) override {
    done({503, "{}"});
  }
  void keep_recall_report(std::int64_t, std::string, std::int64_t) override {}
  void accept_alert(std::int64_t id, Caller, Done done) override {
    note("accept alert " + std::to_string(id), done);
  }
  void close_transfer(OrderName name, std::string reason, Caller, Done done) override {
    note("close transfer " + text(name) + " " + reason, done);
  }
  void erase_customer(OrderName name, Caller, Done done) override {
    note("erase " + text(name), done);
  }
  void move_clock(Timestamp now, Caller, Done done) override { note("clock " + now.text(), done); }
  void accept_webhook(engine::HookDelivery hook, std::function<void(bool)> stored) override {
    {
      const std::lock_guard lock(mutex);
      calls_.push_back("hook " + hook.connector + " " + hook.delivery + " " + hook.body);
    }
    stored(stores_webhooks);
  }
  void submit_batch(engine::ConnectorBatch, std::function<void(Refused)>) override {}
  std::vector<engine::InboxMessage> take_inbox(const std::string&, std::size_t) override {
    return {};
  }
  void fail_inbox(std::int64_t, bool, std::string) override {}
  std::vector<engine::Instruction> take_instructions(const std::string&, std::size_t) override {
    return {};
  }
  void settle(std::int64_t, engine::InstructionResult, std::function<void()>) override {}
  std::optional<std::string> cursor(const std::string&, const std::string&) override { return {}; }
  void on_work(std::function<void()>) override {}
  void on_events(std::function<void(std::int64_t)> call) override { events = std::move(call); }
  Figures figures() const override {
    const std::lock_guard lock(mutex);
    return shown_;
  }
  void show(const Figures& figures) {
    const std::lock_guard lock(mutex);
    shown_ = figures;
  }
  const core::Calendar& calendar() const override { std::abort(); }

  // What was asked so far; copies, because the server's threads go on asking.
  std::vector<Document> documents() { return copy(documents_); }
  std::vector<Caller> callers() { return copy(callers_); }
  std::vector<Done> dones() { return copy(dones_); }
  std::vector<std::string> calls() { return copy(calls_); }

  std::atomic<bool> immediate{true};  // answer in submit; else the test calls dones
  std::atomic<bool> stores_webhooks{true};
  std::function<void(std::int64_t)> events;

 private:
  static std::string text(const OrderName& name) {
    return name.id + "@" + name.owner.value_or("-") + "/" + name.source.value_or("-");
  }
  void note(std::string call, const Done& done) {
    {
      const std::lock_guard lock(mutex);
      calls_.push_back(std::move(call));
    }
    done({200, R"({"done":true})"});
  }
  template <typename T>
  T copy(const T& list) {
    const std::lock_guard lock(mutex);
    return list;
  }

  mutable std::mutex mutex;
  Figures shown_;
  std::vector<Document> documents_;
  std::vector<Caller> callers_;
  std::vector<Done> dones_;
  std::vector<std::string> calls_;
};

}  // namespace lotbridge::api
