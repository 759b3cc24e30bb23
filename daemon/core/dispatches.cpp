// What left the building: the stamp (rules 17-19). Facts are always recorded; a command may be
// refused first.
#include <algorithm>

#include "allocator.hpp"
#include "dispatch_checks.hpp"
#include "dispatch_lots.hpp"
#include "dispatch_reports.hpp"
#include "documents.hpp"
#include "places.hpp"
#include "resolutions.hpp"

namespace lotbridge::core {

namespace {

// A line that the order does not have (yet): it stands for itself until a version of the order
// names it.
LineIndex add_unordered_line(Work& w, OrderId id, const DispatchLine& line) {
  LineState fresh;
  fresh.sent.line = line.order_line.value_or("");
  fresh.sent.sku = line.sku;
  fresh.removed = w.t.find_order(id)->known;
  if (line.sku) fresh.sku = sku_of(w, *line.sku, "");
  Order& order = w.t.touch_order(id);
  order.lines.push_back(std::move(fresh));
  return static_cast<LineIndex>(order.lines.size() - 1);
}

// The units that the line's promises cover go over to what was really shipped.
void settle_promises(Work& w, const Leaving& leaving, LotId lot, Quantity quantity) {
  for (const bool picked : {true, false}) {
    const std::vector<Promise> promises =
        w.t.find_order(leaving.order)->lines[leaving.line].promises;
    for (const Promise& promise : promises) {
      if (promise.lot != lot || promise.warehouse != leaving.warehouse) continue;
      const Quantity units = std::min(quantity, picked ? promise.picked : promise.reserved);
      w.promise(leaving.order, leaving.line, leaving.sku, lot, leaving.warehouse, units,
                picked ? AccountKind::picked : AccountKind::reserved, AccountKind::free);
      quantity -= std::max(units, Quantity{});
    }
  }
}

void set_aside(Work& w, const Leaving& leaving, const LotShare& share) {
  const Account to = order_account(AccountKind::dispatched, 0, leaving.order, leaving.line);
  w.goods(leaving.sku, 0, share.quantity,
          stock_account(leaving.warehouse, 0, StockStatus::lot_unresolved), to);
  std::vector<Unresolved> open = w.t.unresolved[leaving.sku];
  open.push_back({leaving.warehouse, w.ctx.document, share.quantity, share.candidates});
  w.t.set_unresolved(leaving.sku, std::move(open));
}

void stamp(Work& w, const Leaving& leaving, const LotShare& share, LineIndex dispatch_line) {
  Stamp stamp;
  stamp.dispatch = w.ctx.document;
  stamp.dispatch_line = dispatch_line;
  stamp.order = leaving.order;
  stamp.line = leaving.line;
  stamp.sku = leaving.sku;
  stamp.lot = share.lot;
  stamp.warehouse = leaving.warehouse;
  stamp.quantity = share.quantity;
  stamp.expires_on = share.lot != 0 ? w.t.lots[share.lot].expires_on : kNoDate;
  stamp.evidence = share.evidence;
  stamp.candidates = share.candidates;
  stamp.at = w.at;
  w.t.touch_order(leaving.order).lines[leaving.line].stamps.push_back(stamp);
  w.out.stamps.push_back(stamp);
  const Order& order = *w.t.find_order(leaving.order);
  if (share.lot != 0 && stamp.expires_on != kNoDate && order.header.customer &&
      order.header.customer->id) {
    // Who must not get older goods than last time may get older ones now.
    const auto last = w.t.last_shipped.find(
        std::make_tuple(order.owner, *order.header.customer->id, leaving.sku));
    if (last != w.t.last_shipped.end() && last->second.expires_on > stamp.expires_on)
      w.free_up(leaving.sku);
    w.t.set_last_shipped(order.owner, *order.header.customer->id, leaving.sku,
                         {w.at, stamp.expires_on});
  }
}

// After a swap the line may hold more than it still needs: reserved units first, then picked ones,
// which evidently stayed on the shelf.
void drop_excess(Work& w, const Leaving& leaving, const Part& part) {
  const LineState& line = w.t.find_order(leaving.order)->lines[leaving.line];
  Quantity over = promised_part(line, part.sku) + dispatched_part(line, part.sku) -
                  scaled(part.per, is_active(line) ? wanted_quantity(line) : Quantity{});
  over = std::min(over, promised_part(line, part.sku));
  if (!over.is_positive()) return;
  over = give_back(w, leaving.order, leaving.line, part.sku, over, "shipped_otherwise");
  const std::vector<Promise> promises =
      latest_first(w.t, w.t.find_order(leaving.order)->lines[leaving.line].promises);
  for (const Promise& promise : promises) {
    if (promise.sku != part.sku || !over.is_positive()) continue;
    const Quantity units = std::min(over, promise.picked);
    w.promise(leaving.order, leaving.line, part.sku, promise.lot, promise.warehouse, units,
              AccountKind::picked, AccountKind::free);
    over -= units;
    w.free_up(part.sku);
  }
}

void ship_part(Work& w, const Leaving& leaving, const Part& part, LineIndex dispatch_line) {
  const std::vector<LotShare> shares = lots_that_left(w, leaving);
  warn_of_shares(w, leaving, shares);
  for (const LotShare& share : shares) {
    if (share.lot == 0) {
      set_aside(w, leaving, share);
    } else {
      settle_promises(w, leaving, share.lot, share.quantity);
      Place place;
      place.warehouse = leaving.warehouse;
      place.any_status = true;
      take_units(w, share.lot, place, share.quantity,
                 order_account(AccountKind::dispatched, 0, leaving.order, leaving.line));
    }
    stamp(w, leaving, share, dispatch_line);
  }
  drop_excess(w, leaving, part);
  for (const LotShare& share : shares) {
    if (share.lot != 0) rejudge_lot(w, share.lot, leaving.warehouse, "shipped");
    for (const LotId candidate : share.candidates) {
      rejudge_lot(w, candidate, leaving.warehouse, "lot_unresolved");
    }
  }
  if (!w.t.unresolved.empty()) propose_resolutions(w, leaving.sku, leaving.warehouse, {});
}

// A kit leaves as its components; a line that names one of them means only that one.
void ship_line(Work& w, OrderId id, LineIndex index, WarehouseId warehouse,
               const DispatchLine& line, LineIndex dispatch_line) {
  const LineState state = w.t.find_order(id)->lines[index];
  const bool kit = !state.components.empty();
  std::vector<Part> parts;
  for (std::size_t i = 0; i < part_count(state); ++i) parts.push_back(part_of(state, i));
  bool component_named = false;
  for (const Part& part : parts) {
    if (kit && line.sku == w.t.skus[part.sku].item.sku) component_named = true;
  }
  if (!kit && parts.front().sku == 0 && line.sku) parts.front().sku = sku_of(w, *line.sku, "");
  for (const Part& part : parts) {
    if (part.sku == 0) continue;
    if (component_named && line.sku != w.t.skus[part.sku].item.sku) continue;
    Leaving leaving{id, index, part.sku, warehouse, line.quantity, nullptr};
    if (kit && !component_named) leaving.quantity = scaled(part.per, line.quantity);
    if (!kit) leaving.quantity = line.quantity;
    std::vector<LotQuantity> named;
    if (line.lots) {
      for (const LotQuantity& lot : *line.lots) {
        if (!kit || component_named || w.t.find_lot(part.sku, lot.lot.text) != 0)
          named.push_back(lot);
      }
      leaving.named = &named;
    }
    ship_part(w, leaving, part, dispatch_line);
  }
  if (w.t.find_order(id)->known) watch_over_shipment(w, id, index);
}

WarehouseId dispatch_warehouse(Work& w, const Dispatch& dispatch, OrderId id) {
  if (dispatch.warehouse) return warehouse_of(w, *dispatch.warehouse, "/warehouse");
  const Order* order = w.t.find_order(id);
  if (order != nullptr && order->warehouse != 0) return order->warehouse;
  const Owner& owner = w.t.owners[w.owner];
  if (!owner.warehouses.empty()) return owner.warehouses.front();
  for (const Warehouse& warehouse : w.t.warehouses) {
    if (warehouse.id != 0) return warehouse.id;
  }
  w.refuse("not_found", "There is no warehouse.", "/warehouse");
  return 0;
}

// Another source's report of what the authoritative one reported already, by lines and quantities.
bool reported_before(const Work& w, OrderId id, const Dispatch& dispatch) {
  const Order* order = w.t.find_order(id);
  if (order == nullptr) return false;
  return std::all_of(dispatch.lines.begin(), dispatch.lines.end(), [&](const DispatchLine& line) {
    const std::int64_t index = find_line(w.t, *order, line.order_line, line.sku);
    return index >= 0 &&
           dispatched_quantity(order->lines[static_cast<std::size_t>(index)]) >= line.quantity;
  });
}

AlertChange not_authoritative_key(const Work& w, OrderId id, WarehouseId warehouse) {
  AlertChange key;
  key.kind = "source_not_authoritative";
  key.severity = "warning";
  key.order = id;
  key.warehouse = warehouse;
  key.detail = "Dispatches at " + w.t.warehouses[warehouse].name + " come from " +
               w.t.warehouses[warehouse].facts_from_dispatch.value_or("") +
               "; another report moved nothing.";
  return key;
}

void unreconciled_order(Work& w, OrderId id) {
  AlertChange& alert = w.alert(
      "unreconciled", "warning",
      "Goods left for order \"" + w.t.find_order(id)->reference + "\", which has not come yet.");
  alert.order = id;
}

// Lines named only as the order names them mean nothing before the order is here.
bool needs_its_order(const Work& w, OrderId id, const Dispatch& dispatch) {
  const Order& order = *w.t.find_order(id);
  if (order.known) return false;
  return std::any_of(dispatch.lines.begin(), dispatch.lines.end(), [&](const DispatchLine& line) {
    return !line.sku && find_line(w.t, order, line.order_line, line.sku) < 0;
  });
}

bool ship_lines(Work& w, OrderId id, WarehouseId warehouse, const Dispatch& dispatch) {
  for (std::size_t i = 0; i < dispatch.lines.size(); ++i) {
    const DispatchLine& line = dispatch.lines[i];
    std::int64_t index = find_line(w.t, *w.t.find_order(id), line.order_line, line.sku);
    if (index == -2)
      return park(w, "ambiguous_reference", "Several lines of the order have this SKU.");
    if (index < 0) {
      if (!line.sku)
        return park(w, "not_found", "The order has no such line, and no SKU is named.");
      index = add_unordered_line(w, id, line);
    }
    const LineState& known = w.t.find_order(id)->lines[static_cast<std::size_t>(index)];
    if (known.sku == 0 && !line.sku) {
      return park(w, "unknown_sku", "Nobody knows yet which item the line means.");
    }
    ship_line(w, id, static_cast<LineIndex>(index), warehouse, line, static_cast<LineIndex>(i));
  }
  return true;
}

}  // namespace

bool apply_dispatch(Work& w, const Document& document, const Dispatch& dispatch) {
  if ((w.ctx.previous != nullptr || w.ctx.voided != nullptr) && !reverse_entries(w)) return false;
  if (dispatch.void_of) {
    w.out.order = w.ctx.order;
    return true;
  }
  const OrderId id = order_of(w, dispatch.order, document.id);
  if (id == 0) return false;
  w.out.order = id;
  const WarehouseId warehouse = dispatch_warehouse(w, dispatch, id);
  if (warehouse == 0) return false;
  if (not_authoritative(w, w.t.warehouses[warehouse].facts_from_dispatch)) {
    if (matches_known_dispatch(w, id, warehouse, dispatch)) return true;
    if (!dispatch.tracking_number && reported_before(w, id, dispatch)) return true;
    AlertChange key = not_authoritative_key(w, id, warehouse);
    w.except(key.kind, key.detail);
    w.out.alerts.push_back(std::move(key));
    return true;
  }
  if (needs_its_order(w, id, dispatch)) {
    unreconciled_order(w, id);
    w.t.touch_order(id).waiting_documents.push_back(w.ctx.document);
    return true;
  }
  const Dispatch left = without_known_reports(w, id, warehouse, dispatch);
  if (left.lines.empty()) return true;  // the same shipment under another name
  if (w.command && !check_dispatch_command(w, id, warehouse, left)) return false;
  if (!ship_lines(w, id, warehouse, left)) return false;
  if (!w.t.find_order(id)->known) unreconciled_order(w, id);
  if (w.t.warehouses[warehouse].facts_from_dispatch) {
    w.close_alert(not_authoritative_key(w, id, warehouse));
  }
  w.event("dispatch.stamped", 0, 0, warehouse, id, {});
  if (w.command) return check_nobody_is_broken(w);
  return true;
}

}  // namespace lotbridge::core
