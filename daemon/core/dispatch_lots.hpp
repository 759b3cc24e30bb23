// Which lots left on a dispatched line, and how sure we are of it (contract: evidence).
#pragma once

#include <vector>

#include "work.hpp"

namespace lotbridge::core {

// One part of one order line that left one warehouse.
struct Leaving {
  OrderId order = 0;
  LineIndex line = 0;
  SkuId sku = 0;  // the item, or a kit's component
  WarehouseId warehouse = 0;
  Quantity quantity;
  const std::vector<LotQuantity>* named = nullptr;  // nullptr: the warehouse does not say
};

struct LotShare {
  LotId lot = 0;  // 0: nobody can say which
  Quantity quantity;
  Evidence evidence = Evidence::inferred;
  std::vector<LotId> candidates;
};

// The shares sum to the quantity. Lots that nobody knew come alive here, unverified.
std::vector<LotShare> lots_that_left(Work&, const Leaving&);

// What the warehouse's word tells a person: swaps, blocked or expired goods, missing receipts.
// Before anything moves.
void warn_of_shares(Work&, const Leaving&, const std::vector<LotShare>&);

// The demand of an order line for goods that leave on a given day.
Demand demand_on_day(const State::Tables&, const Leaving&, std::int32_t day);
// Units of a lot that the line itself was promised there.
Quantity own_promise(const State::Tables&, const Leaving&, LotId);
// Is lot `a` before lot `b` in the sequence in which the line takes lots?
bool earlier_in_sequence(const State::Tables&, const Demand&, SkuId, WarehouseId, LotId a, LotId b);

}  // namespace lotbridge::core
