#include "memory_store.hpp"

#include <algorithm>

namespace lotbridge::simulation {

namespace {

template <typename Map>
void take_over(Map& into, Map& from) {
  for (auto& [key, value] : from) into[key] = std::move(value);
}

}  // namespace

void MemoryStore::arm(int fail_at, int crash_at) {
  calls_ = 0;
  fail_at_ = fail_at;
  crash_at_ = crash_at;
  fate_ = Fate::fine;
}

bool MemoryStore::call() {
  if (fate_ != Fate::fine) return false;
  ++calls_;
  if (calls_ == fail_at_) fate_ = Fate::failed;
  if (calls_ == crash_at_) fate_ = Fate::crashed;
  return fate_ == Fate::fine;
}

bool MemoryStore::commit() {
  if (!call()) return false;
  take_over(tables_.locations, pending_.locations);
  take_over(tables_.skus, pending_.skus);
  take_over(tables_.lots, pending_.lots);
  take_over(tables_.blocks, pending_.blocks);
  take_over(tables_.policies, pending_.policies);
  take_over(tables_.orders, pending_.orders);
  take_over(tables_.documents, pending_.documents);
  take_over(tables_.days, pending_.days);
  if (pending_.clock) tables_.clock = pending_.clock;
  take_over(keys_, pending_keys_);
  for (StoredEntry& row : pending_.entries) {
    const core::Entry& e = row.entry;
    balances_[{e.sku, e.lot, e.book, e.from}] -= e.quantity.micros;
    balances_[{e.sku, e.lot, e.book, e.to}] += e.quantity.micros;
    entries_of_[row.document].push_back(tables_.entries.size());
    tables_.entries.push_back(row);
  }
  for (OrderName& name : pending_.names) {
    named_[{name.owner, name.name}].push_back(tables_.names.size());
    tables_.names.push_back(name);
  }
  pending_ = Tables{};
  pending_keys_.clear();
  return true;
}

void MemoryStore::rollback() {
  pending_ = Tables{};
  pending_keys_.clear();
}

core::DocumentId MemoryStore::find_document(const std::string& key) const {
  if (const auto at = pending_keys_.find(key); at != pending_keys_.end()) return at->second;
  const auto at = keys_.find(key);
  return at == keys_.end() ? 0 : at->second;
}

const StoredDocument* MemoryStore::document(core::DocumentId row) const {
  if (const auto at = pending_.documents.find(row); at != pending_.documents.end())
    return &at->second;
  const auto at = tables_.documents.find(row);
  return at == tables_.documents.end() ? nullptr : &at->second;
}

std::vector<core::Entry> MemoryStore::entries_of(core::DocumentId row) const {
  std::vector<core::Entry> out;
  if (const auto at = entries_of_.find(row); at != entries_of_.end()) {
    for (const std::size_t i : at->second) out.push_back(tables_.entries[i].entry);
  }
  for (const StoredEntry& entry : pending_.entries) {
    if (entry.document == row) out.push_back(entry.entry);
  }
  return out;
}

std::vector<core::OrderId> MemoryStore::orders_named(core::OwnerId owner, const std::string& name,
                                                     const Maybe<std::string>& source) const {
  std::vector<core::OrderId> out;
  const auto add = [&](const OrderName& row) {
    if (source && !row.source.empty() && row.source != *source) return;
    if (std::find(out.begin(), out.end(), row.order) == out.end()) out.push_back(row.order);
  };
  if (const auto at = named_.find({owner, name}); at != named_.end()) {
    for (const std::size_t i : at->second) add(tables_.names[i]);
  }
  for (const OrderName& row : pending_.names) {
    if (row.owner == owner && row.name == name) add(row);
  }
  return out;
}

Quantity MemoryStore::moved_since(core::DocumentId but, core::LotId lot,
                                  core::WarehouseId warehouse, Maybe<core::LocationId> location,
                                  StockStatus status, Timestamp since) const {
  Quantity moved;
  const auto there = [&](const core::Account& a) {
    return a.kind == core::AccountKind::stock && a.warehouse == warehouse && a.status == status &&
           (!location || a.location == *location);
  };
  for (const auto* rows : {&tables_.entries, &pending_.entries}) {
    for (const StoredEntry& row : *rows) {
      if (row.document == but || row.entry.lot != lot || row.entry.book != core::Book::goods ||
          !(row.at > since))
        continue;
      if (there(row.entry.from)) moved -= row.entry.quantity;
      if (there(row.entry.to)) moved += row.entry.quantity;
    }
  }
  return moved;
}

}  // namespace lotbridge::simulation
