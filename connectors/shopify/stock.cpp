#include "stock.hpp"

#include <lotbridge/failure.hpp>

namespace lotbridge::shopify {
namespace {

std::int64_t available_at(const Json& level) {
  for (const Json& quantity : level["quantities"].items()) {
    if (quantity["name"].text() == "available") return quantity["quantity"].integer();
  }
  return 0;
}

// Location -> units. A warehouse with several locations shows its stock at the first.
std::vector<std::pair<std::string, std::int64_t>> wanted_of(const Json& levels,
                                                            const StockWrite& stock, Quantity each,
                                                            const Settings& settings) {
  std::vector<std::pair<std::string, std::int64_t>> out;
  for (const StockPlace& place : stock.warehouses) {
    const auto locations = settings.locations_of(place.warehouse);
    if (!locations.empty()) {
      out.emplace_back(locations.front(), place.available.micros / each.micros);
    }
  }
  if (out.empty() && levels.size() == 1) {
    out.emplace_back(levels[0]["location"]["id"].text(), stock.available.micros / each.micros);
  }
  return out;
}

void set(Call& call, Graph& graph, const std::vector<JsonText>& quantities) {
  const JsonText input = json_object(
      {{"name", "available"}, {"reason", "correction"}, {"quantities", json_array(quantities)}});
  const Json payload =
      graph.run(call, kSetStock,
                json_object({{"input", input}, {"key", call.uuid()}}))["inventorySetQuantities"];
  const auto errors = payload["userErrors"].items_or_none();
  if (errors.empty()) {
    if (!payload.is_object()) throw Failure(LB_RETRY, "Shopify did not say that it took the stock");
    return;
  }
  const std::string code = errors.front()["code"].text_or("");
  // Somebody sold, counted or moved meanwhile: the next attempt reads anew.
  const lb_status status = code == "CHANGE_FROM_QUANTITY_STALE" ? LB_CONFLICT
                           : code.starts_with("IDEMPOTENCY_")   ? LB_RETRY
                                                                : LB_BAD_RECORD;
  throw Failure(status, "Shopify refused the stock: " + errors.front()["message"].text_or(""), "",
                code);
}

void write(Call& call, Graph& graph, const Settings& settings, const StockWrite& stock,
           const std::string& code, Quantity each) {
  // In quotes, and what would end them left out: a code is a code, not a search.
  if (code.find_first_of("'\"\\") != std::string::npos) return;
  const Json found =
      graph.run(call, kStock, json_object({{"query", "sku:'" + code + "'"}}))["productVariants"];
  for (const Json& variant : found["nodes"].items()) {
    const Json item = variant["inventoryItem"];
    // The search is by words: other codes may come with it.
    if (variant["sku"].text_or("") != code || !item["tracked"].boolean_or(false)) continue;
    const Json levels = item["inventoryLevels"]["nodes"];
    std::vector<JsonText> quantities;
    for (const auto& [location, units] : wanted_of(levels, stock, each, settings)) {
      for (const Json& level : levels.items()) {
        if (level["location"]["id"].text() != location || available_at(level) == units) continue;
        quantities.push_back(json_object({{"inventoryItemId", item["id"].text()},
                                          {"locationId", location},
                                          {"quantity", units},
                                          {"changeFromQuantity", available_at(level)}}));
      }
    }
    if (!quantities.empty()) set(call, graph, quantities);
  }
}

}  // namespace

void write_stock(Call& call, Graph& graph, const Settings& settings, const StockWrite& stock) {
  write(call, graph, settings, stock, stock.sku, Quantity::whole(1));
  for (const StockAlias& alias : stock.aliases) {
    if (alias.code == stock.sku || !alias.quantity.is_positive()) continue;
    write(call, graph, settings, stock, alias.code, alias.quantity);
  }
}

}  // namespace lotbridge::shopify
