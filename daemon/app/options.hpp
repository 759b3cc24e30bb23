// The command line of lotbridged.
#pragma once

#include <optional>
#include <string>

namespace lotbridge::app {

struct Options {
  std::string config;
  bool check = false;         // validate the configuration and exit
  std::string restore_check;  // try this backup and exit
  bool json = false;          // with restore_check: the report itself
};

// nullopt: help or version was printed, or the usage was wrong; `exit_code` says which (0, 2).
std::optional<Options> read_options(int argc, char** argv, int& exit_code);

}  // namespace lotbridge::app
