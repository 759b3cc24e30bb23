#include "allocator.hpp"

#include <algorithm>

#include "order_rank.hpp"
#include "routing.hpp"

namespace lotbridge::core {

namespace {

std::vector<LotId> lots_in_use(const LineState& line, SkuId part) {
  std::vector<LotId> lots;
  for (const Promise& promise : line.promises) {
    if (promise.sku != part) continue;
    if (std::find(lots.begin(), lots.end(), promise.lot) == lots.end()) lots.push_back(promise.lot);
  }
  return lots;
}

void reserve(Work& w, OrderId id, LineIndex index, SkuId sku, WarehouseId warehouse,
             const Plan& plan, Quantity at_most) {
  for (const Take& take : plan.takes) {
    const Quantity quantity = std::min(take.quantity, at_most);
    w.promise(id, index, sku, take.lot, warehouse, quantity, AccountKind::free,
              AccountKind::reserved);
    at_most -= quantity;
    if (!at_most.is_positive()) return;
  }
}

// A kit is reserved whole or not at all: as many as its scarcest component allows.
bool reserve_kits(Work& w, OrderId id, LineIndex index, WarehouseId warehouse, std::int32_t today) {
  const Order& order = *w.t.find_order(id);
  const LineState line = order.lines[index];
  std::vector<Plan> plans;
  std::int64_t kits = wanted_quantity(line).micros / Quantity::kScale;
  bool limited = false;
  for (const Part& part : line.parts) {
    const Demand d = demand_of(w.t, question_of(order, line, part.sku, warehouse), today);
    const Quantity need = part_need(line, part);
    plans.push_back(plan_units(w.t, d, part.sku, warehouse, need, lots_in_use(line, part.sku)));
    limited = limited || plans.back().split_limited;
    const Quantity have = dispatched_part(line, part.sku) + promised_part(line, part.sku);
    kits = std::min(kits, (have + plans.back().sum).micros / part.per.micros);
  }
  for (std::size_t i = 0; i < line.parts.size(); ++i) {
    const Part& part = line.parts[i];
    const Quantity have = dispatched_part(line, part.sku) + promised_part(line, part.sku);
    const Quantity more = scaled(part.per, Quantity::whole(kits)) - have;
    if (more.is_positive()) reserve(w, id, index, part.sku, warehouse, plans[i], more);
  }
  return limited;
}

// Reserves at one warehouse; true when max_lots kept units back.
bool reserve_at(Work& w, OrderId id, LineIndex index, WarehouseId warehouse,
                const EffectivePolicy* known_policy) {
  const Order& order = *w.t.find_order(id);
  const LineState& line = order.lines[index];
  const std::int32_t today = w.today(warehouse);
  if (!line.components.empty()) return reserve_kits(w, id, index, warehouse, today);
  const Quantity need = part_need(line, {line.sku, Quantity::whole(1)});
  if (!need.is_positive()) return false;
  const PolicyQuestion question = question_of(order, line, line.sku, warehouse);
  const Demand d = known_policy != nullptr ? demand_of(w.t, question, *known_policy, today)
                                           : demand_of(w.t, question, today);
  if (known_policy == nullptr && !line_is_due(order, d.policy, today)) return false;
  std::vector<LotId> in_use;
  if (d.policy.max_lots) in_use = lots_in_use(line, line.sku);
  thread_local Plan plan;
  plan_units(w.t, d, line.sku, warehouse, need, in_use, plan);
  reserve(w, id, index, line.sku, warehouse, plan, need);
  return plan.split_limited;
}

// Units (or kits) that are reserved, picked or gone.
Quantity covered(const LineState& line) {
  std::int64_t least = INT64_MAX;
  for (std::size_t i = 0; i < part_count(line); ++i) {
    const Part part = part_of(line, i);
    const Quantity have = dispatched_part(line, part.sku) + promised_part(line, part.sku);
    least =
        std::min(least, line.components.empty() ? have.micros
                                                : have.micros / part.per.micros * Quantity::kScale);
  }
  return Quantity{least};
}

// Nothing is held back for a condition that is not met: another order may have it. Returns the
// reason, or "".
std::string_view unmet(const LineState& line, const EffectivePolicy& policy) {
  if (!line_short(line)) return "";
  if (policy.ship_complete == ShipComplete::line) return "ship_complete";
  const Quantity wanted = wanted_quantity(line);
  if (policy.min_fulfil_percent > 0 &&
      scaled(covered(line), Quantity::whole(100)) <
          scaled(wanted, Quantity::whole(policy.min_fulfil_percent))) {
    return "min_fulfil";
  }
  return "";
}

}  // namespace

// Why a line is short: nothing there at all, or nothing that it may have.
std::string_view shortage_of(const State::Tables& t, const LineState& line) {
  for (std::size_t i = 0; i < part_count(line); ++i) {
    const Part part = part_of(line, i);
    if (!part_need(line, part).is_positive()) continue;
    bool stock = false;
    const auto look = [&](const Shelf& shelf) {
      for (const LotStock& row : shelf.live) {
        if (row.spread) stock = true;
        // What the line has itself is not what it could still get.
        Quantity others = row.available_status;
        for (const Promise& promise : line.promises) {
          if (promise.lot == row.lot && promise.warehouse == shelf.warehouse) {
            others -= promise.reserved + promise.picked;
          }
        }
        if (others.is_positive()) stock = true;
      }
    };
    look(t.sku_stock[part.sku].shelf);
    if (t.sku_stock[part.sku].more) {
      for (const Shelf& shelf : *t.sku_stock[part.sku].more) look(shelf);
    }
    if (!stock) return "no_stock";
  }
  return "no_eligible_lot";
}

void set_shortage(Work& w, OrderId id, LineIndex index, std::string_view reason) {
  if (w.t.find_order(id)->lines[index].shortage_reason == reason) return;
  const std::string before = w.t.find_order(id)->lines[index].shortage_reason;
  w.t.touch_order_lightly(
         id, [index, before](Order& order) { order.lines[index].shortage_reason = before; })
      .lines[index]
      .shortage_reason = std::string(reason);
}

PolicyQuestion question_of(const Order& order, const LineState& line, SkuId part,
                           WarehouseId warehouse) {
  return {order.owner, part, warehouse, &order, &line};
}

WarehouseId line_warehouse(const State::Tables& t, const Order& order, const LineState& line) {
  if (order.plain && line.plain) return order.warehouse;
  const Maybe<std::string>& name =
      line.sent.warehouse ? line.sent.warehouse : order.header.warehouse;
  if (!name) return order.warehouse;
  const auto at = t.warehouse_names.find(*name);
  return at == t.warehouse_names.end() ? WarehouseId{0} : at->second;
}

bool may_reserve(const Work& w, const Order& order) {
  if (!order.known || order.cancelled || order.cart_expired) return false;
  if (order.plain) return true;
  if (order.header.hold) return false;
  return !order.header.hold_until || *order.header.hold_until > w.ctx.now;
}

bool line_is_due(const Order& order, const EffectivePolicy& policy, std::int32_t business_day) {
  if (policy.allocate == AllocateMode::manual && !order.allocation_asked) return false;
  if (!policy.allocate_days_before || !order.header.ship_on || order.allocation_asked) return true;
  return business_day >= order.header.ship_on->days - *policy.allocate_days_before;
}

namespace {

// Every line's shelf and its first row lie somewhere else in memory: all are asked for before the
// first is looked at. Inline, because the compiler takes a function that only does this for one
// without effect and drops the call.
[[gnu::always_inline]] inline void fetch_ahead(const State::Tables& t, const Order& order) {
  for (const LineState& line : order.lines) __builtin_prefetch(&t.sku_stock[line.sku]);
  for (const LineState& line : order.lines) {
    const LotStock* row = t.sku_stock[line.sku].shelf.live.data();
    __builtin_prefetch(row);
    __builtin_prefetch(&row->promises);
  }
}

// One line, as far as its warehouse (and, where it may, the others of the route) can give. True
// when nothing is short.
bool allocate_line(Work& w, OrderId id, LineIndex i, Maybe<Work::Mark>& order_mark,
                   std::string_view& order_reason) {
  const Order& order = *w.t.find_order(id);
  if (!line_short(order.lines[i])) {
    set_shortage(w, id, i, "");
    return true;
  }
  const WarehouseId warehouse = line_warehouse(w.t, order, order.lines[i]);
  const EffectivePolicy policy =
      resolve_policy(w.t, question_of(order, order.lines[i], order.lines[i].sku, warehouse));
  if (!line_is_due(order, policy, w.today(warehouse))) {
    set_shortage(w, id, i, "");
    return false;
  }
  const bool whole_order = policy.ship_complete == ShipComplete::order;
  const bool conditional =
      policy.ship_complete == ShipComplete::line || policy.min_fulfil_percent > 0;
  if (whole_order && !order_mark) order_mark = w.mark();
  Maybe<Work::Mark> line_mark;
  if (conditional) line_mark = w.mark();
  bool limited = warehouse != 0 && reserve_at(w, id, i, warehouse, &policy);
  if (policy.split_warehouses) {
    for (const WarehouseId other : route_of(w.t, *w.t.find_order(id))) {
      if (!line_short(w.t.find_order(id)->lines[i])) break;
      if (other != warehouse) limited = reserve_at(w, id, i, other, nullptr) || limited;
    }
  }
  const LineState& line = w.t.find_order(id)->lines[i];
  if (!line_short(line)) {
    set_shortage(w, id, i, "");
    return true;
  }
  if (whole_order) order_reason = "ship_complete";
  std::string_view reason = unmet(line, policy);
  if (reason.empty()) {
    reason = limited ? std::string_view("split_limit") : shortage_of(w.t, line);
  } else {
    if (line_mark) w.unwind(*line_mark);
    release_line(w, id, i, reason);
  }
  set_shortage(w, id, i, reason);
  return false;
}

}  // namespace

bool allocate_lines(Work& w, OrderId id) {
  bool complete = true;
  fetch_ahead(w.t, *w.t.find_order(id));
  std::string_view order_reason;
  Maybe<Work::Mark> order_mark;
  if (!allocate_groups(w, id)) complete = false;
  const std::size_t count = w.t.find_order(id)->lines.size();
  for (LineIndex i = 0; i < count; ++i) {
    const LineState& line = w.t.find_order(id)->lines[i];
    if (!is_active(line) || (!line.plain && line.sent.same_lot_group)) continue;
    if (!allocate_line(w, id, i, order_mark, order_reason)) complete = false;
  }
  if (order_reason.empty()) return complete;
  w.unwind(*order_mark);
  release_order(w, id, order_reason);
  for (LineIndex i = 0; i < count; ++i) {
    const LineState& line = w.t.find_order(id)->lines[i];
    if (is_active(line) && line_short(line)) set_shortage(w, id, i, order_reason);
  }
  return false;
}

void refresh_shortages(Work& w, OrderId id) {
  const std::size_t count = w.t.find_order(id)->lines.size();
  for (LineIndex i = 0; i < count; ++i) {
    const Order& order = *w.t.find_order(id);
    const LineState& line = order.lines[i];
    if (!line.problem.empty() && !line.removed) continue;
    const std::string& said = line.shortage_reason;
    if (!is_active(line) || !line_short(line)) {
      if (!line.shortage_reason.empty()) set_shortage(w, id, i, "");
    } else if (order.known && may_reserve(w, order) &&
               (said == "no_stock" || said == "no_eligible_lot" || said.empty())) {
      const WarehouseId warehouse = line_warehouse(w.t, order, line);
      const EffectivePolicy policy =
          resolve_policy(w.t, question_of(order, line, line.sku, warehouse));
      if (line_is_due(order, policy, w.today(warehouse)))
        set_shortage(w, id, i, shortage_of(w.t, line));
    }
  }
}

namespace {

// What every decision asks of an order and its lines, all at once instead of one after the other.
[[gnu::always_inline]] inline void fetch_order(const Order& order) {
  __builtin_prefetch(&order.header.priority);  // and whether there is a channel, just before it
  __builtin_prefetch(&order.header.ship_on);
  if (order.header.ship_to) __builtin_prefetch(&order.header.ship_to->country);
  for (const LineState& line : order.lines) {
    __builtin_prefetch(&line);
    __builtin_prefetch(&line.components);
    __builtin_prefetch(&line.shortage_reason);
  }
}

}  // namespace

void allocate_order(Work& w, OrderId id) {
  const Order* order = w.t.find_order(id);
  if (order == nullptr || !may_reserve(w, *order)) return;
  fetch_order(*order);
  const std::size_t before = w.out.entries.size();
  route_and_allocate(w, id);
  w.t.refresh_waiting(*w.t.find_slot(id));
  for (std::size_t i = before; i < w.out.entries.size(); ++i) {
    if (w.out.entries[i].to.kind != AccountKind::reserved) continue;
    w.event("order.allocated", 0, 0, w.t.find_order(id)->warehouse, id, {});
    break;
  }
}

}  // namespace lotbridge::core
