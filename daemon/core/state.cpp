// State's reading face and its configuration. See state.hpp.
#include "state.hpp"

#include <algorithm>

#include "order_rank.hpp"
#include "policy.hpp"
#include "tables.hpp"

namespace lotbridge::core {

State::Tables::Tables() = default;
State::Tables::~Tables() = default;

State::State() : tables_(std::make_unique<Tables>()) {}
State::~State() = default;
State::State(State&&) noexcept = default;
State& State::operator=(State&&) noexcept = default;

PolicyKnobs& State::system_policy() {
  tables_->plain_policies.clear();
  return tables_->system_policy;
}

OwnerId State::configure_owner(Owner owner) {
  Tables& t = *tables_;
  t.plain_policies.clear();
  const auto known = t.owner_names.find(owner.name);
  if (known != t.owner_names.end()) {
    owner.id = known->second;
  } else if (owner.id == 0) {
    owner.id = static_cast<OwnerId>(t.owners.size());
  }
  if (t.owners.size() <= owner.id) t.owners.resize(std::size_t{owner.id} + 1);
  t.owner_names[owner.name] = owner.id;
  const OwnerId id = owner.id;
  t.owners[id] = std::move(owner);
  return id;
}

WarehouseId State::configure_warehouse(Warehouse warehouse) {
  Tables& t = *tables_;
  t.plain_policies.clear();
  const auto known = t.warehouse_names.find(warehouse.name);
  if (known != t.warehouse_names.end()) {
    warehouse.id = known->second;
  } else if (warehouse.id == 0) {
    warehouse.id = static_cast<WarehouseId>(t.warehouses.size());
  }
  if (t.warehouses.size() <= warehouse.id) t.warehouses.resize(std::size_t{warehouse.id} + 1);
  t.warehouse_names[warehouse.name] = warehouse.id;
  const WarehouseId id = warehouse.id;
  for (const Location& location : warehouse.locations) {
    if (location.id != 0) load_location(id, location);
  }
  t.warehouses[id] = std::move(warehouse);
  // Places that were loaded before learn their pick sequence from the configuration.
  for (auto& [of, place] : t.locations) {
    if (of != id) continue;
    for (const Location& configured : t.warehouses[id].locations) {
      if (configured.name == place.name) place.pick_sequence = configured.pick_sequence;
    }
  }
  return id;
}

const Owner* State::owner(OwnerId id) const {
  const Tables& t = *tables_;
  return id != 0 && id < t.owners.size() && t.owners[id].id != 0 ? &t.owners[id] : nullptr;
}

OwnerId State::owner_id(std::string_view name) const {
  const auto at = tables_->owner_names.find(std::string(name));
  return at == tables_->owner_names.end() ? OwnerId{0} : at->second;
}

const Warehouse* State::warehouse(WarehouseId id) const {
  const Tables& t = *tables_;
  return id != 0 && id < t.warehouses.size() && t.warehouses[id].id != 0 ? &t.warehouses[id]
                                                                         : nullptr;
}

WarehouseId State::warehouse_id(std::string_view name) const {
  const auto at = tables_->warehouse_names.find(std::string(name));
  return at == tables_->warehouse_names.end() ? WarehouseId{0} : at->second;
}

const Location* State::location(LocationId id) const {
  const Tables& t = *tables_;
  return id != 0 && id < t.locations.size() ? &t.locations[id].second : nullptr;
}

LocationId State::location_id(WarehouseId warehouse, std::string_view name) const {
  const auto at = tables_->location_names.find({warehouse, std::string(name)});
  return at == tables_->location_names.end() ? 0 : at->second;
}

const Sku* State::sku(SkuId id) const {
  const Tables& t = *tables_;
  return id != 0 && id < t.skus.size() && t.skus[id].id != 0 ? &t.skus[id] : nullptr;
}

SkuId State::sku_id(OwnerId owner, std::string_view sku) const {
  return tables_->find_sku(owner, sku);
}

SkuId State::sku_by_alias(OwnerId owner, std::string_view source, std::string_view code,
                          Quantity* factor) const {
  const auto at = tables_->aliases.find(alias_key(owner, source, code));
  if (at == tables_->aliases.end()) return 0;
  if (factor != nullptr) *factor = at->second.factor;
  return at->second.sku;
}

SkuId State::sku_by_gtin(OwnerId owner, std::string_view gtin, Quantity* factor) const {
  const auto at = tables_->gtins.find(gtin_key(owner, gtin));
  if (at == tables_->gtins.end()) return 0;
  if (factor != nullptr) *factor = at->second.factor;
  return at->second.sku;
}

const Lot* State::lot(LotId id) const {
  const Tables& t = *tables_;
  return id != 0 && id < t.lots.size() && t.lots[id].id != 0 ? &t.lots[id] : nullptr;
}

std::string_view State::lot_code(LotId id) const {
  return lot(id) == nullptr ? std::string_view{} : tables_->code(id);
}

std::string State::lot_first_code(LotId id) const {
  const Lot* known = lot(id);
  if (known == nullptr) return {};
  if (!known->renamed) return std::string(tables_->code(id));
  return tables_->details.at(id).first_code.value_or(std::string(tables_->code(id)));
}

LotId State::home_of(LotId id) const { return lot(id) == nullptr ? id : tables_->home_of(id); }

LotDetails State::lot_details(LotId id) const {
  const auto at = tables_->details.find(id);
  return at == tables_->details.end() ? LotDetails{} : at->second;
}

LotId State::lot_id(SkuId sku, std::string_view code) const { return tables_->find_lot(sku, code); }

std::vector<LotId> State::lots_of(SkuId sku) const {
  std::vector<LotId> out;
  if (this->sku(sku) == nullptr) return out;
  for (LotId lot = tables_->sku_stock[sku].newest_lot; lot != 0; lot = tables_->older_lot[lot]) {
    out.push_back(lot);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::span<const LotStock> State::stock_of(SkuId sku, WarehouseId warehouse) const {
  if (this->sku(sku) == nullptr) return {};
  const Shelf* shelf = tables_->find_shelf(sku, warehouse);
  return shelf == nullptr ? std::span<const LotStock>{} : std::span<const LotStock>{shelf->live};
}

const LotStock* State::stock(LotId lot, WarehouseId warehouse) const {
  return this->lot(lot) == nullptr ? nullptr : tables_->find_stock(lot, warehouse);
}

Quantity State::picked(LotId lot, WarehouseId warehouse) const {
  return tables_->picked(lot, warehouse);
}

std::vector<StockCell> State::cells(LotId lot, WarehouseId warehouse) const {
  return this->lot(lot) == nullptr ? std::vector<StockCell>{} : tables_->cells(lot, warehouse);
}

std::vector<Block> State::blocks(LotId id) const {
  const auto at = tables_->block_sets.find(id);
  return at == tables_->block_sets.end() ? std::vector<Block>{} : at->second;
}

const Order* State::order(OrderId id) const { return tables_->find_order(id); }

std::vector<OrderId> State::waiting_orders(SkuId sku) const {
  if (sku >= tables_->sku_stock.size()) return {};
  std::vector<OrderId> out = tables_->waiting_for(sku);
  std::sort(out.begin(), out.end(), [&](OrderId a, OrderId b) {
    return competes_before(*tables_->find_order(a), *tables_->find_order(b));
  });
  return out;
}

std::vector<const PolicyDocument*> State::policies(OwnerId owner) const {
  std::vector<const PolicyDocument*> out;
  const auto at = tables_->policies.find(owner);
  if (at == tables_->policies.end()) return out;
  for (const PolicyDocument& policy : at->second) out.push_back(&policy);
  return out;
}

std::size_t State::lots_count() const { return tables_->lots.size() - 1; }

}  // namespace lotbridge::core
