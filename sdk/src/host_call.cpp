// The C functions of lb_host: each finds its call and lets no exception through.
#include <lotbridge/detail/host_call.hpp>

namespace lotbridge::detail {
namespace {

// The connector's code stands above this frame; what goes wrong here (memory, say) becomes a
// status.
template <typename Work>
lb_status guarded(lb_call* call, Work work) noexcept {
  try {
    return work(HostCall::of(call));
  } catch (...) {
    return LB_RETRY;
  }
}

}  // namespace

void fill_host_table(lb_host& table) {
  table.size = sizeof(lb_host);
  table.abi_minor = LB_ABI_MINOR;
  table.http = [](lb_call* call, const lb_http_request* request,
                  const lb_http_response** out) -> lb_status {
    return guarded(call, [&](HostCall& running) { return running.http(*request, out); });
  };
  table.emit = [](lb_call* call, lb_bytes kind, lb_bytes json) -> lb_status {
    return guarded(call,
                   [&](HostCall& running) { return running.emit(view_of(kind), view_of(json)); });
  };
  table.checkpoint = [](lb_call* call, lb_bytes cursor) -> lb_status {
    return guarded(call, [&](HostCall& running) { return running.checkpoint(view_of(cursor)); });
  };
  table.result = [](lb_call* call, lb_bytes json) -> lb_status {
    return guarded(call, [&](HostCall& running) { return running.result(view_of(json)); });
  };
  table.fail = [](lb_call* call, const lb_error* error) -> lb_status {
    return guarded(call, [&](HostCall& running) { return running.fail(*error); });
  };
  table.log = [](lb_call* call, std::int32_t level, lb_bytes message) {
    guarded(call, [&](HostCall& running) {
      running.log(level, view_of(message));
      return LB_OK;
    });
  };
  table.now_ms = [](lb_call* call) -> std::int64_t { return HostCall::of(call).now_ms(); };
  table.sleep_ms = [](lb_call* call, std::uint64_t duration) -> lb_status {
    return guarded(call, [&](HostCall& running) { return running.sleep(duration); });
  };
  table.random = [](lb_call* call, void* to, std::size_t bytes) -> lb_status {
    return guarded(call, [&](HostCall& running) { return running.random(to, bytes); });
  };
  table.cancelled = [](lb_call* call) -> std::int32_t {
    return HostCall::of(call).cancelled() ? 1 : 0;
  };
  table.hmac = [](lb_call* call, lb_bytes key, lb_bytes digest, lb_bytes data, std::uint8_t* out,
                  std::size_t* length) -> lb_status {
    return guarded(call, [&](HostCall& running) {
      return running.hmac(view_of(key), view_of(digest), view_of(data), out, length);
    });
  };
}

}  // namespace lotbridge::detail
