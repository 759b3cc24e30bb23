#include "lot_merges.hpp"

#include <algorithm>

#include "allocator.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

struct Held {
  OrderId order = 0;
  LineIndex line = 0;
  WarehouseId warehouse = 0;
  Quantity reserved, picked;
};

// Takes the promises off the lot, to be made again on its new home.
std::vector<Held> take_promises(Work& w, LotId lot) {
  std::vector<Held> out;
  const SkuId sku = w.t.lots[lot].sku;
  for (const WarehouseId warehouse : warehouses_with(w.t, sku)) {
    const LotStock* row = w.t.find_stock(lot, warehouse);
    for (std::uint32_t node = row == nullptr ? 0 : row->promises; node != 0;
         node = w.t.promise_nodes[node].next) {
      out.push_back(
          {w.t.promise_nodes[node].order, w.t.promise_nodes[node].line, warehouse, {}, {}});
    }
  }
  std::sort(out.begin(), out.end(), [](const Held& a, const Held& b) {
    return std::tie(a.order, a.line, a.warehouse) < std::tie(b.order, b.line, b.warehouse);
  });
  for (Held& held : out) {
    for (const Promise& promise : w.t.find_order(held.order)->lines[held.line].promises) {
      if (promise.lot != lot || promise.warehouse != held.warehouse) continue;
      held.reserved = promise.reserved;
      held.picked = promise.picked;
    }
    w.promise(held.order, held.line, sku, lot, held.warehouse, held.reserved, AccountKind::reserved,
              AccountKind::free);
    w.promise(held.order, held.line, sku, lot, held.warehouse, held.picked, AccountKind::picked,
              AccountKind::free);
  }
  return out;
}

// What was asked of a picker about the lot; its new home is judged anew.
void close_tasks(Work& w, LotId lot, const Held& held) {
  for (const char* kind : {"pull_task", "picked_not_eligible"}) {
    AlertChange key;
    key.kind = kind;
    key.sku = w.t.lots[lot].sku;
    key.lot = lot;
    key.warehouse = held.warehouse;
    key.order = held.order;
    w.close_alert(key);
  }
}

void move_units(Work& w, const Merge& merge) {
  const SkuId from = w.t.lots[merge.from].sku;
  const SkuId into = w.t.lots[merge.into].sku;
  const auto pass = [&](Quantity quantity, const Account& there, const Account& here) {
    w.goods(from, merge.from, quantity, there, outside(AccountKind::lost, there.warehouse));
    w.goods(into, merge.into, quantity, outside(AccountKind::found, here.warehouse), here);
  };
  for (const WarehouseId warehouse : warehouses_with(w.t, from)) {
    const std::vector<StockCell> cells = w.t.cells(merge.from, warehouse);
    const bool was_negative = std::any_of(cells.begin(), cells.end(), [](const StockCell& cell) {
      return cell.on_hand < Quantity{};
    });
    for (const StockCell& cell : cells) {
      const Account there = stock_account(warehouse, cell.location, cell.status);
      Account here = there;
      if (merge.quarantine && cell.on_hand.is_positive()) {
        here.status = StockStatus::quarantine;
        LotDetails details = w.state.lot_details(merge.into);
        details.conflicts.push_back(
            {w.ctx.document, warehouse, cell.location, cell.status, cell.on_hand});
        w.t.set_details(merge.into, std::move(details));
      }
      pass(cell.on_hand, there, here);
    }
    if (was_negative) reconcile_alert(w, merge.from, warehouse, true);
    reconcile_alert(w, merge.into, warehouse, false);
  }
  std::vector<std::pair<WarehouseId, Quantity>> travelling;
  for (WarehouseId id = 1; id < w.t.warehouses.size(); ++id) {
    const auto at = w.t.in_transit.find(place_key(merge.from, id));
    if (at != w.t.in_transit.end()) travelling.emplace_back(id, at->second);
  }
  for (const auto& [warehouse, quantity] : travelling) {
    const Account account = outside(AccountKind::in_transit, warehouse);
    pass(quantity, account, account);
  }
}

void move_first_days(Work& w, const Merge& merge) {
  for (WarehouseId id = 1; id < w.t.warehouses.size(); ++id) {
    const std::int32_t day = w.state.first_received(merge.from, id);
    const std::int32_t known = w.state.first_received(merge.into, id);
    if (day == kNoDate || (known != kNoDate && known <= day)) continue;
    w.t.set_first_received(merge.into, id, day);
    w.t.prune(merge.into, id);
  }
}

void move_blocks(Work& w, const Merge& merge) {
  const std::vector<Block> moved = w.state.blocks(merge.from);
  if (moved.empty()) return;
  std::vector<Block> all = w.state.blocks(merge.into);
  for (Block block : moved) {
    block.lot = merge.into;
    const bool known = std::any_of(all.begin(), all.end(), [&](const Block& other) {
      return other.kind == block.kind && other.warehouse == block.warehouse &&
             other.code == block.code;
    });
    if (!known) all.push_back(std::move(block));
  }
  w.t.set_blocks(merge.into, std::move(all));
  w.t.set_blocks(merge.from, {});
}

void move_candidates(Work& w, const Merge& merge) {
  const auto at = w.t.unresolved.find(w.t.lots[merge.from].sku);
  if (at == w.t.unresolved.end()) return;
  std::vector<Unresolved> all = at->second;
  bool changed = false;
  for (Unresolved& open : all) {
    for (LotId& candidate : open.candidates) {
      if (candidate != merge.from) continue;
      candidate = merge.into;
      changed = true;
    }
    std::sort(open.candidates.begin(), open.candidates.end());
    open.candidates.erase(std::unique(open.candidates.begin(), open.candidates.end()),
                          open.candidates.end());
  }
  if (changed) w.t.set_unresolved(w.t.lots[merge.from].sku, std::move(all));
}

// What was learned of the one and not of the other; and the code.
void unite_details(Work& w, const Merge& merge) {
  LotDetails gone = w.state.lot_details(merge.from);
  LotDetails home = w.state.lot_details(merge.into);
  if (!home.batch) home.batch = gone.batch;
  if (!home.supplier_lot) home.supplier_lot = gone.supplier_lot;
  if (!home.supplier) home.supplier = gone.supplier;
  if (!home.tlc_source) home.tlc_source = gone.tlc_source;
  if (w.t.code(merge.from) != w.t.code(merge.into)) {
    home.aliases.push_back({std::string(w.t.code(merge.from))});
  }
  home.aliases.insert(home.aliases.end(), gone.aliases.begin(), gone.aliases.end());
  home.conflicts.insert(home.conflicts.end(), gone.conflicts.begin(), gone.conflicts.end());
  gone.aliases.clear();
  gone.conflicts.clear();
  gone.merged_into = merge.into;
  // What was merged into it before goes with it: a lot's home is never one that was merged itself.
  for (LotId lot = w.t.sku_stock[w.t.lots[merge.from].sku].newest_lot; lot != 0;
       lot = w.t.older_lot[lot]) {
    if (!w.t.lots[lot].merged || w.t.home_of(lot) != merge.from) continue;
    LotDetails earlier = w.state.lot_details(lot);
    earlier.merged_into = merge.into;
    w.t.set_details(lot, std::move(earlier));
  }
  w.t.set_details(merge.from, std::move(gone));
  w.t.set_details(merge.into, std::move(home));
}

void unite_dates(Work& w, const Merge& merge) {
  const Lot gone = w.t.lots[merge.from];
  Lot home = w.t.lots[merge.into];
  const Lot before = home;
  const auto fill = [&](std::int32_t Lot::*field, const char* name) {
    if (home.*field != kNoDate || gone.*field == kNoDate) return;
    home.*field = gone.*field;
    w.out.lot_changes.push_back({home.id, name, merge.evidence, {}, Date{gone.*field}.text()});
  };
  if (home.expires_on == kNoDate) home.best_before = gone.best_before;
  fill(&Lot::expires_on, "expires_on");
  fill(&Lot::produced_on, "produced_on");
  fill(&Lot::sell_by, "sell_by");
  fill(&Lot::removal_on, "removal_on");
  home.received = home.received || gone.received;
  home.expired_on_receipt = home.expired_on_receipt || gone.expired_on_receipt;
  if (home.received && !before.received) {
    AlertChange unknown;
    unknown.kind = "unknown_lot";
    unknown.sku = home.sku;
    unknown.lot = home.id;
    w.close_alert(unknown);
  }
  w.t.set_lot(home);
}

}  // namespace

void close_lot_alerts(Work& w, LotId id) {
  const Lot lot = w.t.lots[id];
  const auto close = [&](const char* kind, WarehouseId warehouse) {
    AlertChange key;
    key.kind = kind;
    key.sku = lot.sku;
    key.lot = id;
    key.warehouse = warehouse;
    w.close_alert(key);
  };
  if (!lot.received) close("unknown_lot", 0);
  if (lot.expires_on == kNoDate) close("expiry_missing", 0);
  close("expiry_conflict", 0);
  for (WarehouseId at = 1; lot.expired_on_receipt && at < w.t.warehouses.size(); ++at) {
    close("expired_on_receipt", at);
  }
}

void merge_lots(Work& w, const Merge& merge) {
  const std::vector<Held> held = take_promises(w, merge.from);
  unite_dates(w, merge);
  move_units(w, merge);
  move_first_days(w, merge);
  move_blocks(w, merge);
  move_candidates(w, merge);
  w.out.lot_changes.push_back({merge.into, "merged", merge.evidence,
                               std::string(w.t.code(merge.from)),
                               std::string(w.t.code(merge.into))});
  w.t.move_makers(merge.from, merge.into);
  unite_details(w, merge);
  close_lot_alerts(w, merge.from);
  const SkuId sku = w.t.lots[merge.into].sku;
  for (const Held& one : held) {
    if (one.picked.is_positive()) close_tasks(w, merge.from, one);
    const bool stands = !merge.quarantine || one.picked.is_positive();
    if (!stands) continue;
    if (!merge.quarantine) {
      w.promise(one.order, one.line, sku, merge.into, one.warehouse, one.reserved,
                AccountKind::free, AccountKind::reserved);
    }
    w.promise(one.order, one.line, sku, merge.into, one.warehouse, one.picked, AccountKind::free,
              AccountKind::picked);
  }
}

}  // namespace lotbridge::core
