#include "dispatch_reports.hpp"

#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

bool from_there(const Work& w, const EarlierDispatch& earlier, OrderId id, WarehouseId warehouse) {
  if (earlier.body.warehouse) return w.state.warehouse_id(*earlier.body.warehouse) == warehouse;
  const Order* order = w.t.find_order(id);
  return order == nullptr || order->warehouse == 0 || order->warehouse == warehouse;
}

bool same_goods(const DispatchLine& a, const DispatchLine& b) {
  if (a.order_line && b.order_line) return *a.order_line == *b.order_line;
  return a.sku && b.sku && *a.sku == *b.sku;
}

const DispatchLine* find_in(const std::vector<DispatchLine>& lines, const DispatchLine& wanted) {
  const auto at = std::find_if(lines.begin(), lines.end(),
                               [&](const DispatchLine& line) { return same_goods(line, wanted); });
  return at == lines.end() ? nullptr : &*at;
}

bool same_lines(const Dispatch& a, const Dispatch& b) {
  return a.lines.size() == b.lines.size() &&
         std::all_of(a.lines.begin(), a.lines.end(), [&](const DispatchLine& line) {
           const DispatchLine* other = find_in(b.lines, line);
           return other != nullptr && other->quantity == line.quantity;
         });
}

bool same_tracking(const Dispatch& a, const Dispatch& b) {
  return a.tracking_number && b.tracking_number && *a.tracking_number == *b.tracking_number;
}

bool same_shipment(const Dispatch& a, const Dispatch& b) {
  return a.shipment && b.shipment && *a.shipment == *b.shipment;
}

// What stands of an earlier dispatch on an order line, and whether nobody had named its lots.
struct Stood {
  std::vector<Stamp> stamps;
  Quantity sum;
  bool told = false;
};

Stood stood_of(const LineState& line, DocumentId dispatch) {
  Stood out;
  for (const Stamp& stamp : line.stamps) {
    if (stamp.dispatch != dispatch) continue;
    const auto at = std::find_if(out.stamps.begin(), out.stamps.end(), [&](const Stamp& s) {
      return s.lot == stamp.lot && s.sku == stamp.sku && s.evidence == stamp.evidence;
    });
    if (at == out.stamps.end()) {
      out.stamps.push_back(stamp);
    } else {
      at->quantity += stamp.quantity;
    }
  }
  std::erase_if(out.stamps, [](const Stamp& stamp) { return stamp.quantity.is_zero(); });
  for (const Stamp& stamp : out.stamps) {
    out.sum += stamp.quantity;
    out.told = out.told || stamp.evidence <= Evidence::reported;
  }
  return out;
}

void write_stamp(Work& w, OrderId id, LineIndex line, Stamp stamp) {
  w.t.touch_order(id).lines[line].stamps.push_back(stamp);
  w.out.stamps.push_back(std::move(stamp));
}

void take_back_guess(Work& w, OrderId id, LineIndex line, const Stamp& stamp) {
  const Account gone = order_account(AccountKind::dispatched, 0, id, line);
  if (stamp.lot == 0) {
    w.goods(stamp.sku, 0, stamp.quantity, gone,
            stock_account(stamp.warehouse, 0, StockStatus::lot_unresolved));
    std::vector<Unresolved> open = w.t.unresolved[stamp.sku];
    std::erase_if(open, [&](const Unresolved& one) { return one.dispatch == stamp.dispatch; });
    w.t.set_unresolved(stamp.sku, std::move(open));
    for (const LotId lot : stamp.candidates) w.to_judge.emplace_back(lot, stamp.warehouse);
  } else {
    put_units(w, stamp.lot, stamp.warehouse, 0, StockStatus::available, stamp.quantity, gone);
    w.to_judge.emplace_back(stamp.lot, stamp.warehouse);
  }
  w.free_up(stamp.sku);
  Stamp back = stamp;
  back.quantity = -stamp.quantity;
  write_stamp(w, id, line, std::move(back));
}

// Nobody had said which lots it was: now somebody does.
void name_lots(Work& w, OrderId id, const EarlierDispatch& earlier, const DispatchLine& report) {
  const std::int64_t found = find_line(w.t, *w.t.find_order(id), report.order_line, report.sku);
  if (found < 0 || !report.lots) return;
  const auto line = static_cast<LineIndex>(found);
  const LineState state = w.t.find_order(id)->lines[line];
  const Stood stood = stood_of(state, earlier.document);
  Quantity named;
  for (const LotQuantity& lot : *report.lots) named += lot.quantity;
  if (!state.components.empty() || stood.stamps.empty() || stood.told || stood.sum != named) return;
  for (const Stamp& stamp : stood.stamps) take_back_guess(w, id, line, stamp);
  for (const LotQuantity& lot : *report.lots) {
    Stamp stamp = stood.stamps.front();
    stamp.lot = find_or_create_lot(w, stamp.sku, lot.lot);
    stamp.quantity = lot.quantity;
    stamp.expires_on = w.t.lots[stamp.lot].expires_on;
    stamp.evidence = lot.scanned.value_or(false) ? Evidence::scanned : Evidence::reported;
    stamp.candidates.clear();
    Place place;
    place.warehouse = stamp.warehouse;
    place.any_status = true;
    take_units(w, stamp.lot, place, stamp.quantity,
               order_account(AccountKind::dispatched, 0, id, line));
    w.to_judge.emplace_back(stamp.lot, stamp.warehouse);
    write_stamp(w, id, line, std::move(stamp));
  }
  w.out.follows.about = earlier.document;
}

void fill_gaps(Work& w, OrderId id, const EarlierDispatch& earlier, const Dispatch& report) {
  for (const DispatchLine& line : report.lines) {
    if (find_in(earlier.body.lines, line) != nullptr) name_lots(w, id, earlier, line);
  }
  if (!earlier.body.carrier) w.out.follows.carrier = report.carrier;
  if (!earlier.body.tracking_number) w.out.follows.tracking_number = report.tracking_number;
  w.out.follows.about = earlier.document;
}

// Whether this source's word moved goods when it was said.
bool counted(const Work& w, const EarlierDispatch& earlier, OrderId id) {
  const Order* order = w.t.find_order(id);
  if (order == nullptr) return false;
  return std::any_of(order->lines.begin(), order->lines.end(), [&](const LineState& line) {
    return !stood_of(line, earlier.document).stamps.empty();
  });
}

}  // namespace

Dispatch without_known_reports(Work& w, OrderId id, WarehouseId warehouse,
                               const Dispatch& dispatch) {
  Dispatch left = dispatch;
  for (const EarlierDispatch& earlier : w.ctx.followed.earlier) {
    if (!from_there(w, earlier, id, warehouse)) continue;
    const bool one = same_shipment(earlier.body, dispatch);
    if (one && counted(w, earlier, id)) {
      fill_gaps(w, id, earlier, dispatch);
      std::erase_if(left.lines, [&](const DispatchLine& line) {
        return find_in(earlier.body.lines, line) != nullptr;
      });
      continue;
    }
    // Another source spoke first, and was not the one whose word counts.
    const bool same = earlier.source != w.source && !counted(w, earlier, id) &&
                      (one || same_tracking(earlier.body, dispatch) ||
                       (!(earlier.body.tracking_number && dispatch.tracking_number) &&
                        same_lines(earlier.body, dispatch)));
    if (!same) continue;
    for (DispatchLine& line : left.lines) {
      const DispatchLine* told = find_in(earlier.body.lines, line);
      if (told != nullptr && !line.lots && told->quantity == line.quantity) line.lots = told->lots;
    }
    if (!left.carrier) w.out.follows.carrier = earlier.body.carrier;
    if (!left.tracking_number) w.out.follows.tracking_number = earlier.body.tracking_number;
  }
  return left;
}

bool matches_known_dispatch(Work& w, OrderId id, WarehouseId warehouse, const Dispatch& dispatch) {
  for (const bool by_tracking : {true, false}) {
    for (const EarlierDispatch& earlier : w.ctx.followed.earlier) {
      if (!from_there(w, earlier, id, warehouse) || !counted(w, earlier, id)) continue;
      // Two numbers that differ are two parcels, however alike what is in them.
      const bool both = earlier.body.tracking_number && dispatch.tracking_number;
      const bool same = by_tracking ? same_shipment(earlier.body, dispatch) ||
                                          same_tracking(earlier.body, dispatch)
                                    : !both && same_lines(earlier.body, dispatch);
      if (!same) continue;
      fill_gaps(w, id, earlier, dispatch);
      return true;
    }
  }
  return false;
}

}  // namespace lotbridge::core
