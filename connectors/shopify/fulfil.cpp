#include "fulfil.hpp"

#include <algorithm>

#include <lotbridge/failure.hpp>

#include "reading.hpp"

namespace lotbridge::shopify {
namespace {

void add_rows(const Json& work, const Json& rows, std::vector<OpenUnits>& out) {
  const std::string status = work["status"].text();
  if (status == "CLOSED" || status == "CANCELLED" || status == "INCOMPLETE") return;
  for (const Json& row : rows["nodes"].items()) {
    OpenUnits units;
    units.fulfillment_order = work["id"].text();
    units.row = row["id"].text();
    units.line = legacy_id(row["lineItem"]["id"].text());
    units.location = work["assignedLocation"]["location"]["id"].text_or("");
    units.remaining = row["remainingQuantity"].integer();
    units.shippable = status == "OPEN" || status == "IN_PROGRESS";
    if (units.remaining > 0) out.push_back(std::move(units));
  }
}

std::vector<OpenUnits> read_open_work(Call& call, Graph& graph, const std::string& order_id) {
  std::vector<OpenUnits> out;
  std::string after;
  do {
    const JsonText from = after.empty() ? JsonText() : JsonText(after);
    const Json data =
        graph.run(call, kOpenWork, json_object({{"id", gid("Order", order_id)}, {"after", from}}));
    const Json works = order_in(data, order_id)["fulfillmentOrders"];
    for (const Json& work : works["nodes"].items()) {
      add_rows(work, work["lineItems"], out);
      std::string further = next_page(work["lineItems"]);
      while (!further.empty()) {
        const Json more = graph.run(call, kOpenWorkLines,
                                    json_object({{"id", work["id"].text()}, {"after", further}}));
        const Json rows = more["fulfillmentOrder"]["lineItems"];
        if (!rows) throw Failure(LB_CONFLICT, "a fulfillment order is gone while it was read");
        add_rows(work, rows, out);
        further = next_page(rows);
      }
    }
    after = next_page(works);
  } while (!after.empty());
  return out;
}

JsonText tracking_of(const FulfilledDispatch& dispatch) {
  if (!dispatch.carrier && !dispatch.tracking_number) return JsonText();
  std::vector<std::pair<std::string, JsonText>> members;
  if (dispatch.carrier) members.emplace_back("company", *dispatch.carrier);
  if (dispatch.tracking_number) members.emplace_back("number", *dispatch.tracking_number);
  return json_object(members);
}

// One mutation: rows of one location, grouped by their fulfillment order. Gives the new
// fulfillment's GID.
std::string create(Call& call, Graph& graph, const Settings& settings,
                   const FulfilledDispatch& dispatch,
                   const std::vector<std::pair<OpenUnits, std::int64_t>>& rows) {
  std::map<std::string, std::vector<JsonText>> groups;
  for (const auto& [row, quantity] : rows) {
    groups[row.fulfillment_order].push_back(json_object({{"id", row.row}, {"quantity", quantity}}));
  }
  std::vector<JsonText> by_order;
  for (const auto& [id, items] : groups) {
    by_order.push_back(json_object(
        {{"fulfillmentOrderId", id}, {"fulfillmentOrderLineItems", json_array(items)}}));
  }
  const JsonText fulfillment = json_object({{"lineItemsByFulfillmentOrder", json_array(by_order)},
                                            {"trackingInfo", tracking_of(dispatch)},
                                            {"notifyCustomer", settings.notify_customer()}});
  const Json data =
      graph.run(call, kFulfillmentCreate, json_object({{"fulfillment", fulfillment}}));
  const Json payload = data["fulfillmentCreate"];
  const auto errors = payload["userErrors"].items_or_none();
  if (!errors.empty()) {
    // What was open a moment ago no longer is: the next attempt reads anew.
    throw Failure(LB_CONFLICT,
                  "Shopify refused the fulfilment: " + errors.front()["message"].text_or(""));
  }
  if (!payload["fulfillment"])
    throw Failure(LB_RETRY, "Shopify did not say that it created the fulfilment");
  return payload["fulfillment"]["id"].text();
}

void answer(Call& call, const std::string& dispatch, const std::string& fulfillment) {
  const std::vector<std::pair<std::string, JsonText>> ids{{dispatch, JsonText(fulfillment)}};
  call.refs({{"fulfillments", json_object(ids)}});
}

// The shop ships from there by its own button, so there is nothing to tell it.
bool is_theirs(const Settings& settings, const std::vector<std::string>& locations) {
  if (locations.empty()) return settings.fulfilments_of("") == Fulfilments::theirs;
  return std::all_of(locations.begin(), locations.end(), [&](const std::string& location) {
    return settings.fulfilments_of(location) == Fulfilments::theirs;
  });
}

}  // namespace

void create_fulfillment(Call& call, Graph& graph, const Settings& settings,
                        const Instruction& instruction, const FulfillmentsCreate& wanted) {
  const FulfilledDispatch& dispatch = wanted.dispatch;
  const Json refs = Json::parse(instruction.refs.empty() ? "{}" : instruction.refs);
  const Json known = refs["fulfillments"];
  if (const auto done = known[dispatch.id].text_maybe()) return answer(call, dispatch.id, *done);
  const auto locations =
      dispatch.warehouse ? settings.locations_of(*dispatch.warehouse) : std::vector<std::string>();
  if (is_theirs(settings, locations)) return;

  const std::string& order_id = instruction.order.id;
  const auto existing = read_fulfillments(call, graph, order_id);
  for (const ShopFulfillment& fulfillment : existing) {
    if (fulfillment.id == dispatch.id)
      return answer(call, dispatch.id, gid("Fulfillment", fulfillment.id));
  }
  const auto open = read_open_work(call, graph, order_id);
  std::vector<std::string> taken;
  if (known) {
    for (const auto& [other, id] : known.members()) taken.push_back(id.text());
  }
  FulfilPlan plan = plan_fulfillment(dispatch, existing, open, taken, locations);
  if (plan.elsewhere) {
    call.log(Call::Level::warning,
             "order " + order_id + ": the shop wanted some of it from another location");
  }
  for (const auto& rows : plan.create) {
    const std::string created = create(call, graph, settings, dispatch, rows);
    if (plan.already.empty()) plan.already = created;
  }
  if (plan.waiting > 0) {
    throw Failure(LB_RETRY, "the shop holds " + std::to_string(plan.waiting) +
                                " units of this order back that have left: release its hold there");
  }
  if (plan.surplus > 0) {
    call.log(Call::Level::warning, "order " + order_id + ": " + std::to_string(plan.surplus) +
                                       " units left that the shop no longer wants to ship");
  }
  if (!plan.already.empty()) answer(call, dispatch.id, plan.already);
}

}  // namespace lotbridge::shopify
