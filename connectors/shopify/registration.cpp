#include "registration.hpp"

#include <set>

#include <lotbridge/failure.hpp>

#include "reading.hpp"

namespace lotbridge::shopify {
namespace {

constexpr const char* kTopics[] = {"ORDERS_CREATE",  "ORDERS_UPDATED",      "ORDERS_CANCELLED",
                                   "REFUNDS_CREATE", "FULFILLMENTS_CREATE", "FULFILLMENTS_UPDATE"};

struct Shown {
  const char *key, *name, *type;
};
constexpr Shown kShown[] = {{"lot_summary", "Lots shipped", "multi_line_text_field"},
                            {"lot_plan_summary", "Lots to pick", "multi_line_text_field"}};

void define(Call& call, Graph& graph, const Shown& shown) {
  const JsonText definition = json_object({{"ownerType", "ORDER"},
                                           {"namespace", "lotbridge"},
                                           {"key", shown.key},
                                           {"name", shown.name},
                                           {"type", shown.type},
                                           {"pin", true}});
  const Json data = graph.run(call, kDefinitionCreate, json_object({{"definition", definition}}));
  for (const Json& error : data["metafieldDefinitionCreate"]["userErrors"].items_or_none()) {
    const std::string code = error["code"].text_or("");
    if (code == "TAKEN" || code == "UNSTRUCTURED_ALREADY_EXISTS") continue;
    call.log(Call::Level::warning,
             "the shop won't show " + std::string(shown.name) + ": " + error["message"].text());
  }
}

}  // namespace

void register_shop(Call& call, Graph& graph, const std::string& url) {
  std::set<std::string> there;
  std::string after;
  do {
    const JsonText from = after.empty() ? JsonText() : JsonText(after);
    const Json list =
        graph.run(call, kWebhooks, json_object({{"after", from}}))["webhookSubscriptions"];
    for (const Json& node : list["nodes"].items()) {
      if (node["uri"].text() == url) there.insert(node["topic"].text());
    }
    after = next_page(list);
  } while (!after.empty());
  for (const char* topic : kTopics) {
    if (there.contains(topic)) continue;
    const Json data =
        graph.run(call, kWebhookCreate, json_object({{"topic", topic}, {"uri", url}}));
    for (const Json& error : data["webhookSubscriptionCreate"]["userErrors"].items_or_none()) {
      throw Failure(LB_CONFIG,
                    std::string("Shopify won't send ") + topic + ": " + error["message"].text());
    }
  }
  for (const Shown& shown : kShown) define(call, graph, shown);
}

}  // namespace lotbridge::shopify
