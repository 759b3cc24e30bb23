// Puts a stamp on an order of the shop: two metafields in the namespace `lotbridge`, written
// together.
#pragma once

#include <map>
#include <string>

#include "graph.hpp"
#include "stamps.hpp"

namespace lotbridge::shopify {

// lots.plan/1: `lot_plan` and `lot_plan_summary`. lots.write/1: `lots` and `lot_summary`.
// Both read first and write nothing where the same stands already, so a repeat is harmless and our
// own echo ends here. Somebody else's change in between is noticed by its digest: read again,
// decide again.
void write_plan(Call&, Graph&, const std::string& order_id, const LotsPlan&);
void write_lots(Call&, Graph&, const std::string& order_id, const LotsWrite&);

}  // namespace lotbridge::shopify
