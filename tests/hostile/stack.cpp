// Calls itself until the stack ends.
#include "hostile.hpp"

namespace {

int deeper(int n) {
  volatile char page[4096];
  page[n % 4096] = 1;
  return n < 0 ? 0 : deeper(n + 1) + page[0];
}

}  // namespace

lb_status misbehave(const lb_host*, lb_call*) { return deeper(0) == 0 ? LB_OK : LB_RETRY; }
