// Where units lie and what lots there are, now or as of an earlier moment.
//
// Now comes from the balances, an earlier moment is folded from the ledger, lot by lot; both give
// the same when the moment is now. Lists go through an index and take at most `limit` rows.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/core/costs.hpp"
#include "daemon/core/ledger.hpp"
#include "daemon/core/model.hpp"
#include "daemon/store/reader.hpp"

namespace lotbridge::store {

// Both unset: now. as_of: what had happened by then; known_at: what we knew by then.
struct Moment {
  std::optional<std::int64_t> as_of, known_at;
  bool is_now() const { return !as_of && !known_at; }
};

struct LotKey {
  core::SkuId sku = 0;
  core::LotId lot = 0;  // 0: units whose lot nobody knows
};
// The lots with units here or on their way, or with `everything` all that ever were.
// `sku` 0: of any.
std::vector<LotKey> stock_keys(Reader&, core::OwnerId, core::SkuId sku, LotKey after,
                               bool everything, std::size_t limit);

struct Holding {
  core::WarehouseId warehouse = 0;
  core::LocationId location = 0;
  StockStatus status = StockStatus::available;  // in_transit: on its way to `warehouse`
  Quantity on_hand;
};
struct Promised {
  core::WarehouseId warehouse = 0;
  Quantity reserved, picked;
};
struct LotHoldings {
  std::vector<Holding> holdings;  // none with quantity 0
  std::vector<Promised> promised;
};
LotHoldings holdings_of(Reader&, core::OwnerId, LotKey, const Moment&);

// Which lots the units of no lot at a warehouse may be of, and at most how many of each.
struct Candidate {
  core::LotId lot = 0;
  std::string code;
  Quantity quantity;
};
std::vector<Candidate> unresolved_candidates(Reader&, core::OwnerId, core::SkuId,
                                             core::WarehouseId);

struct LotRow {
  core::LotId lot = 0;
  core::OwnerId owner = 0;
  core::SkuId sku = 0;
  std::string sku_code, code;
  std::optional<std::int64_t> expires_on, produced_on, sell_by, removal_on;
  std::int64_t flags = 0;
  std::optional<std::string> batch, supplier_lot, supplier, tlc_source;
  std::string aliases;         // JSON array; "" for none
  std::string first_received;  // JSON {"WAREHOUSE_ID": day}; "" for none
  core::LotId merged_into = 0;
};
std::optional<LotRow> lot_row(Reader&, core::LotId);
// By its code or another code that it is known by; of lots that became one, the one that stayed.
std::optional<LotRow> find_lot(Reader&, core::OwnerId, core::SkuId, std::string_view code);

struct LotFilter {
  core::SkuId sku = 0;
  std::optional<std::int64_t> expires_by;  // days; lots without a date never match
  std::string batch, supplier_lot, supplier, purchase_order;
};
// Ordered by expiry where expires_by is set, by SKU and code otherwise; of a batch, supplier or
// purchase order by age.
std::vector<LotRow> list_lots(Reader&, core::OwnerId, const LotFilter&, core::LotId after,
                              std::size_t limit);

// What is known of the cost of a lot and of those that turned out to be the same.
core::LotCost lot_cost(Reader&, core::LotId);
// Units of it that are with customers now.
Quantity lot_dispatched(Reader&, core::OwnerId, core::SkuId, core::LotId);

struct BlockRow {
  core::WarehouseId warehouse = 0;
  core::BlockKind kind = core::BlockKind::hold;
  std::string code, reason;
};
std::vector<BlockRow> lot_blocks(Reader&, core::OwnerId, core::LotId);
struct LotChangeRow {
  std::string field, by;
  std::optional<std::string> old_value, new_value, evidence;
  std::int64_t at = 0;
};
std::vector<LotChangeRow> lot_changes(Reader&, core::OwnerId, core::LotId);

// {"1":20589}: warehouse and day, in the order of the text.
std::vector<std::pair<core::WarehouseId, std::int32_t>> first_received_of(std::string_view json);

struct LedgerRow {
  std::int64_t number = 0;
  core::Book book = core::Book::goods;
  core::SkuId sku = 0;
  core::LotId lot = 0;
  Quantity quantity;
  core::Account from, to;
  std::int64_t document = 0, happened_at = 0, known_at = 0;
  std::string hash;  // bytes
};
// sku 0, lot 0: of any. `lot` needs its SKU no more.
std::vector<LedgerRow> list_ledger(Reader&, core::OwnerId, core::SkuId, core::LotId,
                                   std::int64_t after, std::size_t limit);

}  // namespace lotbridge::store
