// Sums, names, the changes of one document and how they are taken back. See model.hpp.
#include "model.hpp"

#include <algorithm>

namespace lotbridge::simulation {

Model::Model(const World& world) : world_(world), now_(world.start) {
  policies_.resize(world.owners.size());
  for (std::size_t i = 0; i < world.warehouses.size(); ++i)
    judged_days_.push_back(today(static_cast<int>(i)));
}

// ---- one document at a time

void Model::start() {
  note_open();
  w_ = Work{};
  trail_.clear();
  saved_ = Saved{};
  saved_.lot_count = lots_.size();
  saved_.order_count = orders_.size();
  saved_.sku_count = skus_.size();
  saved_.history_count = history_.size();
}

void Model::take_all_back() {
  for (auto& [at, book] : saved_.lots) lots_[static_cast<std::size_t>(at)] = std::move(book);
  for (auto& [at, book] : saved_.orders) orders_[static_cast<std::size_t>(at)] = std::move(book);
  for (auto& [at, book] : saved_.skus) skus_[static_cast<std::size_t>(at)] = std::move(book);
  lots_.resize(saved_.lot_count);
  orders_.resize(saved_.order_count);
  skus_.resize(saved_.sku_count);
  history_.resize(saved_.history_count);
  std::erase_if(lot_ids_,
                [&](const auto& e) { return e.second >= static_cast<int>(saved_.lot_count); });
  std::erase_if(sku_ids_,
                [&](const auto& e) { return e.second >= static_cast<int>(saved_.sku_count); });
  for (const auto& name : w_.named) order_names_[name].pop_back();
  if (saved_.policies) policies_ = *saved_.policies;
  if (saved_.unresolved) unresolved_ = *saved_.unresolved;
  if (saved_.last_shipped) last_shipped_ = *saved_.last_shipped;
}

std::vector<int> Model::lively() const {
  std::set<int> out = open_;
  for (const auto& [at, book] : saved_.orders) out.insert(at);
  for (std::size_t at = saved_.order_count; at < orders_.size(); ++at)
    out.insert(static_cast<int>(at));
  return {out.begin(), out.end()};
}

void Model::note_open() {
  for (const int at : touched_orders) {
    if (static_cast<std::size_t>(at) >= orders_.size()) continue;
    const OrderBook& order = orders_[static_cast<std::size_t>(at)];
    bool open = false;
    for (const LineBook& line : order.lines)
      open = open || !line.promises.empty() ||
             (order.known && !order.cancelled && is_active(line) && is_short(line));
    open ? static_cast<void>(open_.insert(at)) : static_cast<void>(open_.erase(at));
  }
}

void Model::forget_touched() {
  note_open();
  touched_lots.clear();
  touched_orders.clear();
  touched_skus.clear();
}

LotBook& Model::lot(int at) {
  LotBook& book = lots_[static_cast<std::size_t>(at)];
  if (at < static_cast<int>(saved_.lot_count)) saved_.lots.try_emplace(at, book);
  touched_lots.insert(at);
  return book;
}

OrderBook& Model::order(int at) {
  OrderBook& book = orders_[static_cast<std::size_t>(at)];
  if (at < static_cast<int>(saved_.order_count)) saved_.orders.try_emplace(at, book);
  touched_orders.insert(at);
  return book;
}

SkuBook& Model::sku(int at) {
  SkuBook& book = skus_[static_cast<std::size_t>(at)];
  if (at < static_cast<int>(saved_.sku_count)) saved_.skus.try_emplace(at, book);
  touched_skus.insert(at);
  return book;
}

int Model::new_lot(int sku_at, const std::string& code) {
  const int at = static_cast<int>(lots_.size());
  LotBook& book = lots_.emplace_back();
  book.sku = sku_at;
  book.code = code;
  touched_lots.insert(at);
  if (code.empty()) {
    sku(sku_at).nobody_knows = at;
    book.received = true;
  } else {
    sku(sku_at).lots.push_back(at);
    lot_ids_[{sku_at, code}] = at;
  }
  return at;
}

int Model::new_sku(int owner, const std::string& name) {
  const int at = static_cast<int>(skus_.size());
  SkuBook& book = skus_.emplace_back();
  book.owner = owner;
  book.name = name;
  book.item.sku = name;
  sku_ids_[{owner, name}] = at;
  touched_skus.insert(at);
  return at;
}

int Model::new_order(OrderBook book) {
  const int at = static_cast<int>(orders_.size());
  orders_.push_back(std::move(book));
  touched_orders.insert(at);
  return at;
}

// What a customer got last of an item: the latest moment counts, then the latest expiry.
void Model::remember_shipped(int owner, const std::string& customer, const Stamp& stamp) {
  if (!saved_.last_shipped) saved_.last_shipped = last_shipped_;
  auto& last = last_shipped_[{owner, customer, stamp.sku}];
  const auto now = std::make_pair(stamp.at, stamp.expires_on);
  if (last == std::pair<Timestamp, std::int32_t>{} || last < now) last = now;
}

bool Model::refuse(const std::string& code) {
  if (w_.verdict.outcome.empty()) w_.verdict = {"refused", code, false};
  return false;
}

bool Model::park(const std::string& code) {
  if (w_.verdict.outcome.empty()) w_.verdict = {"parked", code, false};
  return false;
}

// ---- names

int Model::find_sku(int owner, const std::string& name) const {
  const auto at = sku_ids_.find({owner, name});
  return at == sku_ids_.end() ? kNone : at->second;
}

int Model::find_lot(int sku, const std::string& code) const {
  const auto at = lot_ids_.find({sku, code});
  return at == lot_ids_.end() ? kNone : at->second;
}

int Model::find_alias(int owner, const std::string& source, const std::string& code,
                      Units* per) const {
  for (std::size_t i = 0; i < skus_.size(); ++i) {
    if (skus_[i].owner != owner || !skus_[i].known) continue;
    for (const ItemAlias& alias : skus_[i].item.aliases) {
      if (alias.source != source || alias.code != code) continue;
      if (per != nullptr) *per = alias.quantity.micros;
      return static_cast<int>(i);
    }
  }
  return kNone;
}

int Model::find_gtin(int owner, const std::string& code) const {
  for (std::size_t i = 0; i < skus_.size(); ++i) {
    if (skus_[i].owner != owner || !skus_[i].known) continue;
    const auto& gtins = skus_[i].item.gtins;
    if (std::find(gtins.begin(), gtins.end(), code) != gtins.end()) return static_cast<int>(i);
  }
  return kNone;
}

int Model::warehouse_named(const std::string& name) {
  const int at = world_.warehouse(name);
  if (at == kNone) w_.command ? refuse("not_found") : park("not_found");
  return at;
}

int Model::sku_named(const std::string& name) {
  int at = find_alias(w_.owner, w_.source, name, nullptr);
  if (at == kNone) at = find_sku(w_.owner, name);
  if (at == kNone) at = find_gtin(w_.owner, name);
  if (at != kNone && skus_[static_cast<std::size_t>(at)].known) return at;
  if (w_.command) {
    refuse("unknown_sku");
    return kNone;
  }
  return at != kNone ? at : new_sku(w_.owner, name);
}

std::int32_t Model::today(int warehouse) const {
  if (warehouse == kNone) return now_.utc_date().days;
  return civil_day(world_.warehouses[static_cast<std::size_t>(warehouse)].zone, now_).days;
}

bool Model::not_authoritative(const Maybe<std::string>& from) const {
  return from && !w_.command && *from != w_.source;
}

// ---- sums of a line

Units Model::wanted_units(const LineBook& line) const {
  if (line.removed || !line.problem.empty()) return 0;
  return std::max<Units>(0, line.wanted - line.cancelled);
}

std::vector<Part> Model::parts(const LineBook& line) const {
  return line.is_kit() ? line.bill : std::vector<Part>{{line.sku, kOne}};
}

Units Model::dispatched_part(const LineBook& line, int sku) const {
  Units sum = 0;
  for (const Stamp& stamp : line.stamps) sum += stamp.sku == sku ? stamp.units : 0;
  return sum;
}

Units Model::dispatched_units(const LineBook& line) const {
  if (!line.is_kit()) return dispatched_part(line, line.sku);
  Units kits = INT64_MAX;
  for (const Part& part : line.bill)
    kits = std::min(kits, dispatched_part(line, part.sku) / part.per);
  return kits * kOne;
}

Units Model::open_units(const LineBook& line) const {
  return std::max<Units>(0, wanted_units(line) - dispatched_units(line));
}

Units Model::promised_part(const LineBook& line, int sku) const {
  Units sum = 0;
  for (const Promise& p : line.promises) {
    if (lots_[static_cast<std::size_t>(p.lot)].sku == sku) sum += p.reserved + p.picked;
  }
  return sum;
}

Units Model::part_need(const LineBook& line, const Part& part) const {
  const Units wanted = part.per == kOne ? wanted_units(line) : wanted_units(line) / kOne * part.per;
  return std::max<Units>(0,
                         wanted - dispatched_part(line, part.sku) - promised_part(line, part.sku));
}

bool Model::is_short(const LineBook& line) const {
  for (const Part& part : parts(line)) {
    if (part_need(line, part) > 0) return true;
  }
  return false;
}

bool Model::is_active(const LineBook& line) const {
  return !line.removed && line.problem.empty() && line.sku != kNone && line.sent.requires_shipping;
}

int Model::line_warehouse(const OrderBook& order, const LineBook& line) const {
  if (line.sent.warehouse) return world_.warehouse(*line.sent.warehouse);
  if (order.header.warehouse) return world_.warehouse(*order.header.warehouse);
  return order.warehouse;
}

// ---- what time does

void Model::move_clock(Timestamp to) {
  start();
  if (to > now_) now_ = to;
  for (std::size_t i = 0; i < world_.warehouses.size(); ++i) {
    const int warehouse = static_cast<int>(i);
    if (today(warehouse) <= judged_days_[i]) continue;
    judged_days_[i] = today(warehouse);
    std::vector<int> holding, waiting;
    for (std::size_t o = 0; o < orders_.size(); ++o) {
      bool holds = false, waits = false;
      for (const LineBook& line : orders_[o].lines) {
        for (const Promise& p : line.promises) holds = holds || p.warehouse == warehouse;
      }
      if (holds) holding.push_back(static_cast<int>(o));
      static_cast<void>(waits);
    }
    for (const int at : by_rank(holding)) judge_order(at);
    for (std::size_t o = 0; o < orders_.size(); ++o) {
      const OrderBook& order = orders_[o];
      if (!order.known || order.cancelled) continue;
      const bool waits =
          std::any_of(order.lines.begin(), order.lines.end(),
                      [&](const LineBook& l) { return is_active(l) && is_short(l); });
      if (waits) waiting.push_back(static_cast<int>(o));
    }
    for (const int at : by_rank(waiting)) allocate_order(at);
    fill_waiting();
    trail_.clear();
  }
  std::vector<int> over;
  for (std::size_t o = 0; o < orders_.size(); ++o) {
    const OrderBook& order = orders_[o];
    if (order.known && !order.cancelled && !order.cart_over && order.header.hold_until &&
        *order.header.hold_until <= now_)
      over.push_back(static_cast<int>(o));
  }
  for (const int at : by_rank(over)) {
    release_order(at);
    order(at).cart_over = true;
  }
  fill_waiting();
  trail_.clear();
}

// ---- what must hold by itself

std::vector<std::string> Model::faults() const {
  std::vector<std::string> out;
  std::map<std::pair<int, int>, Reserved> promised;
  for (const OrderBook& order : orders_) {
    for (const LineBook& line : order.lines) {
      for (const Promise& p : line.promises) {
        Reserved& sum = promised[{p.lot, p.warehouse}];
        sum.reserved += p.reserved;
        sum.picked += p.picked;
        if (p.reserved < 0 || p.picked < 0) out.push_back("model: a promise below zero");
      }
    }
  }
  for (std::size_t i = 0; i < lots_.size(); ++i) {
    Units all = 0;
    for (const auto& [account, units] : lots_[i].sums) all += units;
    if (all != 0) out.push_back("model: lot " + lots_[i].code + " does not sum to zero");
    for (const auto& [warehouse, sum] : lots_[i].promised) {
      const Reserved now = promised[{static_cast<int>(i), warehouse}];
      if (now.reserved != sum.reserved || now.picked != sum.picked)
        out.push_back("model: promises of lot " + lots_[i].code + " do not add up");
      if (sum.reserved > 0 &&
          sum.reserved + sum.picked >
              std::max<Units>(sum.picked,
                              units_at(static_cast<int>(i), warehouse, StockStatus::available)))
        out.push_back("model: more of lot " + lots_[i].code + " reserved than on hand");
    }
  }
  return out;
}

std::string Model::could_still_fill() {
  start();
  for (std::size_t i = 0; i < orders_.size(); ++i) {
    const OrderBook& order = orders_[i];
    if (!order.known || order.cancelled) continue;
    allocate_order(static_cast<int>(i));
    std::map<std::tuple<int, int, int>, Units> net;
    for (const Change& c : trail_) net[{c.line, c.lot, c.warehouse}] += c.reserved;
    for (const auto& [key, units] : net) {
      const LineBook& line = order.lines[static_cast<std::size_t>(std::get<0>(key))];
      // Lines that take all or nothing hang on others; those of kits on their other components.
      const PolicyKnobs k = knobs(order.owner, line.sku, std::get<2>(key), &order, &line);
      const bool plain = !line.is_kit() && !line.sent.same_lot_group && !k.min_fulfil_percent &&
                         k.ship_complete.value_or(ShipComplete::no) == ShipComplete::no;
      if (units > 0 && plain) {
        const std::string name = order.id;
        take_all_back();
        return name;
      }
    }
    take_all_back();
    start();
  }
  return "";
}

}  // namespace lotbridge::simulation
