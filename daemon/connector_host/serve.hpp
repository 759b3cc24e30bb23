// The life of a connector's process: load the file behind the walls, say what it is, answer frames.
//
// Returns when the daemon closes the socket. One thread; a connector must not start others.
#pragma once

#include <string>

#include "daemon/connector_host/sandbox.hpp"

namespace lotbridge::connector_host {

// The exit status of the program.
int serve(const std::string& file, const Walls& walls);

}  // namespace lotbridge::connector_host
