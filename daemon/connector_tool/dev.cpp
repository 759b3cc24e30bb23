// lotctl connector dev: build and prove again whenever a source changes.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "daemon/connector_tool/arguments.hpp"
#include "daemon/connector_tool/verbs.hpp"

namespace lotbridge::connector_tool {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHow =
    "lotctl connector dev [FOLDER] [--build FOLDER] [--once]\n"
    "Builds FOLDER (default: this one), validates what it built, and again after each change.";

int run_program(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::fflush(nullptr);
  const pid_t pid = fork();
  if (pid == 0) {
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

// The newest change of a source, its build folder left out.
fs::file_time_type last_change(const fs::path& folder, const fs::path& build) {
  fs::file_time_type newest{};
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    if (at->path() == build) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file(error)) {
      newest = std::max(newest, at->last_write_time(error));
    }
  }
  return newest;
}

int build_and_prove(const fs::path& folder, const fs::path& build) {
  if (!fs::exists(build / "CMakeCache.txt") &&
      run_program({"cmake", "-S", folder.string(), "-B", build.string()}) != 0)
    return kRefused;
  if (run_program({"cmake", "--build", build.string()}) != 0) return kRefused;
  int worst = kDone;
  for (const auto& entry : fs::directory_iterator(build / "connectors")) {
    const fs::path file = entry.path() / (entry.path().filename().string() + ".so");
    if (fs::exists(file))
      worst =
          std::max(worst, validate({file.string(), "--with", folder.string(), "--only-failed"}));
  }
  return worst;
}

}  // namespace

int dev(const Words& words) {
  const auto arguments = read_arguments(words, {{"--build"}, {"--once"}, 0, 1});
  if (!arguments.ok()) return wrong_usage(arguments.problem().detail, kHow);
  const fs::path folder = fs::absolute(arguments->words.empty() ? "." : arguments->words[0]);
  const fs::path build = fs::absolute(arguments->value("--build", (folder / "build").string()));
  for (;;) {
    const auto seen = last_change(folder, build);
    const int status = build_and_prove(folder, build);
    if (arguments->has("--once")) return status;
    std::printf("waiting for a change in %s\n", folder.c_str());
    while (last_change(folder, build) == seen)
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
}

}  // namespace lotbridge::connector_tool
