// The control: it does nothing wrong.
#include "hostile.hpp"

lb_status misbehave(const lb_host* host, lb_call* call) {
  if (const lb_status status = host->emit(call, bytes("order/1"), bytes(kOrder)); status != LB_OK)
    return status;
  return host->checkpoint(call, bytes("\"1\""));
}
