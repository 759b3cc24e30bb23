// orders.pull: every order that changed since the cursor, oldest change first.
#pragma once

#include "graph.hpp"
#include "settings.hpp"

namespace lotbridge::shopify {

// The cursor is {"v": 1, "from": lower bound of the running window, "after": the page reached in it
// or null, "high": the latest change seen}. A new window begins some minutes before `high`, because
// the platform's search lags behind its orders; what comes again is a repeat.
void pull_orders(Call&, Graph&, const Settings&, const Pull&);

}  // namespace lotbridge::shopify
