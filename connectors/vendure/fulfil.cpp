// fulfillments.create: what has left, told once.
#include <algorithm>

#include <lotbridge/failure.hpp>
#include <lotbridge/stamps.hpp>

#include "orders.hpp"
#include "writing.hpp"

namespace lotbridge::vendure {
namespace {

using Units = std::map<std::string, std::int64_t>;

// The shop counts whole units; a part of one still is one that left.
Units units_of(const FulfilledDispatch& dispatch) {
  Units out;
  for (const FulfilledLine& line : dispatch.lines) {
    out[line.line] += (line.quantity.micros + Quantity::kScale - 1) / Quantity::kScale;
  }
  return out;
}

Units units_of(const Json& fulfillment) {
  Units out;
  for (const Json& line : fulfillment["lines"].items()) {
    out[line["orderLineId"].id()] += line["quantity"].integer();
  }
  return out;
}

// What the shop's handler may keep: the dispatch and its lots.
std::string lots_text(const FulfilledDispatch& dispatch) {
  std::vector<JsonText> lines;
  for (const FulfilledLine& line : dispatch.lines) {
    std::vector<JsonText> lots;
    for (const StampedLot& lot : one_per_lot(line.lots)) lots.push_back(lot_json(lot, line.sku));
    lines.push_back(json_object({{"line", line.line},
                                 {"sku", line.sku},
                                 {"quantity", line.quantity},
                                 {"lots", json_array(lots)}}));
  }
  return json_object({{"v", 1}, {"dispatch", dispatch.id}, {"lines", json_array(lines)}}).str();
}

// The dispatch that a fulfillment was made for, as its own field says; "": it does not say.
std::string dispatch_in(const Json& fulfillment, const Settings& settings) {
  if (!settings.fields.fulfillment) return "";
  const Json kept = fulfillment["customFields"][*settings.fields.fulfillment];
  if (!kept.is_text()) return "";
  try {
    const Json read = Json::parse(kept.text());
    return read.is_object() && read["dispatch"].is_text() ? read["dispatch"].text() : "";
  } catch (const Failure&) {
    return "";
  }
}

// The fulfillment that this dispatch has already, or that the shop's own button made of the same
// units; one that belongs to another dispatch is none.
Json known(const Json& order, const FulfilledDispatch& dispatch, const Settings& settings,
           const std::vector<std::string>& taken) {
  Json same_units;
  for (const Json& fulfillment : order["fulfillments"].items_or_none()) {
    if (fulfillment["state"].text() == "Cancelled") continue;
    const std::string of = dispatch_in(fulfillment, settings);
    if (of == dispatch.id) return fulfillment;
    const bool free =
        of.empty() && std::find(taken.begin(), taken.end(), fulfillment["id"].id()) == taken.end();
    if (!free || units_of(fulfillment) != units_of(dispatch)) continue;
    if (fulfillment["trackingCode"].text_maybe() == dispatch.tracking_number) return fulfillment;
    if (!same_units) same_units = fulfillment;
  }
  return same_units;
}

// Of what the order still has to ship, what this dispatch holds. What is more has left all the
// same, but the shop has no line for it.
std::vector<JsonText> open_lines(Call& call, const Json& order, const FulfilledDispatch& dispatch) {
  Units done = fulfilled_units(order);
  Units needs = units_of(dispatch);
  std::vector<JsonText> out;
  for (const Json& line : order["lines"].items()) {
    const std::string id = line["id"].id();
    const std::int64_t open = std::max<std::int64_t>(0, line["quantity"].integer() - done[id]);
    const std::int64_t units = std::min(open, needs[id]);
    needs[id] -= units;
    if (units > 0) out.push_back(json_object({{"orderLineId", id}, {"quantity", units}}));
  }
  for (const auto& [line, units] : needs) {
    if (units > 0) {
      call.log(Call::Level::warning, "order " + order["id"].id() + ": " + std::to_string(units) +
                                         " units of line " + line +
                                         " left that the shop no longer wants to ship");
    }
  }
  return out;
}

std::string create(Call& call, Admin& admin, const Settings& settings,
                   const FulfilledDispatch& dispatch, const std::vector<JsonText>& lines) {
  std::vector<JsonText> arguments;
  const auto argument = [&](const Maybe<std::string>& name, const std::string& value) {
    if (name) arguments.push_back(json_object({{"name", *name}, {"value", value}}));
  };
  argument(settings.handler.method, dispatch.carrier.value_or("carrier not known"));
  argument(settings.handler.tracking_code, dispatch.tracking_number.value_or(""));
  argument(settings.handler.lots, lots_text(dispatch));
  const JsonText handler =
      json_object({{"code", settings.handler.code}, {"arguments", json_array(arguments)}});
  const Json data = admin.mutate(
      call, "LotbridgeFulfil",
      "LotbridgeFulfil($input: FulfillOrderInput!) { addFulfillmentToOrder(input: $input) {"
      " __typename ... on Fulfillment { id state } ... on ErrorResult { errorCode message } ... on"
      " CreateFulfillmentError { fulfillmentHandlerError } } }",
      json_object({{"input", json_object({{"lines", json_array(lines)}, {"handler", handler}})}}));
  const Json made = data["addFulfillmentToOrder"];
  is_refusal(made, "the fulfillment of " + dispatch.id);
  return made["id"].id();
}

void ship(Call& call, Admin& admin, const std::string& id) {
  const Json data = admin.mutate(
      call, "LotbridgeShip",
      "LotbridgeShip($id: ID!) { transitionFulfillmentToState(id: $id, state: \"Shipped\") {"
      " __typename ... on Fulfillment { id state } ... on ErrorResult { errorCode message } ... on"
      " FulfillmentStateTransitionError { transitionError } } }",
      json_object({{"id", id}}));
  is_refusal(data["transitionFulfillmentToState"], "shipping fulfillment " + id);
}

void answer(Call& call, const std::string& dispatch, const std::string& fulfillment) {
  const std::vector<std::pair<std::string, JsonText>> ids{{dispatch, JsonText(fulfillment)}};
  call.refs({{"fulfillments", json_object(ids)}});
}

}  // namespace

void create_fulfillment(Call& call, Admin& admin, const Settings& settings,
                        const Instruction& instruction, const FulfillmentsCreate& wanted) {
  if (settings.theirs) return;
  const FulfilledDispatch& dispatch = wanted.dispatch;
  const Json refs = Json::parse(instruction.refs.empty() ? "{}" : instruction.refs);
  std::vector<std::string> taken;
  if (const Json ids = refs["fulfillments"]) {
    for (const auto& [other, id] : ids.members()) {
      if (other == dispatch.id) return answer(call, dispatch.id, id.text());
      taken.push_back(id.text());
    }
  }
  const Json order = read_order(call, admin, settings, instruction.order.id);
  const Json there = known(order, dispatch, settings, taken);
  if (there) {
    if (there["state"].text() == "Pending") ship(call, admin, there["id"].id());
    return answer(call, dispatch.id, there["id"].id());
  }
  if (order["state"].text() == "Modifying") {
    throw Failure(LB_RETRY, "order " + instruction.order.id + " is being modified in the shop");
  }
  const auto lines = open_lines(call, order, dispatch);
  if (lines.empty()) return;
  const std::string id = create(call, admin, settings, dispatch, lines);
  ship(call, admin, id);
  answer(call, dispatch.id, id);
}

}  // namespace lotbridge::vendure
