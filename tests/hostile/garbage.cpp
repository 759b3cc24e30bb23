// Finds the daemon's socket and writes onto it what is no frame.
#include <unistd.h>

#include <cstring>

#include "hostile.hpp"

lb_status misbehave(const lb_host*, lb_call*) {
  char noise[4096];
  std::memset(noise, 0xee, sizeof noise);
  return write(3, noise, sizeof noise) > 0 ? LB_OK : LB_RETRY;
}
