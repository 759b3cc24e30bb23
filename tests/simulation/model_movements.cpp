// Blocks, counts, transfers and adjustments (rules 6, 13, 28, 29). See model.hpp.
#include <algorithm>

#include "model.hpp"

namespace lotbridge::simulation {

// ---- blocks

bool Model::apply(const Document&, const Hold& hold) {
  std::vector<std::pair<int, int>> scopes;
  for (const LotRef& ref : hold.lots) {
    const int warehouse = ref.warehouse ? warehouse_named(*ref.warehouse) : kNone;
    if (ref.warehouse && warehouse == kNone) return false;
    const int at = sku_named(ref.sku);
    if (at == kNone) return false;
    if (w_.command && find_lot(at, ref.lot.text) == kNone) return refuse("unknown_lot");
    scopes.emplace_back(lot_or_new(at, ref.lot.text), warehouse);
  }
  for (const auto& [l, warehouse] : scopes) lot(l).holds.emplace(warehouse, hold.code);
  for (const auto& [l, warehouse] : scopes) {
    if (warehouse == kNone) {
      judge_lot_everywhere(l);
    } else {
      judge_lot(l, warehouse);
    }
  }
  return true;
}

bool Model::apply(const Document&, const Release& release) {
  std::vector<std::pair<int, int>> scopes;
  for (const LotRef& ref : release.lots) {
    const int warehouse = ref.warehouse ? warehouse_named(*ref.warehouse) : kNone;
    if (ref.warehouse && warehouse == kNone) return false;
    const int at = sku_named(ref.sku);
    if (at == kNone) return false;
    const int l = find_lot(at, ref.lot.text);
    if (l == kNone && w_.command) return refuse("unknown_lot");
    if (l != kNone) scopes.emplace_back(l, warehouse);
  }
  for (const auto& [l, warehouse] : scopes) {
    if (lot(l).holds.erase({warehouse, release.code}) == 0 && w_.command)
      return refuse("not_found");
    w_.freed.insert(lots_[static_cast<std::size_t>(l)].sku);
  }
  return true;
}

// ---- counts, transfers, adjustments

void Model::end_search(int l, int warehouse, const Maybe<std::string>& place) {
  for (const auto& [account, units] : cells(l, warehouse)) {
    if (account.status != StockStatus::lot_unresolved) continue;
    if (place && account.place != *place) continue;
    Account found = account;
    found.status = StockStatus::available;
    move(l, units, account, found);
  }
}

bool Model::apply(const Document&, const Count& count) {
  if (w_.reversing != kNone) reverse(w_.reversing);
  if (count.void_of) return true;
  const int warehouse = warehouse_named(count.warehouse);
  if (warehouse == kNone) return false;
  if (not_authoritative(world_.warehouses[static_cast<std::size_t>(warehouse)].count_from))
    return true;
  std::vector<int> differ;
  for (const CountLine& line : count.lines) {
    const int at = sku_named(line.sku);
    if (at == kNone) return false;
    const int l = line.lot.text == "LEGACY" ? legacy(at) : lot_or_new(at, line.lot.text);
    if (line.expires_on) {
      Told told;
      told.expires_on = line.expires_on;
      bool conflict = false;
      if (!learn(l, told, {}, conflict)) return false;
    }
    if (line.status == StockStatus::available) end_search(l, warehouse, count.location);
    const auto counted_there = [&](const Account& a) {
      return a.kind == Kind::stock && a.warehouse == warehouse && a.status == line.status &&
             (!count.location || a.place == *count.location);
    };
    Units should = line.counted.micros;
    if (count.snapshot_at) {
      for (const auto& [when, m] : history_) {
        // What this count itself did, now or before it was corrected, did not happen on the floor.
        if (m.lot != l || m.document == w_.document || !(when > *count.snapshot_at)) continue;
        if (counted_there(m.from)) should -= m.units;
        if (counted_there(m.to)) should += m.units;
      }
    }
    Units books = 0;
    std::string home;
    bool any_home = false;
    for (const auto& [account, units] : cells(l, warehouse)) {
      if (counted_there(account)) books += units;
      if (account.status == line.status && !any_home) {
        home = account.place;
        any_home = true;
      }
    }
    const Units delta = should - books;
    if (delta > 0) {
      put_units(l, warehouse, count.location.value_or(home), line.status, delta,
                {Kind::found, warehouse, "", {}, kNone, kNone});
    } else if (delta < 0 && count.location) {
      move(l, -delta, {Kind::stock, warehouse, *count.location, line.status, kNone, kNone},
           {Kind::lost, warehouse, "", {}, kNone, kNone});
    } else if (delta < 0) {
      take_units(l, {warehouse, {}, line.status, false}, -delta,
                 {Kind::lost, warehouse, "", {}, kNone, kNone});
    }
    if (delta != 0) differ.push_back(l);
  }
  for (const int l : differ) judge_lot(l, warehouse);
  return true;
}

bool Model::lot_for_move(int sku, const std::string& code, int& out) {
  out = find_lot(sku, code);
  if (out != kNone) return true;
  if (w_.command) return refuse("unknown_lot");
  out = new_lot(sku, code);
  return true;
}

bool Model::enough(int l, const Place& place, Units units) {
  Units there = 0;
  for (const auto& [account, have] : cells(l, place.warehouse)) {
    if (account.status != place.status) continue;
    if (place.place && account.place != *place.place) continue;
    there += have;
  }
  return !w_.command || there >= units || refuse("insufficient");
}

bool Model::transfer_line(const Transfer& transfer, const TransferLine& line, int from, int to) {
  const int at = sku_named(line.sku);
  if (at == kNone) return false;
  Place place{from, transfer.from.location, transfer.from.status, false};
  const Account goal = from == to
                           ? Account{Kind::stock,        to,    transfer.to.location.value_or(""),
                                     transfer.to.status, kNone, kNone}
                           : Account{Kind::in_transit, to, "", {}, kNone, kNone};
  const auto send = [&](int l, Units units) {
    take_units(l, place, units, goal);
    judge_lot(l, from);
  };
  if (line.lot) {
    int l = kNone;
    if (!lot_for_move(at, line.lot->text, l)) return false;
    if (!enough(l, place, line.quantity.micros)) return false;
    send(l, line.quantity.micros);
    return true;
  }
  if (!skus_[static_cast<std::size_t>(at)].item.lot_tracked) {
    send(legacy(at), line.quantity.micros);
    return true;
  }
  // FEFO under the far side's policy, judged when it arrives.
  Wish wish = wish_of(kNone, kNone, at, to, today(from));
  if (transfer.arrives_on)
    wish.reference_day = std::max(wish.reference_day, transfer.arrives_on->days);
  const auto takes = plan(wish, at, from, line.quantity.micros, {});
  Units sum = 0;
  for (const auto& [l, units] : takes) sum += units;
  if (sum < line.quantity.micros && w_.command) return refuse("insufficient");
  for (const auto& [l, units] : takes) send(l, units);
  return true;
}

bool Model::apply(const Document&, const Transfer& transfer) {
  if (w_.reversing != kNone) reverse(w_.reversing);
  if (transfer.void_of) return true;
  const int from = warehouse_named(transfer.from.warehouse);
  if (from == kNone) return false;
  const int to = warehouse_named(transfer.to.warehouse);
  if (to == kNone) return false;
  for (const TransferLine& line : transfer.lines) {
    if (!transfer_line(transfer, line, from, to)) return false;
  }
  return true;
}

bool Model::adjust(int l, const Place& place, Units units, AdjustmentReason reason) {
  Account other{Kind::lost, place.warehouse, "", {}, kNone, kNone};
  if (reason == AdjustmentReason::scrapped) other.kind = Kind::scrapped;
  if (reason == AdjustmentReason::found) other.kind = Kind::found;
  if (reason == AdjustmentReason::correction && units > 0) other.kind = Kind::found;
  if (reason == AdjustmentReason::supplier_return)
    other = {Kind::supplier_return, kNone, "", {}, kNone, kNone};
  if (units > 0) {
    put_units(l, place.warehouse, place.place.value_or(""), place.status, units, other);
    return true;
  }
  if (!enough(l, place, -units)) return false;
  take_units(l, place, -units, other);
  judge_lot(l, place.warehouse);
  return true;
}

bool Model::apply(const Document&, const Adjustment& adjustment) {
  if (w_.reversing != kNone) reverse(w_.reversing);
  if (adjustment.void_of) return true;
  const int warehouse = warehouse_named(adjustment.warehouse);
  if (warehouse == kNone) return false;
  for (const AdjustmentLine& line : adjustment.lines) {
    const int at = sku_named(line.sku);
    if (at == kNone) return false;
    const Units units = line.quantity.micros;
    const bool fits = adjustment.reason == AdjustmentReason::correction ? units != 0
                      : adjustment.reason == AdjustmentReason::found    ? units > 0
                                                                        : units < 0;
    if (!fits || (line.from_lot && adjustment.reason != AdjustmentReason::correction))
      return w_.command ? refuse("invalid_value") : park("invalid_value");
    const Place place{warehouse, line.location, line.status, false};
    int l = kNone;
    if (!lot_for_move(at, line.lot.text, l)) return false;
    if (line.from_lot) {
      int from = kNone;
      if (!lot_for_move(at, line.from_lot->text, from)) return false;
      if (!adjust(from, place, -units, adjustment.reason)) return false;
    }
    if (!adjust(l, place, units, adjustment.reason)) return false;
  }
  return true;
}

}  // namespace lotbridge::simulation
