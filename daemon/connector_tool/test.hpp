// What a test of the validator is, and what came of it.
//
// A test has an id ("faults/orders_pull/2/429"), the claim that it proves ("faults/429") and one
// sentence for people. It runs in a child of its own, with the connector loaded there and nowhere
// else. Plain values.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <lotbridge/connector.h>

#include "daemon/connector_tool/package.hpp"

namespace lotbridge::connector_tool {

struct Verdict {
  enum class Kind : std::uint8_t { passed, failed, skipped } kind = Kind::passed;
  std::string why;

  static Verdict pass() { return {}; }
  static Verdict fail(std::string why) { return {Kind::failed, std::move(why)}; }
  static Verdict skip(std::string why) { return {Kind::skipped, std::move(why)}; }
};

// Memory that the parent sees too: what a child was at when it died or hung.
struct Progress {
  char doing[240];
  std::uint64_t seed;
  void at(const std::string& what) {
    const std::size_t size = what.copy(doing, sizeof doing - 1);
    doing[size] = '\0';
  }
};

// What the file said about itself to a child that did nothing but load it.
struct Offer {
  bool loaded = false;
  std::string problem;       // why it can't be loaded
  std::int64_t load_us = 0;  // how long loading took, at best
  std::string descriptor;    // the embedded bytes
  std::vector<std::string> operations;
  bool has(const std::string& operation) const;
};

struct Context {
  const Package* package = nullptr;
  const Offer* offer = nullptr;
  const lb_connector* connector = nullptr;  // in the child only
  Progress* progress = nullptr;
  std::uint64_t seed = 1;
  std::int64_t fuzz_ms = 0;  // 0: a small number of rounds instead
  bool isolated = true;      // false: --in-process
  std::string host_program;  // lotbridge-connector-host, for the parity tests
};

struct Test {
  std::string id, claim, sentence;
  std::function<Verdict(const Context&)> run;
  bool loads = true;   // false: it looks at the file as bytes
  bool sealed = true;  // false: the child may start processes (it is the tool's own doing)
};

// All tests that apply to this package; what its recordings lack is a skipped test with a reason.
std::vector<Test> all_tests(const Package&, const Offer&);

using Tests = std::vector<Test>;
void add_file_tests(Tests&, const Package&, const Offer&);
void add_descriptor_tests(Tests&, const Package&, const Offer&);
void add_life_tests(Tests&, const Package&, const Offer&);
void add_rules_tests(Tests&, const Package&, const Offer&);
void add_records_tests(Tests&, const Package&, const Offer&);
void add_faults_tests(Tests&, const Package&, const Offer&);
void add_resume_tests(Tests&, const Package&, const Offer&);
void add_write_back_tests(Tests&, const Package&, const Offer&);
void add_webhooks_tests(Tests&, const Package&, const Offer&);
void add_secrets_tests(Tests&, const Package&, const Offer&);
void add_limits_tests(Tests&, const Package&, const Offer&);
void add_parity_tests(Tests&, const Package&, const Offer&);
void add_fuzz_tests(Tests&, const Package&, const Offer&);

}  // namespace lotbridge::connector_tool
