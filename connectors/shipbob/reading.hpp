// What comes in: goods received, shipments with their lots, returns, what lies where, products.
#pragma once

#include "api.hpp"

namespace lotbridge::shipbob {

// receipts.pull: receiving orders (WRO) whose boxes hold received units. The list has no time of
// change, so each is watched for lookback_days: the cursor remembers which ended as what.
void pull_receipts(Call&, Api&, const Settings&, const Pull&);
void emit_receipt(Call&, Api&, const Settings&, const Json& receiving);

// dispatches.pull: shipments that have left, of orders that changed since the cursor.
void pull_dispatches(Call&, Api&, const Settings&, const Pull&);
void emit_dispatches(Call&, Api&, const Settings&, const Json& order);

void pull_returns(Call&, Api&, const Settings&, const Pull&);
void emit_return(Call&, Api&, const Settings&, const Json& one);

// inventory.pull: a count of each warehouse, lot by lot, to be compared with our books.
void pull_inventory(Call&, Api&, const Settings&, const Pull&);

void pull_products(Call&, Api&, const Pull&);

// Throws where the cursor is another version's, or none.
void expect_version(const Pull&);

// The order that a shipment belongs to: its source and id where we made it, else its number.
struct OrderName {
  std::string order;
  Maybe<std::string> source;
};
OrderName name_of(const Json& order);

}  // namespace lotbridge::shipbob
