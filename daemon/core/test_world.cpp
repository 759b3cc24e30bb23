#include "test_world.hpp"

#include <algorithm>
#include <functional>
#include <sstream>
#include <stdexcept>

#include "eligibility.hpp"
#include "tables.hpp"

namespace lotbridge::core {

namespace {

// What a document calls its order, if it is about one.
Maybe<std::string> order_named(const Document& document) {
  if (std::holds_alternative<lotbridge::Order>(document.body)) return document.id;
  if (const auto* pick = std::get_if<Pick>(&document.body)) return pick->order;
  if (const auto* cancellation = std::get_if<Cancellation>(&document.body))
    return cancellation->order;
  if (const auto* dispatch = std::get_if<Dispatch>(&document.body)) return dispatch->order;
  if (const auto* returned = std::get_if<Return>(&document.body)) return returned->order;
  return {};
}

Maybe<std::string> voided_by(const Document& document) {
  return std::visit(
      [](const auto& body) -> Maybe<std::string> {
        if constexpr (requires { body.void_of; }) return body.void_of;
        return {};
      },
      document.body);
}

std::string difference(const std::string& before, const std::string& after) {
  std::istringstream a(before), b(after);
  std::string line_a, line_b;
  while (std::getline(a, line_a) && std::getline(b, line_b)) {
    if (line_a != line_b) return line_a + " | " + line_b;
  }
  return "";
}

using Key = std::tuple<Book, SkuId, LotId, AccountKind, StockStatus, WarehouseId, LocationId,
                       OrderId, LineIndex>;
Key key_of(const Entry& entry, const Account& a) {
  return {entry.book,  entry.sku,  entry.lot, a.kind, a.status,
          a.warehouse, a.location, a.order,   a.line};
}

}  // namespace

TestWorld::TestWorld() {
  Owner acme;
  acme.name = "acme";
  owner = state.configure_owner(acme);
  now = Timestamp{Date::parse("2026-05-17")->days * std::int64_t{86'400'000} + 43'200'000};
  state.finish_loading();
}

Context TestWorld::context() {
  Context ctx;
  ctx.now = now;
  ctx.calendar = this;
  ctx.document = ++last_row_;
  ctx.may_override = may_override;
  ctx.pick_instruction_delivered = pick_instruction_delivered;
  return ctx;
}

OrderId TestWorld::order_id(const std::string& name) const {
  const auto at = orders_.find(name);
  return at == orders_.end() ? 0 : at->second;
}

void TestWorld::keep(const Outcome& outcome, const std::string& key) {
  ledger.insert(ledger.end(), outcome.entries.begin(), outcome.entries.end());
  if (key.empty()) return;
  Kept& kept = kept_[key];
  kept.entries.insert(kept.entries.end(), outcome.entries.begin(), outcome.entries.end());
  kept.costs.insert(kept.costs.end(), outcome.costs.begin(), outcome.costs.end());
}

LotCost TestWorld::cost_of(LotId lot) const {
  LotCost cost;
  for (const auto& [key, kept] : kept_) {
    for (const CostRow& row : kept.costs) {
      if (state.home_of(row.lot) == lot) cost.add(row.kind, row.quantity, row.micros, row.currency);
    }
  }
  return cost;
}

// The transformation that is taken apart, the receipt that is charged.
void TestWorld::name_documents(const Document& document, Context& ctx) {
  ctx.cost_of = [this](LotId lot) { return cost_of(lot); };
  const auto find = [&](DocumentType type, const std::string& id) {
    return kept_.find(std::to_string(static_cast<int>(type) - 1) + "/" + id);
  };
  if (const auto* making = std::get_if<Transformation>(&document.body);
      making != nullptr && making->unbuild_of) {
    const auto at = find(DocumentType::transformation, *making->unbuild_of);
    if (at == kept_.end()) return;
    ctx.unbuilt = &at->second.document;
    ctx.unbuilt_id = at->second.row;
  }
  if (const auto* charge = std::get_if<Charge>(&document.body)) {
    const auto at = find(DocumentType::receipt, charge->receipt);
    if (at == kept_.end()) return;
    charged_ = at->second.entries;
    ctx.charged = &charged_;
  }
}

// What waited for the order that has come.
void TestWorld::reapply(Outcome& outcome) {
  // What left comes before what came back, as the engine does it.
  std::vector<DocumentId> waiting = outcome.reapply;
  std::stable_partition(waiting.begin(), waiting.end(), [&](DocumentId row) {
    return std::none_of(kept_.begin(), kept_.end(), [&](const auto& entry) {
      return entry.second.row == row && entry.second.document.type() == DocumentType::return_;
    });
  });
  for (const DocumentId row : waiting) {
    for (auto& [other_key, other] : kept_) {
      if (other.row != row) continue;
      Context again = context();
      again.document = row;
      again.order = outcome.order;
      state.begin();
      Outcome more = apply(state, other.document, again);
      state.commit();
      keep(more, other_key);
      outcome.exceptions.insert(outcome.exceptions.end(), more.exceptions.begin(),
                                more.exceptions.end());
      outcome.alerts.insert(outcome.alerts.end(), more.alerts.begin(), more.alerts.end());
      break;
    }
  }
}

Outcome TestWorld::submit(Document document) {
  if (document.owner.empty()) document.owner = "acme";
  const std::string key = std::to_string(document.body.index()) + "/" + document.id;
  Context ctx = context();
  const auto known = kept_.find(key);
  const bool revises = document.body.index() < 2 || document.type() == DocumentType::order;
  if (known != kept_.end()) {
    ctx.document = known->second.row;
    if (!revises) {
      ctx.previous = &known->second.document;
      ctx.reversed = &known->second.entries;
    }
  }
  if (const Maybe<std::string> voided = voided_by(document)) {
    const auto at = kept_.find(std::to_string(document.body.index()) + "/" + *voided);
    if (at != kept_.end()) {
      ctx.voided = &at->second.document;
      ctx.voided_id = at->second.row;
      ctx.reversed = &at->second.entries;
      if (const Maybe<std::string> name = order_named(at->second.document))
        ctx.order = order_id(*name);
    }
  }
  const Maybe<std::string> name = order_named(document);
  if (name) ctx.order = order_id(*name);
  name_documents(document, ctx);
  follow(document, ctx);
  const std::string before = digest();
  state.begin();
  state.begin_document();
  (void)apply(state, document, ctx);
  state.rollback_document();
  if (digest() != before)
    throw std::logic_error("a rolled back document left something behind: " +
                           difference(before, digest()));
  state.begin_document();
  Outcome outcome = apply(state, document, ctx);
  if (outcome.refused || outcome.parked) {
    if (digest() != before) throw std::logic_error("a refused document left something behind");
    state.commit();
    return outcome;
  }
  state.commit();
  if (name && outcome.order != 0) orders_[*name] = outcome.order;
  Kept& kept = kept_[key];
  kept.row = ctx.document;
  if (known != kept_.end() && !revises) kept.costs.clear();
  if (const Maybe<std::string> voided = voided_by(document)) {
    const auto at = kept_.find(std::to_string(document.body.index()) + "/" + *voided);
    if (at != kept_.end()) at->second.costs.clear();
  }
  kept.document = document;
  keep_follows(document, kept, outcome);
  keep(outcome, key);
  reapply(outcome);
  return outcome;
}

Outcome TestWorld::run_on(const std::string& order,
                          const std::function<Outcome(OrderId, const Context&)>& command) {
  const Context ctx = context();
  const std::string before = digest();
  state.begin();
  Outcome outcome = command(order_id(order), ctx);
  if (outcome.refused && digest() != before)
    throw std::logic_error("a refused command left something behind");
  state.commit();
  keep(outcome, "");
  return outcome;
}

std::vector<Outcome> TestWorld::move_clock(Timestamp to) {
  std::vector<Outcome> outcomes;
  const Date from_day = now.utc_date();
  now = std::max(now, to);
  const auto done = [&](Outcome outcome) {
    state.commit();
    keep(outcome, "");
    outcomes.push_back(std::move(outcome));
  };
  if (now.utc_date() > from_day) {
    for (WarehouseId id = 1; state.warehouse(id) != nullptr; ++id) {
      state.begin();
      done(day_changed(state, id, from_day, now.utc_date(), context()));
    }
  }
  state.begin();
  done(time_passed(state, context()));
  return outcomes;
}

std::vector<Outcome> TestWorld::move_to(Date day) {
  return move_clock(Timestamp{day.days * std::int64_t{86'400'000} + 43'200'000});
}

namespace {

void load_making(const State::Tables& t, State& fresh) {
  for (const auto& [key, last] : t.code_counters) {
    fresh.load_code_counter(key.first, key.second, last);
  }
  for (const auto& [document, parts] : t.transformations) {
    for (const auto& [part, units] : parts) {
      fresh.load_genealogy(document, part.first, part.second, units);
    }
  }
}

}  // namespace

std::string TestWorld::reload() {
  const std::string before = digest();
  State fresh;
  const State::Tables& t = state.tables();
  fresh.system_policy() = t.system_policy;
  for (WarehouseId id = 1; id < t.warehouses.size(); ++id)
    fresh.configure_warehouse(t.warehouses[id]);
  for (OwnerId id = 1; id < t.owners.size(); ++id) fresh.configure_owner(t.owners[id]);
  for (LocationId id = 1; id < t.locations.size(); ++id) {
    fresh.load_location(t.locations[id].first, t.locations[id].second);
  }
  for (SkuId id = 1; id < t.skus.size(); ++id) fresh.load_sku(t.skus[id]);
  for (LotId id = 1; id < t.lots.size(); ++id) {
    Lot lot = t.lots[id];
    lot.has_blocks = false;
    fresh.load_lot(lot, t.code(id), state.lot_details(id));
    for (const Block& block : state.blocks(id)) fresh.load_block(block);
    for (WarehouseId w = 1; w < t.warehouses.size(); ++w) {
      const LotStock* row = state.stock(id, w);
      const auto gone = t.gone_first_received.find(place_key(id, w));
      const std::int32_t day = row != nullptr                        ? row->first_received_on
                               : gone != t.gone_first_received.end() ? gone->second
                                                                     : kNoDate;
      if (day != kNoDate) fresh.load_first_received(id, w, day);
    }
  }
  for (const PolicyDocument* policy : state.policies(owner)) fresh.load_policy(*policy);
  for (const auto& [id, slot] : t.orders) {
    Order order = slot.order;
    for (LineState& line : order.lines) line.promises.clear();
    fresh.put_order(std::move(order));
  }
  std::map<Key, std::int64_t> sums;
  for (const Entry& entry : ledger) {
    sums[key_of(entry, entry.from)] -= entry.quantity.micros;
    sums[key_of(entry, entry.to)] += entry.quantity.micros;
  }
  for (const auto& [key, sum] : sums) {
    const auto& [book, sku, lot, kind, status, warehouse, location, order, line] = key;
    const Account account{kind, status, warehouse, location, order, line};
    if (sum != 0) fresh.load_balance(book, sku, lot, account, Quantity{sum});
  }
  for (const auto& [sku, open] : t.unresolved) {
    for (const Unresolved& one : open) {
      fresh.load_unresolved(sku, one.warehouse, one.dispatch, one.quantity, one.candidates);
    }
  }
  for (const auto& [key, last] : t.last_shipped) {
    fresh.load_last_shipped(std::get<0>(key), std::get<1>(key), std::get<2>(key), last.at,
                            last.expires_on);
  }
  load_making(t, fresh);
  fresh.reserve_orders(t.last_order);
  fresh.finish_loading();
  state = std::move(fresh);
  return difference(before, digest());
}

namespace {

using Sums = std::map<Key, std::int64_t>;

// What the state holds against what the entries add up to.
void compare(const Sums& sums, const Sums& held, std::vector<std::string>& faults) {
  for (const auto& [key, sum] : sums) {
    const AccountKind kind = std::get<3>(key);
    const bool in_state = (kind == AccountKind::stock && std::get<2>(key) != 0) ||
                          kind == AccountKind::reserved || kind == AccountKind::picked;
    const auto at = held.find(key);
    const std::int64_t here = at == held.end() ? 0 : at->second;
    if (in_state && here != sum) faults.push_back("a balance is not the sum of its entries");
  }
  for (const auto& [key, here] : held) {
    if (here != 0 && !sums.contains(key)) faults.push_back("a balance without entries");
  }
}

}  // namespace

std::vector<std::string> TestWorld::faults() const {
  std::vector<std::string> faults;
  const State::Tables& t = state.tables();
  std::map<Key, std::int64_t> sums;
  for (const Entry& entry : ledger) {
    if (!entry.quantity.is_positive()) faults.push_back("an entry without a positive quantity");
    sums[key_of(entry, entry.from)] -= entry.quantity.micros;
    sums[key_of(entry, entry.to)] += entry.quantity.micros;
  }
  std::map<Key, std::int64_t> held;
  const auto hold = [&](Book book, SkuId sku, LotId lot, const Account& account,
                        Quantity quantity) {
    held[key_of(Entry{book, sku, lot, {}, {}, {}}, account)] += quantity.micros;
  };
  for (LotId lot = 1; lot < t.lots.size(); ++lot) {
    for (WarehouseId id = 1; id < t.warehouses.size(); ++id) {
      Quantity available;
      for (const StockCell& cell : state.cells(lot, id)) {
        Account account;
        account.warehouse = id;
        account.location = cell.location;
        account.status = cell.status;
        hold(Book::goods, t.lots[lot].sku, lot, account, cell.on_hand);
        if (cell.status == StockStatus::available) available += cell.on_hand;
      }
      const LotStock* row = state.stock(lot, id);
      if (row == nullptr) continue;
      if (row->available_status != available) {
        faults.push_back("a row's sum is not that of its cells");
      }
      LotStock facts = *row;
      t.copy_facts(facts);
      if (facts.expires_on != row->expires_on || facts.plain != row->plain ||
          facts.best_before != row->best_before || facts.legacy != row->legacy) {
        faults.push_back("a row repeats something old about its lot");
      }
    }
  }
  for (const auto& [id, slot] : t.orders) {
    Order noted = slot.order;
    note_sent(noted);
    if (slot.order.plain && !noted.plain) faults.push_back("an order is not plain any more");
    for (LineIndex i = 0; i < slot.order.lines.size(); ++i) {
      if (slot.order.lines[i].plain && !noted.lines[i].plain) {
        faults.push_back("a line is not plain any more");
      }
      for (const Promise& promise : slot.order.lines[i].promises) {
        Account account;
        account.warehouse = promise.warehouse;
        account.order = id;
        account.line = i;
        account.kind = AccountKind::reserved;
        hold(Book::promise, promise.sku, promise.lot, account, promise.reserved);
        account.kind = AccountKind::picked;
        hold(Book::promise, promise.sku, promise.lot, account, promise.picked);
      }
    }
  }
  compare(sums, held, faults);
  check_promises(faults);
  check_ways(faults);
  return faults;
}

void TestWorld::check_promises(std::vector<std::string>& faults) const {
  const State::Tables& t = state.tables();
  std::map<std::pair<LotId, WarehouseId>, std::pair<std::int64_t, std::int64_t>> promised;
  for (const auto& [id, slot] : t.orders) {
    for (const LineState& line : slot.order.lines) {
      for (const Promise& promise : line.promises) {
        auto& sum = promised[{promise.lot, promise.warehouse}];
        sum.first += promise.reserved.micros;
        sum.second += promise.picked.micros;
        const LotStock* row = state.stock(promise.lot, promise.warehouse);
        if (promise.reserved < Quantity{} || promise.picked < Quantity{}) {
          faults.push_back("a promise below zero");
        }
        if (row == nullptr || promise.reserved.is_zero()) continue;
        PolicyQuestion question{slot.order.owner, promise.sku, promise.warehouse, &slot.order,
                                &line};
        const Demand d = demand_of(t, question, now.utc_date().days);
        const Reason reason = gate(t, d, *row, promise.warehouse);
        if (reason != Reason::none) {
          faults.push_back("reserved although " + std::string(reason_name(reason)));
        }
      }
      if (dispatched_quantity(line) + promised_part(line, line.sku) > wanted_quantity(line) &&
          promised_part(line, line.sku).is_positive() && line.components.empty()) {
        Quantity reserved;
        for (const Promise& promise : line.promises) reserved += promise.reserved;
        if (reserved.is_positive()) faults.push_back("more reserved than wanted");
      }
    }
  }
  for (const auto& [key, sum] : promised) {
    const LotStock* row = state.stock(key.first, key.second);
    if (row == nullptr || row->promised.micros != sum.first + sum.second ||
        state.picked(key.first, key.second).micros != sum.second) {
      faults.push_back("a row's promises are not those of the orders");
      continue;
    }
    if (sum.first > 0 && row->promised > row->available_status) {
      faults.push_back("more promised than on hand");
    }
  }
}

std::string TestWorld::digest() const {
  const State::Tables& t = state.tables();
  std::ostringstream out;
  for (SkuId sku = 1; sku < t.skus.size(); ++sku) {
    out << "sku " << t.skus[sku].item.sku << ' ' << t.skus[sku].known << '\n';
    for (WarehouseId id = 1; id < t.warehouses.size(); ++id) {
      for (const LotStock& row : state.stock_of(sku, id)) {
        out << ' ' << t.code(row.lot) << '@' << id << " first " << row.first_received_on
            << " promised " << row.promised.text() << " picked "
            << state.picked(row.lot, id).text();
        std::map<std::pair<std::string, int>, std::string> cells;
        for (const StockCell& cell : state.cells(row.lot, id)) {
          cells[{t.locations[cell.location].second.name, static_cast<int>(cell.status)}] =
              cell.on_hand.text();
        }
        for (const auto& [place, units] : cells)
          out << ' ' << place.first << '/' << place.second << '=' << units;
        out << '\n';
      }
    }
    std::map<std::string, std::string> lots;
    for (const LotId lot : state.lots_of(sku)) {
      const Lot& l = t.lots[lot];
      std::ostringstream text;
      text << l.expires_on << ' ' << l.produced_on << ' ' << l.received << l.expired_on_receipt
           << l.has_blocks << state.blocks(lot).size() << ' ' << l.merged << l.renamed
           << t.home_of(lot) << ' ' << state.lot_details(lot).conflicts.size();
      if (const auto made = t.made_by.find(lot); made != t.made_by.end())
        text << " made by " << made->second.size();
      lots[std::string(t.code(lot))] = text.str();
    }
    for (const auto& [code, text] : lots) out << "  lot " << code << ' ' << text << '\n';
  }
  for (const auto& [key, last] : t.code_counters) out << key.second << ' ' << last << '\n';
  std::map<std::string, std::string> orders;
  for (const auto& [id, slot] : t.orders) {
    std::ostringstream text;
    const Order& order = slot.order;
    text << order.known << order.cancelled << order.allocation_asked << order.warehouse;
    for (const LineState& line : order.lines) {
      text << "\n  " << line.sent.line << ' ' << line.quantity.text() << ' '
           << line.cancelled.text() << ' ' << line.removed << line.shortage_reason << ' '
           << line.stamps.size() << ' ' << line.returned.text();
      std::map<std::string, std::string> promises;
      for (const Promise& promise : line.promises) {
        promises[t.skus[promise.sku].item.sku + "/" + std::string(t.code(promise.lot)) + "@" +
                 std::to_string(promise.warehouse)] =
            promise.reserved.text() + "+" + promise.picked.text();
      }
      for (const auto& [lot, units] : promises) text << ' ' << lot << ':' << units;
    }
    std::vector<std::string> waits;
    for (const SkuId sku : t.lacked_by(slot)) waits.push_back(t.skus[sku].item.sku);
    std::sort(waits.begin(), waits.end());
    for (const std::string& sku : waits) text << " waits " << sku;
    orders[order.doc_id + "|" + order.reference] = text.str();
  }
  for (const auto& [name, text] : orders) out << "order " << name << ' ' << text << '\n';
  return out.str();
}

}  // namespace lotbridge::core
