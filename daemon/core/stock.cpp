// The shelves: which units of which lot lie where. See tables.hpp.
#include <algorithm>

#include "tables.hpp"

namespace lotbridge::core {

namespace {

constexpr std::uint32_t kPlaceMask = (1U << 28) - 1;  // LotStock::location

// First lots with a date by date, then those without, last what nobody wrote a lot down for.
template <typename LotOrRow>
std::int64_t fefo_rank(const LotOrRow& lot) {
  if (lot.legacy) return INT64_MAX;
  return lot.expires_on == kNoDate ? INT64_MAX - 1 : lot.expires_on;
}

}  // namespace

void State::Tables::copy_facts(LotStock& row) const {
  const Lot& lot = lots[row.lot];
  row.expires_on = lot.expires_on;
  row.best_before = lot.best_before;
  row.legacy = lot.legacy;
  row.plain = lot.received && !lot.has_blocks && !lot.expired_on_receipt && !lot.legacy &&
              lot.sell_by == kNoDate && lot.removal_on == kNoDate;
}

void State::Tables::copy_facts(LotId lot) {
  const auto copy = [&](Shelf& shelf) {
    for (LotStock& row : shelf.live) {
      if (row.lot == lot) copy_facts(row);
    }
  };
  SkuStock& stock = sku_stock[lots[lot].sku];
  copy(stock.shelf);
  if (!stock.more) return;
  for (Shelf& shelf : *stock.more) copy(shelf);
}

Quantity State::Tables::picked(LotId lot, WarehouseId warehouse) const {
  if (picked_units.empty()) return {};
  const auto at = picked_units.find(place_key(lot, warehouse));
  return at == picked_units.end() ? Quantity{} : at->second;
}

void State::Tables::add_picked(LotId lot, WarehouseId warehouse, Quantity delta) {
  const std::uint64_t key = place_key(lot, warehouse);
  Quantity& units = picked_units[key];
  if (recording) {
    Undo undo;
    undo.kind = Undo::Kind::picked;
    undo.warehouse = warehouse;
    undo.id = lot;
    undo.stock.promised = units;
    journal.push_back(undo);
  }
  units += delta;
  if (units.is_zero()) picked_units.erase(key);
}

Shelf* State::Tables::find_shelf(SkuId sku, WarehouseId warehouse) {
  SkuStock& stock = sku_stock[sku];
  if (stock.shelf.warehouse == warehouse) return &stock.shelf;
  if (!stock.more) return nullptr;
  for (Shelf& shelf : *stock.more) {
    if (shelf.warehouse == warehouse) return &shelf;
  }
  return nullptr;
}

const Shelf* State::Tables::find_shelf(SkuId sku, WarehouseId warehouse) const {
  return const_cast<Tables*>(this)->find_shelf(sku, warehouse);
}

Shelf& State::Tables::get_shelf(SkuId sku, WarehouseId warehouse) {
  if (Shelf* shelf = find_shelf(sku, warehouse)) return *shelf;
  SkuStock& stock = sku_stock[sku];
  if (stock.shelf.warehouse == 0) {
    stock.shelf.warehouse = warehouse;
    return stock.shelf;
  }
  if (!stock.more) stock.more = std::make_unique<std::vector<Shelf>>();
  stock.more->push_back(Shelf{warehouse, {}});
  return stock.more->back();
}

bool State::Tables::fefo_before(const LotStock& a, const LotStock& b) const {
  const std::int64_t rank_a = fefo_rank(a);
  const std::int64_t rank_b = fefo_rank(b);
  if (rank_a != rank_b) return rank_a < rank_b;
  if (a.first_received_on != b.first_received_on) {
    return a.first_received_on < b.first_received_on;
  }
  return code(a.lot) < code(b.lot);
}

LotStock* State::Tables::find_stock(LotId lot, WarehouseId warehouse) {
  return find_stock(lots[lot].sku, lot, warehouse);
}

LotStock* State::Tables::find_stock(SkuId sku, LotId lot, WarehouseId warehouse) {
  Shelf* shelf = find_shelf(sku, warehouse);
  if (shelf == nullptr) return nullptr;
  const auto end = shelf->live.end();
  // A short shelf is read through without looking at the lot itself, which lies elsewhere in
  // memory.
  if (shelf->live.size() <= 16) {
    const auto at = std::find_if(shelf->live.begin(), end,
                                 [lot](const LotStock& stock) { return stock.lot == lot; });
    return at == end ? nullptr : &*at;
  }
  const std::int64_t rank = fefo_rank(lots[lot]);
  auto at = std::partition_point(shelf->live.begin(), end,
                                 [&](const LotStock& stock) { return fefo_rank(stock) < rank; });
  for (; at != end && fefo_rank(*at) == rank; ++at) {
    if (at->lot == lot) return &*at;
  }
  return nullptr;
}

const LotStock* State::Tables::find_stock(LotId lot, WarehouseId warehouse) const {
  return const_cast<Tables*>(this)->find_stock(lot, warehouse);
}

LotStock& State::Tables::insert_stock(Shelf& shelf, const LotStock& given) {
  LotStock row = given;
  copy_facts(row);
  const auto at = std::partition_point(shelf.live.begin(), shelf.live.end(),
                                       [&](const LotStock& s) { return fefo_before(s, row); });
  return *shelf.live.insert(at, row);
}

LotStock& State::Tables::touch_stock(LotId lot, WarehouseId warehouse) {
  return touch_stock(lots[lot].sku, lot, warehouse);
}

LotStock& State::Tables::touch_stock(SkuId sku, LotId lot, WarehouseId warehouse) {
  LotStock* row = find_stock(sku, lot, warehouse);
  if (recording) {
    Undo undo;
    undo.kind = Undo::Kind::stock;
    undo.warehouse = warehouse;
    undo.id = lot;
    undo.existed = row != nullptr;
    if (row != nullptr) {
      undo.stock = *row;
    } else if (const auto at = gone_first_received.find(place_key(lot, warehouse));
               at != gone_first_received.end()) {
      undo.stock.first_received_on = at->second;  // known already, though there were no units
    }
    journal.push_back(undo);
  }
  if (row != nullptr) return *row;
  LotStock fresh;
  fresh.lot = lot;
  if (const auto at = gone_first_received.find(place_key(lot, warehouse));
      at != gone_first_received.end()) {
    fresh.first_received_on = at->second;
    gone_first_received.erase(at);
  }
  return insert_stock(get_shelf(sku, warehouse), fresh);
}

void State::Tables::restore_stock(const Undo& undo) {
  const auto lot = static_cast<LotId>(undo.id);
  LotStock* row = find_stock(lot, undo.warehouse);
  Shelf& shelf = get_shelf(lots[lot].sku, undo.warehouse);
  if (row != nullptr && undo.existed && row->first_received_on == undo.stock.first_received_on) {
    const std::uint32_t promises = row->promises;
    *row = undo.stock;
    row->promises = promises;
    copy_facts(*row);
    return;
  }
  LotStock before = undo.stock;
  before.promises = row != nullptr ? row->promises : 0;
  const std::uint64_t key = place_key(lot, undo.warehouse);
  gone_first_received.erase(key);
  if (!undo.existed && before.first_received_on != kNoDate) {
    gone_first_received[key] = before.first_received_on;
  }
  if (row != nullptr) {
    shelf.live.erase(shelf.live.begin() + (row - shelf.live.data()));
  }
  if (undo.existed) insert_stock(shelf, before);
}

void State::Tables::set_first_received(LotId lot, WarehouseId warehouse, std::int32_t day) {
  LotStock changed = touch_stock(lot, warehouse);
  if (changed.first_received_on == day) return;
  Shelf& shelf = get_shelf(lots[lot].sku, warehouse);
  shelf.live.erase(shelf.live.begin() + (find_stock(lot, warehouse) - shelf.live.data()));
  changed.first_received_on = day;
  insert_stock(shelf, changed);
  if (recording) {
    journal.back().touch = Touch::lot;
  }
}

void State::Tables::prune(LotId lot, WarehouseId warehouse) {
  LotStock* row = find_stock(lot, warehouse);
  if (row == nullptr || !row->available_status.is_zero() || row->spread || row->promises != 0 ||
      !row->promised.is_zero()) {
    return;
  }
  touch_stock(lot, warehouse);
  row = find_stock(lot, warehouse);
  // The day of the first receipt outlives the units: when some come back, the lot is as old as it
  // was.
  if (row->first_received_on != kNoDate) {
    gone_first_received[place_key(lot, warehouse)] = row->first_received_on;
  }
  Shelf& shelf = get_shelf(lots[lot].sku, warehouse);
  shelf.live.erase(shelf.live.begin() + (row - shelf.live.data()));
}

std::vector<StockCell> State::Tables::cells(LotId lot, WarehouseId warehouse) const {
  const LotStock* row = find_stock(lot, warehouse);
  if (row == nullptr) return {};
  if (row->spread) return spread_cells.at(place_key(lot, warehouse));
  if (row->available_status.is_zero()) return {};
  return {{row->location, StockStatus::available, row->available_status}};
}

void State::Tables::add_cell(LotId lot, WarehouseId warehouse, LocationId location,
                             StockStatus status, Quantity delta) {
  if (delta.is_zero()) return;
  const std::uint64_t key = place_key(lot, warehouse);
  LotStock& row = touch_stock(lot, warehouse);
  const bool available = status == StockStatus::available;
  if (!row.spread && available && (row.available_status.is_zero() || row.location == location)) {
    row.available_status += delta;
    row.location = location & kPlaceMask;
    return;
  }
  std::vector<StockCell> cells_before;
  if (row.spread) {
    cells_before = spread_cells[key];
  } else if (!row.available_status.is_zero()) {
    cells_before.push_back({row.location, StockStatus::available, row.available_status});
  }
  std::vector<StockCell> now = cells_before;
  auto at = std::find_if(now.begin(), now.end(), [&](const StockCell& c) {
    return c.location == location && c.status == status;
  });
  if (at == now.end()) at = now.insert(now.end(), {location, status, Quantity{}});
  at->on_hand += delta;
  if (at->on_hand.is_zero()) now.erase(at);
  std::sort(now.begin(), now.end(), [](const StockCell& a, const StockCell& b) {
    return std::tie(a.status, a.location) < std::tie(b.status, b.location);
  });
  if (recording) {
    const bool was_spread = row.spread;
    remember(Touch::nothing, 0, [key, was_spread, cells_before](Tables& t) {
      if (was_spread) {
        t.spread_cells[key] = cells_before;
      } else {
        t.spread_cells.erase(key);
      }
    });
  }
  if (available) row.available_status += delta;
  const bool simple = now.empty() || (now.size() == 1 && now[0].status == StockStatus::available);
  row.spread = simple ? 0 : 1;
  row.location = simple && !now.empty() ? now[0].location & kPlaceMask : 0;
  if (simple) {
    spread_cells.erase(key);
  } else {
    spread_cells[key] = std::move(now);
  }
}

void State::Tables::add_lotless(SkuId sku, WarehouseId warehouse, LocationId location,
                                Quantity delta) {
  const auto key = std::make_tuple(sku, warehouse, location);
  Quantity& quantity = lotless[key];
  const Quantity before = quantity;
  quantity += delta;
  if (quantity.is_zero()) lotless.erase(key);
  remember(Touch::nothing, 0, [key, before](Tables& t) {
    if (before.is_zero()) {
      t.lotless.erase(key);
    } else {
      t.lotless[key] = before;
    }
  });
}

void State::Tables::add_in_transit(LotId lot, WarehouseId warehouse, Quantity delta) {
  const std::uint64_t key = place_key(lot, warehouse);
  Quantity& quantity = in_transit[key];
  const Quantity before = quantity;
  quantity += delta;
  if (quantity.is_zero()) in_transit.erase(key);
  remember(Touch::nothing, 0, [key, before](Tables& t) {
    if (before.is_zero()) {
      t.in_transit.erase(key);
    } else {
      t.in_transit[key] = before;
    }
  });
}

void State::Tables::set_unresolved(SkuId sku, std::vector<Unresolved> list) {
  std::vector<Unresolved>& slot = unresolved[sku];
  remember(Touch::nothing, 0, [sku, before = slot](Tables& t) { t.unresolved[sku] = before; });
  slot = std::move(list);
}

}  // namespace lotbridge::core
