// Picks and returns (rules 13, 18, 27). See model.hpp.
#include <algorithm>

#include "model.hpp"

namespace lotbridge::simulation {

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
