// What an order line means: item, units, kit parts; and which line a document speaks of. See
// documents.hpp.
#include <algorithm>

#include "documents.hpp"

namespace lotbridge::core {

namespace {

constexpr int kKitDepth = 8;

struct Found {
  SkuId sku = 0;
  Quantity factor = Quantity::whole(1);
};

Found find_item(const State& state, OwnerId owner, const std::string& source,
                const OrderLine& line) {
  Found found;
  const State::Tables& t = state.tables();
  if (line.variant && !t.aliases.empty()) {
    found.sku = state.sku_by_alias(owner, source, *line.variant, &found.factor);
  }
  if (found.sku == 0 && line.sku && !t.aliases.empty()) {
    found.sku = state.sku_by_alias(owner, source, *line.sku, &found.factor);
  }
  if (found.sku == 0 && line.sku) {
    const SkuId named = t.find_sku(owner, *line.sku);
    if (named != 0 && t.sku_stock[named].known) found.sku = named;
  }
  if (found.sku == 0 && line.gtin) found.sku = state.sku_by_gtin(owner, *line.gtin, &found.factor);
  if (found.sku != 0) found.sku = t.standing_sku(found.sku);
  return found;
}

// The frozen bill: components of components are taken apart, the same SKU twice is one entry.
void add_parts(Work& w, OwnerId owner, const std::vector<Component>& components, Quantity times,
               int depth, std::vector<Component>& bill) {
  for (const Component& component : components) {
    const Quantity quantity = scaled(component.quantity, times);
    const SkuId sku = w.t.find_sku(owner, component.sku);
    if (sku != 0 && !w.t.skus[sku].item.components.empty() && depth < kKitDepth) {
      const std::vector<Component> inner = w.t.skus[sku].item.components;
      add_parts(w, owner, inner, quantity, depth + 1, bill);
      continue;
    }
    const auto same = std::find_if(bill.begin(), bill.end(),
                                   [&](const Component& c) { return c.sku == component.sku; });
    if (same == bill.end()) {
      bill.push_back({component.sku, quantity});
    } else {
      same->quantity += quantity;
    }
  }
}

void freeze_bill(Work& w, const Order& order, LineState& line) {
  line.components.clear();
  line.parts.clear();
  const std::vector<Component> components = w.t.skus[line.sku].item.components;
  if (components.empty()) return;
  add_parts(w, order.owner, components, Quantity::whole(1), 0, line.components);
  for (const Component& component : line.components) {
    line.parts.push_back({w.t.mention_sku(order.owner, component.sku), component.quantity});
  }
}

// Half to even, the rounding of banks and scales: no bias over many lines.
std::int64_t divide_half_even(__int128_t value, __int128_t by) {
  __int128_t quotient = value / by;
  const __int128_t rest = value % by;
  if (rest * 2 > by || (rest * 2 == by && quotient % 2 != 0)) ++quotient;
  return static_cast<std::int64_t>(quotient);
}

struct Ratio {
  std::int64_t value = 1, scale = 1;
};

// A decimal text with any number of decimals up to 12; value / scale.
Maybe<Ratio> parse_factor(const std::string& text) {
  Ratio ratio{0, 1};
  bool point = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || ratio.value > 900'000'000'000LL || ratio.scale > 100'000'000'000LL) {
      return {};
    }
    ratio.value = ratio.value * 10 + (c - '0');
    if (point) ratio.scale *= 10;
  }
  if (ratio.value == 0) return {};
  return ratio;
}

}  // namespace

bool fits_decimals(Quantity quantity, std::int32_t decimals) {
  std::int64_t step = Quantity::kScale;
  for (std::int32_t i = 0; i < std::min(decimals, 6); ++i) step /= 10;
  return quantity.micros % step == 0;
}

Maybe<Quantity> base_quantity(const Item& item, Quantity quantity, const Maybe<std::string>& pack,
                              const Maybe<std::string>& unit, const Maybe<std::string>& rounding) {
  if (pack) {
    const auto found = std::find_if(item.packs.begin(), item.packs.end(),
                                    [&](const Pack& p) { return p.code == *pack; });
    if (found == item.packs.end()) return {};
    const Maybe<Quantity> units = quantity.times(found->quantity);
    if (!units) return {};
    quantity = *units;
  }
  if (!unit || *unit == item.unit) return quantity;
  const auto found = std::find_if(item.units.begin(), item.units.end(),
                                  [&](const UnitFactor& u) { return u.code == *unit; });
  if (found == item.units.end()) return {};
  const Maybe<Ratio> factor = parse_factor(found->factor);
  if (!factor || quantity < Quantity{}) return {};
  const __int128_t product = static_cast<__int128_t>(quantity.micros) * factor->value;
  if (product / factor->scale > INT64_MAX / 4) return {};
  std::int64_t step = Quantity::kScale;
  for (std::int32_t i = 0; i < std::min(item.decimals, 6); ++i) step /= 10;
  const __int128_t grain = static_cast<__int128_t>(factor->scale) * step;
  if (product % grain == 0) return Quantity{static_cast<std::int64_t>(product / factor->scale)};
  if (!rounding || *rounding != "half_even") return {};
  return Quantity{divide_half_even(product, grain) * step};
}

void resolve_line(Work& w, const Order& order, LineState& line) {
  line.problem.clear();
  const Found found = find_item(w.state, order.owner, order.source, line.sent);
  if (found.sku == 0 && !line.sent.requires_shipping) {
    line.sku = 0;
    line.quantity = line.sent.quantity.value_or(Quantity{});
    return;  // a gift card needs no item
  }
  if (found.sku == 0) {
    line.sku = 0;
    line.problem = "unknown_sku";
    line.shortage_reason = line.problem;
    return;
  }
  const bool other_item = line.sku != found.sku;
  line.sku = found.sku;
  const SkuStock& hot = w.t.sku_stock[line.sku];
  Maybe<Quantity> base;
  if (line.sent.quantity && !(*line.sent.quantity < Quantity{})) {
    base = line.sent.quantity;
    if (line.sent.pack || line.sent.unit) {
      base = base_quantity(w.t.skus[line.sku].item, *base, line.sent.pack, line.sent.unit,
                           line.sent.rounding);
    }
    if (base && found.factor != Quantity::whole(1)) base = base->times(found.factor);
  }
  if (!base || !fits_decimals(*base, hot.decimals)) {
    line.problem = "invalid_quantity";
    line.shortage_reason = line.problem;
    return;
  }
  line.factor = found.factor;
  line.quantity = *base;
  if (line.shortage_reason == "unknown_sku" || line.shortage_reason == "invalid_quantity") {
    line.shortage_reason.clear();
  }
  // A kit's bill is frozen when the line first means it: what was promised stays the promise.
  if (other_item && (hot.is_kit || !line.components.empty())) freeze_bill(w, order, line);
}

std::int64_t find_line(const State::Tables& t, const Order& order, const Maybe<std::string>& line,
                       const Maybe<std::string>& sku) {
  if (line) {
    std::int64_t removed = -1;
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
      if (order.lines[i].sent.line != *line) continue;
      if (!order.lines[i].removed) return static_cast<std::int64_t>(i);
      removed = static_cast<std::int64_t>(i);
    }
    if (removed >= 0 || !sku) return removed;
  }
  if (!sku) return order.lines.size() == 1 ? 0 : -1;
  const auto matches = [&](const LineState& state) {
    if (state.sku != 0 && t.skus[state.sku].item.sku == *sku) return true;
    if (state.sent.sku == *sku || state.sent.variant == *sku) return true;
    return std::any_of(state.components.begin(), state.components.end(),
                       [&](const Component& c) { return c.sku == *sku; });
  };
  std::int64_t found = -1;
  for (const bool want_open : {true, false}) {
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
      const LineState& state = order.lines[i];
      if (!matches(state) || state.removed) continue;
      if (want_open && !open_quantity(state).is_positive()) continue;
      if (found >= 0) return -2;
      found = static_cast<std::int64_t>(i);
    }
    if (found >= 0) return found;
  }
  return found;
}

OrderId order_of(Work& w, const Maybe<std::string>& reference, const std::string& fallback) {
  if (w.ctx.order_ambiguous) {
    const std::string detail = "Several orders answer to \"" + reference.value_or("") + "\".";
    if (w.command) {
      w.refuse("ambiguous_reference", detail, "/order");
    } else {
      park(w, "ambiguous_reference", detail);
    }
    return 0;
  }
  if (w.ctx.order != 0 && w.t.find_order(w.ctx.order) != nullptr) return w.ctx.order;
  if (w.command && reference) {
    w.refuse("not_found", "There is no order \"" + *reference + "\".", "/order");
    return 0;
  }
  Order placeholder;
  placeholder.owner = w.owner;
  placeholder.reference = reference.value_or(fallback);
  placeholder.document = w.ctx.document;
  placeholder.first_seen = w.at;
  return w.t.create_order(std::move(placeholder));
}

}  // namespace lotbridge::core
