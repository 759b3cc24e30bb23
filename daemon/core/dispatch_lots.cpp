#include "dispatch_lots.hpp"

#include <algorithm>

#include "allocator.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

void add_share(std::vector<LotShare>& shares, LotId lot, Quantity quantity, Evidence evidence) {
  if (!quantity.is_positive()) return;
  for (LotShare& share : shares) {
    if (share.lot == lot && share.evidence == evidence) {
      share.quantity += quantity;
      return;
    }
  }
  shares.push_back({lot, quantity, evidence, {}});
}

// Lots that may have left: physically there, as far as the books know, blocked or not.
std::vector<LotId> candidates_of(const State::Tables& t, const Leaving& leaving) {
  std::vector<LotId> lots;
  const Shelf* shelf = t.find_shelf(leaving.sku, leaving.warehouse);
  if (shelf == nullptr) return lots;
  for (const LotStock& row : shelf->live) {
    if (on_hand(t, row.lot, leaving.warehouse).is_positive()) lots.push_back(row.lot);
  }
  return lots;
}

void contradiction(Work& w, const Leaving& leaving, Quantity named) {
  AlertChange& alert = w.alert("lots_do_not_add_up", "warning",
                               "The lots of a dispatched line sum to " + named.text() +
                                   ", the line says " + leaving.quantity.text() + ".");
  alert.order = leaving.order;
  alert.sku = leaving.sku;
  alert.warehouse = leaving.warehouse;
  alert.quantity = leaving.quantity;
  w.except("lots_do_not_add_up", alert.detail);
}

std::vector<LotShare> named_lots(Work& w, const Leaving& leaving) {
  std::vector<LotShare> shares;
  Quantity sum;
  for (const LotQuantity& named : *leaving.named) {
    const bool unknown = w.t.find_lot(leaving.sku, named.lot.text) == 0;
    const LotId lot = find_or_create_lot(w, leaving.sku, named.lot);
    if (unknown) {
      AlertChange& alert = w.alert("unknown_lot", "warning",
                                   "Nobody received " + w.lot_text(lot) + ", and it was shipped.");
      alert.sku = leaving.sku;
      alert.lot = lot;
      w.except("unknown_lot", alert.detail);
    }
    add_share(shares, lot, named.quantity,
              named.scanned.value_or(false) ? Evidence::scanned : Evidence::reported);
    sum += named.quantity;
  }
  if (sum == leaving.quantity) return shares;
  contradiction(w, leaving, sum);
  LotShare unresolved{0, leaving.quantity - sum, Evidence::unresolved, {}};
  if (sum > leaving.quantity) {
    // Which of them did not leave nobody can say: none of it is stamped, all of them are
    // candidates.
    unresolved.quantity = leaving.quantity;
    for (const LotShare& share : shares) unresolved.candidates.push_back(share.lot);
    return {unresolved};
  }
  unresolved.candidates = candidates_of(w.t, leaving);
  for (const LotShare& share : shares) {
    if (std::find(unresolved.candidates.begin(), unresolved.candidates.end(), share.lot) ==
        unresolved.candidates.end()) {
      unresolved.candidates.push_back(share.lot);
    }
  }
  shares.push_back(std::move(unresolved));
  return shares;
}

// What the line had picked, then what it had reserved, in picking sequence. Whoever picked has
// named the lot already, though not with the dispatch.
Quantity own_lots(Work& w, const Leaving& leaving, Evidence evidence, Quantity left,
                  std::vector<LotShare>& shares) {
  const Order& order = *w.t.find_order(leaving.order);
  std::vector<Promise> promises = promises_in_sequence(w.t, order, order.lines[leaving.line]);
  std::erase_if(promises, [&](const Promise& p) {
    return p.sku != leaving.sku || p.warehouse != leaving.warehouse;
  });
  for (const bool picked : {true, false}) {
    for (const Promise& promise : promises) {
      const Quantity units = std::min(picked ? promise.picked : promise.reserved, left);
      add_share(shares, promise.lot, units, picked ? Evidence::reported : evidence);
      left -= std::max(units, Quantity{});
    }
  }
  return left;
}

std::vector<LotShare> told_nothing(Work& w, const Leaving& leaving) {
  std::vector<LotShare> shares;
  const Evidence evidence =
      w.ctx.pick_instruction_delivered ? Evidence::directed : Evidence::inferred;
  Quantity left = own_lots(w, leaving, evidence, leaving.quantity, shares);
  if (left.is_positive()) {
    const Demand d = demand_on_day(w.t, leaving, w.day_at(leaving.warehouse, w.at));
    const Plan plan = plan_units(w.t, d, leaving.sku, leaving.warehouse, left, {});
    for (const Take& take : plan.takes)
      add_share(shares, take.lot, take.quantity, Evidence::inferred);
    left -= plan.sum;
  }
  if (!left.is_positive()) return shares;
  if (!w.t.skus[leaving.sku].item.lot_tracked) {
    add_share(shares, legacy_lot(w, leaving.sku), left, Evidence::inferred);
    return shares;
  }
  shares.push_back({0, left, Evidence::unresolved, candidates_of(w.t, leaving)});
  AlertChange& alert = w.alert("lots_do_not_add_up", "warning",
                               "Nobody can say which lot " + left.text() + " of " +
                                   w.t.skus[leaving.sku].item.sku + " were of.");
  alert.order = leaving.order;
  alert.sku = leaving.sku;
  alert.warehouse = leaving.warehouse;
  alert.quantity = left;
  w.except("lots_do_not_add_up", alert.detail);
  return shares;
}

void tell(Work& w, const Leaving& leaving, LotId lot, const char* kind, const char* severity,
          const std::string& detail, const char* key = nullptr, LotId other = 0) {
  AlertChange& alert = w.alert(kind, severity, detail);
  alert.order = leaving.order;
  alert.sku = leaving.sku;
  alert.lot = lot;
  alert.warehouse = leaving.warehouse;
  if (key != nullptr) alert.extra = {{key, std::string(w.t.code(other))}};
  w.except(kind, detail);
}

// The first lot in sequence that the line could have had, counting what it was promised itself.
LotId first_eligible(const State::Tables& t, const Demand& d, const Leaving& leaving) {
  const Shelf* shelf = t.find_shelf(leaving.sku, leaving.warehouse);
  if (shelf == nullptr) return 0;
  for (const std::uint32_t i : picking_sequence(t, d, *shelf)) {
    const LotStock& row = shelf->live[i];
    if (gate(t, d, row, leaving.warehouse) != Reason::none) continue;
    if ((free_units(t, row, leaving.warehouse) + own_promise(t, leaving, row.lot)).is_positive()) {
      return row.lot;
    }
  }
  return 0;
}

// A lot that we did not choose left: say so, and whether an earlier one was passed by.
void warn_of_swap(Work& w, const Leaving& leaving, const Demand& d, const LotShare& share) {
  if (w.t.warehouses[leaving.warehouse].they_allocate) return;
  const LineState& line = w.t.find_order(leaving.order)->lines[leaving.line];
  if (own_promise(w.t, leaving, share.lot) < share.quantity) {
    for (const Promise& promise : line.promises) {
      if (promise.sku != leaving.sku || promise.lot == share.lot) continue;
      tell(w, leaving, share.lot, "pick_deviation", "info",
           w.lot_text(share.lot) + " left instead of lot " + std::string(w.t.code(promise.lot)) +
               ".",
           "allocated_lot", promise.lot);
      break;
    }
  }
  const LotId first = first_eligible(w.t, d, leaving);
  const bool pinned = d.pinned_lot == share.lot;
  if (first == 0 || first == share.lot || pinned) return;
  if (own_promise(w.t, leaving, share.lot) >= share.quantity) return;
  if (!earlier_in_sequence(w.t, d, leaving.sku, leaving.warehouse, first, share.lot)) return;
  tell(
      w, leaving, share.lot, "fefo_bypass", "info",
      w.lot_text(share.lot) + " left although lot " + std::string(w.t.code(first)) + " goes first.",
      "fefo_lot", first);
}

}  // namespace

Demand demand_on_day(const State::Tables& t, const Leaving& leaving, std::int32_t day) {
  const Order& order = *t.find_order(leaving.order);
  Demand d = demand_of(
      t, question_of(order, order.lines[leaving.line], leaving.sku, leaving.warehouse), day);
  d.ship_day = day;
  d.reference_day = day + d.policy.transit_days;
  return d;
}

Quantity own_promise(const State::Tables& t, const Leaving& leaving, LotId lot) {
  Quantity sum;
  for (const Promise& promise : t.find_order(leaving.order)->lines[leaving.line].promises) {
    if (promise.lot == lot && promise.warehouse == leaving.warehouse) {
      sum += promise.reserved + promise.picked;
    }
  }
  return sum;
}

bool earlier_in_sequence(const State::Tables& t, const Demand& d, SkuId sku, WarehouseId warehouse,
                         LotId a, LotId b) {
  const Shelf* shelf = t.find_shelf(sku, warehouse);
  if (shelf == nullptr) return false;
  for (const std::uint32_t i : picking_sequence(t, d, *shelf)) {
    if (shelf->live[i].lot == a) return true;
    if (shelf->live[i].lot == b) return false;
  }
  return false;
}

std::vector<LotShare> lots_that_left(Work& w, const Leaving& leaving) {
  const bool named = leaving.named != nullptr && !leaving.named->empty();
  return named ? named_lots(w, leaving) : told_nothing(w, leaving);
}

void warn_of_shares(Work& w, const Leaving& leaving, const std::vector<LotShare>& shares) {
  const Demand d = demand_on_day(w.t, leaving, w.day_at(leaving.warehouse, w.at));
  for (const LotShare& share : shares) {
    if (share.lot == 0) continue;
    LotStock row;
    row.lot = share.lot;
    if (const LotStock* found = w.t.find_stock(share.lot, leaving.warehouse)) row = *found;
    const Reason reason = gate(w.t, d, row, leaving.warehouse);
    const std::string text = w.lot_text(share.lot) + " was shipped, and it ";
    if (reason == Reason::recalled) {
      tell(w, leaving, share.lot, "shipped_recalled", "critical", text + "is recalled.");
    } else if (reason == Reason::hold || reason == Reason::quarantine) {
      tell(w, leaving, share.lot, "shipped_on_hold", "critical", text + "is blocked.");
    } else if (reason == Reason::expired) {
      tell(w, leaving, share.lot, "shipped_expired", "critical", text + "had expired.");
    }
    if (w.t.lots[share.lot].legacy && w.t.skus[leaving.sku].item.lot_tracked) {
      tell(w, leaving, share.lot, "untraceable", "warning",
           "Units whose lot nobody wrote down were shipped.");
    }
    const bool told = share.evidence == Evidence::scanned || share.evidence == Evidence::reported;
    if (told && w.t.find_order(leaving.order)->known) warn_of_swap(w, leaving, d, share);
  }
}

}  // namespace lotbridge::core
