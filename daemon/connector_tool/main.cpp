// lotbridge-connector-tool: what `lotctl connector VERB ...` starts.
#include <cstdio>
#include <exception>

#include "daemon/connector_tool/verbs.hpp"

int main(int count, char** arguments) {
  try {
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    return lotbridge::connector_tool::run_verb({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lotctl connector: %s\n", error.what());
    return lotbridge::connector_tool::kRefused;
  }
}
