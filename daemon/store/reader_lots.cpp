#include <charconv>
#include <map>

#include "daemon/store/order_rows.hpp"
#include "daemon/store/reader_stock.hpp"

namespace lotbridge::store {
namespace {

#define LOTBRIDGE_LOT_COLUMNS                                                             \
  "SELECT l.lot_id, l.owner_id, l.sku_id, k.sku, l.code, l.expires_on, l.produced_on, "   \
  "l.sell_by, l.removal_on, l.flags, l.batch, l.supplier_lot, l.supplier, l.tlc_source, " \
  "l.aliases, l.first_received, l.merged_into FROM lots l "
#define LOTBRIDGE_LOT_SKU "JOIN skus k ON k.sku_id = l.sku_id "

// What every list of lots may be narrowed by, in one text, so that one query serves all of them;
// ?2 sku, ?3 batch, ?4 supplier lot, ?5 supplier, ?6 expires by (NULL: whatever).
#define LOTBRIDGE_LOT_FILTER                                               \
  "AND (?2 = 0 OR l.sku_id = ?2) AND (?3 = '' OR l.batch = ?3) "           \
  "AND (?4 = '' OR l.supplier_lot = ?4) AND (?5 = '' OR l.supplier = ?5) " \
  "AND (?6 IS NULL OR l.expires_on <= ?6) AND l.merged_into IS NULL "

LotRow lot_at(const ReadRows& rows) {
  LotRow row;
  row.lot = static_cast<core::LotId>(rows.integer(0));
  row.owner = static_cast<core::OwnerId>(rows.integer(1));
  row.sku = static_cast<core::SkuId>(rows.integer(2));
  row.sku_code = std::string(rows.text(3));
  row.code = std::string(rows.text(4));
  row.expires_on = rows.maybe_integer(5);
  row.produced_on = rows.maybe_integer(6);
  row.sell_by = rows.maybe_integer(7);
  row.removal_on = rows.maybe_integer(8);
  row.flags = rows.integer(9);
  row.batch = rows.maybe_text(10);
  row.supplier_lot = rows.maybe_text(11);
  row.supplier = rows.maybe_text(12);
  row.tlc_source = rows.maybe_text(13);
  row.aliases = std::string(rows.text(14));
  row.first_received = std::string(rows.text(15));
  row.merged_into = static_cast<core::LotId>(rows.integer(16));
  return row;
}

std::vector<LotRow> lots_of(ReadRows rows) {
  std::vector<LotRow> out;
  while (rows.next()) out.push_back(lot_at(rows));
  return out;
}

}  // namespace

std::optional<LotRow> lot_row(Reader& reader, core::LotId lot) {
  auto rows = reader.query(LOTBRIDGE_LOT_COLUMNS LOTBRIDGE_LOT_SKU "WHERE l.lot_id = ?", lot);
  if (!rows.next()) return std::nullopt;
  return lot_at(rows);
}

std::optional<LotRow> find_lot(Reader& reader, core::OwnerId owner, core::SkuId sku,
                               std::string_view code) {
  {
    auto rows = reader.query(LOTBRIDGE_LOT_COLUMNS LOTBRIDGE_LOT_SKU
                             "WHERE l.owner_id = ? AND l.sku_id = ? AND l.code = ?",
                             owner, sku, code);
    if (rows.next()) {
      LotRow row = lot_at(rows);
      return row.merged_into == 0 ? row : lot_row(reader, row.merged_into);
    }
  }
  auto rows = reader.query(LOTBRIDGE_LOT_COLUMNS LOTBRIDGE_LOT_SKU
                           "WHERE l.owner_id = ? AND l.sku_id = ? AND l.aliases IS NOT NULL "
                           "AND EXISTS (SELECT 1 FROM json_each(l.aliases) WHERE value = ?)",
                           owner, sku, code);
  if (!rows.next()) return std::nullopt;
  return lot_at(rows);
}

std::vector<LotRow> list_lots(Reader& reader, core::OwnerId owner, const LotFilter& filter,
                              core::LotId after, std::size_t limit) {
  const auto run = [&](std::string_view sql, const auto&... more) {
    return lots_of(reader.query(sql, owner, filter.sku, filter.batch, filter.supplier_lot,
                                filter.supplier, filter.expires_by, limit, more...));
  };
  if (!filter.purchase_order.empty()) {
    return run(
        LOTBRIDGE_LOT_COLUMNS LOTBRIDGE_LOT_SKU
        "WHERE +l.owner_id = ?1 AND l.lot_id IN (SELECT e.lot_id FROM documents d "
        "JOIN ledger e ON e.document_id = d.document_id AND e.document_id <> 0 "
        "WHERE d.owner_id = ?1 AND d.type = 3 AND json_extract(d.body, '$.purchase_order') = ?9) "
        "AND +l.lot_id > ?8 " LOTBRIDGE_LOT_FILTER "ORDER BY l.lot_id LIMIT ?7",
        after, filter.purchase_order);
  }
  if (!filter.batch.empty()) {
    return run(LOTBRIDGE_LOT_COLUMNS
               "INDEXED BY lots_batch " LOTBRIDGE_LOT_SKU
               "WHERE l.owner_id = ?1 AND l.batch = ?3 AND l.lot_id > ?8 " LOTBRIDGE_LOT_FILTER
               "ORDER BY l.lot_id LIMIT ?7",
               after);
  }
  if (!filter.supplier_lot.empty()) {
    return run(LOTBRIDGE_LOT_COLUMNS "INDEXED BY lots_supplier_lot " LOTBRIDGE_LOT_SKU
                                     "WHERE l.owner_id = ?1 AND l.supplier_lot = ?4 "
                                     "AND l.lot_id > ?8 " LOTBRIDGE_LOT_FILTER
                                     "ORDER BY l.lot_id LIMIT ?7",
               after);
  }
  if (!filter.supplier.empty()) {
    return run(LOTBRIDGE_LOT_COLUMNS "INDEXED BY lots_supplier " LOTBRIDGE_LOT_SKU
                                     "WHERE l.owner_id = ?1 AND l.supplier = ?5 "
                                     "AND l.lot_id > ?8 " LOTBRIDGE_LOT_FILTER
                                     "ORDER BY l.lot_id LIMIT ?7",
               after);
  }
  const auto last = after == 0 ? std::nullopt : lot_row(reader, after);
  if (filter.expires_by) {
    return run(LOTBRIDGE_LOT_COLUMNS "INDEXED BY lots_expiry " LOTBRIDGE_LOT_SKU
                                     "WHERE l.owner_id = ?1 AND l.expires_on <= ?6 "
                                     "AND (l.expires_on, l.lot_id) > (?8, ?9) " LOTBRIDGE_LOT_FILTER
                                     "ORDER BY l.expires_on, l.lot_id LIMIT ?7",
               last && last->expires_on ? *last->expires_on : INT32_MIN, after);
  }
  const core::SkuId last_sku = last ? last->sku : 0;
  const std::string last_code = last ? last->code : std::string();
  if (filter.sku != 0) {
    return run(LOTBRIDGE_LOT_COLUMNS LOTBRIDGE_LOT_SKU
               "WHERE l.owner_id = ?1 AND l.sku_id = ?2 AND l.code > ?9 AND l.merged_into IS NULL "
               "ORDER BY l.code LIMIT ?7",
               last_sku, last_code);
  }
  return run(LOTBRIDGE_LOT_COLUMNS LOTBRIDGE_LOT_SKU
             "WHERE l.owner_id = ?1 AND (l.sku_id, l.code) > (?8, ?9) AND l.merged_into IS NULL "
             "ORDER BY l.sku_id, l.code LIMIT ?7",
             last_sku, last_code);
}

std::vector<Candidate> unresolved_candidates(Reader& reader, core::OwnerId owner, core::SkuId sku,
                                             core::WarehouseId warehouse) {
  std::map<core::LotId, std::int64_t> sums;
  {
    // Dispatches that nobody can say the lot of.
    auto rows = reader.query(
        "SELECT quantity, candidates FROM stamps INDEXED BY stamps_unsure WHERE sku_id = ? "
        "AND evidence >= 3 AND evidence = 5 AND warehouse_id = ?",
        sku, warehouse);
    while (rows.next()) {
      for (const core::LotId lot : candidates_of(rows.text(1))) sums[lot] += rows.integer(0);
    }
  }
  {
    // Returns of a line that got several lots: each of them may have come back.
    auto rows = reader.query(
        "SELECT s.lot_id, sum(s.quantity) FROM ledger l JOIN documents d USING (document_id) "
        "JOIN stamps s ON s.order_id = d.order_id AND s.sku_id = l.sku_id "
        "WHERE l.lot_id = 0 AND l.owner_id = ? AND l.sku_id = ? AND d.type = 8 AND s.lot_id <> 0 "
        "AND NOT EXISTS (SELECT 1 FROM document_links k WHERE k.owner_id = l.owner_id "
        "AND k.about = l.document_id) "
        "AND NOT EXISTS (SELECT 1 FROM document_links k WHERE k.owner_id = l.owner_id "
        "AND k.about = l.document_id) "
        "GROUP BY s.lot_id",
        owner, sku);
    while (rows.next()) sums[static_cast<core::LotId>(rows.integer(0))] += rows.integer(1);
  }
  std::vector<Candidate> out;
  for (const auto& [lot, quantity] : sums) {
    if (quantity <= 0) continue;
    const auto row = lot_row(reader, lot);
    if (row) out.push_back({lot, row->code, Quantity{quantity}});
  }
  return out;
}

core::LotCost lot_cost(Reader& reader, core::LotId lot) {
  core::LotCost cost;
  auto rows = reader.query(
      "SELECT kind, sum(quantity), sum(amount), currency FROM lot_costs WHERE lot_id IN "
      "(SELECT coalesce(merged_into, lot_id) FROM lots WHERE lot_id = ?1 "
      "UNION SELECT lot_id FROM lots WHERE merged_into = ?1 UNION SELECT lot_id FROM lots "
      "WHERE merged_into = (SELECT merged_into FROM lots WHERE lot_id = ?1)) "
      "GROUP BY kind, currency "
      "HAVING sum(quantity) <> 0 OR sum(amount) <> 0 ORDER BY min(cost_id)",
      lot);
  while (rows.next()) {
    cost.add(static_cast<core::CostKind>(rows.integer(0)), Quantity{rows.integer(1)},
             rows.integer(2), rows.text(3));
  }
  return cost;
}

Quantity lot_dispatched(Reader& reader, core::OwnerId owner, core::SkuId sku, core::LotId lot) {
  auto rows = reader.query(
      "SELECT coalesce(sum(quantity), 0) FROM balances WHERE owner_id = ?1 AND sku_id = ?2 "
      "AND book = 1 AND (lot_id = ?3 OR lot_id IN (SELECT lot_id FROM lots WHERE merged_into = "
      "?3)) AND substr(account, 1, 1) = x'04'",
      owner, sku, lot);
  return Quantity{rows.next() ? rows.integer(0) : 0};
}

std::vector<BlockRow> lot_blocks(Reader& reader, core::OwnerId owner, core::LotId lot) {
  std::vector<BlockRow> out;
  auto rows = reader.query(
      "SELECT warehouse_id, kind, code, reason FROM blocks WHERE owner_id = ? AND lot_id = ? "
      "ORDER BY kind, code, warehouse_id",
      owner, lot);
  while (rows.next()) {
    out.push_back({static_cast<core::WarehouseId>(rows.integer(0)),
                   static_cast<core::BlockKind>(rows.integer(1)), std::string(rows.text(2)),
                   std::string(rows.text(3))});
  }
  return out;
}

std::vector<LotChangeRow> lot_changes(Reader& reader, core::OwnerId owner, core::LotId lot) {
  std::vector<LotChangeRow> out;
  auto rows = reader.query(
      "SELECT field, by, old, new, evidence, at FROM lot_history WHERE owner_id = ? "
      "AND lot_id = ? ORDER BY seq LIMIT 500",
      owner, lot);
  while (rows.next()) {
    out.push_back({std::string(rows.text(0)), std::string(rows.text(1)), rows.maybe_text(2),
                   rows.maybe_text(3), rows.maybe_text(4), rows.integer(5)});
  }
  return out;
}

std::vector<std::pair<core::WarehouseId, std::int32_t>> first_received_of(std::string_view json) {
  std::vector<std::pair<core::WarehouseId, std::int32_t>> out;
  const char* at = json.data();
  const char* const end = at + json.size();
  const auto number = [&](std::int32_t& value) {
    while (at < end && *at != '-' && (*at < '0' || *at > '9')) ++at;
    const auto parsed = std::from_chars(at, end, value);
    at = parsed.ptr;
    return parsed.ec == std::errc();
  };
  std::int32_t warehouse = 0, day = 0;
  while (number(warehouse) && number(day)) {
    out.emplace_back(static_cast<core::WarehouseId>(warehouse), day);
  }
  return out;
}

}  // namespace lotbridge::store
