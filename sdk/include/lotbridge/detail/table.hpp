// How LOTBRIDGE_CONNECTOR makes the exported constant of a class. Included by sdk.hpp only.
#pragma once

#include <lotbridge/sdk.hpp>

namespace lotbridge::detail {

// The frames: C signature outside, one virtual function inside, every exception turned into a
// status.
#define LOTBRIDGE_OPERATIONS(X)                   \
  X("account.check/1", check_account)             \
  X("orders.pull/1", pull_orders)                 \
  X("products.pull/1", pull_products)             \
  X("receipts.pull/1", pull_receipts)             \
  X("dispatches.pull/1", pull_dispatches)         \
  X("returns.pull/1", pull_returns)               \
  X("inventory.pull/1", pull_inventory)           \
  X("webhook.receive/1", receive_webhook)         \
  X("webhook.register/1", register_webhooks)      \
  X("lots.plan/1", plan_lots)                     \
  X("lots.write/1", write_lots)                   \
  X("pick.send/1", send_pick)                     \
  X("fulfillments.create/1", create_fulfillments) \
  X("stock.write/1", write_stock)                 \
  X("hold.write/1", write_hold)                   \
  X("recall.notify/1", notify_recall)

#define LOTBRIDGE_DECLARE_FRAME(name, function) \
  lb_status run_##function(lb_instance*, lb_call*, lb_bytes) noexcept;
LOTBRIDGE_OPERATIONS(LOTBRIDGE_DECLARE_FRAME)
#undef LOTBRIDGE_DECLARE_FRAME

using Maker = std::unique_ptr<Connector> (*)(const Json& settings);
lb_status open(const lb_host*, lb_call*, lb_bytes config, lb_instance** out, Maker) noexcept;
void close(lb_instance*) noexcept;

// A member function that a class does not override still has the type of the base's.
template <typename Own, typename Base>
constexpr bool overridden = !std::is_same_v<Own, Base>;

template <typename C>
constexpr std::size_t count_operations() {
  std::size_t n = 0;
#define LOTBRIDGE_COUNT(name, function) \
  n += overridden<decltype(&C::function), decltype(&Connector::function)> ? 1 : 0;
  LOTBRIDGE_OPERATIONS(LOTBRIDGE_COUNT)
#undef LOTBRIDGE_COUNT
  return n;
}

template <typename C>
constexpr std::array<lb_op, count_operations<C>()> operations() {
  std::array<lb_op, count_operations<C>()> out{};
  std::size_t n = 0;
#define LOTBRIDGE_ADD(name, function)                                               \
  if constexpr (overridden<decltype(&C::function), decltype(&Connector::function)>) \
    out[n++] = lb_op{sizeof(lb_op), name, run_##function};
  LOTBRIDGE_OPERATIONS(LOTBRIDGE_ADD)
#undef LOTBRIDGE_ADD
  return out;
}

template <typename C>
lb_status open_as(const lb_host* host, lb_call* call, lb_bytes config, lb_instance** out) noexcept {
  return open(host, call, config, out, [](const Json& settings) -> std::unique_ptr<Connector> {
    return std::make_unique<C>(settings);
  });
}

template <typename C>
inline constexpr auto kOperations = operations<C>();

}  // namespace lotbridge::detail

// `Type` is made from its settings: Type(const lotbridge::Json& settings). `descriptor` is the
// constant of the header that lotbridge_add_connector() generates.
#define LOTBRIDGE_CONNECTOR(Type, descriptor)                                                \
  extern "C" {                                                                               \
  extern const lb_connector lotbridge_connector_1;                                           \
                                                                                             \
  const lb_connector lotbridge_connector_1 = {sizeof(lb_connector),                          \
                                              LB_ABI_MINOR,                                  \
                                              0,                                             \
                                              {descriptor.data(), descriptor.size()},        \
                                              ::lotbridge::detail::kOperations<Type>.data(), \
                                              ::lotbridge::detail::kOperations<Type>.size(), \
                                              sizeof(lb_op),                                 \
                                              ::lotbridge::detail::open_as<Type>,            \
                                              ::lotbridge::detail::close};                   \
  }
