#include "daemon/connector_tool/baseline.hpp"

#include <lotbridge/failure.hpp>

namespace lotbridge::connector_tool {

Baseline baseline_of(const Context& context, const Scenario& scenario) {
  Bench bench(context, scenario);
  Baseline out;
  out.outcome = bench.run();
  const std::string wanted = scenario.tape.ends.empty() ? "ok" : scenario.tape.ends;
  const std::size_t asked = out.outcome.requests.size();
  if (!bench.mismatch().empty()) {
    out.problem = bench.mismatch();
  } else if (status_name(out.outcome.status) != wanted) {
    out.problem = std::string("it ended with ") + status_name(out.outcome.status) + " instead of " +
                  wanted + ": " + out.outcome.message;
    if (!out.outcome.path.empty()) out.problem += " at " + out.outcome.path;
  } else if (asked < scenario.tape.exchanges.size()) {
    const HttpRequest& next = scenario.tape.exchanges[asked].request;
    out.problem = "it did not ask for " + next.method + " " + next.url + ", which was recorded";
  }
  return out;
}

Verdict without(const Scenario& scenario) {
  return Verdict::skip("the recording does not play, see records/" + scenario.name + "/replays");
}

}  // namespace lotbridge::connector_tool
