// pick.send: the order at ShipBob.
#include <algorithm>
#include <map>

#include <lotbridge/failure.hpp>

#include "sending.hpp"

namespace lotbridge::shipbob {
namespace {

constexpr std::size_t kReferenceLimit = 300;
constexpr int kMostRounds = 50;

using Units = std::map<std::string, std::int64_t>;  // by SKU

std::int64_t whole(Quantity quantity, const std::string& sku) {
  if (quantity.micros % Quantity::kScale != 0) {
    throw Failure(LB_BAD_RECORD,
                  "ShipBob ships whole units only, not " + quantity.text() + " of " + sku);
  }
  return quantity.micros / Quantity::kScale;
}

struct Wanted {
  std::string line, sku;
  std::int64_t units = 0;
};

// What is to be picked, by line; a kit's line is its components.
std::vector<Wanted> wanted_of(const PickSend& pick) {
  std::vector<Wanted> out;
  for (const PlannedLine& line : pick.lines) {
    for (const PlannedLot& lot : line.lots) {
      const auto same = [&](const Wanted& one) {
        return one.line == line.line && one.sku == lot.sku;
      };
      auto found = std::find_if(out.begin(), out.end(), same);
      if (found == out.end()) found = out.insert(out.end(), Wanted{line.line, lot.sku, 0});
      found->units += whole(lot.quantity, lot.sku);
    }
  }
  return out;
}

Units units_of(const std::vector<Wanted>& wanted) {
  Units out;
  for (const Wanted& one : wanted) out[one.sku] += one.units;
  return out;
}

Units units_of(const Json& order) {
  Units out;
  for (const Json& product : order["products"].items_or_none()) {
    const std::string sku = product["sku"].text_or("");
    out[sku.empty() ? product["reference_id"].text_or("") : sku] +=
        product["quantity"].integer_or(0);
  }
  return out;
}

std::string reference_of(const Instruction& instruction, const PickSend& pick, int round) {
  std::string out = instruction.order.source + ":" + instruction.order.id;
  if (pick.warehouse) out += "@" + *pick.warehouse;
  if (round > 1) out += "#" + std::to_string(round);
  if (out.size() > kReferenceLimit) {
    throw Failure(LB_BAD_RECORD, "the order's id is too long for ShipBob's reference");
  }
  return out;
}

JsonText recipient(const PickSend& pick) {
  const Address address = pick.ship_to.value_or(Address{});
  const Customer customer = pick.customer.value_or(Customer{});
  const auto name = address.name ? address.name : customer.name;
  if (!name || !address.address1 || !address.city || !address.country) {
    throw Failure(LB_BAD_RECORD,
                  "ShipBob needs a name, an address, a city and a country to ship to");
  }
  return json_object({{"name", *name},
                      {"email", JsonText(customer.email)},
                      {"phone_number", JsonText(address.phone ? address.phone : customer.phone)},
                      {"address", json_object({{"address1", *address.address1},
                                               {"address2", JsonText(address.address2)},
                                               {"company_name", JsonText(address.company)},
                                               {"city", *address.city},
                                               {"state", JsonText(address.region)},
                                               {"country", *address.country},
                                               {"zip_code", JsonText(address.postal_code)}})}});
}

JsonText tag(const std::string& name, const std::string& value) {
  return json_object({{"name", name}, {"value", value}});
}

std::string order_body(const Settings& settings, const Instruction& instruction,
                       const PickSend& pick, const std::vector<Wanted>& wanted,
                       const std::string& reference) {
  std::vector<JsonText> products;
  std::vector<JsonText> tags = {tag(kOrderTag, instruction.order.id),
                                tag(kSourceTag, instruction.order.source)};
  std::int64_t number = 0;
  for (const Wanted& one : wanted) {
    ++number;
    products.push_back(json_object({{"reference_id", one.sku},
                                    {"name", one.sku},
                                    {"quantity", one.units},
                                    {"quantity_unit_of_measure_code", "EA"},
                                    {"external_line_id", number}}));
    tags.push_back(tag(kLineTag + std::to_string(number), one.line));
  }
  return json_object({{"reference_id", reference},
                      {"order_number", instruction.order.number.value_or(instruction.order.id)},
                      {"shipping_method", settings.shipping_method},
                      {"type", "DTC"},
                      {"recipient", recipient(pick)},
                      {"products", json_array(products)},
                      {"tags", json_array(tags)}})
      .str();
}

// The order with this reference; absent: there is none.
Json find(Call& call, Api& api, const std::string& reference) {
  const Json list =
      api.get(call, "/order?ReferenceIds=" + url_encoded(reference), "looking for the order");
  if (!list.is_array()) throw Failure(LB_RETRY, "looking for the order: the answer is no list");
  for (const Json& order : list.items()) {
    if (order["reference_id"].text_or("") == reference) return order;
  }
  return Json();
}

bool has_left(const Json& order) {
  const std::string status = order["status"].text();
  return status == "Fulfilled" || status == "PartiallyFulfilled";
}

void cancel(Call& call, Api& api, const Json& order) {
  const std::string id = order["id"].id();
  const Json answer = api.post(call, "/order/" + id + ":cancel", "{}", "cancelling order " + id);
  for (const Json& shipment : answer["canceled_shipment_results"].items_or_none()) {
    if (shipment["is_success"].boolean_or(true)) continue;
    throw Failure(LB_CONFLICT, "ShipBob did not cancel shipment " +
                                   shipment["shipment_id"].id_maybe().value_or("") + ": " +
                                   shipment["reason"].text_or("it is being packed"));
  }
}

void answer(Call& call, const Json& order, const std::string& reference) {
  call.refs({{"shipbob", json_object({{"order", order["id"].id()}, {"reference", reference}})}});
}

}  // namespace

Maybe<std::string> tag_of(const Json& order, const std::string& name) {
  for (const Json& one : order["tags"].items_or_none()) {
    if (one["name"].text_or("") == name) return one["value"].text_maybe();
  }
  return std::nullopt;
}

void send_pick(Call& call, Api& api, const Settings& settings, const Instruction& instruction,
               const PickSend& pick) {
  const auto wanted = wanted_of(pick);
  const bool none = wanted.empty() || pick.status == "cancelled" || pick.status == "held";
  for (int round = 1; round <= kMostRounds; ++round) {
    const std::string reference = reference_of(instruction, pick, round);
    Json order = find(call, api, reference);
    if (order && order["status"].text() == "Cancelled") continue;
    if (order && has_left(order)) {
      if (!none && units_of(order) != units_of(wanted)) {
        call.log(
            Call::Level::warning,
            "order " + reference + " has left ShipBob; what changed since is not theirs any more");
      }
      return answer(call, order, reference);
    }
    if (none) {
      if (order) cancel(call, api, order);
      return;
    }
    if (order && units_of(order) != units_of(wanted)) {
      cancel(call, api, order);
      continue;
    }
    if (!order) {
      std::string refused;
      order = api.post(call, "/order", order_body(settings, instruction, pick, wanted, reference),
                       "making the order", &refused);
      // Made before, and its answer was lost.
      if (!order) order = find(call, api, reference);
      if (!order) throw Failure(LB_BAD_RECORD, "ShipBob refuses the order: " + refused);
    }
    if (settings.choose_lots) {
      const auto shipments = order["shipments"].items_or_none();
      if (shipments.empty()) {
        throw Failure(LB_RETRY, "ShipBob has not imported order " + reference +
                                    " yet; its lots are told when it has");
      }
      choose_lots(call, api, shipments, pick);
    }
    return answer(call, order, reference);
  }
  throw Failure(LB_BAD_RECORD, "the order was cancelled at ShipBob too often to be sent again");
}

}  // namespace lotbridge::shipbob
