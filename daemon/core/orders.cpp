// Orders and their revisions: what is asked for now, what that frees, what it gets (rules 3, 9, 12,
// 16, 19).
#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "routing.hpp"

namespace lotbridge::core {

namespace {

// Names and addresses stay in the one table that can be erased; rules need the customer's id and
// the place.
lotbridge::Order without_persons(const lotbridge::Order& sent) {
  lotbridge::Order header;
  header.number = sent.number;
  header.aliases = sent.aliases;
  header.version = sent.version;
  header.channel = sent.channel;
  header.priority = sent.priority;
  header.hold = sent.hold;
  header.placed_at = sent.placed_at;
  header.hold_until = sent.hold_until;
  header.ship_on = sent.ship_on;
  header.promised_on = sent.promised_on;
  header.warehouse = sent.warehouse;
  header.from_cart = sent.from_cart;
  header.policy = sent.policy;
  if (sent.customer) {
    header.customer.emplace();
    header.customer->id = sent.customer->id;
  }
  if (sent.ship_to) {
    header.ship_to.emplace();
    header.ship_to->country = sent.ship_to->country;
    header.ship_to->region = sent.ship_to->region;
    header.ship_to->postal_code = sent.ship_to->postal_code;
  }
  return header;
}

// Which known line a sent one continues: the one of that name; else, of an order only heard of
// so far, the one that a dispatch called by its SKU.
std::int64_t continued_line(const Order& order, const OrderLine& sent, SkuId sku, bool takeover,
                            const std::vector<bool>& taken) {
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    if (!taken[i] && !order.lines[i].sent.line.empty() && order.lines[i].sent.line == sent.line) {
      return static_cast<std::int64_t>(i);
    }
  }
  if (!takeover) return -1;
  for (std::size_t i = 0; i < order.lines.size(); ++i) {
    if (!taken[i] && order.lines[i].sent.line.empty() && sku != 0 && order.lines[i].sku == sku) {
      return static_cast<std::int64_t>(i);
    }
  }
  return -1;
}

// Units promised beyond what the line wants now go back, latest expiry first; picked ones need a
// person.
void shrink_line(Work& w, OrderId id, LineIndex index) {
  const LineState line = w.t.find_order(id)->lines[index];
  std::vector<SkuId> parts;
  for (std::size_t i = 0; i < part_count(line); ++i) {
    const Part part = part_of(line, i);
    const Quantity wanted = scaled(part.per, is_active(line) ? wanted_quantity(line) : Quantity{});
    const Quantity over = promised_part(line, part.sku) + dispatched_part(line, part.sku) - wanted;
    parts.push_back(part.sku);
    const Quantity promised = promised_part(line, part.sku);
    if (!over.is_positive() || !promised.is_positive()) continue;
    const Quantity left =
        give_back(w, id, index, part.sku, std::min(over, promised), "order_changed");
    if (!left.is_positive()) continue;
    AlertChange& alert =
        w.alert("pull_task", "warning", "Picked units are no longer wanted; put them back.");
    alert.order = id;
    alert.sku = part.sku;
    alert.quantity = left;
  }
  // The line means another item now: promises of the old one are of no use.
  for (const Promise& promise : line.promises) {
    if (std::find(parts.begin(), parts.end(), promise.sku) != parts.end()) continue;
    release(w, id, index, promise.lot, promise.warehouse, promise.reserved, "order_changed");
  }
}

// Takes the sent lines over; lines that are absent now are removed.
void merge_lines(Work& w, OrderId id, const lotbridge::Order& sent, bool takeover) {
  if (Order& order = w.t.touch_order(id); order.lines.empty()) {
    order.lines.reserve(sent.lines.size());
    for (const OrderLine& line : sent.lines) {
      LineState& state = order.lines.emplace_back();
      state.sent = line;
      resolve_line(w, order, state);
      state.removed = line.quantity && line.quantity->is_zero();
    }
    return;
  }
  std::vector<bool> taken(w.t.find_order(id)->lines.size(), false);
  for (const OrderLine& line : sent.lines) {
    LineState fresh;
    fresh.sent = line;
    resolve_line(w, *w.t.find_order(id), fresh);
    const std::int64_t known =
        continued_line(*w.t.find_order(id), line, fresh.sku, takeover, taken);
    Order& order = w.t.touch_order(id);
    if (known < 0) {
      fresh.removed = line.quantity && line.quantity->is_zero();
      order.lines.push_back(std::move(fresh));
      taken.push_back(true);
      continue;
    }
    LineState& state = order.lines[static_cast<std::size_t>(known)];
    taken[static_cast<std::size_t>(known)] = true;
    state.sent = line;
    state.removed = line.quantity && line.quantity->is_zero();
    if (state.sku == fresh.sku) {
      state.quantity = fresh.problem.empty() ? fresh.quantity : state.quantity;
      state.factor = fresh.factor;
      state.problem = fresh.problem;
      if (!fresh.problem.empty()) state.shortage_reason = fresh.problem;
      if (fresh.problem.empty() && state.components.empty() && state.stamps.empty() &&
          state.promises.empty()) {
        state.components = fresh.components;
        state.parts = fresh.parts;
      }
    } else {
      state.sku = fresh.sku;
      state.quantity = fresh.quantity;
      state.factor = fresh.factor;
      state.problem = fresh.problem;
      state.shortage_reason = fresh.shortage_reason;
      state.components = fresh.components;
      state.parts = fresh.parts;
    }
  }
  Order& order = w.t.touch_order(id);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i]) order.lines[i].removed = true;
  }
}

// Where a line may leave from: where it or its order says, else anywhere on the route.
std::vector<WarehouseId> places_of(const State::Tables& t, const Order& order,
                                   const LineState& line) {
  if (line.sent.warehouse || order.header.warehouse) return {line_warehouse(t, order, line)};
  std::vector<WarehouseId> places = route_of(t, order);
  if (places.empty()) places.push_back(order.warehouse);
  return places;
}

// What a line asks for less of than is demanded, of itself or of a kit's components, wherever it
// may leave from; each knob once.
std::vector<Lowering> lowerings_of(const State::Tables& t, const Order& order,
                                   const LineState& line) {
  std::vector<Lowering> out;
  if (order.plain && line.plain) return out;
  for (const WarehouseId place : places_of(t, order, line)) {
    for (std::size_t part = 0; part < part_count(line); ++part) {
      for (Lowering& found :
           lowered_demands(t, question_of(order, line, part_of(line, part).sku, place))) {
        const bool known = std::any_of(out.begin(), out.end(), [&](const Lowering& other) {
          return other.knob == found.knob;
        });
        if (!known) out.push_back(std::move(found));
      }
    }
  }
  return out;
}

// False after a refusal. A connector's lowering is ignored, an API caller needs the right to it.
bool check_overrides(Work& w, OrderId id) {
  const Order& order = *w.t.find_order(id);
  const bool connector = w.source != "api";
  for (LineIndex i = 0; i < order.lines.size(); ++i) {
    const LineState& line = order.lines[i];
    if (line.sku == 0 || line.removed) continue;
    for (const Lowering& lowering : lowerings_of(w.t, order, line)) {
      const std::string detail = "Line " + line.sent.line + " asks for " + lowering.knob + " " +
                                 lowering.asked + " where " + lowering.below + " is demanded.";
      if (connector || (!w.command && !w.ctx.may_override)) {
        w.except("override_not_allowed", detail + " It was ignored.");
        continue;
      }
      if (!w.ctx.may_override)
        return w.refuse("override_not_allowed", detail, "/lines/" + std::to_string(i) + "/policy");
      AuditLine audit;
      audit.action = "lower_demand";
      audit.field = lowering.knob;
      audit.old_value = lowering.below;
      audit.new_value = lowering.asked;
      audit.order = id;
      audit.line = line.sent.line;
      w.out.audit.push_back(std::move(audit));
    }
  }
  return true;
}

// Promises at a warehouse that the order or line now names otherwise have to move.
void release_elsewhere(Work& w, OrderId id) {
  const std::size_t count = w.t.find_order(id)->lines.size();
  for (LineIndex i = 0; i < count; ++i) {
    const Order& order = *w.t.find_order(id);
    const LineState& line = order.lines[i];
    if (!line.sent.warehouse && !order.header.warehouse) continue;
    const WarehouseId named = line_warehouse(w.t, order, line);
    const std::vector<Promise> promises = line.promises;
    for (const Promise& promise : promises) {
      if (promise.warehouse == named) continue;
      release(w, id, i, promise.lot, promise.warehouse, promise.reserved, "other_warehouse");
    }
  }
}

void take_over_cart(Work& w, OrderId cart) {
  if (cart == 0 || w.t.find_order(cart) == nullptr) return;
  release_order(w, cart, "cart_converted");
  w.t.touch_order(cart).cancelled = true;
  w.t.refresh_waiting(w.t.orders.at(cart));
}

void remember_customer(Work& w, OrderId id) {
  const Order& order = *w.t.find_order(id);
  if (!order.header.customer || !order.header.customer->id) return;
  for (const LineState& line : order.lines) {
    for (const Stamp& stamp : line.stamps) {
      if (stamp.lot == 0 || stamp.expires_on == kNoDate || !stamp.quantity.is_positive()) continue;
      w.t.set_last_shipped(order.owner, *order.header.customer->id, stamp.sku,
                           {stamp.at, stamp.expires_on});
    }
  }
}

// The order we only heard of has come: what stood unreconciled finds its place.
void settle_placeholder(Work& w, OrderId id) {
  Order& order = w.t.touch_order(id);
  w.out.reapply = std::move(order.waiting_documents);
  order.waiting_documents.clear();
  AlertChange key;
  key.kind = "unreconciled";
  key.order = id;
  w.close_alert(key);
  remember_customer(w, id);
}

}  // namespace

// More left than is wanted: a fact that a person has to look at; a later version may heal it.
void watch_over_shipment(Work& w, OrderId id, LineIndex index) {
  const LineState& line = w.t.find_order(id)->lines[index];
  const Quantity over = dispatched_quantity(line) - wanted_quantity(line) - line.returned;
  AlertChange key;
  key.kind = "over_shipped";
  key.severity = "warning";
  key.order = id;
  key.sku = line.sku;
  if (!over.is_positive()) return;
  key.quantity = over;
  key.detail = "Line " + line.sent.line + " wants less than was dispatched.";
  w.except("over_shipped", key.detail);
  w.out.alerts.push_back(std::move(key));
}

bool apply_order(Work& w, const Document& document, const lotbridge::Order& sent) {
  OrderId id = w.ctx.order;
  const bool fresh_order = id == 0 || w.t.find_order(id) == nullptr;
  if (fresh_order) {
    Order fresh;
    fresh.owner = w.owner;
    fresh.first_seen = w.at;
    id = w.t.create_order(std::move(fresh));
  }
  const bool takeover = !fresh_order && !w.t.find_order(id)->known;
  Order& order = w.t.touch_order(id);
  order.header = without_persons(sent);
  order.document = w.ctx.document;
  order.source = document.source;
  order.doc_id = document.id;
  order.known = true;
  // A cart that is touched again gets its time anew.
  if (!order.header.hold_until || *order.header.hold_until > w.ctx.now) order.cart_expired = false;
  w.out.order = id;
  merge_lines(w, id, sent, takeover);
  note_sent(w.t.touch_order(id));
  if (!check_overrides(w, id)) return false;
  if (takeover) settle_placeholder(w, id);
  take_over_cart(w, w.ctx.cart);
  const std::size_t count = fresh_order ? 0 : w.t.find_order(id)->lines.size();
  for (LineIndex i = 0; i < count; ++i) {
    shrink_line(w, id, i);
    watch_over_shipment(w, id, i);
  }
  if (!may_reserve(w, *w.t.find_order(id))) {
    release_order(w, id, w.t.find_order(id)->cancelled ? "cancelled" : "hold");
  } else {
    if (!fresh_order) {
      release_elsewhere(w, id);
      rejudge_order(w, id);
    }
    allocate_order(w, id);
  }
  return true;
}

}  // namespace lotbridge::core
