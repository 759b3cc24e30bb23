// Does its harm while it is loaded, before anybody called it.
#include <sys/socket.h>

#include "hostile.hpp"

namespace {

[[gnu::constructor]] void before_anything() { socket(AF_INET, SOCK_STREAM, 0); }

}  // namespace

lb_status misbehave(const lb_host*, lb_call*) { return LB_OK; }
