#include "routing.hpp"

#include <algorithm>

#include "allocator.hpp"

namespace lotbridge::core {

namespace {

// Anything promised or gone ties an order to its warehouse.
bool is_tied(const Order& order) {
  return std::any_of(order.lines.begin(), order.lines.end(), [](const LineState& line) {
    return !line.promises.empty() || !line.stamps.empty();
  });
}

// The first lot that a trial reserved, as FEFO sees it; nothing reserved comes last.
struct FirstLot {
  bool any = false;
  std::int32_t expires_on = INT32_MAX, received_on = INT32_MAX;
  std::string code;
  auto tie() const { return std::tie(expires_on, received_on, code); }
};

FirstLot first_lot(const Work& w, std::size_t from_entry) {
  for (std::size_t i = from_entry; i < w.out.entries.size(); ++i) {
    const Entry& entry = w.out.entries[i];
    if (entry.to.kind != AccountKind::reserved) continue;
    // What an unmet condition gave back again is nothing that the order would get there.
    const LineState& line = w.t.find_order(entry.to.order)->lines[entry.to.line];
    const bool stands = std::any_of(line.promises.begin(), line.promises.end(), [&](const auto& p) {
      return p.lot == entry.lot && p.warehouse == entry.to.warehouse;
    });
    if (!stands) continue;
    FirstLot first;
    first.any = true;
    const Lot& lot = w.t.lots[entry.lot];
    if (lot.expires_on != kNoDate) first.expires_on = lot.expires_on;
    if (const LotStock* row = w.t.find_stock(entry.lot, entry.to.warehouse)) {
      first.received_on = row->first_received_on;
    }
    first.code = std::string(w.t.code(entry.lot));
    return first;
  }
  return {};
}

bool wants_network_fefo(const Work& w, const Order& order) {
  for (const LineState& line : order.lines) {
    if (!is_active(line)) continue;
    return resolve_policy(w.t, question_of(order, line, line.sku, 0)).network_fefo;
  }
  return false;
}

// Tries every warehouse; the one whose first lot is the earliest wins, those able to fill
// everything first.
WarehouseId earliest_lot_warehouse(Work& w, OrderId id, const std::vector<WarehouseId>& route) {
  WarehouseId best = route.front();
  bool best_complete = false;
  FirstLot best_first;
  for (const WarehouseId warehouse : route) {
    const Work::Mark mark = w.mark();
    const std::size_t entries = w.out.entries.size();
    w.t.set_warehouse(id, warehouse);
    const bool complete = allocate_lines(w, id);
    const FirstLot first = first_lot(w, entries);
    w.unwind(mark);
    const bool better = complete != best_complete     ? complete
                        : first.any != best_first.any ? first.any
                                                      : first.any && first.tie() < best_first.tie();
    if (!better) continue;
    best = warehouse;
    best_complete = complete;
    best_first = first;
  }
  return best;
}

}  // namespace

std::vector<WarehouseId> route_of(const State::Tables& t, const Order& order) {
  const Owner& owner = t.owners[order.owner];
  const Maybe<std::string> country =
      order.header.ship_to ? order.header.ship_to->country : Maybe<std::string>{};
  for (const Route& route : owner.routes) {
    if (!route.country || route.country == country) return route.warehouses;
  }
  if (!owner.warehouses.empty()) return owner.warehouses;
  std::vector<WarehouseId> all;
  for (const Warehouse& warehouse : t.warehouses) {
    if (warehouse.id != 0) all.push_back(warehouse.id);
  }
  return all;
}

void route_and_allocate(Work& w, OrderId id) {
  const Order& order = *w.t.find_order(id);
  if (!order.plain && order.header.warehouse) {
    const auto at = w.t.warehouse_names.find(*order.header.warehouse);
    w.t.set_warehouse(id, at == w.t.warehouse_names.end() ? WarehouseId{0} : at->second);
    allocate_lines(w, id);
    return;
  }
  if (order.warehouse != 0 && is_tied(order)) {
    allocate_lines(w, id);
    return;
  }
  const std::vector<WarehouseId>& route = route_of(w.t, order);
  if (route.empty()) {
    allocate_lines(w, id);
    return;
  }
  if (route.size() > 1 && wants_network_fefo(w, order)) {
    w.t.set_warehouse(id, earliest_lot_warehouse(w, id, route));
    allocate_lines(w, id);
    return;
  }
  for (std::size_t i = 0; route.size() > 1 && i < route.size(); ++i) {
    const Work::Mark mark = w.mark();
    w.t.set_warehouse(id, route[i]);
    if (allocate_lines(w, id)) return;
    w.unwind(mark);
  }
  w.t.set_warehouse(id, route.front());
  allocate_lines(w, id);
}

}  // namespace lotbridge::core
