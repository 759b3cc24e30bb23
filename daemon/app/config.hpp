// lotbridge.yaml as values: read once, checked whole, every fault with its file, line and column.
//
// What is wrong is collected, not only the first fault, so that one look mends all. Secrets are
// read from the environment or from files and never appear in a message. Relative paths count from
// the folder of the configuration file.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/api/auth.hpp"
#include "daemon/api/server.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/host/host.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::app {

struct Config {
  api::ServerSettings server;
  std::vector<api::Token> tokens;
  engine::Settings engine;
  host::HostSettings host;
  std::optional<Timestamp> test_clock;
  log::Level log_level = log::Level::info;
  std::vector<std::string> secrets;  // all values that must never be shown
};

struct ConfigReading {
  std::optional<Config> config;       // set when there is no error
  std::vector<std::string> errors;    // "lotbridge.yaml:12:5: ..."
  std::vector<std::string> warnings;  // the same shape
};

// How connectors are asked about; a test may answer instead.
struct Catalog {
  std::function<Result<host::Inspection>(const std::vector<std::string>& path,
                                         const std::string& type)>
      inspect = host::inspect;
  std::function<std::vector<FieldError>(const host::Inspection&, const host::ConnectorConfig&)>
      check = host::check_config;
};

ConfigReading read_config(const std::string& file, const Catalog& = {});
// The same of a text; `file` is its name in messages and where relative paths count from.
ConfigReading read_config_text(const std::string& text, const std::string& file,
                               const Catalog& = {});

}  // namespace lotbridge::app
