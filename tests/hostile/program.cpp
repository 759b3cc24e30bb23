// Becomes another program.
#include <unistd.h>

#include "hostile.hpp"

lb_status misbehave(const lb_host*, lb_call*) {
  execl("/bin/sh", "sh", "-c", "echo taken over", static_cast<char*>(nullptr));
  return LB_RETRY;
}
