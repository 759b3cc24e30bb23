#include "daemon/connector_host/sandbox.hpp"

#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "daemon/connector_host/frames.hpp"

namespace lotbridge::connector_host {
namespace {

// What no connector needs and what could hurt somebody else: a try is reported and ends the
// process.
constexpr std::array kForbidden = {"socket",
                                   "socketpair",
                                   "connect",
                                   "bind",
                                   "listen",
                                   "accept",
                                   "accept4",
                                   "execve",
                                   "execveat",
                                   "fork",
                                   "vfork",
                                   "clone",
                                   "clone3",
                                   "ptrace",
                                   "process_vm_readv",
                                   "process_vm_writev",
                                   "kill",
                                   "tkill",
                                   "rt_sigqueueinfo",
                                   "rt_tgsigqueueinfo",
                                   "pidfd_open",
                                   "pidfd_getfd",
                                   "pidfd_send_signal",
                                   "io_uring_setup",
                                   "bpf",
                                   "perf_event_open",
                                   "userfaultfd",
                                   "mount",
                                   "umount2",
                                   "unshare",
                                   "setns",
                                   "chroot",
                                   "pivot_root",
                                   "init_module",
                                   "finit_module",
                                   "reboot",
                                   "swapon",
                                   "keyctl",
                                   "add_key",
                                   "request_key",
                                   "unlink",
                                   "unlinkat",
                                   "rename",
                                   "renameat",
                                   "renameat2",
                                   "mkdir",
                                   "mkdirat",
                                   "rmdir",
                                   "symlink",
                                   "symlinkat",
                                   "link",
                                   "linkat",
                                   "mknod",
                                   "mknodat",
                                   "chmod",
                                   "fchmodat",
                                   "chown",
                                   "fchownat",
                                   "truncate",
                                   "setuid",
                                   "setgid",
                                   "setresuid",
                                   "setresgid",
                                   "creat",
                                   "memfd_create",
                                   "open_by_handle_at",
                                   "process_madvise",
                                   "move_mount"};
// Allowed while the file is loaded, no longer afterwards.
constexpr std::array kForbiddenLater = {"open",       "openat",     "openat2",
                                        "access",     "faccessat",  "readlink",
                                        "readlinkat", "getdents64", "statx"};
constexpr std::array kNeeded = {"read",
                                "write",
                                "readv",
                                "writev",
                                "recvfrom",
                                "recvmsg",
                                "sendto",
                                "sendmsg",
                                "poll",
                                "ppoll",
                                "close",
                                "fstat",
                                "lseek",
                                "futex",
                                "mmap",
                                "munmap",
                                "mprotect",
                                "mremap",
                                "madvise",
                                "brk",
                                "exit",
                                "exit_group",
                                "rt_sigreturn",
                                "rt_sigaction",
                                "rt_sigprocmask",
                                "sigaltstack",
                                "clock_gettime",
                                "clock_getres",
                                "clock_nanosleep",
                                "nanosleep",
                                "gettimeofday",
                                "time",
                                "getrandom",
                                "getpid",
                                "gettid",
                                "sched_yield",
                                "sched_getaffinity",
                                "sysinfo",
                                "uname",
                                "getrusage",
                                "restart_syscall",
                                "rseq",
                                "membarrier",
                                "prlimit64",
                                "getrlimit",
                                "set_robust_list",
                                "getuid",
                                "geteuid",
                                "getgid",
                                "getegid"};

// ---- Landlock by number: the C library has no functions for it, and its header may be older than
// the kernel.
constexpr long kCreateRuleset = 444, kAddRule = 445, kRestrictSelf = 446;
constexpr std::uint32_t kVersion = 1, kPathBeneath = 1;
constexpr std::uint64_t kExecute = 1, kReadFile = 4, kReadDir = 8;

struct Ruleset {
  std::uint64_t file_system = 0, network = 0, scoped = 0;
};
struct [[gnu::packed]] PathRule {
  std::uint64_t allowed;
  std::int32_t parent;
};

std::uint64_t rights_of(int abi) {
  std::uint64_t out = (1U << 13U) - 1;  // version 1
  if (abi >= 2) out |= 1U << 13U;       // moving between folders
  if (abi >= 3) out |= 1U << 14U;       // truncating
  if (abi >= 5) out |= 1U << 15U;       // device commands
  return out;
}

void allow_reading(int ruleset, const std::string& path, bool folder) {
  const int fd = open(path.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0) return;  // not there: nothing to read
  const PathRule rule{folder ? kExecute | kReadFile | kReadDir : kReadFile, fd};
  syscall(kAddRule, ruleset, kPathBeneath, &rule, 0);
  close(fd);
}

int report_fd = 3;

// Runs on whatever stack the connector left: no memory is asked for, nothing is locked.
void on_violation(int, siginfo_t* info, void*) {
  struct {
    frames::Header header;
    std::uint32_t number;
  } last{{sizeof(std::uint32_t), static_cast<std::uint16_t>(frames::Type::violation), 0, 0},
         static_cast<std::uint32_t>(info->si_syscall)};
  static_assert(sizeof last == sizeof(frames::Header) + sizeof(std::uint32_t));
  [[maybe_unused]] const ssize_t written = write(report_fd, &last, sizeof last);
  _exit(70);
}

void forbid(scmp_filter_ctx filter, const char* name) {
  const int number = seccomp_syscall_resolve_name(name);
  if (number != __NR_SCMP_ERROR && number >= 0) seccomp_rule_add(filter, SCMP_ACT_TRAP, number, 0);
}

// A process may end itself (abort), and nobody else.
void only_own_signals(scmp_filter_ctx filter, std::uint32_t action, bool equal) {
  const auto pid = static_cast<scmp_datum_t>(getpid());
  seccomp_rule_add(filter, action, SCMP_SYS(tgkill), 1,
                   equal ? SCMP_A0(SCMP_CMP_EQ, pid) : SCMP_A0(SCMP_CMP_NE, pid));
}

scmp_filter_ctx first_filter() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (filter == nullptr) return nullptr;
  seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  for (const char* name : kForbidden) forbid(filter, name);
  only_own_signals(filter, SCMP_ACT_TRAP, false);
  for (const scmp_datum_t flag : {O_WRONLY, O_RDWR}) {
    seccomp_rule_add(filter, SCMP_ACT_TRAP, SCMP_SYS(openat), 1,
                     SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE, flag));
    seccomp_rule_add(filter, SCMP_ACT_TRAP, SCMP_SYS(open), 1,
                     SCMP_A1(SCMP_CMP_MASKED_EQ, O_ACCMODE, flag));
  }
  return filter;
}

scmp_filter_ctx second_filter() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == nullptr) return nullptr;
  seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  for (const char* name : kForbidden) forbid(filter, name);
  for (const char* name : kForbiddenLater) forbid(filter, name);
  for (const char* name : kNeeded) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number >= 0) seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
  }
  only_own_signals(filter, SCMP_ACT_ALLOW, true);
  only_own_signals(filter, SCMP_ACT_TRAP, false);
  // fstat() of newer C libraries.
  seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                   SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));
  return filter;
}

constexpr bool kSanitized =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    true;
#else
    false;
#endif

}  // namespace

Sandbox::Sandbox(const Walls& walls) : walls_(walls) {}

Sandbox::~Sandbox() {
  if (sealed_ != nullptr) seccomp_release(sealed_);
}

void Sandbox::lacks(const std::string& what) { missing_ += (missing_.empty() ? "" : "; ") + what; }

void Sandbox::limit() {
  const auto set = [this](__rlimit_resource which, rlim_t most, const char* what) {
    const rlimit limit{most, most};
    if (setrlimit(which, &limit) != 0)
      lacks(std::string("no limit of ") + what + " (" + std::strerror(errno) + ")");
  };
  set(RLIMIT_CORE, 0, "core files");
  set(RLIMIT_FSIZE, 0, "file sizes");
  // A sanitizer maps more than any machine has.
  if (walls_.memory_bytes > 0 && !kSanitized) set(RLIMIT_AS, walls_.memory_bytes, "memory");
}

void Sandbox::shut_file_system() {
  const long abi = syscall(kCreateRuleset, nullptr, 0, kVersion);
  if (abi < 1) {
    return lacks(errno == ENOSYS || errno == EOPNOTSUPP
                     ? "this kernel has no Landlock, so while its file is loaded the connector "
                       "could read files"
                     : std::string("Landlock is not permitted here (") + std::strerror(errno) +
                           ")");
  }
  landlock_abi_ = static_cast<int>(abi);
  Ruleset rules;
  rules.file_system = rights_of(landlock_abi_);
  if (abi >= 4) rules.network = 3;  // binding and connecting
  if (abi >= 6) rules.scoped = 3;   // abstract sockets and signals of others
  const std::size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
  const auto ruleset = static_cast<int>(syscall(kCreateRuleset, &rules, size, 0));
  if (ruleset < 0)
    return lacks(std::string("Landlock has no ruleset (") + std::strerror(errno) + ")");
  for (const char* folder : {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"})
    allow_reading(ruleset, folder, true);
  allow_reading(ruleset, "/etc/ld.so.cache", false);
  allow_reading(ruleset, walls_.folder, true);
  if (syscall(kRestrictSelf, ruleset, 0) != 0)
    lacks(std::string("Landlock could not be applied (") + std::strerror(errno) + ")");
  close(ruleset);
}

void Sandbox::shut_in() {
  limit();
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) lacks("new privileges are not ruled out");
  shut_file_system();
  report_fd = walls_.fd;
  struct sigaction action {};
  action.sa_sigaction = on_violation;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSYS, &action, nullptr);
  sealed_ = second_filter();
  scmp_filter_ctx first = first_filter();
  const int refused = first == nullptr || sealed_ == nullptr ? -ENOMEM : seccomp_load(first);
  if (first != nullptr) seccomp_release(first);
  if (refused != 0) {
    lacks(std::string("seccomp is not permitted here (") + std::strerror(-refused) +
          "), so system calls are not limited");
  }
}

void Sandbox::seal() {
  if (sealed_ == nullptr) return;
  if (const int refused = seccomp_load(sealed_); refused != 0)
    lacks(std::string("the second filter of system calls was refused (") + std::strerror(-refused) +
          ")");
  seccomp_release(sealed_);
  sealed_ = nullptr;
}

}  // namespace lotbridge::connector_host
