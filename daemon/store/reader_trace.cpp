#include "daemon/store/reader_trace.hpp"

#include <unordered_map>

#include "daemon/store/encoding.hpp"
#include "daemon/store/entry_document.hpp"
#include "daemon/store/order_rows.hpp"

namespace lotbridge::store {
namespace {

#define LOTBRIDGE_STAMP_COLUMNS                                                     \
  "SELECT s.document_id, s.document_line, s.order_id, s.line, s.sku_id, s.lot_id, " \
  "s.warehouse_id, s.quantity, s.expires_on, s.evidence, s.candidates, s.at FROM stamps s "

std::int64_t root_of(Reader& reader, std::int64_t document) {
  auto rows = reader.query("SELECT void_of FROM documents WHERE document_id = ?", document);
  return rows.next() && !rows.is_null(0) ? rows.integer(0) : document;
}

std::vector<TraceStamp> stamps_of(Reader& reader, ReadRows rows) {
  std::vector<TraceStamp> out;
  bool taken_back = false;
  while (rows.next()) {
    TraceStamp stamp;
    stamp.stamp = stamp_of(rows);
    stamp.root = rows.integer(0);
    taken_back = taken_back || stamp.stamp.quantity < Quantity{};
    out.push_back(std::move(stamp));
  }
  // Where nothing was taken back there is no void among the documents, and none is looked up.
  if (!taken_back) return out;
  std::unordered_map<std::int64_t, std::int64_t> roots;
  for (TraceStamp& stamp : out) {
    const auto [at, fresh] = roots.try_emplace(stamp.root);
    if (fresh) at->second = root_of(reader, stamp.root);
    stamp.root = at->second;
  }
  return out;
}

}  // namespace

std::vector<TraceEntry> lot_entries(Reader& reader, core::OwnerId owner, core::LotId lot,
                                    std::int64_t until) {
  std::vector<TraceEntry> out;
  auto rows = reader.query(
      "SELECT l.quantity, l.from_account, l.to_account, l.document_id, " LOTBRIDGE_ENTRY_TYPE
      ", coalesce(k.about, d.void_of), l.happened_at, l.number, "
      "coalesce(d.owner_id, l.owner_id) <> l.owner_id FROM ledger l "
      "INDEXED BY ledger_lot LEFT " LOTBRIDGE_ENTRY_DOCUMENT
      "WHERE l.lot_id = ? AND l.owner_id = ? AND l.book = 1 AND l.happened_at <= ? "
      "ORDER BY l.number",
      lot, owner, until);
  while (rows.next()) {
    TraceEntry entry;
    entry.quantity = Quantity{rows.integer(0)};
    entry.from = account_of(rows.blob(1)).value_or(core::Account{});
    entry.to = account_of(rows.blob(2)).value_or(core::Account{});
    entry.document = rows.integer(3);
    entry.type = static_cast<DocumentType>(rows.integer(4));
    entry.root = rows.is_null(5) ? entry.document : rows.integer(5);
    entry.happened_at = rows.integer(6);
    entry.number = rows.integer(7);
    entry.of_other_owner = rows.integer(8) != 0;
    out.push_back(entry);
  }
  return out;
}

std::vector<TraceStamp> lot_stamps(Reader& reader, core::OwnerId owner, core::LotId lot,
                                   std::int64_t until) {
  return stamps_of(reader, reader.query(LOTBRIDGE_STAMP_COLUMNS
                                        "INDEXED BY stamps_lot "
                                        "WHERE s.lot_id = ? AND s.owner_id = ? AND s.at <= ? "
                                        "ORDER BY s.stamp_id",
                                        lot, owner, until));
}

std::vector<TraceStamp> unsure_stamps(Reader& reader, core::OwnerId owner, core::SkuId sku,
                                      std::int64_t from, std::int64_t until) {
  return stamps_of(reader, reader.query(LOTBRIDGE_STAMP_COLUMNS
                                        "INDEXED BY stamps_unsure "
                                        "WHERE s.sku_id = ? AND s.evidence >= 3 AND s.owner_id = ? "
                                        "AND s.at >= ? AND s.at <= ? ORDER BY s.at, s.stamp_id",
                                        sku, owner, from, until));
}

std::vector<UnresolvedReturn> unresolved_returns(Reader& reader, core::OwnerId owner,
                                                 core::SkuId sku, std::int64_t until) {
  std::vector<UnresolvedReturn> out;
  auto rows = reader.query(
      "SELECT l.quantity, l.from_account, l.to_account, l.document_id, "
      "coalesce(k.about, d.void_of), l.happened_at "
      "FROM ledger l INDEXED BY ledger_lot " LOTBRIDGE_ENTRY_DOCUMENT
      "WHERE l.lot_id = 0 AND l.owner_id = ? AND l.sku_id = ? AND l.book = 1 "
      "AND l.happened_at <= ? AND " LOTBRIDGE_ENTRY_TYPE " = 8 ORDER BY l.number",
      owner, sku, until);
  while (rows.next()) {
    const auto from = account_of(rows.blob(1));
    const auto to = account_of(rows.blob(2));
    if (!from || !to) continue;
    const bool back = from->kind == core::AccountKind::stock;  // a return that was taken back
    const core::Account& place = back ? *from : *to;
    const core::Account& other = back ? *to : *from;
    UnresolvedReturn row;
    row.root = rows.is_null(4) ? rows.integer(3) : rows.integer(4);
    row.happened_at = rows.integer(5);
    row.order = other.order;
    row.line = other.line;
    row.warehouse = place.warehouse;
    row.quantity = Quantity{back ? -rows.integer(0) : rows.integer(0)};
    out.push_back(row);
  }
  return out;
}

std::vector<core::LotId> same_lots(Reader& reader, core::LotId lot) {
  std::vector<core::LotId> out = {lot};
  auto rows = reader.query("SELECT lot_id FROM lots WHERE merged_into = ? ORDER BY lot_id", lot);
  while (rows.next()) out.push_back(static_cast<core::LotId>(rows.integer(0)));
  return out;
}

namespace {

// `output`: the side on which the lot stands; the rows are those of the other side.
std::vector<MadeRow> made(Reader& reader, core::LotId lot, bool output, std::int64_t until) {
  std::vector<MadeRow> out;
  auto rows = reader.query(
      "SELECT g.document_id, coalesce(l.merged_into, l.lot_id) AS home, sum(g.quantity), "
      "min(l.sku_id) FROM genealogy g JOIN lots l ON l.lot_id = g.lot_id "
      "WHERE g.output <> ?2 AND g.happened_at <= ?3 AND g.document_id IN "
      "(SELECT document_id FROM genealogy WHERE output = ?2 AND happened_at <= ?3 AND (lot_id = ?1 "
      "OR lot_id IN (SELECT lot_id FROM lots WHERE merged_into = ?1)) "
      "GROUP BY document_id HAVING sum(quantity) <> 0) "
      "GROUP BY g.document_id, home HAVING sum(g.quantity) <> 0 ORDER BY g.document_id, home",
      lot, output ? 1 : 0, until);
  while (rows.next()) {
    out.push_back({rows.integer(0), static_cast<core::SkuId>(rows.integer(3)),
                   static_cast<core::LotId>(rows.integer(1)), Quantity{rows.integer(2)}});
  }
  return out;
}

}  // namespace

std::vector<MadeRow> made_from(Reader& reader, core::LotId lot, std::int64_t until) {
  return made(reader, lot, true, until);
}

std::vector<MadeRow> made_into(Reader& reader, core::LotId lot, std::int64_t until) {
  return made(reader, lot, false, until);
}

std::vector<std::string> swapped_lots(Reader& reader, core::OwnerId owner, std::string_view sku,
                                      std::string_view lot) {
  std::vector<std::string> out;
  auto rows = reader.query(
      "SELECT CASE WHEN lot = ?3 THEN json_extract(extra, '$.other_lot') ELSE lot END "
      "FROM alerts INDEXED BY alerts_sku WHERE owner_id = ?1 AND sku = ?2 "
      "AND kind = 'swap_proposed' AND (lot = ?3 OR json_extract(extra, '$.other_lot') = ?3)",
      owner, sku, lot);
  while (rows.next()) out.emplace_back(rows.text(0));
  return out;
}

}  // namespace lotbridge::store
