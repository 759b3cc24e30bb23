// Alerts that open and close by their key, and events that subscribers replay.
#include "daemon/store/encoding.hpp"
#include "sdk/records/json_writer.hpp"
#include "workbench.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

struct AlertNames {
  core::OwnerId owner = 0;
  std::optional<std::string> sku, lot, warehouse, location;
};

AlertNames names_in_alert(const core::State& state, const core::AlertChange& change,
                          core::OwnerId owner) {
  AlertNames names;
  names.owner = owner;
  core::SkuId sku_id = change.sku;
  if (change.lot != 0) {
    names.lot = std::string(state.lot_code(change.lot));
    if (sku_id == 0 && state.lot(change.lot) != nullptr) sku_id = state.lot(change.lot)->sku;
  }
  if (const core::Sku* sku = state.sku(sku_id)) {
    names.sku = sku->item.sku;
    names.owner = sku->owner;
  } else if (const core::Order* order = change.order == 0 ? nullptr : state.order(change.order)) {
    names.owner = order->owner;
  }
  if (const core::Warehouse* place = state.warehouse(change.warehouse))
    names.warehouse = place->name;
  if (change.location != 0) {
    if (const core::Location* place = state.location(change.location)) names.location = place->name;
  }
  return names;
}

// One key is one open alert: kind, where, about what, and what else makes it different.
std::string key_of(const core::AlertChange& change) {
  std::string key = change.kind;
  for (const std::uint64_t id :
       {std::uint64_t{change.sku}, std::uint64_t{change.lot}, std::uint64_t{change.warehouse},
        std::uint64_t{change.location}, std::uint64_t{change.order}}) {
    key += '|';
    key += std::to_string(id);
  }
  if (change.document != 0) key += "|dispatch=" + std::to_string(change.document);
  for (const auto& [name, value] : change.extra) {
    key += '|';
    key += name;
    key += '=';
    key += value;
  }
  return key;
}

std::optional<std::string> extra_text(const core::State& state, const core::AlertChange& change) {
  if (change.extra.empty() && change.document == 0 && change.lots.empty()) return std::nullopt;
  JsonWriter json(64);
  json.open('{');
  for (const auto& [name, value] : change.extra) {
    json.key(name);
    json.text(value);
  }
  if (change.document != 0) {
    json.key("dispatch");
    json.text(store::uid_text(DocumentType::dispatch, static_cast<std::int64_t>(change.document)));
  }
  if (!change.lots.empty()) {
    json.key("lots");
    json.open('[');
    for (const auto& [lot, quantity] : change.lots) {
      json.open('{');
      json.key("lot");
      json.text(state.lot_code(lot));
      json.key("quantity");
      json.millionths(quantity.micros);
      json.close('}');
    }
    json.close(']');
  }
  json.close('}');
  return json.take();
}

void member(JsonWriter& json, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  json.key(name);
  json.text(value);
}

}  // namespace

void Workbench::change_alert(const core::AlertChange& change, core::OwnerId owner) {
  const AlertNames names = names_in_alert(state, change, owner);
  const std::string key = key_of(change);
  if (!change.open) {
    store.run(Sql::close_alert, now.ms, names.owner, key);
    return;
  }
  std::optional<std::int64_t> order, quantity;
  if (change.order != 0) order = static_cast<std::int64_t>(change.order);
  if (!change.quantity.is_zero()) quantity = change.quantity.micros;
  const auto extra = extra_text(state, change);
  store.run(Sql::insert_alert, names.owner, change.kind, key, change.severity, names.sku, names.lot,
            names.warehouse, names.location, order, quantity, change.detail, extra, now.ms);
  if (store.failed()) return;
  if (store.changes() == 0) {
    store.run(Sql::refresh_alert, quantity, change.detail, names.owner, key);
    return;
  }
  core::Event raised;
  raised.kind = "alert.raised";
  raised.sku = change.sku;
  raised.lot = change.lot;
  raised.warehouse = change.warehouse;
  raised.order = change.order;
  raised.reason = change.kind;
  raised.quantity = change.quantity;
  add_event(raised, names.owner);
}

void Workbench::add_event(const core::Event& event, core::OwnerId owner) {
  core::SkuId sku_id = event.sku;
  if (sku_id == 0 && event.lot != 0 && state.lot(event.lot) != nullptr)
    sku_id = state.lot(event.lot)->sku;
  const core::Sku* sku = state.sku(sku_id);
  const core::Order* order = event.order == 0 ? nullptr : state.order(event.order);
  if (sku != nullptr) owner = sku->owner;
  if (sku == nullptr && order != nullptr) owner = order->owner;
  const core::Owner* named = state.owner(owner);
  JsonWriter json(256);
  json.open('{');
  member(json, "kind", event.kind);
  member(json, "at", now.text());
  if (named != nullptr) member(json, "owner", named->name);
  if (sku != nullptr) member(json, "sku", sku->item.sku);
  if (event.lot != 0) member(json, "lot", state.lot_code(event.lot));
  if (const core::Warehouse* place = state.warehouse(event.warehouse))
    member(json, "warehouse", place->name);
  if (order != nullptr) member(json, "order", order->known ? order->doc_id : order->reference);
  member(json, "channel", event.channel);
  member(json, "reason", event.reason);
  member(json, "value", event.value);
  // Nothing to sell any more is news too.
  if (!event.quantity.is_zero() || event.kind == "availability.changed") {
    json.key("quantity");
    json.millionths(event.quantity.micros);
  }
  json.close('}');
  if (store.run(Sql::insert_event, owner, event.kind, now.ms, json.take()))
    newest_event = store.last_row_id();
}

}  // namespace lotbridge::engine
