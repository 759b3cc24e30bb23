// May these units go to that order line, and if not, why: one function, the first reason that
// applies.
//
// The reasons stand in the order of the contract; explain() and every refusal use the same function
// as the allocator, so that what is explained is what was decided.
#pragma once

#include <string_view>

#include "policy.hpp"
#include "tables.hpp"

namespace lotbridge::core {

enum class Reason : std::uint8_t {
  none,
  other_owner,
  other_warehouse,
  recalled,
  quarantine,
  hold,
  unverified,
  damaged,
  future_receipt,
  expired,
  removal_date_passed,
  min_shelf_life,
  max_shelf_life,
  shelf_life_unknown,
  no_expiry_excluded,
  older_than_last_shipped,
  sell_by_passed,
  lot_pinned,
  no_lot,
  reserved,
  pack_multiple,
  split_limit
};
std::string_view reason_name(Reason);

// What one order line (or nobody in particular) demands of a lot at one warehouse.
struct Demand {
  EffectivePolicy policy;
  std::int32_t ship_day = 0;           // planned ship date
  std::int32_t reference_day = 0;      // ship date + transit: dates are judged there
  std::int32_t shelf_life_days = 0;    // of the item; 0: unknown
  std::int32_t removal_days = -1;      // of the item; -1: none
  std::int32_t last_expiry = kNoDate;  // what this customer got last, when it must not be older
  bool shelf_life_controlled = true;
  bool pinned = false;
  LotId pinned_lot = 0;  // 0 with pinned: a lot nobody knows
};

Demand demand_of(const State::Tables&, const PolicyQuestion&, std::int32_t business_day);
// The same where the policy is known already.
Demand demand_of(const State::Tables&, const PolicyQuestion&, const EffectivePolicy&,
                 std::int32_t business_day);

// Everything but quantities. `warehouse` is where the units lie and where the demand would take
// them.
Reason gate(const State::Tables&, const Demand&, const LotStock&, WarehouseId warehouse);

// Sellable on hand that nobody was promised: never below zero, never offset across lots.
Quantity free_units(const State::Tables&, const LotStock&, WarehouseId warehouse);

bool blocked(const State::Tables&, LotId, WarehouseId, BlockKind);
// First day on which the lot is no longer good in itself, or INT32_MAX: the day after its date.
std::int32_t first_bad_day(const Lot&, const EffectivePolicy&);
// The lot's last ship date by its removal date, or kNoDate.
std::int32_t removal_day(const Lot&, std::int32_t item_removal_days);

}  // namespace lotbridge::core
