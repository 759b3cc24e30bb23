// What goes out: once, however often it is asked for; whole, or not at all.
#include <algorithm>

#include <lotbridge/failure.hpp>
#include <lotbridge/instructions.hpp>
#include <lotbridge/json.hpp>

#include "daemon/connector_tool/baseline.hpp"
#include "daemon/connector_tool/test.hpp"

namespace lotbridge::connector_tool {
namespace {

using testing::Outcome;

constexpr const char* kAgain =
    "; where the connector reads before it writes, record the second run under 'again'";

Verdict twice_is_once(const Context& context, const Scenario& scenario) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  Bench bench(context, scenario, Bench::Match::any);
  if (const auto held = bench.replay.hold(); held.status != LB_OK)
    return Verdict::fail("open failed: " + held.message);
  bench.run();
  const auto written = bench.drop.outbound;
  bench.second_time = true;
  const Outcome second = bench.run();
  if (!bench.mismatch().empty())
    return Verdict::fail("the second time it asks for what was not recorded: " +
                         shortened(bench.mismatch(), 600) + kAgain);
  if (second.status != LB_OK)
    return Verdict::fail(std::string("the second time ends with ") + status_name(second.status) +
                         ": " + second.message);
  if (const std::string doubled = bench.doubled(); !doubled.empty())
    return Verdict::fail(doubled + kAgain);
  if (bench.drop.outbound != written)
    return Verdict::fail("the second time it writes another file");
  return Verdict::pass();
}

// The process dies after a write has reached the platform and before its answer is back.
Verdict died_in_between(const Context& context, const Scenario& scenario) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  for (std::size_t k = 0; k < scenario.tape.exchanges.size(); ++k) {
    if (!is_write(scenario.tape.exchanges[k].request)) continue;
    Bench bench(context, scenario, Bench::Match::any);
    bench.before = [&](std::size_t n,
                       const HttpRequest& asked) -> std::optional<testing::Answered> {
      if (n != k) return std::nullopt;
      bench.arrived(asked);
      bench.replay.on_host_call = [](const char*) { return true; };
      return LB_CANCELLED;
    };
    bench.run();
    bench.before = nullptr;
    bench.replay.on_host_call = nullptr;
    bench.second_time = true;
    const Outcome next = bench.run();
    const std::string where = "killed while request " + std::to_string(k) + " was answered, ";
    if (const std::string doubled = bench.doubled(); !doubled.empty())
      return Verdict::fail(where + "then run again: " + doubled + kAgain);
    if (next.status != LB_OK)
      return Verdict::fail(
          where + "the next run ends with " + status_name(next.status) + ": " +
          (bench.mismatch().empty() ? next.message : shortened(bench.mismatch(), 600)));
  }
  return Verdict::pass();
}

// ---------------------------------------------------------------- lots at their limits

struct LotLimits {
  std::size_t max_length = 60;  // of a lot code in Lotbridge
  std::string charset;
  bool many_per_line = true;
};

LotLimits limits_of(const Context& context, const std::string& operation) {
  const Json said = Json::parse(context.offer->descriptor)["lot_limits"][operation];
  LotLimits out;
  if (!said) return out;
  out.max_length =
      std::min<std::size_t>(60, static_cast<std::size_t>(said["max_length"].integer_or(60)));
  out.charset = said["charset"].text_or("");
  out.many_per_line = said["many_per_line"].boolean_or(true);
  return out;
}

// "A-Za-z0-9._/-", its ends only.
std::string characters_of(const std::string& charset) {
  if (charset.empty()) return "AZaz09-_./";
  std::string out;
  for (std::size_t n = 0; n < charset.size(); ++n) {
    if (charset[n] != '-' || n == 0 || n + 1 == charset.size()) out += charset[n];
  }
  return out;
}

void replace_lots(std::vector<StampedLot>& lots, const std::vector<std::string>& codes) {
  if (lots.empty()) return;
  const StampedLot pattern = lots.front();
  lots.clear();
  for (const std::string& code : codes) {
    StampedLot lot = pattern;
    lot.lot = LotCode{code};
    lots.push_back(lot);
  }
}

void replace_lots(std::vector<PlannedLot>& lots, const std::vector<std::string>& codes) {
  if (lots.empty()) return;
  const PlannedLot pattern = lots.front();
  lots.clear();
  for (const std::string& code : codes) {
    PlannedLot lot = pattern;
    lot.lot = LotCode{code};
    lots.push_back(lot);
  }
}

// The recorded instruction with these lots on its first line; "" where it speaks of no lots.
std::string input_with(const Scenario& scenario, const std::vector<std::string>& codes) {
  auto read = read_instruction(scenario.input);
  if (!read.ok()) return {};
  if (auto* stamp = std::get_if<LotsWrite>(&read->body)) {
    if (stamp->lines.empty() || stamp->lines[0].dispatches.empty()) return {};
    replace_lots(stamp->lines[0].dispatches[0].lots, codes);
  } else if (auto* plan = std::get_if<LotsPlan>(&read->body)) {
    if (plan->lines.empty()) return {};
    replace_lots(plan->lines[0].lots, codes);
  } else if (auto* pick = std::get_if<PickSend>(&read->body)) {
    if (pick->lines.empty()) return {};
    replace_lots(pick->lines[0].lots, codes);
  } else {
    return {};
  }
  return write_instruction(*read);
}

std::string sent_of(const Outcome& run, const Bench& bench) {
  std::string out;
  for (const HttpRequest& request : run.requests) {
    if (is_write(request)) out += request.url + "\n" + request.body + "\n";
  }
  for (const auto& [name, content] : bench.drop.outbound) out += name + "\n" + content + "\n";
  return out;
}

bool holds(const std::string& sent, const std::string& code) {
  const std::string quoted = json_quoted(code);
  const std::string inner = quoted.substr(1, quoted.size() - 2);
  const std::string twice = json_quoted(inner);
  return sent.find(code) != std::string::npos || sent.find(inner) != std::string::npos ||
         sent.find(twice.substr(1, twice.size() - 2)) != std::string::npos ||
         sent.find(url_encoded(code)) != std::string::npos;
}

// Runs with these lots. `must_go`: they are within the limits and have to arrive.
Verdict with_lots(const Context& context, const Scenario& scenario,
                  const std::vector<std::string>& codes, bool must_go, const std::string& what) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  const std::string input = input_with(scenario, codes);
  if (input.empty()) return Verdict::pass();
  Bench bench(context, scenario, Bench::Match::nearest);
  const Outcome run = bench.run_with(input);
  const std::string sent = sent_of(run, bench);
  if (run.status != LB_OK) {
    if (must_go)
      return Verdict::fail(what + " is within the limits, but ends with " +
                           status_name(run.status) + ": " + run.message);
    if (!sent.empty() && std::any_of(codes.begin(), codes.end(),
                                     [&](const auto& code) { return holds(sent, code); }))
      return Verdict::fail(what + " is refused, but a part of it was sent");
    return Verdict::pass();
  }
  for (const std::string& code : codes) {
    if (!holds(sent, code))
      return Verdict::fail(what + " ends well, but lot '" + shortened(code, 80) +
                           "' did not arrive whole");
  }
  return Verdict::pass();
}

Verdict longest_lot(const Context& context, const Scenario& scenario) {
  const LotLimits limits = limits_of(context, scenario.operation);
  const std::string longest(limits.max_length, 'L'), longer(limits.max_length + 1, 'M');
  Verdict at = with_lots(context, scenario, {longest}, true, "the longest lot");
  if (at.kind != Verdict::Kind::passed || limits.max_length >= 60) return at;
  return with_lots(context, scenario, {longer}, false, "a lot that is one character too long");
}

Verdict odd_lot(const Context& context, const Scenario& scenario) {
  const LotLimits limits = limits_of(context, scenario.operation);
  const std::string all = characters_of(limits.charset).substr(0, limits.max_length);
  return with_lots(context, scenario, {all}, true, "a lot of unusual characters");
}

Verdict many_lots(const Context& context, const Scenario& scenario) {
  const LotLimits limits = limits_of(context, scenario.operation);
  std::vector<std::string> codes;
  for (int n = 100; n < (limits.many_per_line ? 140 : 102); ++n)
    codes.push_back("LOT-" + std::to_string(n));
  const Verdict verdict =
      with_lots(context, scenario, codes, false, std::to_string(codes.size()) + " lots on a line");
  if (verdict.kind != Verdict::Kind::passed || limits.many_per_line) return verdict;
  Bench bench(context, scenario, Bench::Match::nearest);
  const std::string input = input_with(scenario, codes);
  if (!input.empty() && bench.run_with(input).status == LB_OK)
    return Verdict::fail("the descriptor allows one lot on a line; two end well");
  return verdict;
}

template <typename Run>
void add(Tests& tests, const Scenario& scenario, const char* name, const char* sentence, Run run) {
  tests.push_back({"write-back/" + scenario.name + "/" + name, std::string("write-back/") + name,
                   sentence,
                   [&scenario, run](const Context& context) { return run(context, scenario); }});
}

}  // namespace

void add_write_back_tests(Tests& tests, const Package& package, const Offer& offer) {
  if (!offer.loaded) return;
  for (const Scenario& scenario : package.scenarios) {
    if (!scenario.is_instruction() || !scenario.tape.ends.empty()) continue;
    add(tests, scenario, "twice", "The same instruction twice has the effect of one.",
        twice_is_once);
    add(tests, scenario, "died-in-between",
        "A process that dies between a write and its answer doubles nothing.", died_in_between);
    const bool lots = scenario.operation == "lots.write/1" || scenario.operation == "lots.plan/1" ||
                      scenario.operation == "pick.send/1";
    if (!lots) continue;
    add(tests, scenario, "longest-lot", "A lot as long as allowed arrives whole.", longest_lot);
    add(tests, scenario, "odd-lot", "A lot of all allowed characters arrives whole.", odd_lot);
    add(tests, scenario, "many-lots", "Too many lots on a line are refused, never cut.", many_lots);
  }
}

}  // namespace lotbridge::connector_tool
