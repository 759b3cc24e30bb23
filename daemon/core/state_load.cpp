// Rebuilding the state from the store, and letting closed orders go. See state.hpp.
#include <algorithm>

#include "tables.hpp"

namespace lotbridge::core {

namespace {

// Loading is not journalled.
class Quiet {
 public:
  explicit Quiet(State::Tables& t) : t_(t), before_(t.recording) { t_.recording = false; }
  ~Quiet() { t_.recording = before_; }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;

 private:
  State::Tables& t_;
  bool before_;
};

// Shelves that grew row by row leave the heap full of holes: each gets one piece of its size, one
// after the other.
void repack(std::vector<SkuStock>& skus) {
  std::vector<LotStock> rows;
  std::size_t count = 0;
  const auto each_shelf = [&](const auto& step) {
    for (SkuStock& stock : skus) {
      step(stock.shelf.live);
      if (!stock.more) continue;
      for (Shelf& shelf : *stock.more) step(shelf.live);
    }
  };
  each_shelf([&](const std::vector<LotStock>& live) { count += live.size(); });
  rows.reserve(count);
  std::vector<std::uint32_t> sizes;
  each_shelf([&](std::vector<LotStock>& live) {
    rows.insert(rows.end(), live.begin(), live.end());
    sizes.push_back(static_cast<std::uint32_t>(live.size()));
    std::vector<LotStock>().swap(live);
  });
  auto row = rows.begin();
  auto size = sizes.begin();
  each_shelf([&](std::vector<LotStock>& live) {
    const auto end = row + *size++;
    live.assign(row, end);
    row = end;
  });
}

}  // namespace

void State::load_location(WarehouseId warehouse, Location location) {
  Tables& t = *tables_;
  if (t.locations.size() <= location.id) t.locations.resize(std::size_t{location.id} + 1);
  if (const Warehouse* configured = this->warehouse(warehouse)) {
    for (const Location& place : configured->locations) {
      if (place.name == location.name) location.pick_sequence = place.pick_sequence;
    }
  }
  t.location_names[{warehouse, location.name}] = location.id;
  const LocationId id = location.id;
  t.locations[id] = {warehouse, std::move(location)};
}

void State::load_sku(Sku sku) {
  Tables& t = *tables_;
  const SkuId id = sku.id;
  if (t.skus.size() <= id) {
    t.skus.resize(std::size_t{id} + 1);
    t.sku_stock.resize(std::size_t{id} + 1);
  }
  t.skus[id] = std::move(sku);
  t.index_sku(id, true);
}

void State::load_lot(Lot lot, std::string_view code, LotDetails details) {
  Quiet quiet(*tables_);
  const LotId id = lot.id;
  tables_->place_lot(lot, code);
  if (!(details == LotDetails{})) tables_->set_details(id, std::move(details));
}

void State::load_first_received(LotId lot, WarehouseId warehouse, std::int32_t day) {
  Quiet quiet(*tables_);
  tables_->set_first_received(lot, warehouse, day);
}

void State::load_block(Block block) {
  Quiet quiet(*tables_);
  std::vector<Block> all = blocks(block.lot);
  all.push_back(block);
  tables_->set_blocks(block.lot, std::move(all));
}

void State::load_policy(PolicyDocument policy) {
  tables_->policies[policy.owner].push_back(std::move(policy));
}

void State::load_balance(Book book, SkuId sku, LotId lot, const Account& account,
                         Quantity quantity) {
  Quiet quiet(*tables_);
  const bool promise = account.kind == AccountKind::reserved || account.kind == AccountKind::picked;
  if (promise && tables_->find_order(account.order) == nullptr) return;
  tables_->apply_account(book, sku, lot, account, quantity);
}

void State::put_order(Order order) {
  Tables& t = *tables_;
  Quiet quiet(t);
  const OrderId id = order.id;
  t.last_order = std::max(t.last_order, id);
  for (LineState& line : order.lines) {
    line.parts.clear();
    for (const Component& component : line.components) {
      line.parts.push_back({t.find_sku(order.owner, component.sku), component.quantity});
    }
  }
  note_sent(order);
  OrderSlot& slot = t.orders[id];
  if (slot.order.id != 0) t.unlist_order(slot);
  slot.order = std::move(order);
  slot.saved_in = 0;
  t.list_order(slot);
  t.maybe_closed.push_back(id);
}

void State::reserve_orders(OrderId highest) {
  tables_->last_order = std::max(tables_->last_order, highest);
}

void State::load_last_shipped(OwnerId owner, std::string_view customer, SkuId sku, Timestamp at,
                              std::int32_t expires_on) {
  Quiet quiet(*tables_);
  tables_->set_last_shipped(owner, std::string(customer), sku, {at, expires_on});
}

void State::load_unresolved(SkuId sku, WarehouseId warehouse, DocumentId dispatch,
                            Quantity quantity, std::vector<LotId> candidates) {
  for (LotId& candidate : candidates) candidate = tables_->home_of(candidate);
  std::sort(candidates.begin(), candidates.end());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  tables_->unresolved[sku].push_back({warehouse, dispatch, quantity, std::move(candidates)});
}

void State::load_code_counter(OwnerId owner, std::string key, std::int64_t last) {
  tables_->code_counters[{owner, std::move(key)}] = last;
}

void State::load_genealogy(DocumentId transformation, bool output, LotId lot, Quantity quantity) {
  Quiet quiet(*tables_);
  tables_->add_genealogy(transformation, output, lot, quantity);
}

void State::finish_loading() {
  Tables& t = *tables_;
  Quiet quiet(t);
  const auto tidy = [&](Shelf& shelf) {
    std::vector<std::pair<LotId, std::int32_t>> gone;
    for (const LotStock& row : shelf.live) {
      const bool empty = row.available_status.is_zero() && !row.spread && row.promises == 0 &&
                         row.promised.is_zero();
      if (empty) gone.emplace_back(row.lot, row.first_received_on);
    }
    for (const auto& [lot, day] : gone) {
      if (day != kNoDate) t.gone_first_received[place_key(lot, shelf.warehouse)] = day;
    }
    std::erase_if(shelf.live, [](const LotStock& row) {
      return row.available_status.is_zero() && !row.spread && row.promises == 0 &&
             row.promised.is_zero();
    });
  };
  for (SkuStock& stock : t.sku_stock) {
    tidy(stock.shelf);
    if (!stock.more) continue;
    for (Shelf& shelf : *stock.more) tidy(shelf);
  }
  repack(t.sku_stock);
  // Promises came after their orders: only now is it plain which lines still wait.
  for (auto& [id, slot] : t.orders) t.refresh_waiting(slot);
  t.lots.shrink_to_fit();
  t.code_at.shrink_to_fit();
  t.older_lot.shrink_to_fit();
  t.forget();
}

void State::evict_closed() {
  Tables& t = *tables_;
  for (const OrderId id : t.maybe_closed) {
    const auto at = t.orders.find(id);
    if (at == t.orders.end() || !at->second.order.known) continue;
    const Order& order = at->second.order;
    bool open = false;
    for (const LineState& line : order.lines) {
      if (!line.promises.empty()) open = true;
      if (order.cancelled || line.removed || !line.sent.requires_shipping) continue;
      if (!line.problem.empty() || open_quantity(line).is_positive()) open = true;
    }
    if (open) continue;
    t.unlist_order(at->second);
    t.last_slot = nullptr;
    t.orders.erase(at);
  }
  t.maybe_closed.clear();
}

}  // namespace lotbridge::core
