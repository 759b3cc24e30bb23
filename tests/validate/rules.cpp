// What no connector may do to its process.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <system_error>
#include <thread>

#include "wrong.hpp"

void break_a_rule() {
  if (is("thread")) {
    try {
      std::thread([] {}).join();
    } catch (const std::system_error&) {
    }
  }
  if (is("socket")) {
    if (const int fd = socket(AF_INET, SOCK_STREAM, 0); fd >= 0) close(fd);
  }
  if (is("file")) {
    if (const int fd = open("/etc/hostname", O_RDONLY | O_CLOEXEC); fd >= 0) close(fd);
  }
  if (is("process") && fork() == 0) _exit(0);
}
