// Two items that turn out to be one. See lot_merges.hpp.
#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "lot_merges.hpp"
#include "order_rank.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

// Open lines mean the other item from now on. One of which units have left stays what it was.
void change_lines(Work& w, SkuId from) {
  std::vector<std::pair<OrderId, LineIndex>> lines;
  for (const auto& [id, slot] : w.t.orders) {
    for (LineIndex i = 0; i < slot.order.lines.size(); ++i) {
      const LineState& line = slot.order.lines[i];
      if (line.sku == from && line.stamps.empty()) lines.emplace_back(id, i);
    }
  }
  std::sort(lines.begin(), lines.end());
  for (const auto& [id, index] : lines) {
    LineState line = w.t.find_order(id)->lines[index];
    resolve_line(w, *w.t.find_order(id), line);
    w.t.touch_order(id).lines[index] = std::move(line);
    w.t.refresh_waiting(w.t.orders.at(id));
  }
}

LotId same_lot_of(Work& w, LotId lot, SkuId into) {
  const Lot row = w.t.lots[lot];
  if (row.legacy) return legacy_lot(w, into);
  const std::string code(w.t.code(lot));
  if (const LotId known = w.t.find_lot(into, code)) return known;
  Lot fresh = w.t.lots[w.t.create_lot(into, code)];
  fresh.expires_on = row.expires_on;
  fresh.produced_on = row.produced_on;
  fresh.sell_by = row.sell_by;
  fresh.removal_on = row.removal_on;
  fresh.best_before = row.best_before;
  w.t.set_lot(fresh);
  return fresh.id;
}

void merge_lot(Work& w, LotId from, SkuId into) {
  Merge merge{from, same_lot_of(w, from, into), false, "merged_into"};
  const std::int32_t here = w.t.lots[from].expires_on;
  const std::int32_t there = w.t.lots[merge.into].expires_on;
  merge.quarantine = here != kNoDate && there != kNoDate && here != there;
  merge_lots(w, merge);
  if (merge.quarantine) {
    AlertChange& alert = w.alert("expiry_conflict", "critical",
                                 w.lot_text(merge.into) + " expires on " + Date{there}.text() +
                                     ", and units of it that were kept as another item on " +
                                     Date{here}.text() + ".");
    alert.sku = into;
    alert.lot = merge.into;
    w.except("expiry_conflict", alert.detail);
  }
  rejudge_lot_everywhere(w, merge.into, "merged");
}

}  // namespace

bool merge_item(Work& w, SkuId from) {
  const SkuId into = w.t.standing_sku(from);
  if (into == from || !w.t.skus[into].known) {
    const std::string detail =
        "There is no item with SKU \"" + *w.t.skus[from].item.merged_into + "\" to merge into.";
    if (w.command) return w.refuse("unknown_sku", detail, "/merged_into");
    w.except("unknown_sku", detail);
    return true;
  }
  change_lines(w, from);
  for (const LotId lot : w.state.lots_of(from)) {
    if (!w.t.lots[lot].merged) merge_lot(w, lot, into);
  }
  w.free_up(into);
  return true;
}

}  // namespace lotbridge::core
