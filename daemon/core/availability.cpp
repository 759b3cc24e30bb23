#include "availability.hpp"

#include <algorithm>
#include <map>

#include "allocator.hpp"
#include "eligibility.hpp"

namespace lotbridge::core {
namespace {

struct Asked {
  const State& state;
  Order order;  // nobody's, of the channel
  WarehouseId warehouse = 0;
  std::int32_t today = 0;
};

Quantity units_of(const Asked& asked, SkuId sku) {
  const State::Tables& tables = asked.state.tables();
  LineState line;
  line.sku = sku;
  const PolicyQuestion question{asked.order.owner, sku, asked.warehouse, &asked.order, &line};
  const Demand demand = demand_of(tables, question, asked.today);
  // Whole multiples out of each lot, as the allocator takes them; a multiple of one is none.
  const Quantity each = demand.policy.multiple;
  const std::int64_t multiple = each == Quantity::whole(1) ? 1 : each.micros;
  Quantity sum;
  for (const LotStock& stock : asked.state.stock_of(sku, asked.warehouse)) {
    if (gate(tables, demand, stock, asked.warehouse) != Reason::none) continue;
    const std::int64_t units = free_units(tables, stock, asked.warehouse).micros;
    sum += Quantity{units - units % multiple};
  }
  return sum;
}

}  // namespace

std::optional<Quantity> available_to_channel(const State& state, SkuId id, WarehouseId warehouse,
                                             std::string_view channel, const Context& context) {
  const Sku* sku = state.sku(id);
  const Owner* owner = sku == nullptr ? nullptr : state.owner(sku->owner);
  if (owner == nullptr) return std::nullopt;
  const auto& places = owner->warehouses;
  if (!places.empty() && std::find(places.begin(), places.end(), warehouse) == places.end())
    return std::nullopt;
  Asked asked{state, {}, warehouse, context.calendar->business_date(warehouse, context.now).days};
  asked.order.owner = sku->owner;
  asked.order.known = true;
  if (!channel.empty()) asked.order.header.channel = std::string(channel);
  if (sku->item.components.empty()) return units_of(asked, id);
  std::map<std::string_view, std::int64_t> needed;  // a bill may name a component twice
  for (const Component& component : sku->item.components) {
    if (component.quantity.is_positive()) needed[component.sku] += component.quantity.micros;
  }
  std::optional<std::int64_t> kits;
  for (const auto& [name, micros] : needed) {
    const SkuId part = state.sku_id(sku->owner, name);
    const std::int64_t whole = part == 0 ? 0 : units_of(asked, part).micros / micros;
    kits = kits ? std::min(*kits, whole) : whole;
  }
  return Quantity::whole(kits.value_or(0));
}

std::string_view promise_fault(const State& state, const Order& order, const LineState& line,
                               SkuId part, LotId lot, WarehouseId warehouse,
                               const Context& context) {
  const State::Tables& tables = state.tables();
  const LotStock* stock = state.stock(lot, warehouse);
  if (stock == nullptr) return "reserved";
  const std::int32_t today = context.calendar->business_date(warehouse, context.now).days;
  const Demand demand = demand_of(tables, question_of(order, line, part, warehouse), today);
  switch (const Reason reason = gate(tables, demand, *stock, warehouse)) {
    case Reason::recalled:
    case Reason::quarantine:
    case Reason::hold:
    case Reason::damaged:
    case Reason::expired:
    case Reason::removal_date_passed:
    case Reason::min_shelf_life:
    case Reason::shelf_life_unknown:
      return reason_name(reason);
    default:
      return "";
  }
}

namespace {

// Days before its date from which a lot counts as short-dated; -1: the item does not say.
std::int32_t short_dated_days(const Item& item) {
  if (!item.short_dated_days.empty())
    return *std::max_element(item.short_dated_days.begin(), item.short_dated_days.end());
  return item.alert_days.value_or(-1);
}

bool has_units(const State& state, LotId lot, WarehouseId warehouse) {
  for (const StockCell& cell : state.cells(lot, warehouse)) {
    if (!cell.on_hand.is_zero()) return true;
  }
  const auto& travelling = state.tables().in_transit;
  const auto found = travelling.find(place_key(lot, warehouse));
  return found != travelling.end() && !found->second.is_zero();
}

}  // namespace

LotCondition lot_condition(const State& state, LotId id, const Context& context) {
  LotCondition condition;
  const Lot* lot = state.lot(id);
  const Sku* sku = lot == nullptr ? nullptr : state.sku(lot->sku);
  if (sku == nullptr) return condition;
  const std::size_t warehouses = state.tables().warehouses.size();  // the first stands for none
  std::vector<WarehouseId> places;
  for (std::size_t i = 1; i < warehouses; ++i) {
    if (has_units(state, id, static_cast<WarehouseId>(i)))
      places.push_back(static_cast<WarehouseId>(i));
  }
  condition.depleted = lot->received && places.empty();
  if (lot->expires_on == kNoDate) return condition;
  if (places.empty()) {
    for (std::size_t i = 1; i < warehouses; ++i) places.push_back(static_cast<WarehouseId>(i));
  }
  const std::int32_t short_days = short_dated_days(sku->item);
  for (const WarehouseId place : places) {
    const std::int32_t today = context.calendar->business_date(place, context.now).days;
    const EffectivePolicy policy =
        resolve_policy(state.tables(), {sku->owner, sku->id, place, nullptr, nullptr});
    const std::int32_t last_good = lot->expires_on - (policy.last_day_usable ? 0 : 1);
    if (today > last_good) condition.expired = true;
    if (short_days >= 0 && lot->expires_on - today <= short_days) condition.short_dated = true;
  }
  if (condition.expired) condition.short_dated = false;
  return condition;
}

}  // namespace lotbridge::core
