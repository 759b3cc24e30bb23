// Reads more of one order than a page of the orders query holds.
#pragma once

#include <string>
#include <vector>

#include "graph.hpp"
#include "shop_order.hpp"

namespace lotbridge::shopify {

// The order's lines after its first page.
void read_further_lines(Call&, Graph&, ShopOrder&, const Json& first_page);
// All fulfillments and refunds of an order, each with all its lines.
std::vector<ShopFulfillment> read_fulfillments(Call&, Graph&, const std::string& order_id);
std::vector<ShopRefund> read_refunds(Call&, Graph&, const std::string& order_id);

// The end of a connection's page; empty: there is no more.
std::string next_page(const Json& connection);
// The `order` of a query's data; throws LB_BAD_RECORD where the shop does not have it (any more).
Json order_in(const Json& data, const std::string& order_id);

}  // namespace lotbridge::shopify
