// Picks, dispatches and returns: what left, which lots it was, and what came back (rules 17-19, 26,
// 27). See model.hpp.
#include <algorithm>

#include "model.hpp"

namespace lotbridge::simulation {

Wish Model::wish_when_leaving(const Leaving& l) const {
  const std::int32_t day =
      civil_day(world_.warehouses[static_cast<std::size_t>(l.warehouse)].zone, w_.at).days;
  Wish wish = wish_of(l.order, l.line, l.sku, l.warehouse, day);
  wish.ship_day = day;
  wish.reference_day = day + wish.knobs.transit_days.value_or(0);
  return wish;
}

Units Model::own_promise(const Leaving& l, int lot) const {
  Units sum = 0;
  for (const Promise& p : orders_[static_cast<std::size_t>(l.order)]
                              .lines[static_cast<std::size_t>(l.line)]
                              .promises) {
    if (p.lot == lot && p.warehouse == l.warehouse) sum += p.reserved + p.picked;
  }
  return sum;
}

bool Model::earlier(const Wish& wish, int sku, int warehouse, int a, int b) const {
  for (const int at : sequence(wish, sku, warehouse)) {
    if (at == a) return true;
    if (at == b) return false;
  }
  return false;
}

std::vector<int> Model::physically_there(const Leaving& l) const {
  std::vector<int> out;
  for (const int at : skus_[static_cast<std::size_t>(l.sku)].lots) {
    if (on_hand(at, l.warehouse) > 0) out.push_back(at);
  }
  return out;
}

std::vector<Model::Share> Model::shares(const Leaving& l) {
  std::vector<Share> out;
  const auto add = [&](int lot, Units units, Evidence evidence) {
    if (units <= 0) return;
    for (Share& share : out) {
      if (share.lot == lot && share.evidence == evidence) {
        share.units += units;
        return;
      }
    }
    out.push_back({lot, units, evidence, {}});
  };
  if (l.named != nullptr && !l.named->empty()) {
    Units sum = 0;
    for (const LotQuantity& named : *l.named) {
      add(lot_or_new(l.sku, named.lot.text), named.quantity.micros,
          named.scanned.value_or(false) ? Evidence::scanned : Evidence::reported);
      sum += named.quantity.micros;
    }
    if (sum == l.units) return out;
    Share open{kNone, l.units - sum, Evidence::unresolved, {}};
    if (sum > l.units) {
      // Which of them stayed nobody can say: none is believed.
      open.units = l.units;
      for (const Share& share : out) open.candidates.push_back(share.lot);
      return {open};
    }
    open.candidates = physically_there(l);
    for (const Share& share : out) {
      if (std::find(open.candidates.begin(), open.candidates.end(), share.lot) ==
          open.candidates.end())
        open.candidates.push_back(share.lot);
    }
    out.push_back(open);
    return out;
  }
  // Told nothing: what it had picked, then reserved, then what would have been chosen then.
  Units left = l.units;
  const Evidence evidence = w_.given.directed ? Evidence::directed : Evidence::inferred;
  const std::vector<Promise> promises = in_sequence(l.order, l.line);
  for (const bool picked : {true, false}) {
    for (const Promise& p : promises) {
      if (lots_[static_cast<std::size_t>(p.lot)].sku != l.sku || p.warehouse != l.warehouse)
        continue;
      const Units units = std::min(picked ? p.picked : p.reserved, left);
      // Whoever picked has named the lot already.
      add(p.lot, units, picked ? Evidence::reported : evidence);
      left -= std::max<Units>(0, units);
    }
  }
  if (left > 0) {
    for (const auto& [lot, units] : plan(wish_when_leaving(l), l.sku, l.warehouse, left, {})) {
      add(lot, units, Evidence::inferred);
      left -= units;
    }
  }
  if (left <= 0) return out;
  if (!skus_[static_cast<std::size_t>(l.sku)].item.lot_tracked) {
    add(legacy(l.sku), left, Evidence::inferred);
    return out;
  }
  out.push_back({kNone, left, Evidence::unresolved, physically_there(l)});
  return out;
}

// A line that holds more than it needs after a swap gives back what is reserved, then what is
// picked: that stayed on the shelf.
void Model::drop_excess(const Leaving& l, const Part& part) {
  const LineBook& line =
      orders_[static_cast<std::size_t>(l.order)].lines[static_cast<std::size_t>(l.line)];
  Units wanted = 0;
  if (is_active(line))
    wanted = line.is_kit() ? wanted_units(line) / kOne * part.per : wanted_units(line);
  const Units promised = promised_part(line, part.sku);
  Units over = std::min(promised, promised + dispatched_part(line, part.sku) - wanted);
  if (over <= 0) return;
  over = give_back(l.order, l.line, part.sku, over);
  std::vector<Promise> promises = line.promises;
  std::erase_if(promises, [&](const Promise& p) {
    return lots_[static_cast<std::size_t>(p.lot)].sku != part.sku;
  });
  std::sort(promises.begin(), promises.end(), [&](const Promise& a, const Promise& b) {
    return a.lot == b.lot ? a.warehouse > b.warehouse : fefo_before(b.lot, a.lot, a.warehouse);
  });
  for (const Promise& p : promises) {
    const Units units = std::min(over, p.picked);
    if (units <= 0) continue;
    promise({l.order, l.line, p.lot, p.warehouse, 0, -units});
    over -= units;
    w_.freed.insert(part.sku);
  }
}

void Model::ship_part(const Leaving& l, const Part& part, int dispatch_line) {
  const std::vector<Share> all = shares(l);
  for (const Share& share : all) {
    const Account to{Kind::dispatched, kNone, "", {}, l.order, l.line};
    if (share.lot == kNone) {
      move(nobody(l.sku), share.units,
           {Kind::stock, l.warehouse, "", StockStatus::lot_unresolved, kNone, kNone}, to);
      if (!saved_.unresolved) saved_.unresolved = unresolved_;
      unresolved_.push_back({l.warehouse, w_.document, share.units, share.candidates});
    } else {
      Units left = share.units;
      for (const bool picked : {true, false}) {
        for (const Promise& p : std::vector(orders_[static_cast<std::size_t>(l.order)]
                                                .lines[static_cast<std::size_t>(l.line)]
                                                .promises)) {
          if (p.lot != share.lot || p.warehouse != l.warehouse) continue;
          const Units units = std::min(left, picked ? p.picked : p.reserved);
          if (units <= 0) continue;
          promise({l.order, l.line, p.lot, p.warehouse, picked ? 0 : -units, picked ? -units : 0});
          left -= units;
        }
      }
      take_units(share.lot, {l.warehouse, {}, StockStatus::available, true}, share.units, to);
    }
    Stamp stamp;
    stamp.document = w_.document;
    stamp.dispatch_line = dispatch_line;
    stamp.sku = l.sku;
    stamp.lot = share.lot;
    stamp.warehouse = l.warehouse;
    stamp.units = share.units;
    stamp.evidence = share.evidence;
    stamp.candidates = share.candidates;
    stamp.at = w_.at;
    if (share.lot != kNone)
      stamp.expires_on = lots_[static_cast<std::size_t>(share.lot)].expires_on;
    OrderBook& book = order(l.order);
    book.lines[static_cast<std::size_t>(l.line)].stamps.push_back(stamp);
    if (share.lot != kNone && stamp.expires_on != kNever && book.header.customer &&
        book.header.customer->id)
      remember_shipped(book.owner, *book.header.customer->id, stamp);
  }
  drop_excess(l, part);
  for (const Share& share : all) {
    if (share.lot != kNone) judge_lot(share.lot, l.warehouse);
    for (const int candidate : share.candidates) judge_lot(candidate, l.warehouse);
  }
}

void Model::ship_line(int order_at, int line_at, int warehouse, const DispatchLine& sent,
                      int dispatch_line) {
  const LineBook line =
      orders_[static_cast<std::size_t>(order_at)].lines[static_cast<std::size_t>(line_at)];
  std::vector<Part> all = parts(line);
  if (!line.is_kit() && all.front().sku == kNone && sent.sku)
    all.front().sku = sku_named(*sent.sku);
  const auto named_by = [&](const Part& part) {
    return part.sku != kNone && sent.sku == skus_[static_cast<std::size_t>(part.sku)].name;
  };
  const bool one_component = line.is_kit() && std::any_of(all.begin(), all.end(), named_by);
  for (const Part& part : all) {
    if (part.sku == kNone || (one_component && !named_by(part))) continue;
    Leaving leaving{order_at, line_at, part.sku, warehouse, sent.quantity.micros, nullptr};
    if (line.is_kit() && !one_component)
      leaving.units = Quantity{part.per}.times(sent.quantity).value_or(Quantity{}).micros;
    std::vector<LotQuantity> named;
    if (sent.lots) {
      for (const LotQuantity& lot : *sent.lots) {
        if (!line.is_kit() || one_component || find_lot(part.sku, lot.lot.text) != kNone)
          named.push_back(lot);
      }
      leaving.named = &named;
    }
    ship_part(leaving, part, dispatch_line);
  }
}

// Lines named only as the order names them mean nothing before it is here.
template <typename Line>
bool Model::needs_its_order(int at, const std::vector<Line>& lines) const {
  const OrderBook& book = orders_[static_cast<std::size_t>(at)];
  if (book.known) return false;
  return std::any_of(lines.begin(), lines.end(), [&](const Line& line) {
    return !line.sku && find_line(book, line.order_line, line.sku) < 0;
  });
}

bool Model::apply(const Document& document, const Dispatch& sent) {
  if (w_.reversing != kNone) reverse(w_.reversing);
  if (sent.void_of) {
    w_.order = documents_[static_cast<std::size_t>(w_.reversing)].order;
    return true;
  }
  w_.order_source = sent.order_source;
  const int at = order_named(sent.order, document.id);
  if (at == kNone) return false;
  w_.order = at;
  int warehouse = 0;
  if (sent.warehouse) {
    warehouse = warehouse_named(*sent.warehouse);
    if (warehouse == kNone) return false;
  } else if (orders_[static_cast<std::size_t>(at)].warehouse != kNone) {
    warehouse = orders_[static_cast<std::size_t>(at)].warehouse;
  }
  if (not_authoritative(world_.warehouses[static_cast<std::size_t>(warehouse)].dispatch_from))
    return true;
  if (needs_its_order(at, sent.lines)) {
    order(at).waiting_documents.push_back(w_.document);
    return true;
  }
  if (w_.command && !check_dispatch(at, warehouse, sent)) return false;
  for (std::size_t i = 0; i < sent.lines.size(); ++i) {
    const DispatchLine& line = sent.lines[i];
    int found = find_line(orders_[static_cast<std::size_t>(at)], line.order_line, line.sku);
    if (found == -2) return park("ambiguous_reference");
    if (found < 0) {
      if (!line.sku) return park("not_found");
      LineBook fresh;
      fresh.sent.line = line.order_line.value_or("");
      fresh.sent.sku = line.sku;
      fresh.removed = orders_[static_cast<std::size_t>(at)].known;
      fresh.sku = sku_named(*line.sku);
      found = static_cast<int>(orders_[static_cast<std::size_t>(at)].lines.size());
      order(at).lines.push_back(fresh);
    }
    if (orders_[static_cast<std::size_t>(at)].lines[static_cast<std::size_t>(found)].sku == kNone &&
        !line.sku)
      return park("unknown_sku");
    ship_line(at, found, warehouse, line, static_cast<int>(i));
  }
  return !w_.command || nobody_is_broken(at);
}

// ---- what a command may not do

bool Model::check_swap(const Leaving& l, const Wish& wish, int lot, Units units,
                       const Maybe<std::string>& reason) {
  if (own_promise(l, lot) >= units) return true;
  std::vector<int> allocated;
  for (const Promise& p : orders_[static_cast<std::size_t>(l.order)]
                              .lines[static_cast<std::size_t>(l.line)]
                              .promises) {
    if (lots_[static_cast<std::size_t>(p.lot)].sku == l.sku && p.lot != lot)
      allocated.push_back(p.lot);
  }
  const Substitution rule = wish.knobs.substitution.value_or(Substitution::with_reason);
  if (allocated.empty() || rule == Substitution::free) return true;
  if (rule == Substitution::strict) return refuse("not_allocated_lot");
  if (reason && !reason->empty()) return true;
  // Earlier than one that it replaces: the latest of them is what is given back.
  for (const int other : allocated) {
    if (earlier(wish, l.sku, l.warehouse, lot, other)) return true;
  }
  return refuse("reason_required");
}

bool Model::check_lot(const Leaving& l, const std::string& code, Units units,
                      const Maybe<std::string>& reason) {
  const int lot = find_lot(l.sku, code);
  if (lot == kNone) {
    for (std::size_t s = 0; s < skus_.size(); ++s) {
      if (skus_[s].owner == w_.owner && find_lot(static_cast<int>(s), code) != kNone)
        return refuse("wrong_sku");
    }
    return refuse("unknown_lot");
  }
  Wish wish = wish_when_leaving(l);
  const LotBook& book = lots_[static_cast<std::size_t>(lot)];
  std::string why = why_not(wish, lot, l.warehouse);
  if (why == "expired" && reason && book.best_before && !book.expired_on_receipt) {
    if (!w_.given.may_override) return refuse("override_not_allowed");
    Wish later = wish;
    later.knobs.past_best_before_days = 1'000'000;
    why = why_not(later, lot, l.warehouse);
  }
  if (!why.empty()) return refuse(why == "expired" ? "expired_at_dispatch" : why);
  const LineBook& line =
      orders_[static_cast<std::size_t>(l.order)].lines[static_cast<std::size_t>(l.line)];
  if (units > open_units(line)) return refuse("exceeds_reservation");
  if (units_at(lot, l.warehouse, StockStatus::available) < units) return refuse("insufficient");
  return check_swap(l, wish, lot, units, reason);
}

bool Model::check_dispatch(int order_at, int warehouse, const Dispatch& sent) {
  for (const DispatchLine& line : sent.lines) {
    const OrderBook& book = orders_[static_cast<std::size_t>(order_at)];
    const int found = find_line(book, line.order_line, line.sku);
    if (found < 0) return refuse(found == -2 ? "ambiguous_reference" : "not_found");
    const LineBook state = book.lines[static_cast<std::size_t>(found)];
    if (state.is_kit()) {
      if (line.quantity.micros > open_units(state)) return refuse("exceeds_reservation");
      continue;
    }
    if (state.sku == kNone) return refuse("unknown_sku");
    Leaving leaving{order_at, found, state.sku, warehouse, line.quantity.micros, nullptr};
    if (line.lots) {
      for (const LotQuantity& named : *line.lots) {
        if (!check_lot(leaving, named.lot.text, named.quantity.micros, sent.override_reason))
          return false;
      }
    }
    if (line.quantity.micros > open_units(state)) return refuse("exceeds_reservation");
    if (line.lots && !line.lots->empty()) continue;
    for (const Share& share : shares(leaving)) {
      if (share.lot == kNone) return refuse("insufficient");
      if (!check_lot(leaving, lots_[static_cast<std::size_t>(share.lot)].code, share.units,
                     sent.override_reason))
        return false;
    }
  }
  return true;
}

// After a command took units from other orders, those must have got others.
bool Model::nobody_is_broken(int mine) {
  auto losers = w_.moved_from;
  std::erase_if(losers, [&](const auto& loser) { return loser.first == mine; });
  if (losers.empty()) return true;
  fill_waiting();
  for (const auto& [at, sku] : losers) {
    for (const LineBook& line : orders_[static_cast<std::size_t>(at)].lines) {
      if (!is_active(line)) continue;
      for (const Part& part : parts(line)) {
        if (part.sku == sku && part_need(line, part) > 0) return refuse("would_break_other_order");
      }
    }
  }
  return true;
}

// ---- picks

Units Model::pick_reserved(const Leaving& l, int lot, Units units) {
  for (const Promise& p : std::vector(orders_[static_cast<std::size_t>(l.order)]
                                          .lines[static_cast<std::size_t>(l.line)]
                                          .promises)) {
    if (p.lot != lot || p.warehouse != l.warehouse) continue;
    const Units now = std::min(p.reserved, units);
    if (now <= 0) continue;
    promise({l.order, l.line, lot, l.warehouse, -now, now});
    units -= now;
  }
  return units;
}

bool Model::pick_otherwise(const Leaving& l, int lot, Units units) {
  const LineBook line =
      orders_[static_cast<std::size_t>(l.order)].lines[static_cast<std::size_t>(l.line)];
  Units reserved = 0, need = 0;
  for (const Promise& p : line.promises)
    reserved += lots_[static_cast<std::size_t>(p.lot)].sku == l.sku ? p.reserved : 0;
  for (const Part& part : parts(line)) need += part.sku == l.sku ? part_need(line, part) : 0;
  if (units > reserved + need && w_.command) return refuse("exceeds_reservation");
  units = std::min(units, reserved + need);
  if (units <= 0) return true;
  if (units > need) give_back(l.order, l.line, l.sku, units - need);
  promise({l.order, l.line, lot, l.warehouse, 0, units});
  judge_lot(lot, l.warehouse);
  return true;
}

void Model::report_short(const Leaving& l, int lot, Units missing, const PickLine& sent) {
  if (lot == kNone) {
    // What the picker would have gone for next.
    for (const Promise& p : in_sequence(l.order, l.line)) {
      if (lot == kNone && lots_[static_cast<std::size_t>(p.lot)].sku == l.sku &&
          p.warehouse == l.warehouse && p.reserved > 0)
        lot = p.lot;
    }
  }
  if (lot == kNone) return;
  Units left = missing;
  for (const auto& [account, there] : cells(lot, l.warehouse)) {
    if (sent.location && account.place != *sent.location) continue;
    if (account.status != StockStatus::available || there <= 0) continue;
    Account missing_there = account;
    missing_there.status = StockStatus::lot_unresolved;
    const Units units = std::min(there, left);
    move(lot, units, account, missing_there);
    left -= units;
    if (left <= 0) break;
  }
  judge_lot(lot, l.warehouse);
}

bool Model::put_back(const Leaving& l, const PickLine& sent) {
  Units units = sent.quantity.micros;
  for (const Promise& p : in_sequence(l.order, l.line)) {
    if (lots_[static_cast<std::size_t>(p.lot)].sku != l.sku) continue;
    if (sent.lot && find_lot(l.sku, sent.lot->text) != p.lot) continue;
    const Units now = std::min(p.picked, units);
    if (now <= 0) continue;
    promise({l.order, l.line, p.lot, p.warehouse, now, -now});
    units -= now;
    if (sent.location) {
      // They lie where they were put now.
      Units left = now;
      for (const auto& [account, there] : cells(p.lot, p.warehouse)) {
        if (account.status != StockStatus::available || there <= 0 || left <= 0) continue;
        Account here = account;
        here.place = *sent.location;
        move(p.lot, std::min(there, left), account, here);
        left -= std::min(there, left);
      }
    }
    const LineBook& line =
        orders_[static_cast<std::size_t>(l.order)].lines[static_cast<std::size_t>(l.line)];
    Units over = 0;
    for (const Part& part : parts(line)) {
      if (part.sku != l.sku) continue;
      Units wanted = 0;
      if (is_active(line))
        wanted = line.is_kit() ? wanted_units(line) / kOne * part.per : wanted_units(line);
      over = promised_part(line, part.sku) + dispatched_part(line, part.sku) - wanted;
    }
    if (over > 0) release(l.order, l.line, p.lot, p.warehouse, over);
    judge_lot(p.lot, p.warehouse);
  }
  return units <= 0 || !w_.command || refuse("insufficient");
}

bool Model::pick_line(int order_at, const Pick& pick, const PickLine& sent, int warehouse) {
  const OrderBook& book = orders_[static_cast<std::size_t>(order_at)];
  const int found = find_line(book, sent.order_line, sent.sku);
  if (found < 0) return !w_.command || refuse(found == -2 ? "ambiguous_reference" : "not_found");
  const LineBook line = book.lines[static_cast<std::size_t>(found)];
  int sku = line.is_kit() ? kNone : line.sku;
  for (const Part& part : line.bill) {
    if (sku == kNone && sent.sku == skus_[static_cast<std::size_t>(part.sku)].name) sku = part.sku;
  }
  for (const Part& part : line.bill) {
    if (sku == kNone && sent.lot && find_lot(part.sku, sent.lot->text) != kNone) sku = part.sku;
  }
  if (sku == kNone && line.bill.size() == 1) sku = line.bill.front().sku;
  if (sku == kNone) return !w_.command || refuse("unknown_sku");
  const Leaving leaving{order_at, found, sku, warehouse, sent.quantity.micros, nullptr};
  if (pick.put_back) return put_back(leaving, sent);
  if (sent.lot) {
    if (w_.command && !check_lot(leaving, sent.lot->text, sent.quantity.micros, sent.reason))
      return false;
    const int lot = lot_or_new(sku, sent.lot->text);
    const Units other = pick_reserved(leaving, lot, sent.quantity.micros);
    if (other > 0 && !pick_otherwise(leaving, lot, other)) return false;
    if (sent.short_quantity) report_short(leaving, lot, sent.short_quantity->micros, sent);
    return true;
  }
  Units left = sent.quantity.micros;
  for (const Promise& p : in_sequence(order_at, found)) {
    if (lots_[static_cast<std::size_t>(p.lot)].sku != sku || p.warehouse != warehouse) continue;
    if (left > 0) left = pick_reserved(leaving, p.lot, left);
  }
  if (left > 0 && w_.command) return refuse("exceeds_reservation");
  if (sent.short_quantity) report_short(leaving, kNone, sent.short_quantity->micros, sent);
  return true;
}

bool Model::apply(const Document& document, const Pick& sent) {
  if (sent.void_of) {
    Pick back = std::get<Pick>(documents_[static_cast<std::size_t>(w_.reversing)].document.body);
    back.put_back = !back.put_back;
    back.void_of.reset();
    w_.reversing = kNone;
    return apply(document, back);
  }
  const auto place = [&](const Pick& pick, int order) {
    if (pick.warehouse) return warehouse_named(*pick.warehouse);
    return orders_[static_cast<std::size_t>(order)].warehouse;
  };
  if (w_.previous != nullptr && w_.previous->order != kNone) {
    // Corrected: what it said before is put back first.
    Pick back = std::get<Pick>(w_.previous->document.body);
    back.put_back = !back.put_back;
    const int before = w_.previous->order;
    for (const PickLine& line : back.lines) {
      if (!pick_line(before, back, line, place(back, before))) return false;
    }
  }
  w_.order_source = sent.order_source;
  const int at = order_named(sent.order, document.id);
  if (at == kNone) return false;
  w_.order = at;
  if (!orders_[static_cast<std::size_t>(at)].known) {
    order(at).waiting_documents.push_back(w_.document);
    return true;
  }
  const int warehouse = place(sent, at);
  if (warehouse == kNone) return sent.warehouse ? false : refuse("not_found");
  for (const PickLine& line : sent.lines) {
    if (!pick_line(at, sent, line, warehouse)) return false;
  }
  return !w_.command || nobody_is_broken(at);
}

// ---- returns

void Model::take_back(int order_at, int line_at, int sku, int warehouse, const ReturnLine& sent,
                      int lot, Units units, bool foreign) {
  if (units <= 0) return;
  const Account from = foreign ? Account{Kind::found, warehouse, "", {}, kNone, kNone}
                               : Account{Kind::dispatched, kNone, "", {}, order_at, line_at};
  if (!foreign) order(order_at).lines[static_cast<std::size_t>(line_at)].returned[lot] += units;
  if (lot == kNone) {
    move(nobody(sku), units, from,
         {Kind::stock, warehouse, "", StockStatus::lot_unresolved, kNone, kNone});
    return;
  }
  StockStatus status = StockStatus::quarantine;
  if (!foreign) {
    const ReturnsTo policy = knobs(w_.owner, sku, warehouse, nullptr, nullptr)
                                 .returns_to.value_or(ReturnsTo::quarantine);
    if (policy == ReturnsTo::scrap || sent.disposition == ReturnDisposition::scrap) {
      move(lot, units, from, {Kind::scrapped, warehouse, "", {}, kNone, kNone});
      return;
    }
    if (policy == ReturnsTo::restock && sent.disposition == ReturnDisposition::restock)
      status = StockStatus::available;
  }
  move(lot, units, from, {Kind::stock, warehouse, "", status, kNone, kNone});
}

bool Model::return_part(int order_at, int line_at, int sku, int warehouse, const ReturnLine& sent,
                        Units units) {
  const LineBook line =
      orders_[static_cast<std::size_t>(order_at)].lines[static_cast<std::size_t>(line_at)];
  std::map<int, Units> with_customer;
  for (const Stamp& stamp : line.stamps) {
    if (stamp.sku == sku) with_customer[stamp.lot] += stamp.units;
  }
  for (const auto& [lot, back] : line.returned) {
    if (with_customer.contains(lot)) with_customer[lot] -= back;
  }
  std::erase_if(with_customer, [](const auto& e) { return e.second <= 0; });
  Units most = 0;
  for (const auto& [lot, there] : with_customer) most += there;
  if (units > most && w_.command) return refuse("return_exceeds_dispatch");
  Units left = units;
  if (sent.lots) {
    for (const LotQuantity& named : *sent.lots) {
      const int lot = lot_or_new(sku, named.lot.text);
      const Units ours =
          std::min(with_customer.contains(lot) ? with_customer.at(lot) : 0, named.quantity.micros);
      take_back(order_at, line_at, sku, warehouse, sent, lot, ours, false);
      take_back(order_at, line_at, sku, warehouse, sent, lot, named.quantity.micros - ours, true);
      left -= named.quantity.micros;
    }
    if (left <= 0) return true;
  }
  if (!sent.lots && with_customer.size() == 1 && with_customer.begin()->first != kNone) {
    const auto [lot, there] = *with_customer.begin();
    const Units ours = std::min(there, left);
    take_back(order_at, line_at, sku, warehouse, sent, lot, ours, false);
    take_back(order_at, line_at, sku, warehouse, sent, lot, left - ours, true);
  } else {
    take_back(order_at, line_at, sku, warehouse, sent, kNone, left, with_customer.empty());
  }
  return true;
}

bool Model::return_line(int order_at, int warehouse, const ReturnLine& sent) {
  int found = find_line(orders_[static_cast<std::size_t>(order_at)], sent.order_line, sent.sku);
  if (found < 0) {
    if (w_.command) return refuse("not_found");
    if (!sent.sku) return park("not_found");
    LineBook fresh;
    fresh.sent.line = sent.order_line.value_or("");
    fresh.sent.sku = sent.sku;
    fresh.removed = true;
    fresh.sku = sku_named(*sent.sku);
    found = static_cast<int>(orders_[static_cast<std::size_t>(order_at)].lines.size());
    order(order_at).lines.push_back(fresh);
  }
  const LineBook line =
      orders_[static_cast<std::size_t>(order_at)].lines[static_cast<std::size_t>(found)];
  for (const Part& part : parts(line)) {
    if (part.sku == kNone) continue;
    const bool component =
        line.is_kit() && sent.sku && skus_[static_cast<std::size_t>(line.sku)].name != *sent.sku;
    if (component && skus_[static_cast<std::size_t>(part.sku)].name != *sent.sku) continue;
    Units units = sent.quantity.micros;
    if (line.is_kit() && !component)
      units = Quantity{part.per}.times(sent.quantity).value_or(Quantity{}).micros;
    if (!return_part(order_at, found, part.sku, warehouse, sent, units)) return false;
  }
  return true;
}

bool Model::blind_line(int warehouse, const ReturnLine& sent) {
  if (!sent.sku) return w_.command ? refuse("invalid_value") : park("invalid_value");
  const int at = sku_named(*sent.sku);
  if (at == kNone) return false;
  const Account from{Kind::found, warehouse, "", {}, kNone, kNone};
  Units left = sent.quantity.micros;
  if (sent.lots) {
    for (const LotQuantity& named : *sent.lots) {
      move(lot_or_new(at, named.lot.text), named.quantity.micros, from,
           {Kind::stock, warehouse, "", StockStatus::quarantine, kNone, kNone});
      left -= named.quantity.micros;
    }
  }
  if (left > 0)
    move(nobody(at), left, from,
         {Kind::stock, warehouse, "", StockStatus::lot_unresolved, kNone, kNone});
  return true;
}

bool Model::apply(const Document& document, const Return& sent) {
  if (w_.reversing != kNone) reverse(w_.reversing);
  if (sent.void_of || !sent.received) return true;
  int at = kNone;
  if (sent.order) {
    w_.order_source = sent.order_source;
    at = order_named(sent.order, document.id);
    if (at == kNone) return false;
    w_.order = at;
    if (needs_its_order(at, sent.lines)) {
      order(at).waiting_documents.push_back(w_.document);
      return true;
    }
  }
  int warehouse = 0;
  if (sent.warehouse) {
    warehouse = warehouse_named(*sent.warehouse);
    if (warehouse == kNone) return false;
  } else if (at != kNone && orders_[static_cast<std::size_t>(at)].warehouse != kNone) {
    warehouse = orders_[static_cast<std::size_t>(at)].warehouse;
  }
  for (const ReturnLine& line : sent.lines) {
    const bool fine = at == kNone ? blind_line(warehouse, line) : return_line(at, warehouse, line);
    if (!fine) return false;
  }
  return true;
}

}  // namespace lotbridge::simulation
