// receipts.pull, returns.pull, inventory.pull, products.pull.
#include <algorithm>

#include <lotbridge/failure.hpp>

#include "reading.hpp"

namespace lotbridge::shipbob {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::size_t kMostLines = 5000;

Maybe<LotCode> lot_of(const Json& text) {
  const auto written = text.text_maybe();
  return written ? LotCode::parse(*written) : std::nullopt;
}

// One line of a box: what was counted, with the lot that stands on it.
ReceiptLine receipt_line(Call& call, Api& api, const Settings& settings, const Json& item,
                         const std::string& name) {
  ReceiptLine out;
  out.line = name;
  const std::string inventory = item["inventory_id"].id();
  const auto sku = api.sku_of(call, inventory);
  if (!sku) item["inventory_id"].refuse("no product of this account has this inventory id");
  out.sku = *sku;
  out.quantity = item["received_quantity"].quantity();
  out.lot = lot_of(item["lot_number"]);
  const auto day = day_maybe(item["lot_date"]);
  (settings.lot_date_is_production ? out.produced_on : out.expires_on) = day;
  return out;
}

ReturnDisposition disposition_of(const Json& item) {
  std::string action = item["requested_action"].text_or("Default");
  for (const Json& taken : item["action_taken"].items_or_none()) {
    action = taken["action"].text_or(action);
  }
  if (action == "Restock") return ReturnDisposition::restock;
  return action == "Dispose" ? ReturnDisposition::scrap : ReturnDisposition::quarantine;
}

}  // namespace

void expect_version(const Pull& pull) {
  if (pull.cursor && pull.cursor["v"].integer_or(0) != 1) {
    throw Failure(LB_CONFIG, "the cursor was written by another version of this connector",
                  "/cursor/v");
  }
}

void emit_receipt(Call& call, Api& api, const Settings& settings, const Json& receiving) {
  const std::string id = receiving["id"].id();
  const Json boxes = api.get(call, "/receiving/" + id + "/boxes", "reading boxes");
  if (!boxes.is_array()) throw Failure(LB_RETRY, "reading boxes: ShipBob's answer is no list");
  Receipt receipt;
  receipt.warehouse =
      settings.warehouse_of(receiving["fulfillment_center"]["id"].id_maybe()).value_or("");
  receipt.purchase_order = receiving["purchase_order_number"].text_maybe();
  Maybe<Timestamp> at;
  for (const Json& box : boxes.items()) {
    int number = 0;
    for (const Json& item : box["box_items"].items_or_none()) {
      ++number;
      // The header's quantities have no lots: the boxes are the truth.
      if (item["received_quantity"].quantity_maybe().value_or(Quantity{}).is_zero()) continue;
      const std::string line = box["box_id"].id() + "-" + std::to_string(number);
      receipt.lines.push_back(receipt_line(call, api, settings, item, line));
    }
    const auto received = moment_maybe(box["received_date"]);
    if (received && (!at || *received < *at)) at = received;
  }
  if (receipt.lines.empty()) return;
  if (receipt.warehouse.empty()) {
    receiving["fulfillment_center"].refuse("is not mapped to a warehouse in the configuration");
  }
  Document document;
  document.id = id;
  document.at = at;
  document.body = std::move(receipt);
  call.emit(document);
}

void pull_receipts(Call& call, Api& api, const Settings& settings, const Pull& pull) {
  expect_version(pull);
  const Timestamp horizon{call.now().ms - settings.lookback_days * kDayMs};
  const Timestamp from = std::max(horizon, pull.start_at.value_or(horizon));
  const Json known = pull.cursor["ended"];
  std::vector<std::pair<std::string, JsonText>> ended;
  api.each_page(
      call, "/receiving?InsertStartDate=" + url_encoded(from.text()), "reading receiving orders",
      [&](const Json& list) {
        call.each(list, "receipt/1", [&](const Json& receiving) {
          const std::string id = receiving["id"].id(), status = receiving["status"].text();
          const std::string stamp = status + "@" + receiving["last_updated_date"].text_or("");
          const bool final = status == "Completed" || status == "Cancelled";
          if (final && known && known[id].text_or("") == stamp) {
            ended.emplace_back(id, stamp);
            return;
          }
          if (status != "Awaiting" && status != "Cancelled") {
            emit_receipt(call, api, settings, receiving);
          }
          if (final) ended.emplace_back(id, stamp);
        });
      });
  call.checkpoint(json_object({{"v", 1}, {"ended", json_object(ended)}}));
}

void emit_return(Call& call, Api& api, const Settings& settings, const Json& one) {
  if (one["status"].text() != "Completed") return;
  Return back;
  back.warehouse = settings.warehouse_of(one["fulfillment_center"]["id"].id_maybe());
  if (const auto shipment = one["original_shipment_id"].id_maybe()) {
    try {
      const Json left = api.get(call, "/shipment/" + *shipment, "reading the shipment");
      if (const auto order = left["order_id"].id_maybe()) {
        const OrderName name = name_of(api.get(call, "/order/" + *order, "reading the order"));
        back.order = name.order;
        back.order_source = name.source;
      }
    } catch (const Failure& failure) {
      if (failure.status != LB_CONFLICT) throw;  // gone: a blind return
    }
  }
  for (const Json& item : one["inventory"].items()) {
    ReturnLine line;
    line.sku = api.sku_of(call, item["id"].id());
    if (!line.sku) item["id"].refuse("no product of this account has this inventory id");
    line.quantity = item["quantity"].quantity();
    if (!line.quantity.is_positive()) continue;
    if (const auto lot = lot_of(item["lot_number"])) {
      line.lots = std::vector<LotQuantity>{{*lot, line.quantity, std::nullopt}};
    }
    line.disposition = disposition_of(item);
    back.lines.push_back(std::move(line));
  }
  if (back.lines.empty()) return;
  Document document;
  document.id = one["id"].id();
  document.at = moment_maybe(one["completed_date"]);
  document.body = std::move(back);
  call.emit(document);
}

void pull_returns(Call& call, Api& api, const Settings& settings, const Pull& pull) {
  expect_version(pull);
  const Timestamp horizon{call.now().ms - settings.lookback_days * kDayMs};
  const Timestamp from = std::max(horizon, pull.start_at.value_or(horizon));
  const Json known = pull.cursor["done"];
  std::vector<std::pair<std::string, JsonText>> done;
  api.each_page(call, "/return?Status=Completed&StartDate=" + url_encoded(from.text()),
                "reading returns", [&](const Json& list) {
                  call.each(list, "return/1", [&](const Json& one) {
                    const std::string id = one["id"].id();
                    if (!known || !known[id]) emit_return(call, api, settings, one);
                    if (one["status"].text() == "Completed") done.emplace_back(id, true);
                  });
                });
  call.checkpoint(json_object({{"v", 1}, {"done", json_object(done)}}));
}

void pull_inventory(Call& call, Api& api, const Settings& settings, const Pull& pull) {
  expect_version(pull);
  const Timestamp at = call.now();
  std::map<std::string, std::vector<CountLine>> counts;  // by warehouse
  const auto take = [&](const Json& item) {
    const auto sku = api.sku_of(call, item["inventory_id"].id());
    if (!sku) item["inventory_id"].refuse("no product of this account has this inventory id");
    for (const Json& lot : item["lots"].items_or_none()) {
      const auto code = lot_of(lot["lot_number"]);
      if (!code) continue;  // units without a lot can't be compared lot by lot
      for (const Json& place : lot["locations"].items_or_none()) {
        const Json id = place["location_id"] ? place["location_id"] : place["id"];
        const auto warehouse = settings.warehouse_of(id.id_maybe());
        if (!warehouse) continue;
        CountLine line;
        line.sku = *sku;
        line.lot = *code;
        line.counted = place["on_hand_quantity"].quantity();
        if (!settings.lot_date_is_production) line.expires_on = day_maybe(lot["lot_date"]);
        counts[*warehouse].push_back(std::move(line));
      }
    }
  };
  api.each_page(call, "/inventory-level/lots", "reading stock by lot",
                [&](const Json& list) { call.each(list, "count/1", take); });
  for (auto& [warehouse, lines] : counts) {
    for (std::size_t from = 0, part = 1; from < lines.size(); from += kMostLines, ++part) {
      const auto first = lines.begin() + static_cast<std::ptrdiff_t>(from);
      const auto last =
          lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), from + kMostLines));
      Count count;
      count.warehouse = warehouse;
      count.snapshot_at = at;
      count.lines.assign(first, last);
      Document document;
      // One a day: a second one of the same day corrects the first.
      document.id = warehouse + ":" + at.utc_date().text() + ":" + std::to_string(part);
      document.at = at;
      document.body = std::move(count);
      call.emit(document);
    }
  }
  call.checkpoint(json_object({{"v", 1}, {"at", at}}));
}

void pull_products(Call& call, Api& api, const Pull& pull) {
  expect_version(pull);
  api.each_product(call, [&](const Json& product) {
    const std::string name = product["name"].text_or("");
    call.each(product["variants"], "item/1", [&](const Json& variant) {
      if (!variant["sku"].text_maybe()) return;
      Item item;
      item.sku = variant["sku"].text();
      item.name = variant["name"].text_or(name);
      item.given = {"sku", "name"};
      for (const char* key : {"gtin", "upc"}) {
        if (const auto code = variant[key].text_maybe()) item.gtins.push_back(*code);
      }
      if (!item.gtins.empty()) item.given.push_back("gtins");
      const Json lots = variant["lot_information"];
      if (lots["is_lot"].is_boolean()) {
        item.lot_tracked = lots["is_lot"].boolean();
        item.given.push_back("lot_tracked");
      }
      if (const auto days = lots["minimum_shelf_life_days"].integer_maybe(); days && *days > 0) {
        item.policy.min_remaining_days =
            static_cast<std::int32_t>(std::min<std::int64_t>(*days, 3650));
        item.given.push_back("policy");
      }
      Document document;
      document.id = item.sku;
      document.body = std::move(item);
      call.emit(document);
    });
  });
  call.checkpoint(json_object({{"v", 1}}));
}

}  // namespace lotbridge::shipbob
