// Who gets which lot (rules 4, 8-16), by trying things out and looking at everything each time.
#include <algorithm>
#include <functional>

#include "model.hpp"

namespace lotbridge::simulation {

namespace {

std::int32_t promised_day(const OrderBook& order) {
  if (order.header.promised_on) return order.header.promised_on->days;
  if (order.header.ship_on) return order.header.ship_on->days;
  return order.header.placed_at.value_or(order.first_seen).utc_date().days;
}

Units multiples(Units units, Units of) { return units - units % of; }

}  // namespace

void Model::promise(const Change& change) {
  if (change.reserved == 0 && change.picked == 0) return;
  Reserved& sum = lot(change.lot).promised[change.warehouse];
  sum.reserved += change.reserved;
  sum.picked += change.picked;
  std::vector<Promise>& all =
      order(change.order).lines[static_cast<std::size_t>(change.line)].promises;
  auto at = std::find_if(all.begin(), all.end(), [&](const Promise& p) {
    return p.lot == change.lot && p.warehouse == change.warehouse;
  });
  if (at == all.end()) at = all.insert(at, {change.lot, change.warehouse, 0, 0});
  at->reserved += change.reserved;
  at->picked += change.picked;
  if (at->reserved == 0 && at->picked == 0) all.erase(at);
  trail_.push_back(change);
}

void Model::undo_to(std::size_t trail) {
  while (trail_.size() > trail) {
    Change back = trail_.back();
    back.reserved = -back.reserved;
    back.picked = -back.picked;
    promise(back);
    trail_.pop_back();
    trail_.pop_back();
  }
}

bool Model::competes_before(int a, int b) const {
  const OrderBook& one = orders_[static_cast<std::size_t>(a)];
  const OrderBook& two = orders_[static_cast<std::size_t>(b)];
  const auto key = [](const OrderBook& order) {
    return std::make_tuple(-order.header.priority, promised_day(order),
                           order.header.placed_at.value_or(order.first_seen).ms, order.id,
                           order.source);
  };
  return std::make_pair(key(one), a) < std::make_pair(key(two), b);
}

std::vector<int> Model::by_rank(std::vector<int> orders) const {
  std::sort(orders.begin(), orders.end(), [&](int a, int b) { return competes_before(a, b); });
  return orders;
}

// FEFO (rule 4): dated before undated, LEGACY last; then first receipt there; then code.
bool Model::fefo_before(int a, int b, int warehouse) const {
  const auto key = [&](int at) {
    const LotBook& lot = lots_[static_cast<std::size_t>(at)];
    const auto first = lot.first_received.find(warehouse);
    const int group = lot.code == "LEGACY" ? 2 : lot.expires_on == kNever ? 1 : 0;
    return std::make_tuple(group, group == 2 ? 0 : lot.expires_on,
                           first == lot.first_received.end() ? kNever : first->second);
  };
  const auto key_a = key(a), key_b = key(b);
  if (key_a != key_b) return key_a < key_b;
  return lots_[static_cast<std::size_t>(a)].code < lots_[static_cast<std::size_t>(b)].code;
}

// The lots of a SKU that have units or promises there, in the order in which a wish takes them.
std::vector<int> Model::sequence(const Wish& wish, int sku, int warehouse) const {
  std::vector<int> all;
  for (const int at : skus_[static_cast<std::size_t>(sku)].lots) {
    const LotBook& lot = lots_[static_cast<std::size_t>(at)];
    const auto promised = lot.promised.find(warehouse);
    const bool there = promised != lot.promised.end() &&
                       (promised->second.reserved != 0 || promised->second.picked != 0);
    if (there || !cells(at, warehouse).empty()) all.push_back(at);
  }
  const Rotation rotation = wish.knobs.rotation.value_or(Rotation::fefo);
  const auto legacy = [&](int at) { return lots_[static_cast<std::size_t>(at)].code == "LEGACY"; };
  const auto undated = [&](int at) {
    return lots_[static_cast<std::size_t>(at)].expires_on == kNever && !legacy(at);
  };
  const auto first = [&](int at) {
    const LotBook& lot = lots_[static_cast<std::size_t>(at)];
    const auto day = lot.first_received.find(warehouse);
    return day == lot.first_received.end() ? kNever : day->second;
  };
  std::sort(all.begin(), all.end(), [&](int a, int b) {
    if (wish.pinned_lot != kNone && (a == wish.pinned_lot) != (b == wish.pinned_lot))
      return a == wish.pinned_lot;
    if (rotation == Rotation::fefo) {
      if (wish.knobs.null_expiry == NullExpiry::first && undated(a) != undated(b))
        return undated(a);
      return fefo_before(a, b, warehouse);
    }
    if (legacy(a) != legacy(b)) return legacy(b);
    if (first(a) != first(b))
      return rotation == Rotation::lifo ? first(a) > first(b) : first(a) < first(b);
    return lots_[static_cast<std::size_t>(a)].code < lots_[static_cast<std::size_t>(b)].code;
  });
  return all;
}

// Units that left with nobody knowing of which lot: so many of the candidates are not for sale,
// those that go first before the others, and no unit for two dispatches (rule 26).
std::map<int, Units> Model::set_aside(int sku, int warehouse) const {
  std::map<int, Units> aside;
  for (const OpenUnresolved& open : unresolved_) {
    if (open.warehouse != warehouse || open.candidates.empty()) continue;
    if (lots_[static_cast<std::size_t>(open.candidates.front())].sku != sku) continue;
    std::vector<int> lots = open.candidates;
    std::sort(lots.begin(), lots.end(), [&](int a, int b) { return fefo_before(a, b, warehouse); });
    Units left = open.units;
    for (const int at : lots) {
      const Units there =
          std::max<Units>(0, units_at(at, warehouse, StockStatus::available) - aside[at]);
      aside[at] += std::min(there, left);
      left -= std::min(there, left);
    }
  }
  return aside;
}

Units Model::free_units(int lot_at, int warehouse) const {
  const LotBook& lot = lots_[static_cast<std::size_t>(lot_at)];
  Units units = units_at(lot_at, warehouse, StockStatus::available);
  const auto promised = lot.promised.find(warehouse);
  if (promised != lot.promised.end()) units -= promised->second.reserved + promised->second.picked;
  if (units > 0 && !unresolved_.empty()) {
    const auto aside = set_aside(lot.sku, warehouse);
    const auto mine = aside.find(lot_at);
    if (mine != aside.end()) units -= mine->second;
  }
  return std::max<Units>(0, units);
}

std::vector<std::pair<int, Units>> Model::plan(const Wish& wish, int sku, int warehouse, Units need,
                                               const std::vector<int>& in_use) const {
  const Units multiple = wish.knobs.multiple.value_or(Quantity::whole(1)).micros;
  const bool in_multiples = multiple != kOne;
  if (in_multiples) need = multiples(need, multiple);
  std::vector<std::pair<int, Units>> takes, candidates;
  const auto take = [&](int lot, Units free) {
    const Units units = std::min(free, need);
    if (units <= 0) return;
    takes.emplace_back(lot, units);
    need -= units;
  };
  for (const int at : sequence(wish, sku, warehouse)) {
    if (!why_not(wish, at, warehouse).empty()) continue;
    Units free = free_units(at, warehouse);
    if (in_multiples) free = multiples(free, multiple);
    if (free <= 0) continue;
    const bool has_it = std::find(in_use.begin(), in_use.end(), at) != in_use.end();
    if (wish.knobs.max_lots && has_it) {
      take(at, free);
    } else {
      candidates.emplace_back(at, free);
    }
  }
  if (wish.knobs.max_lots) {
    const auto limit = static_cast<std::size_t>(
        std::max(0, *wish.knobs.max_lots - static_cast<int>(in_use.size())));
    // Combinations in rank, the first lot first: the first that covers everything, else the first
    // so many lots.
    std::vector<std::size_t> chosen, found;
    bool covered = false;
    const std::function<void(std::size_t, Units)> search = [&](std::size_t from, Units missing) {
      if (covered) return;
      if (missing <= 0) {
        covered = true;
        found = chosen;
        return;
      }
      if (chosen.size() == limit) return;
      for (std::size_t i = from; i < candidates.size() && !covered; ++i) {
        chosen.push_back(i);
        search(i + 1, missing - candidates[i].second);
        chosen.pop_back();
      }
    };
    search(0, need);
    std::vector<std::pair<int, Units>> kept;
    if (covered) {
      for (const std::size_t i : found) kept.push_back(candidates[i]);
    } else {
      candidates.resize(std::min(limit, candidates.size()));
      kept = candidates;
    }
    candidates = kept;
  }
  for (const auto& [at, free] : candidates) take(at, free);
  return takes;
}

bool Model::may_reserve(const OrderBook& order) const {
  if (!order.known || order.cancelled || order.header.hold || order.cart_over) return false;
  return !order.header.hold_until || *order.header.hold_until > now_;
}

bool Model::due(const OrderBook& order, const PolicyKnobs& knobs, std::int32_t day) const {
  if (order.asked) return true;
  if (knobs.allocate == AllocateMode::manual) return false;
  if (!knobs.allocate_days_before || !order.header.ship_on) return true;
  return day >= order.header.ship_on->days - *knobs.allocate_days_before;
}

void Model::reserve_kits(int order_at, int line_at, int warehouse) {
  const LineBook line =
      orders_[static_cast<std::size_t>(order_at)].lines[static_cast<std::size_t>(line_at)];
  Units kits = wanted_units(line) / kOne;
  std::vector<std::vector<std::pair<int, Units>>> plans;
  for (const Part& part : line.bill) {
    std::vector<int> in_use;
    for (const Promise& p : line.promises) {
      if (lots_[static_cast<std::size_t>(p.lot)].sku == part.sku &&
          std::find(in_use.begin(), in_use.end(), p.lot) == in_use.end())
        in_use.push_back(p.lot);
    }
    const Wish wish = wish_of(order_at, line_at, part.sku, warehouse, today(warehouse));
    plans.push_back(plan(wish, part.sku, warehouse, part_need(line, part), in_use));
    Units have = dispatched_part(line, part.sku) + promised_part(line, part.sku);
    for (const auto& [at, units] : plans.back()) have += units;
    kits = std::min(kits, have / part.per);
  }
  for (std::size_t i = 0; i < line.bill.size(); ++i) {
    const Part& part = line.bill[i];
    Units more = part.per * kits - dispatched_part(line, part.sku) - promised_part(line, part.sku);
    for (const auto& [at, units] : plans[i]) {
      const Units now = std::min(units, more);
      if (now <= 0) continue;
      promise({order_at, line_at, at, warehouse, now, 0});
      more -= now;
    }
  }
}

void Model::reserve_at(int order_at, int line_at, int warehouse, bool check_due) {
  const OrderBook& order = orders_[static_cast<std::size_t>(order_at)];
  const LineBook& line = order.lines[static_cast<std::size_t>(line_at)];
  if (line.is_kit()) return reserve_kits(order_at, line_at, warehouse);
  const Units need = part_need(line, {line.sku, kOne});
  if (need <= 0) return;
  const Wish wish = wish_of(order_at, line_at, line.sku, warehouse, today(warehouse));
  if (check_due && !due(order, wish.knobs, today(warehouse))) return;
  std::vector<int> in_use;
  for (const Promise& p : line.promises) {
    if (lots_[static_cast<std::size_t>(p.lot)].sku == line.sku &&
        std::find(in_use.begin(), in_use.end(), p.lot) == in_use.end())
      in_use.push_back(p.lot);
  }
  for (const auto& [at, units] : plan(wish, line.sku, warehouse, need, in_use))
    promise({order_at, line_at, at, warehouse, units, 0});
}

// True when nothing of the line is short. `give_up`: its order must ship whole and can't.
bool Model::allocate_line(int order_at, int line_at, std::size_t, bool& give_up) {
  const auto line = [&]() -> const LineBook& {
    return orders_[static_cast<std::size_t>(order_at)].lines[static_cast<std::size_t>(line_at)];
  };
  const OrderBook& order = orders_[static_cast<std::size_t>(order_at)];
  if (!is_short(line())) return true;
  const int warehouse = line_warehouse(order, line());
  const PolicyKnobs k = knobs(order.owner, line().sku, warehouse, &order, &line());
  if (!due(order, k, today(warehouse))) return false;
  const std::size_t before = trail_.size();
  if (warehouse != kNone) reserve_at(order_at, line_at, warehouse, false);
  if (k.split_warehouses.value_or(false)) {
    for (const int other : route_of(order)) {
      if (!is_short(line())) break;
      if (other != warehouse) reserve_at(order_at, line_at, other, true);
    }
  }
  if (!is_short(line())) return true;
  const ShipComplete complete = k.ship_complete.value_or(ShipComplete::no);
  if (complete == ShipComplete::order) give_up = true;
  bool hold_nothing = complete == ShipComplete::line;
  if (!hold_nothing && k.min_fulfil_percent.value_or(0) > 0) {
    Units covered = INT64_MAX;
    for (const Part& part : parts(line())) {
      const Units have = dispatched_part(line(), part.sku) + promised_part(line(), part.sku);
      covered = std::min(covered, line().is_kit() ? have / part.per * kOne : have);
    }
    hold_nothing = covered * 100 < wanted_units(line()) * *k.min_fulfil_percent;
  }
  if (hold_nothing) {
    undo_to(before);
    release_line(order_at, line_at);
  }
  return false;
}

bool Model::allocate_lines(int order_at) {
  const OrderBook& order = orders_[static_cast<std::size_t>(order_at)];
  bool complete = allocate_groups(order_at);
  const std::size_t mark = trail_.size();
  bool give_up = false;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    if (!is_active(order.lines[i]) || order.lines[i].sent.same_lot_group) continue;
    if (!allocate_line(order_at, static_cast<int>(i), mark, give_up)) complete = false;
  }
  if (give_up) {
    undo_to(mark);
    release_order(order_at);
    return false;
  }
  return complete;
}

// Lines of one group come out of one lot code, all of them or none (rule 10).
bool Model::allocate_groups(int order_at) {
  const auto order = [&]() -> const OrderBook& {
    return orders_[static_cast<std::size_t>(order_at)];
  };
  std::map<std::string, std::vector<int>> groups;
  for (std::size_t i = 0; i < order().lines.size(); ++i) {
    const LineBook& line = order().lines[i];
    if (is_active(line) && line.sent.same_lot_group)
      groups[*line.sent.same_lot_group].push_back(static_cast<int>(i));
  }
  bool complete = true;
  for (const auto& [name, lines] : groups) {
    const auto line = [&](int i) -> const LineBook& {
      return order().lines[static_cast<std::size_t>(i)];
    };
    const auto short_one = [&](int i) { return is_short(line(i)); };
    const bool all_due = std::all_of(lines.begin(), lines.end(), [&](int i) {
      const int warehouse = line_warehouse(order(), line(i));
      return due(order(), knobs(order().owner, line(i).sku, warehouse, &order(), &line(i)),
                 today(warehouse));
    });
    if (!all_due) {
      complete = false;
      continue;
    }
    std::vector<std::string> codes;
    for (const int i : lines) {
      for (const Stamp& stamp : line(i).stamps) {
        if (codes.empty() && stamp.lot != kNone && stamp.units > 0)
          codes = {lots_[static_cast<std::size_t>(stamp.lot)].code};
      }
      if (codes.empty() && !line(i).promises.empty())
        codes = {lots_[static_cast<std::size_t>(line(i).promises.front().lot)].code};
    }
    const int first = lines.front();
    const int at = line_warehouse(order(), line(first));
    if (codes.empty() && at != kNone) {
      const Wish wish = wish_of(order_at, first, line(first).sku, at, today(at));
      for (const int l : sequence(wish, line(first).sku, at))
        codes.push_back(lots_[static_cast<std::size_t>(l)].code);
    }
    for (const std::string& code : codes) {
      if (std::none_of(lines.begin(), lines.end(), short_one)) break;
      const std::size_t mark = trail_.size();
      bool fits = true;
      for (const int i : lines) {
        const Units need = part_need(line(i), {line(i).sku, kOne});
        if (need <= 0) continue;
        const int warehouse = line_warehouse(order(), line(i));
        const int l = find_lot(line(i).sku, code);
        const Wish wish = wish_of(order_at, i, line(i).sku, warehouse, today(warehouse));
        const std::vector<int> there =
            warehouse == kNone ? std::vector<int>{} : sequence(wish, line(i).sku, warehouse);
        if (l == kNone || std::find(there.begin(), there.end(), l) == there.end() ||
            !why_not(wish, l, warehouse).empty() || free_units(l, warehouse) < need) {
          fits = false;
          break;
        }
        promise({order_at, i, l, warehouse, need, 0});
      }
      if (fits) break;
      undo_to(mark);
    }
    if (std::any_of(lines.begin(), lines.end(), short_one)) {
      for (const int i : lines) release_line(order_at, i);
      complete = false;
    }
  }
  return complete;
}

}  // namespace lotbridge::simulation
