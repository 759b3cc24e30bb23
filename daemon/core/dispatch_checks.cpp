#include "dispatch_checks.hpp"

#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

// The code is that of another item of the same owner; only looked for on the way to a refusal.
bool other_sku_has(const Work& w, SkuId sku, const std::string& code) {
  for (SkuId other = 1; other < w.t.skus.size(); ++other) {
    if (other == sku || w.t.skus[other].owner != w.owner) continue;
    if (w.t.find_lot(other, code) != 0) return true;
  }
  return false;
}

// Goods past a best-before date may leave with a reason and the right to it; a use-by date is
// final.
bool may_pass_date(Work& w, Demand d, const LotStock& row, const Leaving& leaving,
                   const Maybe<std::string>& reason, const std::string& pointer, Reason& verdict) {
  const Lot& lot = w.t.lots[row.lot];
  if (verdict != Reason::expired || !reason || !lot.best_before || lot.expired_on_receipt)
    return true;
  if (!w.ctx.may_override) {
    return w.refuse("override_not_allowed",
                    "Shipping past a best-before date needs the right to it.", pointer);
  }
  d.policy.past_best_before_days = 1'000'000;
  verdict = gate(w.t, d, row, leaving.warehouse);
  if (verdict != Reason::none) return true;
  AuditLine audit;
  audit.action = "dispatch_past_date";
  audit.field = "expires_on";
  audit.old_value = Date{lot.expires_on}.text();
  audit.reason = *reason;
  audit.order = leaving.order;
  audit.line = w.t.find_order(leaving.order)->lines[leaving.line].sent.line;
  w.out.audit.push_back(std::move(audit));
  return true;
}

bool check_swap(Work& w, const Leaving& leaving, const Demand& d, LotId lot, Quantity quantity,
                const Maybe<std::string>& reason, const std::string& pointer) {
  if (own_promise(w.t, leaving, lot) >= quantity) return true;
  // Of several the latest is the one that it replaces.
  LotId allocated = 0;
  for (const Promise& promise : w.t.find_order(leaving.order)->lines[leaving.line].promises) {
    if (promise.sku != leaving.sku || promise.lot == lot) continue;
    const bool later = allocated == 0 || earlier_in_sequence(w.t, d, leaving.sku, leaving.warehouse,
                                                             allocated, promise.lot);
    if (later) allocated = promise.lot;
  }
  if (allocated == 0 || d.policy.substitution == Substitution::free) return true;
  const std::string text = w.lot_text(lot) + " is not the lot that was allocated.";
  if (d.policy.substitution == Substitution::strict) {
    return w.refuse("not_allocated_lot", text, pointer);
  }
  if (reason && !reason->empty()) return true;
  if (earlier_in_sequence(w.t, d, leaving.sku, leaving.warehouse, lot, allocated)) return true;
  return w.refuse("reason_required", text + " A later lot needs a reason.", pointer);
}

// Of a kit only the parts that have such a lot; of a plain line the item itself.
bool check_line(Work& w, OrderId id, WarehouseId warehouse, const DispatchLine& line,
                const Maybe<std::string>& reason, const std::string& pointer) {
  const std::int64_t index = find_line(w.t, *w.t.find_order(id), line.order_line, line.sku);
  if (index < 0) {
    return w.refuse(index == -2 ? "ambiguous_reference" : "not_found",
                    "The order has no such line, or several.", pointer);
  }
  const auto at = static_cast<LineIndex>(index);
  const LineState state = w.t.find_order(id)->lines[at];
  if (state.sku == 0) {
    return w.refuse("unknown_sku", "Nobody knows yet which item the line means.", pointer);
  }
  if (!state.components.empty()) {
    if (line.quantity > open_quantity(state)) {
      return w.refuse("exceeds_reservation", "More than the line still wants.",
                      pointer + "/quantity");
    }
    return true;
  }
  Leaving leaving{id, at, state.sku, warehouse, line.quantity, nullptr};
  if (line.lots) {
    for (std::size_t i = 0; i < line.lots->size(); ++i) {
      const LotQuantity& named = (*line.lots)[i];
      if (!check_lot_command(w, leaving, named.lot, named.quantity, reason,
                             pointer + "/lots/" + std::to_string(i) + "/lot")) {
        return false;
      }
    }
  }
  if (line.quantity > open_quantity(state)) {
    return w.refuse("exceeds_reservation", "More than the line still wants.",
                    pointer + "/quantity");
  }
  if (line.lots && !line.lots->empty()) return true;
  // Nobody names a lot: what is reserved and what is free must do.
  const Work::Mark mark = w.mark();
  const std::vector<LotShare> shares = lots_that_left(w, leaving);
  w.unwind(mark);
  // Why a lot may not leave comes before how many units there are.
  for (const LotShare& share : shares) {
    if (share.lot == 0) {
      return w.refuse("insufficient", "There is not enough that may leave.", pointer + "/quantity");
    }
    const LotCode code{std::string(w.t.code(share.lot))};
    if (!check_lot_command(w, leaving, code, share.quantity, reason, pointer)) return false;
  }
  return true;
}

}  // namespace

bool check_lot_command(Work& w, const Leaving& leaving, const LotCode& code, Quantity quantity,
                       const Maybe<std::string>& reason, const std::string& pointer) {
  const LotId lot = w.t.find_lot(leaving.sku, code.text);
  if (lot == 0) {
    const bool other = other_sku_has(w, leaving.sku, code.text);
    return w.refuse(other ? "wrong_sku" : "unknown_lot",
                    other ? "Lot " + code.text + " is of another item."
                          : "Nobody knows a lot " + code.text + " of this item.",
                    pointer);
  }
  const std::int32_t today = w.day_at(leaving.warehouse, w.at);
  const Demand d = demand_on_day(w.t, leaving, today);
  LotStock row;
  row.lot = lot;
  if (const LotStock* found = w.t.find_stock(lot, leaving.warehouse)) row = *found;
  Reason verdict = gate(w.t, d, row, leaving.warehouse);
  if (!may_pass_date(w, d, row, leaving, reason, pointer, verdict)) return false;
  if (verdict != Reason::none) {
    const std::string name =
        verdict == Reason::expired ? "expired_at_dispatch" : std::string(reason_name(verdict));
    return w.refuse(name, w.lot_text(lot) + " may not leave: " + name + ".", pointer);
  }
  const Quantity open = open_quantity(w.t.find_order(leaving.order)->lines[leaving.line]);
  if (quantity > open) {
    return w.refuse("exceeds_reservation", "More than the line still wants.", pointer);
  }
  if (row.available_status < quantity) {
    return w.refuse(
        "insufficient",
        "Only " + row.available_status.text() + " of " + w.lot_text(lot) + " are there.", pointer);
  }
  return check_swap(w, leaving, d, lot, quantity, reason, pointer);
}

bool check_dispatch_command(Work& w, OrderId id, WarehouseId warehouse, const Dispatch& dispatch) {
  for (std::size_t i = 0; i < dispatch.lines.size(); ++i) {
    if (!check_line(w, id, warehouse, dispatch.lines[i], dispatch.override_reason,
                    "/lines/" + std::to_string(i))) {
      return false;
    }
  }
  return true;
}

bool check_nobody_is_broken(Work& w) {
  std::vector<std::pair<OrderId, SkuId>> losers;
  for (const Event& event : w.out.events) {
    if (event.kind == "reservation.moved" && event.order != w.out.order) {
      losers.emplace_back(event.order, event.sku);
    }
  }
  if (losers.empty()) return true;
  fill_waiting(w);
  for (const auto& [id, sku] : losers) {
    for (const LineState& line : w.t.find_order(id)->lines) {
      for (std::size_t i = 0; is_active(line) && i < part_count(line); ++i) {
        const Part part = part_of(line, i);
        if (part.sku == sku && part_need(line, part).is_positive()) {
          return w.refuse("would_break_other_order",
                          "Another order has these units and could get no others.");
        }
      }
    }
  }
  return true;
}

}  // namespace lotbridge::core
