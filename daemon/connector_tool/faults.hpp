// What a platform or a line can do to an answer, and how an operation may end because of it.
//
// Plain values and functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <lotbridge/testing.hpp>

#include "daemon/connector_tool/bench.hpp"

namespace lotbridge::connector_tool {

struct Fault {
  const char* name;      // "429"
  const char* sentence;  // for people
  std::vector<lb_status> ends;
  // How an operation may end well all the same: not at all; where it brought about what it would
  // have without the fault; or with other records, too.
  enum class Well { never, done, same_output, any } well = Well::same_output;
  enum class Clock { still, back, ahead } clock = Clock::still;
  std::int64_t takes_ms = 0;    // how long the connector waits for it
  bool needs_next = false;      // only where the recording asks the same place again
  bool needs_previous = false;  // only where it asked the same place before
};

const std::vector<Fault>& all_faults();
// Does the fault make sense at this request of the recording?
bool applies(const Fault& fault, const Cassette& tape, std::size_t request);
// What the connector gets instead of the recorded answer; nullopt: that answer.
std::optional<testing::Answered> instead(const Fault& fault, const Cassette& tape,
                                         std::size_t request, std::size_t n,
                                         const HttpRequest& asked);
bool same_place(const Exchange& one, const HttpRequest& other);
// The page without its records, everything else as it was; nullopt where it has none.
std::optional<std::string> emptied(const std::string& body);

}  // namespace lotbridge::connector_tool
