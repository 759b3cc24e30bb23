// Units that left, or came back, without anybody knowing their lot.
#pragma once

#include <utility>
#include <vector>

#include "work.hpp"

namespace lotbridge::core {

// What a count found of lots that it counted wholly: lot, difference to the books.
using Counted = std::vector<std::pair<LotId, Quantity>>;

// Where what is known now leaves only one answer for open units of an item, it is proposed to a
// person.
void propose_resolutions(Work&, SkuId, WarehouseId, const Counted&);

}  // namespace lotbridge::core
