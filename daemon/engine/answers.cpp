#include "answers.hpp"

#include <algorithm>

#include <lotbridge/records.hpp>

#include "daemon/store/encoding.hpp"
#include "sdk/records/json_writer.hpp"

namespace lotbridge::engine {
namespace {

void text_or_null(JsonWriter& json, std::string_view key, std::string_view text) {
  json.key(key);
  if (text.empty()) {
    json.raw("null");
  } else {
    json.text(text);
  }
}

void date_or_null(JsonWriter& json, std::int32_t days) {
  json.key("expires_on");
  if (days == core::kNoDate) {
    json.raw("null");
  } else {
    json.text(Date{days}.text());
  }
}

void amount(JsonWriter& json, std::string_view key, Quantity quantity) {
  json.key(key);
  json.millionths(quantity.micros);
}

std::string_view sku_text(const core::State& state, core::SkuId id) {
  const core::Sku* sku = state.sku(id);
  return sku == nullptr ? std::string_view{} : std::string_view(sku->item.sku);
}

std::string_view warehouse_name(const core::State& state, core::WarehouseId id) {
  const core::Warehouse* place = state.warehouse(id);
  return place == nullptr ? std::string_view{} : std::string_view(place->name);
}

// Of a kit's components, how many whole kits these units make.
template <typename UnitsOf>
Quantity whole_kits(const core::State& state, core::OwnerId owner, const core::LineState& line,
                    const UnitsOf& units_of) {
  bool any = false;
  std::int64_t kits = 0;
  for (const Component& component : line.components) {
    if (!component.quantity.is_positive()) continue;
    const Quantity units = units_of(state.sku_id(owner, component.sku));
    const std::int64_t whole = units.micros / component.quantity.micros;
    kits = any ? std::min(kits, whole) : whole;
    any = true;
  }
  return Quantity::whole(kits);
}

void write_allocations(JsonWriter& json, const core::State& state, const core::Order& order,
                       const core::LineState& line) {
  json.key("allocations");
  json.open('[');
  for (const core::PickPlace& place : core::picking_order(state, order, line)) {
    const core::Lot* lot = state.lot(place.lot);
    const core::Location* location = place.location == 0 ? nullptr : state.location(place.location);
    json.open('{');
    json.key("sku");
    json.text(sku_text(state, place.sku));
    json.key("lot");
    json.text(state.lot_code(place.lot));
    amount(json, "quantity", place.quantity);
    date_or_null(json, lot == nullptr ? core::kNoDate : lot->expires_on);
    json.key("warehouse");
    json.text(warehouse_name(state, place.warehouse));
    text_or_null(json, "location", location == nullptr ? std::string_view{} : location->name);
    json.close('}');
  }
  json.close(']');
}

void write_excluded(JsonWriter& json, const core::State& state, const core::LineExplanation* why) {
  json.key("excluded");
  json.open('[');
  if (why != nullptr) {
    for (const core::Excluded& excluded : why->excluded) {
      json.open('{');
      text_or_null(json, "lot", state.lot_code(excluded.lot));
      text_or_null(json, "warehouse", warehouse_name(state, excluded.warehouse));
      json.key("reason");
      json.text(excluded.reason);
      amount(json, "quantity", excluded.quantity);
      json.close('}');
    }
  }
  json.close(']');
  json.key("excluded_more");
  json.integer(why == nullptr ? 0 : why->more);
}

void write_order_line(JsonWriter& json, const core::State& state, const core::Order& order,
                      const core::LineState& line, const core::LineExplanation* why) {
  const LineFigures figures = figures_of(state, order, line);
  json.open('{');
  json.key("line");
  json.text(line.sent.line);
  text_or_null(json, "sku", line.sku != 0 ? sku_text(state, line.sku) : line.sent.sku.value_or(""));
  json.key("quantity");
  if (line.problem == "invalid_quantity" && !line.sent.quantity_text.empty()) {
    json.raw(line.sent.quantity_text);
  } else if (!line.problem.empty() && line.sent.quantity) {
    json.millionths(line.sent.quantity->micros);
  } else {
    json.millionths(line.quantity.micros);
  }
  amount(json, "allocated", figures.allocated);
  amount(json, "picked", figures.picked);
  amount(json, "dispatched", figures.dispatched);
  amount(json, "shortage", figures.shortage);
  text_or_null(
      json, "shortage_reason",
      line.problem.empty() ? std::string(core::shortage_reason(state, order, line)) : line.problem);
  write_allocations(json, state, order, line);
  write_excluded(json, state, why);
  json.close('}');
}

void write_order(JsonWriter& json, Workbench& bench, const core::Order& order,
                 bool preview = false) {
  const core::Context context = bench.context(order.document);
  const auto why = core::explain(bench.state, order.id, context);
  json.open('{');
  const auto row = static_cast<std::int64_t>(order.id);
  text_or_null(json, "uid", preview ? std::string() : store::uid_text(DocumentType::order, row));
  json.key("id");
  json.text(order.known ? order.doc_id : order.reference);
  text_or_null(json, "number", order.header.number.value_or(""));
  json.key("version");
  if (order.header.version) {
    json.integer(*order.header.version);
  } else {
    json.raw("null");
  }
  json.key("status");
  json.text(core::order_status(bench.state, order, context));
  json.key("lines");
  json.open('[');
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    const core::LineState& line = order.lines[i];
    if (line.removed && net_stamps(line.stamps, 0).empty()) continue;
    write_order_line(json, bench.state, order, line, i < why.size() ? &why[i] : nullptr);
  }
  json.close(']');
  json.close('}');
}

void money(JsonWriter& json, std::string_view key, const Maybe<Money>& amount) {
  if (!amount) return;
  json.key(key);
  json.open('{');
  json.key("amount");
  json.text(amount->amount_text());
  json.key("currency");
  json.text(amount->currency);
  json.close('}');
}

void write_dispatch_line(JsonWriter& json, Workbench& bench, const core::LineState* line,
                         const std::vector<NetStamp>& stamps) {
  const core::State& state = bench.state;
  Quantity sum;
  for (const NetStamp& net : stamps) sum += net.quantity;
  json.open('{');
  text_or_null(json, "order_line", line == nullptr ? std::string_view{} : line->sent.line);
  const core::SkuId sku = line != nullptr && line->sku != 0 ? line->sku : stamps.front().stamp.sku;
  text_or_null(json, "sku", sku_text(state, sku));
  amount(json, "quantity", sum);
  json.key("lots");
  json.open('[');
  for (const NetStamp& net : stamps) {
    json.open('{');
    text_or_null(json, "sku", sku_text(state, net.stamp.sku));
    text_or_null(json, "lot", state.lot_code(net.stamp.lot));
    amount(json, "quantity", net.quantity);
    date_or_null(json, net.stamp.expires_on);
    json.key("evidence");
    json.text(store::evidence_name(net.stamp.evidence));
    json.key("candidates");
    json.open('[');
    for (const core::LotId lot : net.stamp.candidates) {
      json.open('{');
      json.key("lot");
      json.text(state.lot_code(lot));
      json.close('}');
    }
    json.close(']');
    if (net.stamp.lot != 0) {
      const core::LotCost cost = bench.cost_of(state.home_of(net.stamp.lot));
      money(json, "cost", core::value_of(cost, net.quantity));
    }
    json.close('}');
  }
  json.close(']');
  json.close('}');
}

// How a charge was shared out, and which part of each share is on units that are gone already.
void write_charge(JsonWriter& json, Workbench& bench, std::int64_t document) {
  json.key("charge");
  json.open('{');
  json.key("lots");
  json.open('[');
  for (const Workbench::ChargedLot& part : bench.charged_lots(document)) {
    json.open('{');
    json.key("sku");
    json.text(sku_text(bench.state, bench.state.lot(part.lot)->sku));
    json.key("lot");
    json.text(bench.state.lot_code(part.lot));
    money(json, "amount", part.amount);
    money(json, "sold", part.sold);
    money(json, "held", part.held);
    json.close('}');
  }
  json.close(']');
  json.close('}');
}

void write_dispatch(JsonWriter& json, Workbench& bench, const DocumentAnswer& answer,
                    const core::Order* order) {
  json.open('{');
  json.key("uid");
  json.text(store::uid_text(DocumentType::dispatch, answer.document_row));
  json.key("id");
  json.text(answer.id);
  text_or_null(json, "order",
               order == nullptr
                   ? std::string_view{}
                   : std::string_view(order->known ? order->doc_id : order->reference));
  json.key("lines");
  json.open('[');
  const auto document = static_cast<core::DocumentId>(answer.document_row);
  if (order != nullptr) {
    for (const core::LineState& line : order->lines) {
      const auto stamps = net_stamps(line.stamps, document);
      if (!stamps.empty()) write_dispatch_line(json, bench, &line, stamps);
    }
  } else if (answer.stamps != nullptr) {
    for (const NetStamp& net : net_stamps(*answer.stamps, document)) {
      write_dispatch_line(json, bench, nullptr, {net});
    }
  }
  json.close(']');
  json.close('}');
}

// Of a line that named no lot, the units of each that was chosen.
Quantity chosen_units(const core::Follows* follows, core::LotId lot) {
  Quantity sum;
  if (follows == nullptr) return sum;
  for (const core::ChosenLot& chosen : follows->chosen) {
    if (chosen.lot == lot) sum += chosen.quantity;
  }
  return sum;
}

void write_transfer(JsonWriter& json, const core::State& state,
                    const std::vector<core::TransferLot>& lots) {
  json.key("transfer");
  json.open('{');
  json.key("lots");
  json.open('[');
  for (const core::TransferLot& lot : lots) {
    json.open('{');
    json.key("sku");
    json.text(sku_text(state, lot.sku));
    json.key("lot");
    json.text(state.lot_code(lot.lot));
    json.key("warehouse");
    json.text(warehouse_name(state, lot.warehouse));
    amount(json, "sent", lot.sent);
    amount(json, "arrived", lot.arrived);
    amount(json, "lost", lot.lost);
    amount(json, "in_transit", lot.sent - lot.arrived - lot.lost);
    json.close('}');
  }
  json.close(']');
  json.close('}');
}

void write_lots(JsonWriter& json, const core::State& state, const std::vector<core::LotId>& lots,
                const core::Follows* follows) {
  json.key("lots");
  json.open('[');
  for (const core::LotId id : lots) {
    const core::Lot* lot = state.lot(id);
    if (lot == nullptr) continue;
    json.open('{');
    json.key("sku");
    json.text(sku_text(state, lot->sku));
    json.key("lot");
    json.text(state.lot_code(id));
    date_or_null(json, lot->expires_on);
    const Quantity chosen = chosen_units(follows, id);
    if (chosen.is_positive()) amount(json, "quantity", chosen);
    json.close('}');
  }
  json.close(']');
}

}  // namespace

LineFigures figures_of(const core::State& state, const core::Order& order,
                       const core::LineState& line) {
  LineFigures out;
  if (!line.problem.empty()) {
    if (line.sent.quantity && line.sent.quantity->is_positive()) out.shortage = *line.sent.quantity;
    return out;
  }
  const auto promised = [&](core::SkuId sku, bool picked_only) {
    Quantity sum;
    for (const core::Promise& promise : line.promises) {
      if (sku != 0 && promise.sku != sku) continue;
      sum += promise.picked;
      if (!picked_only) sum += promise.reserved;
    }
    return sum;
  };
  const auto stamped = [&](core::SkuId sku) {
    Quantity sum;
    for (const core::Stamp& stamp : line.stamps) {
      if (sku == 0 || stamp.sku == sku) sum += stamp.quantity;
    }
    return sum;
  };
  if (line.components.empty()) {
    out.allocated = promised(0, false);
    out.picked = promised(0, true);
    out.dispatched = stamped(0);
  } else {
    const auto kits = [&](auto&& units_of) {
      return whole_kits(state, order.owner, line, units_of);
    };
    out.allocated = kits([&](core::SkuId sku) { return promised(sku, false); });
    out.picked = kits([&](core::SkuId sku) { return promised(sku, true); });
    out.dispatched = kits(stamped);
  }
  if (order.cancelled || line.removed || !line.sent.requires_shipping) return out;
  const Quantity missing = line.quantity - line.cancelled - out.dispatched - out.allocated;
  if (missing.is_positive()) out.shortage = missing;
  return out;
}

std::vector<NetStamp> net_stamps(const std::vector<core::Stamp>& stamps,
                                 core::DocumentId dispatch) {
  std::vector<NetStamp> out;
  for (const core::Stamp& stamp : stamps) {
    if (dispatch != 0 && stamp.dispatch != dispatch) continue;
    const auto same = std::find_if(out.begin(), out.end(), [&](const NetStamp& net) {
      const core::Stamp& other = net.stamp;
      return other.dispatch == stamp.dispatch && other.sku == stamp.sku && other.lot == stamp.lot &&
             other.evidence == stamp.evidence && other.expires_on == stamp.expires_on;
    });
    if (same == out.end()) {
      out.push_back({stamp, stamp.quantity});
    } else {
      same->quantity += stamp.quantity;
    }
  }
  std::erase_if(out, [](const NetStamp& net) { return net.quantity.is_zero(); });
  return out;
}

std::string exceptions_json(const std::vector<core::Exception>& exceptions) {
  if (exceptions.empty()) return {};
  JsonWriter json(256);
  json.open('[');
  for (const core::Exception& exception : exceptions) {
    json.open('{');
    json.key("code");
    json.text(exception.code);
    json.key("detail");
    json.text(exception.detail);
    json.close('}');
  }
  json.close(']');
  return json.take();
}

std::string order_json(Workbench& bench, core::OrderId id, bool preview) {
  const core::Order* order = bench.state.order(id);
  if (order == nullptr) return "null";
  JsonWriter json(1024);
  write_order(json, bench, *order, preview);
  return json.take();
}

std::string document_answer(Workbench& bench, const DocumentAnswer& answer) {
  JsonWriter json(1024 + answer.document.size());
  json.open('{');
  json.key("outcome");
  json.text(answer.outcome);
  json.key("uid");
  json.text(store::uid_text(answer.type, answer.row));
  json.key("document");
  json.raw(answer.document);
  json.key("exceptions");
  json.raw(answer.exceptions.empty() ? std::string_view("[]") : answer.exceptions);
  const core::Order* order = answer.order == 0 ? nullptr : bench.state.order(answer.order);
  const bool with_order = answer.type == DocumentType::order || answer.type == DocumentType::pick ||
                          answer.type == DocumentType::cancellation;
  if (with_order && order != nullptr) {
    json.key("order");
    write_order(json, bench, *order);
  }
  if (answer.type == DocumentType::dispatch) {
    json.key("dispatch");
    write_dispatch(json, bench, answer, order);
  }
  if (answer.type == DocumentType::charge) write_charge(json, bench, answer.document_row);
  if (answer.lots != nullptr && !answer.lots->empty())
    write_lots(json, bench.state, *answer.lots, answer.follows);
  const bool sent =
      answer.type == DocumentType::transfer || answer.type == DocumentType::transfer_close;
  if (sent && answer.follows != nullptr && answer.follows->transfer_changed)
    write_transfer(json, bench.state, answer.follows->transfer);
  json.close('}');
  return json.take();
}

}  // namespace lotbridge::engine
