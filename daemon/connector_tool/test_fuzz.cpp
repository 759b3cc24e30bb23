// Answers and inputs made wrong by a seed: whatever comes, no crash, no endless run, no leak.
#include <malloc.h>

#include <chrono>

#include <lotbridge/failure.hpp>

#include "daemon/connector_tool/baseline.hpp"
#include "daemon/connector_tool/mutate.hpp"
#include "daemon/connector_tool/test.hpp"

namespace lotbridge::connector_tool {
namespace {

using testing::Outcome;

constexpr int kRounds = 1500;
constexpr std::size_t kLeak = 64 * 1024;

std::string judged(const Outcome& run, const Bench& bench) {
  if (bench.endless()) return "it went on asking and asking";
  if (run.status < LB_OK || run.status > LB_BUG)
    return "it ended with a status that there is not: " + std::to_string(run.status);
  if (run.status == LB_BUG && !run.stopped)
    return "it ended with bug, which would quarantine the account: " + run.message;
  return {};
}

Outcome with_wrong_answer(const Context& context, const Scenario& scenario, Random& random,
                          std::string& bad) {
  Bench bench(context, scenario, Bench::Match::nearest);
  const std::size_t k = random() % scenario.tape.exchanges.size();
  bench.before = [&](std::size_t n, const HttpRequest&) -> std::optional<testing::Answered> {
    if (n != k) return std::nullopt;
    const Exchange& recorded = scenario.tape.exchanges[k];
    static constexpr int kCodes[] = {200, 200, 200, 201, 204, 302, 400, 418, 422, 451, 502};
    const int code = random() % 3 == 0 ? kCodes[random() % std::size(kCodes)] : recorded.code;
    return HttpReply(code, recorded.headers, mutated(recorded.body, random));
  };
  Outcome run = bench.run();
  bad = judged(run, bench);
  return run;
}

Outcome with_wrong_input(const Context& context, const Scenario& scenario, Random& random,
                         std::string& bad) {
  Bench bench(context, scenario, Bench::Match::nearest);
  Outcome run = bench.run_with(mutated(scenario.input, random));
  bad = judged(run, bench);
  return run;
}

using Try = Outcome (*)(const Context&, const Scenario&, Random&, std::string&);

// One round, by its own seed, so that it can be repeated alone.
std::string round(const Context& context, Try attempt, bool needs_answers, std::uint64_t seed) {
  Random random(seed);
  std::vector<const Scenario*> usable;
  for (const Scenario& scenario : context.package->scenarios) {
    if (!needs_answers || !scenario.tape.exchanges.empty()) usable.push_back(&scenario);
  }
  if (usable.empty()) return {};
  const Scenario& scenario = *usable[random() % usable.size()];
  std::string bad;
  attempt(context, scenario, random, bad);
  return bad.empty() ? "" : scenario.operation + ": " + bad;
}

Verdict fuzzed(const Context& context, Try attempt, bool needs_answers) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(context.fuzz_ms);
  for (std::uint64_t n = 0;; ++n) {
    const bool over = context.fuzz_ms > 0 ? std::chrono::steady_clock::now() > until : n >= kRounds;
    if (over) return Verdict::pass();
    context.progress->seed = context.seed + n;
    const std::string bad = round(context, attempt, needs_answers, context.seed + n);
    if (!bad.empty()) return Verdict::fail(bad);
  }
}

Verdict no_leak(const Context& context) {
  const auto pass = [&] {
    for (std::uint64_t n = 0; n < 60; ++n) {
      round(context, with_wrong_answer, true, context.seed + n);
      round(context, with_wrong_input, false, context.seed + n);
    }
  };
  pass();
  pass();
  const auto before = mallinfo2().uordblks;
  for (int n = 0; n < 4; ++n) pass();
  const auto after = mallinfo2().uordblks;
  if (after <= before + kLeak) return Verdict::pass();
  return Verdict::fail("480 runs with wrong data kept " + std::to_string((after - before) / 1024) +
                       " KiB");
}

}  // namespace

void add_fuzz_tests(Tests& tests, const Package& package, const Offer& offer) {
  if (!offer.loaded || package.scenarios.empty()) return;
  tests.push_back(
      {"fuzz/answers", "fuzz/answers",
       "Answers made wrong at random end with a status, and never with bug.",
       [](const Context& context) { return fuzzed(context, with_wrong_answer, true); }});
  tests.push_back(
      {"fuzz/inputs", "fuzz/inputs",
       "Inputs made wrong at random end with a status, and never with bug.",
       [](const Context& context) { return fuzzed(context, with_wrong_input, false); }});
  tests.push_back({"fuzz/leak", "fuzz/leak", "Wrong data keep no memory.", no_leak});
}

}  // namespace lotbridge::connector_tool
