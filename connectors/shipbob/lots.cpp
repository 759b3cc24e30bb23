// Which lots ShipBob is to take, and our webhook.
#include <algorithm>
#include <map>

#include <lotbridge/failure.hpp>

#include "sending.hpp"

namespace lotbridge::shipbob {
namespace {

struct Portion {
  LotCode lot;
  Maybe<Date> expires_on;
  std::int64_t units = 0;
};

std::map<std::string, std::vector<Portion>> portions_of(const PickSend& pick) {
  std::map<std::string, std::vector<Portion>> out;
  for (const PlannedLine& line : pick.lines) {
    for (const PlannedLot& lot : line.lots) {
      out[lot.sku].push_back({lot.lot, lot.expires_on, lot.quantity.micros / Quantity::kScale});
    }
  }
  return out;
}

// What stands there already, and what is wanted, in the same words.
std::string said(const std::string& inventory, const std::string& lot, std::int64_t units) {
  return inventory + "|" + lot + "|" + std::to_string(units);
}

std::vector<std::string> standing_of(const Json& items) {
  std::vector<std::string> out;
  for (const Json& item : items.items()) {
    const bool ours = item["lot"]["selection_method"].text_or("") == "Specific";
    out.push_back(said(item["inventory_id"].id(),
                       ours ? item["lot"]["lot_number"].text_or("") : std::string(),
                       item["quantity"].integer()));
  }
  std::sort(out.begin(), out.end());
  return out;
}

using Portions = std::map<std::string, std::vector<Portion>>;  // by SKU

bool choose_for(Call& call, Api& api, const Json& shipment, Portions& portions) {
  const std::string status = shipment["status"].text_or("None");
  if (status == "Completed" || status == "Cancelled" || status == "CleanSweeped") return false;
  const std::string id = shipment["id"].id();
  const Json items = api.get(call, "/shipment/" + id + ":getLineItems", "reading line items");
  if (!items.is_array()) throw Failure(LB_RETRY, "reading line items: the answer is no list");
  std::vector<JsonText> lines;
  std::vector<std::string> wanted;
  for (const Json& item : items.items()) {
    const auto inventory = item["inventory_id"].id();
    const auto sku = item["product_variant"]["sku"].text_maybe();
    const std::string code = sku ? *sku : api.sku_of(call, inventory).value_or("");
    std::int64_t units = item["quantity"].integer();
    for (Portion& portion : portions[code]) {
      const std::int64_t part = std::min(units, portion.units);
      if (part <= 0 || !item["is_lot"].boolean_or(true)) continue;
      portion.units -= part;
      units -= part;
      lines.push_back(json_object({{"inventory_id", item["inventory_id"]},
                                   {"fulfillment_center_id", shipment["location"]["id"]},
                                   {"quantity", part},
                                   {"lot_number", portion.lot},
                                   {"lot_date", JsonText(portion.expires_on)},
                                   {"is_manually_assigned_lot", true}}));
      wanted.push_back(said(inventory, portion.lot.text, part));
    }
    // Their rule: the flag is the same on every line, so one line without a lot undoes all.
    if (units > 0) {
      call.log(Call::Level::info,
               "shipment " + id + ": a line has no lot of ours, so ShipBob chooses all of them");
      return false;
    }
  }
  std::sort(wanted.begin(), wanted.end());
  if (wanted == standing_of(items)) return true;
  const Json done = api.post(call, "/shipment/" + id + ":updateLineItems",
                             json_object({{"items", json_array(lines)}}).str(), "telling the lots");
  if (!done["is_success"].is_boolean()) {
    throw Failure(LB_RETRY, "telling the lots: ShipBob did not say whether it took them");
  }
  if (done["is_success"].boolean()) return true;
  const Json error = done["error"];
  throw Failure(LB_CONFLICT, "ShipBob did not take the lots of shipment " + id + ": " +
                                 (error.is_text() ? error.text() : std::string(error.raw())));
}

}  // namespace

void choose_lots(Call& call, Api& api, const std::vector<Json>& shipments, const PickSend& pick) {
  Portions portions = portions_of(pick);
  for (const Json& shipment : shipments) {
    if (!choose_for(call, api, shipment, portions)) return;
  }
  for (const auto& [sku, lots] : portions) {
    for (const Portion& portion : lots) {
      if (portion.units == 0) continue;
      throw Failure(LB_CONFLICT, "ShipBob's shipments hold fewer units of " + sku +
                                     " than we planned; lot " + portion.lot.text +
                                     " found no place");
    }
  }
}

void register_webhook(Call& call, Api& api, const std::string& url) {
  bool there = false;
  api.each_page(call, "/webhook", "reading webhooks", [&](const Json& list) {
    for (const Json& hook : list.items()) there |= hook["url"].text_or("") == url;
  });
  if (there) return;
  std::vector<JsonText> topics;
  for (const char* topic : {"order.shipped", "order.shipment.delivered", "order.shipment.exception",
                            "order.shipment.on_hold", "order.shipment.cancelled",
                            "return.completed", "wro.completed"}) {
    topics.emplace_back(topic);
  }
  api.post(call, "/webhook",
           json_object({{"url", url},
                        {"topics", json_array(topics)},
                        {"description", "Lotbridge"},
                        {"secret", secret("webhook_secret")}})
               .str(),
           "making the webhook");
}

}  // namespace lotbridge::shipbob
