// The same recording in this process and in a connector's own: the same bytes, the same statuses.
#include <lotbridge/files.h>
#include <lotbridge/failure.hpp>

#include "daemon/connector_tool/baseline.hpp"
#include "daemon/connector_tool/test.hpp"
#include "daemon/host/child.hpp"

namespace lotbridge::connector_tool {
namespace {

using testing::Outcome;

Outcome in_child(Bench& bench, host::Child& child) {
  bench.replay.elsewhere = [&](const std::string& operation, const std::string& input,
                               detail::HostCall& call) {
    const auto* files = static_cast<const lb_files*>(bench.drop.table());
    if (operation.empty()) return child.open(input, files, call);
    host::Child::Operation what;
    what.name = operation;
    what.input_json = input;
    what.exact = true;
    return child.run(what, call);
  };
  return bench.run();
}

std::string difference(const Outcome& here, const Outcome& there) {
  if (here.status != there.status)
    return std::string("here it ends with ") + status_name(here.status) +
           ", in its own process with " + status_name(there.status) + ": " + there.message;
  const auto mine = texts_of(here.handed_over), other = texts_of(there.handed_over);
  for (std::size_t n = 0; n < std::max(mine.size(), other.size()); ++n) {
    const std::string one = n < mine.size() ? mine[n] : "(nothing)";
    const std::string two = n < other.size() ? other[n] : "(nothing)";
    if (one != two)
      return "here: " + shortened(one, 150) + "; in its own process: " + shortened(two, 150);
  }
  if (here.cursors != there.cursors) return "the cursors differ";
  if (here.result != there.result) return "the results differ";
  if (here.message != there.message) return "the messages differ";
  return {};
}

Verdict same_elsewhere(const Context& context, const Scenario& scenario) {
  const auto first = baseline_of(context, scenario), second = baseline_of(context, scenario);
  if (!first.ok()) return without(scenario);
  if (texts_of(first.outcome.handed_over) != texts_of(second.outcome.handed_over))
    return Verdict::skip("two runs differ already here, see records/same-bytes");
  // The last one ends badly, on purpose: errors cross the line, too.
  for (std::size_t k = 0; k <= scenario.tape.exchanges.size(); ++k) {
    Bench here(context, scenario, Bench::Match::any), there(context, scenario, Bench::Match::any);
    if (k > 0) {
      const HttpReply broken(429, {{"retry-after", "7"}}, "{}");
      here.replay.faults.emplace(k - 1, broken);
      there.replay.faults.emplace(k - 1, broken);
    }
    host::ChildStart start;
    start.program = context.host_program;
    start.file = context.package->file;
    start.connector = "validate";
    auto child = host::Child::start(start);
    if (!child.ok())
      return Verdict::fail("it does not start in a process of its own: " + child.problem().detail);
    const Outcome one = here.run();
    const Outcome two = in_child(there, **child);
    if (!(*child)->alive() && (*child)->death().find("system") != std::string::npos)
      return Verdict::skip("its own process ended it for a broken rule, see rules/");
    if (!(*child)->alive()) return Verdict::fail((*child)->death());
    if (const std::string differs = difference(one, two); !differs.empty())
      return Verdict::fail(differs);
    if (!here.mismatch().empty()) return without(scenario);
  }
  return Verdict::pass();
}

}  // namespace

void add_parity_tests(Tests& tests, const Package& package, const Offer& offer) {
  if (!offer.loaded) return;
  for (const Scenario& scenario : package.scenarios) {
    Test test{"parity/" + scenario.name, "parity/same",
              "In a process of its own it does the same, byte for byte.",
              [&scenario](const Context& context) { return same_elsewhere(context, scenario); }};
    test.sealed = false;
    tests.push_back(std::move(test));
  }
}

}  // namespace lotbridge::connector_tool
