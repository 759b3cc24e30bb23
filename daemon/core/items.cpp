// Items and policies: what is known of a SKU, and which orders that wakes up (rules 3, 12;
// contract: items).
#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "lot_merges.hpp"
#include "lot_template.hpp"
#include "order_rank.hpp"

namespace lotbridge::core {

namespace {

// An item by API says what the item is; a connector's only adds aliases and fills what is unset.
Item merged_item(const Sku& known, const Item& sent, bool fill_only) {
  if (!known.known || !fill_only) {
    Item out = sent;
    // Aliases that connectors brought are theirs: an item by API that names none for a source keeps
    // them.
    for (const ItemAlias& alias : known.item.aliases) {
      const bool named = std::any_of(sent.aliases.begin(), sent.aliases.end(),
                                     [&](const ItemAlias& a) { return a.source == alias.source; });
      if (!named) out.aliases.push_back(alias);
    }
    return out;
  }
  Item out = known.item;
  for (const ItemAlias& alias : sent.aliases) {
    const auto same = std::find_if(out.aliases.begin(), out.aliases.end(), [&](const ItemAlias& a) {
      return a.source == alias.source && a.code == alias.code;
    });
    if (same == out.aliases.end()) {
      out.aliases.push_back(alias);
    } else {
      same->quantity = alias.quantity;
    }
  }
  const auto unset = [&](const char* key) {
    const auto has = [&](const Item& item) {
      return std::find(item.given.begin(), item.given.end(), key) != item.given.end();
    };
    if (has(known.item) || !has(sent)) return false;
    out.given.emplace_back(key);
    return true;
  };
  if (unset("name")) out.name = sent.name;
  if (unset("unit")) out.unit = sent.unit;
  if (unset("decimals")) out.decimals = sent.decimals;
  if (unset("packs")) out.packs = sent.packs;
  if (unset("units")) out.units = sent.units;
  if (unset("lot_tracked")) out.lot_tracked = sent.lot_tracked;
  if (unset("shelf_life_controlled")) out.shelf_life_controlled = sent.shelf_life_controlled;
  if (unset("traceability_list")) out.traceability_list = sent.traceability_list;
  if (unset("requires_inspection")) out.requires_inspection = sent.requires_inspection;
  if (unset("date_kind")) out.date_kind = sent.date_kind;
  if (unset("shelf_life_days")) out.shelf_life_days = sent.shelf_life_days;
  if (unset("shelf_life_months")) out.shelf_life_months = sent.shelf_life_months;
  if (unset("removal_days")) out.removal_days = sent.removal_days;
  if (unset("alert_days")) out.alert_days = sent.alert_days;
  if (unset("components")) out.components = sent.components;
  if (unset("policy")) out.policy = sent.policy;
  if (unset("lot_template")) out.lot_template = sent.lot_template;
  if (unset("lot_template_mode")) out.lot_template_mode = sent.lot_template_mode;
  if (unset("yield_tolerance_percent")) out.yield_tolerance_percent = sent.yield_tolerance_percent;
  if (unset("short_dated_days")) out.short_dated_days = sent.short_dated_days;
  for (const std::string& gtin : sent.gtins) {
    if (std::find(out.gtins.begin(), out.gtins.end(), gtin) == out.gtins.end()) {
      out.gtins.push_back(gtin);
    }
  }
  return out;
}

std::vector<OrderId> by_rank(const State::Tables& t, std::vector<OrderId> orders) {
  std::sort(orders.begin(), orders.end(), [&](OrderId a, OrderId b) {
    return competes_before(*t.find_order(a), *t.find_order(b));
  });
  return orders;
}

// Lines that nobody understood may mean this item: they come alive and are served by rank.
void wake_unknown_lines(Work& w) {
  const auto at = w.t.unknown_lines.find(w.owner);
  if (at == w.t.unknown_lines.end()) return;
  std::vector<OrderId> woken;
  for (const OrderId id : std::vector<OrderId>(at->second)) {
    bool changed = false;
    const std::size_t count = w.t.find_order(id)->lines.size();
    for (LineIndex i = 0; i < count; ++i) {
      const LineState& line = w.t.find_order(id)->lines[i];
      if (line.removed || line.problem != "unknown_sku") continue;
      LineState resolved = line;
      resolve_line(w, *w.t.find_order(id), resolved);
      if (resolved.problem == "unknown_sku") continue;
      w.t.touch_order(id).lines[i] = std::move(resolved);
      changed = true;
    }
    if (!changed) continue;
    w.t.refresh_waiting(w.t.orders.at(id));
    woken.push_back(id);
  }
  for (const OrderId id : by_rank(w.t, woken)) allocate_order(w, id);
}

// Reservations of the SKU that the item's new knobs forbid are released (rule 12).
void rejudge_sku(Work& w, SkuId sku, std::string_view cause) {
  for (LotId lot = w.t.sku_stock[sku].newest_lot; lot != 0; lot = w.t.older_lot[lot]) {
    rejudge_lot_everywhere(w, lot, cause);
  }
}

bool same_rules(const Item& a, const Item& b) {
  return a.policy == b.policy && a.removal_days == b.removal_days &&
         a.shelf_life_days == b.shelf_life_days &&
         a.shelf_life_controlled == b.shelf_life_controlled && a.lot_tracked == b.lot_tracked;
}

}  // namespace

bool apply_item(Work& w, const Document&, const Item& item) {
  if (item.lot_template && !LotTemplate::parse(*item.lot_template)) {
    return w.refuse("invalid_value", "\"" + *item.lot_template + "\" is not a template of codes.",
                    "/lot_template");
  }
  const SkuId id = w.t.mention_sku(w.owner, item.sku);
  Sku sku = w.t.skus[id];
  const Item before = sku.item;
  const bool was_known = sku.known;
  sku.item = merged_item(sku, item, w.source != "api");
  sku.item.sku = item.sku;
  sku.known = true;
  sku.document = w.ctx.document;
  w.t.replace_sku(sku);
  if (sku.item.merged_into && sku.item.merged_into != before.merged_into) {
    if (!merge_item(w, id)) return false;
  }
  wake_unknown_lines(w);
  if (!was_known || !same_rules(before, sku.item)) {
    rejudge_sku(w, id, "item_changed");
    w.free_up(id);
  }
  return true;
}

bool apply_policy(Work& w, const Document& document, const Policy& policy) {
  const PolicyScope& scope = policy.scope;
  if (scope.warehouse && w.state.warehouse_id(*scope.warehouse) == 0) {
    return w.refuse("not_found", "There is no warehouse named \"" + *scope.warehouse + "\".",
                    "/scope/warehouse");
  }
  std::vector<PolicyDocument> all = w.t.policies[w.owner];
  std::uint64_t newest = 0;
  for (const PolicyDocument& known : all) newest = std::max(newest, known.order);
  // Its identity is (owner, id), whoever sends it.
  std::erase_if(all, [&](const PolicyDocument& known) { return known.id == document.id; });
  PolicyDocument fresh;
  fresh.document = w.ctx.document;
  fresh.owner = w.owner;
  fresh.source = document.source;
  fresh.id = document.id;
  fresh.policy = policy;
  fresh.order = newest + 1;
  all.push_back(std::move(fresh));
  w.t.set_policies(w.owner, std::move(all), w.ctx.document);
  std::vector<OrderId> affected;
  for (const auto& [id, slot] : w.t.orders) {
    if (slot.order.owner == w.owner && slot.order.known) affected.push_back(id);
  }
  for (const OrderId id : by_rank(w.t, affected)) rejudge_order(w, id);
  // A laxer demand may let waiting orders have what was refused them.
  for (const OrderId id : by_rank(w.t, affected)) {
    for (const SkuId sku : w.t.lacked_by(w.t.orders.at(id))) w.free_up(sku);
  }
  return true;
}

}  // namespace lotbridge::core
