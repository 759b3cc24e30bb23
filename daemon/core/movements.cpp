// Adjustments: units that leave the books or come into them for a stated reason (rule 31).
#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "movements.hpp"
#include "places.hpp"

namespace lotbridge::core {

LotId moved_lot(Work& w, SkuId sku, const LotCode& code, const std::string& pointer) {
  if (const LotId known = w.t.find_lot(sku, code.text)) return known;
  if (w.command) {
    w.refuse("unknown_lot", "Nobody knows a lot " + code.text + " of this item.", pointer);
    return 0;
  }
  w.except("unknown_lot",
           "Nobody received lot " + code.text + " of " + w.t.skus[sku].item.sku + " yet.");
  return find_or_create_lot(w, sku, code);
}

bool enough_there(Work& w, LotId lot, const Place& place, Quantity quantity,
                  const std::string& pointer) {
  if (!w.command) return true;
  Quantity there;
  for (const StockCell& cell : w.t.cells(lot, place.warehouse)) {
    if (place.location && cell.location != *place.location) continue;
    if (cell.status == place.status) there += cell.on_hand;
  }
  if (there >= quantity) return true;
  return w.refuse(
      "insufficient",
      "Only " + std::max(there, Quantity{}).text() + " of " + w.lot_text(lot) + " are there.",
      pointer);
}

namespace {

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
    if (!enough_there(w, lot, place, -quantity, pointer)) return false;
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
  const LotId lot = moved_lot(w, sku, line.lot, pointer + "/lot");
  if (lot == 0) return false;
  if (!line.from_lot)
    return adjust(w, lot, place, line.quantity, adjustment.reason, pointer + "/quantity");
  // Units that stand under the wrong code go over to the right one: lost there, found here.
  const LotId from = moved_lot(w, sku, *line.from_lot, pointer + "/from_lot");
  if (from == 0) return false;
  if (w.ctx.followed.accepted_swap) {
    const Account here = stock_account(warehouse, place.location.value_or(0), place.status);
    w.goods(sku, from, line.quantity, outside(AccountKind::lost, warehouse), here);
    w.goods(sku, lot, line.quantity, here, outside(AccountKind::found, warehouse));
  }
  return adjust(w, from, place, -line.quantity, adjustment.reason, pointer + "/quantity") &&
         adjust(w, lot, place, line.quantity, adjustment.reason, pointer + "/quantity");
}

}  // namespace

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
