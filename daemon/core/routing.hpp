// Which warehouse an order leaves from (rule 16).
#pragma once

#include <vector>

#include "work.hpp"

namespace lotbridge::core {

// The warehouses of the owner's route for this address, in order; without routes all of the
// owner's.
std::vector<WarehouseId> route_of(const State::Tables&, const Order&);

// Chooses the warehouse (the order's own, the one that already holds promises, else the first
// able to fill the whole order, else the route's first) and reserves there.
void route_and_allocate(Work&, OrderId);

}  // namespace lotbridge::core
