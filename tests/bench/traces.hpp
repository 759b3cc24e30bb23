// Rows 7 and 8: who got a lot, and the whole trace of a big one, out of many dispatched lines.
#pragma once

#include <cstddef>
#include <string>

namespace lotbridge::bench {

struct TraceSizes {
  std::size_t lines = 400'000;   // dispatched, fifty of each lot
  std::size_t big_lot = 20'000;  // lines of one further lot, each of an order of its own
  std::size_t rounds = 5;
};
bool trace_rows(const std::string& folder, const TraceSizes&, bool row_7, bool row_8);

}  // namespace lotbridge::bench
