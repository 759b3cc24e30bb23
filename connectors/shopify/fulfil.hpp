// fulfillments.create: tells the shop what has left, once, although the platform knows no
// idempotency there.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph.hpp"
#include "settings.hpp"
#include "shop_order.hpp"

namespace lotbridge::shopify {

// ---------------------------------------------------------------- pure: what is left to tell

// Units of one line that one fulfillment order still wants to ship.
struct OpenUnits {
  std::string fulfillment_order, row;  // GIDs
  std::string line;                    // legacy id
  std::string location;                // GID
  std::int64_t remaining = 0;
  bool shippable = true;  // false: on hold, or not due yet
};

struct FulfilPlan {
  std::string already;  // GID of the fulfillment that holds this dispatch, or a part of it, already
  // What to create, one entry per location: rows and how many units of each.
  std::vector<std::vector<std::pair<OpenUnits, std::int64_t>>> create;
  std::int64_t waiting = 0;  // units whose fulfillment order is on hold or scheduled
  std::int64_t surplus = 0;  // units that the shop does not want to ship any more
  bool elsewhere = false;    // some of it stands at another location than the dispatch's
};

// `taken`: GIDs that belong to other dispatches. `locations`: those of the dispatch's warehouse.
FulfilPlan plan_fulfillment(const FulfilledDispatch&, const std::vector<ShopFulfillment>& existing,
                            const std::vector<OpenUnits>& open,
                            const std::vector<std::string>& taken,
                            const std::vector<std::string>& locations);

// ---------------------------------------------------------------- the operation

// Result: {"refs": {"fulfillments": {dispatch id: GID}}}.
void create_fulfillment(Call&, Graph&, const Settings&, const Instruction&,
                        const FulfillmentsCreate&);

}  // namespace lotbridge::shopify
