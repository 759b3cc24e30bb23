// What a document follows, beyond the state: the transfer that a receipt ends, the purchase order
// that it fills, earlier reports of the same dispatch, the units that a resolution settles. Whoever
// calls apply() looks these up and keeps what comes of them; the core remembers none of it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <lotbridge/documents.hpp>

#include "ids.hpp"
#include "ledger.hpp"

namespace lotbridge::core {

// One lot of one transfer between warehouses, by where it goes.
struct TransferLot {
  SkuId sku = 0;
  LotId lot = 0;
  WarehouseId warehouse = 0;
  Quantity sent, arrived;  // arrived: out of what is in transit
  Quantity lost;           // given up when the transfer was closed, less what came all the same
  bool operator==(const TransferLot&) const = default;
};

// What a purchase order ordered of an item, and what receipts that name it brought before.
struct OrderedUnits {
  SkuId sku = 0;
  Quantity ordered, received;
};

// Another report of a dispatch for the same order, from the same warehouse.
struct EarlierDispatch {
  DocumentId document = 0;
  std::string source;
  Dispatch body;
};

struct Followed {
  // Of a transfer, a receipt with `transfer` or the closing of one: what is known of it so far,
  // also where only its receipts came. `transfer_known`: its own document has come.
  std::vector<TransferLot> transfer;
  bool transfer_known = false;
  Maybe<TransferPlace> transfer_to;  // where it goes, and in which status it stands there
  // Of the corrected or voided receipt, where it named another transfer: that one's.
  std::vector<TransferLot> transfer_before;
  bool other_transfer = false;
  // Of a receipt with `purchase_order` (without what itself brought before), or of that order;
  // unset: nobody knows the order.
  Maybe<std::vector<OrderedUnits>> ordered;
  // Of a dispatch with an order: those that stand, oldest first.
  std::vector<EarlierDispatch> earlier;
  // Of a resolution: the dispatch or return, its row, and what stands of its entries.
  const Document* resolved = nullptr;
  DocumentId resolved_id = 0;
  std::vector<Entry> resolved_entries;
  // Net units of a lot that counts at a warehouse took out of the books since a document was
  // known.
  std::function<Quantity(LotId, WarehouseId, DocumentId since)> missed_by_counts;
  // Of an adjustment: a person confirmed what a count proposed, and the count's own finds and
  // losses are taken back with it.
  bool accepted_swap = false;
  // The fact that is corrected was taken back: it stays so.
  bool taken_back = false;
};

// One line of a receipt, for whoever reports on suppliers and purchase orders.
struct ReceivedLine {
  std::string line;
  SkuId sku = 0;
  LotId lot = 0;  // 0: all of it was refused at the dock
  WarehouseId warehouse = 0;
  std::int32_t day = 0;  // received_on
  Quantity quantity, rejected;
  bool operator==(const ReceivedLine&) const = default;
};

// Units of a lot that was chosen for a line that named none.
struct ChosenLot {
  SkuId sku = 0;
  LotId lot = 0;
  Quantity quantity;
};

// One line of a purchase order in base units.
struct OrderedLine {
  std::string line;
  SkuId sku = 0;
  WarehouseId warehouse = 0;
  Quantity quantity;
};

struct Follows {
  bool transfer_changed = false;
  std::vector<TransferLot> transfer;         // all of it, as it is now
  std::vector<TransferLot> transfer_before;  // of Followed::other_transfer
  std::vector<ChosenLot> chosen;
  std::vector<OrderedLine> ordered;
  std::vector<ReceivedLine> received;  // replaces what the receipt brought before
  // The entries belong to this document as well: who takes it back takes these back, too.
  DocumentId about = 0;
  // What the other report of a dispatch did not say.
  Maybe<std::string> carrier, tracking_number;
};

}  // namespace lotbridge::core
