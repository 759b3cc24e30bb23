// What whoever stores the state asks of it, beside what it touched. See state.hpp.
#include "state.hpp"
#include "tables.hpp"

namespace lotbridge::core {

std::size_t State::orders_count() const { return tables_->orders.size(); }

std::size_t State::warehouses_count() const { return tables_->warehouses.size() - 1; }

WarehouseId State::warehouse_of(LocationId id) const {
  const Tables& t = *tables_;
  return id != 0 && id < t.locations.size() ? t.locations[id].first : WarehouseId{0};
}

std::int32_t State::first_received(LotId id, WarehouseId warehouse) const {
  if (const LotStock* row = stock(id, warehouse)) return row->first_received_on;
  const auto gone = tables_->gone_first_received.find(place_key(id, warehouse));
  return gone == tables_->gone_first_received.end() ? kNoDate : gone->second;
}

bool State::is_closed(const Order& order) const {
  if (!order.known) return false;
  for (const LineState& line : order.lines) {
    if (!line.promises.empty()) return false;
    if (order.cancelled || line.removed) continue;
    if (!line.problem.empty()) return false;
    if (line.sent.requires_shipping && open_quantity(line).is_positive()) return false;
  }
  return true;
}

}  // namespace lotbridge::core
