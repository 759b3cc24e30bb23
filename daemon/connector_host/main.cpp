// lotbridge-connector-host: the program in which one connector runs, apart from the daemon.
//
//   lotbridge-connector-host --fd 3 [--memory BYTES] [--wait-debugger] FILE   what the daemon
//   starts lotbridge-connector-host VERB ...                                        for people:
//   validate, ...
//
// The verbs live in a program of their own beside this one, which is kept small because it runs
// once per busy account.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "daemon/connector_host/serve.hpp"

namespace {

std::string own_path(const char* name) {
  char path[PATH_MAX];
  const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  return n > 0 ? std::string(path, static_cast<std::size_t>(n)) : std::string(name);
}

int run_tool(char** arguments) {
  const std::string self = own_path(arguments[0]);
  const std::string tool = self.substr(0, self.rfind('/') + 1) + "lotbridge-connector-tool";
  arguments[0] = const_cast<char*>(tool.c_str());
  execv(tool.c_str(), arguments);
  std::fprintf(stderr, "lotbridge-connector-host: %s can't be started: %s\n", tool.c_str(),
               std::strerror(errno));
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2 || std::strcmp(arguments[1], "--fd") != 0) return run_tool(arguments);
  lotbridge::connector_host::Walls walls;
  std::string file;
  bool wait = false;
  for (int n = 1; n < count; ++n) {
    const std::string word = arguments[n];
    if (word == "--wait-debugger") {
      wait = true;
    } else if (word == "--fd" && n + 1 < count) {
      walls.fd = static_cast<int>(std::strtol(arguments[++n], nullptr, 10));
    } else if (word == "--memory" && n + 1 < count) {
      walls.memory_bytes = std::strtoull(arguments[++n], nullptr, 10);
    } else {
      file = word;
    }
  }
  if (file.empty() || walls.fd < 3) {
    std::fputs("lotbridge-connector-host: --fd NUMBER FILE is needed\n", stderr);
    return 2;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a connector has nothing to do without its daemon
  // Nothing that the daemon had open may reach a connector.
  syscall(SYS_close_range, static_cast<unsigned>(walls.fd) + 1, ~0U, 0U);
  if (walls.fd > 3) syscall(SYS_close_range, 3U, static_cast<unsigned>(walls.fd) - 1, 0U);
  if (wait) raise(SIGSTOP);
  walls.folder = file.substr(0, file.rfind('/'));
  const int status = lotbridge::connector_host::serve(file, walls);
  _exit(status);  // whatever a connector left for the end of the process is of no use to anybody
}
