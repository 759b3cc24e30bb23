// Which lots the scope of a recall means. See recall.hpp.
#pragma once

#include <vector>

#include "apply.hpp"
#include "tables.hpp"

namespace lotbridge::core {

// All lots of the owner that the scope means now, ascending; those in which they went, too, where
// derived ones are included.
std::vector<LotId> lots_in_scope(const State::Tables&, OwnerId, const Recall&,
                                 const RecallContext&);
// Whether the recall means this lot by what the lot is itself, not by what went into it.
bool fits_scope(const State::Tables&, const OpenRecall&, LotId);
// Adds the lots that were made of these, through any number of transformations.
void add_derived(const State::Tables&, std::vector<LotId>& lots);

}  // namespace lotbridge::core
