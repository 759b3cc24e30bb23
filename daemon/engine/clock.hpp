// The only place where the daemon asks what time it is, so that a test can say so instead.
#pragma once

#include <lotbridge/values.hpp>

namespace lotbridge::engine {

// now() may be called from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
  // True for a clock that stands still until somebody moves it (contract: testing.clock).
  virtual bool is_test_clock() const { return false; }
};

}  // namespace lotbridge::engine
