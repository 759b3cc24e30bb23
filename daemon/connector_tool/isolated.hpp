// Runs tests in children of their own, some at a time, and brings their verdicts home.
//
// A child that dies or does not come back is a failed test that says what it was doing. The parent
// never loads the connector. One thread; the process that uses this must have no other.
#pragma once

#include <functional>

#include "daemon/connector_tool/test.hpp"

namespace lotbridge::connector_tool {

struct Done {
  const Test* test = nullptr;
  Verdict verdict;
  std::int64_t ms = 0;
  std::uint64_t seed = 0;  // that repeats it
};

// Loads the file in a child and asks what it offers.
Offer offer_of(const Package&);

// Calls `tell` as each test ends, in the order of `tests`.
void run_isolated(const std::vector<const Test*>& tests, const Context& context,
                  std::int64_t timeout_ms, const std::function<void(const Done&)>& tell);
// In this process, for a debugger.
void run_here(const std::vector<const Test*>& tests, const Context& context,
              const std::function<void(const Done&)>& tell);

}  // namespace lotbridge::connector_tool
