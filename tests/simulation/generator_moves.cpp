// What leaves, comes back, is held, moved and counted. See generator.hpp.
#include <algorithm>

#include "generator.hpp"

namespace lotbridge::simulation {

// ---- what leaves and comes back

std::vector<LotQuantity> Generator::named_lots(const LineBook& line, int sku, Units units) {
  std::vector<LotQuantity> out;
  Units left = units;
  for (const Promise& p : line.promises) {
    const LotBook& lot = model_.lots()[static_cast<std::size_t>(p.lot)];
    if (lot.sku != sku || left <= 0) continue;
    const Units now = std::min(left, p.reserved + p.picked);
    out.push_back({LotCode{lot.code}, Quantity{now}, {}});
    left -= now;
  }
  if (random_.one_in(6) || out.empty()) {
    const std::vector<int>& lots = model_.skus()[static_cast<std::size_t>(sku)].lots;
    std::string code = "TYPO-" + std::to_string(random_.below(40));
    if (!lots.empty() && !random_.one_in(25))
      code = model_
                 .lots()[static_cast<std::size_t>(
                     lots[static_cast<std::size_t>(random_.below(static_cast<int>(lots.size())))])]
                 .code;
    out = {{LotCode{code}, Quantity{units}, {}}};
    left = 0;
  }
  if (left > 0 && !random_.one_in(6)) out.back().quantity.micros += left;
  for (LotQuantity& lot : out) {
    if (random_.one_in(3)) lot.scanned = true;
    if (random_.one_in(40)) lot.quantity.micros += kOne;
  }
  return out;
}

Document Generator::pick() {
  const int at = any_order([](const OrderBook& o) {
    return std::any_of(o.lines.begin(), o.lines.end(),
                       [](const LineBook& l) { return !l.promises.empty(); });
  });
  if (at == kNone) return order();
  const OrderBook& order = model_.orders()[static_cast<std::size_t>(at)];
  Pick pick;
  pick.order = order_reference(order);
  for (const LineBook& line : order.lines) {
    if (line.promises.empty() || (!pick.lines.empty() && random_.one_in(3))) continue;
    const Promise& p = line.promises[static_cast<std::size_t>(
        random_.below(static_cast<int>(line.promises.size())))];
    const LotBook& lot = model_.lots()[static_cast<std::size_t>(p.lot)];
    if (!pick.warehouse && !random_.one_in(4)) pick.warehouse = warehouse_name(p.warehouse);
    PickLine out;
    out.order_line = line.sent.line;
    if (line.sent.line.empty() || line.is_kit())
      out.sku = model_.skus()[static_cast<std::size_t>(lot.sku)].name;
    out.quantity =
        Quantity{std::max<Units>(kOne, random_.one_in(2) ? p.reserved + p.picked : kOne)};
    if (!random_.one_in(3)) out.lot = LotCode{lot.code};
    if (random_.one_in(8)) out.lot = named_lots(line, lot.sku, kOne).front().lot;
    if (random_.one_in(12)) out.short_quantity = units(3);
    if (random_.one_in(3)) out.reason = "nearer";
    if (random_.one_in(6)) out.location = "A-01";
    pick.lines.push_back(out);
    pick.put_back = p.picked > 0 && random_.one_in(3);
  }
  if (pick.lines.empty()) return this->order();
  return wrap(pick, fact_source(), id("PK"));
}

Document Generator::dispatch() {
  Dispatch out;
  const int at = any_order([](const OrderBook& o) {
    return std::any_of(o.lines.begin(), o.lines.end(),
                       [](const LineBook& l) { return !l.promises.empty(); });
  });
  if (at == kNone || random_.one_in(30)) {
    // Of an order that has not come yet, or never will.
    if (!random_.one_in(6)) out.order = "A" + std::to_string(serial_ + random_.between(1, 40));
    DispatchLine line;
    if (random_.one_in(2)) line.order_line = "1";
    line.sku = sku_of_owner();
    line.quantity = units(5);
    const int sku = model_.find_sku(owner_, *line.sku);
    if (sku != kNone && random_.one_in(2))
      line.lots = named_lots(LineBook{}, sku, line.quantity.micros);
    out.warehouse = warehouse();
    out.lines.push_back(line);
    return wrap(out, "wms-1", id("S"));
  }
  const OrderBook& order = model_.orders()[static_cast<std::size_t>(at)];
  out.order = order_reference(order);
  for (const LineBook& line : order.lines) {
    if (line.promises.empty() || (!out.lines.empty() && random_.one_in(4))) continue;
    const int sku = model_.lots()[static_cast<std::size_t>(line.promises.front().lot)].sku;
    DispatchLine sent;
    if (!line.sent.line.empty()) sent.order_line = line.sent.line;
    if (line.sent.line.empty() || (line.is_kit() && random_.one_in(2)))
      sent.sku = model_.skus()[static_cast<std::size_t>(sku)].name;
    Units units = model_.promised_part(line, sku);
    if (line.is_kit() && !sent.sku) {
      units = std::max<Units>(1, model_.open_units(line) / kOne) * kOne;
    } else {
      if (random_.one_in(4)) units = std::max<Units>(kOne, units - kOne);
      if (random_.one_in(20)) units += kOne;
      if (!random_.one_in(3)) sent.lots = named_lots(line, sku, units);
    }
    sent.quantity = Quantity{units};
    if (!out.warehouse && !random_.one_in(5))
      out.warehouse = warehouse_name(line.promises.front().warehouse);
    out.lines.push_back(sent);
  }
  if (random_.one_in(2)) out.tracking_number = id("TR");
  if (random_.one_in(8)) out.override_reason = "agreed";
  return wrap(out, fact_source(), id("S"));
}

Document Generator::return_() {
  Return out;
  const int at = any_order([](const OrderBook& o) {
    return std::any_of(o.lines.begin(), o.lines.end(),
                       [](const LineBook& l) { return !l.stamps.empty(); });
  });
  if (random_.one_in(2)) out.warehouse = warehouse();
  if (random_.one_in(25)) out.received = false;
  ReturnLine line;
  line.disposition = random_.any(
      {ReturnDisposition::quarantine, ReturnDisposition::restock, ReturnDisposition::scrap});
  line.quantity = units(3);
  if (at == kNone || random_.one_in(12)) {
    line.sku = sku_of_owner();
    const int sku = model_.find_sku(owner_, *line.sku);
    if (sku != kNone && random_.one_in(2))
      line.lots = named_lots(LineBook{}, sku, line.quantity.micros);
    out.lines.push_back(line);
    return wrap(out, fact_source(), id("RT"));
  }
  const OrderBook& order = model_.orders()[static_cast<std::size_t>(at)];
  out.order = order_reference(order);
  for (const LineBook& from : order.lines) {
    if (from.stamps.empty()) continue;
    const Stamp& stamp =
        from.stamps[static_cast<std::size_t>(random_.below(static_cast<int>(from.stamps.size())))];
    if (!from.sent.line.empty()) line.order_line = from.sent.line;
    if (from.sent.line.empty() || from.is_kit())
      line.sku = model_.skus()[static_cast<std::size_t>(stamp.sku)].name;
    if (stamp.units > 0)
      line.quantity = Quantity{std::min<Units>(stamp.units, line.quantity.micros)};
    if (stamp.lot != kNone && random_.one_in(2))
      line.lots = {
          {LotCode{model_.lots()[static_cast<std::size_t>(stamp.lot)].code}, line.quantity, {}}};
    break;
  }
  out.lines.push_back(line);
  return wrap(out, fact_source(), id("RT"));
}

// ---- blocks

Document Generator::hold() {
  Hold out;
  out.code = random_.any<const char*>({"qa", "qa", "lab"});
  const int at = any_lot([&](const LotBook& lot) { return has_stock(lot); });
  if (at == kNone) return receipt();
  const LotBook& lot = model_.lots()[static_cast<std::size_t>(at)];
  LotRef ref;
  ref.sku = model_.skus()[static_cast<std::size_t>(lot.sku)].name;
  ref.lot = LotCode{random_.one_in(30) ? id("H-") : lot.code};
  if (random_.one_in(2)) ref.warehouse = warehouse();
  out.lots.push_back(ref);
  return wrap(out, random_.one_in(3) ? "wms-1" : "api", id("H"));
}

Document Generator::release() {
  Release out;
  const int at = any_lot([](const LotBook& lot) { return !lot.holds.empty(); });
  if (at == kNone) return hold();
  const LotBook& lot = model_.lots()[static_cast<std::size_t>(at)];
  const auto& [place, code] = *lot.holds.begin();
  out.code = code;
  LotRef ref;
  ref.sku = model_.skus()[static_cast<std::size_t>(lot.sku)].name;
  ref.lot = LotCode{lot.code};
  if (place != kNone) ref.warehouse = warehouse_name(place);
  if (random_.one_in(20)) ref.warehouse = warehouse();
  out.lots.push_back(ref);
  return wrap(out, random_.one_in(3) ? "wms-1" : "api", id("L"));
}

// ---- moves

Document Generator::transfer() {
  const int at = any_lot([&](const LotBook& lot) { return has_stock(lot); });
  if (at == kNone) return receipt();
  const LotBook& lot = model_.lots()[static_cast<std::size_t>(at)];
  Transfer out;
  TransferLine line;
  line.sku = model_.skus()[static_cast<std::size_t>(lot.sku)].name;
  line.lot = LotCode{lot.code};
  for (const auto& [account, units] : lot.sums) {
    if (account.kind != Kind::stock || units <= 0) continue;
    if (account.status == StockStatus::lot_unresolved) continue;
    out.from.warehouse = out.to.warehouse = warehouse_name(account.warehouse);
    if (!account.place.empty() && random_.one_in(2)) out.from.location = account.place;
    out.from.status = account.status;
    line.quantity = Quantity{random_.one_in(2) ? units : std::min(units, kOne * 2)};
    if (random_.one_in(3)) break;
  }
  if (out.from.warehouse.empty()) return receipt();
  out.to.status = random_.any({StockStatus::available, StockStatus::available,
                               StockStatus::quarantine, StockStatus::damaged});
  if (random_.one_in(3)) out.to.location = random_.any<const char*>({"A-01", "B-01"});
  out.lines.push_back(line);
  return wrap(out, fact_source(), id("T"));
}

Document Generator::count() {
  const int at = any_lot([&](const LotBook& lot) { return has_stock(lot) || random_.one_in(8); });
  if (at == kNone) return receipt();
  const LotBook& lot = model_.lots()[static_cast<std::size_t>(at)];
  Count out;
  out.warehouse = warehouse();
  CountLine line;
  line.sku = model_.skus()[static_cast<std::size_t>(lot.sku)].name;
  line.lot = LotCode{lot.code};
  line.counted = units(20);
  for (const auto& [account, units] : lot.sums) {
    if (account.kind != Kind::stock || account.status == StockStatus::lot_unresolved) continue;
    out.warehouse = warehouse_name(account.warehouse);
    if (!account.place.empty() && random_.one_in(2)) out.location = account.place;
    line.status = account.status;
    line.counted = Quantity{std::max<Units>(0, units + random_.between(-3, 1) * kOne)};
    if (random_.one_in(2)) break;
  }
  if (random_.one_in(12)) line.expires_on = day(random_.between(3, 30));
  if (random_.one_in(5))
    out.snapshot_at = Timestamp{model_.now().ms - random_.below(600) * 60'000LL};
  out.lines.push_back(line);
  return wrap(out, fact_source(), id("C"));
}

Document Generator::adjustment() {
  const int at = any_lot([&](const LotBook& lot) { return has_stock(lot); });
  if (at == kNone) return receipt();
  const LotBook& lot = model_.lots()[static_cast<std::size_t>(at)];
  Adjustment out;
  out.warehouse = warehouse();
  out.reason =
      random_.any({AdjustmentReason::scrapped, AdjustmentReason::lost, AdjustmentReason::found,
                   AdjustmentReason::supplier_return, AdjustmentReason::correction});
  AdjustmentLine line;
  line.sku = model_.skus()[static_cast<std::size_t>(lot.sku)].name;
  line.lot = LotCode{lot.code};
  for (const auto& [account, units] : lot.sums) {
    if (account.kind != Kind::stock || units <= 0 || account.status == StockStatus::lot_unresolved)
      continue;
    out.warehouse = warehouse_name(account.warehouse);
    if (!account.place.empty() && random_.one_in(2)) line.location = account.place;
    line.status = account.status;
    if (random_.one_in(2)) break;
  }
  line.quantity = units(4);
  const bool gain = out.reason == AdjustmentReason::found ||
                    (out.reason == AdjustmentReason::correction && random_.one_in(2));
  if (!gain) line.quantity = -line.quantity;
  if (out.reason == AdjustmentReason::correction && gain && random_.one_in(2)) {
    const std::vector<int>& lots = model_.skus()[static_cast<std::size_t>(lot.sku)].lots;
    line.from_lot = LotCode{
        model_
            .lots()[static_cast<std::size_t>(
                lots[static_cast<std::size_t>(random_.below(static_cast<int>(lots.size())))])]
            .code};
  }
  out.lines.push_back(line);
  return wrap(out, fact_source(), id("J"));
}

Document Generator::erasure() {
  Erasure out;
  out.customer = "c" + std::to_string(random_.below(4));
  return wrap(out, random_.any<const char*>({"shop-a", "shop-b"}), id("E"));
}

// Takes a document of the type back that was sent lately; without an id where there is none.
Document Generator::void_something(DocumentType type) {
  Document out;
  for (const Step& step : recent_) {
    if (step.document.type() != type || step.deed != Deed::document || random_.one_in(2)) continue;
    const bool can = std::visit(
        [](const auto& body) {
          return requires { body.void_of; };
        },
        step.document.body);
    if (!can) return {};
    out = step.document;
    std::visit(
        [&](auto& body) {
          if constexpr (requires { body.void_of; }) {
            body.void_of = step.document.id;
            if constexpr (requires { body.lines; }) body.lines.clear();
          }
        },
        out.body);
    out.id = id("V");
    out.at = model_.now();
  }
  return out;
}

// The same document as somebody would send it after looking again.
Document Generator::corrected(Document document) {
  std::visit(
      [&](auto& body) {
        if constexpr (requires { body.lines.front().quantity.micros; }) {
          if (!body.lines.empty() && body.lines.front().quantity.micros > 0)
            body.lines.front().quantity = units(5);
        } else if constexpr (requires { body.lines.front().counted; }) {
          if (!body.lines.empty()) body.lines.front().counted = units(9);
        }
      },
      document.body);
  return document;
}

}  // namespace lotbridge::simulation
