// One seed: a world, its business for some months, the system and the model side by side.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "step.hpp"
#include "system.hpp"

namespace lotbridge::simulation {

struct Figures {
  std::uint64_t seeds = 0, engine_seeds = 0, documents = 0, idle = 0, steps = 0, failed_calls = 0,
                crashes = 0, looks = 0;
  std::array<std::uint64_t, 32> by_type{};
  void add(const Figures&);
};

struct Failure {
  std::string what;         // sentences, one per line
  std::vector<Step> steps;  // all up to it
};

struct Plan {
  std::uint64_t seed = 0;
  int documents = 4000;
  bool engine = false;
  std::string folder;   // of the engine's store
  bool strict = false;  // of a replay: everything is looked at after every step
};

// What a seed did, or how it failed.
std::optional<Failure> run_seed(const Plan&, Figures&);
// The same steps again in the world of that seed.
std::optional<Failure> run_steps(const Plan&, const std::vector<Step>&);
// As few of the steps as still fail, tried for so many seconds.
std::vector<Step> shortened(const Plan&, std::vector<Step>, int seconds);

// A replay as lines of JSON, and back; the first line names the seed.
std::string replay_text(const Plan&, const std::vector<Step>&);
bool read_replay(const std::string& text, Plan&, std::vector<Step>&, std::string& problem);

}  // namespace lotbridge::simulation
