#include "daemon/store/reader_recalls.hpp"

namespace lotbridge::store {
namespace {

#define LOTBRIDGE_RECALL_COLUMNS                                                        \
  "SELECT r.owner_id, r.document_id, r.id, r.version, r.drill, r.state, r.started_at, " \
  "r.closed_at, r.elapsed_us, r.closing, r.report, d.body FROM recalls r "              \
  "JOIN documents d ON d.document_id = r.document_id "

std::vector<RecallRow> recalls_of(ReadRows rows) {
  std::vector<RecallRow> out;
  while (rows.next()) {
    RecallRow row;
    row.owner = static_cast<core::OwnerId>(rows.integer(0));
    row.document = rows.integer(1);
    row.id = std::string(rows.text(2));
    row.version = rows.maybe_integer(3);
    row.drill = rows.integer(4) != 0;
    row.closed = rows.text(5) == "closed";
    row.started_at = rows.integer(6);
    row.closed_at = rows.maybe_integer(7);
    row.elapsed_us = rows.maybe_integer(8);
    row.closing = std::string(rows.text(9));
    row.report = std::string(rows.text(10));
    row.body = std::string(rows.text(11));
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace

std::vector<RecallRow> find_recalls(Reader& reader, core::OwnerId owner, std::string_view id,
                                    std::int64_t document) {
  if (id.empty()) {
    return recalls_of(reader.query(
        LOTBRIDGE_RECALL_COLUMNS "WHERE r.owner_id = ? AND r.document_id = ?", owner, document));
  }
  return recalls_of(
      reader.query(LOTBRIDGE_RECALL_COLUMNS "WHERE r.owner_id = ? AND r.id = ?", owner, id));
}

std::vector<RecallRow> list_recalls(Reader& reader, core::OwnerId owner, std::int64_t before,
                                    std::size_t limit) {
  return recalls_of(reader.query(LOTBRIDGE_RECALL_COLUMNS
                                 "WHERE r.owner_id = ?1 AND (?2 = 0 OR r.document_id < ?2) "
                                 "ORDER BY r.document_id DESC LIMIT ?3",
                                 owner, before, limit));
}

std::vector<core::LotId> recall_lots(Reader& reader, core::OwnerId owner, std::int64_t document) {
  std::vector<core::LotId> out;
  auto rows = reader.query(
      "SELECT lot_id FROM recall_lots WHERE owner_id = ? AND document_id = ? AND until IS NULL "
      "ORDER BY lot_id",
      owner, document);
  while (rows.next()) out.push_back(static_cast<core::LotId>(rows.integer(0)));
  return out;
}

std::map<core::OrderId, ResponseRow> recall_responses(Reader& reader, core::OwnerId owner,
                                                      std::int64_t document) {
  std::map<core::OrderId, ResponseRow> out;
  auto rows = reader.query(
      "SELECT order_id, acknowledged, contact, note, at FROM recall_responses "
      "WHERE owner_id = ? AND document_id = ?",
      owner, document);
  while (rows.next()) {
    out[static_cast<core::OrderId>(rows.integer(0))] = {rows.integer(1) != 0, rows.maybe_text(2),
                                                        rows.maybe_text(3), rows.integer(4)};
  }
  return out;
}

NoticeCounts recall_notices(Reader& reader, core::OwnerId owner, std::int64_t document) {
  NoticeCounts counts;
  auto rows = reader.query(
      "SELECT count(*), coalesce(sum(state = 'delivered'), 0) FROM outbox INDEXED BY outbox_owner "
      "WHERE owner_id = ? AND operation = 'recall.notify/1' AND state <> 'superseded' "
      "AND subject LIKE ?",
      owner, "recall:" + std::to_string(document) + ":%");
  if (!rows.next()) return counts;
  counts.all = rows.integer(0);
  counts.delivered = rows.integer(1);
  return counts;
}

}  // namespace lotbridge::store
