#include "daemon/store/reader_reports.hpp"

#include <algorithm>

#include "daemon/store/encoding.hpp"
#include "daemon/store/entry_document.hpp"
#include "daemon/store/reader_stock.hpp"

namespace lotbridge::store {
namespace {

std::int32_t first_received_at(const std::string& json, core::WarehouseId warehouse) {
  for (const auto& [place, day] : first_received_of(json)) {
    if (place == warehouse) return day;
  }
  return core::kNoDate;
}

Quantity returned_of(Reader& reader, core::LotId lot, const SeenWarehouse& seen) {
  Quantity sum;
  auto rows = reader.query(
      "SELECT l.quantity, l.from_account, l.to_account FROM ledger l INDEXED BY "
      "ledger_lot " LOTBRIDGE_ENTRY_DOCUMENT "WHERE l.lot_id = ? AND " LOTBRIDGE_ENTRY_TYPE " = 8",
      lot);
  while (rows.next()) {
    const auto from = account_of(rows.blob(1));
    const auto to = account_of(rows.blob(2));
    if (!from || !to) continue;
    const bool came = from->kind == core::AccountKind::dispatched;
    const bool went = to->kind == core::AccountKind::dispatched;  // taken back
    if (came == went || !seen(came ? to->warehouse : from->warehouse)) continue;
    sum += Quantity{came ? rows.integer(0) : -rows.integer(0)};
  }
  return sum;
}

}  // namespace

std::vector<LotHere> lots_here(Reader& reader, core::OwnerId owner, core::SkuId sku) {
  std::vector<LotHere> out;
  auto rows = reader.query(
      "SELECT b.sku_id, b.lot_id, b.account, b.quantity, s.sku, l.code, l.expires_on, "
      "l.first_received FROM balances b INDEXED BY balances_here "
      "JOIN skus s ON s.sku_id = b.sku_id LEFT JOIN lots l ON l.lot_id = b.lot_id "
      "WHERE b.owner_id = ?1 AND b.sku_id BETWEEN ?2 AND ?3 AND b.book = 1 "
      "AND substr(b.account, 1, 1) IN (x'01', x'03') ORDER BY b.sku_id, b.lot_id",
      owner, sku, sku == 0 ? UINT32_MAX : sku);
  std::size_t first = 0;  // rows of the lot that is being read begin here
  while (rows.next()) {
    const auto account = account_of(rows.blob(2));
    if (!account || account->kind != core::AccountKind::stock) continue;
    const auto id = static_cast<core::SkuId>(rows.integer(0));
    const auto lot = static_cast<core::LotId>(rows.integer(1));
    if (first < out.size() && (out[first].sku != id || out[first].lot != lot)) first = out.size();
    std::size_t at = first;
    while (at < out.size() && out[at].warehouse != account->warehouse) ++at;
    if (at == out.size()) {
      LotHere here;
      here.sku = id;
      here.lot = lot;
      here.warehouse = account->warehouse;
      here.sku_code = std::string(rows.text(4));
      here.code = std::string(rows.text(5));
      here.expires_on = rows.maybe_integer(6);
      here.first_received = first_received_at(std::string(rows.text(7)), account->warehouse);
      out.push_back(std::move(here));
    }
    const Quantity units{rows.integer(3)};
    out[at].on_hand += units;
    if (account->status == StockStatus::available) out[at].ready += units;
  }
  std::erase_if(out, [](const LotHere& here) { return !here.on_hand.is_positive(); });
  return out;
}

std::vector<LotFlow> lot_flows(Reader& reader, core::OwnerId owner, core::SkuId sku,
                               std::int64_t since, bool returns, const SeenWarehouse& seen) {
  std::vector<LotFlow> out;
  auto lots = reader.query(
      "SELECT l.lot_id, l.sku_id, s.sku, l.code, l.expires_on FROM lots l "
      "JOIN skus s ON s.sku_id = l.sku_id WHERE l.owner_id = ?1 AND l.sku_id BETWEEN ?2 AND ?3 "
      "ORDER BY l.sku_id, l.code",
      owner, sku, sku == 0 ? UINT32_MAX : sku);
  while (lots.next()) {
    LotFlow flow;
    flow.lot = static_cast<core::LotId>(lots.integer(0));
    flow.sku = static_cast<core::SkuId>(lots.integer(1));
    flow.sku_code = std::string(lots.text(2));
    flow.code = std::string(lots.text(3));
    flow.expires_on = lots.maybe_integer(4);
    auto left = reader.query(
        "SELECT quantity, at, warehouse_id FROM stamps INDEXED BY stamps_lot "
        "WHERE lot_id = ? AND at >= ?",
        flow.lot, since);
    while (left.next()) {
      if (!seen(static_cast<core::WarehouseId>(left.integer(2)))) continue;
      flow.dispatched += Quantity{left.integer(0)};
      flow.last_at = std::max(flow.last_at.value_or(0), left.integer(1));
    }
    if (returns) flow.returned = returned_of(reader, flow.lot, seen);
    out.push_back(std::move(flow));
  }
  return out;
}

Quantity dispatched_since(Reader& reader, core::OwnerId owner, core::SkuId sku,
                          std::int64_t since) {
  auto rows = reader.query(
      "SELECT coalesce(sum(t.quantity), 0) FROM lots l JOIN stamps t INDEXED BY stamps_lot "
      "ON t.lot_id = l.lot_id WHERE l.owner_id = ? AND l.sku_id = ? AND t.at >= ?",
      owner, sku, since);
  return rows.next() ? Quantity{rows.integer(0)} : Quantity{};
}

std::vector<SupplierOrdered> ordered_of(Reader& reader, core::OwnerId owner) {
  std::vector<SupplierOrdered> out;
  auto rows = reader.query(
      "SELECT supplier, name, expected_on, coalesce(warehouse_id, 0), quantity FROM ordered_lines "
      "WHERE owner_id = ?",
      owner);
  while (rows.next()) {
    out.push_back({std::string(rows.text(0)), std::string(rows.text(1)), rows.maybe_integer(2),
                   static_cast<core::WarehouseId>(rows.integer(3)), Quantity{rows.integer(4)}});
  }
  return out;
}

std::vector<SupplierReceived> received_of(Reader& reader, core::OwnerId owner) {
  std::vector<SupplierReceived> out;
  auto rows = reader.query(
      "SELECT r.supplier, r.purchase_order, r.document_id, r.received_on, r.lot_id, r.quantity, "
      "r.rejected, l.expires_on, l.produced_on, json_extract(s.item, '$.shelf_life_days'), "
      "EXISTS (SELECT 1 FROM blocks b WHERE b.owner_id = r.owner_id AND b.lot_id = r.lot_id "
      "AND b.kind = 2), r.warehouse_id FROM received_lines r LEFT JOIN lots l ON l.lot_id = "
      "r.lot_id "
      "LEFT JOIN skus s ON s.sku_id = r.sku_id WHERE r.owner_id = ?",
      owner);
  while (rows.next()) {
    SupplierReceived line;
    line.supplier = std::string(rows.text(0));
    line.purchase_order = std::string(rows.text(1));
    line.document = rows.integer(2);
    line.received_on = rows.integer(3);
    line.lot = static_cast<core::LotId>(rows.integer(4));
    line.quantity = Quantity{rows.integer(5)};
    line.rejected = Quantity{rows.integer(6)};
    line.expires_on = rows.maybe_integer(7);
    line.produced_on = rows.maybe_integer(8);
    line.shelf_life_days = rows.maybe_integer(9).value_or(0);
    line.recalled = rows.integer(10) != 0;
    line.warehouse = static_cast<core::WarehouseId>(rows.integer(11));
    out.push_back(std::move(line));
  }
  return out;
}

}  // namespace lotbridge::store
