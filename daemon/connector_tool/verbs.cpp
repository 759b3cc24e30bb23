#include "daemon/connector_tool/verbs.hpp"

#include <cstdio>

namespace lotbridge::connector_tool {
namespace {

struct Verb {
  const char* name;
  const char* what;
  int (*run)(const Words&);
};

constexpr Verb kVerbs[] = {
    {"new", "Make a connector that builds and passes, to be changed", scaffold},
    {"describe", "What a connector says about itself", describe},
    {"validate", "Prove a connector by its recordings, without an account", validate},
    {"check", "Are address and credentials of an account right?", check},
    {"run", "Run one operation by hand, on a recording or live", run_operation},
    {"record", "Run one operation live and keep what was exchanged", record},
    {"replay", "Play a recording and show what comes of it", replay},
    {"dev", "Build and prove again whenever a source changes", dev},
    {"pack", "Put a connector into one file, with digests and a signature", pack},
    {"install", "Take a packed connector into a folder of connectors", install},
    {"list", "Which connectors are found, where, and which are hidden by others", list},
};

int help(FILE* to) {
  std::fputs("lotctl connector VERB ...\n\n", to);
  for (const Verb& verb : kVerbs) std::fprintf(to, "  %-10s %s\n", verb.name, verb.what);
  std::fputs("\nA verb without anything behind it says what it wants.\n", to);
  return to == stdout ? kDone : kUsage;
}

}  // namespace

int run_verb(const Words& words) {
  if (words.empty()) return help(stderr);
  if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") return help(stdout);
  for (const Verb& verb : kVerbs) {
    if (words[0] == verb.name) return verb.run({words.begin() + 1, words.end()});
  }
  std::fprintf(stderr, "lotctl connector: no such verb: %s\n", words[0].c_str());
  return help(stderr);
}

int wrong_usage(const std::string& detail, const char* usage) {
  std::fprintf(stderr, "lotctl connector: %s\n%s\n", detail.c_str(), usage);
  return kUsage;
}

int refused(const std::string& detail) {
  std::fprintf(stderr, "lotctl connector: %s\n", detail.c_str());
  return kRefused;
}

}  // namespace lotbridge::connector_tool
