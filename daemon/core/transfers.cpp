// Transfers: units that change place or status, and those on their way between warehouses (rule
// 28).
#include "transfers.hpp"

#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "movements.hpp"

namespace lotbridge::core {

namespace {

struct Way {
  Place from;
  WarehouseId to_warehouse = 0;
  LocationId to_location = 0;
  StockStatus to_status = StockStatus::available;
  bool in_place() const { return from.warehouse == to_warehouse; }
};

Quantity on_its_way(const TransferLot& row) { return row.sent - row.arrived - row.lost; }

TransferLot& row_of(std::vector<TransferLot>& rows, SkuId sku, LotId lot, WarehouseId warehouse) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const TransferLot& row) {
    return row.lot == lot && row.warehouse == warehouse;
  });
  if (at != rows.end()) return *at;
  rows.push_back({sku, lot, warehouse, {}, {}, {}});
  return rows.back();
}

AlertChange waits_for_transfer(const TransferLot& row, const std::string& name) {
  AlertChange key;
  key.kind = "unreconciled";
  key.severity = "warning";
  key.sku = row.sku;
  key.lot = row.lot;
  key.warehouse = row.warehouse;
  key.extra = {{"transfer", name}};
  return key;
}

void tell_over_arrival(Work& w, LotId lot, WarehouseId warehouse, Quantity over,
                       const std::string& transfer) {
  AlertChange& alert = w.alert("over_receipt", "warning",
                               over.text() + " more of " + w.lot_text(lot) +
                                   " arrived than transfer " + transfer + " had sent.");
  alert.sku = w.t.lots[lot].sku;
  alert.lot = lot;
  alert.warehouse = warehouse;
  alert.quantity = over;
  alert.extra = {{"transfer", transfer}};
  w.except("over_receipt", alert.detail);
}

void tell_other_lot(Work& w, LotId lot, WarehouseId warehouse, Quantity units,
                    const std::string& transfer) {
  AlertChange& alert = w.alert("lot_mismatch", "warning",
                               units.text() + " of " + w.lot_text(lot) + " arrived, and transfer " +
                                   transfer + " had sent none.");
  alert.sku = w.t.lots[lot].sku;
  alert.lot = lot;
  alert.warehouse = warehouse;
  alert.quantity = units;
  alert.extra = {{"transfer", transfer}};
  w.except("lot_mismatch", alert.detail);
}

// The far side's demands count when the goods are there: whoever named the lot is told.
void warn_of_far_side(Work& w, LotId lot, const Transfer& transfer, const Way& way) {
  if (way.in_place() || way.to_status != StockStatus::available) return;
  const SkuId sku = w.t.lots[lot].sku;
  Demand d = demand_of(w.t, {w.owner, sku, way.to_warehouse, nullptr, nullptr},
                       w.today(way.from.warehouse));
  if (transfer.arrives_on) {
    d.ship_day = std::max(d.ship_day, transfer.arrives_on->days);
    d.reference_day = d.ship_day + d.policy.transit_days;
  }
  LotStock row;
  row.lot = lot;
  const Reason reason = gate(w.t, d, row, way.to_warehouse);
  if (reason == Reason::none) return;
  w.except(std::string(reason_name(reason)), w.lot_text(lot) + " can't be sold where it goes: " +
                                                 std::string(reason_name(reason)) + ".");
}

void move_units(Work& w, LotId lot, const Way& way, Quantity quantity,
                std::vector<TransferLot>& rows) {
  const SkuId sku = w.t.lots[lot].sku;
  const Account to = way.in_place()
                         ? stock_account(way.to_warehouse, way.to_location, way.to_status)
                         : outside(AccountKind::in_transit, way.to_warehouse);
  if (!way.in_place()) row_of(rows, sku, lot, way.to_warehouse).sent += quantity;
  take_units(w, lot, way.from, quantity, to);
  rejudge_lot(w, lot, way.from.warehouse, "moved");
  w.free_up(sku);
  w.out.produced_lots.push_back(lot);
}

// Lots for a line that leaves the choice to us: FEFO under the far side's policy, judged at
// arrival.
bool choose_lots(Work& w, SkuId sku, const Transfer& transfer, const Way& way, Quantity quantity,
                 const std::string& pointer, std::vector<Take>& out) {
  if (!w.t.skus[sku].item.lot_tracked) {
    out.push_back({legacy_lot(w, sku), quantity});
    return true;
  }
  Demand d = demand_of(w.t, {w.owner, sku, way.to_warehouse, nullptr, nullptr},
                       w.today(way.from.warehouse));
  if (transfer.arrives_on) {
    d.ship_day = std::max(d.ship_day, transfer.arrives_on->days);
    d.reference_day = d.ship_day + d.policy.transit_days;
  }
  const Plan plan = plan_units(w.t, d, sku, way.from.warehouse, quantity, {});
  out = plan.takes;
  if (plan.sum >= quantity) return true;
  const std::string detail = "Only " + plan.sum.text() + " may be sent.";
  if (w.command) return w.refuse("insufficient", detail, pointer + "/quantity");
  w.except("insufficient", detail);
  return true;
}

bool transfer_line(Work& w, const Transfer& transfer, const TransferLine& line, const Way& way,
                   const std::string& pointer, std::vector<TransferLot>& rows) {
  const SkuId sku = sku_of(w, line.sku, pointer + "/sku");
  if (sku == 0) return false;
  if (!line.quantity.is_positive()) {
    return w.refuse("invalid_value", "The quantity must be above zero.", pointer + "/quantity");
  }
  if (!line.lot) {
    std::vector<Take> takes;
    if (!choose_lots(w, sku, transfer, way, line.quantity, pointer, takes)) return false;
    for (const Take& take : takes) {
      w.out.follows.chosen.push_back({sku, take.lot, take.quantity});
      move_units(w, take.lot, way, take.quantity, rows);
    }
    return true;
  }
  const LotId lot = moved_lot(w, sku, *line.lot, pointer + "/lot");
  if (lot == 0 || !enough_there(w, lot, way.from, line.quantity, pointer + "/quantity"))
    return false;
  warn_of_far_side(w, lot, transfer, way);
  move_units(w, lot, way, line.quantity, rows);
  return true;
}

// What the taken back version had sent is on its way no longer; what had arrived of it did so
// without a transfer, until a corrected one explains it.
bool take_back_sent(Work& w, std::vector<TransferLot>& rows) {
  const bool arrived = std::any_of(
      rows.begin(), rows.end(), [](const TransferLot& row) { return row.arrived.is_positive(); });
  if (arrived && w.command) {
    return w.refuse("insufficient", "Some of it has arrived; take the receipts of that back first.",
                    "/void_of");
  }
  for (TransferLot& row : rows) {
    w.goods(row.sku, row.lot, row.lost, outside(AccountKind::lost, row.warehouse),
            outside(AccountKind::in_transit, row.warehouse));
    row.lost = Quantity{};
    row.sent = Quantity{};
  }
  if (!reverse_entries(w)) return false;
  // What an earlier version took back of a closing stays taken back.
  for (const Entry& entry : *w.ctx.reversed) {
    if (entry.from.kind == AccountKind::lost && entry.to.kind == AccountKind::in_transit)
      w.goods(entry.sku, entry.lot, entry.quantity, entry.from, entry.to);
  }
  return true;
}

// Receipts of it came first: units that arrived elsewhere than they were sent to go there now, and
// what nobody had sent is a find.
void settle_early_arrivals(Work& w, std::vector<TransferLot>& rows, const std::string& name) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const TransferLot early = rows[i];
    Quantity over = early.arrived - early.sent;
    if (early.arrived.is_positive()) w.close_alert(waits_for_transfer(early, name));
    for (TransferLot& other : rows) {
      if (other.lot != early.lot || !over.is_positive()) continue;
      const Quantity units = std::min(on_its_way(other), over);
      if (!units.is_positive()) continue;
      w.goods(early.sku, early.lot, units, outside(AccountKind::in_transit, other.warehouse),
              outside(AccountKind::in_transit, early.warehouse));
      other.sent -= units;
      rows[i].sent += units;
      over -= units;
    }
    if (!over.is_positive()) continue;
    w.goods(early.sku, early.lot, over, outside(AccountKind::found, early.warehouse),
            outside(AccountKind::in_transit, early.warehouse));
    rows[i].sent += over;
    tell_over_arrival(w, early.lot, early.warehouse, over, name);
  }
}

bool way_of(Work& w, const Transfer& transfer, Way& way) {
  way.from.warehouse = warehouse_of(w, transfer.from.warehouse, "/from/warehouse");
  if (way.from.warehouse == 0) return false;
  way.to_warehouse = warehouse_of(w, transfer.to.warehouse, "/to/warehouse");
  if (way.to_warehouse == 0) return false;
  way.from.status = transfer.from.status;
  if (transfer.from.location) {
    way.from.location = location_of(w, way.from.warehouse, transfer.from.location);
  }
  way.to_location = location_of(w, way.to_warehouse, transfer.to.location);
  way.to_status = transfer.to.status;
  return true;
}

// The rows that this document works on: those of the transfer that its receipt names now.
std::vector<TransferLot>& rows_of_receipt(Work& w) {
  if (!w.out.follows.transfer_changed) {
    w.out.follows.transfer = w.ctx.followed.transfer;
    w.out.follows.transfer_changed = true;
  }
  return w.out.follows.transfer;
}

void take_from(const Work& w, std::vector<TransferLot>& rows, LotId lot, WarehouseId warehouse,
               bool given_up, Quantity& left, std::vector<Origin>& out) {
  for (const bool here : {true, false}) {
    for (TransferLot& row : rows) {
      if (w.t.home_of(row.lot) != lot || (row.warehouse == warehouse) != here) continue;
      const Quantity units = std::min(given_up ? row.lost : on_its_way(row), left);
      if (!units.is_positive()) continue;
      out.push_back(
          {outside(given_up ? AccountKind::lost : AccountKind::in_transit, row.warehouse), units});
      row.arrived += units;
      if (given_up) row.lost -= units;
      left -= units;
    }
  }
}

}  // namespace

std::vector<Origin> arrived_from(Work& w, const Receipt& receipt, LotId lot, WarehouseId warehouse,
                                 Quantity quantity) {
  std::vector<Origin> out;
  std::vector<TransferLot>& rows = rows_of_receipt(w);
  if (!w.ctx.followed.transfer_known) {
    TransferLot& row = row_of(rows, w.t.lots[lot].sku, lot, warehouse);
    row.arrived += quantity;
    AlertChange alert = waits_for_transfer(row, *receipt.transfer);
    alert.quantity = row.arrived;
    alert.detail = row.arrived.text() + " of " + w.lot_text(lot) + " arrived of transfer " +
                   *receipt.transfer + ", which nobody has sent yet.";
    w.except("unreconciled", alert.detail);
    w.out.alerts.push_back(std::move(alert));
    return {{outside(AccountKind::in_transit, warehouse), quantity}};
  }
  const bool sent = std::any_of(rows.begin(), rows.end(), [&](const TransferLot& row) {
    return w.t.home_of(row.lot) == lot && row.sent.is_positive();
  });
  Quantity left = quantity;
  take_from(w, rows, lot, warehouse, false, left, out);
  take_from(w, rows, lot, warehouse, true, left, out);
  if (!left.is_positive()) return out;
  out.push_back({outside(AccountKind::found, warehouse), left});
  if (sent) {
    tell_over_arrival(w, lot, warehouse, left, *receipt.transfer);
  } else {
    tell_other_lot(w, lot, warehouse, left, *receipt.transfer);
  }
  return out;
}

std::vector<ReceiptLine> lines_with_lots(Work& w, const Receipt& receipt) {
  std::vector<ReceiptLine> out;
  std::vector<TransferLot> rows = w.ctx.followed.transfer;
  std::sort(rows.begin(), rows.end(), [&](const TransferLot& a, const TransferLot& b) {
    const std::int32_t day_a = w.t.lots[a.lot].expires_on, day_b = w.t.lots[b.lot].expires_on;
    if (day_a != day_b)
      return b.lot == 0 || (day_a != kNoDate && (day_b == kNoDate || day_a < day_b));
    return w.t.code(a.lot) < w.t.code(b.lot);
  });
  for (const ReceiptLine& line : receipt.lines) {
    if (line.lot || !line.quantity.is_positive() || line.pack || line.unit) {
      out.push_back(line);
      continue;
    }
    Quantity left = line.quantity;
    for (TransferLot& row : rows) {
      const Quantity units = std::min(on_its_way(row), left);
      if (w.t.skus[row.sku].item.sku != line.sku || !units.is_positive()) continue;
      ReceiptLine part = line;
      part.lot = LotCode{std::string(w.t.code(row.lot))};
      part.quantity = units;
      part.rejected = out.empty() ? line.rejected : Maybe<Quantity>{};
      out.push_back(std::move(part));
      row.arrived += units;
      left -= units;
    }
    if (!left.is_positive()) continue;
    out.push_back(line);
    out.back().quantity = left;
  }
  return out;
}

void take_back_arrivals(Work& w) {
  const bool other = w.ctx.followed.other_transfer;
  if (other) w.out.follows.transfer_before = w.ctx.followed.transfer_before;
  std::vector<TransferLot>& rows = other ? w.out.follows.transfer_before : rows_of_receipt(w);
  if (w.ctx.reversed == nullptr) return;
  for (const Entry& entry : *w.ctx.reversed) {
    if (entry.to.kind != AccountKind::stock || entry.lot == 0) continue;
    const bool travelled = entry.from.kind == AccountKind::in_transit;
    if (!travelled && entry.from.kind != AccountKind::lost) continue;
    TransferLot& row = row_of(rows, entry.sku, entry.lot, entry.from.warehouse);
    row.arrived -= entry.quantity;
    if (!travelled) row.lost += entry.quantity;
  }
}

bool apply_transfer(Work& w, const Document& document, const Transfer& transfer) {
  std::vector<TransferLot> rows = w.ctx.followed.transfer;
  if ((w.ctx.previous != nullptr || w.ctx.voided != nullptr) && !take_back_sent(w, rows))
    return false;
  if (!transfer.void_of) {
    Way way;
    if (!way_of(w, transfer, way)) return false;
    for (std::size_t i = 0; i < transfer.lines.size(); ++i) {
      const std::string pointer = "/lines/" + std::to_string(i);
      if (!transfer_line(w, transfer, transfer.lines[i], way, pointer, rows)) return false;
    }
    settle_early_arrivals(w, rows, document.id);
  }
  if (!rows.empty()) {
    w.out.follows.transfer_changed = true;
    w.out.follows.transfer = std::move(rows);
  }
  return true;
}

}  // namespace lotbridge::core
