#include "daemon/api/trace.hpp"

#include <algorithm>
#include <limits>

namespace lotbridge::api {
namespace {

using core::AccountKind;

// What leaving (+) for or coming back (-) from an outside account means for the balance.
void add_outside(Balance& balance, AccountKind kind, bool of_return, bool bought, Quantity out) {
  if (of_return && kind != AccountKind::scrapped && kind != AccountKind::stock) {
    balance.returned -= out;
    return;
  }
  switch (kind) {
    case AccountKind::supplier:
    case AccountKind::opening:
    case AccountKind::supplier_return:
      balance.received -= out;
      return;
    case AccountKind::other_owner:
      (bought ? balance.received : balance.moved_to_owner) += bought ? -out : out;
      return;
    case AccountKind::produced:
      balance.produced -= out;
      return;
    case AccountKind::found:
      balance.found -= out;
      return;
    case AccountKind::dispatched:
      balance.dispatched += out;
      return;
    case AccountKind::consumed:
      balance.consumed += out;
      return;
    case AccountKind::scrapped:
      balance.scrapped += out;
      return;
    case AccountKind::lost:
      balance.lost += out;
      return;
    case AccountKind::in_transit:
      balance.in_transit += out;
      return;
    case AccountKind::stock:
      balance.on_hand += out;
      return;
    case AccountKind::free:
    case AccountKind::reserved:
    case AccountKind::picked:
      return;
  }
}

}  // namespace

Quantity Balance::difference() const {
  const Quantity in = received + produced + found + returned;
  const Quantity out =
      on_hand + in_transit + dispatched + consumed + scrapped + lost + moved_to_owner;
  return in - out;
}

Balance& operator+=(Balance& sum, const Balance& more) {
  sum.received += more.received;
  sum.produced += more.produced;
  sum.found += more.found;
  sum.returned += more.returned;
  sum.on_hand += more.on_hand;
  sum.in_transit += more.in_transit;
  sum.dispatched += more.dispatched;
  sum.consumed += more.consumed;
  sum.scrapped += more.scrapped;
  sum.lost += more.lost;
  sum.moved_to_owner += more.moved_to_owner;
  sum.unresolved += more.unresolved;
  return sum;
}

void add_to_balance(Balance& balance, const store::TraceEntry& entry) {
  const bool of_return = entry.type == DocumentType::return_;
  add_outside(balance, entry.to.kind, of_return, entry.of_other_owner, entry.quantity);
  add_outside(balance, entry.from.kind, of_return, entry.of_other_owner, -entry.quantity);
}

Trace::Trace(Reading& reading, store::LotRow lot, std::int64_t until)
    : reading_(reading), lot_(std::move(lot)), until_(until), names_(reading.reader) {
  lots_ = store::same_lots(reading_.reader, lot_.lot);
  load();
  fold();
  possible_ = possible_dispatches();
  for (const Sent& sent : possible_) {
    if (sent.stamp.stamp.evidence == core::Evidence::unresolved)
      balance_.unresolved += sent.quantity;
  }
}

void Trace::load() {
  std::vector<store::TraceStamp> stamps;
  const auto add_stamps = [&](core::LotId lot) {
    for (auto& stamp : store::lot_stamps(reading_.reader, lot_.owner, lot, until_)) {
      if (reading_.sight.warehouse(stamp.stamp.warehouse)) stamps.push_back(std::move(stamp));
    }
  };
  for (const core::LotId lot : lots_) {
    for (store::TraceEntry& entry : store::lot_entries(reading_.reader, lot_.owner, lot, until_)) {
      if (is_seen(entry)) entries_.push_back(entry);
    }
    add_stamps(lot);
  }
  std::sort(entries_.begin(), entries_.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  const auto in_time = [](const store::TraceStamp& a, const store::TraceStamp& b) {
    return a.stamp.at < b.stamp.at;
  };
  if (lots_.size() > 1) std::stable_sort(stamps.begin(), stamps.end(), in_time);
  sent_ = net(stamps);
  std::vector<core::LotId> path = {lot_.lot};
  walk(store::made_from, lot_.lot, path, ancestors_);
  walk(store::made_into, lot_.lot, path, descendants_);
  stamps.clear();
  for (const Kin& kin : descendants_) {
    if (kin.row.lot == lot_.lot) continue;
    for (const core::LotId lot : store::same_lots(reading_.reader, kin.row.lot)) add_stamps(lot);
  }
  std::stable_sort(stamps.begin(), stamps.end(), in_time);
  sent_on_ = net(stamps);
}

// Depth first, each lot once. A lot that stands on the way to itself closes a loop.
void Trace::walk(Step step, core::LotId lot, std::vector<core::LotId>& path,
                 std::vector<Kin>& out) {
  for (const store::MadeRow& row : step(reading_.reader, lot, until_)) {
    const auto known = std::find_if(out.begin(), out.end(),
                                    [&](const Kin& kin) { return kin.row.lot == row.lot; });
    const bool closes = std::find(path.begin(), path.end(), row.lot) != path.end();
    if (known != out.end()) {
      known->loop = known->loop || closes;
      continue;
    }
    out.push_back({row, closes});
    // Units that nobody wrote a lot down for are of many lots: the way ends there.
    if (closes || names_.lot(row.sku, row.lot).lot == "LEGACY") continue;
    path.push_back(row.lot);
    walk(step, row.lot, path, out);
    path.pop_back();
  }
}

bool Trace::is_this(core::LotId lot) const {
  return std::find(lots_.begin(), lots_.end(), lot) != lots_.end();
}

bool Trace::is_seen(const store::TraceEntry& entry) const {
  const Sight& sight = reading_.sight;
  if (entry.from.warehouse == 0 && entry.to.warehouse == 0) return true;
  return (entry.from.warehouse != 0 && sight.warehouse(entry.from.warehouse)) ||
         (entry.to.warehouse != 0 && sight.warehouse(entry.to.warehouse));
}

void Trace::fold() {
  std::map<core::WarehouseId, std::map<std::int64_t, Quantity>> changes;
  const auto add = [&](const core::Account& account, Quantity quantity, std::int64_t at) {
    if (account.kind == AccountKind::stock) {
      places_[{account.warehouse, account.location, account.status}] += quantity;
      changes[account.warehouse][at] += quantity;
    } else if (account.kind == AccountKind::in_transit) {
      travelling_[account.warehouse] += quantity;
    }
  };
  for (const store::TraceEntry& entry : entries_) {
    add_to_balance(balance_, entry);
    add(entry.from, -entry.quantity, entry.happened_at);
    add(entry.to, entry.quantity, entry.happened_at);
  }
  for (const auto& [warehouse, steps] : changes) {
    Quantity sum;
    for (const auto& [at, change] : steps) {
      sum += change;
      presence_[warehouse].emplace_back(at, sum);
    }
  }
}

// Whether any of it lay there at that moment, before or after what happened then.
bool Trace::was_here(core::WarehouseId warehouse, std::int64_t at) const {
  const auto found = presence_.find(warehouse);
  if (found == presence_.end()) return false;
  Quantity before, after;
  for (const auto& [when, sum] : found->second) {
    if (when > at) break;
    after = sum;
    if (when < at) before = sum;
  }
  return before.is_positive() || after.is_positive();
}

std::vector<Trace::Sent> Trace::net(const std::vector<store::TraceStamp>& stamps) const {
  std::vector<Sent> out;
  std::map<std::tuple<std::int64_t, core::OrderId, core::LineIndex, core::LotId, core::Evidence>,
           std::size_t>
      known;
  for (const store::TraceStamp& stamp : stamps) {
    const core::Stamp& s = stamp.stamp;
    const auto key = std::make_tuple(stamp.root, s.order, s.line, s.lot, s.evidence);
    const auto [at, fresh] = known.try_emplace(key, out.size());
    if (fresh) {
      out.push_back({stamp, s.quantity});
    } else {
      out[at->second].quantity += s.quantity;
    }
  }
  std::erase_if(out, [](const Sent& sent) { return !sent.quantity.is_positive(); });
  return out;
}

std::vector<Trace::Sent> Trace::possible_dispatches() {
  // Only while some of it lay somewhere.
  std::int64_t first = std::numeric_limits<std::int64_t>::max(), last = until_;
  bool gone = true;
  for (const auto& [warehouse, steps] : presence_) {
    first = std::min(first, steps.front().first);
    gone = gone && !steps.back().second.is_positive();
  }
  if (gone) {
    last = std::numeric_limits<std::int64_t>::min();
    for (const auto& [warehouse, steps] : presence_) last = std::max(last, steps.back().first);
  }
  const auto swapped = store::swapped_lots(reading_.reader, lot_.owner, lot_.sku_code, lot_.code);
  auto stamps = store::unsure_stamps(reading_.reader, lot_.owner, lot_.sku, first, last);
  std::erase_if(stamps, [&](const store::TraceStamp& stamp) {
    const core::Stamp& s = stamp.stamp;
    if (is_this(s.lot) || !reading_.sight.warehouse(s.warehouse)) return true;
    const bool named = std::any_of(s.candidates.begin(), s.candidates.end(),
                                   [this](core::LotId lot) { return is_this(lot); });
    if (named) return false;
    if (!was_here(s.warehouse, s.at.ms)) return true;
    if (s.evidence != core::Evidence::directed) return false;
    const std::string& other = names_.lot(s.sku, s.lot).lot;
    return std::find(swapped.begin(), swapped.end(), other) == swapped.end();
  });
  return net(stamps);
}

// Stock below zero was sent before its receipt came: the newest dispatches that make it up.
std::vector<Trace::Sent> Trace::unreconciled_dispatches() const {
  std::map<core::WarehouseId, Quantity> missing;
  for (const auto& [place, quantity] : places_) missing[std::get<0>(place)] += quantity;
  std::vector<Sent> newest = sent_;
  std::sort(newest.begin(), newest.end(), [](const Sent& a, const Sent& b) {
    return std::make_tuple(a.stamp.stamp.at, a.stamp.root) >
           std::make_tuple(b.stamp.stamp.at, b.stamp.root);
  });
  std::vector<Sent> out;
  for (Sent& sent : newest) {
    Quantity& sum = missing[sent.stamp.stamp.warehouse];
    if (sum.micros >= 0) continue;
    sent.quantity = std::min(sent.quantity, -sum);
    sum += sent.quantity;
    out.push_back(std::move(sent));
  }
  return out;
}

const Contacts& Trace::contacts(core::OrderId order) {
  const auto known = contacts_.find(order);
  if (known != contacts_.end()) return known->second;
  Contacts found;
  const auto row = order == 0 ? std::nullopt : store::order_row(reading_.reader, order);
  if (row && row->document != 0) {
    if (const auto document = store::document_row(reading_.reader, row->document))
      found = contacts_of(document->body, store::contact_row(reading_.reader, order));
  }
  return contacts_.emplace(order, std::move(found)).first->second;
}

}  // namespace lotbridge::api
