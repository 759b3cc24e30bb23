// What each document says. See generator.hpp.
#include <algorithm>

#include <lotbridge/records.hpp>

#include "generator.hpp"

namespace lotbridge::simulation {

Document Generator::wrap(Body body, const std::string& source, const std::string& id) {
  Document out;
  out.owner = model_.world().owners[static_cast<std::size_t>(owner_)].name;
  out.source = source;
  out.id = id;
  out.at = model_.now();
  if (is_fact(source) && random_.one_in(6)) out.at->ms -= random_.between(1, 48 * 60) * 60'000LL;
  out.body = std::move(body);
  return out;
}

std::string Generator::warehouse() {
  const auto& all = model_.world().warehouses;
  return all[static_cast<std::size_t>(random_.below(static_cast<int>(all.size())))].name;
}

const std::string& Generator::warehouse_name(int at) const {
  return model_.world().warehouses[static_cast<std::size_t>(std::max(0, at))].name;
}

std::string Generator::fact_source() {
  return random_.any<const char*>({"wms-1", "wms-1", "wms-2", "files", "api"});
}

Date Generator::day(int from_today) { return model_.now().utc_date().plus_days(from_today); }

Quantity Generator::units(int most) { return Quantity::whole(random_.between(1, most)); }

int Generator::any_order(const std::function<bool(const OrderBook&)>& wanted) {
  // Rather the newer ones.
  const int count = static_cast<int>(model_.orders().size());
  for (int i = 0; i < 30 && count > 0; ++i) {
    const int back = std::min(random_.below(count), random_.below(60));
    const int at = count - 1 - back;
    const OrderBook& order = model_.orders()[static_cast<std::size_t>(at)];
    if (order.owner == owner_ && wanted(order)) return at;
  }
  return kNone;
}

int Generator::any_lot(const std::function<bool(const LotBook&)>& wanted) {
  const int count = static_cast<int>(model_.lots().size());
  for (int i = 0; i < 30 && count > 0; ++i) {
    const int at = count - 1 - std::min(random_.below(count), random_.below(80));
    const LotBook& lot = model_.lots()[static_cast<std::size_t>(at)];
    if (lot.code.empty()) continue;
    if (model_.skus()[static_cast<std::size_t>(lot.sku)].owner == owner_ && wanted(lot)) return at;
  }
  return kNone;
}

bool Generator::has_stock(const LotBook& lot) const {
  return std::any_of(lot.sums.begin(), lot.sums.end(),
                     [](const auto& e) { return e.first.kind == Kind::stock && e.second > 0; });
}

std::string Generator::sku_of_owner() {
  return random_.any<const char*>({"S1", "S1", "S2", "S2", "S3", "S4", "S5", "S6", "S7"});
}

std::string Generator::lot_code_of(const std::string& sku) {
  const int at = model_.find_sku(owner_, sku);
  const bool known = at != kNone && !model_.skus()[static_cast<std::size_t>(at)].lots.empty();
  if (!known || random_.percent(65)) return sku + "-" + std::to_string(++serial_);
  const std::vector<int>& lots = model_.skus()[static_cast<std::size_t>(at)].lots;
  const int back = std::min(random_.below(static_cast<int>(lots.size())), random_.below(8));
  return model_
      .lots()[static_cast<std::size_t>(lots[lots.size() - 1 - static_cast<std::size_t>(back)])]
      .code;
}

std::string Generator::order_reference(const OrderBook& order) {
  if (!order.known) return order.reference;
  return order.header.number && random_.one_in(3) ? *order.header.number : order.id;
}

// ---- items and policies

Document Generator::item() {
  const int which = items_sent_ < 7 * static_cast<int>(model_.world().owners.size())
                        ? items_sent_ % 7
                        : random_.below(8);
  if (items_sent_ < 7 * static_cast<int>(model_.world().owners.size())) owner_ = items_sent_ / 7;
  ++items_sent_;
  Item item;
  item.sku = which == 6   ? std::string("K1")
             : which == 7 ? std::string("S7")
                          : "S" + std::to_string(which + 1);
  item.name = "Item " + item.sku;
  if (which == 1) item.date_kind = DateKind::best_before;
  if (which == 3) item.lot_tracked = item.shelf_life_controlled = false;
  if (which == 4) item.shelf_life_controlled = false;
  if (which == 5) item.decimals = 1;
  if (which == 6) item.components = {{"S1", Quantity::whole(2)}, {"S2", Quantity::whole(1)}};
  if (random_.one_in(2)) item.shelf_life_days = random_.between(10, 60);
  if (random_.one_in(4)) item.removal_days = random_.between(0, 4);
  if (random_.one_in(3)) item.alert_days = random_.between(0, 6);
  if (random_.one_in(8)) item.requires_inspection = true;
  if (random_.one_in(4)) item.policy = random_.knobs();
  if (random_.one_in(2)) item.packs = {{"case", Quantity::whole(6), {}}};
  item.gtins = {"0950600013" + std::to_string(4000 + which)};
  std::string source = "api";
  if (random_.one_in(3)) {
    source = random_.any<const char*>({"shop-a", "shop-b"});
    item.aliases = {{source, "V-" + item.sku, Quantity::whole(random_.between(1, 2))}};
  }
  Document out = wrap(item, source, item.sku);
  // What a sender wrote apart from what it left to the defaults is known only by reading it.
  auto read = read_document(DocumentType::item, write_document(out));
  return read.ok() ? *read : out;
}

Document Generator::policy() {
  Policy policy;
  if (random_.one_in(3)) policy.scope.channel = random_.any<const char*>({"d2c", "b2b"});
  if (random_.one_in(4)) policy.scope.customer = "c" + std::to_string(random_.below(4));
  if (random_.one_in(3)) policy.scope.sku = sku_of_owner();
  if (random_.one_in(4)) policy.scope.warehouse = warehouse();
  if (random_.one_in(5)) policy.scope.destination = random_.any<const char*>({"ES", "ES-MD", "FR"});
  policy.policy = random_.knobs();
  return wrap(policy, random_.one_in(4) ? "shop-a" : "api", "P" + std::to_string(random_.below(7)));
}

// ---- goods-in

Document Generator::receipt() {
  Receipt receipt;
  receipt.warehouse = warehouse();
  if (random_.one_in(30)) receipt.kind = ReceiptKind::opening;
  if (random_.one_in(3)) receipt.supplier = random_.any<const char*>({"dairy", "farm"});
  if (random_.one_in(3))
    receipt.received_on = day(random_.one_in(12) ? random_.between(1, 4) : -random_.below(4));
  for (int i = random_.between(1, 3); i > 0; --i) {
    ReceiptLine line;
    line.line = std::to_string(i);
    line.sku = random_.one_in(80) ? std::string("NOPE") : sku_of_owner();
    line.quantity = units(90);
    if (random_.one_in(12)) line.pack = "case";
    if (line.sku != "S4" && !random_.one_in(40)) line.lot = LotCode{lot_code_of(line.sku)};
    if (line.sku == "S4" && random_.one_in(3)) line.lot = LotCode{lot_code_of(line.sku)};
    const int at =
        line.lot ? model_.find_lot(model_.find_sku(owner_, line.sku), line.lot->text) : kNone;
    const std::int32_t known =
        at == kNone ? kNever : model_.lots()[static_cast<std::size_t>(at)].expires_on;
    if (known != kNever && !random_.one_in(12)) {
      if (!random_.one_in(3)) line.expires_on = Date{known};
    } else if (random_.percent(80)) {
      line.expires_on = day(random_.between(-2, 50));
    }
    if (random_.one_in(4)) line.produced_on = day(-random_.between(0, 9));
    if (random_.one_in(15)) line.sell_by = day(random_.between(2, 30));
    if (random_.one_in(15)) line.removal_on = day(random_.between(2, 30));
    if (random_.one_in(20)) line.date_kind = DateKind::best_before;
    if (random_.one_in(2)) line.location = random_.any<const char*>({"A-01", "B-01", "Z-9"});
    if (random_.one_in(10)) {
      line.status = random_.any({StockStatus::quarantine, StockStatus::damaged});
      line.status_given = true;
    }
    receipt.lines.push_back(line);
  }
  return wrap(receipt, fact_source(), id("R"));
}

// ---- orders

std::vector<OrderLine> Generator::order_lines() {
  std::vector<OrderLine> lines;
  const bool group = random_.one_in(15);
  for (int i = random_.between(1, 3); i > 0; --i) {
    OrderLine line;
    line.line = std::to_string(i);
    const std::string sku = random_.one_in(12) ? std::string("K1") : sku_of_owner();
    if (random_.one_in(10)) {
      line.variant = "V-" + sku;
      if (random_.one_in(2)) line.sku = sku;
    } else {
      line.sku = sku;
    }
    Quantity quantity = units(sku == "K1" ? 3 : 7);
    if (random_.one_in(40)) quantity = Quantity{};
    if (random_.one_in(40)) quantity.micros += kOne / 2;
    line.quantity = quantity;
    line.quantity_text = quantity.text();
    if (random_.one_in(20)) line.pack = "case";
    if (random_.one_in(40)) line.requires_shipping = false;
    if (random_.one_in(20)) line.warehouse = warehouse();
    if (random_.one_in(14)) line.lot = LotCode{lot_code_of(sku)};
    if (group) line.same_lot_group = "g";
    if (random_.one_in(7)) line.policy = random_.order_knobs();
    lines.push_back(line);
  }
  return lines;
}

Document Generator::order() {
  const int again = random_.percent(30)
                        ? any_order([](const OrderBook& o) { return o.known && !o.lines.empty(); })
                        : kNone;
  lotbridge::Order order;
  std::string source, name;
  if (again != kNone) {
    const OrderBook& book = model_.orders()[static_cast<std::size_t>(again)];
    order = book.header;
    source = book.source;
    name = book.id;
    for (const LineBook& line : book.lines) {
      if (!line.removed && !line.sent.line.empty()) order.lines.push_back(line.sent);
    }
    const int change = random_.below(6);
    if (change == 0 || order.lines.empty()) order.lines = order_lines();
    if (change >= 1 && change <= 3 && !order.lines.empty()) {
      OrderLine& line =
          order
              .lines[static_cast<std::size_t>(random_.below(static_cast<int>(order.lines.size())))];
      line.quantity = units(12);
      line.quantity_text = line.quantity->text();
    }
    if (change == 4) order.hold = order.hold ? Maybe<std::string>() : Maybe<std::string>("fraud");
    if (change == 5) order.priority = random_.below(3);
    if (change == 5 && random_.one_in(2)) order.warehouse = warehouse();
    if (change == 3) order.ship_on = day(random_.below(6));
  } else {
    source = random_.any<const char*>({"shop-a", "shop-a", "shop-b", "api"});
    name = id(source == "shop-a" ? "A" : source == "shop-b" ? "B" : "P");
    order.number = "#" + name;
    order.lines = order_lines();
    order.channel = random_.any<const char*>({"d2c", "d2c", "b2b"});
    if (random_.one_in(5)) order.priority = random_.below(3);
    if (random_.one_in(25)) order.hold = "fraud";
    if (random_.one_in(3)) order.ship_on = day(random_.below(6));
    if (random_.one_in(8)) order.promised_on = day(random_.below(9));
    if (random_.one_in(2))
      order.placed_at = Timestamp{model_.now().ms - random_.below(3000) * 60'000LL};
    if (random_.one_in(25))
      order.hold_until = Timestamp{model_.now().ms + random_.between(1, 3000) * 60'000LL};
    if (random_.one_in(10)) order.warehouse = warehouse();
    if (random_.one_in(2)) {
      order.customer.emplace();
      order.customer->id = "c" + std::to_string(random_.below(4));
    }
    if (random_.one_in(2)) {
      order.ship_to.emplace();
      order.ship_to->country = random_.any<const char*>({"ES", "FR"});
      if (random_.one_in(2)) order.ship_to->region = "MD";
    }
    if (random_.one_in(5)) order.policy = random_.order_knobs();
  }
  if (source != "api") order.version = ++version_;
  return wrap(order, source, name);
}

Document Generator::cancellation() {
  const int at = any_order([](const OrderBook& o) {
    return o.known && !o.cancelled &&
           std::any_of(o.lines.begin(), o.lines.end(),
                       [](const LineBook& l) { return !l.removed; });
  });
  Cancellation out;
  std::string source = "api";
  if (at == kNone) {
    out.order = "A" + std::to_string(serial_ + 1);
    source = "shop-a";
  } else {
    const OrderBook& order = model_.orders()[static_cast<std::size_t>(at)];
    out.order = order_reference(order);
    if (order.source != "api") source = order.source;
    if (!random_.one_in(3)) {
      out.lines.emplace();
      for (const LineBook& line : order.lines) {
        if (line.removed || line.sent.line.empty() || !out.lines->empty()) continue;
        const Units open = model_.open_units(line) / kOne;
        out.lines->push_back({line.sent.line, {}, units(std::max(1, static_cast<int>(open)))});
      }
      if (out.lines->empty()) out.lines.reset();
    }
  }
  return wrap(out, source, id("X"));
}

}  // namespace lotbridge::simulation
