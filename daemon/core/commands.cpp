// Commands on an order: allocate, reoptimize, substitute (rules 12, 17, 18). They may be refused
// and then change nothing.
#include <algorithm>

#include "allocator.hpp"
#include "apply.hpp"
#include "dispatch_checks.hpp"
#include "documents.hpp"

namespace lotbridge::core {

namespace {

Outcome command(State& state, OrderId id, const Context& ctx,
                const std::function<bool(Work&)>& step) {
  Work w(state, ctx);
  w.command = true;
  w.source = "api";
  w.out.order = id;
  return finish(w, [&](Work& work) {
    const Order* order = work.t.find_order(id);
    if (order == nullptr || !order->known)
      return work.refuse("not_found", "There is no such order.");
    work.owner = order->owner;
    work.out.order = id;
    return step(work);
  });
}

// Units of a swap have to be free, or become free by another order taking others in exchange.
bool make_room(Work& w, const Leaving& leaving, LotId lot, Quantity quantity) {
  const auto missing = [&] {
    const LotStock* row = w.t.find_stock(lot, leaving.warehouse);
    return row == nullptr ? quantity : quantity - free_units(w.t, *row, leaving.warehouse);
  };
  // Whoever competes worst gives way first.
  const std::vector<Holder> holders = holders_of(w.t, lot, leaving.warehouse);
  for (auto at = holders.rbegin(); at != holders.rend() && missing().is_positive(); ++at) {
    if (at->order == leaving.order) continue;
    release(w, at->order, at->line, lot, leaving.warehouse, missing(), "substitution");
  }
  return !missing().is_positive();
}

bool check_substitute(Work& w, const Leaving& leaving, const Substitute& wish, LotId from) {
  const std::string text = "Line " + wish.line;
  if (from == 0) return w.refuse("unknown_lot", "Nobody knows lot " + wish.lot.text + ".", "/lot");
  Quantity reserved, picked;
  for (const Promise& promise : w.t.find_order(leaving.order)->lines[leaving.line].promises) {
    if (promise.lot != from) continue;
    reserved += promise.reserved;
    picked += promise.picked;
  }
  const LotId to = w.t.find_lot(leaving.sku, wish.new_lot.text);
  Maybe<std::string> reason;
  if (!wish.reason.empty()) reason = wish.reason;
  if (to == 0 || reserved + picked >= wish.quantity) {
    if (!check_lot_command(w, leaving, wish.new_lot, wish.quantity, reason, "/new_lot"))
      return false;
  }
  if (reserved + picked < wish.quantity) {
    return w.refuse((reserved + picked).is_zero() ? "not_allocated_lot" : "exceeds_reservation",
                    text + " was not promised so many units of lot " + wish.lot.text + ".",
                    "/quantity");
  }
  if (reserved < wish.quantity) {
    return w.refuse("already_picked", text + " has these units picked already.", "/quantity");
  }
  return true;
}

bool do_substitute(Work& w, OrderId id, const Substitute& wish) {
  const std::int64_t index = find_line(w.t, *w.t.find_order(id), wish.line, {});
  if (index < 0) return w.refuse("not_found", "The order has no line " + wish.line + ".", "/line");
  if (!wish.quantity.is_positive())
    return w.refuse("invalid_value", "The quantity must be above zero.", "/quantity");
  const auto at = static_cast<LineIndex>(index);
  Leaving leaving{id, at, w.t.find_order(id)->lines[at].sku, 0, wish.quantity, nullptr};
  LotId from = 0;
  for (const Promise& promise : w.t.find_order(id)->lines[at].promises) {
    if (w.t.find_lot(promise.sku, wish.lot.text) != promise.lot) continue;
    from = promise.lot;
    leaving.sku = promise.sku;
    leaving.warehouse = promise.warehouse;
  }
  if (from == 0) {
    from = leaving.sku == 0 ? 0 : w.t.find_lot(leaving.sku, wish.lot.text);
    leaving.warehouse = line_warehouse(w.t, *w.t.find_order(id), w.t.find_order(id)->lines[at]);
  }
  if (!check_substitute(w, leaving, wish, from)) return false;
  const LotId to = w.t.find_lot(leaving.sku, wish.new_lot.text);
  release(w, id, at, from, leaving.warehouse, wish.quantity, "substitution");
  if (!make_room(w, leaving, to, wish.quantity)) {
    return w.refuse("would_break_other_order", "The units are picked for another order.",
                    "/new_lot");
  }
  w.promise(id, at, leaving.sku, to, leaving.warehouse, wish.quantity, AccountKind::free,
            AccountKind::reserved);
  w.t.refresh_waiting(w.t.orders.at(id));
  AuditLine audit;
  audit.action = "substitute";
  audit.field = "lot";
  audit.old_value = wish.lot.text;
  audit.new_value = wish.new_lot.text;
  audit.reason = wish.reason;
  audit.order = id;
  audit.line = wish.line;
  w.out.audit.push_back(std::move(audit));
  return check_nobody_is_broken(w);
}

}  // namespace

Outcome allocate(State& state, OrderId id, const Context& ctx) {
  return command(state, id, ctx, [id](Work& w) {
    w.t.ask_allocation(id);
    allocate_order(w, id);
    return true;
  });
}

Outcome reoptimize(State& state, OrderId id, const Context& ctx) {
  return command(state, id, ctx, [id](Work& w) {
    w.t.ask_allocation(id);
    release_order(w, id, "reoptimize");
    allocate_order(w, id);
    return true;
  });
}

Outcome substitute(State& state, OrderId id, const Substitute& wish, const Context& ctx) {
  return command(state, id, ctx, [&](Work& w) { return do_substitute(w, id, wish); });
}

}  // namespace lotbridge::core
