// Orders, their promises and the lists that find them again. See tables.hpp.
#include <algorithm>

#include "policy.hpp"
#include "tables.hpp"

namespace lotbridge::core {

namespace {

void drop_from(std::vector<OrderId>& list, OrderId id) {
  const auto at = std::find(list.begin(), list.end(), id);
  if (at == list.end()) return;
  *at = list.back();
  list.pop_back();
}

}  // namespace

void note_sent(Order& order) {
  const lotbridge::Order& header = order.header;
  order.plain =
      !header.hold && !header.hold_until && !header.warehouse && says_nothing(header.policy);
  for (LineState& line : order.lines) {
    const OrderLine& sent = line.sent;
    line.plain = sent.requires_shipping && !sent.warehouse && !sent.lot && !sent.same_lot_group &&
                 says_nothing(sent.policy);
  }
}

OrderSlot* State::Tables::find_slot(OrderId id) const {
  if (last_slot != nullptr && last_slot->order.id == id) return last_slot;
  const auto at = orders.find(id);
  if (at == orders.end()) return nullptr;
  last_slot = const_cast<OrderSlot*>(&at->second);
  return last_slot;
}

Order* State::Tables::find_order(OrderId id) {
  OrderSlot* slot = find_slot(id);
  return slot == nullptr ? nullptr : &slot->order;
}

const Order* State::Tables::find_order(OrderId id) const {
  return const_cast<Tables*>(this)->find_order(id);
}

Order& State::Tables::touch_order(OrderId id) {
  OrderSlot& slot = *find_slot(id);
  slot.relist = true;
  if (recording && slot.saved_in != savepoint_number) {
    slot.saved_in = savepoint_number;
    Undo undo;
    undo.kind = Undo::Kind::order;
    undo.touch = Touch::order;
    undo.id = id;
    journal.push_back(undo);
    saved_orders.push_back(slot.order);
    if (maybe_closed.empty() || maybe_closed.back() != id) maybe_closed.push_back(id);
  }
  return slot.order;
}

OrderId State::Tables::create_order(Order order) {
  const OrderId id = ++last_order;
  order.id = id;
  OrderSlot& slot = orders[id];
  slot.order = std::move(order);
  last_slot = &slot;
  slot.saved_in = savepoint_number;
  if (recording) {
    Undo undo;
    undo.kind = Undo::Kind::new_order;
    undo.touch = Touch::order;
    undo.id = id;
    journal.push_back(undo);
    if (maybe_closed.empty() || maybe_closed.back() != id) maybe_closed.push_back(id);
  }
  return id;
}

void State::Tables::link(Promise& promise, OrderId order, LineIndex line, LotStock* row) {
  std::uint32_t node = free_node;
  if (node != 0) {
    free_node = promise_nodes[node].next;
  } else {
    node = static_cast<std::uint32_t>(promise_nodes.size());
    promise_nodes.emplace_back();
  }
  const std::uint32_t head = row != nullptr ? row->promises : 0;
  promise_nodes[node] = {order, line, promise.lot, promise.warehouse, head, 0};
  if (head != 0) promise_nodes[head].before = node;
  if (row != nullptr) row->promises = node;
  promise.node = node;
}

void State::Tables::unlink(Promise& promise) {
  const std::uint32_t id = promise.node;
  if (id == 0) return;
  const PromiseNode node = promise_nodes[id];
  if (node.before != 0) {
    promise_nodes[node.before].next = node.next;
  } else if (LotStock* row = find_stock(node.lot, node.warehouse);
             row != nullptr && row->promises == id) {
    row->promises = node.next;
  }
  if (node.next != 0) promise_nodes[node.next].before = node.before;
  promise_nodes[id] = {};
  promise_nodes[id].next = free_node;
  free_node = id;
  promise.node = 0;
}

void State::Tables::ask_allocation(OrderId id) {
  OrderSlot& slot = *find_slot(id);
  if (slot.order.allocation_asked) return;
  note_small_change(slot, Undo::Kind::asked);
  slot.order.allocation_asked = true;
}

void State::Tables::set_warehouse(OrderId id, WarehouseId warehouse) {
  OrderSlot& slot = *find_slot(id);
  if (slot.order.warehouse == warehouse) return;
  note_small_change(slot, Undo::Kind::routed);
  slot.order.warehouse = warehouse;
}

void State::Tables::note_small_change(OrderSlot& slot, Undo::Kind kind) {
  slot.relist = true;
  if (!recording || slot.saved_in == savepoint_number) return;
  const OrderId id = slot.order.id;
  Undo undo;
  undo.kind = kind;
  undo.touch = Touch::order;
  undo.id = id;
  undo.warehouse = slot.order.warehouse;
  journal.push_back(undo);
  if (maybe_closed.empty() || maybe_closed.back() != id) maybe_closed.push_back(id);
}

Order& State::Tables::touch_order_lightly(OrderId id, const std::function<void(Order&)>& undo) {
  OrderSlot& slot = *find_slot(id);
  slot.relist = true;
  if (recording && slot.saved_in != savepoint_number) {
    remember(Touch::order, id, [id, undo](Tables& t) {
      OrderSlot& back = *t.find_slot(id);
      back.relist = true;
      undo(back.order);
    });
    if (maybe_closed.empty() || maybe_closed.back() != id) maybe_closed.push_back(id);
  }
  return slot.order;
}

void State::Tables::change_promise(OrderSlot& slot, LineIndex index, SkuId sku, LotId lot,
                                   WarehouseId warehouse, bool picked, Quantity delta,
                                   LotStock* row) {
  slot.relist = true;
  LineState& line = slot.order.lines[index];
  auto at = std::find_if(line.promises.begin(), line.promises.end(), [&](const Promise& p) {
    return p.lot == lot && p.warehouse == warehouse;
  });
  if (at == line.promises.end()) {
    // In one order whatever happened before, so that what is rolled back is as it was.
    at = std::find_if(line.promises.begin(), line.promises.end(), [&](const Promise& p) {
      return std::tie(p.lot, p.warehouse) > std::tie(lot, warehouse);
    });
    at = line.promises.insert(at, Promise{sku, lot, 0, warehouse, {}, {}});
    link(*at, slot.order.id, index, row);
  }
  (picked ? at->picked : at->reserved) += delta;
  if (at->reserved.is_zero() && at->picked.is_zero()) {
    unlink(*at);
    line.promises.erase(at);
  }
}

void State::Tables::add_promise(OrderId id, LineIndex index, SkuId sku, LotId lot,
                                WarehouseId warehouse, bool picked, Quantity delta) {
  LotStock& row = touch_stock(sku, lot, warehouse);
  row.promised += delta;
  if (picked) add_picked(lot, warehouse, delta);
  OrderSlot& slot = *find_slot(id);
  if (recording && slot.saved_in != savepoint_number) {
    Undo undo;
    undo.kind = Undo::Kind::promise;
    undo.touch = Touch::order;
    undo.warehouse = warehouse;
    undo.picked = picked;
    undo.line = index;
    undo.sku = sku;
    undo.id = id;
    undo.stock.lot = lot;
    undo.stock.available_status = delta;
    journal.push_back(undo);
    if (maybe_closed.empty() || maybe_closed.back() != id) maybe_closed.push_back(id);
  }
  change_promise(slot, index, sku, lot, warehouse, picked, delta, &row);
}

void State::Tables::list_order(OrderSlot& slot) {
  Order& order = slot.order;
  for (LineIndex index = 0; index < order.lines.size(); ++index) {
    for (Promise& promise : order.lines[index].promises) {
      promise.node = 0;
      link(promise, order.id, index, find_stock(promise.lot, promise.warehouse));
    }
  }
  refresh_waiting(slot);
}

void State::Tables::unlist_order(OrderSlot& slot) {
  for (LineState& line : slot.order.lines) {
    for (Promise& promise : line.promises) unlink(promise);
  }
  lacking.clear();
  set_waiting(slot, lacking, false);
}

void State::Tables::refresh_waiting(OrderSlot& slot) {
  slot.relist = false;
  const Order& order = slot.order;
  std::vector<SkuId>& skus_short = lacking;
  skus_short.clear();
  bool unknown = false;
  if (order.known && !order.cancelled) {
    for (const LineState& line : order.lines) {
      if (!line.removed && line.problem == "unknown_sku") unknown = true;
      if (!is_active(line) || !line_short(line)) continue;
      for (std::size_t i = 0; i < part_count(line); ++i) {
        const Part part = part_of(line, i);
        if (!part_need(line, part).is_positive()) continue;
        if (std::find(skus_short.begin(), skus_short.end(), part.sku) == skus_short.end()) {
          skus_short.push_back(part.sku);
        }
      }
    }
  }
  set_waiting(slot, skus_short, unknown);
}

void State::Tables::add_waiting(SkuId sku, OrderSlot& slot) {
  std::uint32_t node = free_wait;
  if (node != 0) {
    free_wait = wait_nodes[node].next;
  } else {
    node = static_cast<std::uint32_t>(wait_nodes.size());
    wait_nodes.emplace_back();
  }
  const std::uint32_t head = sku_stock[sku].waiting;
  wait_nodes[node] = {slot.order.id, sku, head, 0, slot.waiting};
  if (head != 0) wait_nodes[head].before = node;
  sku_stock[sku].waiting = node;
  slot.waiting = node;
}

void State::Tables::drop_waiting(OrderSlot& slot) {
  while (slot.waiting != 0) {
    const std::uint32_t id = slot.waiting;
    const WaitNode node = wait_nodes[id];
    if (node.before != 0) {
      wait_nodes[node.before].next = node.next;
    } else {
      sku_stock[node.sku].waiting = node.next;
    }
    if (node.next != 0) wait_nodes[node.next].before = node.before;
    slot.waiting = node.other;
    wait_nodes[id].next = free_wait;
    free_wait = id;
  }
}

std::vector<OrderId> State::Tables::waiting_for(SkuId sku) const {
  std::vector<OrderId> out;
  for (std::uint32_t node = sku_stock[sku].waiting; node != 0; node = wait_nodes[node].next) {
    out.push_back(wait_nodes[node].order);
  }
  return out;
}

std::vector<SkuId> State::Tables::lacked_by(const OrderSlot& slot) const {
  std::vector<SkuId> out;
  for (std::uint32_t node = slot.waiting; node != 0; node = wait_nodes[node].other) {
    out.push_back(wait_nodes[node].sku);
  }
  return out;
}

void State::Tables::set_waiting(OrderSlot& slot, const std::vector<SkuId>& now, bool unknown) {
  // The order's list is the other way round: the newest node is its head.
  std::uint32_t node = slot.waiting;
  std::size_t left = now.size();
  while (node != 0 && left != 0 && wait_nodes[node].sku == now[left - 1]) {
    node = wait_nodes[node].other;
    --left;
  }
  if (node != 0 || left != 0) {
    drop_waiting(slot);
    for (const SkuId sku : now) add_waiting(sku, slot);
  }
  const OrderId id = slot.order.id;
  if (slot.unknown_line != unknown) {
    if (unknown) {
      unknown_lines[slot.order.owner].push_back(id);
    } else {
      drop_from(unknown_lines[slot.order.owner], id);
    }
    slot.unknown_line = unknown;
  }
}

void State::Tables::set_last_shipped(OwnerId owner, const std::string& customer, SkuId sku,
                                     LastShipped now) {
  const auto key = std::make_tuple(owner, customer, sku);
  const auto at = last_shipped.find(key);
  const bool existed = at != last_shipped.end();
  const LastShipped before = existed ? at->second : LastShipped{};
  if (existed &&
      (now.at < before.at || (now.at == before.at && now.expires_on <= before.expires_on))) {
    return;
  }
  last_shipped[key] = now;
  remember(Touch::nothing, 0, [key, existed, before](Tables& t) {
    if (existed) {
      t.last_shipped[key] = before;
    } else {
      t.last_shipped.erase(key);
    }
  });
}

void State::Tables::set_policies(OwnerId owner, std::vector<PolicyDocument> list,
                                 DocumentId touched) {
  std::vector<PolicyDocument>& slot = policies[owner];
  remember(Touch::policy, touched,
           [owner, before = slot](Tables& t) { t.policies[owner] = before; });
  slot = std::move(list);
}

void State::Tables::apply(const Entry& entry) {
  apply_account(entry.book, entry.sku, entry.lot, entry.from, -entry.quantity);
  apply_account(entry.book, entry.sku, entry.lot, entry.to, entry.quantity);
}

void State::Tables::apply_account(Book book, SkuId sku, LotId lot, const Account& account,
                                  Quantity delta) {
  if (book == Book::goods && account.kind == AccountKind::stock) {
    if (lot == 0) {
      add_lotless(sku, account.warehouse, account.location, delta);
    } else {
      add_cell(lot, account.warehouse, account.location, account.status, delta);
    }
  } else if (book == Book::goods && account.kind == AccountKind::in_transit) {
    if (lot != 0) add_in_transit(lot, account.warehouse, delta);
  } else if (account.kind == AccountKind::reserved || account.kind == AccountKind::picked) {
    add_promise(account.order, account.line, sku, lot, account.warehouse,
                account.kind == AccountKind::picked, delta);
  }
}

}  // namespace lotbridge::core
