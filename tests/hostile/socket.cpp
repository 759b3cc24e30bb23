// Wants to talk to the network by itself.
#include <sys/socket.h>

#include "hostile.hpp"

lb_status misbehave(const lb_host*, lb_call*) {
  return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? LB_OK : LB_RETRY;
}
