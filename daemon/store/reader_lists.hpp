// What waits for a person and what goes out: alerts, parked records, deliveries, the audit. Newest
// first, except the audit; `before` 0: from the newest. Every list goes through an index.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/store/reader.hpp"

namespace lotbridge::store {

struct AlertRow {
  std::int64_t id = 0;
  core::OwnerId owner = 0;
  std::string kind, severity, detail;
  std::optional<std::string> sku, lot, warehouse, location, extra, note;
  core::OrderId order = 0;
  std::optional<std::int64_t> quantity, closed_at;
  std::int64_t opened_at = 0;
};
struct AlertFilter {
  enum class State { open, closed, all } state = State::open;
  std::string kind, sku, lot;  // "": any
  std::optional<core::OrderId> order;
};
std::vector<AlertRow> list_alerts(Reader&, core::OwnerId, const AlertFilter&, std::int64_t before,
                                  std::size_t limit);

struct ParkedRow {
  std::int64_t id = 0, parked_at = 0;
  core::OwnerId owner = 0;
  std::string source, kind, code, detail, raw, state;
  std::optional<std::string> document, pointer, origin;
  std::optional<std::int64_t> settled_at;
};
std::vector<ParkedRow> list_parked(Reader&, core::OwnerId, bool open_only, std::int64_t before,
                                   std::size_t limit);

struct DeliveryRow {
  std::int64_t id = 0, version = 0, attempts = 0, next_at = 0, created_at = 0;
  core::OwnerId owner = 0;
  core::OrderId order = 0;
  std::string connector, operation, subject, key, state, body;
  std::optional<std::string> error;
  std::optional<std::int64_t> settled_at;
};
// `state` "": any.
std::vector<DeliveryRow> list_deliveries(Reader&, core::OwnerId, const std::string& state,
                                         std::int64_t before, std::size_t limit);

struct AuditRow {
  std::int64_t number = 0, at = 0;
  std::string token, actor, action, hash;
  core::OrderId order = 0;
  std::optional<std::string> line, field, old_value, new_value, reason;
};
std::vector<AuditRow> list_audit(Reader&, core::OwnerId, std::optional<core::OrderId>,
                                 std::int64_t after, std::size_t limit);

// What a connector still has to do.
struct Backlog {
  std::int64_t inbox_pending = 0, outbox_pending = 0;
};
Backlog backlog_of(Reader&, std::string_view connector);

}  // namespace lotbridge::store
