// Who gets which lot: reservations made, given back and judged anew (rules 4, 8-16).
//
// The order of lots is total, so neither the order of insertion nor a restart changes a result.
// Reservations are stable: only what these functions release moves.
#pragma once

#include <string_view>
#include <vector>

#include "work.hpp"

namespace lotbridge::core {

// Rows of a shelf in the order in which a demand takes them (rule 4, a preferred lot first);
// indexes into `live`.
std::vector<std::uint32_t> picking_sequence(const State::Tables&, const Demand&, const Shelf&);

// A line's promises in that order; by part and warehouse first.
std::vector<Promise> promises_in_sequence(const State::Tables&, const Order&, const LineState&);

struct Take {
  LotId lot = 0;
  Quantity quantity;
};
// What a demand could get of a SKU at a warehouse now, without taking it. `lots_in_use`: lots
// that the line has already (they count against max_lots).
struct Plan {
  std::vector<Take> takes;
  Quantity sum;
  bool split_limited = false;  // max_lots left units unused
};
// The same into a plan that is used again and again, so that nothing is allocated for a line.
void plan_units(const State::Tables&, const Demand&, SkuId, WarehouseId, Quantity need,
                const std::vector<LotId>& lots_in_use, Plan& out);
Plan plan_units(const State::Tables&, const Demand&, SkuId, WarehouseId, Quantity need,
                const std::vector<LotId>& lots_in_use);

// Reserves what the order still needs and may have; routes it first where it is free to go
// anywhere. Sets the lines' shortage reasons.
void allocate_order(Work&, OrderId);
// Of its lines only what fits at this order's warehouses; true when nothing is short afterwards.
bool allocate_lines(Work&, OrderId);
// May any reservation be made for it now: known, not cancelled, not on hold, its time not over.
bool may_reserve(const Work&, const Order&);
// The same for a line: `allocate: manual` was asked for, `allocate_days_before` has come.
bool line_is_due(const Order&, const EffectivePolicy&, std::int32_t business_day);

// Lines with a `same_lot_group`: all of a group out of one lot, or nothing (groups.cpp). False when
// one is short.
bool allocate_groups(Work&, OrderId);
// Says anew why the order's lines are short, after something happened to them.
void refresh_shortages(Work&, OrderId);
// "no_stock" or "no_eligible_lot", by what is there now.
std::string_view shortage_of(const State::Tables&, const LineState&);
void set_shortage(Work&, OrderId, LineIndex, std::string_view reason);

WarehouseId line_warehouse(const State::Tables&, const Order&, const LineState&);
PolicyQuestion question_of(const Order&, const LineState&, SkuId part, WarehouseId);

// Gives waiting orders what became free, in order of rule 9, until nothing more moves.
void fill_waiting(Work&);

// Gives reserved (not picked) units back; `reason` goes into the event. Returns what was released.
Quantity release(Work&, OrderId, LineIndex, LotId, WarehouseId, Quantity at_most,
                 std::string_view reason);
void release_line(Work&, OrderId, LineIndex, std::string_view reason);
void release_order(Work&, OrderId, std::string_view reason);
// Promises in the order in which they are given back: the latest expiry first.
std::vector<Promise> latest_first(const State::Tables&, std::vector<Promise>);
// Order lines that were promised units of a lot at a warehouse, those that compete best first.
struct Holder {
  OrderId order = 0;
  LineIndex line = 0;
};
std::vector<Holder> holders_of(const State::Tables&, LotId, WarehouseId);
// Gives back so many units of a part, latest expiry first, reserved ones only; returns what is left
// over.
Quantity give_back(Work&, OrderId, LineIndex, SkuId part, Quantity, std::string_view reason);

// Judges every promise of a lot at a warehouse anew, after it was blocked, counted, shipped or
// re-dated: what may not stay is released, never what is picked (that becomes a pull task).
void rejudge_lot(Work&, LotId, WarehouseId, std::string_view cause);
void rejudge_lot_everywhere(Work&, LotId, std::string_view cause);
void rejudge_order(Work&, OrderId);
// Where the SKU has, or had, a shelf; ascending.
std::vector<WarehouseId> warehouses_with(const State::Tables&, SkuId);

}  // namespace lotbridge::core
