// The one entry to the rules: a document and the state go in, entries and effects come out.
//
// apply() is a function: the same state, document and context give the same outcome. No I/O, no
// clock, no threads. It changes the State it is given and journals every change there, so that the
// caller can persist what was touched or roll it all back (state.hpp). A refused document has
// changed nothing when apply returns. Reference: the rules of lots, docs/rules.md.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <lotbridge/documents.hpp>
#include <lotbridge/status.hpp>

#include "costs.hpp"
#include "followed.hpp"
#include "ids.hpp"
#include "ledger.hpp"
#include "model.hpp"
#include "state.hpp"

namespace lotbridge::core {

// Civil dates at places; the host implements it over a time-zone database.
class Calendar {
 public:
  virtual ~Calendar() = default;
  virtual Date business_date(WarehouseId warehouse, Timestamp at) const = 0;
};

struct Context {
  Timestamp now;  // when we learn it (known_at)
  const Calendar* calendar = nullptr;
  DocumentId document = 0;    // the row the caller gave this document
  bool may_override = false;  // the caller holds the right to lower demands
  // A corrected fact: the body that was applied before under the same identity is reversed first.
  const Document* previous = nullptr;
  // For orders named in the document: whoever calls resolves references against the store and
  // passes the order here (already loaded into the State); 0: none known by that name.
  OrderId order = 0;
  bool order_ambiguous = false;
  // Of the dispatched order lines: was the pick instruction delivered before the goods left?
  bool pick_instruction_delivered = false;
  // for void_of: the document that is taken back
  const Document* voided = nullptr;
  DocumentId voided_id = 0;
  // The ledger's entries of `previous` or `voided`, oldest first, those of both books; only goods
  // entries are read. They are what gets reversed: needed whenever `previous` or `voided` of a
  // movement document is set (receipt, dispatch, return, transfer, count, adjustment), else the
  // document is parked.
  const std::vector<Entry>* reversed = nullptr;
  // For a count with snapshot_at: net units that moved into (+) or out of (-) a lot's place after
  // that moment, by the time when it happened; location unset: all of the warehouse. Unset: nothing
  // moved.
  std::function<Quantity(LotId, WarehouseId, Maybe<LocationId>, StockStatus, Timestamp)>
      moved_since;
  // Of an order with from_cart: the cart's order, loaded; its reservations pass over.
  OrderId cart = 0;
  RecallContext recall;  // of a recall
  Followed followed;     // what is known of the documents that this one follows
  // What is known of a lot's cost now. Unset: nothing of any.
  std::function<LotCost(LotId)> cost_of;
  // For a transformation with unbuild_of: the one that is taken apart; null: nobody knows it.
  const Document* unbuilt = nullptr;
  DocumentId unbuilt_id = 0;
  // For a charge: the standing entries of its receipt; unset: nobody knows the receipt.
  const std::vector<Entry>* charged = nullptr;
};

struct Exception {
  std::string code, detail;
  bool operator==(const Exception&) const = default;
};

// Opens an alert, or closes the open one with the same key. The key is what makes "once" (kind,
// sku, lot, ...).
struct AlertChange {
  bool open = true;
  std::string kind, severity;  // "info" | "warning" | "critical"
  SkuId sku = 0;
  LotId lot = 0;
  WarehouseId warehouse = 0;
  LocationId location = 0;
  OrderId order = 0;
  DocumentId document = 0;  // of an alert about a dispatch; part of the key
  Quantity quantity;
  std::vector<std::pair<LotId, Quantity>> lots;  // what a proposal says; no part of the key
  std::string detail;                            // one sentence for a person
  // further members of the alert, e.g. {"allocated_lot","..."}; part of the key with kind..order
  std::vector<std::pair<std::string, std::string>> extra;
};

// A happening for SSE and webhooks.
struct Event {
  std::string kind;  // "order.allocated", "dispatch.stamped", "reservation.moved", ...
  SkuId sku = 0;
  LotId lot = 0;
  WarehouseId warehouse = 0;
  OrderId order = 0;
  std::string channel, reason, value;
  Quantity quantity;
};

// A line for the audit table (lowered demands, overrides).
struct AuditLine {
  std::string action, field, old_value, new_value, reason;
  OwnerId owner = 0;  // 0: the document's
  OrderId order = 0;
  std::string line;
};

// A lot's date or code that became another one, for its history.
struct LotChange {
  LotId lot = 0;
  std::string field, evidence;
  Maybe<std::string> old_value, new_value;
};
// Units that went into (input) or came out of a transformation; negative: taken back.
struct GenealogyRow {
  DocumentId transformation = 0;
  bool output = false;
  LotId lot = 0;
  Quantity quantity;
};
// The last number that a lot-code template gave away; `key` is the code around it.
struct CodeCounter {
  OwnerId owner = 0;
  std::string key;
  std::int64_t last = 0;
};

struct Outcome {
  Refused refused;      // set: nothing changed
  bool parked = false;  // kept, but not applied (parked_reason says why)
  Problem parked_reason;
  std::vector<Entry> entries;  // in order
  std::vector<Stamp> stamps;   // new ones
  std::vector<Exception> exceptions;
  std::vector<AlertChange> alerts;
  std::vector<Event> events;
  std::vector<AuditLine> audit;
  OrderId order = 0;  // the order this document is about, if any
  // Cancellations and picks that came before their order: the caller applies them again, now that
  // it is known.
  std::vector<DocumentId> reapply;
  Follows follows;  // what whoever calls keeps beside the ledger
  std::vector<RecallChange> recalls;
  std::vector<LotId> produced_lots;  // lots that the document generated or touched, for its answer
  std::vector<CostRow> costs;        // new ones; whoever keeps them takes back those of `previous`
                                     // or `voided`
  std::vector<LotChange> lot_changes;
  std::vector<GenealogyRow> genealogy;
  std::vector<CodeCounter> counters;
};

// Documents of every type but orders' commands. Facts are always recorded (rule 17).
Outcome apply(State&, const Document&, const Context&);

// Commands on an order (contract: /allocate, /reoptimize, /substitute).
Outcome allocate(State&, OrderId, const Context&);
Outcome reoptimize(State&, OrderId, const Context&);
struct Substitute {
  std::string line;
  LotCode lot, new_lot;
  Quantity quantity;
  std::string reason;
};
Outcome substitute(State&, OrderId, const Substitute&, const Context&);

// A preview is begin_document(), apply(order), order_status()/explain(), rollback_document().

// A warehouse's civil day began (also several at once after a stop): expiries and date gates are
// judged anew, alerts and events come once, orders that became due are allocated. `from` is the
// last day judged.
Outcome day_changed(State&, WarehouseId, Date from, Date to, const Context&);
// Carts whose hold_until has passed give their reservations back.
Outcome time_passed(State&, const Context&);

// Why a lot is not (or not fully) available to an order line; the reasons of the contract, in its
// order.
struct Excluded {
  LotId lot = 0;
  WarehouseId warehouse = 0;
  std::string reason;
  Quantity quantity;
};
struct LineExplanation {
  std::vector<Excluded> excluded;  // lots with stock only, at most 100
  std::uint32_t more = 0;
};
// One entry per line of the order.
std::vector<LineExplanation> explain(const State&, OrderId, const Context&);

// The order's status in the contract's words ("allocated", "partial", ...).
std::string_view order_status(const State&, const Order&, const Context&);
// Why a line is short, in the contract's words; "" when it is not. LineState::shortage_reason is
// what was said when the order was last looked at; this is what holds now.
std::string_view shortage_reason(const State&, const Order&, const LineState&);
// Picking order of a line's promises: locations by pick_sequence, then name (none first).
struct PickPlace {
  SkuId sku = 0;
  LotId lot = 0;
  WarehouseId warehouse = 0;
  LocationId location = 0;
  Quantity quantity;
  bool picked = false;
};
std::vector<PickPlace> picking_order(const State&, const Order&, const LineState&);

// What an order without demands of its own could get of this lot here today (contract: stock row
// `available`).
Quantity available(const State&, LotId, WarehouseId, const Context&);

}  // namespace lotbridge::core
