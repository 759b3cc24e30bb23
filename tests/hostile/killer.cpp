// Wants to take the daemon down with it.
#include <signal.h>
#include <unistd.h>

#include "hostile.hpp"

lb_status misbehave(const lb_host*, lb_call*) {
  return kill(getppid(), SIGKILL) == 0 ? LB_OK : LB_RETRY;
}
