// Parts of a transformation that are worth a file of their own.
#pragma once

#include "work.hpp"

namespace lotbridge::core {

struct Portion {
  LotId lot = 0;
  Quantity quantity;
};

// What came out against what should have: by the bill of the one or the other, else unit for unit
// where both are counted in the same unit. Only items that say a tolerance are looked at.
void watch_yield(Work&, const Document&, WarehouseId, const std::vector<Portion>& inputs,
                 const std::vector<Portion>& outputs);
// The cost of what went in, and the costs of doing it, go to what came out, by quantity. Nothing
// where a part of it is unknown.
void carry_cost(Work&, const Transformation&, const std::vector<Portion>& inputs,
                const std::vector<Portion>& outputs);

}  // namespace lotbridge::core
