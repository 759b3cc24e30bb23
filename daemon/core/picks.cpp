// What a scanner or a warehouse system picked for an order: promises become picked ones (rules 13,
// 18).
#include <algorithm>

#include "allocator.hpp"
#include "dispatch_checks.hpp"
#include "documents.hpp"
#include "labels.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

// The part of a line that a pick means: of a kit the component it names, by SKU, GTIN or lot.
SkuId picked_part(const Work& w, const LineState& line, const PickLine& pick) {
  if (line.components.empty()) return line.sku;
  for (const Part& part : line.parts) {
    if (pick.sku && w.t.skus[part.sku].item.sku == *pick.sku) return part.sku;
  }
  for (const Part& part : line.parts) {
    if (pick.lot && w.t.find_lot(part.sku, pick.lot->text) != 0) return part.sku;
  }
  return line.parts.size() == 1 ? line.parts.front().sku : 0;
}

// Reserved units of a lot become picked; returns what was not reserved of it.
Quantity pick_reserved(Work& w, const Leaving& leaving, LotId lot, Quantity quantity) {
  const std::vector<Promise> promises = w.t.find_order(leaving.order)->lines[leaving.line].promises;
  for (const Promise& promise : promises) {
    if (promise.lot != lot || promise.warehouse != leaving.warehouse) continue;
    const Quantity units = std::min(promise.reserved, quantity);
    w.promise(leaving.order, leaving.line, leaving.sku, lot, leaving.warehouse, units,
              AccountKind::reserved, AccountKind::picked);
    quantity -= std::max(units, Quantity{});
  }
  return quantity;
}

// Nobody named a lot: what is reserved, in picking sequence.
Quantity pick_in_sequence(Work& w, const Leaving& leaving, Quantity quantity) {
  const Order& order = *w.t.find_order(leaving.order);
  std::vector<Promise> promises = promises_in_sequence(w.t, order, order.lines[leaving.line]);
  std::erase_if(promises, [&](const Promise& p) {
    return p.sku != leaving.sku || p.warehouse != leaving.warehouse;
  });
  for (const Promise& promise : promises) {
    if (!quantity.is_positive()) break;
    quantity = pick_reserved(w, leaving, promise.lot, quantity);
  }
  return quantity;
}

void tell(Work& w, const Leaving& leaving, LotId lot, const char* kind, const char* severity,
          const std::string& detail) {
  AlertChange& alert = w.alert(kind, severity, detail);
  alert.order = leaving.order;
  alert.sku = leaving.sku;
  alert.lot = lot;
  alert.warehouse = leaving.warehouse;
  w.except(kind, detail);
}

// A pick that can't be: refused, or as a fact told of and without effect. False after a refusal.
bool cannot_be(Work& w, const Leaving& leaving, const char* code, const std::string& detail,
               const std::string& pointer) {
  if (w.command) return w.refuse(code, detail, pointer);
  AlertChange& alert = w.alert("pick_refused", "warning", detail);
  alert.order = leaving.order;
  alert.sku = leaving.sku;
  alert.warehouse = leaving.warehouse;
  alert.quantity = leaving.quantity;
  w.except(code, detail);
  return true;
}

// What GTIN and label add to a line. `fits` is false where they contradict it: the line is then
// without effect. False after a refusal.
bool fill_from_scan(Work& w, OrderId id, PickLine& line, WarehouseId warehouse,
                    const std::string& pointer, bool& fits) {
  const Leaving leaving{id, 0, 0, warehouse, line.quantity, nullptr};
  ScannedLabel label;
  if (line.scan && !read_label(w, *line.scan, pointer + "/scan", label)) return false;
  SkuId sku = label.sku;
  if (line.gtin) {
    sku = w.state.sku_by_gtin(w.owner, *line.gtin, nullptr);
    fits = sku != 0 && (label.sku == 0 || label.sku == sku);
    if (!fits) {
      return cannot_be(w, leaving, sku == 0 ? "unknown_sku" : "wrong_sku",
                       "The GTIN " + *line.gtin + " is not that of what was scanned.",
                       pointer + "/gtin");
    }
  }
  if (sku != 0 && line.sku && sku_of(w, *line.sku, pointer + "/sku") != sku) {
    fits = false;
    return cannot_be(w, leaving, "wrong_sku",
                     w.t.skus[sku].item.sku + " was scanned, and the line says " + *line.sku + ".",
                     pointer);
  }
  if (sku != 0) line.sku = w.t.skus[sku].item.sku;
  if (label.lot && line.lot && *label.lot != *line.lot) {
    fits = false;
    return cannot_be(
        w, leaving, "expiry_mismatch",
        "Lot " + label.lot->text + " was scanned, and the line says " + line.lot->text + ".",
        pointer + "/scan");
  }
  if (label.lot) line.lot = label.lot;
  const SkuId of_lot = sku != 0 ? sku : line.sku ? w.t.find_sku(w.owner, *line.sku) : SkuId{0};
  if (of_lot == 0 || !line.lot) return true;
  bool mismatch = false;
  return check_label_date(w, w.t.find_lot(of_lot, line.lot->text), label.dated(), pointer + "/scan",
                          mismatch);
}

// Units of a lot that was not the allocated one are in the tote: the promise follows them.
void pick_otherwise(Work& w, const Leaving& leaving, LotId lot, Quantity quantity) {
  const LineState before = w.t.find_order(leaving.order)->lines[leaving.line];
  LotId instead = 0;
  for (const Promise& promise : before.promises) {
    if (promise.sku == leaving.sku && promise.lot != lot && promise.reserved.is_positive())
      instead = promise.lot;
  }
  Quantity reserved;
  for (const Promise& promise : before.promises) {
    if (promise.sku == leaving.sku) reserved += promise.reserved;
  }
  Quantity room = reserved;
  for (std::size_t i = 0; i < part_count(before); ++i) {
    const Part part = part_of(before, i);
    if (part.sku == leaving.sku) room += part_need(before, part);
  }
  const Quantity units = std::min(quantity, room);
  if (units < quantity) {
    Leaving over = leaving;
    over.quantity = quantity - units;
    cannot_be(w, over, "exceeds_reservation", "More was picked than the line still wants.", "");
  }
  if (w.out.refused || !units.is_positive()) return;
  if (instead != 0 && !w.t.warehouses[leaving.warehouse].they_allocate) {
    tell(w, leaving, lot, "pick_deviation", "info",
         w.lot_text(lot) + " was picked instead of lot " + std::string(w.t.code(instead)) + ".");
    w.out.alerts.back().extra = {{"allocated_lot", std::string(w.t.code(instead))}};
  }
  const Demand d = demand_on_day(w.t, leaving, w.day_at(leaving.warehouse, w.at));
  LotStock row;
  row.lot = lot;
  if (const LotStock* found = w.t.find_stock(lot, leaving.warehouse)) row = *found;
  const Reason reason = gate(w.t, d, row, leaving.warehouse);
  if (reason != Reason::none) {
    tell(w, leaving, lot, "picked_not_eligible", "warning",
         w.lot_text(lot) + " was picked and may not leave: " + std::string(reason_name(reason)) +
             ".");
  }
  const Quantity need = room - reserved;
  if (units > need) {
    give_back(w, leaving.order, leaving.line, leaving.sku, units - need, "picked_otherwise");
  }
  w.promise(leaving.order, leaving.line, leaving.sku, lot, leaving.warehouse, units,
            AccountKind::free, AccountKind::picked);
  rejudge_lot(w, lot, leaving.warehouse, "picked_by_another");
}

// Units that were not found stay in the books and are not allocatable until somebody counted.
void report_short(Work& w, const Leaving& leaving, LotId lot, Quantity missing,
                  const PickLine& pick) {
  if (lot == 0) {
    // What the picker would have gone for next.
    const Order& order = *w.t.find_order(leaving.order);
    for (const Promise& promise : promises_in_sequence(w.t, order, order.lines[leaving.line])) {
      if (lot == 0 && promise.sku == leaving.sku && promise.warehouse == leaving.warehouse &&
          promise.reserved.is_positive()) {
        lot = promise.lot;
      }
    }
  }
  if (lot == 0) return;
  const LocationId location = location_of(w, leaving.warehouse, pick.location);
  Quantity left = missing;
  for (const StockCell& cell : in_picking_order(w.t, w.t.cells(lot, leaving.warehouse))) {
    const bool here = !pick.location || cell.location == location;
    if (!here || cell.status != StockStatus::available || !cell.on_hand.is_positive()) continue;
    const Quantity units = std::min(cell.on_hand, left);
    w.goods(leaving.sku, lot, units, stock_account(leaving.warehouse, cell.location, cell.status),
            stock_account(leaving.warehouse, cell.location, StockStatus::lot_unresolved));
    left -= units;
    if (!left.is_positive()) break;
  }
  tell(w, leaving, lot, "count_task", "warning",
       missing.text() + " of " + w.lot_text(lot) + " were not found; count the place.");
  w.out.alerts.back().order = 0;
  w.out.alerts.back().location = location;
  w.out.alerts.back().quantity = missing;
  rejudge_lot(w, lot, leaving.warehouse, "not_found");
}

// The units lie where they were put now, not where they were taken.
void put_at(Work& w, const Leaving& leaving, LotId lot, WarehouseId warehouse, Quantity units,
            const PickLine& pick) {
  if (!pick.location) return;
  const LocationId location = location_of(w, warehouse, pick.location);
  for (const StockCell& cell : in_picking_order(w.t, w.t.cells(lot, warehouse))) {
    if (cell.status != StockStatus::available || !cell.on_hand.is_positive()) continue;
    const Quantity moved = std::min(cell.on_hand, units);
    if (!moved.is_positive()) return;
    w.goods(leaving.sku, lot, moved, stock_account(warehouse, cell.location, cell.status),
            stock_account(warehouse, location, cell.status));
    units -= moved;
  }
}

// Back on the shelf: the units are reserved again where the line still wants them.
bool put_back(Work& w, const Leaving& leaving, const PickLine& pick, const std::string& pointer) {
  Quantity quantity = pick.quantity;
  const Order& order = *w.t.find_order(leaving.order);
  const std::vector<Promise> promises = promises_in_sequence(w.t, order, order.lines[leaving.line]);
  for (const Promise& promise : promises) {
    if (promise.sku != leaving.sku) continue;
    if (pick.lot && w.t.find_lot(leaving.sku, pick.lot->text) != promise.lot) continue;
    const Quantity units = std::min(promise.picked, quantity);
    if (!units.is_positive()) continue;
    w.promise(leaving.order, leaving.line, leaving.sku, promise.lot, promise.warehouse, units,
              AccountKind::picked, AccountKind::reserved);
    put_at(w, leaving, promise.lot, promise.warehouse, units, pick);
    quantity -= units;
    AlertChange key;
    for (const LotId lot : {promise.lot, LotId{0}}) {
      key.kind = "pull_task";
      key.sku = leaving.sku;
      key.lot = lot;
      key.warehouse = lot == 0 ? WarehouseId{0} : promise.warehouse;
      key.order = leaving.order;
      w.close_alert(key);
    }
    const LineState& now = w.t.find_order(leaving.order)->lines[leaving.line];
    Quantity over;
    for (std::size_t i = 0; i < part_count(now); ++i) {
      const Part part = part_of(now, i);
      if (part.sku != leaving.sku) continue;
      over = promised_part(now, part.sku) + dispatched_part(now, part.sku) -
             scaled(part.per, is_active(now) ? wanted_quantity(now) : Quantity{});
    }
    if (over.is_positive()) {
      release(w, leaving.order, leaving.line, promise.lot, promise.warehouse, over, "put_back");
    }
    rejudge_lot(w, promise.lot, promise.warehouse, "put_back");
  }
  if (!quantity.is_positive()) return true;
  Leaving over = leaving;
  over.quantity = quantity;
  return cannot_be(w, over, "insufficient", "More was put back than was picked.",
                   pointer + "/quantity");
}

bool pick_line(Work& w, OrderId id, const Pick& pick, const PickLine& told, WarehouseId warehouse,
               const std::string& pointer) {
  PickLine sent = told;
  bool fits = true;
  if (!fill_from_scan(w, id, sent, warehouse, pointer, fits)) return false;
  if (!fits) return true;
  Leaving leaving{id, 0, 0, warehouse, sent.quantity, nullptr};
  const std::int64_t index = find_line(w.t, *w.t.find_order(id), sent.order_line, sent.sku);
  if (index < 0) {
    return cannot_be(w, leaving, index == -2 ? "ambiguous_reference" : "not_found",
                     "The order has no such line, or several.", pointer);
  }
  leaving.line = static_cast<LineIndex>(index);
  const LineState line = w.t.find_order(id)->lines[leaving.line];
  leaving.sku = picked_part(w, line, sent);
  if (leaving.sku == 0) {
    return cannot_be(w, leaving, "unknown_sku", "The line's item is not known.", pointer);
  }
  if (sent.order_line && (sent.scan || sent.gtin) && sent.sku &&
      w.t.skus[leaving.sku].item.sku != *sent.sku) {
    return cannot_be(
        w, leaving, "wrong_sku",
        *sent.sku + " was scanned, and the line is of " + w.t.skus[leaving.sku].item.sku + ".",
        pointer);
  }
  if (pick.put_back) return put_back(w, leaving, sent, pointer);
  if (sent.lot) {
    if (w.command &&
        !check_lot_command(w, leaving, *sent.lot, sent.quantity, sent.reason, pointer + "/lot")) {
      return false;
    }
    const bool unknown = w.t.find_lot(leaving.sku, sent.lot->text) == 0;
    const LotId lot = find_or_create_lot(w, leaving.sku, *sent.lot);
    if (unknown)
      tell(w, leaving, lot, "unknown_lot", "warning",
           "Nobody received " + w.lot_text(lot) + ", and it was picked.");
    const Quantity other = pick_reserved(w, leaving, lot, sent.quantity);
    if (other.is_positive()) pick_otherwise(w, leaving, lot, other);
    if (w.out.refused) return false;
    if (sent.short_quantity) report_short(w, leaving, lot, *sent.short_quantity, sent);
    return true;
  }
  const Quantity left = pick_in_sequence(w, leaving, sent.quantity);
  if (left.is_positive()) {
    const std::string detail = "Only " + (sent.quantity - left).text() + " were reserved to pick.";
    Leaving over = leaving;
    over.quantity = left;
    if (!cannot_be(w, over, "exceeds_reservation", detail, pointer + "/quantity")) return false;
  }
  if (sent.short_quantity) report_short(w, leaving, 0, *sent.short_quantity, sent);
  return true;
}

}  // namespace

bool apply_pick(Work& w, const Document& document, const Pick& pick) {
  if (pick.void_of) {
    // A pick moved no goods; taking it back puts its units back.
    if (w.ctx.voided == nullptr || !std::holds_alternative<Pick>(w.ctx.voided->body)) {
      return w.refuse("not_found", "There is no such pick.", "/void_of");
    }
    Pick back = std::get<Pick>(w.ctx.voided->body);
    back.put_back = !back.put_back;
    back.void_of.reset();
    return apply_pick(w, document, back);
  }
  if (w.ctx.previous != nullptr) {
    Pick back = std::get<Pick>(w.ctx.previous->body);
    back.put_back = !back.put_back;
    if (w.ctx.order != 0) {
      const Order& order = *w.t.find_order(w.ctx.order);
      const WarehouseId warehouse =
          back.warehouse ? w.state.warehouse_id(*back.warehouse) : order.warehouse;
      for (const PickLine& line : back.lines) {
        if (!pick_line(w, w.ctx.order, back, line, warehouse, "/lines")) return false;
      }
    }
  }
  const OrderId id = order_of(w, pick.order, document.id);
  if (id == 0) return false;
  w.out.order = id;
  const Order& order = *w.t.find_order(id);
  if (!order.known) {
    w.t.touch_order(id).waiting_documents.push_back(w.ctx.document);
    return true;
  }
  const WarehouseId warehouse =
      pick.warehouse ? warehouse_of(w, *pick.warehouse, "/warehouse") : order.warehouse;
  if (warehouse == 0) {
    return pick.warehouse ? false
                          : w.refuse("not_found", "The order has no warehouse yet.", "/warehouse");
  }
  for (std::size_t i = 0; i < pick.lines.size(); ++i) {
    if (!pick_line(w, id, pick, pick.lines[i], warehouse, "/lines/" + std::to_string(i)))
      return false;
  }
  w.t.refresh_waiting(w.t.orders.at(id));
  return !w.command || check_nobody_is_broken(w);
}

}  // namespace lotbridge::core
