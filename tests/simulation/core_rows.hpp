// What the core is told before it is loaded, and what is written of it after a document.
#pragma once

#include <set>
#include <vector>

#include "memory_store.hpp"
#include "world.hpp"

namespace lotbridge::simulation {

void configure(core::State&, const World&);
// Each row that changed, once; the lots and orders among them are added to the sets.
void write_touched(core::State&, MemoryStore&, std::set<core::LotId>&, std::set<core::OrderId>&);
// What stands of entries between two accounts in both directions, in the order of the first.
void keep_standing(std::vector<core::Entry>&);

}  // namespace lotbridge::simulation
