// The daemon put together: engine, host and API over one configuration, until a signal ends it.
#pragma once

#include <string>

#include "daemon/app/config.hpp"

namespace lotbridge::app {

// Runs until SIGTERM or SIGINT; SIGHUP reads the configuration again. Returns the exit code: 0, or
// 1 where it could not start, 2 where the store itself is in the way. Signals must be blocked
// (block_signals) before any thread is started.
int run_daemon(const std::string& config_file, Config config);
void block_signals();

}  // namespace lotbridge::app
