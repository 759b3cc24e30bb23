#include <algorithm>

#include "fulfil.hpp"

namespace lotbridge::shopify {
namespace {

using Needs = std::map<std::string, std::int64_t>;  // line -> units

Needs needs_of(const FulfilledDispatch& dispatch) {
  Needs out;
  // The shop counts whole units; a part of one still is one that left.
  for (const FulfilledLine& line : dispatch.lines) {
    out[line.line] += (line.quantity.micros + Quantity::kScale - 1) / Quantity::kScale;
  }
  return out;
}

Needs units_of(const ShopFulfillment& fulfillment) {
  Needs out;
  for (const ShopUnits& units : fulfillment.lines) {
    if (units.requires_shipping) out[units.line] += units.quantity;
  }
  return out;
}

bool is_free(const ShopFulfillment& fulfillment, const std::vector<std::string>& taken) {
  if (fulfillment.status == "cancelled" || fulfillment.status == "error" ||
      fulfillment.status == "failure")
    return false;
  return std::find(taken.begin(), taken.end(), gid("Fulfillment", fulfillment.id)) == taken.end();
}

// Takes what the shop knows already off the needs. With a tracking number that number names our
// fulfillments, of one dispatch perhaps several; without one, a fulfillment of exactly these units
// does.
std::string subtract_known(const FulfilledDispatch& dispatch,
                           const std::vector<ShopFulfillment>& existing,
                           const std::vector<std::string>& taken, Needs& needs) {
  std::string found;
  const Needs whole = needs;
  for (const ShopFulfillment& fulfillment : existing) {
    if (!is_free(fulfillment, taken)) continue;
    const Needs units = units_of(fulfillment);
    const bool ours = dispatch.tracking_number
                          ? fulfillment.tracking_number == dispatch.tracking_number
                          : !fulfillment.tracking_number && units == whole;
    if (!ours) continue;
    if (found.empty()) found = gid("Fulfillment", fulfillment.id);
    for (const auto& [line, quantity] : units) {
      const auto need = needs.find(line);
      if (need != needs.end()) need->second = std::max<std::int64_t>(0, need->second - quantity);
    }
    if (!dispatch.tracking_number) break;
  }
  return found;
}

// The shop's own button was quicker: the same units, under whatever tracking number.
std::string same_units(const std::vector<ShopFulfillment>& existing,
                       const std::vector<std::string>& taken, const Needs& whole) {
  for (const ShopFulfillment& fulfillment : existing) {
    if (is_free(fulfillment, taken) && units_of(fulfillment) == whole)
      return gid("Fulfillment", fulfillment.id);
  }
  return "";
}

bool contains(const std::vector<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

}  // namespace

FulfilPlan plan_fulfillment(const FulfilledDispatch& dispatch,
                            const std::vector<ShopFulfillment>& existing,
                            const std::vector<OpenUnits>& open,
                            const std::vector<std::string>& taken,
                            const std::vector<std::string>& locations) {
  FulfilPlan out;
  Needs needs = needs_of(dispatch);
  const Needs whole = needs;
  out.already = subtract_known(dispatch, existing, taken, needs);
  std::map<std::string, std::vector<std::pair<OpenUnits, std::int64_t>>> by_location;
  const auto take = [&](bool at_home) {
    for (const OpenUnits& row : open) {
      const bool home = locations.empty() || contains(locations, row.location);
      const auto need = needs.find(row.line);
      if (home != at_home || !row.shippable || need == needs.end()) continue;
      const std::int64_t units = std::min(need->second, row.remaining);
      if (units <= 0) continue;
      need->second -= units;
      by_location[row.location].emplace_back(row, units);
      out.elsewhere |= !home;
    }
  };
  take(true);
  take(false);
  for (const auto& [line, quantity] : needs) {
    std::int64_t held = 0;
    for (const OpenUnits& row : open) {
      if (row.line == line && !row.shippable) held += row.remaining;
    }
    out.waiting += std::min(held, quantity);
    out.surplus += quantity - std::min(held, quantity);
  }
  for (auto& [location, rows] : by_location) out.create.push_back(std::move(rows));
  if (out.already.empty() && out.create.empty() && out.waiting == 0) {
    out.already = same_units(existing, taken, whole);
    if (!out.already.empty()) out.surplus = 0;
  }
  return out;
}

}  // namespace lotbridge::shopify
