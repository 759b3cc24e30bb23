// Where a connector's code runs, and what a process of its own may use. Plain values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lotbridge::host {

enum class Isolation : std::uint8_t { process, in_process };

struct ChildLimits {
  std::size_t memory_bytes = 512U << 20U;  // of address space
  std::int64_t cpu_ms = 60'000;            // of processor time in one operation
  std::int64_t grace_ms = 5'000;           // after it was told to end
  std::int64_t start_ms = 10'000;          // from start to hello
  bool operator==(const ChildLimits&) const = default;
};

}  // namespace lotbridge::host
