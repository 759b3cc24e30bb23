// Goods that come in, by receipt or out of a transformation: what both do alike.
#pragma once

#include "work.hpp"

namespace lotbridge::core {

struct Arrival {
  WarehouseId warehouse = 0;
  std::int32_t day = 0;  // the business day on which they came
  Account from;
  std::vector<LotId> named_before;  // lots that this document got codes for when it came first
};

// Puts the units there; the lot has been received from now on, and knows its first day there.
void arrive(Work&, LotId, const Arrival&, LocationId, StockStatus, Quantity);
// Goods that arrive past their date are recorded, and blocked until the date is corrected.
void block_expired(Work&, LotId, const Arrival&);
// A lot that should have a date and has none: told of. False: it has one, or needs none.
bool warn_of_missing_expiry(Work&, LotId);
// Units whose date contradicts the known one: a record of what a correction of the date frees.
void note_conflict(Work&, LotId, const Arrival&, LocationId, StockStatus meant, Quantity);

// A code by the item's template for units that nobody named a lot for, never one that was given
// away before; a corrected document gets its first one again. Nothing where the item has no
// template, or its numbers have run out.
Maybe<LotCode> code_by_template(Work&, SkuId, Arrival&, const Maybe<Date>& produced_on);
// Lots of a corrected document that it had named itself: those of `reversed` that `named` lacks.
std::vector<LotId> codes_made_before(const Work&, const std::vector<LotCode>& named);
// Warns of a new code that does not fit the item's template, or whose date is not that of its
// production; false after refusing a command (`enforce`).
bool check_template(Work&, SkuId, const LotCode&, const Arrival&, const Maybe<Date>& produced_on,
                    const std::string& pointer);
// An item tracked by lot whose line names none: refused, or a fact's exception. False after a
// refusal.
bool miss_lot(Work&, const std::string& pointer);

}  // namespace lotbridge::core
