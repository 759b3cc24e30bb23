// lotbridged: reads its configuration, then runs until it is told to stop.
#include <iostream>

#include "daemon/app/daemon.hpp"
#include "daemon/app/options.hpp"

int main(int argc, char** argv) {
  using namespace lotbridge::app;
  int exit_code = 0;
  const auto options = read_options(argc, argv, exit_code);
  if (!options) return exit_code;
  block_signals();
  ConfigReading reading = read_config(options->config);
  for (const auto& warning : reading.warnings) std::cerr << warning << " (warning)\n";
  if (!reading.config) {
    for (const auto& error : reading.errors) std::cerr << error << '\n';
    std::cerr << "lotbridged: " << reading.errors.size()
              << (reading.errors.size() == 1 ? " error" : " errors") << " in " << options->config
              << '\n';
    return 2;
  }
  if (options->check) {
    std::cout << options->config << " is valid: " << reading.config->engine.warehouses.size()
              << " warehouses, " << reading.config->engine.owners.size() << " owners, "
              << reading.config->host.connectors.size() << " connectors.\n";
    return 0;
  }
  return run_daemon(options->config, std::move(*reading.config));
}
