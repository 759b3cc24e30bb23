// Chance with a seed: the same seed throws the same dice on every machine.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>

#include <lotbridge/documents.hpp>

namespace lotbridge::simulation {

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}

  int below(int n) { return n <= 1 ? 0 : static_cast<int>(engine_() % static_cast<unsigned>(n)); }
  int between(int least, int most) { return least + below(most - least + 1); }
  bool one_in(int n) { return below(n) == 0; }
  bool percent(int n) { return below(100) < n; }
  template <typename T>
  T any(std::initializer_list<T> all) {
    return *(all.begin() + below(static_cast<int>(all.size())));
  }
  std::uint64_t bits() { return engine_(); }

  // One or two knobs of a policy, with values that bite sometimes.
  PolicyKnobs knobs();
  // Those that an order or a line of it may carry.
  PolicyKnobs order_knobs();

 private:
  void turn(PolicyKnobs&, int which);
  std::mt19937_64 engine_;
};

}  // namespace lotbridge::simulation
