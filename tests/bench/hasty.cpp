// A connector for benchmarks: it does next to nothing, or brings orders as fast as it can.
#include <cstdio>
#include <string>
#include <string_view>

#include <lotbridge/connector.h>

#include "hasty.descriptor.hpp"

struct lb_instance {
  const lb_host* host;
};

namespace {

lb_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

lb_status open_it(const lb_host* host, lb_call*, lb_bytes, lb_instance** out) {
  *out = new lb_instance{host};
  return LB_OK;
}
void close_it(lb_instance* instance) { delete instance; }

lb_status check(lb_instance*, lb_call*, lb_bytes) { return LB_OK; }

// Ten thousand orders of four lines, once; 250 to a checkpoint.
lb_status pull(lb_instance* instance, lb_call* call, lb_bytes input) {
  if (std::string_view(input.data, input.len).find("\"cursor\":null") == std::string_view::npos)
    return LB_OK;
  const lb_host& host = *instance->host;
  for (int n = 0; n < 10'000; ++n) {
    std::string order = R"({"id": "H)" + std::to_string(n) +
                        R"(", "placed_at": "2026-05-16T08:00:00Z", "lines": [)";
    for (int line = 1; line <= 4; ++line) {
      char text[96];
      std::snprintf(text, sizeof text, R"(%s{"line": "%d", "sku": "GYP-%05d", "quantity": "2"})",
                    line == 1 ? "" : ", ", line, (n * 4 + line) % 500);
      order += text;
    }
    order += "]}";
    if (const lb_status status = host.emit(call, bytes("order/1"), bytes(order)); status != LB_OK)
      return status;
    if (n % 250 != 249) continue;
    if (const lb_status status = host.checkpoint(call, bytes(std::to_string(n))); status != LB_OK)
      return status;
  }
  return LB_OK;
}

constexpr lb_op kOps[] = {{sizeof(lb_op), "account.check/1", check},
                          {sizeof(lb_op), "orders.pull/1", pull}};

}  // namespace

extern "C" const lb_connector lotbridge_connector_1 = {
    sizeof(lb_connector),
    LB_ABI_MINOR,
    0,
    {kHastyDescriptor.data(), kHastyDescriptor.size()},
    kOps,
    2,
    sizeof(lb_op),
    open_it,
    close_it};
