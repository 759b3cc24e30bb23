// lots_cases FILE.case...: each must say what the core answers.
// lots_cases --accept FILE.case...: writes into each what the core answers, for a person to read
// before it is committed.
#include <fstream>
#include <iostream>
#include <sstream>
#include <vector>

#include "case_runner.hpp"

namespace {

std::string read(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

// The first lines where the two differ, one below the other.
void print_difference(const std::string& said, const std::string& got) {
  std::istringstream a(said), b(got);
  std::string line_a, line_b;
  for (int number = 1;; ++number) {
    const bool more_a = static_cast<bool>(std::getline(a, line_a));
    const bool more_b = static_cast<bool>(std::getline(b, line_b));
    if (!more_a && !more_b) return;
    if (more_a && more_b && line_a == line_b) continue;
    std::cout << "  line " << number << "\n    said: " << (more_a ? line_a : "(end)")
              << "\n    got:  " << (more_b ? line_b : "(end)") << "\n";
    return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool accept = false;
  int failed = 0;
  int run = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string path = argv[i];
    if (path == "--accept") {
      accept = true;
      continue;
    }
    const std::string said = read(path);
    const std::string got = lotbridge::lots::run_case(said);
    ++run;
    if (said == got && !said.empty()) continue;
    if (accept) {
      std::ofstream(path) << got;
      continue;
    }
    ++failed;
    std::cout << path << "\n";
    print_difference(said, got);
  }
  std::cout << run - failed << " of " << run << " cases hold\n";
  return run == 0 ? 2 : failed == 0 ? 0 : 1;
}
