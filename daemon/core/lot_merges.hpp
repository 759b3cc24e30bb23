// Two lots that turn out to be one (rule 20).
#pragma once

#include "work.hpp"

namespace lotbridge::core {

struct Merge {
  LotId from = 0, into = 0;  // `from` is known by `into`'s code from now on
  bool quarantine = false;   // its units stand aside until somebody says which date is right
  std::string evidence;
};

// Moves everything that `from` holds over to `into`, lost there and found here: units at their
// places, what is on its way, promises, blocks, first days, candidates. Stamps and entries stay as
// they are; the code finds the new home. Whoever calls judges the promises on it anew.
void merge_lots(Work&, const Merge&);
// An item that turns out to be another one (`merged_into`): open order lines mean that one now, and
// each of its lots merges into the one of the same code there. False after a refusal.
bool merge_item(Work&, SkuId);
// Closes what was said about a lot that has no life of its own any more.
void close_lot_alerts(Work&, LotId);

}  // namespace lotbridge::core
