// An order of the shop: how it is asked for, and what documents it becomes.
//
// Webhooks name an order only, so that every order is read in one shape. Pure but for read_order.
#pragma once

#include <string>
#include <vector>

#include <lotbridge/documents.hpp>

#include "admin.hpp"

namespace lotbridge::vendure {

// The fields of an order that all of this folder reads, custom fields included where there are any.
std::string order_selection(const Settings&);

// The order by its id. Throws LB_BAD_RECORD when the shop has none.
Json read_order(Call&, Admin&, const Settings&, const std::string& id);

// The order, what the shop itself shipped of it, and what came back as money. Nothing for a cart.
std::vector<Document> documents_of(const Json& order, const Settings&);

// The state that an order is in behind the passing states: where one is being modified, the state
// that it came from.
bool is_cart(const Json& order);

// Units that stand on fulfilments which were not cancelled, by line.
std::map<std::string, std::int64_t> fulfilled_units(const Json& order);

}  // namespace lotbridge::vendure
