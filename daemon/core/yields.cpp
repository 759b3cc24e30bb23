// What a transformation should have given, and what it cost. See transformations.hpp.
#include <algorithm>
#include <map>

#include "documents.hpp"
#include "transformations.hpp"

namespace lotbridge::core {

namespace {

__extension__ typedef __int128 Wide;

using Sums = std::map<SkuId, Quantity>;

Sums by_sku(const State::Tables& t, const std::vector<Portion>& portions) {
  Sums sums;
  for (const Portion& portion : portions) sums[t.lots[portion.lot].sku] += portion.quantity;
  return sums;
}

// Units of `made` that the components at hand are good for: the scarcest decides.
Maybe<Quantity> by_own_bill(const State::Tables& t, OwnerId owner, SkuId made, const Sums& inputs) {
  Maybe<Quantity> out;
  for (const Component& component : t.skus[made].item.components) {
    const auto used = inputs.find(t.find_sku(owner, component.sku));
    if (used == inputs.end() || !component.quantity.is_positive()) continue;
    const Wide units =
        static_cast<Wide>(used->second.micros) * Quantity::kScale / component.quantity.micros;
    const Quantity expected{static_cast<std::int64_t>(std::min<Wide>(units, INT64_MAX / 4))};
    if (!out || expected < *out) out = expected;
  }
  return out;
}

// Units of a component that the kits that were taken apart hold.
Maybe<Quantity> by_their_bill(const State::Tables& t, SkuId made, const Sums& inputs) {
  Maybe<Quantity> out;
  for (const auto& [sku, quantity] : inputs) {
    for (const Component& component : t.skus[sku].item.components) {
      if (component.sku != t.skus[made].item.sku) continue;
      out = out.value_or(Quantity{}) + scaled(component.quantity, quantity);
    }
  }
  return out;
}

struct Yield {
  Quantity expected, actual;
};

Maybe<Yield> yield_of(const State::Tables& t, OwnerId owner, SkuId made, const Sums& inputs,
                      const Sums& outputs) {
  if (const auto expected = by_own_bill(t, owner, made, inputs)) {
    return Yield{*expected, outputs.at(made)};
  }
  if (const auto expected = by_their_bill(t, made, inputs)) {
    return Yield{*expected, outputs.at(made)};
  }
  // Repacking: everything that came out, by-products too, against everything that went in.
  const std::string& unit = t.skus[made].item.unit;
  Yield yield;
  for (const auto& [sku, quantity] : inputs) {
    if (t.skus[sku].item.unit != unit) return {};
    yield.expected += quantity;
  }
  for (const auto& [sku, quantity] : outputs) {
    if (t.skus[sku].item.unit == unit) yield.actual += quantity;
  }
  return yield;
}

}  // namespace

void watch_yield(Work& w, const Document& document, WarehouseId warehouse,
                 const std::vector<Portion>& inputs, const std::vector<Portion>& outputs) {
  const Sums in = by_sku(w.t, inputs);
  const Sums out = by_sku(w.t, outputs);
  for (const auto& [sku, quantity] : out) {
    const Item& item = w.t.skus[sku].item;
    if (!item.yield_tolerance_percent) continue;
    const Maybe<Yield> yield = yield_of(w.t, w.owner, sku, in, out);
    if (!yield || !yield->expected.is_positive()) continue;
    const Wide off = static_cast<Wide>(yield->actual.micros) - yield->expected.micros;
    const Wide allowed = static_cast<Wide>(*item.yield_tolerance_percent) * yield->expected.micros;
    if ((off < 0 ? -off : off) * 100 <= allowed) continue;
    AlertChange& alert =
        w.alert("yield_out_of_tolerance", "warning",
                yield->actual.text() + " came out where " + yield->expected.text() + " of " +
                    item.sku + " were to be expected.");
    alert.sku = sku;
    alert.warehouse = warehouse;
    alert.quantity = yield->actual;
    alert.extra = {{"transformation", document.id}};
    w.except("yield_out_of_tolerance", alert.detail);
  }
}

void carry_cost(Work& w, const Transformation& sent, const std::vector<Portion>& inputs,
                const std::vector<Portion>& outputs) {
  if (outputs.empty() || (inputs.empty() && sent.costs.empty())) return;
  std::string currency;
  Wide sum = 0;
  const auto add = [&](Wide micros, const std::string& of) {
    if (currency.empty()) currency = of;
    sum += micros;
    return currency == of;
  };
  for (const Portion& input : inputs) {
    const LotCost cost = w.ctx.cost_of ? w.ctx.cost_of(input.lot) : LotCost{};
    if (!cost.is_known()) return;
    const Wide all = static_cast<Wide>(cost.micros) + cost.charges;
    if (!add(all * input.quantity.micros / cost.quantity.micros, cost.currency)) return;
  }
  for (const TransformationCost& extra : sent.costs) {
    if (!add(extra.amount.micros, extra.amount.currency)) return;
  }
  std::vector<Quantity> weights;
  for (const Portion& output : outputs) weights.push_back(output.quantity);
  const auto total = static_cast<std::int64_t>(std::min<Wide>(sum, INT64_MAX / 4));
  const std::vector<std::int64_t> shares = split(total, currency, weights);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    w.out.costs.push_back(
        {outputs[i].lot, CostKind::produced, outputs[i].quantity, shares[i], currency});
  }
}

}  // namespace lotbridge::core
