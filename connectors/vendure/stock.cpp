// stock.write: what the shop may sell of one item.
#include <lotbridge/failure.hpp>

#include "writing.hpp"

namespace lotbridge::vendure {
namespace {

// The shop sells what is on hand less what its own open orders hold, so these are added back.
std::vector<JsonText> changes(const Json& variant, const StockWrite& stock, Quantity each,
                              const Settings& settings) {
  std::vector<JsonText> out;
  const auto levels = variant["stockLevels"].items_or_none();
  const auto level = [&](const Json& at, Quantity available) {
    const std::int64_t wanted = available.micros / each.micros + at["stockAllocated"].integer();
    if (wanted == at["stockOnHand"].integer()) return;
    out.push_back(
        json_object({{"stockLocationId", at["stockLocationId"].id()}, {"stockOnHand", wanted}}));
  };
  if (settings.stock_locations.empty()) {
    if (!levels.empty()) level(levels.front(), stock.available);
    return out;
  }
  for (const Json& at : levels) {
    const auto warehouse = settings.stock_locations.find(at["stockLocationId"].id());
    if (warehouse == settings.stock_locations.end()) continue;
    Quantity available;
    for (const StockPlace& place : stock.warehouses) {
      if (place.warehouse == warehouse->second) available = place.available;
    }
    level(at, available);
  }
  return out;
}

void write(Call& call, Admin& admin, const Settings& settings, const StockWrite& stock,
           const std::string& code, Quantity each) {
  const JsonText options =
      json_object({{"take", 10}, {"filter", json_object({{"sku", json_object({{"eq", code}})}})}});
  const Json data = admin.query(
      call, "LotbridgeStock",
      "LotbridgeStock($options: ProductVariantListOptions) { productVariants(options: $options) {"
      " items { id sku stockLevels { stockLocationId stockOnHand stockAllocated } } } }",
      json_object({{"options", options}}));
  for (const Json& variant : data["productVariants"]["items"].items_or_none()) {
    const auto levels = changes(variant, stock, each, settings);
    if (levels.empty()) continue;
    const JsonText input =
        json_object({{"id", variant["id"].id()}, {"stockLevels", json_array(levels)}});
    const Json now = admin.mutate(call, "LotbridgeSetStock",
                                  "LotbridgeSetStock($input: [UpdateProductVariantInput!]!) {"
                                  " updateProductVariants(input: $input) { id } }",
                                  json_object({{"input", json_array({input})}}));
    if (!now["updateProductVariants"].is_array()) {
      throw Failure(LB_RETRY, "the shop did not say that it took the stock");
    }
  }
}

}  // namespace

void write_stock(Call& call, Admin& admin, const Settings& settings, const StockWrite& stock) {
  write(call, admin, settings, stock, stock.sku, Quantity::whole(1));
  for (const StockAlias& alias : stock.aliases) {
    if (alias.code == stock.sku || !alias.quantity.is_positive()) continue;
    write(call, admin, settings, stock, alias.code, alias.quantity);
  }
}

}  // namespace lotbridge::vendure
