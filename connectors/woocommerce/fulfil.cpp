// fulfillments.create: what has left, in the shop's words.
#include <map>

#include <lotbridge/failure.hpp>

#include "orders.hpp"
#include "writing.hpp"

namespace lotbridge::woocommerce {
namespace {

using Units = std::map<std::string, std::int64_t>;  // by line

constexpr const char* kDispatchKey = "_lotbridge_dispatch";

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
  for (const Json& item : meta_of(fulfillment, "_items").items_or_none()) {
    out[item["item_id"].id()] += item["qty"].quantity().micros / Quantity::kScale;
  }
  return out;
}

// Ours is the one that names our dispatch; somebody in the shop may have made the same by hand.
std::string known_fulfillment(const Json& fulfillments, const FulfilledDispatch& dispatch) {
  for (const Json& fulfillment : fulfillments.items()) {
    const Json of = meta_of(fulfillment, kDispatchKey);
    if (of.is_text() && of.text() == dispatch.id) return fulfillment["id"].id();
  }
  if (!dispatch.tracking_number) return "";
  for (const Json& fulfillment : fulfillments.items()) {
    const Json number = meta_of(fulfillment, "_tracking_number");
    if (meta_of(fulfillment, kDispatchKey) || !number.is_text()) continue;
    if (number.text() == *dispatch.tracking_number && units_of(fulfillment) == units_of(dispatch)) {
      return fulfillment["id"].id();
    }
  }
  return "";
}

JsonText entry(const char* key, const JsonText& value) {
  return json_object({{"key", key}, {"value", value}});
}

std::string make_fulfillment(Call& call, Api& api, const std::string& path,
                             const FulfilledDispatch& dispatch) {
  std::vector<JsonText> items;
  for (const auto& [line, units] : units_of(dispatch)) {
    items.push_back(json_object({{"item_id", JsonText::raw(line)}, {"qty", units}}));
  }
  std::vector<JsonText> metas = {entry("_items", json_array(items)),
                                 entry(kDispatchKey, dispatch.id)};
  if (dispatch.tracking_number)
    metas.push_back(entry("_tracking_number", *dispatch.tracking_number));
  if (dispatch.carrier) metas.push_back(entry("_shipment_provider", *dispatch.carrier));
  const JsonText body = json_object(
      {{"status", "fulfilled"}, {"is_fulfilled", true}, {"meta_data", json_array(metas)}});
  return api.write(call, "POST", path, body.str(), "creating the fulfillment")["id"].id();
}

std::string note_of(const FulfilledDispatch& dispatch) {
  std::string out = "Shipped " + dispatch.at.utc_date().text();
  if (dispatch.carrier) out += " with " + *dispatch.carrier;
  if (dispatch.tracking_number) out += ", tracking " + *dispatch.tracking_number;
  out += ":";
  for (const FulfilledLine& line : dispatch.lines) {
    out += " " + line.sku.value_or("line " + line.line) + " x" + line.quantity.text();
  }
  return out + " (" + dispatch.id + ")";
}

// Has all of the order left, with what earlier results remembered and with this dispatch?
bool all_left(const Json& order, const Json& remembered, const FulfilledDispatch& dispatch) {
  Units left = units_of(dispatch);
  if (remembered) {
    for (const auto& [id, lines] : remembered.members()) {
      if (id == dispatch.id) continue;
      for (const auto& [line, units] : lines.members()) left[std::string(line)] += units.integer();
    }
  }
  for (const Json& line : order["line_items"].items()) {
    if (left[line["id"].id()] < line["quantity"].quantity().micros / Quantity::kScale) return false;
  }
  return true;
}

void answer(Call& call, const FulfilledDispatch& dispatch, const std::string& id) {
  std::vector<std::pair<std::string, JsonText>> units;
  for (const auto& [line, count] : units_of(dispatch)) units.emplace_back(line, count);
  const std::vector<std::pair<std::string, JsonText>> fulfillments{{dispatch.id, JsonText(id)}};
  const std::vector<std::pair<std::string, JsonText>> left{{dispatch.id, json_object(units)}};
  call.refs({{"fulfillments", json_object(fulfillments)}, {"left", json_object(left)}});
}

}  // namespace

void create_fulfillment(Call& call, Api& api, const Settings& settings,
                        const Instruction& instruction, const FulfillmentsCreate& wanted) {
  if (settings.theirs) return;
  const FulfilledDispatch& dispatch = wanted.dispatch;
  const std::string path = "/orders/" + instruction.order.id;
  for (const FulfilledLine& line : dispatch.lines) {
    if (line.line.find_first_not_of("0123456789") != std::string::npos || line.line.empty()) {
      throw Failure(LB_BAD_RECORD, "line " + line.line + " is none of this shop's");
    }
  }
  const Json order = api.object(call, path, "reading order " + instruction.order.id);
  const Json there = api.list_if_there(call, path + "/fulfillments", "reading fulfillments");
  std::string id;
  if (there) {
    id = known_fulfillment(there, dispatch);
    if (id.empty()) id = make_fulfillment(call, api, path + "/fulfillments", dispatch);
  } else {
    id = "note:" + add_note(call, api, instruction.order.id, note_of(dispatch), false);
  }
  const Json refs = Json::parse(instruction.refs.empty() ? "{}" : instruction.refs);
  const std::string status = order["status"].text();
  if (settings.complete_orders && status == "processing" &&
      all_left(order, refs["left"], dispatch)) {
    api.write(call, "PUT", path, R"({"status":"completed"})", "completing the order", true);
  }
  answer(call, dispatch, id);
}

}  // namespace lotbridge::woocommerce
