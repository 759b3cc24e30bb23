#include "core_rows.hpp"

#include <algorithm>

namespace lotbridge::simulation {

// What stands of entries between two accounts in both directions, in the order of the first.
void keep_standing(std::vector<core::Entry>& entries) {
  std::vector<core::Entry> out;
  for (const core::Entry& entry : entries) {
    if (entry.book != core::Book::goods) continue;
    const auto same = std::find_if(out.begin(), out.end(), [&](const core::Entry& o) {
      return o.sku == entry.sku && o.lot == entry.lot &&
             ((o.from == entry.from && o.to == entry.to) ||
              (o.from == entry.to && o.to == entry.from));
    });
    if (same == out.end()) {
      out.push_back(entry);
    } else {
      same->quantity += same->from == entry.from ? entry.quantity : -entry.quantity;
    }
  }
  std::erase_if(out, [](const core::Entry& e) { return e.quantity.is_zero(); });
  for (core::Entry& entry : out) {
    if (entry.quantity.is_positive()) continue;
    entry.quantity = -entry.quantity;
    std::swap(entry.from, entry.to);
  }
  entries = std::move(out);
}

void configure(core::State& state, const World& world) {
  state.system_policy() = world.system;
  for (const WarehouseConfig& config : world.warehouses) {
    core::Warehouse warehouse;
    warehouse.name = config.name;
    warehouse.they_allocate = config.they_allocate;
    warehouse.facts_from_dispatch = config.dispatch_from;
    warehouse.facts_from_receipt = config.receipt_from;
    warehouse.facts_from_count = config.count_from;
    warehouse.policy = config.policy;
    std::int32_t sequence = 0;
    for (const std::string& place : config.places)
      warehouse.locations.push_back({0, place, ++sequence});
    state.configure_warehouse(std::move(warehouse));
  }
  for (const OwnerConfig& config : world.owners) {
    core::Owner owner;
    owner.name = config.name;
    owner.policy = config.policy;
    for (const RouteConfig& route : config.routes) {
      core::Route& to = owner.routes.emplace_back();
      to.country = route.country;
      for (const int at : route.warehouses)
        to.warehouses.push_back(static_cast<core::WarehouseId>(at + 1));
    }
    state.configure_owner(std::move(owner));
  }
}

// Each row that changed is written once.
void write_touched(core::State& state, MemoryStore& store, std::set<core::LotId>& touched_lots,
                   std::set<core::OrderId>& touched_orders) {
  const core::Touched touched = state.touched();
  for (const core::LocationId id : touched.locations) {
    const core::WarehouseId warehouse = state.warehouse_of(id);
    store.write([&](Tables& t) { t.locations[id] = {warehouse, *state.location(id)}; });
  }
  for (const core::SkuId id : touched.skus)
    store.write([&](Tables& t) { t.skus[id] = *state.sku(id); });
  for (const core::LotId id : touched.lots) {
    StoredLot row{*state.lot(id), std::string(state.lot_code(id)), state.lot_details(id), {}};
    for (core::WarehouseId w = 1; state.warehouse(w) != nullptr; ++w) {
      const std::int32_t day = state.first_received(id, w);
      if (day != core::kNoDate) row.first_received[w] = day;
    }
    store.write([&](Tables& t) { t.lots[id] = std::move(row); });
    touched_lots.insert(id);
  }
  for (const core::LotId id : touched.blocks) {
    store.write([&](Tables& t) { t.blocks[id] = state.blocks(id); });
    touched_lots.insert(id);
  }
  if (!touched.policies.empty()) {
    for (core::OwnerId owner = 1; state.owner(owner) != nullptr; ++owner) {
      std::vector<core::PolicyDocument> all;
      for (const core::PolicyDocument* policy : state.policies(owner)) all.push_back(*policy);
      store.write([&](Tables& t) { t.policies[owner] = std::move(all); });
    }
  }
  for (const core::OrderId id : touched.orders) {
    const core::Order* order = state.order(id);
    if (order == nullptr) continue;
    core::Order row = *order;
    for (core::LineState& line : row.lines) line.promises.clear();
    store.write([&](Tables& t) { t.orders[id] = std::move(row); });
    touched_orders.insert(id);
  }
}

}  // namespace lotbridge::simulation
