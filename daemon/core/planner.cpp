// Choosing lots for a demand: the sequence, and how much of which. Changes nothing. See
// allocator.hpp.
#include <algorithm>
#include <functional>
#include <numeric>

#include "allocator.hpp"

namespace lotbridge::core {

namespace {

Quantity whole_multiples(Quantity quantity, Quantity multiple) {
  return Quantity{quantity.micros - quantity.micros % multiple.micros};
}

struct Candidate {
  LotId lot = 0;
  Quantity free;
};

// The most that any `count` of the candidates from `first` on could give.
Quantity best_sum(const std::vector<Candidate>& all, std::size_t first, std::size_t count) {
  std::vector<std::int64_t> best;
  for (std::size_t i = first; i < all.size(); ++i) best.push_back(all[i].free.micros);
  const std::size_t n = std::min(count, best.size());
  std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(n), best.end(),
                    std::greater<>());
  return Quantity{std::accumulate(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(n),
                                  std::int64_t{0})};
}

// The first combination in rank of at most `limit` lots that covers the need; else the first
// `limit` lots.
std::vector<Candidate> choose_few(const std::vector<Candidate>& all, std::size_t limit,
                                  Quantity need) {
  std::vector<Candidate> chosen;
  if (best_sum(all, 0, limit) < need) {
    chosen.assign(all.begin(),
                  all.begin() + static_cast<std::ptrdiff_t>(std::min(limit, all.size())));
    return chosen;
  }
  for (std::size_t i = 0; i < all.size() && need.is_positive() && limit > 0; ++i) {
    // Taking this one must leave the rest coverable with one lot less.
    if (all[i].free + best_sum(all, i + 1, limit - 1) < need) continue;
    chosen.push_back(all[i]);
    need -= all[i].free;
    --limit;
  }
  return chosen;
}

void take(Plan& plan, LotId lot, Quantity quantity) {
  if (!quantity.is_positive()) return;
  plan.takes.push_back({lot, quantity});
  plan.sum += quantity;
}

}  // namespace

std::vector<std::uint32_t> picking_sequence(const State::Tables& t, const Demand& d,
                                            const Shelf& shelf) {
  std::vector<std::uint32_t> order(shelf.live.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto lot_at = [&](std::uint32_t i) -> const Lot& { return t.lots[shelf.live[i].lot]; };
  if (d.policy.rotation == Rotation::fefo) {
    if (d.policy.null_expiry == NullExpiry::first) {
      std::stable_partition(order.begin(), order.end(), [&](std::uint32_t i) {
        return lot_at(i).expires_on == kNoDate && !lot_at(i).legacy;
      });
    }
  } else {
    const bool newest_first = d.policy.rotation == Rotation::lifo;
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      const Lot& lot_a = lot_at(a);
      const Lot& lot_b = lot_at(b);
      if (lot_a.legacy != lot_b.legacy) return lot_b.legacy;
      const std::int32_t day_a = shelf.live[a].first_received_on;
      const std::int32_t day_b = shelf.live[b].first_received_on;
      if (day_a != day_b) return newest_first ? day_a > day_b : day_a < day_b;
      return t.code(lot_a.id) < t.code(lot_b.id);
    });
  }
  if (d.pinned_lot != 0) {
    std::stable_partition(order.begin(), order.end(),
                          [&](std::uint32_t i) { return shelf.live[i].lot == d.pinned_lot; });
  }
  return order;
}

std::vector<Promise> promises_in_sequence(const State::Tables& t, const Order& order,
                                          const LineState& line) {
  std::vector<Promise> promises = line.promises;
  if (promises.size() < 2) return promises;
  // Of each promise its place on its shelf; the sequence does not depend on the day.
  std::vector<std::pair<std::size_t, std::size_t>> ranks;
  for (std::size_t i = 0; i < promises.size(); ++i) {
    const Promise& promise = promises[i];
    const Shelf& shelf = *t.find_shelf(promise.sku, promise.warehouse);
    const Demand d = demand_of(t, question_of(order, line, promise.sku, promise.warehouse), 0);
    const std::vector<std::uint32_t> sequence = picking_sequence(t, d, shelf);
    const auto at = std::find_if(sequence.begin(), sequence.end(), [&](std::uint32_t row) {
      return shelf.live[row].lot == promise.lot;
    });
    ranks.emplace_back(static_cast<std::size_t>(at - sequence.begin()), i);
  }
  std::sort(ranks.begin(), ranks.end(), [&](const auto& a, const auto& b) {
    const Promise& promise_a = promises[a.second];
    const Promise& promise_b = promises[b.second];
    return std::tie(promise_a.sku, promise_a.warehouse, a.first) <
           std::tie(promise_b.sku, promise_b.warehouse, b.first);
  });
  std::vector<Promise> sorted;
  for (const auto& [rank, i] : ranks) sorted.push_back(promises[i]);
  return sorted;
}

Plan plan_units(const State::Tables& t, const Demand& d, SkuId sku, WarehouseId warehouse,
                Quantity need, const std::vector<LotId>& lots_in_use) {
  Plan plan;
  plan_units(t, d, sku, warehouse, need, lots_in_use, plan);
  return plan;
}

void plan_units(const State::Tables& t, const Demand& d, SkuId sku, WarehouseId warehouse,
                Quantity need, const std::vector<LotId>& lots_in_use, Plan& plan) {
  plan.takes.clear();
  plan.sum = {};
  plan.split_limited = false;
  const Shelf* shelf = t.find_shelf(sku, warehouse);
  if (shelf == nullptr || !need.is_positive()) return;
  const Quantity multiple = d.policy.multiple;
  const bool in_multiples = multiple != Quantity::whole(1);
  if (in_multiples) need = whole_multiples(need, multiple);
  const bool shelf_order = d.policy.rotation == Rotation::fefo &&
                           d.policy.null_expiry != NullExpiry::first && d.pinned_lot == 0;
  const auto free_of = [&](const LotStock& row) {
    if (gate(t, d, row, warehouse) != Reason::none) return Quantity{};
    const Quantity free = free_units(t, row, warehouse);
    return in_multiples ? whole_multiples(free, multiple) : free;
  };
  if (shelf_order && !d.policy.max_lots) {
    for (const LotStock& row : shelf->live) {
      if (plan.sum >= need) break;
      take(plan, row.lot, std::min(free_of(row), need - plan.sum));
    }
    return;
  }
  std::vector<Candidate> candidates;
  std::size_t used = 0;
  for (const std::uint32_t i : picking_sequence(t, d, *shelf)) {
    const LotStock& row = shelf->live[i];
    const Quantity free = free_of(row);
    if (!free.is_positive()) continue;
    const bool in_use =
        std::find(lots_in_use.begin(), lots_in_use.end(), row.lot) != lots_in_use.end();
    if (d.policy.max_lots && in_use) {
      take(plan, row.lot, std::min(free, need - plan.sum));  // costs no further lot
    } else {
      candidates.push_back({row.lot, free});
    }
  }
  if (d.policy.max_lots) {
    used = std::min(lots_in_use.size(), static_cast<std::size_t>(*d.policy.max_lots));
    const std::size_t limit = static_cast<std::size_t>(*d.policy.max_lots) - used;
    const std::size_t all = candidates.size();
    if (plan.sum < need) candidates = choose_few(candidates, limit, need - plan.sum);
    plan.split_limited = candidates.size() < all;
  }
  for (const Candidate& candidate : candidates) {
    if (plan.sum >= need) break;
    take(plan, candidate.lot, std::min(candidate.free, need - plan.sum));
  }
  plan.split_limited = plan.split_limited && plan.sum < need;
}

}  // namespace lotbridge::core
