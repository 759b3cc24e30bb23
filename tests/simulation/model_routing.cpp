// Which warehouse, and who is served next (rules 14, 16). See model.hpp.
#include <algorithm>

#include "model.hpp"

namespace lotbridge::simulation {

std::vector<int> Model::route_of(const OrderBook& order) const {
  const OwnerConfig& owner = world_.owners[static_cast<std::size_t>(order.owner)];
  for (const RouteConfig& route : owner.routes) {
    if (!route.country || (order.header.ship_to && order.header.ship_to->country == route.country))
      return route.warehouses;
  }
  std::vector<int> all;
  for (std::size_t i = 0; i < world_.warehouses.size(); ++i) all.push_back(static_cast<int>(i));
  return all;
}

int Model::network_choice(int order_at, const std::vector<int>& route) {
  struct Try {
    bool incomplete = true, nothing = true;
    std::int32_t expires_on = INT32_MAX, received = INT32_MAX;
    std::string code;
    bool operator<(const Try& o) const {
      return std::tie(incomplete, nothing, expires_on, received, code) <
             std::tie(o.incomplete, o.nothing, o.expires_on, o.received, o.code);
    }
  };
  int best = route.front();
  Try best_try;
  for (const int warehouse : route) {
    const std::size_t mark = trail_.size();
    order(order_at).warehouse = warehouse;
    Try now;
    now.incomplete = !allocate_lines(order_at);
    for (std::size_t i = mark; i < trail_.size(); ++i) {
      if (trail_[i].reserved <= 0) continue;
      const LotBook& lot = lots_[static_cast<std::size_t>(trail_[i].lot)];
      now.nothing = false;
      if (lot.expires_on != kNever) now.expires_on = lot.expires_on;
      const auto first = lot.first_received.find(trail_[i].warehouse);
      now.received = first == lot.first_received.end() ? kNever : first->second;
      now.code = lot.code;
      break;
    }
    undo_to(mark);
    if (now < best_try) {
      best = warehouse;
      best_try = now;
    }
  }
  return best;
}

void Model::allocate_order(int at) {
  if (!may_reserve(orders_[static_cast<std::size_t>(at)])) return;
  OrderBook& order = this->order(at);
  if (order.header.warehouse) {
    order.warehouse = world_.warehouse(*order.header.warehouse);
    allocate_lines(at);
    return;
  }
  const bool tied = std::any_of(order.lines.begin(), order.lines.end(), [](const LineBook& line) {
    return !line.promises.empty() || !line.stamps.empty();
  });
  const std::vector<int> route = route_of(order);
  if ((order.warehouse != kNone && tied) || route.empty()) {
    allocate_lines(at);
    return;
  }
  bool network = false;
  for (const LineBook& line : order.lines) {
    if (!is_active(line)) continue;
    network = knobs(order.owner, line.sku, kNone, &order, &line).network_fefo.value_or(false);
    break;
  }
  if (route.size() > 1 && network) {
    order.warehouse = network_choice(at, route);
    allocate_lines(at);
    return;
  }
  for (const int warehouse : route) {
    if (route.size() == 1) break;
    const std::size_t mark = trail_.size();
    order.warehouse = warehouse;
    if (allocate_lines(at)) return;
    undo_to(mark);
  }
  order.warehouse = route.front();
  allocate_lines(at);
}

bool Model::any_free(int sku) const {
  for (const int at : skus_[static_cast<std::size_t>(sku)].lots) {
    for (std::size_t w = 0; w < world_.warehouses.size(); ++w) {
      const int warehouse = static_cast<int>(w);
      const auto promised = lots_[static_cast<std::size_t>(at)].promised.find(warehouse);
      Units units = units_at(at, warehouse, StockStatus::available);
      if (promised != lots_[static_cast<std::size_t>(at)].promised.end())
        units -= promised->second.reserved + promised->second.picked;
      if (units > 0) return true;
    }
  }
  return false;
}

// Whoever waits for something that moved gets it by rank, again and again until nothing moves.
void Model::fill_waiting() {
  for (int round = 0; round < 50 && !w_.freed.empty(); ++round) {
    std::set<int> freed;
    freed.swap(w_.freed);
    std::erase_if(freed, [&](int sku) { return !any_free(sku); });
    const auto waits = [&](const OrderBook& order) {
      if (!order.known || order.cancelled) return false;
      for (const LineBook& line : order.lines) {
        if (!is_active(line) || !is_short(line)) continue;
        for (const Part& part : parts(line)) {
          if (freed.contains(part.sku) && part_need(line, part) > 0) return true;
        }
      }
      return false;
    };
    std::vector<int> orders;
    for (const int i : lively()) {
      if (waits(orders_[static_cast<std::size_t>(i)])) orders.push_back(i);
    }
    for (const int at : by_rank(orders)) {
      bool hope = false;
      for (const LineBook& line : orders_[static_cast<std::size_t>(at)].lines) {
        if (!is_active(line)) continue;
        for (const Part& part : parts(line))
          hope = hope || (part_need(line, part) > 0 && any_free(part.sku));
      }
      if (hope) allocate_order(at);
    }
  }
}

}  // namespace lotbridge::simulation
