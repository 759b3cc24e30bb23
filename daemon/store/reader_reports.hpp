// What the reports are made of: lots that lie somewhere, what left and came back of each, and what
// suppliers delivered. Each reads one owner through an index.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/core/ledger.hpp"
#include "daemon/core/model.hpp"
#include "daemon/store/reader.hpp"

namespace lotbridge::store {

// Units of one lot at one warehouse, all places together; none in transit, none below zero.
struct LotHere {
  core::SkuId sku = 0;
  core::LotId lot = 0;  // 0: nobody knows which
  std::string sku_code, code;
  core::WarehouseId warehouse = 0;
  Quantity on_hand, ready;  // ready: of these in status available
  std::optional<std::int64_t> expires_on;
  std::int32_t first_received = core::kNoDate;  // there
};
// `sku` 0: all. By SKU, lot and warehouse.
std::vector<LotHere> lots_here(Reader&, core::OwnerId, core::SkuId sku);

struct LotFlow {
  core::SkuId sku = 0;
  core::LotId lot = 0;
  std::string sku_code, code;
  Quantity dispatched, returned;
  std::optional<std::int64_t> expires_on, last_at;  // last_at: when units left last
};
using SeenWarehouse = std::function<bool(core::WarehouseId)>;
// What left of every lot since then, and (only with `returns`) came back of it ever; from and to
// warehouses that the caller sees.
std::vector<LotFlow> lot_flows(Reader&, core::OwnerId, core::SkuId sku, std::int64_t since,
                               bool returns, const SeenWarehouse&);
Quantity dispatched_since(Reader&, core::OwnerId, core::SkuId, std::int64_t since);

struct SupplierOrdered {
  std::string supplier, purchase_order;
  std::optional<std::int64_t> expected_on;
  core::WarehouseId warehouse = 0;  // 0: none named
  Quantity quantity;
};
std::vector<SupplierOrdered> ordered_of(Reader&, core::OwnerId);
struct SupplierReceived {
  std::string supplier, purchase_order;
  std::int64_t document = 0, received_on = 0;
  core::LotId lot = 0;  // 0: all of it was refused
  core::WarehouseId warehouse = 0;
  Quantity quantity, rejected;
  std::optional<std::int64_t> expires_on, produced_on;
  std::int64_t shelf_life_days = 0;  // of the item; 0: unknown
  bool recalled = false;
};
std::vector<SupplierReceived> received_of(Reader&, core::OwnerId);

}  // namespace lotbridge::store
