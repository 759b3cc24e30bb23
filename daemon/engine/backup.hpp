// Copies of a live store, and whether one would serve.
//
// backup() copies while the daemon writes (SQLite's online backup), to a new file that appears
// whole or not at all. restore_check() opens a copy, looks at every page and runs verify(). Reports
// are canonical JSON. Any thread.
#pragma once

#include <string>

#include <lotbridge/status.hpp>

namespace lotbridge::engine {

Result<std::string> backup(const std::string& store_path, const std::string& target);
Result<std::string> restore_check(const std::string& backup_path);

}  // namespace lotbridge::engine
