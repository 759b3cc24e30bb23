// Looks into a stranger's file while it is loaded, when libraries may still be opened.
#include <fcntl.h>

#include "hostile.hpp"

namespace {

int seen = -1;
[[gnu::constructor]] void before_anything() { seen = open("/etc/passwd", O_RDONLY); }

}  // namespace

lb_status misbehave(const lb_host* host, lb_call* call) {
  return host->result(call, bytes(seen >= 0 ? "\"read\"" : "\"refused\""));
}
