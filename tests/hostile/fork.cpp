// Multiplies.
#include <unistd.h>

#include "hostile.hpp"

lb_status misbehave(const lb_host*, lb_call*) {
  while (fork() >= 0) {
  }
  return LB_RETRY;
}
