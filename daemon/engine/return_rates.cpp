#include "return_rates.hpp"

#include "daemon/store/encoding.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

// Units in millionths.
struct Rate {
  std::int64_t dispatched = 0, returned = 0;
};

std::int64_t number(store::Rows rows) { return rows.next() ? rows.integer(0) : 0; }

Rate rate_of(Workbench& bench, core::LotId lot) {
  Rate rate;
  rate.dispatched = number(bench.store.query(Sql::sum_dispatched, lot));
  auto rows = bench.store.query(Sql::select_returned, lot);
  while (rows.next()) {
    const auto from = store::account_of(rows.blob(1));
    const auto to = store::account_of(rows.blob(2));
    if (from && from->kind == core::AccountKind::dispatched) rate.returned += rows.integer(0);
    if (to && to->kind == core::AccountKind::dispatched) rate.returned -= rows.integer(0);
  }
  return rate;
}

// a / b > c / d, exactly.
bool greater(std::int64_t a, std::int64_t b, std::int64_t c, std::int64_t d) {
  return static_cast<__int128_t>(a) * d > static_cast<__int128_t>(c) * b;
}

bool is_over(Workbench& bench, core::SkuId sku, const Rate& rate) {
  if (rate.dispatched <= 0 || rate.returned <= 0) return false;
  const ReturnRateLimits& limits = bench.settings.return_rate;
  if (limits.over_percent && greater(rate.returned, rate.dispatched, *limits.over_percent, 100))
    return true;
  if (!limits.times_sku_mean) return false;
  Rate all;
  for (const core::LotId lot : bench.state.lots_of(sku)) {
    const Rate one = rate_of(bench, lot);
    all.dispatched += one.dispatched;
    all.returned += one.returned;
  }
  return greater(rate.returned, rate.dispatched, all.returned * *limits.times_sku_mean,
                 all.dispatched);
}

}  // namespace

void watch_return_rates(Workbench& bench) {
  if (!bench.settings.return_rate.any()) return;
  for (const core::LotId id : bench.lots_with_customers()) {
    const core::Lot* lot = bench.state.lot(id);
    const core::Sku* sku = lot == nullptr ? nullptr : bench.state.sku(lot->sku);
    if (sku == nullptr) continue;
    const Rate rate = rate_of(bench, id);
    core::AlertChange change;
    change.open = is_over(bench, sku->id, rate);
    change.kind = "return_cluster";
    change.severity = "warning";
    change.sku = sku->id;
    change.lot = id;
    if (change.open) {
      change.quantity = Quantity{rate.returned};
      change.detail = Quantity{rate.returned}.text() + " of " + Quantity{rate.dispatched}.text() +
                      " dispatched units of lot " + std::string(bench.state.lot_code(id)) + " of " +
                      sku->item.sku + " came back.";
    }
    bench.change_alert(change, sku->owner);
  }
}

}  // namespace lotbridge::engine
