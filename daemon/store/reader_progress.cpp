#include "daemon/store/reader_progress.hpp"

namespace lotbridge::store {

std::vector<TransferProgress> transfer_progress(Reader& reader, core::OwnerId owner,
                                                std::int64_t document) {
  std::vector<TransferProgress> out;
  auto rows = reader.query(
      "SELECT sku_id, lot_id, warehouse_id, sent, arrived, lost FROM transfer_lots "
      "WHERE owner_id = ? AND document_id = ? ORDER BY sku_id, lot_id, warehouse_id",
      owner, document);
  while (rows.next()) {
    TransferProgress one;
    one.sku = static_cast<core::SkuId>(rows.integer(0));
    one.lot = static_cast<core::LotId>(rows.integer(1));
    one.warehouse = static_cast<core::WarehouseId>(rows.integer(2));
    one.sent = Quantity{rows.integer(3)};
    one.arrived = Quantity{rows.integer(4)};
    one.lost = Quantity{rows.integer(5)};
    out.push_back(one);
  }
  return out;
}

std::vector<PurchaseProgress> purchase_progress(Reader& reader, core::OwnerId owner,
                                                std::int64_t document, std::string_view name) {
  std::vector<PurchaseProgress> out;
  auto rows = reader.query(
      "SELECT sku_id, sum(ordered), sum(received), sum(rejected), max(day) FROM ("
      "SELECT sku_id, quantity AS ordered, 0 AS received, 0 AS rejected, NULL AS day "
      "FROM ordered_lines WHERE owner_id = ?1 AND document_id = ?2 UNION ALL "
      "SELECT sku_id, 0, quantity, rejected, received_on FROM received_lines "
      "WHERE owner_id = ?1 AND purchase_order = ?3) GROUP BY sku_id ORDER BY sku_id",
      owner, document, name);
  while (rows.next()) {
    PurchaseProgress one;
    one.sku = static_cast<core::SkuId>(rows.integer(0));
    one.ordered = Quantity{rows.integer(1)};
    one.received = Quantity{rows.integer(2)};
    one.rejected = Quantity{rows.integer(3)};
    one.last_received_on = rows.maybe_integer(4);
    out.push_back(one);
  }
  return out;
}

}  // namespace lotbridge::store
