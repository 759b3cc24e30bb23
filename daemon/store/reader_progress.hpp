// What has come of transfers and purchase orders, beside the writer.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <lotbridge/values.hpp>

#include "daemon/store/reader.hpp"

namespace lotbridge::store {

struct TransferProgress {
  core::SkuId sku = 0;
  core::LotId lot = 0;
  core::WarehouseId warehouse = 0;
  Quantity sent, arrived, lost;
};
std::vector<TransferProgress> transfer_progress(Reader&, core::OwnerId, std::int64_t document);

struct PurchaseProgress {
  core::SkuId sku = 0;
  Quantity ordered, received, rejected;
  std::optional<std::int64_t> last_received_on;  // days
};
// Items that were ordered or came all the same, by SKU.
std::vector<PurchaseProgress> purchase_progress(Reader&, core::OwnerId, std::int64_t document,
                                                std::string_view name);

}  // namespace lotbridge::store
