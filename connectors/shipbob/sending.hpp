// What goes out: an order with the lots to pick, and our webhook.
#pragma once

#include <string>

#include "api.hpp"

namespace lotbridge::shipbob {

// Tags that we put on our orders: they come back with everything that ShipBob says of them.
inline const std::string kOrderTag = "lotbridge-order";
inline const std::string kSourceTag = "lotbridge-source";
inline const std::string kLineTag = "lotbridge-line-";  // and external_line_id
Maybe<std::string> tag_of(const Json& order, const std::string& name);

// pick.send: one ShipBob order for each order and warehouse, found by its reference; changed
// quantities cancel it and make the next one. Lots are told when it is imported: of all lines, or
// of none.
void send_pick(Call&, Api&, const Settings&, const Instruction&, const PickSend&);

// Tells which lots to take for the shipments, as far as it is not told yet. Where a line has no lot
// of ours ShipBob chooses all of them.
void choose_lots(Call&, Api&, const std::vector<Json>& shipments, const PickSend&);

void register_webhook(Call&, Api&, const std::string& url);

}  // namespace lotbridge::shipbob
