// One fault at every single recorded request: the right class, no damage, and the next run
// completes.
#include <algorithm>

#include <lotbridge/failure.hpp>

#include "daemon/connector_tool/baseline.hpp"
#include "daemon/connector_tool/faults.hpp"
#include "daemon/connector_tool/test.hpp"

namespace lotbridge::connector_tool {
namespace {

using testing::Outcome;
using Well = Fault::Well;

constexpr std::uint64_t kAsked = 7000;         // milliseconds of the Retry-After
constexpr std::uint64_t kLongSleep = 600'000;  // that nobody asked for

bool same_output(const Outcome& run, const Outcome& baseline) {
  const auto ids = [](const Outcome& outcome) {
    std::vector<std::string> out;
    for (const testing::Emitted& record : outcome.handed_over) out.push_back(id_of(record));
    return out;
  };
  return ids(run) == ids(baseline) && run.result.empty() == baseline.result.empty();
}

std::string ended(const Outcome& run) {
  return std::string("it ended with ") + status_name(run.status) +
         (run.message.empty() ? "" : " (" + shortened(run.message, 160) + ")");
}

// Of what the operation did, with `fault` in it. Empty: it may.
std::string judged(const Fault& fault, const Bench& bench, const Outcome& run,
                   const Outcome& baseline, std::size_t writes) {
  if (bench.endless()) return "it went on asking and asking";
  if (run.status != LB_OK) {
    if (std::find(fault.ends.begin(), fault.ends.end(), run.status) == fault.ends.end())
      return ended(run);
    if (run.message.empty()) return ended(run) + " and gave no reason";
    if (run.status == LB_RATE_LIMITED && fault.name == std::string_view("429") &&
        run.retry_after_ms < kAsked)
      return "it passed on a wait of " + std::to_string(run.retry_after_ms) + " ms instead of 7 s";
    return {};
  }
  if (run.slept_ms > kLongSleep) return "it slept for " + std::to_string(run.slept_ms) + " ms";
  switch (fault.well) {
    case Well::any:
      return {};
    case Well::never:
      return "it ended well, as if nothing had happened";
    case Well::done:
      if (fault.name == std::string_view("429") && run.slept_ms < kAsked)
        return "it ended well without waiting as long as it was asked to";
      if (bench.effects().size() < writes) return "it ended well, but what it wrote never arrived";
      [[fallthrough]];
    case Well::same_output:
      if (!same_output(run, baseline))
        return "it ended well with other records than without the fault";
  }
  return {};
}

// What the baseline emitted after the answer to request `k`.
std::set<std::string> behind(const Outcome& baseline, std::size_t k) {
  std::set<std::string> out;
  std::size_t requests = 0, records = 0;
  for (const std::string& call : baseline.calls) {
    if (call == "http") ++requests;
    if (call != "emit") continue;
    if (requests > k && records < baseline.handed_over.size())
      out.insert(id_of(baseline.handed_over[records]));
    ++records;
  }
  return out;
}

std::set<std::string> lacking(const std::set<std::string>& wanted,
                              const std::set<std::string>& have) {
  std::set<std::string> out;
  std::set_difference(wanted.begin(), wanted.end(), have.begin(), have.end(),
                      std::inserter(out, out.begin()));
  return out;
}

Verdict next_run(const Scenario& scenario, const Fault& fault, Bench& bench, const Outcome& run,
                 const std::set<std::string>& wanted) {
  if (!fault.needs_next) bench.before = nullptr;
  bench.match = Bench::Match::any;
  bench.second_time = !bench.effects().empty();
  auto have = ids_of(run);
  if (run.status != LB_OK || scenario.is_pull()) {
    const Outcome next = bench.run();
    have.merge(ids_of(next));
    const bool complete = lacking(wanted, have).empty() && scenario.is_pull();
    const std::string expected = scenario.tape.ends.empty() ? "ok" : scenario.tape.ends;
    // Other records than recorded may lead to other questions, about which the recording is silent.
    const bool other_records = fault.needs_next || fault.needs_previous;
    if (!complete && !bench.mismatch().empty() && other_records) return Verdict::pass();
    if (!complete && !bench.mismatch().empty())
      return Verdict::fail("the next run asks for what was not recorded: " +
                           shortened(bench.mismatch(), 600));
    if (!complete && status_name(next.status) != expected)
      return Verdict::fail("in the next run, without the fault, " + ended(next));
  }
  if (const std::string twice = bench.doubled(); !twice.empty())
    return Verdict::fail(twice +
                         "; where the connector reads before it writes, record the second "
                         "run under 'again'");
  if (const auto lost = lacking(wanted, have); !lost.empty())
    return Verdict::fail("after the next run these never came: " + listed(lost));
  return Verdict::pass();
}

Verdict survives(const Context& context, const Scenario& scenario, const Fault& fault,
                 std::size_t k) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  Bench bench(context, scenario, Bench::Match::any);
  const bool clock = fault.clock != Fault::Clock::still;
  if (clock) bench.match = Bench::Match::nearest;
  bench.before = [&](std::size_t n, const HttpRequest& asked) -> std::optional<testing::Answered> {
    if (clock && n == k)
      bench.replay.now.ms += fault.clock == Fault::Clock::back ? -3'600'000 : 86'400'000;
    auto answer = instead(fault, scenario.tape, k, n, asked);
    if (answer) bench.replay.now.ms += fault.takes_ms;
    const bool reached =
        fault.name == std::string_view("lost-answer") ||
        (answer && std::holds_alternative<HttpReply>(*answer) && std::get<HttpReply>(*answer).ok());
    if (answer && reached) bench.arrived(asked);
    return answer;
  };
  const auto writes = static_cast<std::size_t>(
      std::count_if(scenario.tape.exchanges.begin(), scenario.tape.exchanges.end(),
                    [](const Exchange& exchange) { return is_write(exchange.request); }));
  const Outcome run = bench.run();
  const std::string bad = judged(fault, bench, run, played.outcome, writes);
  if (!bad.empty()) return Verdict::fail(bad);
  if (clock) return Verdict::pass();
  const auto wanted = fault.needs_next ? behind(played.outcome, k + 1) : ids_of(played.outcome);
  return next_run(scenario, fault, bench, run, wanted);
}

Verdict survives_file_faults(const Context& context, const Scenario& scenario) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  Bench counting(context, scenario);
  counting.run();
  for (std::size_t k = 0; k < counting.drop.calls.size(); ++k) {
    Bench bench(context, scenario);
    std::size_t n = 0;
    bench.drop.on_call = [&](const std::string&) { return n++ == k ? LB_RETRY : LB_OK; };
    const Outcome run = bench.run();
    const std::string where = "where '" + counting.drop.calls[k] + "' failed, ";
    if (run.status != LB_RETRY && run.status != LB_OK) return Verdict::fail(where + ended(run));
    bench.drop.on_call = nullptr;
    const Outcome next = bench.run();
    if (next.status != LB_OK) return Verdict::fail(where + "then, in the next run, " + ended(next));
    auto have = ids_of(run);
    have.merge(ids_of(next));
    if (const auto lost = lacking(ids_of(played.outcome), have); !lost.empty())
      return Verdict::fail(where + "these never came: " + listed(lost));
    if (bench.drop.outbound != counting.drop.outbound || bench.drop.done != counting.drop.done)
      return Verdict::fail(where + "the files are not where they should be after the next run");
  }
  return Verdict::pass();
}

}  // namespace

void add_faults_tests(Tests& tests, const Package& package, const Offer& offer) {
  if (!offer.loaded) return;
  for (const Scenario& scenario : package.scenarios) {
    if (!scenario.tape.ends.empty()) continue;
    for (std::size_t k = 0; k < scenario.tape.exchanges.size(); ++k) {
      for (const Fault& fault : all_faults()) {
        if (!applies(fault, scenario.tape, k)) continue;
        if (fault.needs_previous && !scenario.is_pull()) continue;
        if (fault.needs_next && !scenario.is_pull()) continue;
        tests.push_back({"faults/" + scenario.name + "/" + std::to_string(k) + "/" + fault.name,
                         std::string("faults/") + fault.name, fault.sentence,
                         [&scenario, &fault, k](const Context& context) {
                           return survives(context, scenario, fault, k);
                         }});
      }
    }
    const bool by_files = scenario.tape.exchanges.empty() && scenario.is_instruction();
    if (by_files || !scenario.tape.files.empty()) {
      tests.push_back({"faults/" + scenario.name + "/files", "faults/files",
                       "A file place that is away for a moment loses nothing.",
                       [&scenario](const Context& context) {
                         return survives_file_faults(context, scenario);
                       }});
    }
  }
}

}  // namespace lotbridge::connector_tool
