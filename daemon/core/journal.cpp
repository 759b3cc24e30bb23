// Taking changes back. Every change of a table leaves a record; unwinding plays them backwards.
#include <algorithm>

#include "tables.hpp"

namespace lotbridge::core {

Savepoint State::Tables::savepoint() {
  ++savepoint_number;  // from here on an order is copied once more before it changes
  return Savepoint{journal.size()};
}

void State::Tables::remember(Touch touch, std::uint64_t id, std::function<void(Tables&)> undo) {
  if (!recording) return;
  Undo record;
  record.kind = Undo::Kind::closure;
  record.touch = touch;
  record.id = id;
  journal.push_back(record);
  closures.push_back(std::move(undo));
}

void State::Tables::unwind(Savepoint mark) {
  recording = false;
  while (journal.size() > mark.undo) {
    const Undo undo = journal.back();
    journal.pop_back();
    switch (undo.kind) {
      case Undo::Kind::stock:
        restore_stock(undo);
        break;
      case Undo::Kind::picked: {
        const std::uint64_t key = place_key(static_cast<LotId>(undo.id), undo.warehouse);
        if (undo.stock.promised.is_zero()) {
          picked_units.erase(key);
        } else {
          picked_units[key] = undo.stock.promised;
        }
        break;
      }
      case Undo::Kind::asked:
        find_slot(undo.id)->order.allocation_asked = false;
        refresh_waiting(*find_slot(undo.id));
        break;
      case Undo::Kind::routed:
        find_slot(undo.id)->order.warehouse = undo.warehouse;
        refresh_waiting(*find_slot(undo.id));
        break;
      case Undo::Kind::order: {
        OrderSlot& slot = orders.at(undo.id);
        unlist_order(slot);
        slot.order = std::move(saved_orders.back());
        saved_orders.pop_back();
        list_order(slot);
        break;
      }
      case Undo::Kind::promise: {
        const LotId lot = undo.stock.lot;
        OrderSlot& slot = *find_slot(undo.id);
        change_promise(slot, undo.line, undo.sku, lot, undo.warehouse, undo.picked,
                       -undo.stock.available_status, find_stock(lot, undo.warehouse));
        refresh_waiting(slot);
        break;
      }
      case Undo::Kind::new_order:
        unlist_order(orders.at(undo.id));
        last_slot = nullptr;
        orders.erase(undo.id);
        last_order = undo.id - 1;
        break;
      case Undo::Kind::new_lot:
        drop_newest_lot();
        break;
      case Undo::Kind::closure: {
        const std::function<void(Tables&)> back = std::move(closures.back());
        closures.pop_back();
        back(*this);
        if (undo.touch == Touch::order) refresh_waiting(*find_slot(undo.id));
        break;
      }
    }
  }
  ++savepoint_number;
  recording = true;
}

void State::Tables::forget() {
  journal.clear();
  saved_orders.clear();
  closures.clear();
  ++savepoint_number;
}

void State::begin() {
  tables_->forget();
  tables_->document_mark = 0;
}

void State::begin_document() { tables_->document_mark = tables_->savepoint().undo; }

void State::rollback_document() {
  tables_->unwind(Savepoint{std::min(tables_->document_mark, tables_->journal.size())});
}

void State::rollback() { tables_->unwind(Savepoint{0}); }

void State::commit() { tables_->forget(); }

namespace {

template <typename Id>
void sort_unique(std::vector<Id>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

Touched State::touched() const {
  Touched out;
  for (const Undo& undo : tables_->journal) {
    switch (undo.touch) {
      case Touch::nothing:
        break;
      case Touch::location:
        out.locations.push_back(static_cast<LocationId>(undo.id));
        break;
      case Touch::sku:
        out.skus.push_back(static_cast<SkuId>(undo.id));
        break;
      case Touch::lot:
        out.lots.push_back(static_cast<LotId>(undo.id));
        break;
      case Touch::order:
        out.orders.push_back(undo.id);
        break;
      case Touch::policy:
        out.policies.push_back(undo.id);
        break;
      case Touch::blocks:
        out.blocks.push_back(static_cast<LotId>(undo.id));
        break;
    }
  }
  sort_unique(out.locations);
  sort_unique(out.skus);
  sort_unique(out.lots);
  sort_unique(out.orders);
  sort_unique(out.policies);
  sort_unique(out.blocks);
  return out;
}

}  // namespace lotbridge::core
