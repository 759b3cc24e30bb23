// The test world's side of followed.hpp: what an engine keeps in its store about documents that
// others follow, kept here in maps.
#include <algorithm>

#include "test_world.hpp"

namespace lotbridge::core {

namespace {

Quantity& ordered_of(std::vector<OrderedUnits>& all, SkuId sku, Quantity OrderedUnits::*field) {
  const auto at = std::find_if(all.begin(), all.end(),
                               [sku](const OrderedUnits& units) { return units.sku == sku; });
  if (at != all.end()) return (*at).*field;
  all.push_back({sku, {}, {}});
  return all.back().*field;
}

template <typename T>
const T* body_of(const Document* document) {
  return document == nullptr ? nullptr : std::get_if<T>(&document->body);
}

Maybe<std::string> voided_by(const Document& document) {
  return std::visit(
      [](const auto& body) -> Maybe<std::string> {
        if constexpr (requires { body.void_of; }) return body.void_of;
        return {};
      },
      document.body);
}

}  // namespace

const TestWorld::Kept* TestWorld::kept(DocumentType type, const std::string& id) const {
  const auto at = kept_.find(std::to_string(static_cast<int>(type) - 1) + "/" + id);
  return at == kept_.end() ? nullptr : &at->second;
}

bool TestWorld::is_voided(DocumentType type, const std::string& id) const {
  return std::any_of(kept_.begin(), kept_.end(), [&](const auto& one) {
    return one.second.document.type() == type && voided_by(one.second.document) == id;
  });
}

void TestWorld::follow_transfer(const Document& document, Context& ctx) {
  before_transfer_.reset();
  Maybe<std::string> name;
  if (std::holds_alternative<Transfer>(document.body)) name = document.id;
  if (const auto* transfer = body_of<Transfer>(&document); transfer && transfer->void_of)
    name = transfer->void_of;
  if (const auto* close = body_of<TransferClose>(&document)) name = close->transfer;
  if (const auto* receipt = body_of<Receipt>(&document)) name = receipt->transfer;
  const Document* before = ctx.voided != nullptr ? ctx.voided : ctx.previous;
  if (const auto* receipt = body_of<Receipt>(before); receipt && receipt->transfer != name) {
    if (name && receipt->transfer) {
      ctx.followed.other_transfer = true;
      before_transfer_ = receipt->transfer;
      ctx.followed.transfer_before = transfers_[*receipt->transfer];
    } else if (receipt->transfer) {
      name = receipt->transfer;
    }
  }
  follows_ = name;
  if (!name) return;
  ctx.followed.transfer = transfers_[*name];
  const Kept* known = kept(DocumentType::transfer, *name);
  ctx.followed.transfer_known = known != nullptr && !is_voided(DocumentType::transfer, *name);
  if (ctx.followed.transfer_known)
    ctx.followed.transfer_to = std::get<Transfer>(known->document.body).to;
}

void TestWorld::follow_purchase_order(const Document& document, Context& ctx) {
  const auto* receipt = body_of<Receipt>(&document);
  Maybe<std::string> name;
  if (receipt != nullptr) name = receipt->purchase_order;
  if (std::holds_alternative<PurchaseOrder>(document.body)) name = document.id;
  const Document* before = ctx.voided != nullptr ? ctx.voided : ctx.previous;
  if (const auto* past = body_of<Receipt>(before); past && !name) name = past->purchase_order;
  if (!name) return;
  std::vector<OrderedUnits> units;
  for (const OrderedLine& line : ordered_[*name]) {
    ordered_of(units, line.sku, &OrderedUnits::ordered) += line.quantity;
  }
  for (const auto& [id, lines] : received_[*name]) {
    if (id == document.id || (ctx.voided != nullptr && id == voided_id_)) continue;
    for (const ReceivedLine& line : lines) {
      ordered_of(units, line.sku, &OrderedUnits::received) += line.quantity;
    }
  }
  if (kept(DocumentType::purchase_order, *name) != nullptr || receipt == nullptr)
    ctx.followed.ordered = std::move(units);
}

void TestWorld::follow_dispatches(const Document& document, Context& ctx) {
  const auto* dispatch = body_of<Dispatch>(&document);
  if (dispatch == nullptr || !dispatch->order) return;
  std::vector<const Kept*> earlier;
  for (const auto& [key, one] : kept_) {
    const auto* other = body_of<Dispatch>(&one.document);
    if (other == nullptr || other->order != dispatch->order || other->void_of ||
        one.document.id == document.id || is_voided(DocumentType::dispatch, one.document.id)) {
      continue;
    }
    earlier.push_back(&one);
  }
  std::sort(earlier.begin(), earlier.end(),
            [](const Kept* a, const Kept* b) { return a->row < b->row; });
  for (const Kept* one : earlier) {
    ctx.followed.earlier.push_back(
        {one->row, one->document.source, std::get<Dispatch>(one->document.body)});
  }
}

void TestWorld::follow_resolution(const Document& document, Context& ctx) {
  ctx.followed.missed_by_counts = [this](LotId lot, WarehouseId warehouse, DocumentId since) {
    Quantity missed;
    for (const auto& [key, one] : kept_) {
      const bool counts = one.document.type() == DocumentType::count ||
                          one.document.type() == DocumentType::resolution;
      if (!counts || one.row < since) continue;
      for (const Entry& entry : one.entries) {
        if (entry.lot != lot) continue;
        const bool lost = entry.to.kind == AccountKind::lost && entry.to.warehouse == warehouse;
        const bool back =
            (entry.from.kind == AccountKind::lost || entry.from.kind == AccountKind::found) &&
            entry.from.warehouse == warehouse;
        if (lost) missed += entry.quantity;
        if (back) missed -= entry.quantity;
      }
    }
    return missed;
  };
  const auto* resolution = body_of<Resolution>(&document);
  if (resolution == nullptr) return;
  const Kept* of = resolution->of.dispatch_id
                       ? kept(DocumentType::dispatch, *resolution->of.dispatch_id)
                       : kept(DocumentType::return_, resolution->of.return_id.value_or(""));
  if (of == nullptr) return;
  ctx.followed.resolved = &of->document;
  ctx.followed.resolved_id = of->row;
  std::vector<Entry> entries = of->entries;
  for (const auto& [key, one] : kept_) {
    if (one.about == of->row && one.document.id != document.id) {
      entries.insert(entries.end(), one.entries.begin(), one.entries.end());
    }
  }
  ctx.followed.resolved_entries = standing(entries);
}

std::vector<Entry> TestWorld::standing(const std::vector<Entry>& entries) {
  std::vector<Entry> out;
  for (const Entry& entry : entries) {
    if (entry.book != Book::goods) continue;
    Entry left = entry;
    for (Entry& other : out) {
      if (other.sku != left.sku || other.lot != left.lot || other.from != left.to ||
          other.to != left.from) {
        continue;
      }
      const Quantity units = std::min(other.quantity, left.quantity);
      other.quantity -= units;
      left.quantity -= units;
    }
    if (left.quantity.is_positive()) out.push_back(left);
    std::erase_if(out, [](const Entry& one) { return one.quantity.is_zero(); });
  }
  return out;
}

void TestWorld::follow(const Document& document, Context& ctx) {
  voided_id_ = voided_by(document).value_or("");
  follow_transfer(document, ctx);
  follow_purchase_order(document, ctx);
  follow_dispatches(document, ctx);
  follow_resolution(document, ctx);
  ctx.followed.taken_back = ctx.previous != nullptr && is_voided(document.type(), document.id);
  // What corrects a document is taken back with it.
  const auto known = kept_.find(std::to_string(document.body.index()) + "/" +
                                (ctx.voided != nullptr ? voided_id_ : document.id));
  if (ctx.reversed == nullptr || known == kept_.end()) return;
  std::vector<Entry> entries = known->second.entries;
  const std::string id = known->second.document.id;
  for (const auto& [key, one] : kept_) {
    const bool takes_back = one.document.type() == document.type() && voided_by(one.document) == id;
    if (one.about == known->second.row || (takes_back && one.document.id != document.id)) {
      entries.insert(entries.end(), one.entries.begin(), one.entries.end());
    }
  }
  reversed_ = standing(entries);
  ctx.reversed = &reversed_;
}

// What is on its way by the ledger is what the transfers say.
void TestWorld::check_ways(std::vector<std::string>& faults) const {
  std::map<SkuId, std::int64_t> ways;
  for (const Entry& entry : ledger) {
    if (entry.to.kind == AccountKind::in_transit) ways[entry.sku] += entry.quantity.micros;
    if (entry.from.kind == AccountKind::in_transit) ways[entry.sku] -= entry.quantity.micros;
  }
  for (const auto& [name, lots] : transfers_) {
    for (const TransferLot& lot : lots) {
      ways[lot.sku] -= (lot.sent - lot.arrived - lot.lost).micros;
      if (lot.lost < Quantity{} || lot.arrived < Quantity{} || lot.sent < Quantity{})
        faults.push_back("a transfer below zero: " + name);
    }
  }
  for (const auto& [sku, units] : ways) {
    if (units != 0) faults.push_back("transfers and ledger differ by " + Quantity{units}.text());
  }
}

void TestWorld::keep_follows(const Document& document, Kept& kept, const Outcome& outcome) {
  kept.about = outcome.follows.about;
  if (outcome.follows.transfer_changed && follows_)
    transfers_[*follows_] = outcome.follows.transfer;
  if (!outcome.follows.transfer_before.empty() && before_transfer_)
    transfers_[*before_transfer_] = outcome.follows.transfer_before;
  if (std::holds_alternative<PurchaseOrder>(document.body))
    ordered_[document.id] = outcome.follows.ordered;
  const auto* receipt = body_of<Receipt>(&document);
  if (receipt == nullptr) return;
  for (auto& [name, lines] : received_) {
    lines.erase(document.id);
    lines.erase(voided_id_);
  }
  if (receipt->purchase_order)
    received_[*receipt->purchase_order][document.id] = outcome.follows.received;
}

}  // namespace lotbridge::core
