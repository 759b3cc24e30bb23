// Writes where nothing is.
#include "hostile.hpp"

lb_status misbehave(const lb_host*, lb_call*) {
  volatile int* nowhere = nullptr;
  *nowhere = 1;
  return LB_OK;
}
