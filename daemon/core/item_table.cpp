// SKUs and places by name. See tables.hpp.
#include <algorithm>

#include "tables.hpp"

namespace lotbridge::core {

namespace {

auto hash_of_sku(const State::Tables& t) {
  return [&t](std::uint32_t id) { return hash_text(t.skus[id].owner, t.skus[id].item.sku); };
}

}  // namespace

std::string alias_key(OwnerId owner, std::string_view source, std::string_view code) {
  std::string key = std::to_string(owner);
  key += '/';
  key += source;
  key += '\n';
  key += code;
  return key;
}

std::string gtin_key(OwnerId owner, std::string_view gtin) {
  // The same number is written with 8 to 14 digits; zeros in front do not count.
  while (gtin.size() > 1 && gtin.front() == '0') gtin.remove_prefix(1);
  std::string key = std::to_string(owner);
  key += '/';
  key += gtin;
  return key;
}

SkuId State::Tables::find_sku(OwnerId owner, std::string_view sku) const {
  return sku_index.find(hash_text(owner, sku), [&](std::uint32_t id) {
    return skus[id].owner == owner && skus[id].item.sku == sku;
  });
}

SkuId State::Tables::standing_sku(SkuId id) const {
  // A circle of items, each merged into the next, ends somewhere.
  for (int steps = 0; steps < 8 && sku_stock[id].is_merged; ++steps) {
    const SkuId next = find_sku(skus[id].owner, *skus[id].item.merged_into);
    if (next == 0 || !skus[next].known) break;
    id = next;
  }
  return id;
}

SkuId State::Tables::mention_sku(OwnerId owner, std::string_view name) {
  if (const SkuId known = find_sku(owner, name)) return known;
  Sku sku;
  sku.id = static_cast<SkuId>(skus.size());
  sku.owner = owner;
  sku.item.sku = std::string(name);
  const SkuId id = sku.id;
  skus.push_back(std::move(sku));
  sku_stock.emplace_back();
  index_sku(id, true);
  remember(Touch::sku, id, [id](Tables& t) {
    t.index_sku(id, false);
    t.skus.pop_back();
    t.sku_stock.pop_back();
  });
  return id;
}

void State::Tables::replace_sku(const Sku& changed) {
  const SkuId id = changed.id;
  const auto before = std::make_shared<Sku>(skus[id]);
  index_sku(id, false);
  skus[id] = changed;
  index_sku(id, true);
  remember(Touch::sku, id, [before](Tables& t) { t.replace_sku(*before); });
}

void State::Tables::index_sku(SkuId id, bool add) {
  const Sku& sku = skus[id];
  if (add) {
    sku_index.insert(id, hash_of_sku(*this));
    SkuStock& hot = sku_stock[id];
    hot.plain_policy = sku.item.policy.empty();
    hot.known = sku.known;
    hot.is_kit = !sku.item.components.empty();
    hot.is_merged = sku.item.merged_into.has_value();
    hot.shelf_life_controlled = sku.item.shelf_life_controlled;
    hot.shelf_life_days = sku.item.shelf_life_days.value_or(0);
    hot.removal_days = sku.item.removal_days.value_or(-1);
    hot.decimals = static_cast<std::uint8_t>(std::clamp(sku.item.decimals, 0, 6));
  } else {
    sku_index.erase(id, hash_of_sku(*this));
  }
  const auto enter = [&](std::unordered_map<std::string, FactorOf>& map, std::string key,
                         Quantity factor) {
    if (add) {
      map.insert_or_assign(std::move(key), FactorOf{id, factor});
    } else if (const auto at = map.find(key); at != map.end() && at->second.sku == id) {
      map.erase(at);
    }
  };
  for (const ItemAlias& alias : sku.item.aliases) {
    enter(aliases, alias_key(sku.owner, alias.source, alias.code), alias.quantity);
  }
  for (const Pack& pack : sku.item.packs) {
    if (pack.gtin) enter(gtins, gtin_key(sku.owner, *pack.gtin), pack.quantity);
  }
  for (const std::string& gtin : sku.item.gtins) {
    enter(gtins, gtin_key(sku.owner, gtin), Quantity::whole(1));
  }
}

LocationId State::Tables::mention_location(WarehouseId warehouse, std::string_view name) {
  const auto key = std::make_pair(warehouse, std::string(name));
  if (const auto at = location_names.find(key); at != location_names.end()) return at->second;
  Location place;
  place.id = static_cast<LocationId>(locations.size());
  place.name = key.second;
  for (const Location& configured : warehouses[warehouse].locations) {
    if (configured.name == place.name) place.pick_sequence = configured.pick_sequence;
  }
  const LocationId id = place.id;
  locations.emplace_back(warehouse, std::move(place));
  location_names[key] = id;
  remember(Touch::location, id, [key](Tables& t) {
    t.location_names.erase(key);
    t.locations.pop_back();
  });
  return id;
}

}  // namespace lotbridge::core
