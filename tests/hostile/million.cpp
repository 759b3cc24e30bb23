// Sends a million records and never a checkpoint.
#include "hostile.hpp"

lb_status misbehave(const lb_host* host, lb_call* call) {
  for (int n = 0; n < 1'000'000; ++n) {
    if (const lb_status status = host->emit(call, bytes("order/1"), bytes(kOrder)); status != LB_OK)
      return status;
  }
  return LB_OK;
}
