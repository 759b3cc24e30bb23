// A sale in place: the goods stay where they are, the owner changes. The lot lives on at the other
// owner under the same code, and both ledgers know where the units went.
#include "allocator.hpp"
#include "arrivals.hpp"
#include "documents.hpp"
#include "lot_dates.hpp"
#include "movements.hpp"

namespace lotbridge::core {

namespace {

struct Sale {
  OwnerId buyer = 0;
  WarehouseId warehouse = 0;
};

// What is done in its life is the buyer's business.
class AsOwner {
 public:
  AsOwner(Work& w, OwnerId owner) : w_(w), before_(w.owner), audit_(w.out.audit.size()) {
    w_.owner = owner;
  }
  ~AsOwner() {
    for (std::size_t i = audit_; i < w_.out.audit.size(); ++i) w_.out.audit[i].owner = w_.owner;
    w_.owner = before_;
  }
  AsOwner(const AsOwner&) = delete;
  AsOwner& operator=(const AsOwner&) = delete;

 private:
  Work& w_;
  OwnerId before_;
  std::size_t audit_;
};

// The buyer's item: of the same SKU, else one with the same GTIN.
SkuId bought_as(Work& w, const Item& item, const std::string& pointer) {
  const SkuId same = w.t.find_sku(w.owner, item.sku);
  if (same != 0 && w.t.skus[same].known) return same;
  for (const std::string& gtin : item.gtins) {
    if (const SkuId by_gtin = w.state.sku_by_gtin(w.owner, gtin, nullptr)) return by_gtin;
  }
  return sku_of(w, item.sku, pointer);
}

bool may_be_sold(Work& w, LotId lot, WarehouseId warehouse, const std::string& pointer,
                 bool& blocked_lot) {
  for (const BlockKind kind : {BlockKind::recalled, BlockKind::hold}) {
    if (!blocked(w.t, lot, warehouse, kind)) continue;
    blocked_lot = true;
    const char* code = kind == BlockKind::hold ? "hold" : "recalled";
    const std::string detail = w.lot_text(lot) + " is blocked: " + code + ".";
    if (w.command) return w.refuse(code, detail, pointer);
    w.except(code, detail);
    return true;
  }
  return true;
}

void copy_origin(Work& w, const LotDetails& sold, LotId bought) {
  LotDetails details = w.state.lot_details(bought);
  if (!details.batch) details.batch = sold.batch;
  if (!details.supplier_lot) details.supplier_lot = sold.supplier_lot;
  if (!details.tlc_source) details.tlc_source = sold.tlc_source;
  w.t.set_details(bought, std::move(details));
}

// The same lot in the buyer's books; 0 after a refusal. `conflict`: other dates are known there.
LotId bought_lot(Work& w, LotId sold, SkuId sku, const std::string& pointer, bool& conflict) {
  const Lot row = w.t.lots[sold];
  if (row.legacy) return legacy_lot(w, sku);
  const LotCode code{std::string(w.t.code(sold))};
  const LotDetails details = w.state.lot_details(sold);
  const LotId lot = find_or_create_lot(w, sku, code);
  ToldDates told;
  const auto day = [](std::int32_t days) {
    return days == kNoDate ? Maybe<Date>{} : Maybe<Date>{Date{days}};
  };
  told.expires_on = day(row.expires_on);
  told.produced_on = day(row.produced_on);
  told.sell_by = day(row.sell_by);
  told.removal_on = day(row.removal_on);
  told.kind = row.best_before ? DateKind::best_before : DateKind::use_by;
  const Learned learned = learn_dates(w, lot, told, {}, pointer);
  if (learned == Learned::refused) return 0;
  conflict = learned == Learned::conflict;
  if (!conflict) copy_origin(w, details, lot);
  return lot;
}

bool sell_line(Work& w, const Sale& sale, const OwnerTransferLine& line,
               const std::string& pointer) {
  const SkuId sku = sku_of(w, line.sku, pointer + "/sku");
  if (sku == 0) return false;
  const LotId lot = moved_lot(w, sku, line.lot, pointer + "/lot");
  if (lot == 0) return false;
  Place from;
  from.warehouse = sale.warehouse;
  from.status = line.status;
  const LocationId location = location_of(w, sale.warehouse, line.location);
  if (line.location) from.location = location;
  bool set_aside = false;
  if (!may_be_sold(w, lot, sale.warehouse, pointer + "/lot", set_aside)) return false;
  if (!enough_there(w, lot, from, line.quantity, pointer + "/quantity")) return false;
  const Item item = w.t.skus[sku].item;
  SkuId bought_sku = 0;
  LotId bought = 0;
  {
    const AsOwner buyer(w, sale.buyer);
    bought_sku = bought_as(w, item, pointer + "/sku");
    if (bought_sku == 0) return false;
    bool conflict = false;
    bought = bought_lot(w, lot, bought_sku, pointer + "/lot", conflict);
    if (bought == 0) return false;
    set_aside = set_aside || conflict;
  }
  const Account between = outside(AccountKind::other_owner, 0);
  take_units(w, lot, from, line.quantity, between);
  w.free_up(sku);
  rejudge_lot(w, lot, sale.warehouse, "sold");
  w.out.produced_lots.push_back(lot);
  const AsOwner buyer(w, sale.buyer);
  Arrival arrival;
  arrival.warehouse = sale.warehouse;
  arrival.day = w.day_at(sale.warehouse, w.at);
  arrival.from = between;
  if (!set_aside) block_expired(w, bought, arrival);
  arrive(w, bought, arrival, location, set_aside ? StockStatus::quarantine : line.status,
         line.quantity);
  watch_dates(w, bought, sale.warehouse);
  w.to_judge.emplace_back(bought, sale.warehouse);
  w.free_up(bought_sku);
  return true;
}

}  // namespace

bool apply_owner_transfer(Work& w, const Document&, const OwnerTransfer& transfer) {
  if ((w.ctx.previous != nullptr || w.ctx.voided != nullptr) && !reverse_entries(w)) return false;
  if (transfer.void_of) return true;
  Sale sale;
  sale.buyer = w.state.owner_id(transfer.to_owner.value_or(""));
  if (sale.buyer == 0 || sale.buyer == w.owner) {
    const std::string detail =
        sale.buyer == 0 ? "There is no such owner." : "An owner can't sell to itself.";
    if (w.command) return w.refuse("invalid_value", detail, "/to_owner");
    return park(w, "invalid_value", detail);
  }
  sale.warehouse = warehouse_of(w, transfer.warehouse.value_or(""), "/warehouse");
  if (sale.warehouse == 0) return false;
  for (std::size_t i = 0; i < transfer.lines.size(); ++i) {
    if (!sell_line(w, sale, transfer.lines[i], "/lines/" + std::to_string(i))) return false;
  }
  return true;
}

}  // namespace lotbridge::core
