// lotctl: the command line of operators, merchants and connector authors. This file reads the
// command line, nothing else.
#include <unistd.h>

#include <fmt/core.h>
#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "daemon/ctl/completion.hpp"
#include "daemon/ctl/verbs.hpp"

namespace lotbridge::ctl {
namespace {

struct Options {
  Common common;
  SubmitOptions submit;
  ImportOptions import;
  OrderOptions order;
  PicklistOptions picklist;
  LotOptions lot;
  TransferOptions transfer;
  StockOptions stock;
  TraceOptions trace;
  ListOptions list;
  ReportOptions report;
  std::string backup_target, restore_file, shell;
  bool restore_check = false, rebuild_check = false;
};

using Verb = std::function<int(Session&)>;

std::string token_of(const Common& common, std::string& problem) {
  if (common.token_file.empty()) {
    const char* token = std::getenv("LOTBRIDGE_TOKEN");
    return token == nullptr ? "" : token;
  }
  std::ifstream in(common.token_file);
  std::string token;
  if (!in || !std::getline(in, token)) problem = "can't read a token from " + common.token_file;
  while (!token.empty() && (token.back() == '\r' || token.back() == ' ')) token.pop_back();
  return token;
}

void add_common(CLI::App& app, Common& common) {
  app.add_option("--url", common.url, "Where lotbridged listens")
      ->envname("LOTBRIDGE_URL")
      ->capture_default_str();
  app.add_option("--token-file", common.token_file, "File with the token (else LOTBRIDGE_TOKEN)");
  app.add_option("--actor", common.actor, "Your name, for the audit of a shared token");
  app.add_option("--owner", common.owner, "Which owner, where the token sees several");
  app.add_flag("--json", common.json, "The daemon's own JSON instead of tables");
}

CLI::App* verb(CLI::App& app, const char* name, const char* what, const char* example, Verb run,
               Verb& chosen) {
  CLI::App* command = app.add_subcommand(name, what);
  command->footer(std::string("\nExamples:\n") + example);
  command->callback([run = std::move(run), &chosen] { chosen = run; });
  return command;
}

void add_documents(CLI::App& app, Options& o, Verb& chosen) {
  CLI::App* submit_verb = verb(
      app, "submit", "Submit documents: JSON, or NDJSON with a type each",
      "  lotctl submit holds.ndjson\n  lotctl submit order.json --type order\n  cat d.ndjson | "
      "lotctl submit -",
      [&o](Session& s) { return submit(s, o.submit); }, chosen);
  submit_verb->add_option("FILE", o.submit.file, "The file, - for standard input")->required();
  submit_verb->add_option("--type", o.submit.type,
                          "The type of a document that does not say it: order, receipt, hold ...");
  CLI::App* import_verb = verb(
      app, "import", "Import items, opening stock or receipts from CSV",
      "  lotctl import items items.csv\n  lotctl import stock shelf.csv --warehouse MAD1",
      [&o](Session& s) { return import_csv(s, o.import); }, chosen);
  import_verb->add_option("WHAT", o.import.what, "items, stock or receipts")
      ->required()
      ->check(CLI::IsMember({"items", "stock", "receipts"}));
  import_verb->add_option("FILE", o.import.file, "CSV with a header row")->required();
  import_verb->add_option("--warehouse", o.import.warehouse, "For rows that name none");
  import_verb->add_option("--id", o.import.id,
                          "Identifier of the receipt (default: the file's name)");
  import_verb->add_option("--delimiter", o.import.delimiter,
                          "One character (default: guessed from the header)");
}

void add_lookups(CLI::App& app, Options& o, Verb& chosen) {
  CLI::App* order_verb = verb(
      app, "order", "An order: what each line got, and why not",
      "  lotctl order '#1001'\n  lotctl order 5123456789 --explain",
      [&o](Session& s) { return order(s, o.order); }, chosen);
  order_verb->add_option("ORDER", o.order.id, "Number, the shop's id, or uid")->required();
  order_verb->add_option("--source", o.order.source,
                         "Which connector's order, where several have that id");
  order_verb->add_flag("--explain", o.order.explain, "Every lot that was not taken, and why");
  CLI::App* pick = verb(
      app, "picklist", "What to pick, where, and which lot",
      "  lotctl picklist --warehouse MAD1\n  lotctl picklist '#1001' --format html > pick.html",
      [&o](Session& s) { return picklist(s, o.picklist); }, chosen);
  pick->add_option("ORDER", o.picklist.orders, "Orders (default: all that have lots)");
  pick->add_option("--warehouse", o.picklist.warehouse, "Only what lies there");
  pick->add_option("--format", o.picklist.format, "table, csv, or html (a page to print)")
      ->check(CLI::IsMember({"table", "csv", "html"}));
  CLI::App* lot_verb = verb(
      app, "lot", "A lot: dates, blocks, history, balances",
      "  lotctl lot GYP-500 GYP-260516-B01-MA", [&o](Session& s) { return lot(s, o.lot); }, chosen);
  lot_verb->add_option("SKU", o.lot.sku)->required();
  lot_verb->add_option("LOT", o.lot.lot)->required();
  lot_verb->add_flag("--gs1", o.lot.label, "What stands on its label: element string and link");
  CLI::App* transfer_verb = verb(
      app, "transfer", "A transfer: what is on its way, and giving up what is missing",
      "  lotctl transfer T-1\n  lotctl transfer T-1 --close 'the pallet fell'",
      [&o](Session& s) { return transfer(s, o.transfer); }, chosen);
  transfer_verb->add_option("TRANSFER", o.transfer.id, "The sender's id, or uid")->required();
  transfer_verb->add_option("--source", o.transfer.source, "Whose, where several have that id");
  transfer_verb->add_option("--close", o.transfer.close, "Why what is missing will not come");
  CLI::App* stock_verb = verb(
      app, "stock", "Balances by lot, warehouse, location and status",
      "  lotctl stock --sku GYP-500\n  lotctl stock --status quarantine --json",
      [&o](Session& s) { return stock(s, o.stock); }, chosen);
  stock_verb->add_option("--sku", o.stock.sku);
  stock_verb->add_option("--warehouse", o.stock.warehouse);
  stock_verb->add_option("--lot", o.stock.lot);
  stock_verb->add_option("--status", o.stock.status);
  CLI::App* trace_verb = verb(
      app, "trace", "Who got a lot, and where it came from",
      "  lotctl trace GYP-500 GYP-260516-B01-MA\n  lotctl trace GYP-500 L1 --direction forward",
      [&o](Session& s) { return trace(s, o.trace); }, chosen);
  trace_verb->add_option("SKU", o.trace.sku)->required();
  trace_verb->add_option("LOT", o.trace.lot)->required();
  trace_verb->add_option("--direction", o.trace.direction)
      ->check(CLI::IsMember({"forward", "backward", "both"}));
  trace_verb->add_option("--as-of", o.trace.as_of, "A time like 2026-05-18T15:00:00Z");
}

void add_lists(CLI::App& app, Options& o, Verb& chosen) {
  CLI::App* deliveries_verb = verb(
      app, "deliveries", "What goes out to platforms, and what failed",
      "  lotctl deliveries --state dead\n  lotctl deliveries --retry 17",
      [&o](Session& s) { return deliveries(s, o.list); }, chosen);
  deliveries_verb->add_option("--state", o.list.state,
                              "pending, delivered, dead, observed or superseded");
  deliveries_verb->add_option("--retry", o.list.retry, "Send this one again now");
  verb(
      app, "connectors", "Connectors and their health", "  lotctl connectors",
      [](Session& s) { return connectors(s); }, chosen);
  CLI::App* parked_verb = verb(
      app, "parked", "What could not be applied, and why",
      "  lotctl parked\n  lotctl parked --retry 3\n  lotctl parked --discard 4",
      [&o](Session& s) { return parked(s, o.list); }, chosen);
  parked_verb->add_option("--state", o.list.state, "open, retried or discarded");
  parked_verb->add_option("--retry", o.list.retry, "Try this one again");
  parked_verb->add_option("--discard", o.list.discard, "Give this one up");
  CLI::App* alerts_verb = verb(
      app, "alerts", "What needs a person",
      "  lotctl alerts\n  lotctl alerts --close 12 --note 'counted, all there'\n"
      "  lotctl alerts --kind swap_proposed\n  lotctl alerts --accept 13",
      [&o](Session& s) { return alerts(s, o.list); }, chosen);
  alerts_verb->add_option("--state", o.list.state, "open, closed or all");
  alerts_verb->add_option("--kind", o.list.kind);
  alerts_verb->add_option("--close", o.list.close, "Close this one");
  alerts_verb->add_option("--accept", o.list.accept, "Do what this one proposes");
  alerts_verb->add_option("--note", o.list.note, "Why it may be closed");
}

void add_reports(CLI::App& app, Options& o, Verb& chosen) {
  CLI::App* report_verb = verb(
      app, "report", "Near-expiry, ageing, what stays over, movement, returns, suppliers",
      "  lotctl report expiry\n  lotctl report at-risk --sku GYP-500 --forecast-per-day 40\n"
      "  lotctl report suppliers --csv > suppliers.csv",
      [&o](Session& s) { return report(s, o.report); }, chosen);
  report_verb->add_option("NAME", o.report.name)
      ->required()
      ->check(CLI::IsMember({"expiry", "ageing", "at-risk", "movement", "returns", "suppliers"}));
  report_verb->add_option("--sku", o.report.sku, "Only this item");
  report_verb->add_option("--warehouse", o.report.warehouse, "Only what lies there");
  report_verb->add_option("--supplier", o.report.supplier, "Only this supplier");
  report_verb->add_option("--forecast-per-day", o.report.forecast,
                          "at-risk: units sold a day (default: the pace of the last four weeks)");
  report_verb->add_option("--days", o.report.days, "movement: over so many days (default 30)");
  report_verb->add_flag("--csv", o.report.csv, "Rows as CSV");
}

void add_care(CLI::App& app, Options& o, Verb& chosen) {
  verb(
      app, "status", "Is all well?", "  lotctl status", [](Session& s) { return status(s); },
      chosen);
  verb(
      app, "verify", "Prove the invariants of the books on the live store", "  lotctl verify",
      [](Session& s) { return verify(s); }, chosen);
  CLI::App* rebuild = verb(
      app, "rebuild", "Fold the ledger anew and compare it with the balances",
      "  lotctl rebuild --check", [](Session& s) { return rebuild_check(s); }, chosen);
  rebuild->add_flag("--check", o.rebuild_check, "Compare, change nothing")->required();
  CLI::App* backup_verb = verb(
      app, "backup", "Copy the live store, consistently", "  lotctl backup nightly.db",
      [&o](Session& s) { return backup(s, o.backup_target); }, chosen);
  backup_verb->add_option("NAME", o.backup_target, "File name in the store's backup folder")
      ->required();
  CLI::App* restore = verb(
      app, "restore", "Try whether a backup is whole",
      "  lotctl restore --check backups/nightly.db", [](Session&) { return 0; }, chosen);
  restore->add_flag("--check", o.restore_check, "Open a copy, verify it, change nothing")
      ->required();
  restore->add_option("FILE", o.restore_file)->required();
  CLI::App* completion = app.add_subcommand("completion", "Shell completion: bash, zsh or fish");
  completion->footer("\nExamples:\n  source <(lotctl completion bash)");
  completion->add_option("SHELL", o.shell)
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
}

// The verbs for connectors live in a program of their own, beside this one.
int run_connector_tool(char** argv) {
  const auto tool =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "lotbridge-connector-tool";
  execv(tool.c_str(), argv + 1);
  fmt::print(stderr, "lotctl: {} can't be started: {}\n", tool.string(), std::strerror(errno));
  return kUsage;
}

// The verbs and long options as CLI11 knows them, for completion.
std::vector<VerbWords> words_of(const CLI::App& app) {
  const auto long_options = [](const CLI::App* of, std::vector<std::string>& into) {
    for (const CLI::Option* option : of->get_options()) {
      for (const std::string& name : option->get_lnames()) into.push_back("--" + name);
    }
  };
  std::vector<VerbWords> verbs;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    VerbWords words{command->get_name(), command->get_description(), {}};
    long_options(command, words.options);
    long_options(&app, words.options);
    verbs.push_back(std::move(words));
  }
  return verbs;
}

int run(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "connector") return run_connector_tool(argv);
  CLI::App app("Lot tracking that plugs into the shop you already run. Talks to lotbridged.",
               "lotctl");
  app.require_subcommand(1);
  app.fallthrough();
  app.footer(
      "\n`lotctl VERB --help` shows examples. Exit codes: 0 done, 1 refused, 2 wrong usage, 3 "
      "daemon unreachable.");
  Options options;
  Verb chosen;
  add_common(app, options.common);
  add_care(app, options, chosen);
  add_documents(app, options, chosen);
  add_lookups(app, options, chosen);
  add_lists(app, options, chosen);
  add_reports(app, options, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  if (!options.shell.empty()) {
    fmt::print("{}", completion_script(words_of(app), options.shell));
    return kDone;
  }
  if (!options.restore_file.empty()) {
    const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    return restore_check(program.string(), options.restore_file, options.common.json);
  }
  std::string problem;
  const std::string token = token_of(options.common, problem);
  if (!problem.empty()) {
    fmt::print(stderr, "{}\n", problem);
    return kUsage;
  }
  Session session{Client(options.common.url, token, options.common.actor), options.common};
  return chosen(session);
}

}  // namespace
}  // namespace lotbridge::ctl

int main(int argc, char** argv) {
  try {
    return lotbridge::ctl::run(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "lotctl: the daemon's answer could not be read: {}\n", error.what());
    return lotbridge::ctl::kRefused;
  }
}
