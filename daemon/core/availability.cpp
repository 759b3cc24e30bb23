#include "availability.hpp"

#include <algorithm>

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
  Quantity sum;
  for (const LotStock& stock : asked.state.stock_of(sku, asked.warehouse)) {
    if (gate(tables, demand, stock, asked.warehouse) == Reason::none)
      sum += free_units(tables, stock, asked.warehouse);
  }
  const std::int64_t multiple = std::max<std::int64_t>(demand.policy.multiple.micros, 1);
  return Quantity{sum.micros - sum.micros % multiple};
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
  std::optional<std::int64_t> kits;
  for (const Component& component : sku->item.components) {
    if (!component.quantity.is_positive()) continue;
    const SkuId part = state.sku_id(sku->owner, component.sku);
    const std::int64_t whole =
        part == 0 ? 0 : units_of(asked, part).micros / component.quantity.micros;
    kits = kits ? std::min(*kits, whole) : whole;
  }
  return Quantity::whole(kits.value_or(0));
}

}  // namespace lotbridge::core
