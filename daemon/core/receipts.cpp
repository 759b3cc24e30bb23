// Goods-in: lots begin here, their dates are learned, waiting orders are served (rules 14, 21-23).
#include <algorithm>

#include "allocator.hpp"
#include "arrivals.hpp"
#include "documents.hpp"
#include "labels.hpp"
#include "lot_dates.hpp"
#include "places.hpp"
#include "purchase_orders.hpp"
#include "transfers.hpp"

namespace lotbridge::core {

namespace {

// The dates as the line tells them, with the expiry derived where only the production date is
// known.
bool line_dates(Work& w, const ReceiptLine& line, const Item& item, const std::string& pointer,
                ToldDates& out) {
  out.expires_on = line.expires_on;
  out.produced_on = line.produced_on;
  out.sell_by = line.sell_by;
  out.removal_on = line.removal_on;
  out.kind = line.date_kind;
  if (!out.expires_on && out.produced_on) {
    out.expires_on = derived_expiry(item, *out.produced_on);
    out.derived = out.expires_on.has_value();
  }
  if (out.produced_on && out.expires_on && *out.expires_on < *out.produced_on) {
    const std::string detail = "The lot would have expired before it was made.";
    if (w.command) return w.refuse("invalid_value", detail, pointer + "/expires_on");
    return park(w, "invalid_value", detail);
  }
  return true;
}

void warn_short_life(Work& w, LotId lot, const Arrival& arrival) {
  const Lot& row = w.t.lots[lot];
  const SkuId sku = row.sku;
  const EffectivePolicy policy =
      resolve_policy(w.t, {w.owner, sku, arrival.warehouse, nullptr, nullptr});
  if (row.expires_on == kNoDate || !policy.inbound_min_percent) return;
  const std::int32_t total = row.produced_on != kNoDate
                                 ? row.expires_on - row.produced_on
                                 : w.t.skus[sku].item.shelf_life_days.value_or(0);
  const std::int32_t remaining = row.expires_on - arrival.day;
  if (total <= 0 ||
      std::int64_t{remaining} * 100 >= std::int64_t{*policy.inbound_min_percent} * total) {
    return;
  }
  AlertChange& alert = w.alert("short_life_receipt", "warning",
                               w.lot_text(lot) + " arrived with " + std::to_string(remaining) +
                                   " of " + std::to_string(total) + " days left.");
  alert.sku = sku;
  alert.lot = lot;
  alert.warehouse = arrival.warehouse;
  w.except("short_life_receipt", alert.detail);
}

void note_origin(Work& w, LotId lot, const Receipt& receipt, const ReceiptLine& line) {
  LotDetails details = w.state.lot_details(lot);
  if (line.batch) details.batch = line.batch;
  if (line.supplier_lot) details.supplier_lot = line.supplier_lot;
  if (line.tlc_source) details.tlc_source = line.tlc_source;
  if (receipt.supplier && !details.supplier) details.supplier = receipt.supplier;
  w.t.set_details(lot, std::move(details));
}

// The code this line's units get: the one it names, else one by the item's template, else LEGACY
// where that is allowed. Empty after a refusal.
Maybe<LotCode> code_of(Work& w, const Receipt& receipt, const ReceiptLine& line, SkuId sku,
                       Arrival& arrival, const std::string& pointer) {
  if (line.lot) {
    const bool fits = receipt.transfer || check_template(w, sku, *line.lot, arrival,
                                                         line.produced_on, pointer + "/lot");
    return fits ? line.lot : Maybe<LotCode>{};
  }
  if (w.t.skus[sku].item.lot_tracked && receipt.kind != ReceiptKind::opening) {
    if (auto code = code_by_template(w, sku, arrival, line.produced_on)) return code;
    if (!miss_lot(w, pointer)) return {};
  }
  return LotCode{"LEGACY"};
}

// What these units were bought for. Goods that only change their warehouse keep their cost.
void note_cost(Work& w, const Receipt& receipt, const ReceiptLine& line, LotId lot,
               Quantity quantity) {
  if (!line.unit_cost || receipt.transfer || !quantity.is_positive()) return;
  const Maybe<std::int64_t> sum = times(line.unit_cost->micros, quantity);
  if (sum)
    w.out.costs.push_back({lot, CostKind::purchase, quantity, *sum, line.unit_cost->currency});
}

// The units of a line in the base unit. False after a refusal.
bool quantity_of(Work& w, const ReceiptLine& line, const Item& item, const std::string& pointer,
                 Quantity& out) {
  const Maybe<Quantity> base =
      base_quantity(item, line.quantity, line.pack, line.unit, line.rounding);
  const Quantity most = Quantity::whole(1'000'000'000'000);
  const char* code = line.unit && line.quantity.is_positive() ? "uom_inexact" : "invalid_value";
  if (!base || *base < Quantity{} || *base > most || (base->is_zero() && !line.rejected)) {
    const std::string detail = "The quantity can not be kept in the item's unit.";
    if (w.command) return w.refuse(code, detail, pointer + "/quantity");
    return park(w, code, detail);
  }
  if (!fits_decimals(*base, item.decimals)) {
    const std::string detail =
        "The item's quantities have at most " + std::to_string(item.decimals) + " decimals.";
    if (w.command) return w.refuse("invalid_value", detail, pointer + "/quantity");
    w.except("invalid_quantity", detail);
  }
  out = *base;
  return true;
}

// What whoever reports on suppliers and purchase orders wants to know of a line.
void note_received(Work& w, const ReceiptLine& line, SkuId sku, LotId lot, const Arrival& arrival,
                   Quantity quantity) {
  Quantity rejected;
  if (line.rejected) {
    rejected = base_quantity(w.t.skus[sku].item, *line.rejected, line.pack, line.unit, "half_even")
                   .value_or(*line.rejected);
  }
  w.out.follows.received.push_back(
      {line.line, sku, lot, arrival.warehouse, arrival.day, quantity, rejected});
}

// Units of a transfer come out of what is on its way, all others from outside.
void bring_in(Work& w, const Receipt& receipt, LotId lot, const Arrival& arrival,
              LocationId location, StockStatus status, Quantity quantity) {
  if (!receipt.transfer) {
    arrive(w, lot, arrival, location, status, quantity);
    return;
  }
  for (const Origin& origin : arrived_from(w, receipt, lot, arrival.warehouse, quantity)) {
    Arrival part = arrival;
    part.from = origin.from;
    arrive(w, lot, part, location, status, origin.quantity);
  }
}

// Where the line's units stand: as it says, else as the transfer says, else in quarantine where the
// item asks for an inspection of goods that come in.
StockStatus status_of(const Work& w, const Receipt& receipt, const ReceiptLine& line,
                      const Item& item) {
  if (line.status_given) return line.status;
  if (receipt.transfer) {
    return w.ctx.followed.transfer_to ? w.ctx.followed.transfer_to->status : line.status;
  }
  return item.requires_inspection ? StockStatus::quarantine : line.status;
}

LocationId place_of(Work& w, const Receipt& receipt, const ReceiptLine& line,
                    const Arrival& arrival) {
  const Maybe<TransferPlace>& to = w.ctx.followed.transfer_to;
  const bool there = receipt.transfer && to && to->warehouse == receipt.warehouse;
  return location_of(w, arrival.warehouse, line.location || !there ? line.location : to->location);
}

bool receive_line(Work& w, const Receipt& receipt, const ReceiptLine& sent, Arrival& arrival,
                  const std::string& pointer) {
  ScannedLine scanned;
  if (!fill_from_label(w, sent, pointer, scanned)) return false;
  const ReceiptLine& line = scanned.line;
  const SkuId sku = sku_of(w, line.sku, pointer + "/sku");
  if (sku == 0) return false;
  const Item item = w.t.skus[sku].item;
  Quantity quantity;
  if (!quantity_of(w, line, item, pointer, quantity)) return false;
  if (!quantity.is_positive()) {  // all of it was refused at the dock
    note_received(w, line, sku, 0, arrival, quantity);
    return true;
  }
  const Maybe<LotCode> code = code_of(w, receipt, line, sku, arrival, pointer);
  if (!code) return false;
  ToldDates told;
  if (!line_dates(w, line, item, pointer, told)) return false;
  const LotId lot = code->text == "LEGACY" ? legacy_lot(w, sku) : find_or_create_lot(w, sku, *code);
  StockStatus status = status_of(w, receipt, line, item);
  const Learned learned =
      scanned.mismatch ? Learned::conflict : learn_dates(w, lot, told, receipt.supplier, pointer);
  if (learned == Learned::refused) return false;
  const LocationId location = place_of(w, receipt, line, arrival);
  if (learned == Learned::conflict) {
    note_conflict(w, lot, arrival, location, status, quantity);
    status = StockStatus::quarantine;
  } else {
    note_origin(w, lot, receipt, line);
    block_expired(w, lot, arrival);
    warn_short_life(w, lot, arrival);
  }
  if (!warn_of_missing_expiry(w, lot) && item.lot_tracked && item.shelf_life_controlled &&
      !told.expires_on && !receipt.transfer && code->text != "LEGACY") {
    w.except("expiry_missing", "No expiry was told; " + w.lot_text(lot) + " keeps the known one.");
  }
  bring_in(w, receipt, lot, arrival, location, status, quantity);
  note_received(w, line, sku, lot, arrival, quantity);
  note_cost(w, receipt, line, lot, quantity);
  w.out.produced_lots.push_back(lot);
  watch_dates(w, lot, arrival.warehouse);
  w.to_judge.emplace_back(lot, arrival.warehouse);
  return true;
}

// The lots that the corrected version of this receipt named.
std::vector<LotCode> codes_named(const Work& w) {
  std::vector<LotCode> out;
  const auto* before =
      w.ctx.previous == nullptr ? nullptr : std::get_if<Receipt>(&w.ctx.previous->body);
  if (before == nullptr) return out;
  for (const ReceiptLine& line : before->lines) {
    if (line.lot) out.push_back(*line.lot);
  }
  return out;
}

// Of the version that is corrected, or of the receipt that is taken back.
bool take_back(Work& w) {
  const Document* before = w.ctx.voided != nullptr ? w.ctx.voided : w.ctx.previous;
  if (before != nullptr && std::get<Receipt>(before->body).transfer) take_back_arrivals(w);
  return reverse_entries(w);
}

}  // namespace

bool apply_receipt(Work& w, const Document&, const Receipt& receipt) {
  if (receipt.void_of) {
    if (!take_back(w)) return false;
    if (w.ctx.voided != nullptr) watch_purchase_order(w, std::get<Receipt>(w.ctx.voided->body));
    return true;
  }
  Arrival arrival;
  arrival.warehouse = warehouse_of(w, receipt.warehouse, "/warehouse");
  if (arrival.warehouse == 0) return false;
  const Warehouse& warehouse = w.t.warehouses[arrival.warehouse];
  if (not_authoritative(w, warehouse.facts_from_receipt)) {
    AlertChange& alert = w.alert("source_not_authoritative", "warning",
                                 "Receipts at " + warehouse.name + " come from " +
                                     *warehouse.facts_from_receipt + "; this one moved nothing.");
    alert.warehouse = arrival.warehouse;
    alert.extra = {{"source", w.source}};
    w.except("source_not_authoritative", alert.detail);
    return true;
  }
  if (w.ctx.previous != nullptr && !take_back(w)) return false;
  arrival.day = receipt.received_on ? receipt.received_on->days : w.day_at(arrival.warehouse, w.at);
  arrival.from = receipt.transfer ? outside(AccountKind::in_transit, arrival.warehouse)
                 : receipt.kind == ReceiptKind::opening ? outside(AccountKind::opening, 0)
                                                        : outside(AccountKind::supplier, 0);
  arrival.named_before = codes_made_before(w, codes_named(w));
  const std::vector<ReceiptLine> lines =
      receipt.transfer ? lines_with_lots(w, receipt) : receipt.lines;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!receive_line(w, receipt, lines[i], arrival, "/lines/" + std::to_string(i))) return false;
  }
  watch_purchase_order(w, receipt);
  return true;
}

}  // namespace lotbridge::core
