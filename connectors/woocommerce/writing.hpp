// What goes out to the shop: lots onto the lines, notes, what has left, and what may be sold.
//
// Each may be asked twice; what stands in the shop is read first, and only what differs is written.
#pragma once

#include "api.hpp"

namespace lotbridge::woocommerce {

// lots.write: two entries in each line's meta_data, one for machines and one for people; keys of
// others are not named and so stay. The order's note says the same, once.
void write_lots(Call&, Api&, const Settings&, const Instruction&, const LotsWrite&);

// fulfillments.create: a fulfillment where the shop has that feature, else a note; and the order
// is completed when all of it has left.
void create_fulfillment(Call&, Api&, const Settings&, const Instruction&,
                        const FulfillmentsCreate&);

// stock.write: the product's or variation's stock quantity.
void write_stock(Call&, Api&, const Instruction&, const StockWrite&);

// webhook.register: the topics of descriptor.json, towards this address.
void register_webhooks(Call&, Api&, const Settings&, const std::string& url);

// Adds a note unless one that ends with the same mark stands there. Gives its id.
std::string add_note(Call&, Api&, const std::string& order, const std::string& text, bool customer);

}  // namespace lotbridge::woocommerce
