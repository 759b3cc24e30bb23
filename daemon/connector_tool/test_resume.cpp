// A run that dies anywhere, and the next one: together they bring what one whole run brings.
#include <algorithm>
#include <random>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include "daemon/connector_tool/baseline.hpp"
#include "daemon/connector_tool/test.hpp"

namespace lotbridge::connector_tool {
namespace {

using testing::Outcome;

// Dies at the n-th call of `function`, for every n.
Verdict killed_at_every(const Context& context, const Scenario& scenario, const char* function) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  const auto wanted = ids_of(played.outcome);
  const auto times = std::count(played.outcome.calls.begin(), played.outcome.calls.end(), function);
  for (std::ptrdiff_t at = 0; at < times; ++at) {
    Bench bench(context, scenario, Bench::Match::any);
    std::ptrdiff_t seen = 0;
    bench.replay.on_host_call = [&](const char* called) {
      return std::string_view(called) == function && seen++ >= at;
    };
    const std::string where = "killed at " + std::string(function) + " " + std::to_string(at + 1) +
                              " of " + std::to_string(times) + ", ";
    auto have = ids_of(bench.run());
    bench.replay.on_host_call = nullptr;
    const Outcome next = bench.run();
    have.merge(ids_of(next));
    std::set<std::string> lost;
    std::set_difference(wanted.begin(), wanted.end(), have.begin(), have.end(),
                        std::inserter(lost, lost.begin()));
    if (lost.empty()) continue;
    if (!bench.mismatch().empty())
      return Verdict::fail(where + "the next run asks for what was not recorded: " +
                           shortened(bench.mismatch(), 600));
    return Verdict::fail(where + "and run again, these never came: " + listed(lost) +
                         (next.status == LB_OK ? ""
                                               : " (the next run ended with " +
                                                     std::string(status_name(next.status)) + ": " +
                                                     next.message + ")"));
  }
  return Verdict::pass();
}

Outcome run_from(const Context& context, const Scenario& scenario, const std::string& cursor,
                 std::string& first_request) {
  Bench bench(context, scenario, Bench::Match::any);
  bench.replay.cursor = cursor;
  // A platform does not know a page that we made up.
  bench.before = [&](std::size_t n, const HttpRequest& asked) -> std::optional<testing::Answered> {
    if (n == 0) first_request = asked.method + " " + asked.url + " " + asked.body;
    for (const Exchange& recorded : scenario.tape.exchanges) {
      if (differences(recorded, asked).empty()) return std::nullopt;
    }
    return HttpReply(400, {}, R"({"error":"no such page"})");
  };
  return bench.run();
}

bool clean(lb_status status) {
  return status == LB_CONFIG || status == LB_BAD_RECORD || status == LB_CONFLICT ||
         status == LB_UNSUPPORTED || status == LB_RETRY;
}

Verdict made_up_cursor(const Context& context, const Scenario& scenario) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  if (played.outcome.cursors.empty()) return Verdict::pass();  // it never stores one
  std::string afresh, asked;
  run_from(context, scenario, "null", afresh);
  for (const std::string cursor :
       {R"("zz-made-up-by-the-validator")", R"({"made":"up"})", "[7]", "true", "1e300", "-1"}) {
    context.progress->at("running with the cursor " + cursor);
    asked.clear();
    const Outcome run = run_from(context, scenario, cursor, asked);
    if (run.status == LB_OK && !asked.empty() && asked == afresh)
      return Verdict::fail("the cursor " + cursor +
                           " is ignored: everything would be read again, and nobody told");
    if (run.status != LB_OK && !clean(run.status))
      return Verdict::fail("the cursor " + cursor + " ends with " + status_name(run.status) + ": " +
                           run.message);
  }
  return Verdict::pass();
}

// The last cursor that a run stored, as an earlier revision may have written it.
Maybe<std::string> with_older_revision(const Outcome& outcome) {
  if (outcome.cursors.empty()) return std::nullopt;
  const Json cursor = Json::parse(outcome.cursors.back());
  if (!cursor.is_object() || !cursor["v"].is_number()) return std::nullopt;
  std::vector<std::pair<std::string, JsonText>> members;
  for (const auto& [name, value] : cursor.members())
    members.emplace_back(std::string(name),
                         name == "v" ? JsonText(value.integer() - 1) : JsonText(value));
  return json_object(members).str();
}

Verdict older_cursor(const Context& context, const Scenario& scenario) {
  const Baseline played = baseline_of(context, scenario);
  if (!played.ok()) return without(scenario);
  if (played.outcome.cursors.empty())
    return Verdict::pass();  // it keeps no place, so there is none to misread
  std::vector<std::string> cursors;
  const auto given = context.package->old_cursors.find(scenario.operation);
  if (given != context.package->old_cursors.end()) cursors = given->second;
  if (const auto older = with_older_revision(played.outcome)) cursors.push_back(*older);
  // One that says no revision has always been the same; it must still be understood.
  if (cursors.empty()) cursors.push_back(played.outcome.cursors.front());
  for (const std::string& cursor : cursors) {
    context.progress->at("running with the older cursor " + cursor);
    std::string first;
    const Outcome run = run_from(context, scenario, cursor, first);
    if (run.status != LB_OK && !clean(run.status))
      return Verdict::fail("the older cursor " + cursor + " ends with " + status_name(run.status) +
                           ": " + run.message);
  }
  return Verdict::pass();
}

template <typename Run>
void add(Tests& tests, const Scenario& scenario, const char* name, const char* sentence, Run run) {
  tests.push_back({"resume/" + scenario.name + "/" + name, std::string("resume/") + name, sentence,
                   [&scenario, run](const Context& context) { return run(context, scenario); }});
}

}  // namespace

void add_resume_tests(Tests& tests, const Package& package, const Offer& offer) {
  if (!offer.loaded) return;
  for (const Scenario& scenario : package.scenarios) {
    if (!scenario.is_pull() || !scenario.tape.ends.empty()) continue;
    add(tests, scenario, "emit", "Killed at any record, the next run brings what is missing.",
        [](const Context& context, const Scenario& of) {
          return killed_at_every(context, of, "emit");
        });
    add(tests, scenario, "checkpoint",
        "Killed at any checkpoint, the next run brings what is missing.",
        [](const Context& context, const Scenario& of) {
          return killed_at_every(context, of, "checkpoint");
        });
    add(tests, scenario, "older-cursor",
        "A cursor of an older version is understood or refused cleanly.", older_cursor);
    add(tests, scenario, "made-up-cursor", "A cursor that is none is refused, not ignored.",
        made_up_cursor);
  }
}

}  // namespace lotbridge::connector_tool
