// Reservations that are given back, judged anew, and given to those who wait. See allocator.hpp.
#include <algorithm>

#include "allocator.hpp"
#include "order_rank.hpp"

namespace lotbridge::core {

namespace {

const Promise* find_promise(const LineState& line, LotId lot, WarehouseId warehouse) {
  for (const Promise& promise : line.promises) {
    if (promise.lot == lot && promise.warehouse == warehouse) return &promise;
  }
  return nullptr;
}

}  // namespace

std::vector<Holder> holders_of(const State::Tables& t, LotId lot, WarehouseId warehouse) {
  struct Ranked {
    OrderRank rank;
    LineIndex line = 0;
    bool operator<(const Ranked& o) const {
      return rank.order == o.rank.order ? line < o.line : rank < o.rank;
    }
  };
  std::vector<Ranked> ranked;
  const LotStock* row = t.find_stock(lot, warehouse);
  for (std::uint32_t node = row == nullptr ? 0 : row->promises; node != 0;
       node = t.promise_nodes[node].next) {
    const PromiseNode& promise = t.promise_nodes[node];
    ranked.push_back({OrderRank(*t.find_order(promise.order)), promise.line});
  }
  // The newest promise is the first of the list, and mostly competes worst.
  std::reverse(ranked.begin(), ranked.end());
  if (!std::is_sorted(ranked.begin(), ranked.end())) std::sort(ranked.begin(), ranked.end());
  std::vector<Holder> out;
  out.reserve(ranked.size());
  for (const Ranked& holder : ranked) out.push_back({holder.rank.order->id, holder.line});
  return out;
}

namespace {

bool is_block(Reason reason) {
  return reason == Reason::recalled || reason == Reason::quarantine || reason == Reason::hold ||
         reason == Reason::damaged;
}

// A picked unit stays with its order; a person has to take it out of the tote.
void ask_for_pull(Work& w, OrderId order, const Promise& promise, Reason reason) {
  const bool block = is_block(reason);
  AlertChange& alert =
      w.alert(block ? "pull_task" : "picked_not_eligible", block ? "critical" : "warning",
              "Picked units of " + w.lot_text(promise.lot) +
                  " may no longer leave: " + std::string(reason_name(reason)) + ".");
  alert.sku = promise.sku;
  alert.lot = promise.lot;
  alert.warehouse = promise.warehouse;
  alert.order = order;
  alert.quantity = promise.picked;
}

Reason judge_promise(Work& w, const Order& order, const LineState& line, const Promise& promise) {
  const LotStock* row = w.t.find_stock(promise.lot, promise.warehouse);
  if (row == nullptr) return Reason::none;
  const Demand d = demand_of(w.t, question_of(order, line, promise.sku, promise.warehouse),
                             w.today(promise.warehouse));
  return gate(w.t, d, *row, promise.warehouse);
}

void judge_holder(Work& w, const Holder& holder, LotId lot, WarehouseId warehouse) {
  const Order& order = *w.t.find_order(holder.order);
  const Promise* found = find_promise(order.lines[holder.line], lot, warehouse);
  if (found == nullptr) return;
  const Promise promise = *found;
  const Reason reason = judge_promise(w, order, order.lines[holder.line], promise);
  if (reason == Reason::none) return;
  release(w, holder.order, holder.line, lot, warehouse, promise.reserved, reason_name(reason));
  if (promise.picked.is_positive()) ask_for_pull(w, holder.order, promise, reason);
}

bool has_free_units(const State::Tables& t, SkuId sku) {
  const auto any = [&](const Shelf& shelf) {
    return std::any_of(shelf.live.begin(), shelf.live.end(), [](const LotStock& row) {
      return (row.available_status - row.promised).is_positive();
    });
  };
  const SkuStock& stock = t.sku_stock[sku];
  if (any(stock.shelf)) return true;
  return stock.more && std::any_of(stock.more->begin(), stock.more->end(), any);
}

// Orders that wait for any of the SKUs, those that compete best first.
std::vector<OrderRank> in_line_for(const State::Tables& t, const std::vector<SkuId>& skus) {
  std::vector<OrderRank> ranked;
  for (const SkuId sku : skus) {
    if (t.sku_stock[sku].waiting == 0 || !has_free_units(t, sku)) continue;
    for (const OrderId id : t.waiting_for(sku)) ranked.emplace_back(*t.find_order(id));
  }
  std::reverse(ranked.begin(), ranked.end());  // as in holders_of
  if (!std::is_sorted(ranked.begin(), ranked.end())) std::sort(ranked.begin(), ranked.end());
  const auto same = [](const OrderRank& a, const OrderRank& b) { return a.order == b.order; };
  ranked.erase(std::unique(ranked.begin(), ranked.end(), same), ranked.end());
  return ranked;
}

bool lacks_what_is_free(const State::Tables& t, OrderId id) {
  for (std::uint32_t node = t.find_slot(id)->waiting; node != 0; node = t.wait_nodes[node].other) {
    if (has_free_units(t, t.wait_nodes[node].sku)) return true;
  }
  return false;
}

}  // namespace

Quantity release(Work& w, OrderId id, LineIndex index, LotId lot, WarehouseId warehouse,
                 Quantity at_most, std::string_view reason) {
  const Promise* found = find_promise(w.t.find_order(id)->lines[index], lot, warehouse);
  if (found == nullptr) return {};
  const Promise promise = *found;
  const Quantity quantity = std::min(promise.reserved, at_most);
  if (!quantity.is_positive()) return {};
  w.promise(id, index, promise.sku, lot, warehouse, quantity, AccountKind::reserved,
            AccountKind::free);
  w.event("reservation.moved", promise.sku, lot, warehouse, id, quantity).reason =
      std::string(reason);
  w.t.refresh_waiting(*w.t.find_slot(id));
  w.free_up(promise.sku);
  return quantity;
}

void release_line(Work& w, OrderId id, LineIndex index, std::string_view reason) {
  const std::vector<Promise> promises = w.t.find_order(id)->lines[index].promises;
  for (const Promise& promise : promises) {
    release(w, id, index, promise.lot, promise.warehouse, promise.reserved, reason);
  }
}

void release_order(Work& w, OrderId id, std::string_view reason) {
  const std::size_t count = w.t.find_order(id)->lines.size();
  for (LineIndex i = 0; i < count; ++i) release_line(w, id, i, reason);
}

std::vector<Promise> latest_first(const State::Tables& t, std::vector<Promise> promises) {
  std::sort(promises.begin(), promises.end(), [&](const Promise& a, const Promise& b) {
    const LotStock* row_a = t.find_stock(a.lot, a.warehouse);
    const LotStock* row_b = t.find_stock(b.lot, b.warehouse);
    if (row_a != nullptr && row_b != nullptr) {
      if (t.fefo_before(*row_b, *row_a)) return true;
      if (t.fefo_before(*row_a, *row_b)) return false;
    }
    return std::tie(a.lot, a.warehouse) > std::tie(b.lot, b.warehouse);
  });
  return promises;
}

Quantity give_back(Work& w, OrderId id, LineIndex index, SkuId part, Quantity quantity,
                   std::string_view reason) {
  std::vector<Promise> promises = w.t.find_order(id)->lines[index].promises;
  std::erase_if(promises, [&](const Promise& p) { return p.sku != part; });
  for (const Promise& promise : latest_first(w.t, std::move(promises))) {
    if (!quantity.is_positive()) break;
    quantity -= release(w, id, index, promise.lot, promise.warehouse, quantity, reason);
  }
  return quantity;
}

void rejudge_lot(Work& w, LotId lot, WarehouseId warehouse, std::string_view cause) {
  const std::vector<Holder> holders = holders_of(w.t, lot, warehouse);
  if (holders.empty()) return;
  for (const Holder& holder : holders) judge_holder(w, holder, lot, warehouse);
  // More promised than is there: the order that competes worst gives back first.
  for (auto at = holders.rbegin(); at != holders.rend(); ++at) {
    const LotStock* row = w.t.find_stock(lot, warehouse);
    if (row == nullptr) return;
    const Quantity over = row->promised - std::max(Quantity{}, row->available_status);
    if (!over.is_positive()) return;
    release(w, at->order, at->line, lot, warehouse, over, cause);
  }
}

std::vector<WarehouseId> warehouses_with(const State::Tables& t, SkuId sku) {
  std::vector<WarehouseId> warehouses;
  const SkuStock& stock = t.sku_stock[sku];
  if (stock.shelf.warehouse != 0) warehouses.push_back(stock.shelf.warehouse);
  if (stock.more) {
    for (const Shelf& shelf : *stock.more) warehouses.push_back(shelf.warehouse);
  }
  std::sort(warehouses.begin(), warehouses.end());
  return warehouses;
}

void rejudge_lot_everywhere(Work& w, LotId lot, std::string_view cause) {
  for (const WarehouseId warehouse : warehouses_with(w.t, w.t.lots[lot].sku)) {
    rejudge_lot(w, lot, warehouse, cause);
  }
}

void rejudge_order(Work& w, OrderId id) {
  const std::size_t count = w.t.find_order(id)->lines.size();
  for (LineIndex i = 0; i < count; ++i) {
    const std::vector<Promise> promises = w.t.find_order(id)->lines[i].promises;
    for (const Promise& promise : promises) {
      judge_holder(w, {id, i}, promise.lot, promise.warehouse);
    }
  }
}

void fill_waiting(Work& w) {
  // Giving to one may make another give back (a condition no longer met), so it goes on until
  // nothing moves.
  for (int round = 0; !w.freed.empty() && round < 50; ++round) {
    std::vector<SkuId> skus;
    skus.swap(w.freed);
    std::sort(skus.begin(), skus.end());
    skus.erase(std::unique(skus.begin(), skus.end()), skus.end());
    const std::vector<OrderRank> line = in_line_for(w.t, skus);
    for (std::size_t i = 0; i < line.size(); ++i) {
      // Orders lie apart in memory: a later one is asked for in time.
      constexpr std::size_t kAhead = 8;
      if (i + kAhead < line.size()) {
        __builtin_prefetch(line[i + kAhead].order);
        __builtin_prefetch(line[i + kAhead].order->lines.data());
      }
      const OrderId id = line[i].order->id;
      if (lacks_what_is_free(w.t, id)) allocate_order(w, id);
    }
  }
}

}  // namespace lotbridge::core
