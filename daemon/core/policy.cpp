#include "policy.hpp"

#include <algorithm>

namespace lotbridge::core {

namespace {

template <typename T>
void fill_one(Maybe<T>& into, const Maybe<T>& from) {
  if (!into && from) into = from;
}

void fill(PolicyKnobs& into, const PolicyKnobs& from) {
  fill_one(into.rotation, from.rotation);
  fill_one(into.allocate, from.allocate);
  fill_one(into.allocate_days_before, from.allocate_days_before);
  fill_one(into.min_remaining_days, from.min_remaining_days);
  fill_one(into.min_remaining_percent, from.min_remaining_percent);
  fill_one(into.max_remaining_days, from.max_remaining_days);
  fill_one(into.transit_days, from.transit_days);
  fill_one(into.last_day_usable, from.last_day_usable);
  fill_one(into.null_expiry, from.null_expiry);
  fill_one(into.past_best_before_days, from.past_best_before_days);
  fill_one(into.allow_past_sell_by, from.allow_past_sell_by);
  fill_one(into.not_before_expiry, from.not_before_expiry);
  fill_one(into.max_lots, from.max_lots);
  fill_one(into.multiple, from.multiple);
  fill_one(into.ship_complete, from.ship_complete);
  fill_one(into.min_fulfil_percent, from.min_fulfil_percent);
  fill_one(into.lot_preference, from.lot_preference);
  fill_one(into.substitution, from.substitution);
  fill_one(into.inbound_min_percent, from.inbound_min_percent);
  fill_one(into.legacy_lot, from.legacy_lot);
  fill_one(into.returns_to, from.returns_to);
  fill_one(into.split_warehouses, from.split_warehouses);
  fill_one(into.network_fefo, from.network_fefo);
}

EffectivePolicy decided(const PolicyKnobs& k) {
  EffectivePolicy p;
  p.rotation = k.rotation.value_or(p.rotation);
  p.allocate = k.allocate.value_or(p.allocate);
  p.null_expiry = k.null_expiry.value_or(p.null_expiry);
  p.ship_complete = k.ship_complete.value_or(p.ship_complete);
  p.lot_preference = k.lot_preference.value_or(p.lot_preference);
  p.substitution = k.substitution.value_or(p.substitution);
  p.legacy_lot = k.legacy_lot.value_or(p.legacy_lot);
  p.returns_to = k.returns_to.value_or(p.returns_to);
  p.last_day_usable = k.last_day_usable.value_or(true);
  p.allow_past_sell_by = k.allow_past_sell_by.value_or(false);
  p.not_before_expiry = k.not_before_expiry.value_or(false);
  p.split_warehouses = k.split_warehouses.value_or(false);
  p.network_fefo = k.network_fefo.value_or(false);
  p.min_remaining_days = std::max(0, k.min_remaining_days.value_or(0));
  p.min_remaining_percent = std::max(0, k.min_remaining_percent.value_or(0));
  p.transit_days = std::max(0, k.transit_days.value_or(0));
  p.past_best_before_days = std::max(0, k.past_best_before_days.value_or(0));
  p.min_fulfil_percent = k.min_fulfil_percent.value_or(0);
  p.allocate_days_before = k.allocate_days_before;
  p.max_remaining_days = k.max_remaining_days;
  p.max_lots = k.max_lots;
  if (p.max_lots && *p.max_lots < 1) p.max_lots.reset();
  p.inbound_min_percent = k.inbound_min_percent;
  if (k.multiple && k.multiple->is_positive()) p.multiple = *k.multiple;
  return p;
}

// One set of knobs and how specific it is; smaller comes first.
struct Level {
  int rank = 0;  // first key named: customer 0, channel 1, warehouse 2, sku 3, none 4; system 5
  int fewer_keys = 0;       // minus the number of keys
  bool configured = false;  // a document beats the configuration and the item's own
  std::uint64_t older = 0;  // newest first
  const PolicyKnobs* knobs = nullptr;
  auto tie() const { return std::tie(rank, fewer_keys, configured, older); }
};

bool names(const Maybe<std::string>& wanted, const Maybe<std::string>& actual) {
  return !wanted || (actual && *actual == *wanted);
}

// "ES" matches any address in Spain, "ES-MD" only its region; 0: no match, 1: country, 2: region.
int destination_match(const std::string& wanted, const Order* order) {
  if (order == nullptr || !order->header.ship_to || !order->header.ship_to->country) return 0;
  const Address& to = *order->header.ship_to;
  if (*to.country == wanted) return 1;
  if (!to.region) return 0;
  return *to.region == wanted || *to.country + "-" + *to.region == wanted ? 2 : 0;
}

bool scope_matches(const State::Tables& t, const PolicyScope& scope, const PolicyQuestion& q) {
  if (scope.sku && t.skus[q.sku].item.sku != *scope.sku) return false;
  if (scope.warehouse && (q.warehouse == 0 || t.warehouses[q.warehouse].name != *scope.warehouse)) {
    return false;
  }
  if (scope.channel && (q.order == nullptr || !names(scope.channel, q.order->header.channel))) {
    return false;
  }
  if (scope.customer) {
    if (q.order == nullptr || !q.order->header.customer) return false;
    if (!names(scope.customer, q.order->header.customer->id)) return false;
  }
  return !scope.destination || destination_match(*scope.destination, q.order) > 0;
}

Level level_of(const PolicyScope& scope) {
  Level level;
  level.rank = scope.customer ? 0 : scope.channel ? 1 : scope.warehouse ? 2 : scope.sku ? 3 : 4;
  level.fewer_keys =
      -(scope.customer.has_value() + scope.channel.has_value() + scope.warehouse.has_value() +
        scope.sku.has_value() + scope.destination.has_value());
  return level;
}

// What the documents about the destination demand at least.
struct Floor {
  std::int32_t min_days = 0, min_percent = 0;
  Maybe<std::int32_t> transit;
  int transit_match = 0;
};

// Below order and line: documents by scope, warehouse, item, owner, system.
PolicyKnobs below_order(const State::Tables& t, const PolicyQuestion& q, Floor& floor) {
  std::vector<Level> levels;
  const auto add = [&](int rank, int keys, const PolicyKnobs& knobs) {
    levels.push_back({rank, -keys, true, 0, &knobs});
  };
  if (const auto at = t.policies.find(q.owner); at != t.policies.end()) {
    for (const PolicyDocument& document : at->second) {
      const PolicyScope& scope = document.policy.scope;
      if (!scope_matches(t, scope, q)) continue;
      const PolicyKnobs& knobs = document.policy.policy;
      Level level = level_of(scope);
      level.older = UINT64_MAX - document.order;
      level.knobs = &knobs;
      levels.push_back(level);
      if (!scope.destination) continue;
      floor.min_days = std::max(floor.min_days, knobs.min_remaining_days.value_or(0));
      floor.min_percent = std::max(floor.min_percent, knobs.min_remaining_percent.value_or(0));
      const int match = destination_match(*scope.destination, q.order);
      if (knobs.transit_days && match >= floor.transit_match) {
        floor.transit = std::max(*knobs.transit_days,
                                 match > floor.transit_match ? 0 : floor.transit.value_or(0));
        floor.transit_match = match;
      }
    }
  }
  if (q.warehouse != 0) add(2, 1, t.warehouses[q.warehouse].policy);
  if (q.sku != 0) add(3, 1, t.skus[q.sku].item.policy);
  add(4, 0, t.owners[q.owner].policy);
  add(5, 0, t.system_policy);
  std::sort(levels.begin(), levels.end(),
            [](const Level& a, const Level& b) { return a.tie() < b.tie(); });
  PolicyKnobs knobs;
  for (const Level& level : levels) fill(knobs, *level.knobs);
  return knobs;
}

PolicyKnobs top_knobs(const PolicyQuestion& q) {
  PolicyKnobs top;
  if (q.line != nullptr) top = q.line->sent.policy;
  if (q.order != nullptr) fill(top, q.order->header.policy);
  return top;
}

std::string yes_no(bool value) { return value ? "true" : "false"; }

}  // namespace

bool says_nothing(const PolicyKnobs& k) {
  // Bit by bit, without branches.
  return !(k.rotation.has_value() | k.allocate.has_value() | k.allocate_days_before.has_value() |
           k.min_remaining_days.has_value() | k.min_remaining_percent.has_value() |
           k.max_remaining_days.has_value() | k.transit_days.has_value() |
           k.last_day_usable.has_value() | k.null_expiry.has_value() |
           k.past_best_before_days.has_value() | k.allow_past_sell_by.has_value() |
           k.not_before_expiry.has_value() | k.max_lots.has_value() | k.multiple.has_value() |
           k.ship_complete.has_value() | k.min_fulfil_percent.has_value() |
           k.lot_preference.has_value() | k.substitution.has_value() |
           k.inbound_min_percent.has_value() | k.legacy_lot.has_value() | k.returns_to.has_value() |
           k.split_warehouses.has_value() | k.network_fefo.has_value());
}

EffectivePolicy resolve_policy(const State::Tables& t, const PolicyQuestion& q) {
  const bool line_plain = q.line == nullptr || q.line->plain || says_nothing(q.line->sent.policy);
  const bool order_plain =
      q.order == nullptr || q.order->plain || says_nothing(q.order->header.policy);
  const auto documents = t.policies.find(q.owner);
  const bool no_documents = documents == t.policies.end() || documents->second.empty();
  const std::uint32_t key = (std::uint32_t{q.owner} << 16) | q.warehouse;
  const bool plain = line_plain && order_plain && no_documents && t.sku_stock[q.sku].plain_policy;
  if (plain) {
    const auto cached = t.plain_policies.find(key);
    if (cached != t.plain_policies.end()) return cached->second;
  }
  Floor floor;
  PolicyKnobs below = below_order(t, q, floor);
  const bool lowest_transit_known = floor.transit.has_value();
  PolicyKnobs top;
  if (!line_plain || !order_plain) {
    // Only an order by API may have lowered anything: it was asked for the right when it came. Of
    // others a line's lowering is as if it were not there: then the order's own knob counts.
    const bool may_lower = q.order == nullptr || q.order->source == "api";
    for (const PolicyKnobs* own : {line_plain ? nullptr : &q.line->sent.policy,
                                   order_plain ? nullptr : &q.order->header.policy}) {
      if (own == nullptr) continue;
      PolicyKnobs kept = *own;
      if (!may_lower) drop_lowerings(kept, decided(below));
      fill(top, kept);
    }
    fill(top, below);
  } else {
    top = std::move(below);
  }
  if (lowest_transit_known) {
    const PolicyKnobs own = line_plain && order_plain ? PolicyKnobs{} : top_knobs(q);
    top.transit_days = std::max(*floor.transit, own.transit_days.value_or(0));
  }
  EffectivePolicy out = decided(top);
  out.min_remaining_days = std::max(out.min_remaining_days, floor.min_days);
  out.min_remaining_percent = std::max(out.min_remaining_percent, floor.min_percent);
  if (plain) t.plain_policies[key] = out;
  return out;
}

std::vector<Lowering> lowered_demands(const State::Tables& t, const PolicyQuestion& q) {
  std::vector<Lowering> out;
  if ((q.line == nullptr || says_nothing(q.line->sent.policy)) &&
      (q.order == nullptr || says_nothing(q.order->header.policy))) {
    return out;
  }
  const PolicyKnobs top = top_knobs(q);
  Floor floor;
  const EffectivePolicy below = decided(below_order(t, q, floor));
  const auto number = [&](const char* knob, std::int32_t was, const Maybe<std::int32_t>& now,
                          bool lowered) {
    if (now && lowered) out.push_back({knob, std::to_string(was), std::to_string(*now)});
  };
  const auto flag = [&](const char* knob, const Maybe<bool>& now, bool was, bool laxer) {
    if (now && *now == laxer && was != laxer) out.push_back({knob, yes_no(was), yes_no(*now)});
  };
  number("min_remaining_days", below.min_remaining_days, top.min_remaining_days,
         top.min_remaining_days.value_or(0) < below.min_remaining_days);
  number("min_remaining_percent", below.min_remaining_percent, top.min_remaining_percent,
         top.min_remaining_percent.value_or(0) < below.min_remaining_percent);
  number("max_remaining_days", below.max_remaining_days.value_or(0), top.max_remaining_days,
         below.max_remaining_days &&
             *below.max_remaining_days < top.max_remaining_days.value_or(INT32_MIN));
  number("transit_days", below.transit_days, top.transit_days,
         top.transit_days.value_or(0) < below.transit_days);
  number("past_best_before_days", below.past_best_before_days, top.past_best_before_days,
         top.past_best_before_days.value_or(0) > below.past_best_before_days);
  flag("last_day_usable", top.last_day_usable, below.last_day_usable, true);
  flag("allow_past_sell_by", top.allow_past_sell_by, below.allow_past_sell_by, true);
  flag("not_before_expiry", top.not_before_expiry, below.not_before_expiry, false);
  if (top.null_expiry && *top.null_expiry != NullExpiry::exclude &&
      below.null_expiry == NullExpiry::exclude) {
    out.push_back(
        {"null_expiry", "exclude", *top.null_expiry == NullExpiry::last ? "last" : "first"});
  }
  if (top.legacy_lot == LegacyLot::last && below.legacy_lot == LegacyLot::exclude) {
    out.push_back({"legacy_lot", "exclude", "last"});
  }
  return out;
}

void drop_lowerings(PolicyKnobs& k, const EffectivePolicy& below) {
  if (k.min_remaining_days && *k.min_remaining_days < below.min_remaining_days) {
    k.min_remaining_days.reset();
  }
  if (k.min_remaining_percent && *k.min_remaining_percent < below.min_remaining_percent) {
    k.min_remaining_percent.reset();
  }
  if (k.max_remaining_days && below.max_remaining_days &&
      *k.max_remaining_days > *below.max_remaining_days) {
    k.max_remaining_days.reset();
  }
  if (k.transit_days && *k.transit_days < below.transit_days) k.transit_days.reset();
  if (k.past_best_before_days && *k.past_best_before_days > below.past_best_before_days) {
    k.past_best_before_days.reset();
  }
  if (k.last_day_usable == true && !below.last_day_usable) k.last_day_usable.reset();
  if (k.allow_past_sell_by == true && !below.allow_past_sell_by) k.allow_past_sell_by.reset();
  if (k.not_before_expiry == false && below.not_before_expiry) k.not_before_expiry.reset();
  if (k.null_expiry && *k.null_expiry != NullExpiry::exclude &&
      below.null_expiry == NullExpiry::exclude) {
    k.null_expiry.reset();
  }
  if (k.legacy_lot == LegacyLot::last && below.legacy_lot == LegacyLot::exclude) {
    k.legacy_lot.reset();
  }
}

}  // namespace lotbridge::core
