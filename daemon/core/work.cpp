#include "work.hpp"

#include <utility>

namespace lotbridge::core {

Work::Work(State& s, const Context& context) : state(s), t(s.tables()), ctx(context) {
  at = context.now;
  out.entries.reserve(8);
  first_new_lot = static_cast<LotId>(t.lots.size());
}

Work::Mark Work::mark() {
  return {t.savepoint(),     out.entries.size(), out.stamps.size(), out.exceptions.size(),
          out.alerts.size(), out.events.size(),  out.audit.size(),  freed.size()};
}

void Work::unwind(const Mark& m) {
  t.unwind(m.state);
  out.entries.resize(m.entries);
  out.stamps.resize(m.stamps);
  out.exceptions.resize(m.exceptions);
  out.alerts.resize(m.alerts);
  out.events.resize(m.events);
  out.audit.resize(m.audit);
  freed.resize(m.freed);
}

std::int32_t Work::today(WarehouseId warehouse) {
  for (const auto& [of, day] : days_) {
    if (of == warehouse) return day;
  }
  days_.emplace_back(warehouse, day_at(warehouse, ctx.now));
  return days_.back().second;
}

std::int32_t Work::day_at(WarehouseId warehouse, Timestamp moment) const {
  if (ctx.calendar == nullptr || warehouse == 0) return moment.utc_date().days;
  return ctx.calendar->business_date(warehouse, moment).days;
}

namespace {

bool is_inside(const Account& account) {
  return account.kind == AccountKind::stock || account.kind == AccountKind::in_transit;
}

}  // namespace

// A lot that was merged into another one never holds anything: what comes to it or goes from it
// passes over from or to its new home, lost there and found here, place by place.
void Work::pass_over(LotId lot, Quantity quantity, const Account& from, const Account& to) {
  const LotId home = t.home_of(lot);
  const SkuId sku = t.lots[lot].sku;
  const SkuId home_sku = t.lots[home].sku;
  if (is_inside(from)) {
    post(home_sku, home, quantity, from, outside(AccountKind::lost, from.warehouse));
    post(sku, lot, quantity, outside(AccountKind::found, from.warehouse), from);
  }
  post(sku, lot, quantity, from, to);
  if (is_inside(to)) {
    post(sku, lot, quantity, to, outside(AccountKind::lost, to.warehouse));
    post(home_sku, home, quantity, outside(AccountKind::found, to.warehouse), to);
  }
}

void Work::goods(SkuId sku, LotId lot, Quantity quantity, Account from, Account to) {
  if (quantity.is_zero() || from == to) return;
  if (quantity.micros < 0) {
    quantity = -quantity;
    std::swap(from, to);
  }
  if (lot != 0 && t.lots[lot].merged) {
    pass_over(lot, quantity, from, to);
  } else {
    post(sku, lot, quantity, from, to);
  }
}

void Work::post(SkuId sku, LotId lot, Quantity quantity, const Account& from, const Account& to) {
  const Entry entry{Book::goods, sku, lot, quantity, from, to};
  t.apply(entry);
  out.entries.push_back(entry);
  if (lot == 0) return;
  if (entry.from.kind == AccountKind::stock) t.prune(lot, entry.from.warehouse);
  if (entry.to.kind == AccountKind::stock) t.prune(lot, entry.to.warehouse);
}

void Work::promise(OrderId order, LineIndex line, SkuId sku, LotId lot, WarehouseId warehouse,
                   Quantity quantity, AccountKind from, AccountKind to) {
  if (!quantity.is_positive() || from == to) return;
  const auto account = [&](AccountKind kind) {
    return kind == AccountKind::free ? outside(kind, warehouse)
                                     : order_account(kind, warehouse, order, line);
  };
  Entry entry{Book::promise, sku, lot, quantity, account(from), account(to)};
  t.apply(entry);
  out.entries.push_back(entry);
  if (to == AccountKind::free) t.prune(lot, warehouse);
}

bool Work::refuse(std::string code, std::string detail, std::string pointer) {
  Problem problem{std::move(code), std::move(detail), {}};
  if (!pointer.empty()) problem.errors.push_back({std::move(pointer), problem.detail});
  if (!out.refused) out.refused = std::move(problem);
  return false;
}

void Work::except(std::string code, std::string detail) {
  Exception e{std::move(code), std::move(detail)};
  for (const Exception& known : out.exceptions) {
    if (known == e) return;
  }
  out.exceptions.push_back(std::move(e));
}

AlertChange& Work::alert(std::string kind, std::string severity, std::string detail) {
  AlertChange change;
  change.kind = std::move(kind);
  change.severity = std::move(severity);
  change.detail = std::move(detail);
  out.alerts.push_back(std::move(change));
  return out.alerts.back();
}

void Work::close_alert(AlertChange key) {
  key.open = false;
  out.alerts.push_back(std::move(key));
}

Event& Work::event(std::string kind, SkuId sku, LotId lot, WarehouseId warehouse, OrderId order,
                   Quantity quantity) {
  Event e;
  e.kind = std::move(kind);
  e.sku = sku;
  e.lot = lot;
  e.warehouse = warehouse;
  e.order = order;
  e.quantity = quantity;
  if (const Order* about = t.find_order(order)) e.channel = about->header.channel.value_or("");
  out.events.push_back(std::move(e));
  return out.events.back();
}

std::string Work::lot_text(LotId lot) const {
  return std::string(t.code(lot)) + " of " + t.skus[t.lots[lot].sku].item.sku;
}

Account stock_account(WarehouseId warehouse, LocationId location, StockStatus status) {
  return {AccountKind::stock, status, warehouse, location, 0, 0};
}

Account outside(AccountKind kind, WarehouseId warehouse) {
  return {kind, StockStatus::available, warehouse, 0, 0, 0};
}

Account order_account(AccountKind kind, WarehouseId warehouse, OrderId order, LineIndex line) {
  return {kind, StockStatus::available, warehouse, 0, order, line};
}

}  // namespace lotbridge::core
