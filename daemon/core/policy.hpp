// Which value of every policy knob counts for a decision (rule 3).
//
// Knob by knob the most specific level that sets it wins: order line, order, then scopes ranked by
// the first they name of customer, channel, warehouse, sku, then the owner's and the system's. A
// destination is a floor under life demands that nothing lowers.
#pragma once

#include <string>
#include <vector>

#include "tables.hpp"

namespace lotbridge::core {

// Every knob decided; the defaults are the system's where nobody says anything.
struct EffectivePolicy {
  Rotation rotation = Rotation::fefo;
  AllocateMode allocate = AllocateMode::automatic;
  NullExpiry null_expiry = NullExpiry::last;
  ShipComplete ship_complete = ShipComplete::no;
  LotPreference lot_preference = LotPreference::require;
  Substitution substitution = Substitution::with_reason;
  LegacyLot legacy_lot = LegacyLot::last;
  ReturnsTo returns_to = ReturnsTo::quarantine;
  bool last_day_usable = true;
  bool allow_past_sell_by = false;
  bool not_before_expiry = false;
  bool split_warehouses = false;
  bool network_fefo = false;
  std::int32_t min_remaining_days = 0;
  std::int32_t min_remaining_percent = 0;  // 0: no demand
  std::int32_t transit_days = 0;
  std::int32_t past_best_before_days = 0;
  std::int32_t min_fulfil_percent = 0;
  Maybe<std::int32_t> allocate_days_before, max_remaining_days, max_lots, inbound_min_percent;
  Quantity multiple = Quantity::whole(1);
};

struct PolicyQuestion {
  OwnerId owner = 0;
  SkuId sku = 0;
  WarehouseId warehouse = 0;
  const Order* order = nullptr;     // nullptr: nobody's in particular
  const LineState* line = nullptr;  // of that order
};

// PolicyKnobs::empty() compares values too; every line asks, so this looks only at whether they are
// set.
bool says_nothing(const PolicyKnobs&);

EffectivePolicy resolve_policy(const State::Tables&, const PolicyQuestion&);

// A knob by which an order asks for less than item, owner or system demand.
struct Lowering {
  std::string knob, below, asked;
};
// Of the order's and the line's own knobs together.
std::vector<Lowering> lowered_demands(const State::Tables&, const PolicyQuestion&);
// Takes the lowering knobs out of `knobs`, judged against what holds below the order.
void drop_lowerings(PolicyKnobs& knobs, const EffectivePolicy& below);

}  // namespace lotbridge::core
