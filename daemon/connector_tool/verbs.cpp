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
    {"validate", "Prove a connector by its recordings, without an account", validate},
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
