// Whether a dispatch or pick that is asked of us may be done (rules 5, 17, 18): the first refusal
// that applies, in the order of the contract.
#pragma once

#include "dispatch_lots.hpp"

namespace lotbridge::core {

// False after a refusal; nothing has changed either way.
bool check_dispatch_command(Work&, OrderId, WarehouseId, const Dispatch&);
// One named or chosen lot for one line; `reason` is what the caller gave for a swap or a date.
bool check_lot_command(Work&, const Leaving&, const LotCode& code, Quantity,
                       const Maybe<std::string>& reason, const std::string& pointer);
// After the change: gives freed units on and refuses where an order that lost its reservation got
// no other.
bool check_nobody_is_broken(Work&);

}  // namespace lotbridge::core
