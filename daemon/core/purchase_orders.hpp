// What was ordered of suppliers, and what came of it.
#pragma once

#include "work.hpp"

namespace lotbridge::core {

// After a receipt's lines: whether more came than its purchase order asked for.
void watch_purchase_order(Work&, const Receipt&);

}  // namespace lotbridge::core
