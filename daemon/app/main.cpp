// lotbridged: reads its configuration, then runs until it is told to stop.
#include <iostream>

#include "daemon/app/daemon.hpp"
#include "daemon/app/options.hpp"
#include "daemon/engine/backup.hpp"

namespace {

// Prints the report of a backup: whole as JSON, else its verdict and what is wrong.
int check_backup(const std::string& file, bool json) {
  const auto report = lotbridge::engine::restore_check(file);
  if (!report) {
    std::cerr << file << ": " << report.problem().detail << '\n';
    return 1;
  }
  const bool sound = report->find("\"ok\":true") != std::string::npos;
  if (json) {
    std::cout << *report << '\n';
  } else if (sound) {
    std::cout << file << " can be restored: every page is readable and every invariant holds.\n";
  } else {
    std::cerr << file << " must not be restored: " << *report << '\n';
  }
  return sound ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace lotbridge::app;
  int exit_code = 0;
  const auto options = read_options(argc, argv, exit_code);
  if (!options) return exit_code;
  if (!options->restore_check.empty()) return check_backup(options->restore_check, options->json);
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
