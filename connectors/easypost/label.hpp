// Lots on a parcel: a short reference on its label, and a tracker for what has left.
#pragma once

#include <string>
#include <vector>

#include "api.hpp"

namespace lotbridge::easypost {

// What fits on a label. One lot is its own reference; several lots, or one that is too long, are a
// key made of them, always the same for the same lots: nothing is cut.
std::string lot_reference(const std::string& order, std::vector<std::string> lots,
                          std::size_t limit);
// Characters that a carrier prints of a reference.
std::size_t printed_by(const std::string& carrier);

// lots.plan: the order's shipment that is not bought yet gets the reference. What a shipment prints
// is fixed when it is made, so it is made again with the same parcel and addresses.
void mark_label(Call&, Api&, const Settings&, const Instruction&, const LotsPlan&);

// lots.write: a tracker for each parcel, so that we hear of it.
void follow_parcels(Call&, Api&, const Instruction&, const LotsWrite&);

void register_webhook(Call&, Api&, const Settings&, const std::string& url);

}  // namespace lotbridge::easypost
