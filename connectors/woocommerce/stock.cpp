// stock.write: what the shop may sell of one item.
#include <lotbridge/failure.hpp>

#include "writing.hpp"

namespace lotbridge::woocommerce {
namespace {

struct Sold {
  std::string path;
  Quantity each = Quantity::whole(1);  // base units in one of the shop's
  Json product;
};

// Products and variations with this code. The shop's search by sku finds variations too.
void find(Call& call, Api& api, const std::string& code, Quantity each, std::vector<Sold>& out) {
  const Json found = api.list(call, "/products", {{"sku", code}, {"per_page", "20"}},
                              "looking for product " + code);
  for (const Json& product : found.items()) {
    if (product["sku"].text_or("") != code) continue;  // the search also takes lists of codes
    const std::string id = product["id"].id();
    const bool variation = product["type"].text_or("") == "variation";
    std::string path = variation ? "/products/" + product["parent_id"].id() + "/variations/" + id
                                 : "/products/" + id;
    out.push_back({std::move(path), each, product});
  }
}

}  // namespace

void write_stock(Call& call, Api& api, const Instruction&, const StockWrite& stock) {
  std::vector<Sold> sold;
  find(call, api, stock.sku, Quantity::whole(1), sold);
  for (const StockAlias& alias : stock.aliases) {
    if (alias.code == stock.sku || !alias.quantity.is_positive()) continue;
    find(call, api, alias.code, alias.quantity, sold);
  }
  if (sold.empty()) {
    call.log(Call::Level::info, "the shop sells no " + stock.sku);
    return;
  }
  for (const Sold& one : sold) {
    const std::int64_t units = stock.available.micros / one.each.micros;
    const bool managed =
        one.product["manage_stock"].is_boolean() && one.product["manage_stock"].boolean();
    if (managed && one.product["stock_quantity"].integer_or(-1) == units) continue;
    const JsonText body = json_object({{"manage_stock", true}, {"stock_quantity", units}});
    api.write(call, "PUT", one.path, body.str(), "writing the stock of " + stock.sku, true);
  }
}

}  // namespace lotbridge::woocommerce
