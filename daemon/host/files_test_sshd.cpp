#include "daemon/host/files_test_sshd.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

namespace lotbridge::host {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSshd = "/usr/sbin/sshd";

pid_t run(const std::vector<std::string>& words, const fs::path& output) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves no server behind
  const int file = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(file, 1);
  ::dup2(file, 2);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

bool wait_for(pid_t child) {
  int status = -1;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t length = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), length);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  ::close(fd);
  return ntohs(address.sin_port);
}

bool answers(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool ok = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return ok;
}

}  // namespace

TestSshd::TestSshd(fs::path folder) : folder_(std::move(folder)) {
  if (!fs::exists(kSshd)) return;
  const passwd* self = ::getpwuid(::getuid());
  user_ = self == nullptr ? "root" : self->pw_name;
  // As root, sshd insists on this folder, which a machine without a running server lacks.
  if (::getuid() == 0) fs::create_directories("/run/sshd");
  const fs::path log = folder_ / "log";
  for (const char* name : {"host", "client"}) {
    if (!wait_for(run(
            {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder_ / name}, log))) {
      return;
    }
  }
  if (!wait_for(run({"/usr/bin/ssh-keygen", "-lf", folder_ / "host.pub"}, folder_ / "print")))
    return;
  std::stringstream print(content(folder_ / "print"));
  std::string bits;
  print >> bits >> fingerprint_;
  private_key_ = content(folder_ / "client");
  port_ = free_port();
  std::ofstream(folder_ / "config")
      << "ListenAddress 127.0.0.1\nPort " << port_ << "\nHostKey " << (folder_ / "host").string()
      << "\nPidFile none\nUsePAM no\n"
      << "StrictModes no\nPermitRootLogin yes\nPasswordAuthentication no\n"
      << "AuthorizedKeysFile " << (folder_ / "client.pub").string()
      << "\nSubsystem sftp internal-sftp\n";
  start();
}

TestSshd::~TestSshd() { stop(); }

void TestSshd::start() {
  child_ = run({kSshd, "-D", "-e", "-f", folder_ / "config"}, folder_ / "log");
  for (int tries = 0; tries < 200 && !started_; ++tries) {
    if (::waitpid(child_, nullptr, WNOHANG) == child_) {
      child_ = -1;
      return;
    }
    started_ = answers(port_);
    if (!started_) ::usleep(20'000);
  }
}

void TestSshd::stop() {
  if (child_ > 0) {
    ::kill(-child_, SIGTERM);  // sessions that are open die with it
    ::waitpid(child_, nullptr, 0);
  }
  child_ = -1;
  started_ = false;
}

void TestSshd::restart() {
  stop();
  start();
}

std::string TestSshd::drop(const fs::path& path) const {
  return R"({"sftp": {"host": "127.0.0.1", "port": )" + std::to_string(port_) + R"(, "user": ")" +
         user_ + R"(", "path": ")" + path.string() + R"(", "host_key_sha256": ")" + fingerprint_ +
         R"("}})";
}

}  // namespace lotbridge::host
