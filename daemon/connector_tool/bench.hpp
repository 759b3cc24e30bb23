// One recording on the test bench: the connector of this child runs it, with any trouble in
// between.
//
// A bench keeps what a platform keeps: which writes have reached it. Its clock is virtual, its
// random numbers come from the seed. One thread.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <lotbridge/testing.hpp>

#include "daemon/connector_tool/test.hpp"

namespace lotbridge::connector_tool {

// A request that changes something at the platform, and reached it.
struct Effect {
  std::string method, url, body, key;
};

class Bench {
 public:
  // strict: what comes next in the recording. any: whatever it has for this request. nearest: what
  // it has for this place of the platform, whatever was asked there; for inputs that were changed.
  enum class Match { strict, any, nearest };

  Bench(const Context& context, const Scenario& scenario, Match match = Match::strict);

  testing::Replay replay;
  testing::MemoryFiles drop;
  Match match;
  // The operation was run before: what was recorded `again` comes first.
  bool second_time = false;
  // Looks at the n-th request of this run (0 is the first) before the recording does.
  std::function<std::optional<testing::Answered>(std::size_t n, const HttpRequest&)> before;

  // The recording's operation; a pull goes on from the last cursor that was stored.
  testing::Outcome run();
  testing::Outcome run_with(const std::string& input);
  // What was asked for and not recorded; empty when all was.
  const std::string& mismatch() const { return mismatch_; }
  bool endless() const { return endless_; }
  // Counts as arrived even when its answer is lost.
  void arrived(const HttpRequest& request);
  const std::vector<Effect>& effects() const { return effects_; }
  // A write that reached the platform twice and may not; empty where there is none.
  std::string doubled() const;
  // Forgets which answers were given: the platform is as it was when the recording began.
  void rewind();

 private:
  testing::Answered answer(const HttpRequest& request);
  const Exchange* find(const HttpRequest& request);

  const Context& context_;
  const Scenario& scenario_;
  std::vector<bool> played_, played_again_;
  std::size_t asked_ = 0, file_calls_ = 0;  // in this run
  std::vector<Effect> effects_;
  std::string mismatch_;
  bool endless_ = false;
};

bool is_write(const HttpRequest& request);
// "order 1001", of everything that was stored: what two runs must agree on.
std::set<std::string> ids_of(const testing::Outcome& outcome);
std::vector<std::string> texts_of(const std::vector<testing::Emitted>& records);
std::string id_of(const testing::Emitted& record);
// The text of `set` for a message; at most five.
std::string listed(const std::set<std::string>& items);
std::string shortened(const std::string& text, std::size_t most = 300);

}  // namespace lotbridge::connector_tool
