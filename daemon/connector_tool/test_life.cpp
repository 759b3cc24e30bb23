// Opening and closing accounts: no I/O, no shared state, no leak, and faults of settings with their
// place.
#include <malloc.h>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include <random>

#include "daemon/connector_tool/baseline.hpp"
#include "daemon/connector_tool/test.hpp"
#include "daemon/host/schema_check.hpp"

namespace lotbridge::connector_tool {
namespace {

constexpr std::size_t kLeak = 32 * 1024;  // of 1000 rounds: less than a short string each

const Scenario* first_of(const Package& package) {
  const Scenario* found = nullptr;
  for (const Scenario& scenario : package.scenarios) {
    if (found == nullptr || (!found->is_pull() && scenario.is_pull())) found = &scenario;
  }
  return found;
}

testing::Outcome opened(const Context& context, const std::string& settings) {
  return testing::Replay(*context.connector, settings).open();
}

// The same settings with one text changed, where the descriptor allows it.
std::string other_settings(const Context& context, const Json& settings) {
  const Json schema = Json::parse(context.offer->descriptor)["config"];
  for (const auto& [key, value] : settings.members()) {
    if (!value.is_text()) continue;
    for (const bool in_front : {false, true}) {
      std::vector<std::pair<std::string, JsonText>> members;
      for (const auto& [name, same] : settings.members()) {
        const std::string changed = in_front ? "other" + value.text() : value.text() + "other";
        members.emplace_back(std::string(name), name == key ? JsonText(changed) : JsonText(same));
      }
      const std::string text = json_object(members).str();
      if (host::check_against(schema, Json::parse(text), "").empty()) return text;
    }
  }
  return std::string(settings.raw());
}

Verdict two_accounts(const Context& context) {
  const Scenario* scenario = first_of(*context.package);
  if (scenario == nullptr) return Verdict::skip("there is no recording that an account could run");
  const Baseline alone = baseline_of(context, *scenario);
  if (!alone.ok()) return without(*scenario);
  Bench bench(context, *scenario);
  if (const auto held = bench.replay.hold(); held.status != LB_OK)
    return Verdict::fail("the first account can't be opened: " + held.message);
  Scenario other = *scenario;
  other.tape.settings = other_settings(context, Json::parse(scenario->tape.settings));
  Bench second(context, other, Bench::Match::nearest);
  if (second.replay.hold().status == LB_OK) {
    second.run();
  } else if (const auto same = second.replay.hold(); same.status == LB_BUG) {
    return Verdict::fail("a second account can't be opened beside it: " + same.message);
  }
  const auto beside = bench.run();
  second.replay.release();
  if (!bench.mismatch().empty())
    return Verdict::fail("with a second account open it asks for something else: " +
                         bench.mismatch());
  if (ids_of(beside) != ids_of(alone.outcome))
    return Verdict::fail("with a second account open it emits something else");
  return Verdict::pass();
}

std::string settings_of(const Context& context) {
  const Scenario* scenario = first_of(*context.package);
  return scenario == nullptr ? "{}" : scenario->tape.settings;
}

Verdict close_at_once(const Context& context) {
  const auto outcome = opened(context, settings_of(context));
  if (outcome.status != LB_OK) return Verdict::fail("open said: " + outcome.message);
  return Verdict::pass();
}

Verdict required_settings(const Context& context) {
  const Json descriptor = Json::parse(context.offer->descriptor);
  const Json settings = Json::parse(settings_of(context));
  for (const Json& field : descriptor["config"]["required"].items_or_none()) {
    std::vector<std::pair<std::string, JsonText>> rest;
    for (const auto& [name, value] : settings.members()) {
      if (name != field.text()) rest.emplace_back(std::string(name), JsonText(value));
    }
    context.progress->at("opening without " + field.text());
    const auto outcome = opened(context, json_object(rest).str());
    if (outcome.status != LB_CONFIG)
      return Verdict::fail("without '" + field.text() + "' open ends with " +
                           status_name(outcome.status) + ", not with config");
    if (outcome.path != "/" + field.text())
      return Verdict::fail("without '" + field.text() + "' the place of the fault is '" +
                           outcome.path + "'");
  }
  return Verdict::pass();
}

Verdict random_settings(const Context& context) {
  std::mt19937_64 random(context.seed);
  const std::string sound = settings_of(context);
  for (int round = 0; round < 60; ++round) {
    std::string bytes = round % 2 == 0 ? sound : std::string();
    if (bytes.empty()) {
      bytes.resize(random() % 200);
      for (char& c : bytes) c = static_cast<char>(random());
    } else {
      bytes.resize(random() % bytes.size());  // cut: never whole again
    }
    context.progress->at("opening with random bytes, round " + std::to_string(round));
    const auto outcome = opened(context, bytes);
    if (outcome.status != LB_CONFIG)
      return Verdict::fail("settings that are no JSON end with " +
                           std::string(status_name(outcome.status)) + ", not with config");
  }
  return Verdict::pass();
}

Verdict flat_memory(const Context& context) {
  const Scenario* scenario = first_of(*context.package);
  const auto live = [&] {
    if (scenario == nullptr) {
      testing::Replay(*context.connector).open();
    } else {
      Bench(context, *scenario).run();
    }
  };
  for (int n = 0; n < 100; ++n) live();
  const auto before = mallinfo2().uordblks;
  for (int n = 0; n < 1000; ++n) live();
  const auto after = mallinfo2().uordblks;
  if (after <= before + kLeak) return Verdict::pass();
  return Verdict::fail("1000 times open and close kept " + std::to_string((after - before) / 1024) +
                       " KiB");
}

void add(Tests& tests, const char* name, const char* sentence, Verdict (*run)(const Context&)) {
  const std::string id = std::string("life/") + name;
  tests.push_back({id, id, sentence, run});
}

}  // namespace

void add_life_tests(Tests& tests, const Package&, const Offer& offer) {
  if (!offer.loaded) return;
  add(tests, "two-accounts", "Two open accounts know nothing of each other.", two_accounts);
  add(tests, "close-at-once", "An account may be closed right after it was opened.", close_at_once);
  add(tests, "required-settings", "A missing setting is a config error with its place.",
      required_settings);
  add(tests, "random-settings", "Settings that are no JSON are a config error.", random_settings);
  add(tests, "flat-memory", "Opening and closing a thousand times keeps no memory.", flat_memory);
}

}  // namespace lotbridge::connector_tool
