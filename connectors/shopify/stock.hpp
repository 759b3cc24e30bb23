// products.pull: the shop's variants as items. stock.write: what each location may sell.
#pragma once

#include <lotbridge/sdk.hpp>

#include "graph.hpp"
#include "settings.hpp"

namespace lotbridge::shopify {

// The cursor is {"v": 1, "since": changes up to this moment are known, "from" and "after": the
// bound and the page of a pass that was left half way}.
void pull_products(Call&, Graph&, const Pull&);

// `available` at the locations that are mapped to a warehouse (the first of them), or at the only
// location there is. Only what differs is written, and only while nobody else changed it.
void write_stock(Call&, Graph&, const Settings&, const StockWrite&);

}  // namespace lotbridge::shopify
