#include "test_site.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "api.hpp"

namespace lotbridge::woocommerce {
namespace {

namespace json = boost::json;

HttpReply refused(int code, const std::string& word, const std::string& message) {
  return HttpReply(code, {{"content-type", "application/json; charset=UTF-8"}},
                   json::serialize(json::object{
                       {"code", word}, {"message", message}, {"data", {{"status", code}}}}));
}

HttpReply ok(const json::value& body, int code = 200) {
  return HttpReply(code, {{"content-type", "application/json; charset=UTF-8"}},
                   json::serialize(body));
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t n = 0; n < text.size(); ++n) {
    if (text[n] == '%' && n + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(n + 1, 2)), nullptr, 16));
      n += 2;
    } else {
      out += text[n];
    }
  }
  return out;
}

std::string signature(const std::string& base) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  const std::string key = "secret-consumer_secret&";  // as the test host has it
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(base.data()), base.size(), out, &length);
  std::string text(64, '\0');
  text.resize(static_cast<std::size_t>(EVP_EncodeBlock(
      reinterpret_cast<unsigned char*>(text.data()), out, static_cast<int>(length))));
  return text;
}

json::array& list(json::object& of, const char* key) {
  if (!of.contains(key)) of[key] = json::array();
  return of[key].as_array();
}

void lay_keys(json::object& target, const std::string& text) {
  const json::value keys = json::parse(text);
  for (const auto& [key, value] : keys.as_object()) target[key] = value;
}

// As the shop does: a key without an id replaces the entry of that key; a null takes it away.
void lay_metas(json::object& target, const json::array& metas, std::int64_t& ids) {
  json::array& there = list(target, "meta_data");
  for (const json::value& meta : metas) {
    const json::string key = meta.at("key").as_string();
    const auto found = std::find_if(there.begin(), there.end(),
                                    [&](const json::value& one) { return one.at("key") == key; });
    if (meta.at("value").is_null()) {
      if (found != there.end()) there.erase(found);
    } else if (found != there.end()) {
      found->as_object()["value"] = meta.at("value");
    } else {
      there.push_back({{"id", ids++}, {"key", key}, {"value", meta.at("value")}});
    }
  }
}

}  // namespace

struct Site::Store {
  std::map<std::string, json::object> orders, products;
  std::map<std::string, json::array> notes, refunds, fulfillments, variations;
  json::array webhooks;
  std::set<std::string> nonces;
  std::int64_t ids = 300, order_ids = 101;
  std::int64_t clock = 1'778'900'000;

  std::string now() { return Timestamp{(clock += 60) * 1000}.text().substr(0, 19); }
};

Site::Site() : store_(std::make_unique<Store>()) {}
Site::~Site() = default;

std::string Site::order(const std::vector<std::pair<std::string, int>>& lines,
                        const std::string& more) {
  const std::int64_t id = store_->order_ids++;
  const std::string at = store_->now();
  json::object person{{"first_name", "Ana"},    {"last_name", "Diaz"}, {"company", ""},
                      {"address_1", "Calle 1"}, {"address_2", ""},     {"city", "Madrid"},
                      {"state", "M"},           {"postcode", "28001"}, {"country", "ES"}};
  json::object order{{"id", id},
                     {"number", std::to_string(id)},
                     {"status", "processing"},
                     {"currency", "EUR"},
                     {"date_created_gmt", at},
                     {"date_modified_gmt", at},
                     {"date_completed_gmt", nullptr},
                     {"customer_id", 7},
                     {"billing", person},
                     {"shipping", person},
                     {"meta_data", json::array()},
                     {"line_items", json::array()},
                     {"refunds", json::array()}};
  order["billing"].as_object()["email"] = "ana@example.com";
  for (const auto& [sku, quantity] : lines) {
    list(order, "line_items")
        .push_back(
            {{"id", store_->ids++},
             {"name", "Item " + sku},
             {"product_id", 55},
             {"variation_id", 0},
             {"quantity", quantity},
             {"sku", sku},
             {"meta_data", {{{"id", store_->ids++}, {"key", "_reduced_stock"}, {"value", "1"}}}}});
  }
  lay_keys(order, more);
  store_->orders[std::to_string(id)] = std::move(order);
  return std::to_string(id);
}

void Site::change(const std::string& id, const std::string& keys) {
  json::object& order = store_->orders.at(id);
  order["date_modified_gmt"] = store_->now();
  lay_keys(order, keys);
}

void Site::remove(const std::string& id) { store_->orders.erase(id); }

void Site::refund(const std::string& id, std::size_t at, int units, const std::string& when) {
  json::object& order = store_->orders.at(id);
  const std::int64_t refund = store_->ids++;
  list(order, "refunds").push_back({{"id", refund}, {"reason", ""}, {"total", "-1.00"}});
  const json::value line = order.at("line_items").as_array().at(at).at("id");
  json::array& all = store_->refunds[id];
  const json::object of{{"id", store_->ids++},
                        {"key", "_refunded_item_id"},
                        {"value", std::to_string(line.as_int64())}};
  const json::object row{
      {"id", store_->ids++}, {"quantity", -units}, {"meta_data", json::array{of}}};
  const json::object made{
      {"id", refund}, {"date_created_gmt", when}, {"line_items", json::array{row}}};
  all.insert(all.begin(), made);
  order["date_modified_gmt"] = store_->now();
}

std::string Site::product(const std::string& sku, const std::string& more) {
  const std::int64_t id = store_->ids++;
  json::object product{{"id", id},
                       {"name", "Item " + sku},
                       {"sku", sku},
                       {"type", "simple"},
                       {"global_unique_id", ""},
                       {"manage_stock", false},
                       {"stock_quantity", nullptr},
                       {"date_modified_gmt", store_->now()}};
  lay_keys(product, more);
  store_->products[std::to_string(id)] = std::move(product);
  return std::to_string(id);
}

std::string Site::variation(const std::string& product, const std::string& sku) {
  const std::int64_t id = store_->ids++;
  store_->products.at(product)["type"] = "variable";
  store_->variations[product].push_back(
      {{"id", id},
       {"sku", sku},
       {"type", "variation"},
       {"parent_id", std::stoi(product)},
       {"global_unique_id", "9506000134352"},
       {"manage_stock", "parent"},
       {"stock_quantity", nullptr},
       {"attributes", {{{"name", "Size"}, {"option", "Large"}}}}});
  return std::to_string(id);
}

void Site::switch_off_webhook(std::size_t at) {
  store_->webhooks[at].as_object()["status"] = "disabled";
}

Json Site::json(const std::string& path) const {
  json::value out;
  const auto slash = path.find('/');
  const std::string kind = path.substr(0, slash);
  const std::string rest = slash == std::string::npos ? "" : path.substr(slash + 1);
  const std::string id = rest.substr(0, rest.find('/'));
  if (kind == "webhooks") out = store_->webhooks;
  if (kind == "products") out = store_->products.at(id);
  if (kind == "orders") out = store_->orders.at(id);
  if (rest.ends_with("/notes")) out = store_->notes[id];
  if (rest.ends_with("/fulfillments")) out = store_->fulfillments[id];
  if (rest.ends_with("/variations")) out = store_->variations[id];
  return Json::parse(json::serialize(out));
}

std::string Site::line(const std::string& order, std::size_t at) const {
  return json("orders/" + order)["line_items"][at]["id"].id();
}

std::size_t Site::count(const std::string& method, const std::string& part) const {
  return static_cast<std::size_t>(
      std::count_if(asked.begin(), asked.end(), [&](const HttpRequest& request) {
        return request.method == method && request.url.find(part) != std::string::npos;
      }));
}

std::unique_ptr<testing::Replay> Site::connector(const std::string& more_settings) {
  auto out = std::make_unique<testing::Replay>(
      WOOCOMMERCE_FILE, R"({"site": "shop.example.com", "consumer_key": "ck_test")" +
                            std::string(more_settings.empty() ? "" : ", ") + more_settings + "}");
  out->on_http = [this](const HttpRequest& request) { return answer(request); };
  return out;
}

struct Site::Asked {
  std::string method, address, path;
  std::map<std::string, std::string> query;
  json::value body;
};

namespace {

using Asked = Site::Asked;

Asked taken_apart(const HttpRequest& request) {
  Asked out;
  out.method = request.method;
  const auto mark = request.url.find('?');
  out.address = request.url.substr(0, mark);
  std::string rest = mark == std::string::npos ? "" : request.url.substr(mark + 1);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const std::string pair = rest.substr(0, end);
    const auto equals = pair.find('=');
    out.query[decoded(pair.substr(0, equals))] = decoded(pair.substr(equals + 1));
    rest.erase(0, std::min(end + 1, rest.size()));
  }
  const auto at = out.address.find("/wc/v3");
  out.path = at == std::string::npos ? "" : out.address.substr(at + 6);
  if (out.query.contains("rest_route")) out.path = out.query["rest_route"].substr(6);
  if (!request.body.empty()) out.body = json::parse(request.body);
  return out;
}

json::array page_of(const json::array& all, const Asked& asked) {
  const auto number = [&](const char* key, std::size_t otherwise) {
    return asked.query.contains(key) ? std::stoul(asked.query.at(key)) : otherwise;
  };
  const std::size_t size = number("per_page", 10), from = (number("page", 1) - 1) * size;
  json::array out;
  for (std::size_t n = from; n < std::min(all.size(), from + size); ++n) out.push_back(all[n]);
  return out;
}

json::array changed_after(const std::map<std::string, json::object>& all, const Asked& asked) {
  json::array out;
  for (const auto& [id, one] : all) {
    const bool wanted =
        !asked.query.contains("modified_after") ||
        std::string(one.at("date_modified_gmt").as_string()) > asked.query.at("modified_after");
    if (wanted) out.push_back(one);
  }
  std::stable_sort(out.begin(), out.end(), [](const json::value& a, const json::value& b) {
    return a.at("date_modified_gmt").as_string() < b.at("date_modified_gmt").as_string();
  });
  return out;
}

// Null where the credentials are right.
Maybe<HttpReply> stopped(const HttpRequest& request, Asked& asked, std::set<std::string>& nonces) {
  if (request.url.starts_with("https://")) {
    std::string sent;
    for (const HttpHeader& header : request.headers) {
      if (header.name == "Authorization") sent = header.value;
    }
    const bool in_query = asked.query.contains("consumer_secret");
    if (sent == "Basic {{base64:ck_test:{{secret:consumer_secret}}}}" || in_query) return {};
    return refused(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.");
  }
  const std::string given = asked.query["oauth_signature"];
  Query query;
  for (const auto& [key, value] : asked.query) {
    if (key != "oauth_signature") query.emplace_back(key, value);
  }
  if (given != signature(signature_base(request.method, asked.address, query))) {
    return refused(401, "woocommerce_rest_authentication_error", "Invalid signature.");
  }
  if (!nonces.insert(asked.query["oauth_nonce"]).second) {
    return refused(401, "woocommerce_rest_authentication_error",
                   "Invalid nonce - nonce has already been used.");
  }
  return {};
}

}  // namespace

testing::Answered Site::done(const Asked& question, HttpReply reply) {
  if (question.method != "GET" && lose_next_write) {
    lose_next_write = false;
    return lb_status{LB_RETRY};
  }
  return reply;
}

testing::Answered Site::answer(const HttpRequest& request) {
  asked.push_back(request);
  Asked question = taken_apart(request);
  if (const auto no = stopped(request, question, store_->nonces)) return *no;
  std::vector<std::string> parts;
  std::string rest = question.path;
  while (!rest.empty()) {
    rest.erase(0, 1);
    const auto end = std::min(rest.find('/'), rest.size());
    parts.push_back(rest.substr(0, end));
    rest.erase(0, end);
  }
  parts.resize(4);
  if (parts[0] == "webhooks") return of_webhooks(question, parts);
  if (parts[0] == "products") return of_products(question, parts);
  if (parts[0] == "orders") return of_orders(question, parts);
  return refused(404, "rest_no_route", "No route was found.");
}

testing::Answered Site::of_webhooks(const Asked& question, const std::vector<std::string>& parts) {
  const std::string& id = parts[1];
  if (question.method == "GET") return ok(page_of(store_->webhooks, question));
  if (id.empty()) {
    json::object hook = question.body.as_object();
    hook["id"] = store_->ids++;
    hook["status"] = "active";
    hook.erase("secret");
    store_->webhooks.push_back(hook);
    return done(question, ok(hook, 201));
  }
  for (json::value& hook : store_->webhooks) {
    if (std::to_string(hook.at("id").as_int64()) == id) {
      hook.as_object()["status"] = question.body.at("status");
    }
  }
  return done(question, ok(json::object{{"id", std::stoi(id)}, {"status", "active"}}));
}

testing::Answered Site::of_products(Asked& question, const std::vector<std::string>& parts) {
  const std::string &id = parts[1], &below = parts[2];
  const bool read = question.method == "GET";
  if (id.empty()) {
    if (!question.query.contains("sku")) {
      return ok(page_of(changed_after(store_->products, question), question));
    }
    json::array found;
    const std::string sku = question.query["sku"];
    for (const auto& [key, one] : store_->products) {
      if (one.at("sku").as_string() == sku) found.push_back(one);
      for (const json::value& variation : store_->variations[key]) {
        if (variation.at("sku").as_string() == sku) found.push_back(variation);
      }
    }
    return ok(found);
  }
  if (read) return ok(page_of(store_->variations[id], question));
  json::object* target = &store_->products.at(id);
  if (below == "variations") {
    for (json::value& one : store_->variations[id]) {
      if (std::to_string(one.at("id").as_int64()) == parts[3]) target = &one.as_object();
    }
  }
  for (const auto& [key, value] : question.body.as_object()) (*target)[key] = value;
  return done(question, ok(*target));
}

testing::Answered Site::of_orders(Asked& question, const std::vector<std::string>& parts) {
  const std::string &id = parts[1], &below = parts[2];
  const bool read = question.method == "GET";
  if (id.empty()) return ok(page_of(changed_after(store_->orders, question), question));
  if (below == "fulfillments" && !fulfillments) {
    return refused(404, "rest_no_route", "No route was found matching the URL and request method.");
  }
  const auto found = store_->orders.find(id);
  if (found == store_->orders.end()) {
    return refused(read ? 404 : 400, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.");
  }
  json::object& order = found->second;
  if (below == "refunds") return ok(page_of(store_->refunds[id], question));
  if (below == "notes" && read) return ok(store_->notes[id]);
  if (below == "notes") {
    json::object note = question.body.as_object();
    note["id"] = store_->ids++;
    store_->notes[id].push_back(note);
    return done(question, ok(note, 201));
  }
  if (below == "fulfillments" && read) return ok(store_->fulfillments[id]);
  if (below == "fulfillments") {
    json::object made = question.body.as_object();
    made["id"] = store_->ids++;
    store_->fulfillments[id].push_back(made);
    return done(question, ok(made, 201));
  }
  if (read) return ok(order);
  for (const auto& [key, value] : question.body.as_object()) {
    if (key != "line_items") order[key] = value;
  }
  if (const json::value* lines = question.body.as_object().if_contains("line_items")) {
    for (const json::value& change : lines->as_array()) {
      const auto& all = order.at("line_items").as_array();
      const auto line = std::find_if(all.begin(), all.end(), [&](const json::value& one) {
        return one.at("id") == change.at("id");
      });
      if (line == all.end()) {
        return refused(400, "woocommerce_rest_invalid_item_id", "Order item ID is wrong.");
      }
      lay_metas(order.at("line_items")
                    .as_array()[static_cast<std::size_t>(line - all.begin())]
                    .as_object(),
                change.at("meta_data").as_array(), store_->ids);
    }
  }
  order["date_modified_gmt"] = store_->now();
  return done(question, ok(order));
}

}  // namespace lotbridge::woocommerce
