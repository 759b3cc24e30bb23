// Whose knob counts, and whether a lot may go (rules 1-6): one question after the other.
#include <algorithm>

#include "knobs.hpp"
#include "model.hpp"

namespace lotbridge::simulation {

namespace {

struct Level {
  int rank = 0;  // customer 0, channel 1, warehouse 2, sku 3, none 4, system 5
  int keys = 0;  // more first
  bool document = false;
  int age = 0;  // newer has more
  const PolicyKnobs* knobs = nullptr;
};

bool more_specific(const Level& a, const Level& b) {
  if (a.rank != b.rank) return a.rank < b.rank;
  if (a.keys != b.keys) return a.keys > b.keys;
  if (a.document != b.document) return a.document;
  return a.age > b.age;
}

// 2: the region, 1: the country, 0: neither.
int destination_match(const std::string& wanted, const OrderBook* order) {
  if (order == nullptr || !order->header.ship_to || !order->header.ship_to->country) return 0;
  const Address& to = *order->header.ship_to;
  if (*to.country == wanted) return 1;
  if (to.region && *to.country + "-" + *to.region == wanted) return 2;
  return 0;
}

template <typename T>
void take_if_unset(Maybe<T>& into, const Maybe<T>& from) {
  if (!into && from) into = from;
}

}  // namespace

// `floor`: days, percent and transit that the destination demands (transit -1: says nothing).
PolicyKnobs Model::below_order(int owner, int sku, int warehouse, const OrderBook* order,
                               Units floor[3]) const {
  floor[0] = floor[1] = 0;
  floor[2] = -1;
  int transit_match = 0;
  std::vector<Level> levels;
  const auto& documents = policies_[static_cast<std::size_t>(owner)];
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const PolicyScope& scope = documents[i].policy.scope;
    const PolicyKnobs& knobs = documents[i].policy.policy;
    if (scope.sku && (sku == kNone || skus_[static_cast<std::size_t>(sku)].name != *scope.sku))
      continue;
    if (scope.warehouse &&
        (warehouse == kNone ||
         world_.warehouses[static_cast<std::size_t>(warehouse)].name != *scope.warehouse))
      continue;
    if (scope.channel && (order == nullptr || order->header.channel != scope.channel)) continue;
    if (scope.customer && (order == nullptr || !order->header.customer ||
                           order->header.customer->id != scope.customer))
      continue;
    const int match = scope.destination ? destination_match(*scope.destination, order) : 0;
    if (scope.destination && match == 0) continue;
    Level level;
    level.rank = scope.customer ? 0 : scope.channel ? 1 : scope.warehouse ? 2 : scope.sku ? 3 : 4;
    level.keys = scope.customer.has_value() + scope.channel.has_value() +
                 scope.warehouse.has_value() + scope.sku.has_value() +
                 scope.destination.has_value();
    level.document = true;
    level.age = static_cast<int>(i);
    level.knobs = &knobs;
    levels.push_back(level);
    if (!scope.destination) continue;
    floor[0] = std::max<Units>(floor[0], knobs.min_remaining_days.value_or(0));
    floor[1] = std::max<Units>(floor[1], knobs.min_remaining_percent.value_or(0));
    if (knobs.transit_days && match >= transit_match) {
      // A region says it better than its country; of two that say it equally well, the longer way.
      floor[2] = match > transit_match ? *knobs.transit_days
                                       : std::max<Units>(floor[2], *knobs.transit_days);
      transit_match = match;
    }
  }
  if (warehouse != kNone)
    levels.push_back(
        {2, 1, false, 0, &world_.warehouses[static_cast<std::size_t>(warehouse)].policy});
  if (sku != kNone)
    levels.push_back({3, 1, false, 0, &skus_[static_cast<std::size_t>(sku)].item.policy});
  levels.push_back({4, 0, false, 0, &world_.owners[static_cast<std::size_t>(owner)].policy});
  levels.push_back({5, 0, false, 0, &world_.system});
  std::stable_sort(levels.begin(), levels.end(), more_specific);
  PolicyKnobs out;
  for (const Level& level : levels) {
    each_knob([&](auto knob) { take_if_unset(out.*knob, (*level.knobs).*knob); });
  }
  return out;
}

// Whether any knob that the line sets, or the order where the line is silent, asks for less than
// what holds below.
bool Model::lowers(const PolicyKnobs& line, const PolicyKnobs& order,
                   const PolicyKnobs& below) const {
  bool any = false;
  each_knob([&](auto knob) {
    const PolicyKnobs& mine = (line.*knob) ? line : order;
    if ((mine.*knob) && knob_lowers(knob, mine, below)) any = true;
  });
  return any;
}

PolicyKnobs Model::knobs(int owner, int sku, int warehouse, const OrderBook* order,
                         const LineBook* line) const {
  Units floor[3];
  const PolicyKnobs below = below_order(owner, sku, warehouse, order, floor);
  PolicyKnobs out;
  Maybe<std::int32_t> own_transit;
  for (const PolicyKnobs* mine : {line != nullptr ? &line->sent.policy : nullptr,
                                  order != nullptr ? &order->header.policy : nullptr}) {
    if (mine == nullptr) continue;
    take_if_unset(own_transit, mine->transit_days);
    each_knob([&](auto knob) {
      // Only an order by API may lower anything: it was asked for the right when it came.
      const bool ignored = order != nullptr && order->source != "api" && ((*mine).*knob) &&
                           knob_lowers(knob, *mine, below);
      if (!ignored) take_if_unset(out.*knob, (*mine).*knob);
    });
  }
  each_knob([&](auto knob) { take_if_unset(out.*knob, below.*knob); });
  if (floor[2] >= 0)
    out.transit_days = std::max(static_cast<std::int32_t>(floor[2]), own_transit.value_or(0));
  out.min_remaining_days =
      std::max(out.min_remaining_days.value_or(0), static_cast<std::int32_t>(floor[0]));
  out.min_remaining_percent =
      std::max(out.min_remaining_percent.value_or(0), static_cast<std::int32_t>(floor[1]));
  return out;
}

Wish Model::wish_of(int order_at, int line_at, int sku, int warehouse, std::int32_t day) const {
  const OrderBook* order =
      order_at == kNone ? nullptr : &orders_[static_cast<std::size_t>(order_at)];
  const LineBook* line =
      line_at == kNone ? nullptr : &order->lines[static_cast<std::size_t>(line_at)];
  const SkuBook& book = skus_[static_cast<std::size_t>(sku)];
  Wish wish;
  wish.knobs = knobs(book.owner, sku, warehouse, order, line);
  wish.ship_day = day;
  if (order != nullptr && order->header.ship_on)
    wish.ship_day = std::max(day, order->header.ship_on->days);
  wish.reference_day = wish.ship_day + wish.knobs.transit_days.value_or(0);
  wish.shelf_life = book.item.shelf_life_days.value_or(0);
  wish.removal_days = book.item.removal_days;
  wish.shelf_life_controlled = book.item.shelf_life_controlled;
  if (line != nullptr && line->sent.lot && !line->is_kit()) {
    wish.pinned = true;
    wish.pinned_lot = find_lot(sku, line->sent.lot->text);
  }
  if (wish.knobs.not_before_expiry.value_or(false) && order != nullptr && order->header.customer &&
      order->header.customer->id) {
    const auto last = last_shipped_.find({order->owner, *order->header.customer->id, sku});
    if (last != last_shipped_.end()) wish.last_expiry = last->second.second;
  }
  return wish;
}

std::int32_t Model::first_bad_day(const LotBook& lot, const PolicyKnobs& knobs) const {
  if (lot.expires_on == kNever) return INT32_MAX;
  std::int32_t day = lot.expires_on;
  if (lot.best_before) day += knobs.past_best_before_days.value_or(0);
  if (knobs.last_day_usable.value_or(true)) day += 1;
  return day;
}

std::string Model::why_not(const Wish& wish, int lot_at, int warehouse) const {
  const LotBook& lot = lots_[static_cast<std::size_t>(lot_at)];
  const PolicyKnobs& k = wish.knobs;
  const auto held = [&](const std::set<std::pair<int, std::string>>& blocks) {
    return std::any_of(blocks.begin(), blocks.end(), [&](const auto& block) {
      return block.first == kNone || block.first == warehouse;
    });
  };
  const auto only_in = [&](StockStatus status) {
    if (units_at(lot_at, warehouse, StockStatus::available) > 0) return false;
    for (const auto& [account, units] : cells(lot_at, warehouse)) {
      if (account.status == status && units > 0) return true;
    }
    return false;
  };
  if (held(lot.recalls)) return "recalled";
  if (only_in(StockStatus::quarantine)) return "quarantine";
  if (held(lot.holds)) return "hold";
  if (!lot.received) return "unverified";
  if (only_in(StockStatus::damaged)) return "damaged";
  const auto first = lot.first_received.find(warehouse);
  if (first != lot.first_received.end() && first->second > wish.ship_day) return "future_receipt";
  const bool dated = lot.expires_on != kNever;
  if (lot.expired_on_receipt) return "expired";
  if (dated && wish.reference_day >= first_bad_day(lot, k)) return "expired";
  std::int32_t removal = lot.removal_on;
  if (removal == kNever && dated && wish.removal_days)
    removal = lot.expires_on - *wish.removal_days;
  if (removal != kNever && wish.ship_day > removal) return "removal_date_passed";
  const std::int32_t left = dated ? lot.expires_on - wish.reference_day : 0;
  const std::int32_t days = k.min_remaining_days.value_or(0);
  const std::int32_t percent = k.min_remaining_percent.value_or(0);
  if (dated && days > 0 && left < days) return "min_shelf_life";
  bool unknown_life = false;
  if (dated && percent > 0) {
    const std::int32_t whole =
        lot.produced_on != kNever ? lot.expires_on - lot.produced_on : wish.shelf_life;
    if (whole <= 0) {
      unknown_life = true;
    } else if (std::int64_t{left} * 100 < std::int64_t{percent} * whole) {
      return "min_shelf_life";
    }
  }
  if (dated && k.max_remaining_days && left > *k.max_remaining_days) return "max_shelf_life";
  const bool demands = days > 0 || percent > 0 || k.max_remaining_days.has_value();
  if (unknown_life || (!dated && demands && wish.shelf_life_controlled))
    return "shelf_life_unknown";
  if (!dated && k.null_expiry == NullExpiry::exclude) return "no_expiry_excluded";
  if (dated && wish.last_expiry != kNever && lot.expires_on < wish.last_expiry)
    return "older_than_last_shipped";
  if (lot.sell_by != kNever && wish.ship_day > lot.sell_by && !k.allow_past_sell_by.value_or(false))
    return "sell_by_passed";
  if (wish.pinned && wish.pinned_lot != lot_at &&
      k.lot_preference.value_or(LotPreference::require) == LotPreference::require)
    return "lot_pinned";
  if (lot.code == "LEGACY" && k.legacy_lot == LegacyLot::exclude &&
      skus_[static_cast<std::size_t>(lot.sku)].item.lot_tracked)
    return "no_lot";
  return "";
}

}  // namespace lotbridge::simulation
