#include "stamps.hpp"

#include <algorithm>
#include <vector>

#include <lotbridge/json.hpp>
#include <lotbridge/stamps.hpp>

#include "settings.hpp"

namespace lotbridge::shopify {
namespace {

// The lines of one dispatch, gathered from under the order's lines.
struct Parcel {
  const StampedDispatch* dispatch = nullptr;
  std::vector<std::pair<const StampedLine*, const StampedDispatch*>> lines;
};

std::vector<Parcel> parcels_of(const LotsWrite& stamp) {
  std::vector<Parcel> out;
  for (const StampedLine& line : stamp.lines) {
    for (const StampedDispatch& dispatch : line.dispatches) {
      const auto same = [&dispatch](const Parcel& parcel) {
        return parcel.dispatch->dispatch == dispatch.dispatch;
      };
      auto found = std::find_if(out.begin(), out.end(), same);
      if (found == out.end()) found = out.insert(out.end(), Parcel{&dispatch, {}});
      found->lines.emplace_back(&line, &dispatch);
    }
  }
  return out;
}

// Of a dispatch that was the shop's own, the daemon knows the number; of one that we created, the
// GID.
JsonText fulfillment_of(const StampedDispatch& dispatch) {
  if (!dispatch.fulfillment) return JsonText();
  return gid("Fulfillment", legacy_id(*dispatch.fulfillment));
}

std::string title(const Maybe<std::string>& sku, const std::string& line, Quantity quantity) {
  return sku.value_or("line " + line) + " x" + quantity.text() + ":";
}

}  // namespace

Stamp lots_stamp(const LotsWrite& stamp) {
  Stamp out;
  std::vector<JsonText> dispatches;
  for (const Parcel& parcel : parcels_of(stamp)) {
    const StampedDispatch& head = *parcel.dispatch;
    out.readable += "Shipped " + head.at.utc_date().text();
    if (head.tracking_number) out.readable += ", tracking " + *head.tracking_number;
    out.readable += "\n";
    std::vector<JsonText> lines;
    for (const auto& [line, dispatch] : parcel.lines) {
      std::vector<JsonText> lots;
      out.readable += "  " + title(line->sku, line->line, dispatch->quantity) + "\n";
      for (const StampedLot& lot : one_per_lot(dispatch->lots)) {
        lots.push_back(lot_json(lot, line->sku));
        out.readable += "    " + readable_lot(lot, line->sku) + "\n";
      }
      lines.push_back(json_object({{"line_item", gid("LineItem", line->line)},
                                   {"sku", line->sku},
                                   {"quantity", dispatch->quantity},
                                   {"lots", json_array(lots)}}));
    }
    dispatches.push_back(json_object({{"dispatch", head.dispatch},
                                      {"fulfillment", fulfillment_of(head)},
                                      {"tracking_number", head.tracking_number},
                                      {"at", head.at},
                                      {"lines", json_array(lines)}}));
  }
  out.empty = dispatches.empty();
  if (out.empty) out.readable = "Nothing shipped.\n";
  out.machine = json_object({{"v", 1}, {"dispatches", json_array(dispatches)}}).str();
  out.readable.pop_back();
  return out;
}

Stamp plan_stamp(const LotsPlan& plan) {
  Stamp out;
  out.empty = true;
  std::vector<JsonText> lines;
  for (const PlannedLine& line : plan.lines) {
    std::vector<JsonText> lots;
    out.readable += title(line.sku, line.line, line.quantity) + "\n";
    if (line.lots.empty()) out.readable += "  nothing to pick now\n";
    for (const PlannedLot& lot : line.lots) {
      out.empty = false;
      const bool part = line.sku != lot.sku;
      lots.push_back(json_object({{"sku", lot.sku},
                                  {"lot", lot.lot},
                                  {"quantity", lot.quantity},
                                  {"expires_on", lot.expires_on},
                                  {"warehouse", lot.warehouse},
                                  {"location", lot.location}}));
      out.readable += "  " + (part ? lot.sku + " " : std::string()) + "lot " + lot.lot.text + " x" +
                      lot.quantity.text();
      if (lot.expires_on) out.readable += ", expires " + lot.expires_on->text();
      out.readable += ", " + lot.warehouse + (lot.location ? " " + *lot.location : "") + "\n";
    }
    lines.push_back(json_object({{"line_item", gid("LineItem", line.line)},
                                 {"sku", line.sku},
                                 {"quantity", line.quantity},
                                 {"lots", json_array(lots)}}));
  }
  out.machine =
      json_object({{"v", 1}, {"status", plan.status}, {"lines", json_array(lines)}}).str();
  out.readable = "Pick (" + plan.status + ")\n" + out.readable;
  out.readable.pop_back();
  return out;
}

}  // namespace lotbridge::shopify
