// One step of a simulated day: a document on its way in, a command, the clock, or an accident.
#pragma once

#include <string>
#include <vector>

#include "model.hpp"

namespace lotbridge::simulation {

enum class Deed : std::uint8_t { document, cut, clock, allocate, reoptimize, substitute, restart };

struct Step {
  Deed deed = Deed::document;
  Document document;
  std::string content;  // what identity is judged by
  Circumstances given;
  std::string text;  // of a cut document: what arrived of it
  Timestamp clock;
  std::string owner, order;  // of a command: the sender's id of the order
  std::string source;
  SubstituteWish wish;
  // An accident: the n-th call into the store from here fails, or the machine stops there.
  int fail_at = 0, crash_at = 0;
  bool with_next = false;  // shares a transaction with the next step
};

// What happened to a step.
struct Answer {
  enum class Fate : std::uint8_t {
    answered,
    unavailable,     // nothing was stored: the sender tries again
    crashed,         // before anything was durable
    crashed_stored,  // durable, and nobody heard
  };
  Fate fate = Fate::answered;
  std::string outcome, code;  // as in Verdict
};

}  // namespace lotbridge::simulation
