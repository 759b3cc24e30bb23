// The parts of a connector's process that need the system's names: how it is started, and what its
// end is called. Plain functions; any thread.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include <lotbridge/status.hpp>

namespace lotbridge::host {

struct ChildStart;

struct Spawned {
  pid_t pid = 0;
  int socket = -1, output = -1, errors = -1;  // our ends
};
// With an empty environment, a process group of its own and nothing else of ours.
Result<Spawned> spawn_connector_host(const ChildStart& start);

// Of a status that waitpid gave.
std::string ending_words(int status);
// Of the number of a system call that the walls forbid.
std::string violation_words(std::uint32_t system_call);

}  // namespace lotbridge::host
