// What moved at a lot's place after a moment: a count that was taken earlier must not undo it (rule
// 29).
#pragma once

#include "workbench.hpp"

namespace lotbridge::engine {

// Net units that came into (+) or left (-) the lot at this warehouse, location and status since
// `since`, by the time when it happened; earlier documents of the same batch included. `location`
// unset: all of the warehouse's. What the document `but` moved does not count.
Quantity moved_since(Workbench&, core::LotId, core::WarehouseId, Maybe<core::LocationId> location,
                     StockStatus, Timestamp since, std::int64_t but);

}  // namespace lotbridge::engine
