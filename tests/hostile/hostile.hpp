// What every hostile connector here has in common: a sound constant, a check that passes, and an
// orders.pull that misbehaves.
//
// A connector defines misbehave() and nothing else. No host of ours must ever need to trust it.
#pragma once

#include <string_view>

#include <lotbridge/connector.h>

#include HOSTILE_HEADER

struct lb_instance {
  const lb_host* host;
};

lb_status misbehave(const lb_host* host, lb_call* call);

inline lb_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

inline constexpr std::string_view kOrder =
    R"({"id": "1", "lines": [{"line": "1", "sku": "GYP-500", "quantity": "2"}]})";

namespace {

lb_status open_it(const lb_host* host, lb_call*, lb_bytes, lb_instance** out) {
  *out = new lb_instance{host};
  return LB_OK;
}
void close_it(lb_instance* instance) { delete instance; }
lb_status check(lb_instance*, lb_call*, lb_bytes) { return LB_OK; }
lb_status pull(lb_instance* instance, lb_call* call, lb_bytes) {
  return misbehave(instance->host, call);
}

constexpr lb_op kOps[] = {{sizeof(lb_op), "account.check/1", check},
                          {sizeof(lb_op), "orders.pull/1", pull}};

}  // namespace

extern "C" const lb_connector lotbridge_connector_1 = {
    sizeof(lb_connector),
    LB_ABI_MINOR,
    0,
    {HOSTILE_DESCRIPTOR.data(), HOSTILE_DESCRIPTOR.size()},
    kOps,
    2,
    sizeof(lb_op),
    open_it,
    close_it};
