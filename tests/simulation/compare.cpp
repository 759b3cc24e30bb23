#include "compare.hpp"

#include <algorithm>

namespace lotbridge::simulation {

namespace {

std::string text(Units units) { return Quantity{units}.text(); }

core::AccountKind kind_of(Kind kind) {
  switch (kind) {
    case Kind::stock:
      return core::AccountKind::stock;
    case Kind::supplier:
      return core::AccountKind::supplier;
    case Kind::opening:
      return core::AccountKind::opening;
    case Kind::in_transit:
      return core::AccountKind::in_transit;
    case Kind::dispatched:
      return core::AccountKind::dispatched;
    case Kind::consumed:
      return core::AccountKind::consumed;
    case Kind::scrapped:
      return core::AccountKind::scrapped;
    case Kind::lost:
      return core::AccountKind::lost;
    case Kind::found:
      return core::AccountKind::found;
    case Kind::supplier_return:
      return core::AccountKind::supplier_return;
    case Kind::other_owner:
      return core::AccountKind::other_owner;
  }
  return core::AccountKind::stock;
}

core::WarehouseId warehouse_id(int at) { return static_cast<core::WarehouseId>(at + 1); }

std::string difference(const std::string& what, const std::string& model, const std::string& got) {
  return what + ": the model says " + model + ", the daemon " + got;
}

template <typename Key>
std::string list(const std::map<Key, Units>& all,
                 const std::function<std::string(const Key&)>& name) {
  std::string out;
  for (const auto& [key, units] : all)
    out += (out.empty() ? "" : ", ") + name(key) + "=" + text(units);
  return out.empty() ? "nothing" : out;
}

}  // namespace

core::SkuId Comparison::sku_id(const State& state, int at) const {
  const SkuBook& sku = model_.skus()[static_cast<std::size_t>(at)];
  return state.sku_id(static_cast<core::OwnerId>(sku.owner + 1), sku.name);
}

core::LotId Comparison::lot_id(const State& state, int at) const {
  const LotBook& lot = model_.lots()[static_cast<std::size_t>(at)];
  return lot.code.empty() ? 0 : state.lot_id(sku_id(state, lot.sku), lot.code);
}

int Comparison::lot_at(const State& state, core::LotId id) const {
  const core::Lot* lot = state.lot(id);
  const core::Sku* sku = lot == nullptr ? nullptr : state.sku(lot->sku);
  if (sku == nullptr) return kNone;
  const int at = model_.find_sku(sku->owner - 1, sku->item.sku);
  return at == kNone ? kNone : model_.find_lot(at, std::string(state.lot_code(id)));
}

core::Account Comparison::account(const State& state, const Account& a) const {
  core::Account out;
  out.kind = kind_of(a.kind);
  out.status = a.kind == Kind::stock ? a.status : StockStatus::available;
  if (a.warehouse != kNone) out.warehouse = warehouse_id(a.warehouse);
  if (!a.place.empty()) out.location = state.location_id(out.warehouse, a.place);
  if (a.order != kNone && static_cast<std::size_t>(a.order) < order_ids_.size())
    out.order = order_ids_[static_cast<std::size_t>(a.order)];
  if (a.line != kNone) out.line = static_cast<core::LineIndex>(a.line);
  return out;
}

std::string Comparison::account(const State& state, const core::Account& a) const {
  std::string out = "account " + std::to_string(static_cast<int>(a.kind));
  if (a.warehouse != 0) out += " " + state.warehouse(a.warehouse)->name;
  if (a.location != 0) out += "/" + state.location(a.location)->name;
  if (a.status != StockStatus::available)
    out += " status " + std::to_string(static_cast<int>(a.status));
  if (a.order != 0) out += " order " + std::to_string(a.order) + " line " + std::to_string(a.line);
  return out;
}

void Comparison::pair_orders(const State& state, const Books& books) {
  // Orders came to be in the same sequence on both sides.
  core::OrderId next = order_ids_.empty() ? 0 : order_ids_.back();
  while (order_ids_.size() < model_.orders().size()) {
    core::OrderId found = 0;
    for (core::OrderId id = next + 1; id < next + 20 && found == 0; ++id) {
      if (state.order(id) != nullptr || books.closed_order(id) != nullptr) found = id;
    }
    if (found == 0) return say("the daemon lacks an order that the model has");
    order_at_[found] = static_cast<int>(order_ids_.size());
    order_ids_.push_back(found);
    next = found;
  }
}

void Comparison::lot(const State& state, const Books& books, int at) {
  const LotBook& lot = model_.lots()[static_cast<std::size_t>(at)];
  const SkuBook& sku = model_.skus()[static_cast<std::size_t>(lot.sku)];
  const std::string name =
      "lot " + (lot.code.empty() ? "(nobody knows)" : lot.code) + " of " + sku.name;
  const core::SkuId sku_id_now = sku_id(state, lot.sku);
  const core::LotId id = lot_id(state, at);
  if (sku_id_now == 0) return say(name + ": the daemon does not know the SKU");
  std::map<core::Account, Units> should;
  for (const auto& [a, units] : lot.sums) should[account(state, a)] += units;
  const auto is = books.sums(sku_id_now, id, core::Book::goods);
  if (should != is) {
    const std::function<std::string(const core::Account&)> word = [&](const core::Account& a) {
      return account(state, a);
    };
    std::map<core::Account, Units> more, less;
    for (const auto& [a, units] : should) {
      if (!is.contains(a) || is.at(a) != units) more[a] = units;
    }
    for (const auto& [a, units] : is) {
      if (!should.contains(a) || should.at(a) != units) less[a] = units;
    }
    say(difference(name, list(more, word), list(less, word)));
  }
  if (lot.code.empty()) return;
  const core::Lot* row = state.lot(id);
  if (row == nullptr) return say(name + ": the daemon does not know it");
  const auto date = [](std::int32_t day) { return day == kNever ? "none" : Date{day}.text(); };
  const auto same_date = [&](const char* field, std::int32_t model, std::int32_t got) {
    if (model != got) say(difference(name + " " + field, date(model), date(got)));
  };
  same_date("expires_on", lot.expires_on, row->expires_on);
  same_date("produced_on", lot.produced_on, row->produced_on);
  same_date("sell_by", lot.sell_by, row->sell_by);
  same_date("removal_on", lot.removal_on, row->removal_on);
  if (lot.received != row->received || lot.expired_on_receipt != row->expired_on_receipt ||
      (lot.expires_on != kNever && lot.best_before != row->best_before))
    say(name + ": received, expired on receipt or kind of date differ");
  std::set<std::pair<int, std::string>> holds, recalls;
  for (const core::Block& block : state.blocks(id)) {
    auto& into = block.kind == core::BlockKind::hold ? holds : recalls;
    into.emplace(block.warehouse == 0 ? kNone : block.warehouse - 1, block.code);
  }
  if (holds != lot.holds || recalls != lot.recalls) say(name + ": blocks differ");
  for (int w = 0; w < static_cast<int>(model_.world().warehouses.size()); ++w) {
    const std::string there =
        name + " at " + model_.world().warehouses[static_cast<std::size_t>(w)].name;
    const auto first = lot.first_received.find(w);
    same_date("first receipt", first == lot.first_received.end() ? kNever : first->second,
              state.first_received(id, warehouse_id(w)));
    std::map<core::Account, Units> cells, shelf;
    for (const auto& [a, units] : lot.sums) {
      if (a.kind == Kind::stock && a.warehouse == w) cells[account(state, a)] += units;
    }
    Units available = 0;
    for (const core::StockCell& cell : state.cells(id, warehouse_id(w))) {
      core::Account a;
      a.warehouse = warehouse_id(w);
      a.location = cell.location;
      a.status = cell.status;
      shelf[a] += cell.on_hand.micros;
      if (cell.status == StockStatus::available) available += cell.on_hand.micros;
    }
    if (cells != shelf) say(there + ": the shelves differ from the model's");
    const auto sum = lot.promised.find(w);
    const Reserved promised = sum == lot.promised.end() ? Reserved{} : sum->second;
    const core::LotStock* stock = state.stock(id, warehouse_id(w));
    const Units picked = state.picked(id, warehouse_id(w)).micros;
    const Units reserved = stock == nullptr ? 0 : stock->promised.micros - picked;
    if (promised.reserved != reserved || promised.picked != picked)
      say(difference(there + " reserved and picked",
                     text(promised.reserved) + " " + text(promised.picked),
                     text(reserved) + " " + text(picked)));
    if (stock != nullptr && stock->available_status.micros != available)
      say(there + ": the row's sum is not that of its cells");
  }
  // The promise book: what stands free is the mirror of all that is promised.
  std::map<core::Account, Units> promises;
  for (const auto& [a, units] : books.sums(sku_id_now, id, core::Book::promise)) {
    Units sum = 0;
    if (a.kind == core::AccountKind::free) continue;
    sum += units;
    core::Account mirror;
    mirror.kind = core::AccountKind::free;
    mirror.warehouse = a.warehouse;
    promises[mirror] -= sum;
  }
  for (auto& [mirror, units] : promises) {
    const auto book = books.sums(sku_id_now, id, core::Book::promise);
    const auto free = book.find(mirror);
    if ((free == book.end() ? 0 : free->second) != units)
      say(name + ": the promise book does not sum to zero");
  }
}

void Comparison::order(const State& state, const Books& books, int at) {
  const OrderBook& book = model_.orders()[static_cast<std::size_t>(at)];
  if (static_cast<std::size_t>(at) >= order_ids_.size()) return;
  const core::OrderId id = order_ids_[static_cast<std::size_t>(at)];
  const core::Order* order = state.order(id);
  if (order == nullptr) order = books.closed_order(id);
  const std::string name = "order " + (book.known ? book.id : book.reference);
  if (order == nullptr) return say(name + ": the daemon has lost it");
  if (order->known != book.known || order->cancelled != book.cancelled ||
      order->lines.size() != book.lines.size() || (book.known && order->doc_id != book.id))
    return say(name + ": known, cancelled, id or number of lines differ");
  bool tied = book.header.warehouse.has_value();
  const auto lot_name = [&](core::LotId lot) {
    return lot == 0 ? std::string("?") : std::string(state.lot_code(lot));
  };
  for (std::size_t i = 0; i < book.lines.size(); ++i) {
    const LineBook& line = book.lines[i];
    const core::LineState& got = order->lines[i];
    const std::string where = name + " line " + std::to_string(i);
    if (line.removed != got.removed || line.problem != got.problem ||
        (line.sku == kNone ? 0 : sku_id(state, line.sku)) != got.sku)
      say(where + ": removed, problem or item differ");
    if (line.problem.empty() && !line.removed &&
        (line.wanted != got.quantity.micros || line.cancelled != got.cancelled.micros))
      say(difference(where + " wanted and cancelled",
                     text(line.wanted) + " " + text(line.cancelled),
                     got.quantity.text() + " " + got.cancelled.text()));
    using Key = std::tuple<std::string, core::WarehouseId, int>;
    std::map<Key, Units> should, is, stamped, stamps, back, returned;
    for (const Promise& p : line.promises) {
      const std::string& code = model_.lots()[static_cast<std::size_t>(p.lot)].code;
      if (p.reserved != 0) should[{code, warehouse_id(p.warehouse), 0}] += p.reserved;
      if (p.picked != 0) should[{code, warehouse_id(p.warehouse), 1}] += p.picked;
    }
    for (const core::Promise& p : got.promises) {
      if (!p.reserved.is_zero()) is[{lot_name(p.lot), p.warehouse, 0}] += p.reserved.micros;
      if (!p.picked.is_zero()) is[{lot_name(p.lot), p.warehouse, 1}] += p.picked.micros;
    }
    tied = tied || !line.promises.empty() || !line.stamps.empty();
    const std::function<std::string(const Key&)> word = [&](const Key& key) {
      const core::WarehouseId warehouse = std::get<1>(key);
      return std::get<0>(key) +
             (warehouse == 0 ? std::string() : "@" + state.warehouse(warehouse)->name) + "(" +
             std::to_string(std::get<2>(key)) + ")";
    };
    if (should != is) say(difference(where + " promises", list(should, word), list(is, word)));
    for (const Stamp& s : line.stamps) {
      const std::string code =
          s.lot == kNone ? "?" : model_.lots()[static_cast<std::size_t>(s.lot)].code;
      const int day = s.lot == kNone || s.expires_on == kNever ? 0 : s.expires_on;
      stamped[{code + " of " + model_.skus()[static_cast<std::size_t>(s.sku)].name,
               warehouse_id(s.warehouse), static_cast<int>(s.evidence) + 10 * day}] += s.units;
    }
    for (const core::Stamp& s : got.stamps) {
      const int day = s.lot == 0 || s.expires_on == core::kNoDate ? 0 : s.expires_on;
      stamps[{lot_name(s.lot) + " of " + state.sku(s.sku)->item.sku, s.warehouse,
              static_cast<int>(s.evidence) + 10 * day}] += s.quantity.micros;
    }
    std::erase_if(stamped, [](const auto& e) { return e.second == 0; });
    std::erase_if(stamps, [](const auto& e) { return e.second == 0; });
    if (stamped != stamps)
      say(difference(where + " stamps", list(stamped, word), list(stamps, word)));
    for (const auto& [lot, units] : line.returned)
      back[{lot == kNone ? "?" : model_.lots()[static_cast<std::size_t>(lot)].code, 0, 0}] += units;
    for (const core::LotReturned& r : got.returned_lots)
      returned[{lot_name(r.lot), 0, 0}] += r.quantity.micros;
    if (back != returned)
      say(difference(where + " returns", list(back, word), list(returned, word)));
  }
  const core::WarehouseId chosen =
      book.warehouse == kNone ? core::WarehouseId{0} : warehouse_id(book.warehouse);
  if (tied && !book.cancelled && order->warehouse != chosen && book.known)
    say(difference(name + " warehouse", std::to_string(chosen), std::to_string(order->warehouse)));
}

std::vector<std::string> Comparison::touched(System& system) {
  out_.clear();
  const auto lots = system.touched_lots();
  const auto orders = system.touched_orders();
  system.look([&](const State& state, const Books& books) {
    pair_orders(state, books);
    std::set<int> lots_now = model_.touched_lots;
    std::set<int> orders_now = model_.touched_orders;
    for (const core::LotId id : lots) {
      const int at = lot_at(state, id);
      if (at == kNone) {
        say("the daemon has lot " + std::string(state.lot_code(id)) + ", which the model has not");
      } else {
        lots_now.insert(at);
      }
    }
    for (const core::OrderId id : orders) {
      const auto at = order_at_.find(id);
      if (at != order_at_.end()) {
        orders_now.insert(at->second);
      } else if (state.order(id) != nullptr) {
        say("the daemon has order " + state.order(id)->doc_id + ", which the model has not");
      }
    }
    for (const int at : lots_now) {
      if (static_cast<std::size_t>(at) < model_.lots().size()) lot(state, books, at);
    }
    for (const int at : orders_now) {
      if (static_cast<std::size_t>(at) < model_.orders().size()) order(state, books, at);
    }
  });
  return out_;
}

std::vector<std::string> Comparison::everything(System& system) {
  out_.clear();
  system.touched_lots();
  system.touched_orders();
  system.look([&](const State& state, const Books& books) {
    pair_orders(state, books);
    for (int at = 0; at < static_cast<int>(model_.lots().size()); ++at) lot(state, books, at);
    for (int at = 0; at < static_cast<int>(model_.orders().size()); ++at) order(state, books, at);
    if (state.lots_count() + 1 <
        model_.lots().size() - static_cast<std::size_t>(
                                   std::count_if(model_.lots().begin(), model_.lots().end(),
                                                 [](const LotBook& l) { return l.code.empty(); })))
      say("the daemon has fewer lots than the model");
  });
  return out_;
}

}  // namespace lotbridge::simulation
