#include "test_shop.hpp"

#include <boost/json.hpp>
#include <map>
#include <set>

namespace lotbridge::vendure {
namespace {

namespace json = boost::json;

json::object refusal(const std::string& code) {
  return {{"__typename", code}, {"errorCode", code}, {"message", "the shop says " + code}};
}

HttpReply error(const std::string& code) {
  return HttpReply(
      200, {},
      json::serialize(json::object{
          {"errors", {{{"message", "no"}, {"extensions", {{"code", code}}}}}}, {"data", nullptr}}));
}

std::string id_of(const json::value& id) {
  return id.is_string() ? std::string(id.as_string()) : std::to_string(id.to_number<int>());
}

void lay(json::object& target, const json::value& keys) {
  for (const auto& [key, value] : keys.as_object()) target[key] = value;
}

}  // namespace

struct Shop::Store {
  std::map<std::string, json::object> orders;
  std::map<std::string, std::vector<std::string>> notes;
  std::map<std::string, json::array> transitions;
  std::map<std::string, json::object> variants;
  std::vector<std::string> asked;
  std::set<std::string> sessions;
  int ids = 1, clock = 0;

  std::string now() { return Timestamp{1'778'900'000'000 + 1000 * (clock += 60)}.text(); }

  void move(json::object& order, const std::string& state, const std::string& by) {
    const std::string id = id_of(order.at("id"));
    transitions[id].insert(transitions[id].begin(),
                           json::object{{"data", {{"from", order.at("state")}, {"to", state}}},
                                        {"administrator", {{"user", {{"identifier", by}}}}}});
    order["state"] = state;
    order["updatedAt"] = now();
  }

  // As the shop does: from what its fulfillments hold.
  void settle(json::object& order) {
    int wanted = 0, left = 0;
    for (const json::value& line : order.at("lines").as_array()) {
      wanted += line.at("quantity").to_number<int>();
    }
    for (const json::value& one : order.at("fulfillments").as_array()) {
      if (one.at("state") != "Shipped") continue;
      for (const json::value& line : one.at("lines").as_array()) {
        left += line.at("quantity").to_number<int>();
      }
    }
    move(order, left >= wanted ? "Shipped" : "PartiallyShipped", "system");
  }

  json::value fulfil(const json::value& input) {
    for (auto& [id, order] : orders) {
      std::map<std::string, int> open;
      for (const json::value& line : order.at("lines").as_array()) {
        open[id_of(line.at("id"))] += line.at("quantity").to_number<int>();
      }
      for (const json::value& one : order.at("fulfillments").as_array()) {
        for (const json::value& line : one.at("lines").as_array()) {
          open[id_of(line.at("orderLineId"))] -= line.at("quantity").to_number<int>();
        }
      }
      const json::array& lines = input.at("lines").as_array();
      if (!open.contains(id_of(lines.front().at("orderLineId")))) continue;
      for (const json::value& line : lines) {
        if (open[id_of(line.at("orderLineId"))] < line.at("quantity").to_number<int>()) {
          return refusal("ITEMS_ALREADY_FULFILLED_ERROR");
        }
      }
      json::object made{{"id", std::to_string(ids++)},
                        {"state", "Pending"},
                        {"lines", lines},
                        {"method", nullptr},
                        {"trackingCode", nullptr},
                        {"createdAt", now()},
                        {"customFields", {{"lots", nullptr}}}};
      for (const json::value& argument : input.at("handler").at("arguments").as_array()) {
        if (argument.at("name") == "lots") {
          made["customFields"].as_object()["lots"] = argument.at("value");
        } else {
          made[argument.at("name").as_string()] = argument.at("value");
        }
      }
      order.at("fulfillments").as_array().push_back(made);
      return made;
    }
    return refusal("EMPTY_ORDER_LINE_SELECTION_ERROR");
  }

  json::value ship(const std::string& id) {
    for (auto& [key, order] : orders) {
      for (json::value& one : order.at("fulfillments").as_array()) {
        if (id_of(one.at("id")) != id) continue;
        if (one.at("state") != "Pending") return refusal("FULFILLMENT_STATE_TRANSITION_ERROR");
        one.as_object()["state"] = "Shipped";
        settle(order);
        return one;
      }
    }
    return refusal("FULFILLMENT_STATE_TRANSITION_ERROR");
  }

  json::value modify(const json::value& input) {
    json::object& order = orders.at(id_of(input.at("orderId")));
    if (order.at("state") != "Modifying") return refusal("ORDER_MODIFICATION_STATE_ERROR");
    for (const json::value& change : input.at("adjustOrderLines").as_array()) {
      for (json::value& line : order.at("lines").as_array()) {
        if (id_of(line.at("id")) != id_of(change.at("orderLineId"))) continue;
        lay(line.as_object()["customFields"].as_object(), change.at("customFields"));
      }
    }
    return order;
  }

  // The `data` of an operation.
  json::object run(const std::string& name, const json::value& of) {
    const auto order = [&](const json::value& id) -> json::object& { return orders.at(id_of(id)); };
    if (name == "LotbridgeAccount") {
      return {{"activeChannel", {{"code", "__default_channel__"}}},
              {"orders", {{"items", json::array{}}}}};
    }
    if (name == "LotbridgeOrder") {
      const auto found = orders.find(id_of(of.at("id")));
      return {{"order", found == orders.end() ? json::value() : json::value(found->second)}};
    }
    if (name == "LotbridgeSetFields") {
      json::object& target = order(of.at("input").at("id"));
      lay(target["customFields"].as_object(), of.at("input").at("customFields"));
      target["updatedAt"] = now();
      return {{"setOrderCustomFields", {{"id", target.at("id")}}}};
    }
    if (name == "LotbridgeMoveOrder") {
      move(order(of.at("id")), std::string(of.at("state").as_string()), "lotbridge");
      return {{"transitionOrderToState", order(of.at("id"))}};
    }
    if (name == "LotbridgeStates") {
      return {{"order", {{"history", {{"items", transitions[id_of(of.at("id"))]}}}}},
              {"me", {{"identifier", "lotbridge"}}}};
    }
    if (name == "LotbridgeModify") return {{"modifyOrder", modify(of.at("input"))}};
    if (name == "LotbridgeNotes") {
      json::array items;
      for (const std::string& note : notes[id_of(of.at("id"))])
        items.push_back(json::object{{"data", {{"note", note}}}});
      return {{"order", {{"history", {{"items", items}}}}}};
    }
    if (name == "LotbridgeNote") {
      notes[id_of(of.at("input").at("id"))].emplace_back(of.at("input").at("note").as_string());
      return {{"addNoteToOrder", {{"id", of.at("input").at("id")}}}};
    }
    if (name == "LotbridgeFulfil") return {{"addFulfillmentToOrder", fulfil(of.at("input"))}};
    if (name == "LotbridgeShip") {
      return {{"transitionFulfillmentToState", ship(id_of(of.at("id")))}};
    }
    if (name == "LotbridgeStock") {
      json::array items;
      const auto found =
          variants.find(std::string(of.at("options").at("filter").at("sku").at("eq").as_string()));
      if (found != variants.end()) items.push_back(found->second);
      return {{"productVariants", {{"items", items}}}};
    }
    for (auto& [sku, variant] : variants) {  // LotbridgeSetStock
      const json::value& input = of.at("input").as_array().front();
      if (variant.at("id") != input.at("id")) continue;
      for (json::value& level : variant.at("stockLevels").as_array()) {
        for (const json::value& change : input.at("stockLevels").as_array()) {
          if (level.at("stockLocationId") == change.at("stockLocationId"))
            lay(level.as_object(), change);
        }
      }
    }
    return {{"updateProductVariants", json::array{}}};
  }
};

Shop::Shop() : store_(std::make_unique<Store>()) {
  for (const char* sku : {"GYP-500", "GYP-750"}) {
    const json::object level{{"stockLocationId", "1"}, {"stockOnHand", 10}, {"stockAllocated", 3}};
    store_->variants[sku] = {
        {"id", std::to_string(store_->ids++)}, {"sku", sku}, {"stockLevels", json::array{level}}};
  }
}
Shop::~Shop() = default;

std::string Shop::order(const std::vector<std::pair<std::string, int>>& lines,
                        const std::string& state) {
  const std::string id = std::to_string(store_->ids++);
  json::array rows;
  for (const auto& [sku, quantity] : lines) {
    rows.push_back({{"id", std::to_string(store_->ids++)},
                    {"quantity", quantity},
                    {"orderPlacedQuantity", quantity},
                    {"productVariant", {{"id", store_->variants[sku]["id"]}, {"sku", sku}}},
                    {"customFields", {{"lots", nullptr}, {"lotSummary", nullptr}}}});
  }
  store_->orders[id] = {{"id", id},
                        {"code", "CODE" + id},
                        {"state", state},
                        {"updatedAt", store_->now()},
                        {"orderPlacedAt", "2026-05-16T09:00:00Z"},
                        {"active", false},
                        {"customer",
                         {{"id", "7"},
                          {"firstName", "Ana"},
                          {"lastName", "Diaz"},
                          {"emailAddress", "ana@example.com"},
                          {"phoneNumber", nullptr}}},
                        {"shippingAddress",
                         {{"fullName", "Ana Diaz"},
                          {"streetLine1", "Calle 1"},
                          {"city", "Madrid"},
                          {"postalCode", "28001"},
                          {"countryCode", "ES"}}},
                        {"lines", rows},
                        {"fulfillments", json::array{}},
                        {"customFields", {{"lots", nullptr}, {"lotSummary", nullptr}}}};
  return id;
}

void Shop::set(const std::string& order, const std::string& key, const std::string& text) {
  store_->orders.at(order)[key] = json::parse(text);
}
void Shop::move(const std::string& order, const std::string& state, const std::string& by) {
  store_->move(store_->orders.at(order), state, by);
}
Json Shop::json(const std::string& order) const {
  return Json::parse(json::serialize(store_->orders.at(order)));
}
std::vector<std::string> Shop::notes(const std::string& order) const {
  return store_->notes[order];
}
Json Shop::variant(const std::string& sku) const {
  return Json::parse(json::serialize(store_->variants.at(sku)));
}
std::size_t Shop::count(const std::string& operation) const {
  return static_cast<std::size_t>(
      std::count(store_->asked.begin(), store_->asked.end(), operation));
}
void Shop::forget_sessions() { store_->sessions.clear(); }

std::unique_ptr<testing::Replay> Shop::connector(const std::string& more_settings) {
  auto out = std::make_unique<testing::Replay>(
      VENDURE_FILE, R"({"server": "shop.example.com", "username": "lotbridge")" +
                        std::string(more_settings.empty() ? "" : ", ") + more_settings + "}");
  out->on_http = [this](const HttpRequest& request) { return answer(request); };
  return out;
}

testing::Answered Shop::answer(const HttpRequest& request) {
  const json::value body = json::parse(request.body);
  const std::string name(body.at("operationName").as_string());
  store_->asked.push_back(name);
  if (name == "LotbridgeLogin") {
    const std::string token = "session-" + std::to_string(store_->asked.size());
    store_->sessions.insert(token);
    return HttpReply(200, {{"vendure-auth-token", token}},
                     R"({"data":{"login":{"__typename":"CurrentUser"}}})");
  }
  bool known = false;
  for (const HttpHeader& header : request.headers) {
    known |= header.name == "Authorization" && store_->sessions.contains(header.value.substr(7));
    known |= header.name == "vendure-api-key" && header.value == "{{secret:api_key}}";
  }
  if (!known) return error("FORBIDDEN");
  const json::object data = store_->run(name, body.at("variables"));
  const bool change = body.at("query").as_string().starts_with("mutation");
  if (change && lose_next_change) {
    lose_next_change = false;
    return lb_status{LB_RETRY};
  }
  return HttpReply(200, {}, json::serialize(json::object{{"data", data}}));
}

}  // namespace lotbridge::vendure
