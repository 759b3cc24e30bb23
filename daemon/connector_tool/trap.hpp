// Notices what a connector may not do: threads, sockets, files, processes.
//
// The calls are refused with "not permitted", and noted. For children that run one test; there is
// no way back. Linux with seccomp; elsewhere close() says false.
#pragma once

#include <string>
#include <vector>

namespace lotbridge::connector_tool {

enum class Forbidden { thread, socket, file, process };

// Before the connector is loaded: everything but reading files.
bool trap_before_load();
// After it: files, too.
bool trap_after_load();
// Names of the system calls of that sort that were tried since.
std::vector<std::string> tried(Forbidden sort);

}  // namespace lotbridge::connector_tool
