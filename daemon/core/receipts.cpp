// Goods-in: lots begin here, their dates are learned, waiting orders are served (rules 14, 21-23).
#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "lot_dates.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

struct Arrival {
  WarehouseId warehouse = 0;
  std::int32_t day = 0;  // received_on
  Account from;
};

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

// Goods that arrive past their date are recorded, and blocked until the date is corrected.
void block_expired(Work& w, LotId lot, const Arrival& arrival) {
  Lot row = w.t.lots[lot];
  const EffectivePolicy policy =
      resolve_policy(w.t, {w.owner, row.sku, arrival.warehouse, nullptr, nullptr});
  if (row.expired_on_receipt || arrival.day < first_bad_day(row, policy)) return;
  row.expired_on_receipt = true;
  w.t.set_lot(row);
  AlertChange& alert = w.alert("expired_on_receipt", "critical",
                               w.lot_text(lot) + " had expired when it arrived; it is blocked.");
  alert.sku = row.sku;
  alert.lot = lot;
  alert.warehouse = arrival.warehouse;
  w.except("expired_on_receipt", alert.detail);
}

void note_origin(Work& w, LotId lot, const Receipt& receipt, const ReceiptLine& line) {
  LotDetails details = w.state.lot_details(lot);
  if (line.batch) details.batch = line.batch;
  if (line.supplier_lot) details.supplier_lot = line.supplier_lot;
  if (line.tlc_source) details.tlc_source = line.tlc_source;
  if (receipt.supplier && !details.supplier) details.supplier = receipt.supplier;
  w.t.set_details(lot, std::move(details));
}

// What the lot was before these units came, so that orders hear of it only when something changed.
void arrive(Work& w, LotId lot, const Arrival& arrival, LocationId location, StockStatus status,
            Quantity quantity) {
  Lot row = w.t.lots[lot];
  if (!row.received) {
    row.received = true;
    w.t.set_lot(row);
    if (lot < w.first_new_lot) {  // somebody shipped or held it before
      AlertChange unknown;
      unknown.kind = "unknown_lot";
      unknown.sku = row.sku;
      unknown.lot = lot;
      w.close_alert(unknown);
    }
  }
  const LotStock* stock = w.t.find_stock(lot, arrival.warehouse);
  const std::int32_t first = stock != nullptr ? stock->first_received_on : [&] {
    const auto gone = w.t.gone_first_received.find(place_key(lot, arrival.warehouse));
    return gone == w.t.gone_first_received.end() ? kNoDate : gone->second;
  }();
  if (first == kNoDate || arrival.day < first) {
    w.t.set_first_received(lot, arrival.warehouse, arrival.day);
  }
  put_units(w, lot, arrival.warehouse, location, status, quantity, arrival.from);
  w.t.prune(lot, arrival.warehouse);
}

// The code this line's units get: the one it names, else LEGACY where that is allowed. Empty after
// a refusal.
Maybe<LotCode> code_of(Work& w, const Receipt& receipt, const ReceiptLine& line, const Item& item,
                       const std::string& pointer) {
  if (line.lot) return line.lot;
  if (item.lot_tracked && receipt.kind != ReceiptKind::opening) {
    const std::string detail = "The item is tracked by lot, and the line names none.";
    if (w.command) {
      w.refuse("no_lot", detail, pointer + "/lot");
      return {};
    }
    w.except("no_lot", detail);
  }
  return LotCode{"LEGACY"};
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

bool receive_line(Work& w, const Receipt& receipt, const ReceiptLine& line, const Arrival& arrival,
                  const std::string& pointer) {
  const SkuId sku = sku_of(w, line.sku, pointer + "/sku");
  if (sku == 0) return false;
  const Item item = w.t.skus[sku].item;
  Quantity quantity;
  if (!quantity_of(w, line, item, pointer, quantity)) return false;
  const Maybe<LotCode> code = code_of(w, receipt, line, item, pointer);
  if (!code) return false;
  ToldDates told;
  if (!line_dates(w, line, item, pointer, told)) return false;
  const LotId lot = code->text == "LEGACY" ? legacy_lot(w, sku) : find_or_create_lot(w, sku, *code);
  StockStatus status = line.status;
  if (item.requires_inspection && !line.status_given) status = StockStatus::quarantine;
  const Learned learned = learn_dates(w, lot, told, receipt.supplier, pointer);
  if (learned == Learned::refused) return false;
  if (learned == Learned::conflict) {
    status = StockStatus::quarantine;
  } else {
    note_origin(w, lot, receipt, line);
    block_expired(w, lot, arrival);
    warn_short_life(w, lot, arrival);
  }
  if (item.lot_tracked && item.shelf_life_controlled && w.t.lots[lot].expires_on == kNoDate &&
      code->text != "LEGACY") {
    AlertChange& alert =
        w.alert("expiry_missing", "warning", "Nobody said when " + w.lot_text(lot) + " expires.");
    alert.sku = sku;
    alert.lot = lot;
    w.except("expiry_missing", alert.detail);
  }
  arrive(w, lot, arrival, location_of(w, arrival.warehouse, line.location), status, quantity);
  w.out.produced_lots.push_back(lot);
  watch_dates(w, lot, arrival.warehouse);
  w.to_judge.emplace_back(lot, arrival.warehouse);
  return true;
}

}  // namespace

bool apply_receipt(Work& w, const Document&, const Receipt& receipt) {
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
  if ((w.ctx.previous != nullptr || w.ctx.voided != nullptr) && !reverse_entries(w)) return false;
  if (receipt.void_of) return true;
  arrival.day = receipt.received_on ? receipt.received_on->days : w.day_at(arrival.warehouse, w.at);
  arrival.from = receipt.transfer ? outside(AccountKind::in_transit, arrival.warehouse)
                 : receipt.kind == ReceiptKind::opening ? outside(AccountKind::opening, 0)
                                                        : outside(AccountKind::supplier, 0);
  for (std::size_t i = 0; i < receipt.lines.size(); ++i) {
    if (!receive_line(w, receipt, receipt.lines[i], arrival, "/lines/" + std::to_string(i))) {
      return false;
    }
  }
  return true;
}

}  // namespace lotbridge::core
