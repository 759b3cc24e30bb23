#include "daemon/host/child_words.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <cstring>

#include "daemon/host/child.hpp"

namespace lotbridge::host {
namespace {

struct Pair {
  int ends[2] = {-1, -1};
  ~Pair() {
    for (const int fd : ends) {
      if (fd >= 0) close(fd);
    }
  }
  int release(int which) {
    const int out = ends[which];
    ends[which] = -1;
    return out;
  }
};

Problem failed(const char* what, int error) {
  return {
      "connector_refused",
      std::string("a connector's process can't be started: ") + what + ": " + std::strerror(error),
      {}};
}

bool is_program(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && access(path.c_str(), X_OK) == 0;
}

std::string own_folder() {
  char path[PATH_MAX];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  if (n <= 0) {  // no /proc here
    const char* name = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
    if (name == nullptr || realpath(name, path) == nullptr) return ".";
    n = static_cast<ssize_t>(std::strlen(path));
  }
  const std::string self(path, static_cast<std::size_t>(n));
  return self.substr(0, self.rfind('/'));
}

}  // namespace

std::string find_connector_host() {
  const char* named = std::getenv("LOTBRIDGE_CONNECTOR_HOST");
  if (named != nullptr && *named != '\0') return named;
  static const std::string found = []() -> std::string {
    const std::string folder = own_folder();
    for (const char* place : {"/", "/../bin/", "/../libexec/lotbridge/", "/../../bin/"}) {
      const std::string path = folder + place + "lotbridge-connector-host";
      if (is_program(path)) return path;
    }
    return {};
  }();
  return found;
}

Result<Spawned> spawn_connector_host(const ChildStart& start) {
  Pair talk, output, errors, nothing;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, talk.ends) != 0)
    return failed("socketpair", errno);
  for (Pair* pipe : {&output, &errors, &nothing}) {
    if (pipe2(pipe->ends, O_CLOEXEC) != 0) return failed("pipe", errno);
  }
  for (const Pair* pipe : {&output, &errors}) fcntl(pipe->ends[0], F_SETFL, O_NONBLOCK);
  close(nothing.release(1));  // its standard input has ended already

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, nothing.ends[0], 0);
  posix_spawn_file_actions_adddup2(&files, output.ends[1], 1);
  posix_spawn_file_actions_adddup2(&files, errors.ends[1], 2);
  posix_spawn_file_actions_adddup2(&files, talk.ends[1], 3);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  const std::string memory = std::to_string(start.limits.memory_bytes);
  std::vector<const char*> arguments = {start.program.c_str(), "--fd", "3", "--memory",
                                        memory.c_str()};
  if (start.wait_debugger) arguments.push_back("--wait-debugger");
  arguments.push_back(start.file.c_str());
  arguments.push_back(nullptr);
  // Nothing of our environment: it may hold secrets.
  const char* environment[] = {"LC_ALL=C.UTF-8", nullptr};
  Spawned out;
  const int error =
      posix_spawn(&out.pid, start.program.c_str(), &files, &attributes,
                  const_cast<char**>(arguments.data()), const_cast<char**>(environment));
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return failed(start.program.c_str(), error);
  out.socket = talk.release(0);
  out.output = output.release(0);
  out.errors = errors.release(0);
  return out;
}

std::string ending_words(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    std::string out = "its process was ended by signal " + std::to_string(signal) + " (" +
                      strsignal(signal) + ")";
    if (signal == SIGKILL) out += ", perhaps because the machine ran out of memory";
    if (signal == SIGSYS)
      out += ": it asked the system for what connectors may not have, a thread perhaps";
    return out;
  }
  return "its process ended by itself with status " + std::to_string(WEXITSTATUS(status));
}

std::string violation_words(std::uint32_t system_call) {
  const auto is = [&](std::initializer_list<long> numbers) {
    for (const long number : numbers) {
      if (static_cast<long>(system_call) == number) return true;
    }
    return false;
  };
  std::string deed = "do something that is forbidden";
  if (is({SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4}))
    deed = "open a socket";
  if (is({SYS_openat, SYS_openat2, SYS_faccessat, SYS_readlinkat, SYS_getdents64, SYS_statx}))
    deed = "open or look at a file";
  if (is({SYS_execve, SYS_execveat})) deed = "start a program";
  if (is({SYS_clone, SYS_clone3})) deed = "start a process or a thread";
  if (is({SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_pidfd_open}))
    deed = "send a signal to somebody else";
  if (is({SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev}))
    deed = "look into another process";
#ifdef SYS_open
  if (is({SYS_open, SYS_access, SYS_readlink, SYS_creat})) deed = "open or look at a file";
  if (is({SYS_fork, SYS_vfork})) deed = "start a process or a thread";
#endif
  return "it tried to " + deed + " (system call " + std::to_string(system_call) +
         "), which connectors may not; its process was ended before that happened";
}

}  // namespace lotbridge::host
