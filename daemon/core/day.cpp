// Time passes: dates are judged anew, alerts come once, orders fall due, carts run out (rules 5, 6,
// 16).
#include <algorithm>

#include "allocator.hpp"
#include "apply.hpp"
#include "documents.hpp"
#include "order_rank.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

std::vector<OrderId> orders_by_rank(const State::Tables& t,
                                    const std::function<bool(const Order&)>& wanted) {
  std::vector<OrderId> out;
  for (const auto& [id, slot] : t.orders) {
    if (wanted(slot.order)) out.push_back(id);
  }
  std::sort(out.begin(), out.end(), [&](OrderId a, OrderId b) {
    return competes_before(*t.find_order(a), *t.find_order(b));
  });
  return out;
}

bool has_promise_at(const Order& order, WarehouseId warehouse) {
  return std::any_of(order.lines.begin(), order.lines.end(), [&](const LineState& line) {
    return std::any_of(line.promises.begin(), line.promises.end(),
                       [&](const Promise& p) { return p.warehouse == warehouse; });
  });
}

// True when `day` lies in (from, to].
bool crossed(std::int32_t day, std::int32_t from, std::int32_t to) {
  return day > from && day <= to;
}

void alert_near_expiry(Work& w, const Lot& lot, WarehouseId warehouse) {
  AlertChange& alert =
      w.alert("near_expiry", "info",
              w.lot_text(lot.id) + " expires on " + Date{lot.expires_on}.text() + ".");
  alert.sku = lot.sku;
  alert.lot = lot.id;
  alert.warehouse = warehouse;
  alert.quantity = on_hand(w.t, lot.id, warehouse);
  // The date is part of the key: a lot is told of once per date, and again when the date changes.
  alert.extra = {{"expires_on", Date{lot.expires_on}.text()}};
  w.event("lot.alert", lot.sku, lot.id, warehouse, 0, alert.quantity).value =
      Date{lot.expires_on}.text();
}

void tell_dates(Work& w, WarehouseId warehouse, const LotStock& row, std::int32_t from,
                std::int32_t to) {
  const Lot& lot = w.t.lots[row.lot];
  const Quantity units = on_hand(w.t, row.lot, warehouse);
  if (lot.expires_on == kNoDate || !units.is_positive()) return;
  const Item& item = w.t.skus[lot.sku].item;
  if (item.alert_days && crossed(lot.expires_on - *item.alert_days, from, to)) {
    alert_near_expiry(w, lot, warehouse);
  }
  for (const std::int32_t days : item.short_dated_days) {
    if (!crossed(lot.expires_on - days, from, to)) continue;
    w.event("lot.short_dated", lot.sku, lot.id, warehouse, 0, units).value = std::to_string(days);
  }
  const EffectivePolicy policy =
      resolve_policy(w.t, {w.t.skus[lot.sku].owner, lot.sku, warehouse, nullptr, nullptr});
  if (crossed(first_bad_day(lot, policy), from, to)) {
    w.event("lot.expired", lot.sku, lot.id, warehouse, 0, units);
  }
}

// A shelf is in order of expiry: what lies beyond the farthest date that any alert looks at is not
// read.
void tell_shelf(Work& w, SkuId sku, const Shelf& shelf, std::int32_t from, std::int32_t to) {
  const Item& item = w.t.skus[sku].item;
  std::int32_t horizon = std::max(0, item.alert_days.value_or(0));
  for (const std::int32_t days : item.short_dated_days) horizon = std::max(horizon, days);
  for (std::size_t i = 0; i < shelf.live.size(); ++i) {
    const std::int32_t expires_on = w.t.lots[shelf.live[i].lot].expires_on;
    if (expires_on == kNoDate || expires_on > to + horizon) return;
    tell_dates(w, shelf.warehouse, shelf.live[i], from, to);
  }
}

}  // namespace

void watch_dates(Work& w, LotId id, WarehouseId warehouse) {
  const Lot& lot = w.t.lots[id];
  const Item& item = w.t.skus[lot.sku].item;
  if (lot.expires_on == kNoDate || !item.alert_days) return;
  const std::int32_t today = w.today(warehouse);
  if (today < lot.expires_on - *item.alert_days || !on_hand(w.t, id, warehouse).is_positive())
    return;
  alert_near_expiry(w, lot, warehouse);
}

Outcome day_changed(State& state, WarehouseId warehouse, Date from, Date to, const Context& ctx) {
  Work w(state, ctx);
  return finish(w, [&](Work& work) {
    const State::Tables& t = work.t;
    for (SkuId sku = 1; sku < t.sku_stock.size(); ++sku) {
      const Shelf* shelf = t.find_shelf(sku, warehouse);
      if (shelf != nullptr) tell_shelf(work, sku, *shelf, from.days, to.days);
    }
    const auto holding = [&](const Order& order) { return has_promise_at(order, warehouse); };
    for (const OrderId id : orders_by_rank(t, holding)) rejudge_order(work, id);
    // Due now, or with goods that may leave only from today on; also where the order was looked at
    // for another warehouse last, for it may be routed anew or split.
    const auto waiting = [&](const Order& order) {
      if (!order.known || order.cancelled) return false;
      return t.orders.at(order.id).waiting != 0;
    };
    for (const OrderId id : orders_by_rank(t, waiting)) allocate_order(work, id);
    return true;
  });
}

Outcome time_passed(State& state, const Context& ctx) {
  Work w(state, ctx);
  return finish(w, [&](Work& work) {
    const auto over = [&](const Order& order) {
      return order.known && !order.cancelled && !order.cart_expired && order.header.hold_until &&
             *order.header.hold_until <= ctx.now;
    };
    for (const OrderId id : orders_by_rank(work.t, over)) {
      release_order(work, id, "hold_until");
      work.t.touch_order(id).cart_expired = true;
      work.event("reservation.expired", 0, 0, work.t.find_order(id)->warehouse, id, {});
    }
    return true;
  });
}

}  // namespace lotbridge::core
