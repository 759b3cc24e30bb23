#include "label.hpp"

#include <algorithm>

#include <lotbridge/failure.hpp>

namespace lotbridge::easypost {
namespace {

constexpr int kMostPages = 5;  // unbought shipments beyond the newest 500 are forgotten ones

// Letters and digits that people don't confuse.
std::string key_of(const std::string& text) {
  constexpr char kLetters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::string out = "LB";
  for (int n = 0; n < 6; ++n, hash >>= 5) out += kLetters[hash & 31U];
  return out;
}

bool is_plain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  });
}

// The shipment of this order that is not bought yet; absent: none.
Json open_shipment(Call& call, Api& api, const InstructedOrder& order) {
  std::string before;
  for (int page = 0; page < kMostPages; ++page) {
    std::string path = "/shipments?page_size=100&purchased=false";
    if (!before.empty()) path += "&before_id=" + url_encoded(before);
    const Json answer = api.get(call, path, "looking for the shipment", true);
    const Json list = answer["shipments"];
    if (!list.is_array()) throw Failure(LB_RETRY, "looking for the shipment: no list came");
    for (const Json& shipment : list.items()) {
      const std::string reference = shipment["reference"].text_or("");
      const bool named = reference == order.id || (order.number && reference == *order.number);
      // The newest comes first; one that has a tracking code is bought and prints what it prints.
      if (named && !shipment["tracking_code"].text_maybe()) return shipment;
    }
    if (!answer["has_more"].boolean_or(false) || list.size() == 0) break;
    before = list[list.size() - 1]["id"].text();
  }
  return Json();
}

JsonText part(const Json& shipment, const char* name) {
  const Json object = shipment[name];
  return object["id"] ? json_object({{"id", object["id"].text()}}) : JsonText();
}

std::string carrier_of(const Json& shipment) {
  if (const Json rate = shipment["selected_rate"]) return rate["carrier"].text_or("");
  // Any of the carriers that offered a rate may be bought: what fits the shortest fits all.
  std::string shortest;
  for (const Json& rate : shipment["rates"].items_or_none()) {
    const std::string carrier = rate["carrier"].text_or("");
    if (shortest.empty() || printed_by(carrier) < printed_by(shortest)) shortest = carrier;
  }
  return shortest;
}

JsonText options_with(const Json& shipment, const Settings& settings,
                      const std::string& reference) {
  std::vector<std::pair<std::string, JsonText>> options;
  const std::string& field = settings.label_field;
  if (const Json there = shipment["options"]) {
    for (const auto& [key, value] : there.members()) {
      if (!key.starts_with(field)) options.emplace_back(std::string(key), JsonText(value));
    }
  }
  options.emplace_back(field, reference);
  if (settings.label_code) options.emplace_back(field + "_code", *settings.label_code);
  if (settings.label_barcode && reference.size() <= 14 && is_plain(reference)) {
    options.emplace_back(field + "_barcode", true);
  }
  return json_object(options);
}

}  // namespace

std::size_t printed_by(const std::string& carrier) {
  if (carrier.starts_with("UPS")) return 35;
  if (carrier.starts_with("USPS")) return 60;
  if (carrier.starts_with("OnTrac")) return 25;
  return 30;  // FedEx's second and third lines, and a careful guess for the others
}

std::string lot_reference(const std::string& order, std::vector<std::string> lots,
                          std::size_t limit) {
  std::sort(lots.begin(), lots.end());
  lots.erase(std::unique(lots.begin(), lots.end()), lots.end());
  if (lots.empty()) return "";
  if (lots.size() == 1 && lots.front().size() <= limit) return lots.front();
  std::string all = order;
  for (const std::string& lot : lots) all += "\n" + lot;
  return key_of(all);
}

void mark_label(Call& call, Api& api, const Settings& settings, const Instruction& instruction,
                const LotsPlan& plan) {
  std::vector<std::string> lots;
  for (const PlannedLine& line : plan.lines) {
    for (const PlannedLot& lot : line.lots) lots.push_back(lot.lot.text);
  }
  if (lots.empty()) return;
  const Json shipment = open_shipment(call, api, instruction.order);
  if (!shipment) {
    call.log(Call::Level::info, "order " + instruction.order.id +
                                    ": no shipment with this reference waits to be bought");
    return;
  }
  api.must_be_ours(shipment);
  const auto limit = settings.reference_limit ? static_cast<std::size_t>(*settings.reference_limit)
                                              : printed_by(carrier_of(shipment));
  const std::string reference = lot_reference(instruction.order.id, lots, limit);
  if (std::find(lots.begin(), lots.end(), reference) == lots.end()) {
    call.log(Call::Level::info, "order " + instruction.order.id +
                                    ": its lots do not fit on the "
                                    "label; " +
                                    reference + " stands for them");
  }
  std::string id = shipment["id"].text();
  if (shipment["options"][settings.label_field].text_or("") != reference) {
    const Json made =
        api.send(call, "POST", "/shipments", "shipment",
                 json_object({{"reference", shipment["reference"].text()},
                              {"to_address", part(shipment, "to_address")},
                              {"from_address", part(shipment, "from_address")},
                              {"return_address", part(shipment, "return_address")},
                              {"parcel", part(shipment, "parcel")},
                              {"customs_info", part(shipment, "customs_info")},
                              {"options", options_with(shipment, settings, reference)}}),
                 "making the shipment with its lots");
    api.must_be_ours(made);
    id = made["id"].text();
  }
  call.refs({{"easypost", json_object({{"shipment", id}, {"reference", reference}})}});
}

void follow_parcels(Call& call, Api& api, const Instruction& instruction, const LotsWrite& stamp) {
  const Json refs = Json::parse(instruction.refs.empty() ? "{}" : instruction.refs);
  const Json known = refs["trackers"];
  std::vector<std::pair<std::string, JsonText>> trackers;
  for (const StampedLine& line : stamp.lines) {
    for (const StampedDispatch& dispatch : line.dispatches) {
      if (!dispatch.tracking_number) continue;
      const std::string& number = *dispatch.tracking_number;
      const auto same = [&](const auto& one) { return one.first == number; };
      if (std::any_of(trackers.begin(), trackers.end(), same) || (known && known[number])) continue;
      // The platform gives back the tracker that is there already, so this may be repeated.
      const Json tracker =
          api.send(call, "POST", "/trackers", "tracker", json_object({{"tracking_code", number}}),
                   "following a parcel", true);
      api.must_be_ours(tracker);
      trackers.emplace_back(number, tracker["id"].text());
    }
  }
  if (!trackers.empty()) call.refs({{"trackers", json_object(trackers)}});
}

void register_webhook(Call& call, Api& api, const Settings& settings, const std::string& url) {
  const JsonText wanted = json_object({{"url", url}, {"webhook_secret", secret("webhook_secret")}});
  const Json answer = api.get(call, "/webhooks", "reading webhooks", true);
  if (!answer["webhooks"].is_array()) throw Failure(LB_RETRY, "reading webhooks: no list came");
  for (const Json& hook : answer["webhooks"].items()) {
    if (hook["url"].text_or("") != url || hook["mode"].text_or(settings.mode) != settings.mode) {
      continue;
    }
    if (!hook["disabled_at"]) return;
    call.log(Call::Level::warning, "EasyPost had switched off our webhook");
    api.send(call, "PATCH", "/webhooks/" + hook["id"].text(), "webhook", wanted,
             "switching the webhook on", true);
    return;
  }
  api.send(call, "POST", "/webhooks", "webhook", wanted, "making the webhook");
}

}  // namespace lotbridge::easypost
