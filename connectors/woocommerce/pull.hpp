// orders.pull and products.pull: what changed since the cursor, oldest change first, and the rest
// of one order that stands beside it.
#pragma once

#include "api.hpp"

namespace lotbridge::woocommerce {

// The cursor is {"v": 1, "after": the moment that everything up to is known, "page": the page
// reached where many changed in that one second}. A new poll begins some minutes earlier; what
// comes again is a repeat.
void pull_orders(Call&, Api&, const Settings&, const Pull&);
void pull_products(Call&, Api&, const Pull&);

// The order as it stands, with its refunds and fulfillments read where it has any.
void emit_order(Call&, Api&, const Settings&, const Json& order);

}  // namespace lotbridge::woocommerce
