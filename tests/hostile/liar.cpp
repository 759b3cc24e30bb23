// Writes a frame that is one, of a type that nobody knows.
#include <unistd.h>

#include "hostile.hpp"

lb_status misbehave(const lb_host*, lb_call*) {
  const unsigned frame[3] = {0, 999, 2};
  return write(3, frame, sizeof frame) > 0 ? LB_OK : LB_RETRY;
}
