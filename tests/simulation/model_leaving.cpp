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

}  // namespace lotbridge::simulation
