// What every document that moves named units checks first.
#pragma once

#include "places.hpp"

namespace lotbridge::core {

// The lot that a movement names: a command for one that nobody knows is refused, a fact lets it
// begin. 0 after a refusal.
LotId moved_lot(Work&, SkuId, const LotCode&, const std::string& pointer);
// A command may only take what the books have at a place; false after a refusal.
bool enough_there(Work&, LotId, const Place&, Quantity, const std::string& pointer);

}  // namespace lotbridge::core
