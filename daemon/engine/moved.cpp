#include "moved.hpp"

#include "daemon/store/encoding.hpp"

namespace lotbridge::engine {

Quantity moved_since(Workbench& bench, core::LotId lot, core::WarehouseId warehouse,
                     Maybe<core::LocationId> location, StockStatus status, Timestamp since,
                     std::int64_t but) {
  const auto is_there = [&](const core::Account& account) {
    return account.kind == core::AccountKind::stock && account.warehouse == warehouse &&
           account.status == status && (!location || account.location == *location);
  };
  Quantity moved;
  auto rows = bench.store.query(store::Sql::select_lot_moves, static_cast<std::int64_t>(lot),
                                since.ms, but);
  while (rows.next()) {
    const Quantity quantity{rows.integer(0)};
    const auto from = store::account_of(rows.blob(1));
    const auto to = store::account_of(rows.blob(2));
    if (from && is_there(*from)) moved -= quantity;
    if (to && is_there(*to)) moved += quantity;
  }
  return moved;
}

}  // namespace lotbridge::engine
