// Resolutions: a scan, a count or a person says which lots the units were (rule 26). The entries
// and stamps that said "nobody knows" are reversed, those that say it are new.
#include "resolutions.hpp"

#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "movements.hpp"
#include "returned.hpp"

namespace lotbridge::core {

namespace {

// Units of one item and order line that are still in question.
struct Open {
  Entry entry;
  Quantity left;
  bool left_house() const { return entry.from.kind == AccountKind::stock; }  // a dispatch's
  const Account& other() const { return left_house() ? entry.to : entry.from; }
  WarehouseId warehouse() const { return left_house() ? entry.from.warehouse : entry.to.warehouse; }
};

bool is_unresolved(const Account& account) {
  return account.kind == AccountKind::stock && account.status == StockStatus::lot_unresolved;
}

std::vector<Open> open_units(Work& w, const Resolution& resolution, SkuId sku) {
  std::vector<Open> out;
  const bool dispatch = resolution.of.dispatch_id.has_value();
  for (const Entry& entry : w.ctx.followed.resolved_entries) {
    if (entry.book != Book::goods || entry.lot != 0) continue;
    if (!is_unresolved(dispatch ? entry.from : entry.to)) continue;
    if (sku != 0 && entry.sku != sku) continue;
    Open open{entry, entry.quantity};
    if (resolution.of.line) {
      const Order* order = w.t.find_order(open.other().order);
      if (order == nullptr || order->lines.size() <= open.other().line ||
          order->lines[open.other().line].sent.line != *resolution.of.line) {
        continue;
      }
    }
    out.push_back(open);
  }
  return out;
}

Stamp stamp_for(const Work& w, const Open& open, LotId lot, Quantity quantity, Evidence evidence) {
  Stamp stamp;
  stamp.dispatch = w.ctx.followed.resolved_id;
  stamp.order = open.entry.to.order;
  stamp.line = open.entry.to.line;
  stamp.sku = open.entry.sku;
  stamp.lot = lot;
  stamp.warehouse = open.warehouse();
  stamp.quantity = quantity;
  stamp.expires_on = lot != 0 ? w.t.lots[lot].expires_on : kNoDate;
  stamp.evidence = evidence;
  stamp.at = w.at;
  const Order* order = w.t.find_order(stamp.order);
  if (order == nullptr || order->lines.size() <= stamp.line) return stamp;
  for (const Stamp& known : order->lines[stamp.line].stamps) {
    if (known.dispatch != stamp.dispatch || known.sku != stamp.sku || known.lot != 0) continue;
    stamp.dispatch_line = known.dispatch_line;
    stamp.at = known.at;
    if (lot == 0) stamp.candidates = known.candidates;
  }
  return stamp;
}

void add_stamp(Work& w, const Stamp& stamp) {
  w.out.stamps.push_back(stamp);
  if (w.t.find_order(stamp.order) == nullptr) return;
  w.t.touch_order(stamp.order).lines[stamp.line].stamps.push_back(stamp);
  const Order& order = *w.t.find_order(stamp.order);
  if (stamp.lot == 0 || stamp.expires_on == kNoDate || !stamp.quantity.is_positive() ||
      !order.header.customer || !order.header.customer->id) {
    return;
  }
  w.t.set_last_shipped(order.owner, *order.header.customer->id, stamp.sku,
                       {stamp.at, stamp.expires_on});
}

// More or fewer units of a dispatch are in question; its candidates are for sale accordingly.
void change_open(Work& w, const Open& open, Quantity delta, const std::vector<LotId>& candidates) {
  std::vector<Unresolved> list = w.t.unresolved[open.entry.sku];
  const auto at = std::find_if(list.begin(), list.end(), [&](const Unresolved& one) {
    return one.dispatch == w.ctx.followed.resolved_id && one.warehouse == open.warehouse();
  });
  if (at == list.end()) {
    list.push_back({open.warehouse(), w.ctx.followed.resolved_id, delta, candidates});
  } else {
    at->quantity += delta;
  }
  std::erase_if(list, [](const Unresolved& one) { return !one.quantity.is_positive(); });
  w.t.set_unresolved(open.entry.sku, std::move(list));
  w.free_up(open.entry.sku);
  for (const LotId lot : candidates) w.to_judge.emplace_back(lot, open.warehouse());
}

void resolve_dispatched(Work& w, const Open& open, LotId lot, Quantity units, bool scanned) {
  const WarehouseId warehouse = open.warehouse();
  const Stamp unknown = stamp_for(w, open, 0, -units, Evidence::unresolved);
  w.goods(open.entry.sku, 0, units, open.entry.to, open.entry.from);
  // What a count missed since is what left: it is lost no longer.
  Quantity missed;
  if (w.ctx.followed.missed_by_counts) {
    missed = w.ctx.followed.missed_by_counts(lot, warehouse, w.ctx.followed.resolved_id);
    for (const Entry& entry : w.out.entries) {
      const bool used = entry.from.kind == AccountKind::lost && entry.lot == lot;
      if (used) missed -= entry.quantity;
    }
    missed = std::clamp(missed, Quantity{}, units);
  }
  w.goods(open.entry.sku, lot, missed, outside(AccountKind::lost, warehouse), open.entry.to);
  Place place;
  place.warehouse = warehouse;
  place.any_status = true;
  take_units(w, lot, place, units - missed, open.entry.to);
  add_stamp(w, unknown);
  add_stamp(w, stamp_for(w, open, lot, units, scanned ? Evidence::scanned : Evidence::reported));
  change_open(w, open, -units, unknown.candidates);
  w.to_judge.emplace_back(lot, warehouse);
}

ReturnLine line_of(const Work& w, const Open& open) {
  const auto* sent = w.ctx.followed.resolved == nullptr
                         ? nullptr
                         : std::get_if<Return>(&w.ctx.followed.resolved->body);
  const Order* order = w.t.find_order(open.other().order);
  ReturnLine fallback;
  if (sent == nullptr) return fallback;
  for (const ReturnLine& line : sent->lines) {
    const bool by_sku = line.sku && *line.sku == w.t.skus[open.entry.sku].item.sku;
    const bool by_line = order != nullptr && line.order_line &&
                         order->lines[open.other().line].sent.line == *line.order_line;
    if (by_sku || by_line) return line;
  }
  return fallback;
}

bool resolve_returned(Work& w, const Open& open, LotId lot, Quantity units,
                      const std::string& pointer) {
  const Account from = open.entry.from;
  const bool of_order = from.kind == AccountKind::dispatched;
  w.goods(open.entry.sku, 0, units, open.entry.to, from);
  Quantity ours;
  if (of_order && w.t.find_order(from.order) != nullptr) {
    LineState& line = w.t.touch_order(from.order).lines[from.line];
    for (LotReturned& back : line.returned_lots) {
      if (back.lot == 0) back.quantity -= std::min(back.quantity, units);
    }
    std::erase_if(line.returned_lots, [](const LotReturned& r) { return r.quantity.is_zero(); });
    line.returned -= units;
    for (const Back& back : with_customer(line, open.entry.sku)) {
      if (w.t.home_of(back.lot) == lot) ours += back.quantity;
    }
    ours = std::min(ours, units);
  }
  const ReturnLine sent = line_of(w, open);
  const OrderId order = of_order ? from.order : 0;
  if (ours < units && of_order) {
    if (w.command) {
      return w.refuse("return_exceeds_dispatch",
                      "Not so many of " + w.lot_text(lot) + " were dispatched on this line.",
                      pointer);
    }
    tell_foreign_lot(w, order, lot);
  }
  take_back(w, order, from.line, open.entry.sku, open.warehouse(), sent, {lot, ours, false});
  take_back(w, order, from.line, open.entry.sku, open.warehouse(), sent, {lot, units - ours, true});
  w.free_up(open.entry.sku);
  return true;
}

// An earlier version of this resolution did not happen: what it had said is in question again.
bool take_back_resolution(Work& w) {
  if (!reverse_entries(w)) return false;
  const auto& before = std::get<Resolution>(w.ctx.previous->body);
  const std::vector<Entry> undone = *w.ctx.reversed;
  for (const Entry& entry : undone) {
    if (entry.book != Book::goods || entry.to.kind != AccountKind::dispatched || entry.lot == 0)
      continue;
    Entry unknown = entry;
    unknown.lot = 0;
    if (unknown.from.kind != AccountKind::stock) unknown.from.kind = AccountKind::stock;
    const Open open{unknown, entry.quantity};
    const bool scanned =
        std::any_of(before.lots.begin(), before.lots.end(), [&](const LotQuantity& lot) {
          return lot.lot.text == w.t.code(entry.lot) && lot.scanned.value_or(false);
        });
    const Stamp again = stamp_for(w, open, 0, entry.quantity, Evidence::unresolved);
    add_stamp(w, stamp_for(w, open, entry.lot, -entry.quantity,
                           scanned ? Evidence::scanned : Evidence::reported));
    add_stamp(w, again);
    change_open(w, open, entry.quantity, again.candidates);
  }
  return true;
}

bool settle_lot(Work& w, const LotQuantity& said, std::vector<Open>& open,
                const std::string& pointer) {
  Quantity left = said.quantity;
  for (Open& units : open) {
    const Quantity now = std::min(units.left, left);
    if (!now.is_positive()) continue;
    const LotId lot = moved_lot(w, units.entry.sku, said.lot, pointer + "/lot");
    if (lot == 0) return false;
    if (units.left_house()) {
      resolve_dispatched(w, units, lot, now, said.scanned.value_or(false));
    } else if (!resolve_returned(w, units, lot, now, pointer + "/lot")) {
      return false;
    }
    w.out.produced_lots.push_back(lot);
    units.left -= now;
    left -= now;
  }
  if (!left.is_positive()) return true;
  const std::string detail = left.text() + " more than are in question.";
  if (w.command) return w.refuse("insufficient", detail, pointer + "/quantity");
  w.except("lots_do_not_add_up", detail);
  return true;
}

void close_settled(Work& w, const std::vector<Open>& open) {
  for (const Open& units : open) {
    if (!units.left_house() || units.left.is_positive()) continue;
    AlertChange key;
    key.kind = "resolution_proposed";
    key.sku = units.entry.sku;
    key.warehouse = units.warehouse();
    key.document = w.ctx.followed.resolved_id;
    w.close_alert(key);
    AlertChange unclear;
    unclear.kind = "lots_do_not_add_up";
    unclear.sku = units.entry.sku;
    unclear.warehouse = units.warehouse();
    unclear.order = units.other().order;
    w.close_alert(unclear);
  }
}

// Which of a dispatch's candidates it can have been, by what is known now; empty: not clear.
Counted clear_answer(const Work& w, const Unresolved& open, const Counted& counted) {
  Counted missing;
  Quantity sum;
  std::vector<LotId> possible;
  for (const LotId lot : open.candidates) {
    const auto at = std::find_if(counted.begin(), counted.end(),
                                 [lot](const auto& one) { return one.first == lot; });
    if (at == counted.end()) {
      if (on_hand(w.t, lot, open.warehouse).is_positive()) possible.push_back(lot);
    } else if (at->second < Quantity{}) {
      missing.emplace_back(lot, -at->second);
      sum -= at->second;
      possible.push_back(lot);
    }
  }
  if (sum == open.quantity) return missing;
  const bool one_left = possible.size() == 1 && open.candidates.size() > 1;
  if (!one_left || sum.is_positive()) return {};
  if (on_hand(w.t, possible.front(), open.warehouse) < open.quantity) return {};
  return {{possible.front(), open.quantity}};
}

}  // namespace

void propose_resolutions(Work& w, SkuId sku, WarehouseId warehouse, const Counted& counted) {
  const auto at = w.t.unresolved.find(sku);
  if (at == w.t.unresolved.end()) return;
  for (const Unresolved& open : at->second) {
    if (open.warehouse != warehouse || open.dispatch == w.ctx.document) continue;
    Counted answer = clear_answer(w, open, counted);
    if (answer.empty()) continue;
    std::string text;
    for (const auto& [lot, units] : answer) {
      text += (text.empty() ? "" : ", ") + units.text() + " of " + w.lot_text(lot);
    }
    AlertChange& alert = w.alert("resolution_proposed", "info",
                                 "What left without a lot can only have been " + text + ".");
    alert.sku = sku;
    alert.warehouse = warehouse;
    alert.document = open.dispatch;
    alert.quantity = open.quantity;
    alert.lots = std::move(answer);
  }
}

bool apply_resolution(Work& w, const Document&, const Resolution& resolution) {
  if (w.ctx.followed.resolved == nullptr) {
    const std::string detail = "Nobody knows the document whose lots are resolved.";
    if (w.command) return w.refuse("not_found", detail, "/of");
    return park(w, "not_found", detail);
  }
  if (w.ctx.previous != nullptr && !take_back_resolution(w)) return false;
  SkuId sku = 0;
  if (resolution.sku) {
    sku = sku_of(w, *resolution.sku, "/sku");
    if (sku == 0) return false;
  }
  w.out.follows.about = w.ctx.followed.resolved_id;
  std::vector<Open> open = open_units(w, resolution, sku);
  const bool several = std::any_of(open.begin(), open.end(), [&](const Open& one) {
    return one.entry.sku != open.front().entry.sku ||
           one.other().order != open.front().other().order ||
           one.other().line != open.front().other().line;
  });
  if (several) {
    const std::string detail = "Several lines have units in question: name the line and the SKU.";
    if (w.command) return w.refuse("ambiguous_reference", detail, "/of/line");
    return park(w, "ambiguous_reference", detail);
  }
  for (std::size_t i = 0; i < resolution.lots.size(); ++i) {
    if (!settle_lot(w, resolution.lots[i], open, "/lots/" + std::to_string(i))) return false;
  }
  close_settled(w, open);
  return true;
}

}  // namespace lotbridge::core
