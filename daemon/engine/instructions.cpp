// The bodies of the instructions, built from an order as it stands.
#include <algorithm>

#include <simdjson.h>

#include "answers.hpp"
#include "daemon/store/encoding.hpp"
#include "identity.hpp"
#include "outbox.hpp"

namespace lotbridge::engine {
namespace {

Maybe<Date> date_of(std::int32_t days) {
  if (days == core::kNoDate) return std::nullopt;
  return Date{days};
}

Maybe<std::string> sku_of(const core::State& state, const core::LineState& line) {
  const core::Sku* sku = state.sku(line.sku);
  if (sku != nullptr) return sku->item.sku;
  return line.sent.sku;
}

Maybe<std::string> name_of(const core::Warehouse* warehouse) {
  if (warehouse == nullptr) return std::nullopt;
  return warehouse->name;
}

std::vector<PlannedLot> planned_lots(Workbench& bench, const core::Order& order,
                                     const core::LineState& line, core::WarehouseId only) {
  std::vector<PlannedLot> out;
  const core::State& state = bench.state;
  for (const core::PickPlace& place : core::picking_order(state, order, line)) {
    if (only != 0 && place.warehouse != only) continue;
    const core::Lot* lot = state.lot(place.lot);
    const core::Sku* sku = state.sku(place.sku);
    if (lot == nullptr || sku == nullptr) continue;
    PlannedLot planned;
    planned.sku = sku->item.sku;
    planned.lot = LotCode{std::string(state.lot_code(place.lot))};
    planned.quantity = place.quantity;
    planned.expires_on = date_of(lot->expires_on);
    planned.warehouse = name_of(state.warehouse(place.warehouse)).value_or("");
    if (const core::Location* at = place.location == 0 ? nullptr : state.location(place.location)) {
      planned.location = at->name;
    }
    out.push_back(std::move(planned));
  }
  return out;
}

Quantity still_to_send(const core::State& state, const core::Order& order,
                       const core::LineState& line) {
  const LineFigures figures = figures_of(state, order, line);
  const Quantity left = line.quantity - line.cancelled - figures.dispatched;
  return left.is_positive() ? left : Quantity{};
}

std::string fulfillment_in(std::string_view refs, const std::string& dispatch) {
  if (refs.empty()) return {};
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::object ids;
  if (parser.parse(refs.data(), refs.size(), true).get(root) != simdjson::SUCCESS) return {};
  if (root["fulfillments"].get(ids) != simdjson::SUCCESS) return {};
  std::string_view id;
  if (ids.at_key(dispatch).get(id) != simdjson::SUCCESS) return {};
  return std::string(id);
}

StampedLot stamped_lot(const core::State& state, const NetStamp& net) {
  StampedLot lot;
  if (const core::Sku* sku = state.sku(net.stamp.sku)) lot.sku = sku->item.sku;
  if (net.stamp.lot != 0) lot.lot = LotCode{std::string(state.lot_code(net.stamp.lot))};
  lot.quantity = net.quantity;
  lot.expires_on = date_of(net.stamp.expires_on);
  lot.evidence = static_cast<StampEvidence>(static_cast<int>(net.stamp.evidence) - 1);
  return lot;
}

// What left of a line with one dispatch, in the line's own measure (whole kits).
Quantity sent_with(const core::State& state, const core::Order& order, const core::LineState& line,
                   core::DocumentId dispatch) {
  core::LineState only = line;
  std::erase_if(only.stamps, [&](const core::Stamp& stamp) { return stamp.dispatch != dispatch; });
  return figures_of(state, order, only).dispatched;
}

}  // namespace

std::string order_subject(core::OrderId id) { return "order:" + std::to_string(id); }

lotbridge::Instruction instruction_head(const Workbench& bench, const core::Order& order,
                                        const ConnectorRoute& route) {
  lotbridge::Instruction out;
  out.connector = route.name;
  if (const core::Owner* owner = bench.state.owner(order.owner)) out.owner = owner->name;
  out.order.source = order.source;
  out.order.id = order.doc_id;
  out.order.number = order.header.number;
  return out;
}

LotsPlan lots_plan(Workbench& bench, const core::Order& order) {
  LotsPlan plan;
  plan.status = std::string(core::order_status(bench.state, order, bench.context()));
  for (const core::LineState& line : order.lines) {
    if (line.removed) continue;
    PlannedLine planned;
    planned.line = line.sent.line;
    planned.sku = sku_of(bench.state, line);
    planned.quantity = line.quantity;
    planned.lots = planned_lots(bench, order, line, 0);
    plan.lines.push_back(std::move(planned));
  }
  return plan;
}

PickSend pick_send(Workbench& bench, const core::Order& order, core::WarehouseId warehouse) {
  PickSend send;
  send.status = std::string(core::order_status(bench.state, order, bench.context()));
  send.warehouse = name_of(bench.state.warehouse(warehouse));
  send.ship_on = order.header.ship_on;
  send.ship_to = order.header.ship_to;
  send.customer = order.header.customer;
  for (const core::LineState& line : order.lines) {
    PlannedLine planned;
    planned.lots = planned_lots(bench, order, line, warehouse);
    if (planned.lots.empty()) continue;
    planned.line = line.sent.line;
    planned.sku = sku_of(bench.state, line);
    planned.quantity = still_to_send(bench.state, order, line);
    if (line.components.empty()) {
      planned.quantity = Quantity{};
      for (const PlannedLot& lot : planned.lots) planned.quantity += lot.quantity;
    }
    send.lines.push_back(std::move(planned));
  }
  return send;
}

std::vector<ShownDispatch> dispatches_of(Workbench& bench, const core::Order& order) {
  std::vector<std::int64_t> rows;
  for (const core::LineState& line : order.lines) {
    for (const NetStamp& net : net_stamps(line.stamps, 0)) {
      const auto row = static_cast<std::int64_t>(net.stamp.dispatch);
      if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
    }
  }
  std::sort(rows.begin(), rows.end());
  std::vector<ShownDispatch> out;
  for (const std::int64_t row : rows) {
    const auto stored = stored_document(bench, row);
    auto document =
        stored && stored->type == DocumentType::dispatch ? parse_stored(*stored) : std::nullopt;
    if (document) out.push_back({row, std::move(*document), stored->happened_at});
  }
  return out;
}

LotsWrite lots_write(Workbench& bench, const core::Order& order,
                     const std::vector<ShownDispatch>& dispatches, std::string_view connector,
                     std::string_view refs) {
  LotsWrite write;
  for (const core::LineState& line : order.lines) {
    StampedLine stamped;
    for (const ShownDispatch& shown : dispatches) {
      const auto row = static_cast<core::DocumentId>(shown.row);
      StampedDispatch dispatch;
      for (const NetStamp& net : net_stamps(line.stamps, row)) {
        dispatch.lots.push_back(stamped_lot(bench.state, net));
      }
      if (dispatch.lots.empty()) continue;
      const auto& body = std::get<Dispatch>(shown.document.body);
      dispatch.dispatch = shown.document.id;
      // A dispatch that the storefront told us of is its own fulfilment.
      std::string fulfillment = fulfillment_in(refs, shown.document.id);
      if (fulfillment.empty() && shown.document.source == connector)
        fulfillment = shown.document.id;
      if (!fulfillment.empty()) dispatch.fulfillment = std::move(fulfillment);
      dispatch.tracking_number = body.tracking_number;
      dispatch.at = shown.at;
      dispatch.quantity = sent_with(bench.state, order, line, row);
      stamped.dispatches.push_back(std::move(dispatch));
    }
    if (stamped.dispatches.empty() && line.stamps.empty()) continue;
    stamped.line = line.sent.line;
    stamped.sku = sku_of(bench.state, line);
    stamped.quantity = line.quantity;
    write.lines.push_back(std::move(stamped));
  }
  return write;
}

FulfillmentsCreate fulfillments_create(Workbench& bench, const core::Order& order,
                                       const ShownDispatch& shown) {
  FulfillmentsCreate create;
  const auto& body = std::get<Dispatch>(shown.document.body);
  create.dispatch.id = shown.document.id;
  create.dispatch.uid = store::uid_text(DocumentType::dispatch, shown.row);
  create.dispatch.warehouse = body.warehouse;
  create.dispatch.carrier = body.carrier;
  create.dispatch.tracking_number = body.tracking_number;
  create.dispatch.at = shown.at;
  for (const core::LineState& line : order.lines) {
    const Quantity sent =
        sent_with(bench.state, order, line, static_cast<core::DocumentId>(shown.row));
    if (!sent.is_positive()) continue;
    FulfilledLine fulfilled;
    fulfilled.line = line.sent.line;
    fulfilled.sku = sku_of(bench.state, line);
    fulfilled.quantity = sent;
    for (const NetStamp& net : net_stamps(line.stamps, static_cast<core::DocumentId>(shown.row))) {
      fulfilled.lots.push_back(stamped_lot(bench.state, net));
    }
    create.dispatch.lines.push_back(std::move(fulfilled));
  }
  return create;
}

}  // namespace lotbridge::engine
