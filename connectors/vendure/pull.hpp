// orders.pull and products.pull: what changed since the cursor, oldest change first.
#pragma once

#include "admin.hpp"

namespace lotbridge::vendure {

// The cursor is {"v": 1, "after": everything changed up to this moment is known, "skip": what was
// already read of one moment's changes}. A new poll begins some minutes earlier; what comes again
// is a repeat.
void pull_orders(Call&, Admin&, const Settings&, const Pull&);
void pull_products(Call&, Admin&, const Settings&, const Pull&);

}  // namespace lotbridge::vendure
