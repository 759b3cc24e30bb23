#include "test_center.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <map>

namespace lotbridge::shipbob {
namespace {

namespace json = boost::json;

HttpReply ok(const json::value& body, int code = 200) {
  return HttpReply(code, {{"content-type", "application/json"}}, json::serialize(body));
}

std::string id_of(const json::value& id) {
  return id.is_string() ? std::string(id.as_string()) : std::to_string(id.to_number<int>());
}

}  // namespace

struct Center::Store {
  std::map<std::string, json::array> lists;
  int ids = 900;

  json::object* find(const std::string& list, const std::string& id) {
    for (json::value& one : lists[list]) {
      if (id_of(one.at("id")) == id) return &one.as_object();
    }
    return nullptr;
  }

  json::object shipment_of(const json::value& order) {
    json::array products, items;
    for (const json::value& product : order.at("products").as_array()) {
      const int inventory = product.at("reference_id") == "GYP-500" ? 77 : 78;
      items.push_back({{"inventory_id", inventory},
                       {"quantity", product.at("quantity")},
                       {"is_lot", true},
                       {"lot", nullptr},
                       {"product_variant", {{"sku", product.at("reference_id")}}}});
      const json::object unit{
          {"id", inventory}, {"quantity", product.at("quantity")}, {"lot", nullptr}};
      products.push_back({{"reference_id", product.at("reference_id")},
                          {"sku", product.at("reference_id")},
                          {"inventory_items", json::array{unit}}});
    }
    const int id = ids++;
    lists["items/" + std::to_string(id)] = items;
    return {{"id", id},
            {"status", "Processing"},
            {"location", {{"id", 5}}},
            {"products", products},
            {"actual_fulfillment_date", nullptr},
            {"tracking", nullptr}};
  }
};

Center::Center() : store_(std::make_unique<Store>()) {
  const auto variant = [](const char* sku, int inventory) {
    return std::string(R"({"id":)") + std::to_string(inventory + 100) + R"(,"sku":")" + sku +
           R"(","name":"Item","inventory":{"inventory_id":)" + std::to_string(inventory) +
           R"(},"lot_information":{"is_lot":true,"minimum_shelf_life_days":7}})";
  };
  put("product", R"({"id":1,"name":"Yogurt","variants":[)" + variant("GYP-500", 77) + "," +
                     variant("GYP-750", 78) + "]}");
  put("channel", R"({"id":4001,"name":"Pure Fresh API","scopes":["orders_write"]})");
}
Center::~Center() = default;

void Center::put(const std::string& list, const std::string& text) {
  store_->lists[list].push_back(json::parse(text));
}

Json Center::list(const std::string& name) const {
  return Json::parse(json::serialize(store_->lists[name]));
}

void Center::ship(const std::string& reference, const std::string& lot) {
  for (json::value& order : store_->lists["order"]) {
    if (order.at("reference_id") != json::value(reference)) continue;
    order.as_object()["status"] = "Fulfilled";
    for (json::value& shipment : order.at("shipments").as_array()) {
      json::object& one = shipment.as_object();
      one["status"] = "Completed";
      one["actual_fulfillment_date"] = "2026-05-18T15:00:00.1234567+00:00";
      one["tracking"] = {{"carrier", "USPS"}, {"tracking_number", "9400X"}};
      for (json::value& product : one["products"].as_array()) {
        for (json::value& item : product.at("inventory_items").as_array()) {
          item.as_object()["lot"] = lot.empty() ? json::value() : json::value(lot);
        }
      }
    }
  }
}

std::size_t Center::count(const std::string& method, const std::string& part) const {
  return static_cast<std::size_t>(
      std::count_if(asked.begin(), asked.end(), [&](const HttpRequest& request) {
        return request.method == method && request.url.find(part) != std::string::npos;
      }));
}

std::unique_ptr<testing::Replay> Center::connector(const std::string& more_settings) {
  auto out = std::make_unique<testing::Replay>(
      SHIPBOB_FILE, R"({"channel_id": 4001, "warehouses": {"5": "NJ1"})" +
                        std::string(more_settings.empty() ? "" : ", ") + more_settings + "}");
  out->on_http = [this](const HttpRequest& request) { return answer(request); };
  return out;
}

testing::Answered Center::answer(const HttpRequest& request) {
  asked.push_back(request);
  const std::string base = "https://api.shipbob.com/2026-01/";
  const auto mark = request.url.find('?');
  std::string path = request.url.substr(base.size(), mark - base.size());
  const std::string query = mark == std::string::npos ? "" : request.url.substr(mark + 1);
  const auto done = [&](HttpReply reply) -> testing::Answered {
    if (lose_next_change) {
      lose_next_change = false;
      return lb_status{LB_RETRY};
    }
    return reply;
  };
  const json::value body = request.body.empty() ? json::value() : json::parse(request.body);
  if (request.method == "POST" && path == "order") {
    for (const json::value& order : store_->lists["order"]) {
      if (order.at("reference_id") == body.at("reference_id")) {
        return HttpReply(422, {}, R"({"errors":["existing ReferenceId"]})");
      }
    }
    json::object order = body.as_object();
    order["id"] = store_->ids++;
    order["status"] = imports ? "Processing" : "ImportReview";
    order["shipments"] = imports ? json::array{store_->shipment_of(order)} : json::array{};
    store_->lists["order"].push_back(order);
    return done(ok(order, 201));
  }
  if (request.method == "POST" && path.ends_with(":cancel")) {
    json::object* order = store_->find("order", path.substr(6, path.find(':') - 6));
    (*order)["status"] = "Cancelled";
    const json::object result{{"is_success", true}};
    return done(ok(json::object{{"canceled_shipment_results", json::array{result}}}));
  }
  if (request.method == "POST" && path.ends_with(":updateLineItems")) {
    if (!takes_lots) return ok(json::object{{"is_success", false}, {"error", "lot is on hold"}});
    json::array items;
    for (const json::value& line : body.at("items").as_array()) {
      items.push_back(
          {{"inventory_id", line.at("inventory_id")},
           {"quantity", line.at("quantity")},
           {"is_lot", true},
           {"lot", {{"lot_number", line.at("lot_number")}, {"selection_method", "Specific"}}},
           {"product_variant", {{"sku", line.at("inventory_id") == 77 ? "GYP-500" : "GYP-750"}}}});
    }
    store_->lists["items/" + path.substr(9, path.find(':') - 9)] = items;
    return done(ok(json::object{{"is_success", true}, {"error", nullptr}}));
  }
  if (request.method == "POST") {  // webhook
    json::object hook = body.as_object();
    hook["id"] = store_->ids++;
    store_->lists["webhook"].push_back(hook);
    return done(ok(hook, 201));
  }
  if (path.ends_with(":getLineItems")) {
    return ok(store_->lists["items/" + path.substr(9, path.find(':') - 9)]);
  }
  if (path.ends_with("/boxes")) {
    return ok(store_->lists["boxes/" + path.substr(10, path.size() - 16)]);
  }
  return read(path, query);
}

testing::Answered Center::read(const std::string& path, const std::string& query) {
  const bool one = path.find('/') != std::string::npos && path != "inventory-level/lots";
  if (one) {
    const json::object* found =
        store_->find(path.substr(0, path.find('/')), path.substr(path.find('/') + 1));
    return found ? ok(*found) : HttpReply(404, {}, "{}");
  }
  json::array found;
  for (const json::value& item : store_->lists[path]) {
    const bool wanted =
        query.find("ReferenceIds=") == std::string::npos ||
        query == "ReferenceIds=" + url_encoded(std::string(item.at("reference_id").as_string()));
    if (wanted) found.push_back(item);
  }
  // Newer lists come in an object with the address of the rest, older ones bare.
  if (path == "order" || path == "receiving" || path == "channel") return ok(found);
  return ok(json::object{{"items", found}, {"next", nullptr}});
}

}  // namespace lotbridge::shipbob
