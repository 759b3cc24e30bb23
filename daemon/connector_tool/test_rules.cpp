// The rules of connector.h: no I/O of its own, no host function at the wrong time, an end when
// asked.
#include <chrono>
#include <lotbridge/failure.hpp>

#include "daemon/connector_tool/baseline.hpp"
#include "daemon/connector_tool/test.hpp"
#include "daemon/connector_tool/trap.hpp"

namespace lotbridge::connector_tool {
namespace {

void run_everything(const Context& context) {
  testing::Replay(*context.connector, "{}").open();
  for (const Scenario& scenario : context.package->scenarios) Bench(context, scenario).run();
}

Verdict untried(const Context& context, Forbidden sort) {
  if (!context.isolated)
    return Verdict::skip("only a child can be watched; run without --in-process");
  run_everything(context);
  std::string names;
  for (const std::string& name : tried(sort)) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? Verdict::pass() : Verdict::fail("it tried: " + names);
}

// Broken promises of all recordings whose text has this piece.
Verdict unbroken(const Context& context, const char* piece) {
  const auto bad = [&](const std::vector<std::string>& broken) -> const std::string* {
    for (const std::string& promise : broken) {
      if (promise.find(piece) != std::string::npos) return &promise;
    }
    return nullptr;
  };
  for (const Scenario& scenario : context.package->scenarios) {
    Bench bench(context, scenario);
    const auto outcome = bench.run();
    if (const auto* promise = bad(outcome.broken))
      return Verdict::fail(scenario.operation + ": " + *promise);
    // A fault leads into the connector's own error handling.
    for (std::size_t k = 0; k < scenario.tape.exchanges.size(); ++k) {
      Bench faulty(context, scenario, Bench::Match::any);
      faulty.replay.faults.emplace(k, HttpReply(500, {}, "{}"));
      if (const auto* promise = bad(faulty.run().broken))
        return Verdict::fail(scenario.operation + ": " + *promise);
    }
    // Two runs of one instance: a late call of the first would meet the second.
    Bench twice(context, scenario, Bench::Match::any);
    if (twice.replay.hold().status != LB_OK) continue;
    twice.run();
    twice.run();
    if (const auto late = twice.replay.release(); const auto* promise = bad(late))
      return Verdict::fail(scenario.operation + ": " + *promise);
  }
  return Verdict::pass();
}

Verdict ends_when_cancelled(const Context& context, const Scenario& scenario) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  const std::size_t calls = played.outcome.calls.size();
  for (std::size_t at = 0; at < calls; ++at) {
    Bench bench(context, scenario);
    std::size_t seen = 0, after = 0;
    bench.replay.on_host_call = [&](const char* function) {
      const bool counted = function != std::string_view("cancelled");
      const bool asked = seen >= at && (counted || after > 0);
      after += asked ? 1 : 0;
      seen += counted ? 1 : 0;
      return asked;
    };
    context.progress->at("cancelled at host call " + std::to_string(at) + " (" +
                         played.outcome.calls[at] + ")");
    const auto started = std::chrono::steady_clock::now();
    const auto outcome = bench.run();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::steady_clock::now() - started)
                          .count();
    const std::string where =
        "cancelled at " + played.outcome.calls[at] + " (host call " + std::to_string(at) + ") ";
    if (took > 1000)
      return Verdict::fail(where + "it returned after " + std::to_string(took) + " ms");
    if (after > 100)
      return Verdict::fail(where + "it went on with " + std::to_string(after) + " calls");
    if (outcome.status != LB_CANCELLED)
      return Verdict::fail(where + "it ended with " + status_name(outcome.status));
  }
  return Verdict::pass();
}

void add(Tests& tests, const char* name, const char* sentence,
         std::function<Verdict(const Context&)> run) {
  const std::string id = std::string("rules/") + name;
  tests.push_back({id, id, sentence, std::move(run)});
}

}  // namespace

void add_rules_tests(Tests& tests, const Package& package, const Offer& offer) {
  if (!offer.loaded) return;
  const auto never = [](Forbidden sort) {
    return [sort](const Context& context) { return untried(context, sort); };
  };
  add(tests, "no-thread", "It starts no thread.", never(Forbidden::thread));
  add(tests, "no-socket", "It opens no socket.", never(Forbidden::socket));
  add(tests, "no-file", "It opens no file once it is loaded.", never(Forbidden::file));
  add(tests, "no-process", "It starts and signals no process.", never(Forbidden::process));
  add(tests, "no-call-in-catch", "It waits for nothing while an exception is in flight.",
      [](const Context& context) { return unbroken(context, "inside a catch"); });
  add(tests, "no-late-call", "It calls no host function after an operation has returned.",
      [](const Context& context) { return unbroken(context, "after the operation"); });
  add(tests, "no-io-in-open", "Opening an account does no I/O.",
      [](const Context& context) { return unbroken(context, "while an instance was opened"); });
  for (const Scenario& scenario : package.scenarios) {
    tests.push_back(
        {"rules/" + scenario.name + "/cancel", "rules/cancel",
         "It returns within a second of being cancelled at each host call.",
         [&scenario](const Context& context) { return ends_when_cancelled(context, scenario); }});
  }
}

}  // namespace lotbridge::connector_tool
