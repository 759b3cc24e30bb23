// What an order looks like from outside: its status, where to pick it, why lots were passed by.
// Changes nothing.
#include <algorithm>

#include "allocator.hpp"
#include "apply.hpp"
#include "places.hpp"
#include "routing.hpp"

namespace lotbridge::core {

namespace {

constexpr std::size_t kMostExcluded = 100;

std::int32_t business_day(const Context& ctx, WarehouseId warehouse) {
  if (ctx.calendar == nullptr || warehouse == 0) return ctx.now.utc_date().days;
  return ctx.calendar->business_date(warehouse, ctx.now).days;
}

// Sums over the lines that have to be shipped.
struct Progress {
  bool any_line = false, any_wanted = false, any_dispatched = false, any_open = false;
  bool any_promise = false, any_short = false, any_unpicked = false, any_due = false,
       any_problem = false;
};

Progress progress_of(const State::Tables& t, const Order& order, const Context& ctx) {
  Progress p;
  for (const LineState& line : order.lines) {
    for (const Stamp& stamp : line.stamps) {
      if (!stamp.quantity.is_zero()) p.any_dispatched = true;
    }
    if (line.removed || !line.sent.requires_shipping) continue;
    p.any_line = true;
    if (!line.problem.empty()) {
      p.any_problem = true;
      p.any_open = true;
      p.any_due = true;
      continue;
    }
    if (wanted_quantity(line).is_positive()) p.any_wanted = true;
    if (!open_quantity(line).is_positive()) continue;
    p.any_open = true;
    if (line_short(line)) p.any_short = true;
    for (const Promise& promise : line.promises) {
      p.any_promise = true;
      if (promise.reserved.is_positive()) p.any_unpicked = true;
    }
    const WarehouseId warehouse = line_warehouse(t, order, line);
    const EffectivePolicy policy = resolve_policy(t, question_of(order, line, line.sku, warehouse));
    if (line_is_due(order, policy, business_day(ctx, warehouse))) p.any_due = true;
  }
  return p;
}

// A dispatched order whose voids took everything back is not dispatched.
bool really_dispatched(const Order& order) {
  return std::any_of(order.lines.begin(), order.lines.end(), [](const LineState& line) {
    Quantity sum;
    for (const Stamp& stamp : line.stamps) sum += stamp.quantity;
    return sum.is_positive();
  });
}

Quantity promised_of_line(const LineState& line, LotId lot, WarehouseId warehouse) {
  Quantity sum;
  for (const Promise& promise : line.promises) {
    if (promise.lot == lot && promise.warehouse == warehouse)
      sum += promise.reserved + promise.picked;
  }
  return sum;
}

Quantity units_there(const State::Tables& t, const LotStock& row, WarehouseId warehouse) {
  return row.spread ? on_hand(t, row.lot, warehouse) : row.available_status;
}

// Units beside those that may be sold: not the lot is the matter, but the state that these are in.
Reason set_aside(const State::Tables& t, const LotStock& row, WarehouseId warehouse) {
  if (!row.spread) return Reason::none;
  bool damaged = false;
  for (const StockCell& cell : t.cells(row.lot, warehouse)) {
    if (!cell.on_hand.is_positive()) continue;
    if (cell.status == StockStatus::quarantine) return Reason::quarantine;
    damaged = damaged || cell.status == StockStatus::damaged;
  }
  return damaged ? Reason::damaged : Reason::none;
}

// Why a row gave nothing (or not all it has) to a line that is short or passed it by.
Reason exclusion(const State::Tables& t, const Demand& d, const LotStock& row,
                 WarehouseId warehouse, const LineState& line, bool is_short) {
  const Reason reason = gate(t, d, row, warehouse);
  if (reason != Reason::none) return reason;
  const Quantity free = free_units(t, row, warehouse);
  const Quantity own = promised_of_line(line, row.lot, warehouse);
  if (!free.is_positive()) {
    if (row.promised > own || own.is_zero()) return Reason::reserved;
    return is_short ? set_aside(t, row, warehouse) : Reason::none;
  }
  if (!is_short) return Reason::none;
  if (free < d.policy.multiple) return Reason::pack_multiple;
  const bool one_lot = line.sent.same_lot_group && line.shortage_reason == "same_lot_group";
  return d.policy.max_lots || one_lot ? Reason::split_limit : Reason::none;
}

void explain_shelf(const State::Tables& t, const Order& order, const LineState& line,
                   const Part& part, const Shelf& shelf, const Context& ctx, LineExplanation& out) {
  const WarehouseId chosen = line_warehouse(t, order, line);
  const PolicyQuestion question = question_of(order, line, part.sku, shelf.warehouse);
  const Demand d = demand_of(t, question, business_day(ctx, shelf.warehouse));
  const bool elsewhere = shelf.warehouse != chosen && !d.policy.split_warehouses;
  const bool is_short = part_need(line, part).is_positive();
  for (const std::uint32_t i : picking_sequence(t, d, shelf)) {
    const LotStock& row = shelf.live[i];
    const Quantity units = units_there(t, row, shelf.warehouse);
    if (!units.is_positive() || promised_of_line(line, row.lot, shelf.warehouse) >= units) continue;
    const Reason reason =
        elsewhere ? Reason::other_warehouse : exclusion(t, d, row, shelf.warehouse, line, is_short);
    if (reason == Reason::none) continue;
    if (out.excluded.size() >= kMostExcluded) {
      ++out.more;
    } else {
      const Quantity own = promised_of_line(line, row.lot, shelf.warehouse);
      out.excluded.push_back(
          {row.lot, shelf.warehouse, std::string(reason_name(reason)), units - own});
    }
  }
}

}  // namespace

std::string_view order_status(const State& state, const Order& order, const Context& ctx) {
  const Progress p = progress_of(state.tables(), order, ctx);
  const bool dispatched = p.any_dispatched && really_dispatched(order);
  if (dispatched && (!p.any_open || order.cancelled)) return "dispatched";
  if (order.cancelled || (p.any_line && !p.any_wanted && !p.any_problem)) return "cancelled";
  if (!p.any_line && !order.lines.empty() &&
      std::all_of(order.lines.begin(), order.lines.end(),
                  [](const LineState& l) { return l.removed; })) {
    return "cancelled";
  }
  if (order.header.hold) return "held";
  if (dispatched) return "partially_dispatched";
  const bool timed_out =
      order.cart_expired || (order.header.hold_until && *order.header.hold_until <= ctx.now);
  if (!p.any_promise && p.any_open && (!p.any_due || timed_out)) return "waiting";
  const bool short_of = p.any_short || p.any_problem;
  if (!short_of) return p.any_promise && !p.any_unpicked ? "picked" : "allocated";
  return p.any_promise ? "partial" : "backordered";
}

std::vector<LineExplanation> explain(const State& state, OrderId id, const Context& ctx) {
  const State::Tables& t = state.tables();
  const Order* order = t.find_order(id);
  std::vector<LineExplanation> out;
  if (order == nullptr) return out;
  for (const LineState& line : order->lines) {
    LineExplanation& explanation = out.emplace_back();
    if (!is_active(line) || !open_quantity(line).is_positive()) continue;
    const WarehouseId chosen = line_warehouse(t, *order, line);
    for (std::size_t i = 0; i < part_count(line); ++i) {
      const Part part = part_of(line, i);
      if (part.sku == 0) continue;
      std::vector<const Shelf*> shelves;
      const SkuStock& stock = t.sku_stock[part.sku];
      if (stock.shelf.warehouse != 0) shelves.push_back(&stock.shelf);
      if (stock.more) {
        for (const Shelf& shelf : *stock.more) shelves.push_back(&shelf);
      }
      std::sort(shelves.begin(), shelves.end(), [&](const Shelf* a, const Shelf* b) {
        if ((a->warehouse == chosen) != (b->warehouse == chosen)) return a->warehouse == chosen;
        return t.warehouses[a->warehouse].name < t.warehouses[b->warehouse].name;
      });
      for (const Shelf* shelf : shelves)
        explain_shelf(t, *order, line, part, *shelf, ctx, explanation);
    }
  }
  return out;
}

std::string_view shortage_reason(const State& state, const Order& order, const LineState& line) {
  const bool by_stock =
      line.shortage_reason == "no_stock" || line.shortage_reason == "no_eligible_lot";
  if (!by_stock || !order.known || !is_active(line)) return line.shortage_reason;
  return shortage_of(state.tables(), line);
}

std::vector<PickPlace> picking_order(const State& state, const Order& order,
                                     const LineState& line) {
  const State::Tables& t = state.tables();
  const std::vector<Promise> promises = promises_in_sequence(t, order, line);
  std::vector<PickPlace> out;
  for (const Promise& promise : promises) {
    Quantity picked = promise.picked;
    Quantity left = promise.picked + promise.reserved;
    const auto add = [&](LocationId location, Quantity units) {
      const Quantity in_tote = std::min(units, picked);
      if (in_tote.is_positive()) {
        out.push_back({promise.sku, promise.lot, promise.warehouse, location, in_tote, true});
      }
      const Quantity to_pick = units - in_tote;
      if (to_pick.is_positive()) {
        out.push_back({promise.sku, promise.lot, promise.warehouse, location, to_pick, false});
      }
      picked -= in_tote;
      left -= units;
    };
    for (const StockCell& cell : in_picking_order(t, t.cells(promise.lot, promise.warehouse))) {
      if (cell.status != StockStatus::available || !cell.on_hand.is_positive()) continue;
      if (left.is_positive()) add(cell.location, std::min(cell.on_hand, left));
    }
    if (left.is_positive()) add(0, left);
  }
  return out;
}

Quantity available(const State& state, LotId lot, WarehouseId warehouse, const Context& ctx) {
  const State::Tables& t = state.tables();
  if (state.lot(lot) == nullptr) return {};
  const LotStock* row = t.find_stock(lot, warehouse);
  if (row == nullptr) return {};
  // An order without demands of its own: what holds for the item there, nothing more.
  const SkuId sku = t.lots[lot].sku;
  const Demand d = demand_of(t, {t.skus[sku].owner, sku, warehouse, nullptr, nullptr},
                             business_day(ctx, warehouse));
  if (gate(t, d, *row, warehouse) != Reason::none) return {};
  return free_units(t, *row, warehouse);
}

}  // namespace lotbridge::core
