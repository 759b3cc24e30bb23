#include "daemon/app/options.hpp"

#include <CLI/CLI.hpp>

namespace lotbridge::app {

std::optional<Options> read_options(int argc, char** argv, int& exit_code) {
  Options options;
  CLI::App app("The Lotbridge daemon: loads connectors, serves HTTP, keeps the lots.",
               "lotbridged");
  app.set_version_flag("--version", LOTBRIDGE_VERSION);
  app.add_option("--config", options.config, "The configuration, lotbridge.yaml")
      ->type_name("FILE");
  app.add_flag("--check", options.check,
               "Validate the configuration, say everything that is wrong, and exit");
  app.add_option("--restore-check", options.restore_check,
                 "Try this backup: open it, verify every invariant, and exit")
      ->type_name("FILE");
  app.add_flag("--json", options.json, "With --restore-check: print the report as JSON");
  app.footer(
      "Exit codes: 0 done, 1 refused, 2 wrong usage, bad configuration, or a store that this "
      "program\n"
      "can't use.\n"
      "SIGHUP reloads tokens and connectors; SIGTERM and SIGINT stop cleanly.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& stop) {
    exit_code = app.exit(stop) == 0 ? 0 : 2;
    return std::nullopt;
  }
  if (options.config.empty() && options.restore_check.empty()) {
    std::cerr << "lotbridged: --config FILE is needed; `lotbridged --help` says more.\n";
    exit_code = 2;
    return std::nullopt;
  }
  return options;
}

}  // namespace lotbridge::app
