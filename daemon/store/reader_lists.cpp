#include "daemon/store/reader_lists.hpp"

#include <limits>

namespace lotbridge::store {
namespace {

std::int64_t before_or_newest(std::int64_t before) {
  return before == 0 ? std::numeric_limits<std::int64_t>::max() : before;
}

#define LOTBRIDGE_ALERT_COLUMNS                                                               \
  "SELECT alert_id, owner_id, kind, severity, detail, sku, lot, warehouse, location, extra, " \
  "note, order_id, quantity, opened_at, closed_at FROM alerts "
// ?2 kind, ?3 sku, ?4 lot, ?5 state (0 open, 1 closed, 2 all), ?6 before, ?7 limit
#define LOTBRIDGE_ALERT_FILTER                                                      \
  "AND (?2 = '' OR kind = ?2) AND (?3 = '' OR sku = ?3) AND (?4 = '' OR lot = ?4) " \
  "AND (?5 = 2 OR (closed_at IS NULL) = (?5 = 0)) AND alert_id < ?6 "               \
  "ORDER BY alert_id DESC LIMIT ?7"

AlertRow alert_at(const ReadRows& rows) {
  AlertRow row;
  row.id = rows.integer(0);
  row.owner = static_cast<core::OwnerId>(rows.integer(1));
  row.kind = std::string(rows.text(2));
  row.severity = std::string(rows.text(3));
  row.detail = std::string(rows.text(4));
  row.sku = rows.maybe_text(5);
  row.lot = rows.maybe_text(6);
  row.warehouse = rows.maybe_text(7);
  row.location = rows.maybe_text(8);
  row.extra = rows.maybe_text(9);
  row.note = rows.maybe_text(10);
  row.order = static_cast<core::OrderId>(rows.integer(11));
  row.quantity = rows.maybe_integer(12);
  row.opened_at = rows.integer(13);
  row.closed_at = rows.maybe_integer(14);
  return row;
}

ParkedRow parked_at(const ReadRows& rows) {
  ParkedRow row;
  row.id = rows.integer(0);
  row.owner = static_cast<core::OwnerId>(rows.integer(1));
  row.source = std::string(rows.text(2));
  row.kind = std::string(rows.text(3));
  row.document = rows.maybe_text(4);
  row.code = std::string(rows.text(5));
  row.detail = std::string(rows.text(6));
  row.pointer = rows.maybe_text(7);
  row.origin = rows.maybe_text(8);
  row.raw = std::string(rows.text(9));
  row.parked_at = rows.integer(10);
  row.state = std::string(rows.text(11));
  row.settled_at = rows.maybe_integer(12);
  return row;
}

DeliveryRow delivery_at(const ReadRows& rows) {
  DeliveryRow row;
  row.id = rows.integer(0);
  row.owner = static_cast<core::OwnerId>(rows.integer(1));
  row.connector = std::string(rows.text(2));
  row.operation = std::string(rows.text(3));
  row.subject = std::string(rows.text(4));
  row.order = static_cast<core::OrderId>(rows.integer(5));
  row.version = rows.integer(6);
  row.key = std::string(rows.text(7));
  row.state = std::string(rows.text(8));
  row.attempts = rows.integer(9);
  row.next_at = rows.integer(10);
  row.error = rows.maybe_text(11);
  row.created_at = rows.integer(12);
  row.settled_at = rows.maybe_integer(13);
  row.body = std::string(rows.text(14));
  return row;
}

AuditRow audit_at(const ReadRows& rows) {
  AuditRow row;
  row.number = rows.integer(0);
  row.at = rows.integer(1);
  row.token = std::string(rows.text(2));
  row.actor = std::string(rows.text(3));
  row.action = std::string(rows.text(4));
  row.order = static_cast<core::OrderId>(rows.integer(5));
  row.line = rows.maybe_text(6);
  row.field = rows.maybe_text(7);
  row.old_value = rows.maybe_text(8);
  row.new_value = rows.maybe_text(9);
  row.reason = rows.maybe_text(10);
  row.hash = std::string(rows.blob(11));
  return row;
}

template <typename Row>
std::vector<Row> all_of(ReadRows rows, Row (*at)(const ReadRows&)) {
  std::vector<Row> out;
  while (rows.next()) out.push_back(at(rows));
  return out;
}

}  // namespace

std::vector<AlertRow> list_alerts(Reader& reader, core::OwnerId owner, const AlertFilter& filter,
                                  std::int64_t before, std::size_t limit) {
  const auto run = [&](std::string_view sql, const auto&... more) {
    return all_of(reader.query(sql, owner, filter.kind, filter.sku, filter.lot, filter.state,
                               before_or_newest(before), limit, more...),
                  alert_at);
  };
  if (filter.order) {
    return run(
        LOTBRIDGE_ALERT_COLUMNS
        "INDEXED BY alerts_order WHERE order_id = ?8 AND owner_id = ?1 " LOTBRIDGE_ALERT_FILTER,
        *filter.order);
  }
  if (!filter.sku.empty()) {
    return run(LOTBRIDGE_ALERT_COLUMNS
               "INDEXED BY alerts_sku WHERE owner_id = ?1 AND sku = ?3 " LOTBRIDGE_ALERT_FILTER);
  }
  if (filter.state == AlertFilter::State::open) {
    return run(LOTBRIDGE_ALERT_COLUMNS
               "INDEXED BY alerts_open_list WHERE owner_id = ?1 AND closed_at IS "
               "NULL " LOTBRIDGE_ALERT_FILTER);
  }
  if (!filter.kind.empty()) {
    return run(LOTBRIDGE_ALERT_COLUMNS
               "INDEXED BY alerts_kind WHERE owner_id = ?1 AND kind = ?2 " LOTBRIDGE_ALERT_FILTER);
  }
  return run(LOTBRIDGE_ALERT_COLUMNS
             "INDEXED BY alerts_owner WHERE owner_id = ?1 " LOTBRIDGE_ALERT_FILTER);
}

#define LOTBRIDGE_PARKED_COLUMNS                                                       \
  "SELECT parked_id, owner_id, source, kind, id, code, detail, pointer, origin, raw, " \
  "parked_at, state, settled_at FROM parked "

std::vector<ParkedRow> list_parked(Reader& reader, core::OwnerId owner, bool open_only,
                                   std::int64_t before, std::size_t limit) {
  if (open_only) {
    return all_of(reader.query(LOTBRIDGE_PARKED_COLUMNS
                               "INDEXED BY parked_open WHERE owner_id = ? AND parked_id < ? "
                               "AND state = 'open' ORDER BY parked_id DESC LIMIT ?",
                               owner, before_or_newest(before), limit),
                  parked_at);
  }
  return all_of(reader.query(LOTBRIDGE_PARKED_COLUMNS
                             "INDEXED BY parked_owner WHERE owner_id = ? AND parked_id < ? "
                             "ORDER BY parked_id DESC LIMIT ?",
                             owner, before_or_newest(before), limit),
                parked_at);
}

#define LOTBRIDGE_DELIVERY_COLUMNS                                                             \
  "SELECT outbox_id, owner_id, connector, operation, subject, order_id, version, key, state, " \
  "attempts, next_at, error, created_at, settled_at, body FROM outbox "

std::vector<DeliveryRow> list_deliveries(Reader& reader, core::OwnerId owner,
                                         const std::string& state, std::int64_t before,
                                         std::size_t limit) {
  const std::int64_t newest = before_or_newest(before);
  if (state == "pending") {
    return all_of(reader.query(LOTBRIDGE_DELIVERY_COLUMNS
                               "INDEXED BY outbox_due WHERE state = 'pending' AND owner_id = ? "
                               "AND outbox_id < ? ORDER BY outbox_id DESC LIMIT ?",
                               owner, newest, limit),
                  delivery_at);
  }
  if (state == "dead") {
    return all_of(reader.query(LOTBRIDGE_DELIVERY_COLUMNS
                               "INDEXED BY outbox_dead WHERE state = 'dead' AND owner_id = ? "
                               "AND outbox_id < ? ORDER BY outbox_id DESC LIMIT ?",
                               owner, newest, limit),
                  delivery_at);
  }
  return all_of(reader.query(LOTBRIDGE_DELIVERY_COLUMNS
                             "INDEXED BY outbox_owner WHERE owner_id = ?1 AND outbox_id < ?2 "
                             "AND (?3 = '' OR state = ?3) ORDER BY outbox_id DESC LIMIT ?4",
                             owner, newest, state, limit),
                delivery_at);
}

#define LOTBRIDGE_AUDIT_COLUMNS                                                             \
  "SELECT number, at, token, actor, action, order_id, line, field, old, new, reason, hash " \
  "FROM audit "

std::vector<AuditRow> list_audit(Reader& reader, core::OwnerId owner,
                                 std::optional<core::OrderId> order, std::int64_t after,
                                 std::size_t limit) {
  if (order) {
    return all_of(reader.query(LOTBRIDGE_AUDIT_COLUMNS
                               "INDEXED BY audit_order WHERE order_id = ? AND owner_id = ? "
                               "AND number > ? ORDER BY number LIMIT ?",
                               *order, owner, after, limit),
                  audit_at);
  }
  return all_of(reader.query(LOTBRIDGE_AUDIT_COLUMNS
                             "WHERE owner_id = ? AND number > ? ORDER BY number LIMIT ?",
                             owner, after, limit),
                audit_at);
}

Backlog backlog_of(Reader& reader, std::string_view connector) {
  Backlog backlog;
  {
    auto rows = reader.query("SELECT count(*) FROM inbox WHERE connector = ? AND state = 'pending'",
                             connector);
    if (rows.next()) backlog.inbox_pending = rows.integer(0);
  }
  auto rows = reader.query("SELECT count(*) FROM outbox WHERE connector = ? AND state = 'pending'",
                           connector);
  if (rows.next()) backlog.outbox_pending = rows.integer(0);
  return backlog;
}

}  // namespace lotbridge::store
