// What goes out to the shop: lots onto order and lines, what has left, and what may be sold.
//
// Each may be asked twice; what stands in the shop is read first, and only what differs is written.
#pragma once

#include "admin.hpp"

namespace lotbridge::vendure {

// lots.write: custom fields of the order and of its lines, where the shop has declared any, and a
// note in the order's history.
void write_lots(Call&, Admin&, const Settings&, const Instruction&, const LotsWrite&);

// Custom fields of lines, which the shop lets change only while the order is being modified: it is
// put into that state, changed, and put back. `lines`: the input of the change.
void write_lines(Call&, Admin&, const Settings&, const Json& order,
                 const std::vector<JsonText>& lines);

// fulfillments.create: a fulfillment with its lots, shipped.
void create_fulfillment(Call&, Admin&, const Settings&, const Instruction&,
                        const FulfillmentsCreate&);

// stock.write: the stock of a variant, at the location of each warehouse or at the default one.
void write_stock(Call&, Admin&, const Settings&, const StockWrite&);

}  // namespace lotbridge::vendure
