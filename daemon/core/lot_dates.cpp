#include "lot_dates.hpp"

#include <algorithm>

#include "allocator.hpp"

namespace lotbridge::core {

namespace {

std::string day_text(std::int32_t day) { return day == kNoDate ? "none" : Date{day}.text(); }

void audit_date(Work& w, LotId lot, const char* field, std::int32_t was, std::int32_t now) {
  AuditLine line;
  line.action = "lot_date";
  line.field = field;
  line.old_value = was == kNoDate ? "" : Date{was}.text();
  line.new_value = Date{now}.text();
  line.reason = w.lot_text(lot);
  w.out.audit.push_back(std::move(line));
}

Learned conflict(Work& w, LotId lot, const char* code, const std::string& detail,
                 const std::string& pointer) {
  if (w.command) {
    w.refuse(code, detail, pointer);
    return Learned::refused;
  }
  w.except(code, detail);
  AlertChange& alert = w.alert(code, "critical", detail);
  alert.sku = w.t.lots[lot].sku;
  alert.lot = lot;
  return Learned::conflict;
}

// The document that gave the date is the one that is being corrected: then its new date is the
// correction.
Maybe<Date> date_before_correction(const Work& w, LotId lot) {
  if (w.ctx.previous == nullptr) return {};
  const auto* receipt = std::get_if<Receipt>(&w.ctx.previous->body);
  if (receipt == nullptr) return {};
  for (const ReceiptLine& line : receipt->lines) {
    if (line.lot && line.lot->text == w.t.code(lot) &&
        line.sku == w.t.skus[w.t.lots[lot].sku].item.sku) {
      return line.expires_on;
    }
  }
  return {};
}

bool fill_date(Work& w, Lot& lot, std::int32_t Lot::*field, const char* name,
               const Maybe<Date>& told) {
  if (!told || lot.*field == told->days) return false;
  if (lot.id < w.first_new_lot) {
    LotChange change{lot.id, name, {}, {}, told->text()};
    if (lot.*field != kNoDate) change.old_value = Date{lot.*field}.text();
    w.out.lot_changes.push_back(std::move(change));
  }
  if (lot.received) audit_date(w, lot.id, name, lot.*field, told->days);
  lot.*field = told->days;
  return true;
}

}  // namespace

Maybe<Date> derived_expiry(const Item& item, Date produced_on) {
  if (item.shelf_life_months) return produced_on.plus_months(*item.shelf_life_months);
  if (item.shelf_life_days) return produced_on.plus_days(*item.shelf_life_days);
  return {};
}

Learned learn_dates(Work& w, LotId id, const ToldDates& told, const Maybe<std::string>& supplier,
                    const std::string& pointer) {
  Lot lot = w.t.lots[id];
  if (lot.legacy) return Learned::nothing;
  const bool dated = lot.expires_on != kNoDate;
  const bool differs = dated && told.expires_on && told.expires_on->days != lot.expires_on;
  const Maybe<Date> corrected = date_before_correction(w, id);
  const bool own_date = corrected && corrected->days == lot.expires_on;
  if (differs && !told.derived && !own_date) {
    return conflict(w, id, "expiry_conflict",
                    w.lot_text(id) + " is known to expire on " + day_text(lot.expires_on) +
                        ", and now " + told.expires_on->text() + " is said.",
                    pointer + "/expires_on");
  }
  const LotDetails details = w.state.lot_details(id);
  const bool agree = told.expires_on && dated && !differs;
  if (supplier && details.supplier && *supplier != *details.supplier && !agree && lot.received) {
    return conflict(w, id, "expiry_conflict",
                    w.lot_text(id) + " came from " + *details.supplier + ", and now from " +
                        *supplier + ", without dates that agree.",
                    pointer + "/lot");
  }
  bool changed = false;
  if (!dated || (differs && own_date)) {
    changed = fill_date(w, lot, &Lot::expires_on, "expires_on", told.expires_on);
    if (changed && dated) lot.expired_on_receipt = false;  // judged again with the corrected date
    if (changed)
      lot.best_before =
          told.kind.value_or(w.t.skus[lot.sku].item.date_kind) == DateKind::best_before;
  } else if (told.kind && !lot.received) {
    lot.best_before = *told.kind == DateKind::best_before;
  }
  if (lot.produced_on == kNoDate) {
    changed = fill_date(w, lot, &Lot::produced_on, "produced_on", told.produced_on) || changed;
  }
  if (lot.sell_by == kNoDate) {
    changed = fill_date(w, lot, &Lot::sell_by, "sell_by", told.sell_by) || changed;
  }
  if (lot.removal_on == kNoDate) {
    changed = fill_date(w, lot, &Lot::removal_on, "removal_on", told.removal_on) || changed;
  }
  if (!changed) return Learned::nothing;
  w.t.set_lot(lot);
  if (lot.received && lot.expires_on != kNoDate) {
    AlertChange missing;
    missing.kind = "expiry_missing";
    missing.sku = lot.sku;
    missing.lot = id;
    w.close_alert(missing);
  }
  rejudge_lot_everywhere(w, id, "date_learned");
  w.free_up(lot.sku);  // now that the date is known, others may have it
  return Learned::filled;
}

}  // namespace lotbridge::core
