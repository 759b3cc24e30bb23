// How a trace is written, and its route.
#include <simdjson.h>

#include <algorithm>
#include <limits>

#include "daemon/api/trace.hpp"
#include "daemon/store/encoding.hpp"

namespace lotbridge::api {
namespace {

using core::AccountKind;

// Members of a document's body that rows repeat.
struct BodyText {
  std::string supplier, purchase_order, received_on, carrier, tracking_number, reason, note;
};

BodyText body_text(const std::string& body) {
  BodyText out;
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (body.empty() || parser.parse(body).get(root) != simdjson::SUCCESS) return out;
  const auto text = [&](std::string_view key, std::string& to) {
    std::string_view value;
    if (root[key].get(value) == simdjson::SUCCESS) to = std::string(value);
  };
  text("supplier", out.supplier);
  text("purchase_order", out.purchase_order);
  text("received_on", out.received_on);
  text("carrier", out.carrier);
  text("tracking_number", out.tracking_number);
  text("reason", out.reason);
  text("note", out.note);
  return out;
}

// Sums by document and account, in the order in which they first came.
struct Moved {
  std::int64_t root = 0, at = 0;
  core::Account account;  // inside
  core::Account outside;
  Quantity quantity;
};

void add_moved(std::vector<Moved>& rows, const store::TraceEntry& entry,
               const core::Account& inside, const core::Account& outside, Quantity quantity) {
  for (Moved& row : rows) {
    if (row.root == entry.root && row.account == inside && row.outside == outside) {
      row.quantity += quantity;
      return;
    }
  }
  rows.push_back({entry.root, entry.happened_at, inside, outside, quantity});
}

bool is_inside(const core::Account& account) {
  return account.kind == AccountKind::stock || account.kind == AccountKind::in_transit;
}

// The entries that `wanted` says (of the outside account), each signed by what it adds inside.
template <typename Wanted>
std::vector<Moved> moved(const std::vector<store::TraceEntry>& entries, Wanted wanted) {
  std::vector<Moved> rows;
  for (const store::TraceEntry& entry : entries) {
    if (is_inside(entry.to) && !is_inside(entry.from)) {
      if (wanted(entry, entry.from.kind))
        add_moved(rows, entry, entry.to, entry.from, entry.quantity);
    } else if (is_inside(entry.from) && !is_inside(entry.to)) {
      if (wanted(entry, entry.to.kind))
        add_moved(rows, entry, entry.from, entry.to, -entry.quantity);
    }
  }
  std::erase_if(rows, [](const Moved& row) { return row.quantity.is_zero(); });
  return rows;
}

void put_place(JsonWriter& json, store::Reader& reader, const core::Account& account) {
  put_or_null(json, "warehouse", reader.warehouse(account.warehouse));
  put_or_null(json, "location", account.location == 0 ? "" : reader.location(account.location));
  put(json, "status",
      account.kind == AccountKind::in_transit ? "in_transit" : store::status_name(account.status));
}

void write_nothing(JsonWriter& json, std::string_view key) {
  json.key(key);
  json.open('[');
  json.close(']');
}

}  // namespace

void Trace::write_received(JsonWriter& json) {
  json.key("received");
  json.open('[');
  const auto rows = moved(entries_, [](const store::TraceEntry& entry, AccountKind kind) {
    return entry.type == DocumentType::receipt &&
           (kind == AccountKind::supplier || kind == AccountKind::opening);
  });
  for (const Moved& row : rows) {
    const auto& document = names_.document(row.root);
    const BodyText text = body_text(document.body);
    json.open('{');
    put(json, "receipt", document.id);
    put(json, "uid", document.uid);
    put(json, "source", document.source);
    put(json, "kind", row.outside.kind == AccountKind::opening ? "opening" : "purchase");
    put_or_null(json, "supplier", text.supplier);
    put_or_null(json, "purchase_order", text.purchase_order);
    put_place(json, reading_.reader, row.account);
    put_quantity(json, "quantity", row.quantity);
    put_date(json, "expires_on", lot_.expires_on);
    put_or_null(json, "received_on", text.received_on);
    put_moment(json, "at", row.at);
    json.close('}');
  }
  json.close(']');
}

void Trace::write_sent(JsonWriter& json, const Sent& sent, bool with_lot) {
  const core::Stamp& stamp = sent.stamp.stamp;
  const auto& order = names_.order(stamp.order);
  const auto& dispatch = names_.document(sent.stamp.root);
  const BodyText text = body_text(dispatch.body);
  const Contacts& people = contacts(stamp.order);
  json.open('{');
  put_or_null(json, "order", order.id);
  put_maybe(json, "number", order.number);
  put_or_null(json, "order_uid", order.uid);
  put_or_null(json, "order_line", stamp.order == 0 ? std::string() : order.line(stamp.line));
  put_or_null(json, "dispatch", dispatch.id);
  put_or_null(json, "dispatch_uid", dispatch.uid);
  put_maybe(json, "channel", order.channel);
  put_raw(json, "customer", people.customer, "null");
  put_raw(json, "ship_to", people.ship_to, "null");
  if (with_lot) {
    const auto& names = names_.lot(stamp.sku, stamp.lot);
    put(json, "sku", names.sku);
    put_or_null(json, "lot", names.lot);
  }
  put_or_null(json, "warehouse", reading_.reader.warehouse(stamp.warehouse));
  put_quantity(json, "quantity", sent.quantity);
  put(json, "evidence", store::evidence_name(stamp.evidence));
  put_or_null(json, "carrier", text.carrier);
  put_or_null(json, "tracking_number", text.tracking_number);
  put_moment(json, "at", stamp.at.ms);
  json.close('}');
}

void Trace::write_all_sent(JsonWriter& json, std::string_view key, const std::vector<Sent>& all,
                           bool with_lot) {
  json.key(key);
  json.open('[');
  for (const Sent& sent : all) write_sent(json, sent, with_lot);
  json.close(']');
}

void Trace::write_on_hand(JsonWriter& json) {
  json.key("on_hand");
  json.open('[');
  for (const auto& [place, quantity] : places_) {
    if (quantity.is_zero()) continue;
    const auto& [warehouse, location, status] = place;
    json.open('{');
    put_or_null(json, "warehouse", reading_.reader.warehouse(warehouse));
    put_or_null(json, "location", location == 0 ? "" : reading_.reader.location(location));
    put(json, "status", store::status_name(status));
    put_quantity(json, "quantity", quantity);
    json.close('}');
  }
  json.close(']');
}

void Trace::write_in_transit(JsonWriter& json) {
  json.key("in_transit");
  json.open('[');
  for (const auto& [warehouse, quantity] : travelling_) {
    if (quantity.is_zero()) continue;
    json.open('{');
    put_or_null(json, "warehouse", reading_.reader.warehouse(warehouse));
    put_quantity(json, "quantity", quantity);
    json.close('}');
  }
  json.close(']');
}

void Trace::write_returned(JsonWriter& json) {
  json.key("returned");
  json.open('[');
  std::vector<Moved> rows;
  for (const store::TraceEntry& entry : entries_) {
    if (entry.type != DocumentType::return_) continue;
    // Into stock or straight to scrap; out of it where the return was taken back.
    const bool back = entry.to.kind == AccountKind::dispatched || is_inside(entry.from);
    if (is_inside(entry.from) && entry.to.kind == AccountKind::scrapped) continue;
    add_moved(rows, entry, back ? entry.from : entry.to, back ? entry.to : entry.from,
              back ? -entry.quantity : entry.quantity);
  }
  std::erase_if(rows, [](const Moved& row) { return row.quantity.is_zero(); });
  for (const Moved& row : rows) {
    const auto& document = names_.document(row.root);
    const auto& order = names_.order(row.outside.order);
    const bool scrapped = row.account.kind == AccountKind::scrapped;
    json.open('{');
    put(json, "return", document.id);
    put(json, "uid", document.uid);
    put_or_null(json, "order", order.id);
    put_maybe(json, "number", order.number);
    put_or_null(json, "order_line",
                row.outside.order == 0 ? std::string() : order.line(row.outside.line));
    put_or_null(json, "warehouse", reading_.reader.warehouse(row.account.warehouse));
    put_or_null(json, "location",
                row.account.location == 0 ? "" : reading_.reader.location(row.account.location));
    put(json, "status", scrapped ? "scrapped" : store::status_name(row.account.status));
    put_quantity(json, "quantity", row.quantity);
    put_moment(json, "at", row.at);
    json.close('}');
  }
  json.close(']');
}

void Trace::write_adjusted(JsonWriter& json) {
  json.key("adjusted");
  json.open('[');
  const auto rows = moved(entries_, [](const store::TraceEntry& entry, AccountKind kind) {
    return entry.type != DocumentType::receipt && entry.type != DocumentType::return_ &&
           kind != AccountKind::dispatched && kind != AccountKind::consumed &&
           kind != AccountKind::produced;
  });
  for (const Moved& row : rows) {
    const auto& document = names_.document(row.root);
    const BodyText text = body_text(document.body);
    json.open('{');
    put_or_null(json, "type", document.type);
    put_or_null(json, "document", document.id);
    put_or_null(json, "uid", document.uid);
    put(json, "account", store::account_name(row.outside.kind));
    put_or_null(json, "reason", text.reason.empty() ? document.type : text.reason);
    put_or_null(json, "note", text.note);
    put_place(json, reading_.reader, row.account);
    put_quantity(json, "quantity", row.quantity);
    put_moment(json, "at", row.at);
    json.close('}');
  }
  json.close(']');
}

void Trace::write_possible(JsonWriter& json) {
  json.key("possible");
  json.open('[');
  for (const Sent& sent : possible_) write_sent(json, sent, true);
  // A return of unknown lot may be of this one where its order got this one.
  std::vector<store::UnresolvedReturn> returns;
  for (const auto& row : store::unresolved_returns(reading_.reader, lot_.owner, lot_.sku, until_)) {
    const auto same = std::find_if(returns.begin(), returns.end(), [&](const auto& known) {
      return known.root == row.root && known.order == row.order && known.line == row.line;
    });
    if (same == returns.end()) {
      returns.push_back(row);
    } else {
      same->quantity += row.quantity;
    }
  }
  for (const auto& row : returns) {
    const bool got_it = std::any_of(sent_.begin(), sent_.end(), [&](const Sent& sent) {
      return row.order != 0 && sent.stamp.stamp.order == row.order;
    });
    if (!row.quantity.is_positive() || !got_it || !reading_.sight.warehouse(row.warehouse))
      continue;
    const auto& order = names_.order(row.order);
    json.open('{');
    put(json, "return", names_.document(row.root).id);
    put_or_null(json, "order", order.id);
    put_maybe(json, "number", order.number);
    put_or_null(json, "order_line", order.line(row.line));
    put_maybe(json, "channel", order.channel);
    put(json, "sku", lot_.sku_code);
    put_or_null(json, "lot", "");
    put_or_null(json, "warehouse", reading_.reader.warehouse(row.warehouse));
    put_quantity(json, "quantity", row.quantity);
    put(json, "evidence", "unresolved");
    put_moment(json, "at", row.happened_at);
    json.close('}');
  }
  json.close(']');
}

void Trace::write_kin(JsonWriter& json, std::string_view key, const std::vector<Kin>& all) {
  json.key(key);
  json.open('[');
  for (const Kin& kin : all) {
    const auto& names = names_.lot(kin.row.sku, kin.row.lot);
    const auto& document = names_.document(kin.row.transformation);
    json.open('{');
    put(json, "sku", names.sku);
    put_or_null(json, "lot", names.lot);
    put_quantity(json, "quantity", kin.row.quantity);
    put(json, "transformation", document.id);
    put(json, "uid", document.uid);
    json.key("loop");
    json.raw(kin.loop ? "true" : "false");
    json.close('}');
  }
  json.close(']');
}

void write_balance(JsonWriter& json, const Balance& balance) {
  json.key("balance");
  json.open('{');
  put_quantity(json, "received", balance.received);
  put_quantity(json, "produced", balance.produced);
  put_quantity(json, "found", balance.found);
  put_quantity(json, "returned", balance.returned);
  put_quantity(json, "on_hand", balance.on_hand);
  put_quantity(json, "in_transit", balance.in_transit);
  put_quantity(json, "dispatched", balance.dispatched);
  put_quantity(json, "consumed", balance.consumed);
  put_quantity(json, "scrapped", balance.scrapped);
  put_quantity(json, "lost", balance.lost);
  put_quantity(json, "moved_to_owner", balance.moved_to_owner);
  put_quantity(json, "unresolved", balance.unresolved);
  json.close('}');
}

std::string Trace::json(Direction direction) {
  const bool forward = direction != Direction::backward;
  const bool backward = direction != Direction::forward;
  JsonWriter json(8192);
  json.open('{');
  put(json, "owner", reading_.reader.owner(lot_.owner));
  put(json, "sku", lot_.sku_code);
  put(json, "lot", lot_.code);
  put_date(json, "expires_on", lot_.expires_on);
  if (backward) {
    write_received(json);
  } else {
    write_nothing(json, "received");
  }
  write_kin(json, "produced_from", backward ? ancestors_ : std::vector<Kin>());
  std::vector<Sent> dispatched;
  if (forward) {
    dispatched = sent_;
    dispatched.insert(dispatched.end(), sent_on_.begin(), sent_on_.end());
  }
  write_all_sent(json, "dispatched", dispatched, true);
  write_on_hand(json);
  write_in_transit(json);
  if (forward) {
    write_returned(json);
  } else {
    write_nothing(json, "returned");
  }
  write_adjusted(json);
  write_kin(json, "produced_into", forward ? descendants_ : std::vector<Kin>());
  write_all_sent(json, "unreconciled", forward ? unreconciled_dispatches() : std::vector<Sent>(),
                 false);
  if (forward) {
    write_possible(json);
  } else {
    write_nothing(json, "possible");
  }
  write_balance(json, balance_);
  json.close('}');
  return json.take();
}

namespace {

Response read_trace(Reading& reading) {
  const auto sku = reading.parameter("sku");
  const auto code = reading.parameter("lot");
  if (!sku || sku->empty()) return problem_response(bad_parameter("sku", "is missing."));
  if (!code || code->empty()) return problem_response(bad_parameter("lot", "is missing."));
  Direction direction = Direction::both;
  const std::string named = reading.parameter("direction").value_or("both");
  if (named == "forward") {
    direction = Direction::forward;
  } else if (named == "backward") {
    direction = Direction::backward;
  } else if (named != "both") {
    return problem_response(bad_parameter("direction", "must be forward, backward or both."));
  }
  const auto as_of = moment_parameter(reading.request, "as_of");
  if (!as_of) return problem_response(as_of.problem());
  std::vector<store::LotRow> lots;
  for (const core::OwnerId owner : reading.sight.owners) {
    const core::SkuId id = reading.reader.sku_id(owner, *sku);
    auto lot = id == 0 ? std::nullopt : store::find_lot(reading.reader, owner, id, *code);
    if (lot) lots.push_back(std::move(*lot));
  }
  if (lots.empty()) return not_found("lot");
  if (lots.size() > 1) {
    std::vector<std::string> owners;
    for (const auto& lot : lots) owners.push_back(reading.reader.owner(lot.owner));
    return several(*code, owners);
  }
  Trace trace(reading, std::move(lots.front()),
              as_of->value_or(std::numeric_limits<std::int64_t>::max()));
  return json_response(trace.json(direction));
}

}  // namespace

std::vector<ReadRoute> trace_reads() {
  return {{"/v1/trace", read_trace, {"sku", "lot", "direction", "as_of"}}};
}

}  // namespace lotbridge::api
