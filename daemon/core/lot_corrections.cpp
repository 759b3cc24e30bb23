// What somebody proved about a lot: other dates, or the code that it really has (rules 20, 22).
#include <algorithm>

#include "allocator.hpp"
#include "arrivals.hpp"
#include "documents.hpp"
#include "lot_merges.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

bool say_no(Work& w, const char* code, const std::string& detail, const char* pointer) {
  if (w.command) return w.refuse(code, detail, pointer);
  return park(w, code, detail);
}

std::string text_of(std::int32_t day) { return day == kNoDate ? "" : Date{day}.text(); }

void change_date(Work& w, Lot& lot, std::int32_t Lot::*field, const char* name,
                 const Maybe<Date>& told, const std::string& evidence) {
  if (!told || lot.*field == told->days) return;
  AuditLine line;
  line.action = "lot_date";
  line.field = name;
  line.old_value = text_of(lot.*field);
  line.new_value = told->text();
  line.reason = w.lot_text(lot.id);
  w.out.audit.push_back(std::move(line));
  LotChange change{lot.id, name, evidence, {}, told->text()};
  if (lot.*field != kNoDate) change.old_value = text_of(lot.*field);
  w.out.lot_changes.push_back(std::move(change));
  lot.*field = told->days;
}

// Goods that seemed expired on the day they came were not, by the corrected date.
void lift_expired_on_receipt(Work& w, Lot& lot) {
  if (!lot.expired_on_receipt) return;
  for (WarehouseId id = 1; id < w.t.warehouses.size(); ++id) {
    const std::int32_t day = w.state.first_received(lot.id, id);
    const EffectivePolicy policy = resolve_policy(w.t, {w.owner, lot.sku, id, nullptr, nullptr});
    if (day != kNoDate && day >= first_bad_day(lot, policy)) return;
  }
  lot.expired_on_receipt = false;
  for (WarehouseId id = 1; id < w.t.warehouses.size(); ++id) {
    AlertChange key;
    key.kind = "expired_on_receipt";
    key.sku = lot.sku;
    key.lot = lot.id;
    key.warehouse = id;
    w.close_alert(key);
  }
}

void close_near_expiry(Work& w, LotId lot, std::int32_t day) {
  for (const WarehouseId warehouse : warehouses_with(w.t, w.t.lots[lot].sku)) {
    AlertChange key;
    key.kind = "near_expiry";
    key.sku = w.t.lots[lot].sku;
    key.lot = lot;
    key.warehouse = warehouse;
    key.extra = {{"expires_on", Date{day}.text()}};
    w.close_alert(key);
  }
}

bool correct_dates(Work& w, LotId id, const LotCorrection& sent) {
  Lot lot = w.t.lots[id];
  const Lot before = lot;
  const std::string evidence = sent.evidence.value_or("");
  change_date(w, lot, &Lot::expires_on, "expires_on", sent.expires_on, evidence);
  change_date(w, lot, &Lot::produced_on, "produced_on", sent.produced_on, evidence);
  change_date(w, lot, &Lot::sell_by, "sell_by", sent.sell_by, evidence);
  change_date(w, lot, &Lot::removal_on, "removal_on", sent.removal_on, evidence);
  if (lot.produced_on != kNoDate && lot.expires_on != kNoDate && lot.expires_on < lot.produced_on) {
    return say_no(w, "invalid_value", "The lot would have expired before it was made.",
                  sent.expires_on ? "/expires_on" : "/produced_on");
  }
  if (sent.date_kind && lot.best_before != (*sent.date_kind == DateKind::best_before)) {
    const auto name = [](bool best) { return best ? "best_before" : "use_by"; };
    w.out.lot_changes.push_back({id, "date_kind", evidence,
                                 Maybe<std::string>(name(lot.best_before)),
                                 Maybe<std::string>(name(!lot.best_before))});
    lot.best_before = !lot.best_before;
  }
  if (sent.expires_on || sent.date_kind) lift_expired_on_receipt(w, lot);
  w.t.set_lot(lot);
  if (before.expires_on != lot.expires_on && before.expires_on != kNoDate &&
      w.t.skus[lot.sku].item.alert_days) {
    close_near_expiry(w, id, before.expires_on);
  }
  if (before.expires_on == kNoDate && lot.expires_on != kNoDate) {
    AlertChange missing;
    missing.kind = "expiry_missing";
    missing.sku = lot.sku;
    missing.lot = id;
    w.close_alert(missing);
  }
  return true;
}

// The date is proved now: units that stood aside because of another one are as good as the rest.
void settle_conflicts(Work& w, LotId id) {
  LotDetails details = w.state.lot_details(id);
  for (const DateConflict& conflict : details.conflicts) {
    Quantity left = conflict.quantity;
    for (const StockCell& cell : w.t.cells(id, conflict.warehouse)) {
      const bool aside = cell.status == StockStatus::quarantine &&
                         cell.location == conflict.location && cell.on_hand.is_positive();
      if (!aside || conflict.status == StockStatus::quarantine) continue;
      const Quantity units = std::min(left, cell.on_hand);
      w.goods(w.t.lots[id].sku, id, units,
              stock_account(conflict.warehouse, cell.location, StockStatus::quarantine),
              stock_account(conflict.warehouse, cell.location, conflict.status));
      left -= units;
    }
  }
  details.conflicts.clear();
  w.t.set_details(id, std::move(details));
  AlertChange key;
  key.kind = "expiry_conflict";
  key.sku = w.t.lots[id].sku;
  key.lot = id;
  w.close_alert(key);
}

void close_near_duplicate(Work& w, LotId lot, const std::string& other) {
  AlertChange key;
  key.kind = "near_duplicate";
  key.sku = w.t.lots[lot].sku;
  key.lot = lot;
  key.extra = {{"other_lot", other}};
  w.close_alert(key);
}

// The lot under its right code; 0 after a refusal.
LotId correct_code(Work& w, LotId lot, const LotCorrection& sent) {
  const std::string before(w.t.code(lot));
  const std::string evidence = sent.evidence.value_or("");
  const LotId other = w.t.find_lot(w.t.lots[lot].sku, sent.new_lot->text);
  if (other == lot || other == 0) {
    if (before == sent.new_lot->text) return lot;
    w.t.rename_lot(lot, sent.new_lot->text);
    w.out.lot_changes.push_back({lot, "lot", evidence, before, sent.new_lot->text});
    return lot;
  }
  const Lot& from = w.t.lots[lot];
  const Lot& into = w.t.lots[other];
  Merge merge{lot, other, false, evidence};
  const bool differ = from.expires_on != kNoDate && into.expires_on != kNoDate &&
                      from.expires_on != into.expires_on && !sent.expires_on;
  if (differ) {
    const std::string detail = w.lot_text(other) + " expires on " + text_of(into.expires_on) +
                               ", and " + before + " on " + text_of(from.expires_on) +
                               ": say which is right.";
    if (w.command) {
      w.refuse("expiry_conflict", detail, "/expires_on");
      return 0;
    }
    merge.quarantine = true;
    w.except("expiry_conflict", detail);
  }
  const std::string right(w.t.code(other));
  merge_lots(w, merge);
  if (differ) {
    AlertChange& alert = w.alert("expiry_conflict", "critical", w.out.exceptions.back().detail);
    alert.sku = into.sku;
    alert.lot = other;
  }
  close_near_duplicate(w, lot, right);
  close_near_duplicate(w, other, before);
  return other;
}

// The code that an earlier version of this correction gave the lot is not its code after all.
bool take_code_back(Work& w, const LotCorrection& sent) {
  const auto* before =
      w.ctx.previous == nullptr ? nullptr : std::get_if<LotCorrection>(&w.ctx.previous->body);
  if (before == nullptr || !before->new_lot || before->new_lot->text == before->lot.text)
    return true;
  if (before->sku == sent.sku && before->lot == sent.lot && before->new_lot == sent.new_lot) {
    return true;
  }
  const SkuId sku = sku_of(w, before->sku, "/sku");
  const LotId lot = sku == 0 ? 0 : w.t.find_lot(sku, before->new_lot->text);
  if (lot == 0 || w.t.find_lot(sku, before->lot.text) != lot) return true;
  bool merged = false;
  for (LotId other = w.t.sku_stock[sku].newest_lot; other != 0; other = w.t.older_lot[other]) {
    merged = merged || (w.t.lots[other].merged && w.t.home_of(other) == lot &&
                        w.t.code(other) == before->lot.text);
  }
  if (merged || w.t.code(lot) != before->new_lot->text) {
    return say_no(w, "invalid_value",
                  "Two lots became one by it, and stay one: move units with an adjustment.",
                  "/new_lot");
  }
  w.t.rename_lot(lot, before->lot.text);
  LotDetails details = w.state.lot_details(lot);
  std::erase_if(details.aliases, [&](const LotCode& alias) { return alias == *before->new_lot; });
  w.t.set_details(lot, std::move(details));
  w.out.lot_changes.push_back(
      {lot, "lot", before->evidence.value_or(""), before->new_lot->text, before->lot.text});
  rejudge_lot_everywhere(w, lot, "lot_corrected");  // who pinned the code does not mean it any more
  w.free_up(sku);
  return true;
}

LotId lot_to_correct(Work& w, SkuId sku, const LotCorrection& sent) {
  const LotId known = w.t.find_lot(sku, sent.lot.text);
  if (known != 0) return known;
  const std::string detail = "Nobody knows a lot " + sent.lot.text + " of this item.";
  if (w.command) {
    w.refuse("unknown_lot", detail, "/lot");
    return 0;
  }
  w.except("unknown_lot", detail);
  return find_or_create_lot(w, sku, sent.lot);
}

}  // namespace

bool apply_lot_correction(Work& w, const Document&, const LotCorrection& sent) {
  const SkuId sku = sku_of(w, sent.sku, "/sku");
  if (sku == 0) return false;
  if (sent.lot.text == "LEGACY" || (sent.new_lot && sent.new_lot->text == "LEGACY")) {
    return say_no(w, "invalid_value", "LEGACY stands for units of many lots, and is none itself.",
                  sent.lot.text == "LEGACY" ? "/lot" : "/new_lot");
  }
  if (!take_code_back(w, sent)) return false;
  LotId lot = lot_to_correct(w, sku, sent);
  if (lot == 0) return false;
  if (sent.new_lot) lot = correct_code(w, lot, sent);
  if (lot == 0 || !correct_dates(w, lot, sent)) return false;
  if (sent.batch || sent.supplier_lot) {
    LotDetails details = w.state.lot_details(lot);
    if (sent.batch) details.batch = sent.batch;
    if (sent.supplier_lot) details.supplier_lot = sent.supplier_lot;
    w.t.set_details(lot, std::move(details));
  }
  if (sent.expires_on) settle_conflicts(w, lot);
  rejudge_lot_everywhere(w, lot, "lot_corrected");
  w.free_up(w.t.lots[lot].sku);
  for (const WarehouseId warehouse : warehouses_with(w.t, w.t.lots[lot].sku)) {
    watch_dates(w, lot, warehouse);
  }
  w.out.produced_lots.push_back(lot);
  return true;
}

}  // namespace lotbridge::core
