// The goods book: units move from account to account, and what that means for promises. See
// model.hpp.
#include <algorithm>

#include "model.hpp"

namespace lotbridge::simulation {

void Model::move(int lot_at, Units units, const Account& from, const Account& to) {
  if (units == 0 || from == to) return;
  if (units < 0) return move(lot_at, -units, to, from);
  LotBook& book = lot(lot_at);
  for (const auto& [account, delta] : {std::pair{from, -units}, std::pair{to, units}}) {
    Units& sum = book.sums[account];
    sum += delta;
    if (sum == 0) book.sums.erase(account);
  }
  const Move done{lot_at, units, from, to, w_.document};
  history_.emplace_back(w_.at, done);
  w_.moves.push_back(done);
  w_.freed.insert(book.sku);
}

Units Model::units_at(int lot, int warehouse, StockStatus status) const {
  Units sum = 0;
  for (const auto& [account, units] : lots_[static_cast<std::size_t>(lot)].sums) {
    if (account.kind != Kind::stock) break;  // stock comes first
    if (account.warehouse == warehouse && account.status == status) sum += units;
  }
  return sum;
}

Units Model::on_hand(int lot, int warehouse) const {
  Units sum = 0;
  for (const auto& [account, units] : cells(lot, warehouse)) sum += units;
  return sum;
}

// Where units of a lot lie in a warehouse: nowhere in particular first, then by picking sequence,
// name, status.
std::vector<std::pair<Account, Units>> Model::cells(int lot, int warehouse) const {
  std::vector<std::pair<Account, Units>> out;
  for (const auto& [account, units] : lots_[static_cast<std::size_t>(lot)].sums) {
    if (account.kind != Kind::stock) break;
    if (account.warehouse == warehouse) out.emplace_back(account, units);
  }
  if (out.size() < 2) return out;
  const std::vector<std::string>& places =
      world_.warehouses[static_cast<std::size_t>(warehouse)].places;
  const auto key = [&](const Account& a) {
    const auto at = std::find(places.begin(), places.end(), a.place);
    const auto sequence = at == places.end() ? 0 : at - places.begin() + 1;
    return std::make_tuple(!a.place.empty(), sequence, a.place, a.status);
  };
  std::sort(out.begin(), out.end(),
            [&](const auto& a, const auto& b) { return key(a.first) < key(b.first); });
  return out;
}

// From the named place and status, then from other places, then (where anything goes) from other
// statuses; what is not there makes the books negative.
void Model::take_units(int lot, const Place& place, Units units, const Account& to) {
  const auto from = [&](bool this_place, bool this_status) {
    for (const auto& [account, there] : cells(lot, place.warehouse)) {
      if (units <= 0) return;
      if (there <= 0) continue;
      if (this_place && account.place != *place.place) continue;
      if (this_status && account.status != place.status) continue;
      const Units now = std::min(there, units);
      move(lot, now, account, to);
      units -= now;
    }
  };
  if (place.place) from(true, true);
  from(false, true);
  if (place.any_status) from(false, false);
  if (units > 0)
    move(lot, units, {Kind::stock, place.warehouse, place.place.value_or(""), place.status}, to);
}

// What came in settles first what the books lack.
void Model::put_units(int lot, int warehouse, const std::string& place, StockStatus status,
                      Units units, const Account& from) {
  const std::vector<std::pair<Account, Units>> lacking = cells(lot, warehouse);
  for (const auto& [account, there] : lacking) {
    if (units <= 0) break;
    if (there >= 0) continue;
    const Units now = std::min(-there, units);
    move(lot, now, from, account);
    units -= now;
  }
  move(lot, units, from, {Kind::stock, warehouse, place, status});
}

int Model::lot_or_new(int sku, const std::string& code) {
  const int at = find_lot(sku, code);
  return at != kNone ? at : new_lot(sku, code);
}

int Model::legacy(int sku) {
  const int at = lot_or_new(sku, "LEGACY");
  lot(at).received = true;
  return at;
}

int Model::nobody(int sku) {
  const int at = skus_[static_cast<std::size_t>(sku)].nobody_knows;
  return at != kNone ? at : new_lot(sku, "");
}

// ---- promises that are given back

Units Model::release(int order_at, int line, int lot_at, int warehouse, Units at_most) {
  for (const Promise& p :
       orders_[static_cast<std::size_t>(order_at)].lines[static_cast<std::size_t>(line)].promises) {
    if (p.lot != lot_at || p.warehouse != warehouse) continue;
    const Units units = std::min(p.reserved, at_most);
    if (units <= 0) return 0;
    const int sku = lots_[static_cast<std::size_t>(lot_at)].sku;
    promise({order_at, line, lot_at, warehouse, -units, 0});
    w_.freed.insert(sku);
    w_.moved_from.emplace_back(order_at, sku);
    return units;
  }
  return 0;
}

void Model::release_line(int order_at, int line) {
  const auto promises =
      orders_[static_cast<std::size_t>(order_at)].lines[static_cast<std::size_t>(line)].promises;
  for (const Promise& p : promises) release(order_at, line, p.lot, p.warehouse, p.reserved);
}

void Model::release_order(int order_at) {
  const std::size_t count = orders_[static_cast<std::size_t>(order_at)].lines.size();
  for (std::size_t i = 0; i < count; ++i) release_line(order_at, static_cast<int>(i));
}

// The latest expiry goes back first (rule 12). What stays to be given back is the answer.
Units Model::give_back(int order_at, int line, int sku, Units units) {
  auto promises =
      orders_[static_cast<std::size_t>(order_at)].lines[static_cast<std::size_t>(line)].promises;
  std::erase_if(promises, [&](const Promise& p) {
    return lots_[static_cast<std::size_t>(p.lot)].sku != sku;
  });
  std::sort(promises.begin(), promises.end(), [&](const Promise& a, const Promise& b) {
    const LotBook& lot_a = lots_[static_cast<std::size_t>(a.lot)];
    const LotBook& lot_b = lots_[static_cast<std::size_t>(b.lot)];
    const auto key = [&](const LotBook& lot, int warehouse) {
      const auto first = lot.first_received.find(warehouse);
      const int group = lot.code == "LEGACY" ? 2 : lot.expires_on == kNever ? 1 : 0;
      return std::make_tuple(group, group == 2 ? 0 : lot.expires_on,
                             first == lot.first_received.end() ? kNever : first->second, lot.code,
                             warehouse);
    };
    return key(lot_b, b.warehouse) < key(lot_a, a.warehouse);
  });
  for (const Promise& p : promises) {
    if (units <= 0) break;
    units -= release(order_at, line, p.lot, p.warehouse, units);
  }
  return units;
}

std::vector<std::pair<int, int>> Model::holders(int lot, int warehouse) const {
  std::vector<std::pair<int, int>> out;
  const auto sums = lots_[static_cast<std::size_t>(lot)].promised.find(warehouse);
  if (sums == lots_[static_cast<std::size_t>(lot)].promised.end() ||
      (sums->second.reserved == 0 && sums->second.picked == 0))
    return out;
  for (const int o : lively()) {
    const OrderBook& order = orders_[static_cast<std::size_t>(o)];
    for (std::size_t l = 0; l < order.lines.size(); ++l) {
      for (const Promise& p : order.lines[l].promises) {
        if (p.lot == lot && p.warehouse == warehouse) out.emplace_back(o, static_cast<int>(l));
      }
    }
  }
  std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) {
    return a.first == b.first ? a.second < b.second : competes_before(a.first, b.first);
  });
  return out;
}

void Model::judge_holder(int order_at, int line, int lot, int warehouse) {
  const int sku = lots_[static_cast<std::size_t>(lot)].sku;
  const Wish wish = wish_of(order_at, line, sku, warehouse, today(warehouse));
  if (!why_not(wish, lot, warehouse).empty()) release(order_at, line, lot, warehouse, INT64_MAX);
}

void Model::judge_lot(int lot, int warehouse) {
  w_.freed.insert(lots_[static_cast<std::size_t>(lot)].sku);
  const auto all = holders(lot, warehouse);
  for (const auto& [order, line] : all) judge_holder(order, line, lot, warehouse);
  // More promised than there is: who competes worst gives back first.
  for (auto at = all.rbegin(); at != all.rend(); ++at) {
    const Reserved sum = lots_[static_cast<std::size_t>(lot)].promised.at(warehouse);
    const Units over = sum.reserved + sum.picked -
                       std::max<Units>(0, units_at(lot, warehouse, StockStatus::available));
    if (over <= 0) return;
    release(at->first, at->second, lot, warehouse, over);
  }
}

void Model::judge_lot_everywhere(int lot) {
  for (std::size_t w = 0; w < world_.warehouses.size(); ++w) judge_lot(lot, static_cast<int>(w));
}

void Model::judge_order(int order_at) {
  const std::size_t count = orders_[static_cast<std::size_t>(order_at)].lines.size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto promises = orders_[static_cast<std::size_t>(order_at)].lines[i].promises;
    for (const Promise& p : promises)
      judge_holder(order_at, static_cast<int>(i), p.lot, p.warehouse);
  }
}

std::vector<Promise> Model::in_sequence(int order_at, int line_at) const {
  const LineBook& line =
      orders_[static_cast<std::size_t>(order_at)].lines[static_cast<std::size_t>(line_at)];
  std::vector<Promise> out = line.promises;
  std::map<std::pair<int, int>, std::size_t> places;
  for (const Promise& p : out) {
    const int sku = lots_[static_cast<std::size_t>(p.lot)].sku;
    const std::vector<int> lots =
        sequence(wish_of(order_at, line_at, sku, p.warehouse, 0), sku, p.warehouse);
    places[{p.lot, p.warehouse}] =
        static_cast<std::size_t>(std::find(lots.begin(), lots.end(), p.lot) - lots.begin());
  }
  std::sort(out.begin(), out.end(), [&](const Promise& a, const Promise& b) {
    const auto key = [&](const Promise& p) {
      return std::make_tuple(lots_[static_cast<std::size_t>(p.lot)].sku, p.warehouse,
                             places.at({p.lot, p.warehouse}));
    };
    return key(a) < key(b);
  });
  return out;
}

// ---- what a document did is entered the other way round (rule 20)

bool Model::reverse(int document) {
  const DocumentBook& book = documents_[static_cast<std::size_t>(document)];
  // Stamps: a negative one beside each that still stands.
  std::set<int> orders;
  if (book.order != kNone) orders.insert(book.order);
  for (const Move& m : book.moves) {
    if (m.from.order != kNone) orders.insert(m.from.order);
    if (m.to.order != kNone) orders.insert(m.to.order);
  }
  for (const int at : orders) {
    for (std::size_t l = 0; l < orders_[static_cast<std::size_t>(at)].lines.size(); ++l) {
      std::vector<Stamp> net;
      for (const Stamp& stamp : orders_[static_cast<std::size_t>(at)].lines[l].stamps) {
        if (stamp.document != document) continue;
        const auto same = std::find_if(net.begin(), net.end(), [&](const Stamp& s) {
          return s.lot == stamp.lot && s.dispatch_line == stamp.dispatch_line &&
                 s.sku == stamp.sku && s.warehouse == stamp.warehouse &&
                 s.evidence == stamp.evidence;
        });
        if (same == net.end()) {
          net.push_back(stamp);
        } else {
          same->units += stamp.units;
        }
      }
      for (Stamp& stamp : net) {
        if (stamp.units == 0) continue;
        stamp.units = -stamp.units;
        order(at).lines[l].stamps.push_back(stamp);
      }
    }
  }
  const std::vector<Move> moves(book.moves.rbegin(), book.moves.rend());
  for (const Move& m : moves) {
    const bool real = !lots_[static_cast<std::size_t>(m.lot)].code.empty();
    if (!real) {
      move(m.lot, m.units, m.to, m.from);
      const int sku = lots_[static_cast<std::size_t>(m.lot)].sku;
      static_cast<void>(sku);
      if (!saved_.unresolved) saved_.unresolved = unresolved_;
      std::erase_if(unresolved_, [&](const OpenUnresolved& o) { return o.document == document; });
    } else if (m.to.kind == Kind::stock) {
      Place place{m.to.warehouse, m.to.place, m.to.status, true};
      take_units(m.lot, place, m.units, m.from);
    } else if (m.from.kind == Kind::stock) {
      put_units(m.lot, m.from.warehouse, m.from.place, m.from.status, m.units, m.to);
    } else {
      move(m.lot, m.units, m.to, m.from);
    }
    // What came back is with the customer again.
    if (m.from.kind == Kind::dispatched) {
      auto& returned = order(m.from.order).lines[static_cast<std::size_t>(m.from.line)].returned;
      const auto at = returned.find(real ? m.lot : kNone);
      if (at == returned.end()) continue;
      at->second -= std::min(at->second, m.units);
      if (at->second == 0) returned.erase(at);
    }
  }
  for (const Move& m : moves) {
    if (m.to.kind == Kind::stock && !lots_[static_cast<std::size_t>(m.lot)].code.empty())
      w_.judge_later.emplace_back(m.lot, m.to.warehouse);
  }
  return true;
}

}  // namespace lotbridge::simulation
