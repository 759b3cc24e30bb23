// One function per type of document. Each returns false after Work::refuse or park: nothing may
// then have happened.
#pragma once

#include <functional>

#include "work.hpp"

namespace lotbridge::core {

bool apply_item(Work&, const Document&, const Item&);
bool apply_policy(Work&, const Document&, const Policy&);
bool apply_receipt(Work&, const Document&, const Receipt&);
bool apply_order(Work&, const Document&, const lotbridge::Order&);
bool apply_pick(Work&, const Document&, const Pick&);
bool apply_cancellation(Work&, const Document&, const Cancellation&);
bool apply_dispatch(Work&, const Document&, const Dispatch&);
bool apply_return(Work&, const Document&, const Return&);
bool apply_hold(Work&, const Document&, const Hold&);
bool apply_release(Work&, const Document&, const Release&);
bool apply_transfer(Work&, const Document&, const Transfer&);
bool apply_count(Work&, const Document&, const Count&);
bool apply_adjustment(Work&, const Document&, const Adjustment&);
bool apply_transformation(Work&, const Document&, const Transformation&);
bool apply_lot_correction(Work&, const Document&, const LotCorrection&);
bool apply_purchase_order(Work&, const Document&, const PurchaseOrder&);
bool apply_charge(Work&, const Document&, const Charge&);
bool apply_resolution(Work&, const Document&, const Resolution&);
bool apply_owner_transfer(Work&, const Document&, const OwnerTransfer&);
bool apply_recall(Work&, const Document&, const Recall&);
bool apply_transfer_close(Work&, const Document&, const TransferClose&);

// ---- shared by them

// Kept, but not applied, for a person to look at; false.
bool park(Work&, std::string code, std::string detail);
// The warehouse a document names; 0 after refusing (command) or parking (fact) one that nobody
// knows.
WarehouseId warehouse_of(Work&, const std::string& name, std::string pointer);
// A SKU named in a movement: a command for an unknown one is refused (0), a fact makes it known by
// name.
SkuId sku_of(Work&, const std::string& name, const std::string& pointer);
// Whether another source is the one whose word counts for these facts (rule 17).
bool not_authoritative(const Work&, const Maybe<std::string>& facts_from);
// Puts back what a corrected or voided document did: its goods entries the other way round
// (reversal.cpp).
bool reverse_entries(Work&);
// Order lines by what a document calls them; -1 none, -2 several.
std::int64_t find_line(const State::Tables&, const Order&, const Maybe<std::string>& line,
                       const Maybe<std::string>& sku);
// The order a movement is about: ctx.order, or a placeholder that stands for it until it comes
// (facts). 0 after a refusal.
OrderId order_of(Work&, const Maybe<std::string>& reference, const std::string& fallback);
// Resolves item, pack and quantity of an order line anew; nothing is allocated here.
void resolve_line(Work&, const Order&, LineState&);
// Units in a line's unit to base units; unset: not exact, or outside 64 bits, or an unknown pack.
Maybe<Quantity> base_quantity(const Item&, Quantity, const Maybe<std::string>& pack,
                              const Maybe<std::string>& unit, const Maybe<std::string>& rounding);
bool fits_decimals(Quantity, std::int32_t decimals);
// Lots that began, or changed, with this document and that an open recall means: blocked at once.
void join_recalls(Work&);
// Picked units of a lot that is free again may leave as they are.
void close_pull_tasks(Work&, LotId);
// Alert and exception where more of a line left than is wanted.
void watch_over_shipment(Work&, OrderId, LineIndex);
// Raises and heals alerts about lots that are close to their date (rule 5), after dates or stock
// changed.
void watch_dates(Work&, LotId, WarehouseId);

// Runs a step of work and what follows from it (waiting orders); a step that says false leaves
// nothing behind.
Outcome finish(Work&, const std::function<bool(Work&)>& step);

}  // namespace lotbridge::core
