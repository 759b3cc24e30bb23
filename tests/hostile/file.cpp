// Reads a file that is none of its business, and hands it over as a record.
#include <fcntl.h>
#include <unistd.h>

#include "hostile.hpp"

lb_status misbehave(const lb_host* host, lb_call* call) {
  const int fd = open("/etc/passwd", O_RDONLY);
  if (fd < 0) return LB_RETRY;
  char text[4096];
  const ssize_t n = read(fd, text, sizeof text);
  return host->emit(call, bytes("order/1"), {text, n < 0 ? 0 : static_cast<std::size_t>(n)});
}
