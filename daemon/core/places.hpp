// Taking units off the shelves and putting them there, place by place.
#pragma once

#include "work.hpp"

namespace lotbridge::core {

// Cells in the order in which a document that names no location takes units: by pick sequence, then
// name, none first.
std::vector<StockCell> in_picking_order(const State::Tables&, std::vector<StockCell>);

struct Place {
  WarehouseId warehouse = 0;
  Maybe<LocationId> location;  // unset: any, in picking order
  StockStatus status = StockStatus::available;
  bool any_status = false;  // what left is gone, whatever status it had in the books
};
// Moves units from a place to an account. What is not there is taken all the same: the lot then
// stands negative until its receipt comes, and an alert says so (rule 19).
void take_units(Work&, LotId, const Place&, Quantity, const Account& to);
// Moves units from an account to a place. Negative places of the lot are filled first: there the
// units were missing.
void put_units(Work&, LotId, WarehouseId, LocationId, StockStatus, Quantity, const Account& from);
// All units of the lot at the warehouse, any status.
Quantity on_hand(const State::Tables&, LotId, WarehouseId);
// Opens or closes the alert `unreconciled` of a lot at a warehouse by what is there now.
void reconcile_alert(Work&, LotId, WarehouseId, bool was_negative);
// The location a document names, made known where it is new; 0 for none.
LocationId location_of(Work&, WarehouseId, const Maybe<std::string>& name);
// The lot of an item for units that nobody named a lot for.
LotId legacy_lot(Work&, SkuId);
// Finds the lot or lets it begin its life here, unverified.
LotId find_or_create_lot(Work&, SkuId, const LotCode&);

}  // namespace lotbridge::core
