// What the core remembers about the world: plain values, rebuilt from the store at start.
//
// Nothing here decides anything; eligibility.hpp, allocator.hpp and apply.hpp do. Records are kept
// small because there are millions of lots. Every change goes through State (state.hpp), which
// journals it.
#pragma once

#include <string>
#include <vector>

#include <lotbridge/documents.hpp>

#include "ids.hpp"
#include "ledger.hpp"

namespace lotbridge::core {

constexpr std::int32_t kNoDate = INT32_MIN;  // days since epoch that mean "not set"

struct Location {
  LocationId id = 0;
  std::string name;
  std::int32_t pick_sequence = 0;
};

// From the configuration; fixed while the daemon runs.
struct Warehouse {
  WarehouseId id = 0;
  std::string name;
  bool they_allocate = false;  // allocates: them
  Maybe<std::string> facts_from_dispatch, facts_from_receipt, facts_from_count;
  PolicyKnobs policy;
  std::vector<Location> locations;
};
struct Route {
  Maybe<std::string> country;  // unset: any
  std::vector<WarehouseId> warehouses;
};
struct Owner {
  OwnerId id = 0;
  std::string name;
  PolicyKnobs policy;
  std::vector<WarehouseId> warehouses;  // empty: all
  std::vector<Route> routes;
};

// An item as the newest document says, or a SKU that somebody only mentioned (known == false).
struct Sku {
  SkuId id = 0;
  OwnerId owner = 0;
  bool known = false;
  Item item;  // item.sku is always set
  DocumentId document = 0;
};

// One lot of one SKU of one owner. Dates are days since epoch or kNoDate.
struct Lot {
  LotId id = 0;
  SkuId sku = 0;
  std::int32_t expires_on = kNoDate;
  std::int32_t produced_on = kNoDate;
  std::int32_t sell_by = kNoDate;
  std::int32_t removal_on = kNoDate;    // as given; the item's removal_days count where it is not
  bool best_before : 1 = false;         // else use_by
  bool received : 1 = false;            // false: no receipt yet, the lot is `unverified`
  bool expired_on_receipt : 1 = false;  // blocks until the date is corrected
  bool has_blocks : 1 = false;          // look into State::blocks
  bool legacy : 1 =
      false;  // code LEGACY: units whose lot nobody wrote down (derived from the code)
  bool merged : 1 = false;   // it turned out to be another lot: LotDetails::merged_into
  bool renamed : 1 = false;  // its code was corrected: LotDetails::first_code
};
// Units that stand in quarantine because somebody gave them another date than the known one, and
// the status that they would have had.
struct DateConflict {
  DocumentId document = 0;
  WarehouseId warehouse = 0;
  LocationId location = 0;
  StockStatus status = StockStatus::available;
  Quantity quantity;
  bool operator==(const DateConflict&) const = default;
};
// The rarely set rest of a lot, kept apart so that Lot stays small. The bits `merged` and `renamed`
// follow it.
struct LotDetails {
  Maybe<std::string> batch, supplier_lot, tlc_source, supplier;
  std::vector<LotCode> aliases;
  Maybe<std::string> first_code;  // what the ledger's hashes call it; unset: its code
  LotId merged_into = 0;          // all its units are that lot's, and its code finds that lot
  std::vector<DateConflict> conflicts;
  bool operator==(const LotDetails&) const = default;
};

enum class BlockKind : std::uint8_t { hold = 1, recalled = 2 };
struct Block {
  LotId lot = 0;
  WarehouseId warehouse = 0;  // 0: everywhere
  BlockKind kind = BlockKind::hold;
  std::string code;  // a hold's code, a recall's id
  std::string reason;
  DocumentId document = 0;
  bool operator==(const Block&) const = default;
};

struct PolicyDocument {
  DocumentId document = 0;
  OwnerId owner = 0;
  std::string source, id;
  Policy policy;
  std::uint64_t order = 0;  // newer has more
};

// How sure we are that the customer got this lot; best first. The numbers are stored.
enum class Evidence : std::uint8_t { scanned = 1, reported, directed, inferred, unresolved };

// One lot's part of one dispatched line: the stamp. Append-only; a void writes a negative one.
struct Stamp {
  DocumentId dispatch = 0;
  LineIndex dispatch_line = 0;
  OrderId order = 0;
  LineIndex line = 0;
  SkuId sku = 0;
  LotId lot = 0;  // 0: unresolved
  WarehouseId warehouse = 0;
  Quantity quantity;
  std::int32_t expires_on = kNoDate;  // as it was then (rule 22)
  Evidence evidence = Evidence::inferred;
  std::vector<LotId> candidates;  // of an unresolved one
  Timestamp at;
};

// A promise of one lot at one warehouse to one order line.
struct Promise {
  SkuId sku = 0;  // a kit's component, else the line's own
  LotId lot = 0;
  std::uint32_t node = 0;  // place in the index of promises by lot; State's own, not to be stored
  WarehouseId warehouse = 0;
  Quantity reserved;  // not yet picked
  Quantity picked;
};
// Units of one lot that came back from one order line.
struct LotReturned {
  LotId lot = 0;  // 0: nobody knows
  Quantity quantity;
  bool operator==(const LotReturned&) const = default;
};

// What one ordered unit is made of: the item itself once, or a kit's components.
struct Part {
  SkuId sku = 0;
  Quantity per = Quantity::whole(1);
};

// What allocation asks of every line stands first, close together; what was sent is long and rarely
// read.
struct LineState {
  SkuId sku = 0;         // 0: unknown
  bool removed = false;  // quantity 0, or absent from a later version
  // Derived by note_sent(): `sent` wants to be shipped and names no warehouse, lot, group or
  // policy. False says nothing: look into `sent`.
  bool plain = false;
  Quantity quantity;  // ordered, base units
  Quantity cancelled;
  std::vector<Promise> promises;
  std::vector<Stamp> stamps;          // what left for this line; loaded with the order
  std::vector<Component> components;  // the frozen bill of a kit
  std::string problem;                // "unknown_sku", "invalid_quantity" or ""
  std::string shortage_reason;
  std::vector<Part> parts;  // of `components`, by id; State derives it, not to be stored
  Quantity factor = Quantity::whole(1);    // base units per ordered unit (alias, pack)
  Quantity returned;                       // the sum of returned_lots
  std::vector<LotReturned> returned_lots;  // stored with the order's state
  OrderLine sent;  // as the newest version sent it; Maybe quantity: not a usable number
};

struct Order {
  OrderId id = 0;
  OwnerId owner = 0;
  WarehouseId warehouse = 0;  // chosen by routing
  bool known = false;         // false: only heard of, in a dispatch or pick (rule 19)
  bool cancelled = false;
  bool allocation_asked =
      false;  // `allocate: manual`, and somebody asked; stored with the order's state
  bool cart_expired = false;  // hold_until has passed and gave everything back; stored as well
  // Derived by note_sent(): `header` has no hold, cart time, warehouse or policy. False says
  // nothing.
  bool plain = false;
  std::vector<LineState> lines;
  DocumentId document = 0;
  Timestamp first_seen;
  lotbridge::Order
      header;  // newest version; `lines` empty (they are in `lines` above), no personal data
  std::string reference;                      // what a document called it while it is not known
  std::string source, doc_id;                 // of the order document
  std::vector<DocumentId> waiting_documents;  // returns, cancellations that came before it
};

// Derives the `plain` of the order and its lines; called whenever what was sent is there anew.
void note_sent(Order&);

}  // namespace lotbridge::core
