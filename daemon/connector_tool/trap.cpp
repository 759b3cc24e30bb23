#include "daemon/connector_tool/trap.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <ucontext.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>

namespace lotbridge::connector_tool {
namespace {

constexpr int kMost = 64;
std::atomic<int> noted{0};
struct Note {
  int call;
  bool thread;
} notes[kMost];

std::atomic<bool> watching{false};
std::atomic<bool> thread_tried{false};

// Runs inside the connector's own thread: only what a signal handler may do.
void on_trap(int, siginfo_t* info, void* context) {
  auto* machine = static_cast<ucontext_t*>(context);
  const int call = info->si_syscall;
  long first = 0;
#if defined(__x86_64__)
  first = machine->uc_mcontext.gregs[REG_RDI];
  // clone3 gives its flags in memory; "no such call" makes libc come back with clone.
  machine->uc_mcontext.gregs[REG_RAX] = call == __NR_clone3 ? -ENOSYS : -EPERM;
#elif defined(__aarch64__)
  first = static_cast<long>(machine->uc_mcontext.regs[0]);
  machine->uc_mcontext.regs[0] = static_cast<unsigned long>(call == __NR_clone3 ? -ENOSYS : -EPERM);
#endif
  if (call == __NR_clone3) return;
  const int at = noted.fetch_add(1);
  if (at < kMost) notes[at] = {call, (first & CLONE_THREAD) != 0};
}

bool install(const std::vector<int>& calls) {
  struct sigaction action {};
  action.sa_sigaction = on_trap;
  action.sa_flags = SA_SIGINFO | SA_NODEFER;
  if (sigaction(SIGSYS, &action, nullptr) != 0) return false;
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (filter == nullptr) return false;
  bool all = true;
  for (const int call : calls) all = seccomp_rule_add(filter, SCMP_ACT_TRAP, call, 0) == 0 && all;
  all = all && seccomp_load(filter) == 0;
  seccomp_release(filter);
  return all;
}

bool is_of(const Note& note, Forbidden sort) {
  const auto is = [&](std::initializer_list<int> calls) {
    return std::find(calls.begin(), calls.end(), note.call) != calls.end();
  };
  switch (sort) {
    case Forbidden::thread:
      return is({SCMP_SYS(clone)}) && note.thread;
    case Forbidden::socket:
      return is({SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind),
                 SCMP_SYS(listen)});
    case Forbidden::process:
      return is({SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(execve), SCMP_SYS(execveat),
                 SCMP_SYS(ptrace), SCMP_SYS(kill)}) ||
             (is({SCMP_SYS(clone)}) && !note.thread);
    case Forbidden::file:
      return is({SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2), SCMP_SYS(creat),
                 SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat2),
                 SCMP_SYS(mkdir), SCMP_SYS(mkdirat)});
  }
  return false;
}

}  // namespace

bool trap_before_load() {
  return install({SCMP_SYS(socket),    SCMP_SYS(socketpair), SCMP_SYS(connect),  SCMP_SYS(bind),
                  SCMP_SYS(listen),    SCMP_SYS(clone),      SCMP_SYS(clone3),   SCMP_SYS(fork),
                  SCMP_SYS(vfork),     SCMP_SYS(execve),     SCMP_SYS(execveat), SCMP_SYS(ptrace),
                  SCMP_SYS(kill),      SCMP_SYS(unlink),     SCMP_SYS(unlinkat), SCMP_SYS(rename),
                  SCMP_SYS(renameat2), SCMP_SYS(mkdir),      SCMP_SYS(mkdirat),  SCMP_SYS(creat)});
}

bool trap_after_load() {
  watching = true;
  return install({SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(openat2)});
}

std::vector<std::string> tried(Forbidden sort) {
  std::vector<std::string> out;
  if (sort == Forbidden::thread && thread_tried) out.emplace_back("pthread_create");
  for (int n = 0; n < std::min(noted.load(), kMost); ++n) {
    if (!is_of(notes[n], sort)) continue;
    char* name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, notes[n].call);
    const std::string text = name == nullptr ? std::to_string(notes[n].call) : name;
    std::free(name);
    if (std::find(out.begin(), out.end(), text) == out.end()) out.push_back(text);
  }
  return out;
}

}  // namespace lotbridge::connector_tool

// Found before libc's own by whatever is loaded into this program. The system call behind it comes
// with all signals blocked, where a trap would end the process instead of being noted.
extern "C" __attribute__((visibility("default"))) int pthread_create(pthread_t* thread,
                                                                     const pthread_attr_t* how,
                                                                     void* (*start)(void*),
                                                                     void* with) {
  using lotbridge::connector_tool::thread_tried;
  using lotbridge::connector_tool::watching;
  if (watching) {
    thread_tried = true;
    return EPERM;
  }
  using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto real = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
  return real(thread, how, start, with);
}
