// Units that came back from an order line, lot by lot: returns and the resolutions of returns.
#pragma once

#include <vector>

#include "work.hpp"

namespace lotbridge::core {

struct Back {
  LotId lot = 0;  // 0: nobody knows
  Quantity quantity;
  bool foreign = false;  // the customer did not get this lot from us on this line
};

// What the line's customer still has, by lot: dispatched less returned.
std::vector<Back> with_customer(const LineState&, SkuId);
// Puts them where the policy and the line say; order 0: a return that names none.
void take_back(Work&, OrderId, LineIndex, SkuId, WarehouseId, const ReturnLine&, const Back&);
// A lot that the customer did not get on this line.
void tell_foreign_lot(Work&, OrderId, LotId);

}  // namespace lotbridge::core
