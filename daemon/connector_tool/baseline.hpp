// The run that all others are compared with: a recording, played without any trouble.
#pragma once

#include <string>

#include <lotbridge/testing.hpp>

#include "daemon/connector_tool/bench.hpp"

namespace lotbridge::connector_tool {

struct Baseline {
  testing::Outcome outcome;
  std::string problem;  // why it did not play; empty: it did
  bool ok() const { return problem.empty(); }
};

Baseline baseline_of(const Context&, const Scenario&);
// For tests that need one and have none.
Verdict without(const Scenario&);

}  // namespace lotbridge::connector_tool
