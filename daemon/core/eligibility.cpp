#include "eligibility.hpp"

#include <algorithm>
#include <array>

namespace lotbridge::core {

namespace {

constexpr std::array<std::string_view, 22> kNames = {"",
                                                     "other_owner",
                                                     "other_warehouse",
                                                     "recalled",
                                                     "quarantine",
                                                     "hold",
                                                     "unverified",
                                                     "damaged",
                                                     "future_receipt",
                                                     "expired",
                                                     "removal_date_passed",
                                                     "min_shelf_life",
                                                     "max_shelf_life",
                                                     "shelf_life_unknown",
                                                     "no_expiry_excluded",
                                                     "older_than_last_shipped",
                                                     "sell_by_passed",
                                                     "lot_pinned",
                                                     "no_lot",
                                                     "reserved",
                                                     "pack_multiple",
                                                     "split_limit"};

// Units in a status that only matters where none are in status available.
bool has_units_in(const State::Tables& t, const LotStock& row, WarehouseId warehouse,
                  StockStatus status) {
  if (!row.spread || row.available_status.is_positive()) return false;
  const auto at = t.spread_cells.find(place_key(row.lot, warehouse));
  if (at == t.spread_cells.end()) return false;
  return std::any_of(at->second.begin(), at->second.end(), [&](const StockCell& cell) {
    return cell.status == status && cell.on_hand.is_positive();
  });
}

// The demands on remaining life and the gates by date.
Reason date_gate(const Demand& d, const Lot& lot) {
  const EffectivePolicy& p = d.policy;
  const bool dated = lot.expires_on != kNoDate;
  const std::int32_t remaining = dated ? lot.expires_on - d.reference_day : 0;
  if (lot.expired_on_receipt) return Reason::expired;
  if (dated && d.reference_day >= first_bad_day(lot, p)) return Reason::expired;
  const std::int32_t removal = removal_day(lot, d.removal_days);
  if (removal != kNoDate && d.ship_day > removal) return Reason::removal_date_passed;
  if (dated && p.min_remaining_days > 0 && remaining < p.min_remaining_days) {
    return Reason::min_shelf_life;
  }
  bool total_unknown = false;
  if (dated && p.min_remaining_percent > 0) {
    const std::int32_t total =
        lot.produced_on != kNoDate ? lot.expires_on - lot.produced_on : d.shelf_life_days;
    total_unknown = total <= 0;
    if (!total_unknown &&
        std::int64_t{remaining} * 100 < std::int64_t{p.min_remaining_percent} * total) {
      return Reason::min_shelf_life;
    }
  }
  if (dated && p.max_remaining_days && remaining > *p.max_remaining_days) {
    return Reason::max_shelf_life;
  }
  const bool demand =
      p.min_remaining_days > 0 || p.min_remaining_percent > 0 || p.max_remaining_days.has_value();
  if (total_unknown || (!dated && demand && d.shelf_life_controlled)) {
    return Reason::shelf_life_unknown;
  }
  if (!dated && p.null_expiry == NullExpiry::exclude) return Reason::no_expiry_excluded;
  if (dated && d.last_expiry != kNoDate && lot.expires_on < d.last_expiry) {
    return Reason::older_than_last_shipped;
  }
  if (lot.sell_by != kNoDate && d.ship_day > lot.sell_by && !p.allow_past_sell_by) {
    return Reason::sell_by_passed;
  }
  return Reason::none;
}

}  // namespace

std::string_view reason_name(Reason reason) { return kNames[static_cast<std::size_t>(reason)]; }

std::int32_t first_bad_day(const Lot& lot, const EffectivePolicy& policy) {
  if (lot.expires_on == kNoDate) return INT32_MAX;
  // A use-by date is never passed by any flag; a best-before date may be, by so many days.
  const std::int32_t grace = lot.best_before ? policy.past_best_before_days : 0;
  return lot.expires_on + grace + (policy.last_day_usable ? 1 : 0);
}

std::int32_t removal_day(const Lot& lot, std::int32_t item_removal_days) {
  if (lot.removal_on != kNoDate) return lot.removal_on;
  if (item_removal_days < 0 || lot.expires_on == kNoDate) return kNoDate;
  return lot.expires_on - item_removal_days;
}

bool blocked(const State::Tables& t, LotId lot, WarehouseId warehouse, BlockKind kind) {
  if (!t.lots[lot].has_blocks) return false;
  const auto at = t.block_sets.find(lot);
  if (at == t.block_sets.end()) return false;
  return std::any_of(at->second.begin(), at->second.end(), [&](const Block& block) {
    return block.kind == kind && (block.warehouse == 0 || block.warehouse == warehouse);
  });
}

Demand demand_of(const State::Tables& t, const PolicyQuestion& q, std::int32_t business_day) {
  return demand_of(t, q, resolve_policy(t, q), business_day);
}

Demand demand_of(const State::Tables& t, const PolicyQuestion& q, const EffectivePolicy& policy,
                 std::int32_t business_day) {
  Demand d;
  d.policy = policy;
  const SkuStock& item = t.sku_stock[q.sku];
  d.ship_day = business_day;
  if (q.order != nullptr && q.order->header.ship_on) {
    d.ship_day = std::max(business_day, q.order->header.ship_on->days);
  }
  d.reference_day = d.ship_day + d.policy.transit_days;
  d.shelf_life_days = item.shelf_life_days;
  d.removal_days = item.removal_days;
  d.shelf_life_controlled = item.shelf_life_controlled;
  if (q.line != nullptr && !q.line->plain && q.line->sent.lot &&
      q.line->components.empty()) {  // a kit has no lot
    d.pinned_lot = t.find_lot(q.sku, q.line->sent.lot->text);
    d.pinned = true;
  }
  if (d.policy.not_before_expiry && q.order != nullptr && q.order->header.customer &&
      q.order->header.customer->id) {
    const auto last =
        t.last_shipped.find(std::make_tuple(q.owner, *q.order->header.customer->id, q.sku));
    if (last != t.last_shipped.end()) d.last_expiry = last->second.expires_on;
  }
  return d;
}

namespace {

// All that gate() asks of a lot that is plain, out of the row: the lot itself lies somewhere else
// in memory.
Lot plain_lot(const LotStock& row) {
  Lot lot;
  lot.id = row.lot;
  lot.expires_on = row.expires_on;
  lot.best_before = row.best_before != 0;
  lot.received = true;
  return lot;
}

}  // namespace

Reason gate(const State::Tables& t, const Demand& d, const LotStock& row, WarehouseId warehouse) {
  const bool row_is_enough = row.plain != 0 && d.policy.min_remaining_percent <= 0;
  const Lot lot = row_is_enough ? plain_lot(row) : t.lots[row.lot];
  if (lot.has_blocks && blocked(t, row.lot, warehouse, BlockKind::recalled)) {
    return Reason::recalled;
  }
  if (row.spread && has_units_in(t, row, warehouse, StockStatus::quarantine)) {
    return Reason::quarantine;
  }
  if (lot.has_blocks && blocked(t, row.lot, warehouse, BlockKind::hold)) return Reason::hold;
  if (!lot.received) return Reason::unverified;
  if (row.spread && has_units_in(t, row, warehouse, StockStatus::damaged)) return Reason::damaged;
  if (row.first_received_on != kNoDate && row.first_received_on > d.ship_day) {
    return Reason::future_receipt;
  }
  if (const Reason reason = date_gate(d, lot); reason != Reason::none) return reason;
  if (d.pinned && d.pinned_lot != row.lot && d.policy.lot_preference == LotPreference::require) {
    return Reason::lot_pinned;
  }
  if (lot.legacy && d.policy.legacy_lot == LegacyLot::exclude && t.skus[lot.sku].item.lot_tracked) {
    return Reason::no_lot;
  }
  return Reason::none;
}

Quantity free_units(const State::Tables& t, const LotStock& row, WarehouseId warehouse) {
  Quantity units = row.available_status - row.promised;
  if (!units.is_positive()) return Quantity{};
  if (t.unresolved.empty()) return units;
  const SkuId sku = t.lots[row.lot].sku;
  const auto list = t.unresolved.find(sku);
  if (list == t.unresolved.end()) return units;
  // Units left and nobody knows of which candidate: as many are set aside, from the candidates in
  // FEFO order, and no unit for two dispatches.
  const Shelf* shelf = t.find_shelf(sku, warehouse);
  std::vector<Quantity> aside(shelf == nullptr ? 0 : shelf->live.size());
  for (const Unresolved& open : list->second) {
    if (open.warehouse != warehouse || shelf == nullptr) continue;
    Quantity left = open.quantity;
    for (std::size_t i = 0; i < shelf->live.size(); ++i) {
      const LotStock& other = shelf->live[i];
      const bool candidate = std::find(open.candidates.begin(), open.candidates.end(), other.lot) !=
                             open.candidates.end();
      if (!candidate) continue;
      const Quantity there =
          std::clamp(other.available_status - aside[i], Quantity{}, std::max(Quantity{}, left));
      aside[i] += there;
      if (other.lot == row.lot) units -= there;
      left -= there;
    }
  }
  return std::max(Quantity{}, units);
}

}  // namespace lotbridge::core
