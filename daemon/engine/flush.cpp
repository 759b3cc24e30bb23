// The end of a batch: rows that are written once however many documents touched them.
#include <algorithm>

#include <lotbridge/records.hpp>

#include "daemon/store/encoding.hpp"
#include "daemon/store/order_rows.hpp"
#include "sdk/records/json_writer.hpp"
#include "workbench.hpp"

namespace lotbridge::engine {

using store::Blob;
using store::Sql;

namespace {

std::optional<std::int64_t> date_of(std::int32_t days) {
  if (days == core::kNoDate) return std::nullopt;
  return days;
}

std::int64_t flags_of(const core::Lot& lot) {
  return (lot.best_before ? store::kLotBestBefore : 0) | (lot.received ? store::kLotReceived : 0) |
         (lot.expired_on_receipt ? store::kLotExpiredOnReceipt : 0);
}

std::optional<std::string> aliases_text(const std::vector<LotCode>& aliases) {
  if (aliases.empty()) return std::nullopt;
  JsonWriter json(64);
  json.open('[');
  for (const LotCode& alias : aliases) json.text(alias.text);
  json.close(']');
  return json.take();
}

std::optional<std::string> first_received_text(const core::State& state, core::LotId lot,
                                               std::size_t warehouses) {
  std::string out;
  for (std::size_t i = 1; i <= warehouses; ++i) {
    const auto warehouse = static_cast<core::WarehouseId>(i);
    const std::int32_t day = state.first_received(lot, warehouse);
    if (day == core::kNoDate) continue;
    out += out.empty() ? "{\"" : ",\"";
    out += std::to_string(warehouse);
    out += "\":";
    out += std::to_string(day);
  }
  if (out.empty()) return std::nullopt;
  return out + "}";
}

}  // namespace

void Workbench::flush() {
  const core::Touched& touched = this->touched();
  flush_names(touched);
  flush_lots(touched);
  flush_orders(touched);
  flush_balances();
  flush_heads();
}

void Workbench::flush_names(const core::Touched& touched) {
  for (const core::OwnerId id : touched.owners) {
    if (const core::Owner* owner = state.owner(id)) store.run(Sql::insert_owner, id, owner->name);
  }
  for (const core::LocationId id : touched.locations) {
    const core::Location* location = state.location(id);
    if (location == nullptr) continue;
    store.run(Sql::upsert_location, id, state.warehouse_of(id), location->name);
  }
  for (const core::SkuId id : touched.skus) {
    const core::Sku* sku = state.sku(id);
    if (sku == nullptr) continue;
    std::optional<std::int64_t> document;
    std::optional<std::string> item;
    if (sku->known) {
      document = static_cast<std::int64_t>(sku->document);
      Document merged;
      merged.id = sku->item.sku;
      merged.body = sku->item;
      item = write_document(merged);
    }
    store.run(Sql::upsert_sku, id, sku->owner, sku->item.sku, document, item);
  }
}

void Workbench::flush_lots(const core::Touched& touched) {
  for (const core::LotId id : touched.lots) {
    const core::Lot* lot = state.lot(id);
    if (lot == nullptr) continue;
    const core::LotDetails details = state.lot_details(id);
    std::optional<std::int64_t> home;
    if (details.merged_into != 0) home = details.merged_into;
    std::optional<std::string> conflicts;
    if (!details.conflicts.empty()) conflicts = store::conflicts_text(details.conflicts);
    store.run(Sql::upsert_lot, id, owner_of_sku(lot->sku), lot->sku, state.lot_code(id),
              date_of(lot->expires_on), date_of(lot->produced_on), date_of(lot->sell_by),
              date_of(lot->removal_on), flags_of(*lot), details.batch, details.supplier_lot,
              details.supplier, details.tlc_source, aliases_text(details.aliases),
              first_received_text(state, id, state.warehouses_count()), details.first_code, home,
              conflicts);
  }
  for (const core::LotId id : touched.blocks) {
    const core::Lot* lot = state.lot(id);
    if (lot == nullptr) continue;
    const core::OwnerId owner = owner_of_sku(lot->sku);
    store.run(Sql::delete_blocks, owner, id);
    for (const core::Block& block : state.blocks(id)) {
      store.run(Sql::insert_block, owner, id, block.warehouse, block.kind, block.code, block.reason,
                block.document);
    }
  }
}

void Workbench::flush_orders(const core::Touched& touched) {
  const core::Context context = this->context();
  for (const core::OrderId id : touched.orders) {
    const core::Order* order = state.order(id);
    if (order == nullptr) continue;
    std::optional<std::int64_t> document, source, placed, ship_on;
    if (order->known) {
      document = static_cast<std::int64_t>(order->document);
      source = source_id(order->source);
    }
    if (order->header.placed_at) placed = order->header.placed_at->ms;
    if (order->header.ship_on) ship_on = order->header.ship_on->days;
    store.run(Sql::upsert_order, id, order->owner, document, source,
              order->known ? order->doc_id : order->reference, order_key(*order),
              order->header.number, order->header.channel,
              core::order_status(state, *order, context), state.is_closed(*order) ? 0 : 1,
              order->header.version, placed, ship_on, store::order_state(*order));
  }
}

void Workbench::flush_balances() {
  // In the order of the primary key: neighbours share pages, and what belongs together stands
  // together.
  std::sort(deltas_.begin(), deltas_.end(),
            [](const auto& a, const auto& b) { return a.first.tie() < b.first.tie(); });
  for (std::size_t i = 0; i < deltas_.size();) {
    const BalanceKey& key = deltas_[i].first;
    std::int64_t delta = 0;
    for (; i < deltas_.size() && deltas_[i].first == key; ++i) delta += deltas_[i].second;
    if (delta != 0) write_balance(key, store::account_blob(key.account), delta);
  }
}

// An order's own account lives shortly: it appears, and goes when it is used up. Shared accounts
// change all the time, so their sums are remembered.
void Workbench::write_balance(const BalanceKey& key, const std::string& account,
                              std::int64_t delta) {
  const auto [owner, book, sku, lot, of] = key;
  if (of.order != 0) {
    if (delta < 0 || lot == 0) {  // units without a lot may have been below zero
      store.run(Sql::delete_balance_of, owner, sku, lot, book, Blob{account}, -delta);
      if (store.failed() || store.changes() != 0) return;
    }
    store.run(Sql::add_balance, owner, sku, lot, book, Blob{account}, delta);
    return;
  }
  auto known = sums_.find(key);
  if (known == sums_.end()) {
    if (sums_.size() >= kSumsMax) sums_.clear();
    auto sum = store.query(Sql::select_balance, owner, sku, lot, book, Blob{account});
    known = sums_.emplace(key, sum.next() ? sum.integer(0) : 0).first;
  }
  const bool there = known->second != 0;
  known->second += delta;
  if (known->second == 0) {
    store.run(Sql::delete_balance, owner, sku, lot, book, Blob{account});
  } else if (there) {
    store.run(Sql::set_balance, owner, sku, lot, book, Blob{account}, known->second);
  } else {
    store.run(Sql::add_balance, owner, sku, lot, book, Blob{account}, delta);
  }
}

void Workbench::flush_heads() {
  for (const auto& [owner, chain] : heads_) {
    if (!chain.changed) continue;
    store.run(Sql::upsert_chain_head, owner, chain.number, Blob{bytes_of(chain.hash)});
  }
}

}  // namespace lotbridge::engine
