// A clock that stands still until somebody moves it, never back: a shop's year in a minute.
#pragma once

#include <atomic>

#include "daemon/engine/clock.hpp"

namespace lotbridge::engine {

// Any thread. The engine moves it (Engine::move_clock), persists it, and after a restart takes the
// later of this one and the stored.
class TestClock : public Clock {
 public:
  explicit TestClock(Timestamp start) : ms_(start.ms) {}
  Timestamp now() const override { return Timestamp{ms_.load(std::memory_order_acquire)}; }
  bool is_test_clock() const override { return true; }
  // False: that would be back in time; nothing moved.
  bool move(Timestamp to) const {
    std::int64_t current = ms_.load(std::memory_order_relaxed);
    while (current < to.ms) {
      if (ms_.compare_exchange_weak(current, to.ms, std::memory_order_acq_rel)) return true;
    }
    return current == to.ms;
  }

 private:
  mutable std::atomic<std::int64_t> ms_;
};

// The machine's own.
class SystemClock : public Clock {
 public:
  Timestamp now() const override;
};

}  // namespace lotbridge::engine
