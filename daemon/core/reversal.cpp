// Corrections are reversals: what a document did to the goods is entered again the other way round
// (rule 20).
#include <algorithm>
#include <set>

#include "allocator.hpp"
#include "documents.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

// The document whose doing is taken back: itself in an earlier version, or the one it voids.
DocumentId taken_back(const Work& w) {
  return w.ctx.voided != nullptr ? w.ctx.voided_id : w.ctx.document;
}

void reverse_entry(Work& w, const Entry& entry) {
  if (entry.book != Book::goods) return;
  if (entry.lot == 0) {
    w.goods(entry.sku, 0, entry.quantity, entry.to, entry.from);
    return;
  }
  if (entry.to.kind == AccountKind::stock) {
    Place place;
    place.warehouse = entry.to.warehouse;
    place.location = entry.to.location;
    place.status = entry.to.status;
    place.any_status = true;
    take_units(w, entry.lot, place, entry.quantity, entry.from);
    w.free_up(w.t.lots[w.t.home_of(entry.lot)].sku);
  } else if (entry.from.kind == AccountKind::stock) {
    put_units(w, entry.lot, entry.from.warehouse, entry.from.location, entry.from.status,
              entry.quantity, entry.to);
  } else {
    w.goods(entry.sku, entry.lot, entry.quantity, entry.to, entry.from);
  }
}

// A stamp is not rubbed out: a negative one stands beside it.
void reverse_stamps_of(Work& w, DocumentId document, OrderId id) {
  const Order* order = w.t.find_order(id);
  if (order == nullptr) return;
  for (LineIndex i = 0; i < order->lines.size(); ++i) {
    std::vector<Stamp> net;
    for (const Stamp& stamp : order->lines[i].stamps) {
      if (stamp.dispatch != document) continue;
      const auto same = std::find_if(net.begin(), net.end(), [&](const Stamp& s) {
        return s.sku == stamp.sku && s.lot == stamp.lot && s.dispatch_line == stamp.dispatch_line &&
               s.warehouse == stamp.warehouse && s.evidence == stamp.evidence;
      });
      if (same == net.end()) {
        net.push_back(stamp);
      } else {
        same->quantity += stamp.quantity;
      }
    }
    for (Stamp& stamp : net) {
      if (stamp.quantity.is_zero()) continue;
      stamp.quantity = -stamp.quantity;
      w.t.touch_order(id).lines[i].stamps.push_back(stamp);
      w.out.stamps.push_back(stamp);
    }
  }
}

// A corrected document may name another order than before: the goods tell which had them.
void reverse_stamps(Work& w, DocumentId document) {
  std::set<OrderId> orders = {w.ctx.order};
  for (const Entry& entry : *w.ctx.reversed) {
    if (entry.from.order != 0) orders.insert(entry.from.order);
    if (entry.to.order != 0) orders.insert(entry.to.order);
  }
  for (const OrderId id : orders) reverse_stamps_of(w, document, id);
}

void reverse_returns(Work& w, const Entry& entry) {
  if (entry.from.kind != AccountKind::dispatched || w.t.find_order(entry.from.order) == nullptr)
    return;
  LineState& line = w.t.touch_order(entry.from.order).lines[entry.from.line];
  for (LotReturned& back : line.returned_lots) {
    if (back.lot != entry.lot) continue;
    const Quantity units = std::min(back.quantity, entry.quantity);
    back.quantity -= units;
    line.returned -= units;
  }
  std::erase_if(line.returned_lots, [](const LotReturned& r) { return r.quantity.is_zero(); });
}

void forget_unresolved(Work& w, SkuId sku, DocumentId document) {
  const auto at = w.t.unresolved.find(sku);
  if (at == w.t.unresolved.end()) return;
  std::vector<Unresolved> left = at->second;
  std::erase_if(left, [&](const Unresolved& open) { return open.dispatch == document; });
  w.t.set_unresolved(sku, std::move(left));
  w.free_up(sku);  // what stood aside for them may be sold again
}

// Units that stood in quarantine for their date are gone with the document that brought them.
void forget_conflicts(Work& w, LotId lot, DocumentId document) {
  if (lot == 0) return;
  LotDetails details = w.state.lot_details(w.t.home_of(lot));
  if (std::erase_if(details.conflicts, [&](const DateConflict& conflict) {
        return conflict.document == document;
      }) != 0) {
    w.t.set_details(w.t.home_of(lot), std::move(details));
  }
}

}  // namespace

bool reverse_entries(Work& w) {
  if (w.ctx.reversed == nullptr) {
    return park(w, "unavailable",
                "The entries of the document that is taken back are not at hand.");
  }
  const DocumentId document = taken_back(w);
  reverse_stamps(w, document);
  // What an earlier correction put back is among the entries as well: the sum is what stands now.
  std::vector<Entry> entries = *w.ctx.reversed;
  std::reverse(entries.begin(), entries.end());
  for (const Entry& entry : entries) {
    if (entry.book != Book::goods) continue;
    reverse_entry(w, entry);
    reverse_returns(w, entry);
    if (entry.lot == 0) forget_unresolved(w, entry.sku, document);
    forget_conflicts(w, entry.lot, document);
  }
  for (const Entry& entry : entries) {
    if (entry.book == Book::goods && entry.to.kind == AccountKind::stock && entry.lot != 0) {
      w.to_judge.emplace_back(w.t.home_of(entry.lot), entry.to.warehouse);
    }
  }
  return true;
}

}  // namespace lotbridge::core
