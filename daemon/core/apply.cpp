#include "apply.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include "allocator.hpp"
#include "documents.hpp"

namespace lotbridge::core {

namespace {

bool apply_body(Work& w, const Document& document) {
  return std::visit(
      [&](const auto& body) -> bool {
        using T = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<T, Item>) return apply_item(w, document, body);
        if constexpr (std::is_same_v<T, Policy>) return apply_policy(w, document, body);
        if constexpr (std::is_same_v<T, Receipt>) return apply_receipt(w, document, body);
        if constexpr (std::is_same_v<T, lotbridge::Order>) return apply_order(w, document, body);
        if constexpr (std::is_same_v<T, Pick>) return apply_pick(w, document, body);
        if constexpr (std::is_same_v<T, Cancellation>) return apply_cancellation(w, document, body);
        if constexpr (std::is_same_v<T, Dispatch>) return apply_dispatch(w, document, body);
        if constexpr (std::is_same_v<T, Return>) return apply_return(w, document, body);
        if constexpr (std::is_same_v<T, Hold>) return apply_hold(w, document, body);
        if constexpr (std::is_same_v<T, Release>) return apply_release(w, document, body);
        if constexpr (std::is_same_v<T, Transfer>) return apply_transfer(w, document, body);
        if constexpr (std::is_same_v<T, Count>) return apply_count(w, document, body);
        if constexpr (std::is_same_v<T, Adjustment>) return apply_adjustment(w, document, body);
        if constexpr (std::is_same_v<T, Transformation>)
          return apply_transformation(w, document, body);
        if constexpr (std::is_same_v<T, LotCorrection>)
          return apply_lot_correction(w, document, body);
        if constexpr (std::is_same_v<T, PurchaseOrder>)
          return apply_purchase_order(w, document, body);
        if constexpr (std::is_same_v<T, Charge>) return apply_charge(w, document, body);
        if constexpr (std::is_same_v<T, Resolution>) return apply_resolution(w, document, body);
        if constexpr (std::is_same_v<T, OwnerTransfer>)
          return apply_owner_transfer(w, document, body);
        if constexpr (std::is_same_v<T, Recall>) return apply_recall(w, document, body);
        if constexpr (std::is_same_v<T, TransferClose>)
          return apply_transfer_close(w, document, body);
        return true;  // an erasure is the store's business: nothing that it removes is here
      },
      document.body);
}

// One order is told of once, however often it got something in this document.
void unite_events(Work& w) {
  if (w.out.events.size() < 2) return;
  std::vector<OrderId> told;
  for (const Event& event : w.out.events) {
    if (event.kind == "order.allocated") told.push_back(event.order);
  }
  std::sort(told.begin(), told.end());
  if (std::adjacent_find(told.begin(), told.end()) == told.end()) return;
  std::unordered_set<OrderId> kept;
  std::erase_if(w.out.events, [&](const Event& event) {
    return event.kind == "order.allocated" && !kept.insert(event.order).second;
  });
}

// What was picked, shipped or cancelled of an order may let it have what it could not have before.
void look_again(Work& w) {
  const Order* order = w.out.order == 0 ? nullptr : w.t.find_order(w.out.order);
  if (order == nullptr || !order->known || order->document == w.ctx.document) return;
  if (w.t.find_slot(order->id)->waiting != 0) allocate_order(w, order->id);
}

std::vector<OrderId> touched_orders(const Work& w, std::size_t since) {
  std::vector<OrderId> out;
  for (std::size_t i = since; i < w.t.journal.size(); ++i) {
    const Undo& undo = w.t.journal[i];
    // What happens to an order mostly happens in one go.
    if (undo.touch == Touch::order && (out.empty() || out.back() != undo.id)) {
      out.push_back(undo.id);
    }
  }
  if (!std::is_sorted(out.begin(), out.end())) std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

// Runs `step`; what it freed goes to those who wait. A refused or parked step leaves nothing
// behind.
Outcome finish(Work& w, const std::function<bool(Work&)>& step) {
  const Work::Mark start = w.mark();
  if (step(w)) {
    join_recalls(w);
    for (const auto& [lot, warehouse] : w.to_judge) rejudge_lot(w, lot, warehouse, "corrected");
    const std::vector<OrderId> touched = touched_orders(w, start.state.undo);
    const std::size_t seen = w.t.journal.size();
    for (const OrderId id : touched) {
      if (OrderSlot& slot = *w.t.find_slot(id); slot.relist) w.t.refresh_waiting(slot);
    }
    if (!w.freed.empty()) {
      fill_waiting(w);
      look_again(w);
      const std::vector<OrderId> later = touched_orders(w, seen);
      std::vector<OrderId> all;
      all.reserve(touched.size() + later.size());
      std::set_union(touched.begin(), touched.end(), later.begin(), later.end(),
                     std::back_inserter(all));
      for (const OrderId id : all) refresh_shortages(w, id);
    } else {
      look_again(w);
      for (const OrderId id : touched) refresh_shortages(w, id);
    }
    unite_events(w);
    return std::move(w.out);
  }
  w.unwind(start);
  Outcome failed;
  failed.refused = std::move(w.out.refused);
  failed.parked = w.out.parked;
  failed.parked_reason = std::move(w.out.parked_reason);
  return failed;
}

Outcome apply(State& state, const Document& document, const Context& ctx) {
  Work w(state, ctx);
  w.source = document.source;
  w.command = document.command.value_or(document.source == "api");
  w.at = document.at.value_or(ctx.now);
  w.owner = state.owner_id(document.owner);
  return finish(w, [&](Work& work) {
    if (work.owner == 0) return work.refuse("not_found", "There is no owner of this name.");
    if (ctx.followed.taken_back) {
      work.except("id_conflict",
                  "It was taken back before: this version is kept, and moves nothing.");
      return true;
    }
    return apply_body(work, document);
  });
}

bool park(Work& w, std::string code, std::string detail) {
  w.out.parked = true;
  w.out.parked_reason = {std::move(code), std::move(detail), {}};
  return false;
}

WarehouseId warehouse_of(Work& w, const std::string& name, std::string pointer) {
  const WarehouseId id = w.state.warehouse_id(name);
  if (id != 0) return id;
  const std::string detail = "There is no warehouse named \"" + name + "\".";
  if (w.command) {
    w.refuse("not_found", detail, std::move(pointer));
  } else {
    park(w, "not_found", detail);
  }
  return 0;
}

SkuId sku_of(Work& w, const std::string& name, const std::string& pointer) {
  SkuId id = w.state.sku_by_alias(w.owner, w.source, name, nullptr);
  if (id == 0) id = w.t.find_sku(w.owner, name);
  if (id == 0) id = w.state.sku_by_gtin(w.owner, name, nullptr);
  if (id != 0 && w.t.skus[id].known) return w.t.standing_sku(id);
  if (w.command) {
    w.refuse("unknown_sku", "There is no item with SKU \"" + name + "\".", pointer);
    return 0;
  }
  w.except("unknown_sku", "No item describes SKU \"" + name + "\" yet; its units are kept.");
  return id != 0 ? id : w.t.mention_sku(w.owner, name);
}

bool not_authoritative(const Work& w, const Maybe<std::string>& facts_from) {
  return facts_from && !w.command && *facts_from != w.source;
}

}  // namespace lotbridge::core
