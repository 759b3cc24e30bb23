// Prints megabytes.
#include <cstdio>

#include "hostile.hpp"

lb_status misbehave(const lb_host*, lb_call*) {
  for (int n = 0; n < 50'000; ++n)
    std::printf("line %d of a connector that has very much to say about nothing at all\n", n);
  std::fflush(stdout);
  return LB_OK;
}
