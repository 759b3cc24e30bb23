// What came back (rule 27): to the lot that was dispatched, never more than was, and not for sale
// before somebody looked at it unless the policy says so.
#include <algorithm>

#include "allocator.hpp"
#include "dispatch_lots.hpp"
#include "documents.hpp"
#include "places.hpp"
#include "returned.hpp"

namespace lotbridge::core {

namespace {

// Where the units go: quarantine until somebody looked, scrapped, or back for sale.
enum class Destination { quarantine, available, scrap };
Destination destination_of(const Work& w, WarehouseId warehouse, const ReturnLine& line,
                           const Back& back) {
  if (back.lot == 0 || back.foreign) return Destination::quarantine;
  const EffectivePolicy policy =
      resolve_policy(w.t, {w.owner, w.t.lots[back.lot].sku, warehouse, nullptr, nullptr});
  if (policy.returns_to == ReturnsTo::scrap) return Destination::scrap;
  if (line.disposition == ReturnDisposition::scrap) return Destination::scrap;
  // Restocking needs an inspection first, unless the policy trusts what comes back.
  if (policy.returns_to == ReturnsTo::restock && line.disposition == ReturnDisposition::restock) {
    return Destination::available;
  }
  return Destination::quarantine;
}

}  // namespace

std::vector<Back> with_customer(const LineState& line, SkuId sku) {
  std::vector<Back> out;
  const auto add = [&](LotId lot, Quantity quantity) {
    const auto at =
        std::find_if(out.begin(), out.end(), [&](const Back& b) { return b.lot == lot; });
    if (at == out.end()) {
      out.push_back({lot, quantity, false});
    } else {
      at->quantity += quantity;
    }
  };
  for (const Stamp& stamp : line.stamps) {
    if (stamp.sku == sku) add(stamp.lot, stamp.quantity);
  }
  for (const LotReturned& returned : line.returned_lots) add(returned.lot, -returned.quantity);
  std::erase_if(out, [](const Back& b) { return !b.quantity.is_positive(); });
  return out;
}

void tell_foreign_lot(Work& w, OrderId id, LotId lot) {
  AlertChange& alert =
      w.alert("lot_mismatch", "warning",
              w.lot_text(lot) + " came back, and was not dispatched on this line.");
  alert.order = id;
  alert.sku = w.t.lots[lot].sku;
  alert.lot = lot;
  w.except("lot_mismatch", alert.detail);
}

void take_back(Work& w, OrderId id, LineIndex index, SkuId sku, WarehouseId warehouse,
               const ReturnLine& line, const Back& back) {
  if (!back.quantity.is_positive()) return;
  // Units that no dispatch of this line explains came from outside.
  const Account from = back.foreign ? outside(AccountKind::found, warehouse)
                                    : order_account(AccountKind::dispatched, 0, id, index);
  if (!back.foreign) {
    LineState& state = w.t.touch_order(id).lines[index];
    state.returned += back.quantity;
    const auto at = std::find_if(state.returned_lots.begin(), state.returned_lots.end(),
                                 [&](const LotReturned& r) { return r.lot == back.lot; });
    if (at == state.returned_lots.end()) {
      state.returned_lots.push_back({back.lot, back.quantity});
    } else {
      at->quantity += back.quantity;
    }
  }
  if (back.lot == 0) {
    w.goods(sku, 0, back.quantity, from, stock_account(warehouse, 0, StockStatus::lot_unresolved));
    w.except("unknown_lot",
             "Nobody knows which lot " + back.quantity.text() + " returned units are of.");
    return;
  }
  const Destination destination = destination_of(w, warehouse, line, back);
  if (destination == Destination::scrap) {
    w.goods(sku, back.lot, back.quantity, from, outside(AccountKind::scrapped, warehouse));
    return;
  }
  const StockStatus status =
      destination == Destination::available ? StockStatus::available : StockStatus::quarantine;
  w.goods(sku, back.lot, back.quantity, from, stock_account(warehouse, 0, status));
  w.free_up(sku);
}

namespace {

bool too_many(Work& w, OrderId id, SkuId sku, Quantity over, const std::string& pointer) {
  const std::string detail =
      over.text() + " more of " + w.t.skus[sku].item.sku + " came back than were dispatched.";
  if (w.command) return w.refuse("return_exceeds_dispatch", detail, pointer + "/quantity");
  AlertChange& alert = w.alert("return_exceeds_dispatch", "warning", detail);
  alert.order = id;
  alert.sku = sku;
  alert.quantity = over;
  w.except("return_exceeds_dispatch", detail);
  return true;
}

// Which lots came back. Named ones as named; else the one that left, where only one did.
bool lots_of_return(Work& w, OrderId id, LineIndex index, SkuId sku, const ReturnLine& line,
                    const std::string& pointer, std::vector<Back>& out) {
  std::vector<Back> there = with_customer(w.t.find_order(id)->lines[index], sku);
  Quantity most;
  for (const Back& back : there) most += back.quantity;
  if (line.quantity > most && !too_many(w, id, sku, line.quantity - most, pointer)) return false;
  Quantity left = line.quantity;
  if (line.lots) {
    for (const LotQuantity& named : *line.lots) {
      const LotId lot = find_or_create_lot(w, sku, named.lot);
      Quantity foreign = named.quantity;
      for (Back& back : there) {  // also what left under a code that turned out to be this lot's
        if (w.t.home_of(back.lot) != lot) continue;
        const Quantity ours = std::min(back.quantity, foreign);
        if (!ours.is_positive()) continue;
        out.push_back({back.lot, ours, false});
        back.quantity -= ours;
        foreign -= ours;
      }
      if (foreign.is_positive()) {
        out.push_back({lot, foreign, true});
        tell_foreign_lot(w, id, lot);
      }
      left -= named.quantity;
    }
    if (!left.is_positive()) return true;
  }
  const LotId only = there.empty() || line.lots ? 0 : w.t.home_of(there.front().lot);
  const bool one_lot = only != 0 && std::all_of(there.begin(), there.end(), [&](const Back& b) {
                         return w.t.home_of(b.lot) == only;
                       });
  if (one_lot) {
    for (const Back& back : there) {
      const Quantity ours = std::min(back.quantity, left);
      out.push_back({back.lot, ours, false});
      left -= ours;
    }
    out.push_back({only, left, true});
  } else {
    out.push_back({0, left, there.empty()});
  }
  return true;
}

bool return_line(Work& w, OrderId id, WarehouseId warehouse, const ReturnLine& line,
                 const std::string& pointer) {
  std::int64_t found = find_line(w.t, *w.t.find_order(id), line.order_line, line.sku);
  if (found < 0) {
    if (w.command) return w.refuse("not_found", "The order has no such line, or several.", pointer);
    if (!line.sku) return park(w, "not_found", "The order has no such line, and no SKU is named.");
    LineState fresh;
    fresh.sent.line = line.order_line.value_or("");
    fresh.sent.sku = line.sku;
    fresh.removed = true;
    fresh.sku = sku_of(w, *line.sku, pointer + "/sku");
    Order& order = w.t.touch_order(id);
    order.lines.push_back(std::move(fresh));
    found = static_cast<std::int64_t>(order.lines.size()) - 1;
  }
  const auto index = static_cast<LineIndex>(found);
  const LineState state = w.t.find_order(id)->lines[index];
  for (std::size_t i = 0; i < part_count(state); ++i) {
    const Part part = part_of(state, i);
    if (part.sku == 0) continue;
    const bool component =
        !state.components.empty() && line.sku && w.t.skus[state.sku].item.sku != *line.sku;
    if (component && w.t.skus[part.sku].item.sku != *line.sku) continue;
    ReturnLine of_part = line;
    if (!state.components.empty() && !component) of_part.quantity = scaled(part.per, line.quantity);
    std::vector<Back> lots;
    if (!lots_of_return(w, id, index, part.sku, of_part, pointer, lots)) return false;
    for (const Back& back : lots) take_back(w, id, index, part.sku, warehouse, line, back);
  }
  return true;
}

// A return that names no order: the units are somebody's, and stand in quarantine.
bool blind_line(Work& w, WarehouseId warehouse, const ReturnLine& line,
                const std::string& pointer) {
  if (!line.sku) {
    if (w.command)
      return w.refuse("invalid_value", "A return without an order needs a SKU.", pointer + "/sku");
    return park(w, "invalid_value", "A return without an order needs a SKU.");
  }
  const SkuId sku = sku_of(w, *line.sku, pointer + "/sku");
  if (sku == 0) return false;
  Quantity left = line.quantity;
  const Account from = outside(AccountKind::found, warehouse);
  if (line.lots) {
    for (const LotQuantity& named : *line.lots) {
      const LotId lot = find_or_create_lot(w, sku, named.lot);
      w.goods(sku, lot, named.quantity, from, stock_account(warehouse, 0, StockStatus::quarantine));
      tell_foreign_lot(w, 0, lot);
      left -= named.quantity;
    }
  }
  if (left.is_positive()) {
    w.goods(sku, 0, left, from, stock_account(warehouse, 0, StockStatus::lot_unresolved));
    w.except("unknown_lot", "Nobody knows which lot " + left.text() + " returned units are of.");
  }
  return true;
}

WarehouseId return_warehouse(Work& w, const Return& sent, OrderId id) {
  if (sent.warehouse) return warehouse_of(w, *sent.warehouse, "/warehouse");
  const Order* order = w.t.find_order(id);
  if (order != nullptr && order->warehouse != 0) return order->warehouse;
  const Owner& owner = w.t.owners[w.owner];
  if (!owner.warehouses.empty()) return owner.warehouses.front();
  return w.t.warehouses.size() > 1 ? w.t.warehouses[1].id : WarehouseId{0};
}

// Lines named only as the order names them mean nothing before the order is here.
bool needs_its_order(const Work& w, OrderId id, const Return& sent) {
  const Order& order = *w.t.find_order(id);
  if (order.known) return false;
  return std::any_of(sent.lines.begin(), sent.lines.end(), [&](const ReturnLine& line) {
    return !line.sku && find_line(w.t, order, line.order_line, line.sku) < 0;
  });
}

}  // namespace

bool apply_return(Work& w, const Document& document, const Return& sent) {
  if ((w.ctx.previous != nullptr || w.ctx.voided != nullptr) && !reverse_entries(w)) return false;
  if (sent.void_of || !sent.received) {
    w.out.order = w.ctx.order;
    return true;  // money back without goods moves nothing
  }
  OrderId id = 0;
  if (sent.order) {
    id = order_of(w, sent.order, document.id);
    if (id == 0) return false;
    w.out.order = id;
    if (needs_its_order(w, id, sent)) {
      w.t.touch_order(id).waiting_documents.push_back(w.ctx.document);
      return true;
    }
  }
  const WarehouseId warehouse = return_warehouse(w, sent, id);
  if (warehouse == 0)
    return w.out.refused || w.out.parked
               ? false
               : w.refuse("not_found", "There is no warehouse.", "/warehouse");
  for (std::size_t i = 0; i < sent.lines.size(); ++i) {
    const std::string pointer = "/lines/" + std::to_string(i);
    const bool fine = id == 0 ? blind_line(w, warehouse, sent.lines[i], pointer)
                              : return_line(w, id, warehouse, sent.lines[i], pointer);
    if (!fine) return false;
  }
  return true;
}

}  // namespace lotbridge::core
