// What of a document's entries still stands: the input of a reversal.
#pragma once

#include <vector>

#include "workbench.hpp"

namespace lotbridge::engine {

// Adds the ledger's entries of one document, oldest first.
void append_entries(Workbench&, std::int64_t document, std::vector<core::Entry>&);

// Drops the promises, and goods that went there and back again: earlier corrections and voids have
// dealt with those.
void keep_standing(std::vector<core::Entry>&);

}  // namespace lotbridge::engine
