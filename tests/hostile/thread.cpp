// Does its work behind the host's back.
#include <pthread.h>

#include "hostile.hpp"

namespace {

void* work(void*) { return nullptr; }

}  // namespace

lb_status misbehave(const lb_host*, lb_call*) {
  pthread_t thread{};
  return pthread_create(&thread, nullptr, work, nullptr) == 0 ? LB_OK : LB_RETRY;
}
