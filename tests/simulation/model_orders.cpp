// Orders, their lines and versions, cancellations, commands (rules 3, 9-12, 16). See model.hpp.
#include <algorithm>

#include "model.hpp"

namespace lotbridge::simulation {

bool Model::fits(const Item& item, Units units) const {
  Units step = kOne;
  for (int i = 0; i < std::min(item.decimals, 6); ++i) step /= 10;
  return units % step == 0;
}

Maybe<Units> Model::base_units(const Item& item, Quantity quantity,
                               const Maybe<std::string>& pack) const {
  if (!pack) return quantity.micros;
  for (const Pack& p : item.packs) {
    if (p.code != *pack) continue;
    const auto units = quantity.times(p.quantity);
    if (!units) return {};
    return units->micros;
  }
  return {};
}

// What a line means: the item by alias of its source, then by SKU, then by GTIN; units in the base
// unit; the bill of a kit, frozen when the line first means it.
void Model::resolve_line(const OrderBook& order, LineBook& line) {
  line.problem.clear();
  Units per = kOne;
  int at = kNone;
  if (line.sent.variant) at = find_alias(order.owner, order.source, *line.sent.variant, &per);
  if (at == kNone && line.sent.sku)
    at = find_alias(order.owner, order.source, *line.sent.sku, &per);
  if (at == kNone && line.sent.sku) {
    at = find_sku(order.owner, *line.sent.sku);
    if (at != kNone && !skus_[static_cast<std::size_t>(at)].known) at = kNone;
  }
  if (at == kNone && line.sent.gtin) at = find_gtin(order.owner, *line.sent.gtin);
  if (at == kNone && !line.sent.requires_shipping) {
    line.sku = kNone;
    line.wanted = line.sent.quantity.value_or(Quantity{}).micros;
    return;
  }
  if (at == kNone) {
    line.sku = kNone;
    line.problem = "unknown_sku";
    return;
  }
  const bool other_item = line.sku != at;
  line.sku = at;
  const Item& item = skus_[static_cast<std::size_t>(at)].item;
  Maybe<Units> units;
  if (line.sent.quantity && line.sent.quantity->micros >= 0)
    units = base_units(item, *line.sent.quantity, line.sent.pack);
  if (units && per != kOne) {
    const auto times = Quantity{*units}.times(Quantity{per});
    units = times ? Maybe<Units>(times->micros) : Maybe<Units>();
  }
  if (!units || !fits(item, *units)) {
    line.problem = "invalid_quantity";
    return;
  }
  line.wanted = *units;
  if (!other_item) return;
  line.bill.clear();
  const std::vector<Component> components = item.components;  // a new SKU may move the items
  for (const Component& c : components) {
    int part = find_sku(order.owner, c.sku);
    if (part == kNone) part = new_sku(order.owner, c.sku);
    line.bill.push_back({part, c.quantity.micros});
  }
}

void Model::merge_lines(int order_at, const lotbridge::Order& sent, bool takeover) {
  const std::size_t before = orders_[static_cast<std::size_t>(order_at)].lines.size();
  std::vector<bool> taken(before, false);
  for (const OrderLine& line : sent.lines) {
    LineBook fresh;
    fresh.sent = line;
    resolve_line(orders_[static_cast<std::size_t>(order_at)], fresh);
    fresh.removed = line.quantity && line.quantity->is_zero();
    std::vector<LineBook>& lines = order(order_at).lines;
    std::size_t known = lines.size();
    for (std::size_t i = 0; i < before && known == lines.size(); ++i) {
      if (!taken[i] && !lines[i].sent.line.empty() && lines[i].sent.line == line.line) known = i;
    }
    for (std::size_t i = 0; takeover && i < before && known == lines.size(); ++i) {
      if (!taken[i] && lines[i].sent.line.empty() && fresh.sku != kNone &&
          lines[i].sku == fresh.sku)
        known = i;
    }
    if (known == lines.size()) {
      lines.push_back(fresh);
      continue;
    }
    taken[known] = true;
    LineBook& old = lines[known];
    old.sent = line;
    old.removed = fresh.removed;
    old.problem = fresh.problem;
    if (old.sku != fresh.sku) {
      old.sku = fresh.sku;
      old.wanted = fresh.wanted;
      old.bill = fresh.bill;
    } else if (fresh.problem.empty()) {
      old.wanted = fresh.wanted;
      if (old.bill.empty() && old.stamps.empty() && old.promises.empty()) old.bill = fresh.bill;
    }
  }
  for (std::size_t i = 0; i < before; ++i) {
    if (!taken[i]) order(order_at).lines[i].removed = true;
  }
}

// Units beyond what the line wants now go back, latest expiry first.
void Model::shrink_line(int order_at, int line_at) {
  const LineBook line =
      orders_[static_cast<std::size_t>(order_at)].lines[static_cast<std::size_t>(line_at)];
  std::set<int> meant;
  for (const Part& part : parts(line)) {
    meant.insert(part.sku);
    const Units wanted = is_active(line) ? wanted_units(line) / kOne * part.per : 0;
    const Units exact = line.is_kit() || !is_active(line) ? wanted : wanted_units(line);
    const Units promised = promised_part(line, part.sku);
    const Units over = promised + dispatched_part(line, part.sku) - exact;
    if (over > 0 && promised > 0) give_back(order_at, line_at, part.sku, std::min(over, promised));
  }
  for (const Promise& p : line.promises) {
    if (!meant.contains(lots_[static_cast<std::size_t>(p.lot)].sku))
      release(order_at, line_at, p.lot, p.warehouse, p.reserved);
  }
}

bool Model::apply(const Document& document, const lotbridge::Order& sent) {
  int at = kNone;
  const int known_document = find_document(document);
  if (known_document != kNone) {
    at = documents_[static_cast<std::size_t>(known_document)].order;
  } else {
    std::vector<std::string> names = {document.id};
    if (sent.number) names.push_back(*sent.number);
    for (const std::string& name : names) {
      const auto heard = order_names_.find({w_.owner, name});
      if (heard == order_names_.end()) continue;
      for (const int other : heard->second) {
        if (at == kNone && !orders_[static_cast<std::size_t>(other)].known) at = other;
      }
    }
  }
  const bool fresh = at == kNone;
  if (fresh) {
    OrderBook book;
    book.owner = w_.owner;
    book.first_seen = w_.at;
    at = new_order(std::move(book));
  }
  const bool takeover = !fresh && !orders_[static_cast<std::size_t>(at)].known;
  {
    OrderBook& book = order(at);
    book.header = sent;
    book.header.lines.clear();
    book.source = document.source;
    book.id = document.id;
    book.known = true;
    if (!sent.hold_until || *sent.hold_until > now_) book.cart_over = false;
  }
  w_.order = at;
  merge_lines(at, sent, takeover);
  // Asking for less than what holds below needs the right to it, wherever the line may leave from.
  for (const LineBook& line : std::vector(orders_[static_cast<std::size_t>(at)].lines)) {
    if (line.sku == kNone || line.removed || document.source != "api") continue;
    if (!w_.command || w_.given.may_override) continue;
    const OrderBook& book = orders_[static_cast<std::size_t>(at)];
    std::vector<int> places;
    if (!line.sent.warehouse && !book.header.warehouse) places = route_of(book);
    if (places.empty()) places.push_back(line_warehouse(book, line));
    std::vector<int> skus;
    for (const Part& part : line.bill) skus.push_back(part.sku);
    if (skus.empty()) skus.push_back(line.sku);
    for (const int place : places) {
      for (const int sku : skus) {
        Units floor[3];
        const PolicyKnobs below = below_order(w_.owner, sku, place, &book, floor);
        if (lowers(line.sent.policy, book.header.policy, below))
          return refuse("override_not_allowed");
      }
    }
  }
  if (takeover) {
    w_.reapply = orders_[static_cast<std::size_t>(at)].waiting_documents;
    order(at).waiting_documents.clear();
    const OrderBook& book = orders_[static_cast<std::size_t>(at)];
    if (book.header.customer && book.header.customer->id) {
      for (const LineBook& line : book.lines) {
        for (const Stamp& stamp : line.stamps) {
          if (stamp.lot != kNone && stamp.expires_on != kNever && stamp.units > 0)
            remember_shipped(w_.owner, *book.header.customer->id, stamp);
        }
      }
    }
  }
  if (sent.from_cart) {
    bool several = false;
    const int cart = resolve_order(w_.owner, *sent.from_cart, w_.source, several);
    if (cart != kNone) {
      release_order(cart);
      order(cart).cancelled = true;
    }
  }
  // The names that others may call it by.
  std::vector<std::string> names = {document.id};
  if (sent.number) names.push_back(*sent.number);
  for (const std::string& name : names) {
    auto& all = order_names_[{w_.owner, name}];
    if (std::find(all.begin(), all.end(), at) == all.end()) {
      all.push_back(at);
      w_.named.emplace_back(w_.owner, name);
    }
  }
  const std::size_t count = fresh ? 0 : orders_[static_cast<std::size_t>(at)].lines.size();
  for (std::size_t i = 0; i < count; ++i) shrink_line(at, static_cast<int>(i));
  if (!may_reserve(orders_[static_cast<std::size_t>(at)])) {
    release_order(at);
    return true;
  }
  if (!fresh) {
    for (std::size_t i = 0; i < count; ++i) {
      const OrderBook& book = orders_[static_cast<std::size_t>(at)];
      if (!book.lines[i].sent.warehouse && !book.header.warehouse) continue;
      const int named = line_warehouse(book, book.lines[i]);
      for (const Promise& p : std::vector(book.lines[i].promises)) {
        if (p.warehouse != named) release(at, static_cast<int>(i), p.lot, p.warehouse, p.reserved);
      }
    }
    judge_order(at);
  }
  allocate_order(at);
  return true;
}

// ---- which order, which line

int Model::order_named(const Maybe<std::string>& name, const std::string& fallback) {
  if (name) {
    bool several = false;
    const int at = resolve_order(w_.owner, *name, w_.order_source, several);
    if (several) {
      w_.command ? refuse("ambiguous_reference") : park("ambiguous_reference");
      return kNone;
    }
    if (at != kNone) return at;
    if (w_.command) {
      refuse("not_found");
      return kNone;
    }
  } else if (w_.document < static_cast<int>(documents_.size()) &&
             documents_[static_cast<std::size_t>(w_.document)].order != kNone) {
    return documents_[static_cast<std::size_t>(w_.document)].order;
  }
  OrderBook heard;
  heard.owner = w_.owner;
  heard.reference = name.value_or(fallback);
  heard.first_seen = w_.at;
  const int at = new_order(std::move(heard));
  if (name) {
    order_names_[{w_.owner, *name}].push_back(at);
    w_.named.emplace_back(w_.owner, *name);
  }
  return at;
}

// kNone: no such line; -2: several.
int Model::find_line(const OrderBook& order, const Maybe<std::string>& name,
                     const Maybe<std::string>& sku) const {
  if (name) {
    int removed = kNone;
    for (std::size_t i = 0; i < order.lines.size(); ++i) {
      if (order.lines[i].sent.line != *name) continue;
      if (!order.lines[i].removed) return static_cast<int>(i);
      removed = static_cast<int>(i);
    }
    if (removed != kNone || !sku) return removed;
  }
  if (!sku) return order.lines.size() == 1 ? 0 : kNone;
  const auto means = [&](const LineBook& line) {
    if (line.removed) return false;
    if (line.sku != kNone && skus_[static_cast<std::size_t>(line.sku)].name == *sku) return true;
    if (line.sent.sku == *sku || line.sent.variant == *sku) return true;
    return std::any_of(line.bill.begin(), line.bill.end(), [&](const Part& part) {
      return skus_[static_cast<std::size_t>(part.sku)].name == *sku;
    });
  };
  std::vector<int> open, all;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    if (!means(order.lines[i])) continue;
    all.push_back(static_cast<int>(i));
    if (open_units(order.lines[i]) > 0) open.push_back(static_cast<int>(i));
  }
  const std::vector<int>& found = open.empty() ? all : open;
  return found.empty() ? kNone : found.size() > 1 ? -2 : found.front();
}

// ---- cancellations

bool Model::cancel_line(int order_at, int line_at, Units units) {
  const auto line = [&]() -> const LineBook& {
    return orders_[static_cast<std::size_t>(order_at)].lines[static_cast<std::size_t>(line_at)];
  };
  const Units open = open_units(line());
  if (units > open) {
    if (w_.command) return refuse("insufficient");
    units = open;
  }
  Units picked = 0;
  for (const Promise& p : line().promises) picked += p.picked;
  if (w_.command && !line().is_kit() && open - units < picked) return refuse("already_picked");
  order(order_at).lines[static_cast<std::size_t>(line_at)].cancelled += units;
  for (const Part& part : parts(line())) {
    const Units wanted =
        line().is_kit() ? wanted_units(line()) / kOne * part.per : wanted_units(line());
    const Units promised = promised_part(line(), part.sku);
    const Units over = promised + dispatched_part(line(), part.sku) - wanted;
    if (over > 0) give_back(order_at, line_at, part.sku, std::min(over, promised));
  }
  return true;
}

bool Model::apply(const Document&, const Cancellation& sent) {
  w_.order_source = sent.order_source;
  const int at = order_named(sent.order, "");
  if (at == kNone) return false;
  w_.order = at;
  const OrderBook book = orders_[static_cast<std::size_t>(at)];
  if (!book.known) {
    order(at).waiting_documents.push_back(w_.document);
    return true;
  }
  if (sent.lines) {
    for (const CancellationLine& line : *sent.lines) {
      const int found = find_line(orders_[static_cast<std::size_t>(at)], line.order_line, line.sku);
      if (found < 0) {
        if (w_.command) return refuse(found == -2 ? "ambiguous_reference" : "not_found");
        continue;
      }
      if (!cancel_line(at, found, line.quantity.micros)) return false;
    }
    return true;
  }
  Units picked = 0;
  bool anything = false;
  for (const LineBook& line : book.lines) {
    for (const Promise& p : line.promises) picked += p.picked;
    if (!line.removed && (open_units(line) > 0 || !line.problem.empty())) anything = true;
  }
  if (w_.command && picked > 0) return refuse("already_picked");
  if (w_.command && !anything) return refuse("insufficient");
  for (std::size_t i = 0; i < book.lines.size(); ++i) {
    if (!book.lines[i].removed && !cancel_line(at, static_cast<int>(i), open_units(book.lines[i])))
      return false;
  }
  order(at).cancelled = true;
  return true;
}

// ---- commands

Verdict Model::command(Command what, int at) {
  start();
  const OrderBook& book = orders_[static_cast<std::size_t>(at)];
  if (!book.known) return {"refused", "not_found", false};
  w_.owner = book.owner;
  w_.command = true;
  w_.at = now_;
  order(at).asked = true;
  if (what == Command::reoptimize) release_order(at);
  allocate_order(at);
  fill_waiting();
  return {"applied", "", true};
}

Verdict Model::substitute(int at, const SubstituteWish& wish, const Circumstances& given) {
  start();
  const OrderBook& book = orders_[static_cast<std::size_t>(at)];
  if (!book.known) return {"refused", "not_found", false};
  w_.owner = book.owner;
  w_.command = true;
  w_.given = given;
  w_.at = now_;
  w_.order = at;
  const auto attempt = [&] {
    const int line_at = find_line(book, wish.line, {});
    if (line_at < 0) return refuse("not_found");
    const LineBook line = book.lines[static_cast<std::size_t>(line_at)];
    Leaving leaving{at, line_at, line.sku, line_warehouse(book, line), wish.units, nullptr};
    int from = kNone;
    std::vector<Promise> promises = line.promises;
    std::sort(promises.begin(), promises.end(), [](const Promise& a, const Promise& b) {
      return a.warehouse < b.warehouse;  // of several places the last one
    });
    for (const Promise& p : promises) {
      if (lots_[static_cast<std::size_t>(p.lot)].code != wish.lot) continue;
      from = p.lot;
      leaving.sku = lots_[static_cast<std::size_t>(p.lot)].sku;
      leaving.warehouse = p.warehouse;
    }
    if (from == kNone && leaving.sku != kNone) from = find_lot(leaving.sku, wish.lot);
    if (from == kNone) return refuse("unknown_lot");
    Units reserved = 0, picked = 0;
    for (const Promise& p : line.promises) {
      if (p.lot != from) continue;
      reserved += p.reserved;
      picked += p.picked;
    }
    const int to = find_lot(leaving.sku, wish.new_lot);
    Maybe<std::string> reason;
    if (!wish.reason.empty()) reason = wish.reason;
    if ((to == kNone || reserved + picked >= wish.units) &&
        !check_lot(leaving, wish.new_lot, wish.units, reason))
      return false;
    if (reserved + picked < wish.units)
      return refuse(reserved + picked == 0 ? "not_allocated_lot" : "exceeds_reservation");
    if (reserved < wish.units) return refuse("already_picked");
    release(at, line_at, from, leaving.warehouse, wish.units);
    // Others give it up who compete worst, unless they have picked it.
    auto others = holders(to, leaving.warehouse);
    while (free_units(to, leaving.warehouse) < wish.units && !others.empty()) {
      const auto [order, other_line] = others.back();
      others.pop_back();
      if (order == at) continue;
      release(order, other_line, to, leaving.warehouse,
              wish.units - free_units(to, leaving.warehouse));
    }
    if (free_units(to, leaving.warehouse) < wish.units) return refuse("would_break_other_order");
    promise({at, line_at, to, leaving.warehouse, wish.units, 0});
    return nobody_is_broken(at);
  };
  if (!attempt()) {
    const Verdict failed = w_.verdict;
    take_all_back();
    return failed;
  }
  fill_waiting();
  return {"applied", "", true};
}

}  // namespace lotbridge::simulation
