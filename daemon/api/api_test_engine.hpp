// An engine that remembers what it was asked and answers as told, for tests of the HTTP side.
#pragma once

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
    const std::lock_guard lock(mutex);
    if (immediate) done({200, R"({"outcome":"applied","id":")" + document.id + R"("})"});
    documents.push_back(std::move(document));
    callers.push_back(std::move(caller));
    dones.push_back(std::move(done));
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
  void erase_customer(OrderName name, Caller, Done done) override {
    note("erase " + text(name), done);
  }
  void move_clock(Timestamp now, Caller, Done done) override { note("clock " + now.text(), done); }
  void accept_webhook(engine::HookDelivery hook, std::function<void(bool)> stored) override {
    calls.push_back("hook " + hook.connector + " " + hook.delivery + " " + hook.body);
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
  Figures figures() const override { return shown; }
  const core::Calendar& calendar() const override { std::abort(); }

  std::mutex mutex;
  bool immediate = true;  // answer in submit; else the test calls dones
  std::vector<Document> documents;
  std::vector<Caller> callers;
  std::vector<Done> dones;
  std::vector<std::string> calls;
  bool stores_webhooks = true;
  std::function<void(std::int64_t)> events;
  Figures shown;

 private:
  static std::string text(const OrderName& name) {
    return name.id + "@" + name.owner.value_or("-") + "/" + name.source.value_or("-");
  }
  void note(std::string call, const Done& done) {
    calls.push_back(std::move(call));
    done({200, R"({"done":true})"});
  }
};

}  // namespace lotbridge::api
