#include <simdjson.h>

#include <algorithm>

#include "daemon/api/reads_documents.hpp"
#include "daemon/api/reads_names.hpp"
#include "daemon/store/reader_lists.hpp"

namespace lotbridge::api {
namespace {

// ---------------------------------------------------------------- alerts

// What a kind of alert says besides; its members stand beside the others.
void put_extra(JsonWriter& json, const std::optional<std::string>& extra) {
  if (!extra) return;
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(*extra).get(members) != simdjson::SUCCESS) return;
  for (const auto& [name, value] : members) {
    const std::string key(name);
    put_raw(json, key, simdjson::minify(value), "null");
  }
}

bool write_alert(JsonWriter& json, Reading& reading, Names& names, const store::AlertRow& row) {
  if (row.warehouse && !reading.sight.warehouse(reading.reader.warehouse_id(*row.warehouse)))
    return false;
  json.open('{');
  put_number(json, "id", row.id);
  put(json, "kind", row.kind);
  put(json, "severity", row.severity);
  put(json, "owner", reading.reader.owner(row.owner));
  put_maybe(json, "sku", row.sku);
  put_maybe(json, "lot", row.lot);
  put_maybe(json, "warehouse", row.warehouse);
  put_maybe(json, "location", row.location);
  put_or_null(json, "order", row.order == 0 ? "" : names.order(row.order).id);
  json.key("quantity");
  if (row.quantity) {
    json.millionths(*row.quantity);
  } else {
    json.raw("null");
  }
  put(json, "detail", row.detail);
  put_moment(json, "opened_at", row.opened_at);
  put_moment(json, "closed_at", row.closed_at);
  put_maybe(json, "note", row.note);
  put_extra(json, row.extra);
  json.close('}');
  return true;
}

Response read_alerts(Reading& reading) {
  store::AlertFilter filter;
  using State = store::AlertFilter::State;
  const std::string state = reading.text("state");
  if (state == "closed") {
    filter.state = State::closed;
  } else if (state == "all") {
    filter.state = State::all;
  } else if (!state.empty() && state != "open") {
    return problem_response(bad_parameter("state", "must be open, closed or all."));
  }
  filter.kind = reading.text("kind");
  filter.sku = reading.text("sku");
  filter.lot = reading.text("lot");
  if (const auto order = reading.parameter("order")) {
    auto found = find_order(reading, *order);
    if (auto* refused = std::get_if<Response>(&found)) return std::move(*refused);
    filter.order = std::get<store::OrderListRow>(found).order;
  }
  Names names(reading.reader);
  return list_response(
      reading, "alerts",
      [&](core::OwnerId owner, const std::vector<std::string>& after, std::size_t limit) {
        return store::list_alerts(reading.reader, owner, filter, key_number(after, 0), limit);
      },
      [](const store::AlertRow& row) { return std::vector<std::string>{std::to_string(row.id)}; },
      [&](JsonWriter& json, const store::AlertRow& row) {
        return write_alert(json, reading, names, row);
      });
}

// ---------------------------------------------------------------- parked

void write_raw(JsonWriter& json, const std::string& raw) {
  // A record that was JSON is shown as such, anything else (a line of CSV) as text.
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element element;
  json.key("raw");
  if (parser.parse(raw).get(element) == simdjson::SUCCESS) {
    json.raw(simdjson::minify(element));
  } else {
    json.text(raw);
  }
}

Response read_parked(Reading& reading) {
  const std::string state = reading.text("state");
  if (!state.empty() && state != "open" && state != "all" && state != "retried" &&
      state != "discarded") {
    return problem_response(bad_parameter("state", "must be open, retried, discarded or all."));
  }
  const bool open_only = state.empty() || state == "open";
  return list_response(
      reading, "parked",
      [&](core::OwnerId owner, const std::vector<std::string>& after, std::size_t limit) {
        return store::list_parked(reading.reader, owner, open_only, key_number(after, 0), limit);
      },
      [](const store::ParkedRow& row) { return std::vector<std::string>{std::to_string(row.id)}; },
      [&](JsonWriter& json, const store::ParkedRow& row) {
        if (!open_only && state != "all" && row.state != state) return false;
        json.open('{');
        put_number(json, "id", row.id);
        put(json, "owner", reading.reader.owner(row.owner));
        put(json, "source", row.source);
        put(json, "kind", row.kind);
        put_maybe(json, "document", row.document);
        put(json, "code", row.code);
        put(json, "detail", row.detail);
        put_maybe(json, "pointer", row.pointer);
        put_maybe(json, "origin", row.origin);
        put(json, "state", row.state);
        put_moment(json, "parked_at", row.parked_at);
        put_moment(json, "settled_at", row.settled_at);
        write_raw(json, row.raw);
        json.close('}');
        return true;
      });
}

// ---------------------------------------------------------------- deliveries

bool is_delivery_state(std::string_view state) {
  constexpr std::string_view kStates[] = {"pending", "delivered", "dead", "observed", "superseded"};
  return std::find(std::begin(kStates), std::end(kStates), state) != std::end(kStates);
}

Response read_deliveries(Reading& reading) {
  const std::string state = reading.text("state");
  if (!state.empty() && !is_delivery_state(state)) {
    return problem_response(
        bad_parameter("state", "must be pending, delivered, dead, observed or superseded."));
  }
  Names names(reading.reader);
  return list_response(
      reading, "deliveries",
      [&](core::OwnerId owner, const std::vector<std::string>& after, std::size_t limit) {
        return store::list_deliveries(reading.reader, owner, state, key_number(after, 0), limit);
      },
      [](const store::DeliveryRow& row) {
        return std::vector<std::string>{std::to_string(row.id)};
      },
      [&](JsonWriter& json, const store::DeliveryRow& row) {
        const bool pending = row.state == "pending";
        json.open('{');
        put_number(json, "id", row.id);
        put(json, "owner", reading.reader.owner(row.owner));
        put(json, "connector", row.connector);
        put(json, "operation", row.operation);
        put(json, "subject", row.subject);
        put_or_null(json, "order", row.order == 0 ? "" : names.order(row.order).id);
        put_number(json, "version", row.version);
        put(json, "key", row.key);
        put(json, "state", row.state);
        put_number(json, "attempts", row.attempts);
        put_moment(json, "next_at", pending ? std::optional(row.next_at) : std::nullopt);
        put_maybe(json, "last_error", row.error);
        put_moment(json, "created_at", row.created_at);
        put_moment(json, "settled_at", row.settled_at);
        put_raw(json, "instruction", row.body, "null");
        json.close('}');
        return true;
      });
}

// ---------------------------------------------------------------- connectors

void write_operation(JsonWriter& json, const host::OperationHealth& operation) {
  const auto moment = [&](std::string_view key, const std::optional<Timestamp>& at) {
    put_moment(json, key, at ? std::optional(at->ms) : std::nullopt);
  };
  json.open('{');
  put(json, "operation", operation.operation);
  put_or_null(json, "status", operation.status);
  put_or_null(json, "error", operation.error);
  moment("last_run_at", operation.last_run_at);
  moment("last_ok_at", operation.last_ok_at);
  moment("next_at", operation.next_at);
  put_number(json, "runs", static_cast<std::int64_t>(operation.runs));
  put_number(json, "records", static_cast<std::int64_t>(operation.records));
  put_number(json, "parked", static_cast<std::int64_t>(operation.parked));
  json.close('}');
}

void write_process(JsonWriter& json, const host::ConnectorHealth& health) {
  put(json, "isolation", health.isolation == host::Isolation::process ? "process" : "in_process");
  put_or_null(json, "walls_missing", health.walls_missing);
  put_number(json, "processes", static_cast<std::int64_t>(health.processes));
  put_or_null(json, "file_refused", health.file_refused);
  if (!health.incident_at) {
    put_raw(json, "incident", "", "null");
    return;
  }
  json.key("incident");
  json.open('{');
  put_moment(json, "at", health.incident_at->ms);
  put(json, "what", health.incident);
  put(json, "advice", health.incident_advice);
  json.close('}');
}

void write_connector(JsonWriter& json, Reading& reading, const host::ConnectorHealth& health,
                     const std::vector<std::string>& owners) {
  std::optional<std::int64_t> last_ok;
  std::string last_error = health.reason;
  for (const host::OperationHealth& operation : health.operations) {
    if (operation.last_ok_at) last_ok = std::max(last_ok.value_or(0), operation.last_ok_at->ms);
    if (last_error.empty() && operation.status != "ok") last_error = operation.error;
  }
  const store::Backlog backlog = store::backlog_of(reading.reader, health.name);
  json.open('{');
  put(json, "name", health.name);
  put(json, "type", health.type);
  put_or_null(json, "version", health.version);
  put(json, "mode", health.live ? "live" : "observe");
  put(json, "state", health.state);
  put_or_null(json, "reason", health.reason);
  put_or_null(json, "account", health.account);
  write_process(json, health);
  put_moment(json, "last_success_at", last_ok);
  put_or_null(json, "last_error", last_error);
  put_number(json, "inbox_pending", backlog.inbox_pending);
  put_number(json, "outbox_pending", backlog.outbox_pending);
  put_number(json, "http_requests", static_cast<std::int64_t>(health.http_requests));
  put_number(json, "http_retries", static_cast<std::int64_t>(health.http_retries));
  put_number(json, "http_failures", static_cast<std::int64_t>(health.http_failures));
  put_number(json, "webhooks_refused", static_cast<std::int64_t>(health.webhooks_refused));
  json.key("owners");
  json.open('[');
  for (const std::string& owner : owners) json.text(owner);
  json.close(']');
  json.key("operations");
  json.open('[');
  for (const auto& operation : health.operations) write_operation(json, operation);
  json.close(']');
  json.close('}');
}

// Few, and all in memory: one page holds them.
Response read_connectors(Reading& reading) {
  const auto named = reading.parameter("owner");
  JsonWriter json(2048);
  json.open('{');
  json.key("data");
  json.open('[');
  const auto all = reading.settings.connectors ? reading.settings.connectors()
                                               : std::vector<host::ConnectorHealth>();
  for (const host::ConnectorHealth& health : all) {
    std::vector<std::string> owners;
    for (const std::string& owner : health.owners) {
      if (reading.request.caller.sees(owner) && (!named || *named == owner))
        owners.push_back(owner);
    }
    if (owners.empty()) continue;
    write_connector(json, reading, health, owners);
  }
  json.close(']');
  put_raw(json, "next_cursor", "", "null");
  json.close('}');
  return json_response(json.take());
}

}  // namespace

std::vector<ReadRoute> operator_reads() {
  return {{"/v1/alerts", read_alerts, {"kind", "state", "sku", "lot", "order"}},
          {"/v1/parked", read_parked, {"state"}, Scope::admin},
          {"/v1/deliveries", read_deliveries, {"state"}},
          {"/v1/connectors", read_connectors, {}}};
}

}  // namespace lotbridge::api
