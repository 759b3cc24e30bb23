// Several reports of one dispatch: the same shipment under other names, or another source's word
// where one source's counts (rule 17).
#pragma once

#include "work.hpp"

namespace lotbridge::core {

// What is left to ship of a dispatch after reports of the same one were taken off: those fill what
// the first did not say, and move nothing. `lines` may come back empty. Gaps of this report that
// earlier ones of other sources can fill are filled.
Dispatch without_known_reports(Work&, OrderId, WarehouseId, const Dispatch&);

// Where another source's word counts: whether this is a report of what that one said.
bool matches_known_dispatch(Work&, OrderId, WarehouseId, const Dispatch&);

}  // namespace lotbridge::core
