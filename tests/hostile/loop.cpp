// Computes for ever and looks at nothing.
#include "hostile.hpp"

lb_status misbehave(const lb_host*, lb_call*) {
  volatile unsigned n = 0;
  while (true) n = n + 1;
}
