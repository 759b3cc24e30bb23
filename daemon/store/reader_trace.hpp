// What a trace is made of: a lot's goods entries and stamps, and the stamps of its SKU that nobody
// is sure of. All up to a moment (when it happened), in the order in which they were written.
#pragma once

#include <string>
#include <vector>

#include "daemon/core/ledger.hpp"
#include "daemon/core/model.hpp"
#include "daemon/store/reader.hpp"

namespace lotbridge::store {

struct TraceEntry {
  Quantity quantity;
  core::Account from, to;
  std::int64_t document = 0;  // 0: the daemon itself
  std::int64_t root = 0;      // the document that this one takes back, else itself
  DocumentType type = DocumentType::item;
  std::int64_t happened_at = 0, number = 0;
  bool of_other_owner = false;  // the document is another owner's, who sold here
};
std::vector<TraceEntry> lot_entries(Reader&, core::OwnerId, core::LotId, std::int64_t until);

struct TraceStamp {
  core::Stamp stamp;
  std::int64_t root = 0;  // the dispatch, also where a void took it back
};
std::vector<TraceStamp> lot_stamps(Reader&, core::OwnerId, core::LotId, std::int64_t until);
// Directed, inferred and unresolved ones of a SKU between two moments.
std::vector<TraceStamp> unsure_stamps(Reader&, core::OwnerId, core::SkuId, std::int64_t from,
                                      std::int64_t until);

// Returned units of a SKU of which nobody knows the lot.
struct UnresolvedReturn {
  std::int64_t root = 0, happened_at = 0;
  core::OrderId order = 0;
  core::WarehouseId warehouse = 0;
  core::LineIndex line = 0;
  Quantity quantity;  // negative: taken back
};
std::vector<UnresolvedReturn> unresolved_returns(Reader&, core::OwnerId, core::SkuId,
                                                 std::int64_t until);

// The lot and those that turned out to be it; itself first.
std::vector<core::LotId> same_lots(Reader&, core::LotId);

// One step of the genealogy: what went into the transformations that made a lot, or came out of
// those that used it. Each lot as what it is known as today.
struct MadeRow {
  std::int64_t transformation = 0;
  core::SkuId sku = 0;
  core::LotId lot = 0;
  Quantity quantity;
};
std::vector<MadeRow> made_from(Reader&, core::LotId, std::int64_t until);
std::vector<MadeRow> made_into(Reader&, core::LotId, std::int64_t until);

// Lots that a count made look swapped with this one.
std::vector<std::string> swapped_lots(Reader&, core::OwnerId, std::string_view sku,
                                      std::string_view lot);

}  // namespace lotbridge::store
