// Rate limits in virtual time: never more than declared, and no waiting where none is needed.
#include <chrono>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include "daemon/connector_tool/baseline.hpp"
#include "daemon/connector_tool/test.hpp"
#include "daemon/host/descriptor.hpp"
#include "daemon/host/limits.hpp"

namespace lotbridge::connector_tool {
namespace {

constexpr std::int64_t kUsedPercent = 90;

std::string bucket_of(const HttpRequest& request) {
  return request.bucket.empty() ? "default" : request.bucket;
}

std::uint32_t cost_of(const HttpRequest& request) { return request.cost == 0 ? 1 : request.cost; }

Verdict never_overdrawn(const Context& context) {
  const auto descriptor = host::read_descriptor(context.offer->descriptor);
  if (!descriptor.ok()) return Verdict::skip("the descriptor can't be read, see descriptor/schema");
  if (descriptor->limits.empty())
    return Verdict::skip("no limit is declared, see descriptor/limits");
  for (const Scenario& scenario : context.package->scenarios) {
    const auto run = Bench(context, scenario, Bench::Match::any).run();
    for (const HttpRequest& request : run.requests) {
      const auto rule = descriptor->limits.find(bucket_of(request));
      const std::string what = request.method + " " + request.url + " of " + scenario.operation;
      if (rule == descriptor->limits.end() && bucket_of(request) == "default")
        return Verdict::skip("no default limit is declared, see descriptor/limits");
      if (rule == descriptor->limits.end())
        return Verdict::fail(what + " is paid from the bucket '" + bucket_of(request) +
                             "', which the descriptor does not declare: nothing holds it back");
      if (cost_of(request) > rule->second.burst)
        return Verdict::fail(what + " costs more than its bucket can ever hold");
    }
  }
  return Verdict::pass();
}

// Pulls until the bucket, made as small as one request, is what holds everything back.
Verdict well_used(const Context& context) {
  const auto descriptor = host::read_descriptor(context.offer->descriptor);
  if (!descriptor.ok() || descriptor->limits.count("default") == 0)
    return Verdict::skip("no limit is declared, see descriptor/limits");
  for (const Scenario& scenario : context.package->scenarios) {
    if (scenario.tape.exchanges.empty() || !scenario.tape.ends.empty()) continue;
    host::LimitRule rule = descriptor->limits.at("default");
    rule.burst = 1;
    host::TokenBucket bucket(rule);
    std::int64_t spent = 0, waited = 0, slept = 0, now = 1'000'000;
    for (int round = 0; round < 50 && spent < 200; ++round) {
      Bench bench(context, scenario, Bench::Match::any);
      bench.before = [&](std::size_t, const HttpRequest&) -> std::optional<testing::Answered> {
        const auto at = host::SteadyTime(std::chrono::milliseconds(now + slept));
        const std::int64_t wait = bucket.reserve(1, 1'000'000'000, at);
        waited += wait;
        now += wait;
        spent += 1;
        return std::nullopt;
      };
      bench.replay.on_host_call = nullptr;
      slept += static_cast<std::int64_t>(bench.run().slept_ms);
    }
    // In thousandths of a request, so that nothing is rounded away.
    const auto rate = static_cast<std::int64_t>(rule.rate * 1000);
    const std::int64_t possible = 1000 + rate * (waited + slept) / 1000;
    const std::int64_t percent = 100 * 1000 * spent / possible;
    if (percent < kUsedPercent)
      return Verdict::fail(scenario.operation + " uses " + std::to_string(percent) +
                           " % of what it may: it sleeps where the host would do the waiting");
  }
  return Verdict::pass();
}

}  // namespace

void add_limits_tests(Tests& tests, const Package& package, const Offer& offer) {
  if (!offer.loaded) return;
  bool asks = false;
  for (const Scenario& scenario : package.scenarios)
    asks = asks || !scenario.tape.exchanges.empty();
  if (!asks) return;
  tests.push_back({"limits/never-overdrawn", "limits/never-overdrawn",
                   "Every request is paid from a declared rate limit that can hold it.",
                   never_overdrawn});
  tests.push_back({"limits/used", "limits/used",
                   "At least 90 % of the rate limit is used while there is work.", well_used});
}

}  // namespace lotbridge::connector_tool
