#include "arrivals.hpp"

#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "lot_template.hpp"
#include "places.hpp"

namespace lotbridge::core {

// Goods that arrive past their date are recorded, and blocked until the date is corrected.
void block_expired(Work& w, LotId lot, const Arrival& arrival) {
  Lot row = w.t.lots[lot];
  const EffectivePolicy policy =
      resolve_policy(w.t, {w.owner, row.sku, arrival.warehouse, nullptr, nullptr});
  if (row.expired_on_receipt || arrival.day < first_bad_day(row, policy)) return;
  row.expired_on_receipt = true;
  w.t.set_lot(row);
  rejudge_lot_everywhere(w, lot, "expired");  // also what was promised of it somewhere else
  AlertChange& alert = w.alert("expired_on_receipt", "critical",
                               w.lot_text(lot) + " had expired when it arrived; it is blocked.");
  alert.sku = row.sku;
  alert.lot = lot;
  alert.warehouse = arrival.warehouse;
  w.except("expired_on_receipt", alert.detail);
}

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

bool warn_of_missing_expiry(Work& w, LotId id) {
  const Lot& lot = w.t.lots[id];
  const Item& item = w.t.skus[lot.sku].item;
  if (!item.lot_tracked || !item.shelf_life_controlled || lot.expires_on != kNoDate || lot.legacy) {
    return false;
  }
  AlertChange& alert =
      w.alert("expiry_missing", "warning", "Nobody said when " + w.lot_text(id) + " expires.");
  alert.sku = lot.sku;
  alert.lot = id;
  w.except("expiry_missing", alert.detail);
  return true;
}

void note_conflict(Work& w, LotId lot, const Arrival& arrival, LocationId location,
                   StockStatus meant, Quantity quantity) {
  LotDetails details = w.state.lot_details(lot);
  details.conflicts.push_back({w.ctx.document, arrival.warehouse, location, meant, quantity});
  w.t.set_details(lot, std::move(details));
}

namespace {

Maybe<LotTemplate> template_of(const State::Tables& t, SkuId sku) {
  const Item& item = t.skus[sku].item;
  if (!item.lot_template || !item.lot_tracked) return {};
  return LotTemplate::parse(*item.lot_template);
}

void mismatch(Work& w, SkuId sku, const LotCode& code, const Arrival& arrival,
              const std::string& detail) {
  AlertChange& alert = w.alert("lot_template_mismatch", "warning", detail);
  alert.sku = sku;
  alert.warehouse = arrival.warehouse;
  alert.extra = {{"code", code.text}};
  w.except("lot_template_mismatch", detail);
}

}  // namespace

std::vector<LotId> codes_made_before(const Work& w, const std::vector<LotCode>& named) {
  std::vector<LotId> out;
  if (w.ctx.previous == nullptr || w.ctx.reversed == nullptr) return out;
  for (const Entry& entry : *w.ctx.reversed) {
    const bool came =
        entry.book == Book::goods && entry.lot != 0 && entry.to.kind == AccountKind::stock &&
        (entry.from.kind == AccountKind::supplier || entry.from.kind == AccountKind::produced);
    if (!came || w.t.lots[entry.lot].legacy) continue;
    const std::string_view code = w.t.code(entry.lot);
    const bool was_named = std::any_of(named.begin(), named.end(),
                                       [&](const LotCode& lot) { return lot.text == code; });
    if (was_named || std::find(out.begin(), out.end(), entry.lot) != out.end()) continue;
    out.push_back(entry.lot);
  }
  return out;
}

Maybe<LotCode> code_by_template(Work& w, SkuId sku, Arrival& arrival,
                                const Maybe<Date>& produced_on) {
  const Maybe<LotTemplate> form = template_of(w.t, sku);
  if (!form) return {};
  auto& before = arrival.named_before;
  const auto again = std::find_if(before.begin(), before.end(),
                                  [&](LotId lot) { return w.t.lots[lot].sku == sku; });
  if (again != before.end()) {
    const LotCode code{std::string(w.t.code(*again))};
    before.erase(again);
    return code;
  }
  const std::string frame =
      form->frame(w.t.skus[sku].item.sku, w.t.warehouses[arrival.warehouse].name,
                  produced_on.value_or(Date{arrival.day}));
  const auto known = w.t.code_counters.find({w.owner, frame});
  std::int64_t number = known == w.t.code_counters.end() ? 0 : known->second;
  for (;;) {
    const Maybe<std::string> text = form->fill(frame, ++number);
    if (!text) return {};
    const Maybe<LotCode> code = LotCode::parse(*text);
    if (!code || code->text != *text || *text == "LEGACY") return {};
    if (w.t.find_lot(sku, code->text) != 0) continue;  // somebody typed it before
    w.t.set_code_counter(w.owner, frame, number);
    w.out.counters.push_back({w.owner, frame, number});
    return code;
  }
}

bool check_template(Work& w, SkuId sku, const LotCode& code, const Arrival& arrival,
                    const Maybe<Date>& produced_on, const std::string& pointer) {
  const Maybe<LotTemplate> form = template_of(w.t, sku);
  if (!form || code.text == "LEGACY" || w.t.find_lot(sku, code.text) != 0) return true;
  const Item& item = w.t.skus[sku].item;
  const Maybe<CodeFields> fields = form->read(code.text, item.sku, Date{arrival.day});
  if (!fields) {
    const std::string detail =
        "The code " + code.text + " is not of the form " + *item.lot_template + ".";
    if (w.command && item.lot_template_mode == "enforce") {
      return w.refuse("lot_template_mismatch", detail, pointer);
    }
    mismatch(w, sku, code, arrival, detail);
  } else if (fields->date && produced_on && *fields->date != *produced_on) {
    mismatch(w, sku, code, arrival,
             "The code " + code.text + " says " + fields->date->text() +
                 ", and the lot was made on " + produced_on->text() + ".");
  }
  return true;
}

bool miss_lot(Work& w, const std::string& pointer) {
  const std::string detail = "The item is tracked by lot, and the line names none.";
  if (w.command) return w.refuse("no_lot", detail, pointer + "/lot");
  w.except("no_lot", detail);
  return true;
}

}  // namespace lotbridge::core
