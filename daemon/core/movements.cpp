// Transfers and adjustments: units that change place, status, or leave the books for a stated
// reason (rules 28, 31).
#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

// The lot a movement names: a command for one that nobody knows is refused, a fact lets it begin. 0
// after a refusal.
LotId lot_of(Work& w, SkuId sku, const LotCode& code, const std::string& pointer) {
  if (const LotId known = w.t.find_lot(sku, code.text)) return known;
  if (w.command) {
    w.refuse("unknown_lot", "Nobody knows a lot " + code.text + " of this item.", pointer);
    return 0;
  }
  w.except("unknown_lot",
           "Nobody received lot " + code.text + " of " + w.t.skus[sku].item.sku + " yet.");
  return find_or_create_lot(w, sku, code);
}

Quantity units_at(const State::Tables& t, LotId lot, const Place& place) {
  Quantity sum;
  for (const StockCell& cell : t.cells(lot, place.warehouse)) {
    if (place.location && cell.location != *place.location) continue;
    if (cell.status == place.status) sum += cell.on_hand;
  }
  return sum;
}

bool enough(Work& w, LotId lot, const Place& place, Quantity quantity, const std::string& pointer) {
  const Quantity there = units_at(w.t, lot, place);
  if (!w.command || there >= quantity) return true;
  return w.refuse(
      "insufficient",
      "Only " + std::max(there, Quantity{}).text() + " of " + w.lot_text(lot) + " are there.",
      pointer);
}

struct Way {
  Place from;
  WarehouseId to_warehouse = 0;
  LocationId to_location = 0;
  StockStatus to_status = StockStatus::available;
};

void move_units(Work& w, LotId lot, const Way& route, Quantity quantity) {
  const SkuId sku = w.t.lots[lot].sku;
  const bool in_place = route.from.warehouse == route.to_warehouse;
  const Account to = in_place
                         ? stock_account(route.to_warehouse, route.to_location, route.to_status)
                         : outside(AccountKind::in_transit, route.to_warehouse);
  take_units(w, lot, route.from, quantity, to);
  rejudge_lot(w, lot, route.from.warehouse, "moved");
  w.free_up(sku);
}

// Lots for a line that leaves the choice to us: FEFO under the far side's policy, judged at
// arrival.
bool choose_lots(Work& w, SkuId sku, const Transfer& transfer, const Way& route, Quantity quantity,
                 const std::string& pointer, std::vector<Take>& out) {
  if (!w.t.skus[sku].item.lot_tracked) {
    out.push_back({legacy_lot(w, sku), quantity});
    return true;
  }
  Demand d = demand_of(w.t, {w.owner, sku, route.to_warehouse, nullptr, nullptr},
                       w.today(route.from.warehouse));
  if (transfer.arrives_on) d.reference_day = std::max(d.reference_day, transfer.arrives_on->days);
  const Plan plan = plan_units(w.t, d, sku, route.from.warehouse, quantity, {});
  out = plan.takes;
  if (plan.sum >= quantity) return true;
  const std::string detail = "Only " + plan.sum.text() + " may be sent.";
  if (w.command) return w.refuse("insufficient", detail, pointer + "/quantity");
  w.except("insufficient", detail);
  return true;
}

bool transfer_line(Work& w, const Transfer& transfer, const TransferLine& line, const Way& route,
                   const std::string& pointer) {
  const SkuId sku = sku_of(w, line.sku, pointer + "/sku");
  if (sku == 0) return false;
  if (!line.quantity.is_positive()) {
    return w.refuse("invalid_value", "The quantity must be above zero.", pointer + "/quantity");
  }
  if (!line.lot) {
    std::vector<Take> takes;
    if (!choose_lots(w, sku, transfer, route, line.quantity, pointer, takes)) return false;
    for (const Take& take : takes) {
      move_units(w, take.lot, route, take.quantity);
      w.out.produced_lots.push_back(take.lot);
    }
    return true;
  }
  const LotId lot = lot_of(w, sku, *line.lot, pointer + "/lot");
  if (lot == 0 || !enough(w, lot, route.from, line.quantity, pointer + "/quantity")) return false;
  move_units(w, lot, route, line.quantity);
  w.out.produced_lots.push_back(lot);
  return true;
}

AccountKind account_of(AdjustmentReason reason, bool gain) {
  switch (reason) {
    case AdjustmentReason::scrapped:
      return AccountKind::scrapped;
    case AdjustmentReason::supplier_return:
      return AccountKind::supplier_return;
    case AdjustmentReason::lost:
      return AccountKind::lost;
    case AdjustmentReason::found:
      return AccountKind::found;
    case AdjustmentReason::correction:
      return gain ? AccountKind::found : AccountKind::lost;
  }
  return AccountKind::lost;
}

// Found adds, scrapped, lost and returned to the supplier take away, a correction may do either.
bool sign_fits(AdjustmentReason reason, Quantity quantity) {
  if (reason == AdjustmentReason::correction) return !quantity.is_zero();
  return reason == AdjustmentReason::found ? quantity.is_positive() : quantity < Quantity{};
}

bool adjust(Work& w, LotId lot, const Place& place, Quantity quantity, AdjustmentReason reason,
            const std::string& pointer) {
  const SkuId sku = w.t.lots[lot].sku;
  const Account other = reason == AdjustmentReason::supplier_return
                            ? outside(AccountKind::supplier_return, 0)
                            : outside(account_of(reason, quantity.is_positive()), place.warehouse);
  if (quantity.is_positive()) {
    put_units(w, lot, place.warehouse, place.location.value_or(0), place.status, quantity, other);
  } else {
    if (!enough(w, lot, place, -quantity, pointer)) return false;
    take_units(w, lot, place, -quantity, other);
    rejudge_lot(w, lot, place.warehouse, "adjusted");
  }
  w.free_up(sku);
  w.out.produced_lots.push_back(lot);
  return true;
}

bool adjustment_line(Work& w, const Adjustment& adjustment, const AdjustmentLine& line,
                     WarehouseId warehouse, const std::string& pointer) {
  const SkuId sku = sku_of(w, line.sku, pointer + "/sku");
  if (sku == 0) return false;
  const bool fits = sign_fits(adjustment.reason, line.quantity) &&
                    (!line.from_lot || adjustment.reason == AdjustmentReason::correction);
  if (!fits) {
    const std::string detail = "The sign of the quantity does not fit the reason.";
    if (w.command) return w.refuse("invalid_value", detail, pointer + "/quantity");
    return park(w, "invalid_value", detail);
  }
  Place place;
  place.warehouse = warehouse;
  place.status = line.status;
  if (line.location) place.location = location_of(w, warehouse, line.location);
  const LotId lot = lot_of(w, sku, line.lot, pointer + "/lot");
  if (lot == 0) return false;
  if (!line.from_lot)
    return adjust(w, lot, place, line.quantity, adjustment.reason, pointer + "/quantity");
  // Units that stand under the wrong code go over to the right one: lost there, found here.
  const LotId from = lot_of(w, sku, *line.from_lot, pointer + "/from_lot");
  if (from == 0) return false;
  return adjust(w, from, place, -line.quantity, adjustment.reason, pointer + "/quantity") &&
         adjust(w, lot, place, line.quantity, adjustment.reason, pointer + "/quantity");
}

}  // namespace

bool apply_transfer(Work& w, const Document&, const Transfer& transfer) {
  if ((w.ctx.previous != nullptr || w.ctx.voided != nullptr) && !reverse_entries(w)) return false;
  if (transfer.void_of) return true;
  Way route;
  route.from.warehouse = warehouse_of(w, transfer.from.warehouse, "/from/warehouse");
  if (route.from.warehouse == 0) return false;
  route.to_warehouse = warehouse_of(w, transfer.to.warehouse, "/to/warehouse");
  if (route.to_warehouse == 0) return false;
  route.from.status = transfer.from.status;
  if (transfer.from.location) {
    route.from.location = location_of(w, route.from.warehouse, transfer.from.location);
  }
  route.to_location = location_of(w, route.to_warehouse, transfer.to.location);
  route.to_status = transfer.to.status;
  for (std::size_t i = 0; i < transfer.lines.size(); ++i) {
    if (!transfer_line(w, transfer, transfer.lines[i], route, "/lines/" + std::to_string(i)))
      return false;
  }
  return true;
}

bool apply_adjustment(Work& w, const Document&, const Adjustment& adjustment) {
  if ((w.ctx.previous != nullptr || w.ctx.voided != nullptr) && !reverse_entries(w)) return false;
  if (adjustment.void_of) return true;
  const WarehouseId warehouse = warehouse_of(w, adjustment.warehouse, "/warehouse");
  if (warehouse == 0) return false;
  for (std::size_t i = 0; i < adjustment.lines.size(); ++i) {
    if (!adjustment_line(w, adjustment, adjustment.lines[i], warehouse,
                         "/lines/" + std::to_string(i))) {
      return false;
    }
  }
  return true;
}

}  // namespace lotbridge::core
