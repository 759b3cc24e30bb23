// lotctl connector validate FILE: every test, each in a child of its own.
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <regex>

#include "daemon/connector_tool/arguments.hpp"
#include "daemon/connector_tool/report.hpp"
#include "daemon/connector_tool/verbs.hpp"

namespace lotbridge::connector_tool {
namespace {

constexpr const char* kUsage_ =
    "lotctl connector validate FILE [--with FOLDER] [--include REGEX] [--exclude REGEX]\n"
    "    [--only-failed] [--strict] [--json] [--junit OUT] [--seed N] [--fuzz 60s] [--in-process]\n"
    "    [--timeout SECONDS]\n"
    "FOLDER holds cassettes/ and validate.yaml (default: the folder of FILE).\n"
    "--strict fails, too, where a test is skipped and validate.yaml does not say why.";

// 60s, 2m, 500ms, 60
std::optional<std::int64_t> duration_ms(const std::string& text) {
  static const std::regex kDuration("([0-9]{1,6})(ms|s|m|)");
  std::smatch found;
  if (!std::regex_match(text, found, kDuration)) return std::nullopt;
  const std::int64_t number = std::stoll(found[1].str());
  return found[2] == "ms" ? number : found[2] == "m" ? number * 60'000 : number * 1000;
}

// "faults/*/429" with '*' for anything.
bool names(const std::string& pattern, const std::string& id) {
  std::string regex;
  for (const char c : pattern) regex += c == '*' ? std::string(".*") : std::string("[") + c + "]";
  return std::regex_match(id, std::regex(regex));
}

const std::string* reason_for(const Package& package, const std::string& id) {
  for (const auto& [pattern, reason] : package.switched_off) {
    if (names(pattern, id)) return &reason;
  }
  return nullptr;
}

struct Plan {
  std::vector<Test> tests;
  std::vector<const Test*> chosen;
};

Result<Plan> plan_of(const Package& package, const Offer& offer, const Arguments& arguments) {
  Plan out;
  out.tests = all_tests(package, offer);
  try {
    const std::string include = arguments.value("--include"),
                      exclude = arguments.value("--exclude");
    const std::regex wanted(include), unwanted(exclude);
    for (Test& test : out.tests) {
      if (!include.empty() && !std::regex_search(test.id, wanted)) continue;
      if (!exclude.empty() && std::regex_search(test.id, unwanted)) continue;
      if (const std::string* reason = reason_for(package, test.id)) {
        test.loads = false;
        test.run = [reason](const Context&) { return Verdict::skip("switched off: " + *reason); };
      }
      out.chosen.push_back(&test);
    }
  } catch (const std::regex_error&) {
    return Problem{"usage", "--include and --exclude take regular expressions", {}};
  }
  if (out.chosen.empty()) return Problem{"usage", "no test has such an id", {}};
  return out;
}

// The program that connectors run in lies beside this one; empty: where the daemon looks.
std::string host_program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto beside = self.parent_path() / "lotbridge-connector-host";
  return std::filesystem::exists(beside, error) ? beside.string() : "";
}

std::string unexplained(const Done& done) {
  const bool skipped = done.verdict.kind == Verdict::Kind::skipped;
  return skipped && !done.verdict.why.starts_with("switched off: ") ? done.test->id : "";
}

}  // namespace

int validate(const Words& words) {
  const Accepted accepted{
      {"--with", "--include", "--exclude", "--junit", "--seed", "--fuzz", "--timeout", "--command"},
      {"--only-failed", "--json", "--in-process", "--strict"},
      1,
      1};
  const auto arguments = read_arguments(words, accepted);
  if (!arguments.ok()) return wrong_usage(arguments.problem().detail, kUsage_);
  const auto package = read_package(arguments->words[0], arguments->value("--with"));
  if (!package.ok()) return refused(package.problem().detail);
  const auto fuzz = duration_ms(arguments->value("--fuzz", "0"));
  const auto timeout = duration_ms(arguments->value("--timeout", "20s"));
  if (!fuzz || !timeout) return wrong_usage("durations are like 60s", kUsage_);

  const auto started = std::chrono::steady_clock::now();
  const Offer offer = offer_of(*package);
  auto plan = plan_of(*package, offer, *arguments);
  if (!plan.ok()) return wrong_usage(plan.problem().detail, kUsage_);

  ReportStyle style;
  style.command = "lotctl connector validate " + arguments->words[0];
  if (const std::string with = arguments->value("--with"); !with.empty())
    style.command += " --with " + with;
  style.only_failed = arguments->has("--only-failed");
  style.json = arguments->has("--json");
  style.colour = isatty(1) != 0 && std::getenv("NO_COLOR") == nullptr;
  Report report(style, std::filesystem::path(package->file).stem().string());
  std::vector<std::string> open_ends;
  const auto tell = [&](const Done& done) {
    report.tell(done);
    if (const std::string id = unexplained(done); !id.empty()) open_ends.push_back(id);
  };
  Context context;
  context.package = &*package;
  context.offer = &offer;
  context.seed = std::strtoull(arguments->value("--seed", "20260516").c_str(), nullptr, 10);
  context.fuzz_ms = *fuzz;
  context.host_program = host_program();
  if (arguments->has("--in-process")) {
    run_here(plan->chosen, context, tell);
  } else {
    run_isolated(plan->chosen, context, *timeout, tell);
  }
  report.end(std::chrono::duration_cast<std::chrono::milliseconds>(
                 std::chrono::steady_clock::now() - started)
                 .count());
  if (const std::string junit = arguments->value("--junit"); !junit.empty())
    std::ofstream(junit, std::ios::binary) << report.junit();
  if (arguments->has("--strict")) {
    for (const std::string& id : open_ends)
      std::fprintf(stderr, "skipped, and validate.yaml does not say why: %s\n", id.c_str());
    if (!open_ends.empty()) return kRefused;
  }
  return report.failed() == 0 ? kDone : kRefused;
}

}  // namespace lotbridge::connector_tool
