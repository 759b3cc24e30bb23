// Counts: the shelf is right, the books follow (rule 29). What was reserved beyond the count goes
// to others by rank.
#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "lot_dates.hpp"
#include "places.hpp"
#include "resolutions.hpp"

namespace lotbridge::core {

namespace {

struct Difference {
  SkuId sku = 0;
  LotId lot = 0;
  Quantity delta;
  bool all_of_it = false;  // no unit of the lot lies where nobody counted
};

// Units that a picker did not find are looked for by the count: they are in question no longer.
void end_search(Work& w, LotId lot, WarehouseId warehouse, Maybe<LocationId> location) {
  const SkuId sku = w.t.lots[lot].sku;
  for (const StockCell& cell : w.t.cells(lot, warehouse)) {
    if (cell.status != StockStatus::lot_unresolved) continue;
    if (location && cell.location != *location) continue;
    w.goods(sku, lot, cell.on_hand, stock_account(warehouse, cell.location, cell.status),
            stock_account(warehouse, cell.location, StockStatus::available));
    w.free_up(sku);
    for (const LocationId at : {cell.location, LocationId{0}}) {
      AlertChange key;
      key.kind = "count_task";
      key.sku = sku;
      key.lot = lot;
      key.warehouse = warehouse;
      key.location = at;
      w.close_alert(key);
      if (at == 0) break;
    }
  }
}

Quantity in_books(const State::Tables& t, LotId lot, WarehouseId warehouse,
                  Maybe<LocationId> location, StockStatus status) {
  Quantity sum;
  for (const StockCell& cell : t.cells(lot, warehouse)) {
    if (location && cell.location != *location) continue;
    if (cell.status == status) sum += cell.on_hand;
  }
  return sum;
}

// Where surplus units go when the count names no place: to the lot's first place, else nowhere in
// particular.
LocationId home_of(const State::Tables& t, LotId lot, WarehouseId warehouse, StockStatus status) {
  for (const StockCell& cell : in_picking_order(t, t.cells(lot, warehouse))) {
    if (cell.status == status) return cell.location;
  }
  return 0;
}

bool counted_wholly(const State::Tables& t, LotId lot, WarehouseId warehouse,
                    Maybe<LocationId> location) {
  const std::vector<StockCell> cells = t.cells(lot, warehouse);
  return !location || std::all_of(cells.begin(), cells.end(), [&](const StockCell& cell) {
    return cell.location == *location;
  });
}

bool count_line(Work& w, const Count& count, const CountLine& line, WarehouseId warehouse,
                Maybe<LocationId> location, const std::string& pointer,
                std::vector<Difference>& out) {
  const SkuId sku = sku_of(w, line.sku, pointer + "/sku");
  if (sku == 0) return false;
  if (line.counted < Quantity{}) {
    const std::string detail = "Nobody counts less than nothing.";
    if (w.command) return w.refuse("invalid_value", detail, pointer + "/counted");
    return park(w, "invalid_value", detail);
  }
  const LotId lot =
      line.lot.text == "LEGACY" ? legacy_lot(w, sku) : find_or_create_lot(w, sku, line.lot);
  if (line.expires_on) {
    ToldDates told;
    told.expires_on = line.expires_on;
    if (learn_dates(w, lot, told, {}, pointer) == Learned::refused) return false;
  }
  if (line.status == StockStatus::available) end_search(w, lot, warehouse, location);
  Quantity moved;
  if (count.snapshot_at && w.ctx.moved_since) {
    moved = w.ctx.moved_since(lot, warehouse, location, line.status, *count.snapshot_at);
  }
  const Quantity delta =
      line.counted + moved - in_books(w.t, lot, warehouse, location, line.status);
  if (delta.is_positive()) {
    const LocationId place = location ? *location : home_of(w.t, lot, warehouse, line.status);
    put_units(w, lot, warehouse, place, line.status, delta, outside(AccountKind::found, warehouse));
  } else if (delta < Quantity{}) {
    Place place;
    place.warehouse = warehouse;
    place.location = location;
    place.status = line.status;
    // Only this place was counted: what is missing here is not taken from another one.
    if (location) {
      w.goods(sku, lot, -delta, stock_account(warehouse, *location, line.status),
              outside(AccountKind::lost, warehouse));
    } else {
      take_units(w, lot, place, -delta, outside(AccountKind::lost, warehouse));
    }
  }
  out.push_back({sku, lot, delta, counted_wholly(w.t, lot, warehouse, location)});
  w.out.produced_lots.push_back(lot);
  return true;
}

// Three too few of A and three too many of B look like a swap: a person decides.
void propose_swaps(Work& w, WarehouseId warehouse, Maybe<LocationId> location,
                   const std::vector<Difference>& differences) {
  for (const Difference& minus : differences) {
    if (!(minus.delta < Quantity{})) continue;
    for (const Difference& plus : differences) {
      if (plus.sku != minus.sku || plus.delta != -minus.delta) continue;
      AlertChange& alert = w.alert("swap_proposed", "info",
                                   plus.delta.text() + " of " + w.lot_text(minus.lot) +
                                       " may have been " + std::string(w.t.code(plus.lot)) + ".");
      alert.sku = minus.sku;
      alert.lot = minus.lot;
      alert.warehouse = warehouse;
      alert.location = location.value_or(0);
      alert.quantity = plus.delta;
      alert.extra = {{"other_lot", std::string(w.t.code(plus.lot))}};
    }
  }
}

// What left without a lot may be one of those that were counted.
void propose_answers(Work& w, WarehouseId warehouse, const std::vector<Difference>& differences) {
  if (w.t.unresolved.empty()) return;
  std::vector<SkuId> skus;
  for (const Difference& one : differences) {
    if (std::find(skus.begin(), skus.end(), one.sku) == skus.end()) skus.push_back(one.sku);
  }
  for (const SkuId sku : skus) {
    Counted counted;
    for (const Difference& one : differences) {
      if (one.sku == sku && one.all_of_it) counted.emplace_back(one.lot, one.delta);
    }
    propose_resolutions(w, sku, warehouse, counted);
  }
}

}  // namespace

bool apply_count(Work& w, const Document&, const Count& count) {
  if ((w.ctx.previous != nullptr || w.ctx.voided != nullptr) && !reverse_entries(w)) return false;
  if (count.void_of) return true;
  const WarehouseId warehouse = warehouse_of(w, count.warehouse, "/warehouse");
  if (warehouse == 0) return false;
  const Warehouse& place = w.t.warehouses[warehouse];
  if (not_authoritative(w, place.facts_from_count)) {
    AlertChange& alert = w.alert("source_not_authoritative", "warning",
                                 "Counts at " + place.name + " come from " +
                                     *place.facts_from_count + "; this one moved nothing.");
    alert.warehouse = warehouse;
    alert.extra = {{"source", w.source}};
    w.except("source_not_authoritative", alert.detail);
    return true;
  }
  Maybe<LocationId> location;
  if (count.location) location = location_of(w, warehouse, count.location);
  std::vector<Difference> differences;
  for (std::size_t i = 0; i < count.lines.size(); ++i) {
    if (!count_line(w, count, count.lines[i], warehouse, location, "/lines/" + std::to_string(i),
                    differences)) {
      return false;
    }
  }
  propose_swaps(w, warehouse, location, differences);
  propose_answers(w, warehouse, differences);
  for (const Difference& difference : differences) {
    if (difference.delta.is_zero()) continue;
    rejudge_lot(w, difference.lot, warehouse, "counted");
    w.free_up(difference.sku);
  }
  return true;
}

}  // namespace lotbridge::core
