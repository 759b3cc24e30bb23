// Cancellations: what is no longer wanted, of an order that may not have come yet.
#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"

namespace lotbridge::core {

namespace {

// Cancels so much of a line (whole lines of kits count in kits). False after a refusal.
bool cancel_line(Work& w, OrderId id, LineIndex index, Quantity quantity,
                 const std::string& pointer) {
  const LineState line = w.t.find_order(id)->lines[index];
  const Quantity open = open_quantity(line);
  if (quantity > open) {
    const std::string detail =
        "Line " + line.sent.line + " has only " + open.text() + " left to cancel.";
    if (w.command) return w.refuse("insufficient", detail, pointer);
    w.except("insufficient", detail);
    quantity = open;
  }
  Quantity picked;
  for (const Promise& promise : line.promises) picked += promise.picked;
  if (w.command && line.components.empty() && open - quantity < picked) {
    return w.refuse("already_picked", "Units of line " + line.sent.line + " are picked already.",
                    pointer);
  }
  w.t.touch_order(id).lines[index].cancelled += quantity;
  for (std::size_t i = 0; i < part_count(line); ++i) {
    const Part part = part_of(line, i);
    const LineState& now = w.t.find_order(id)->lines[index];
    const Quantity over = promised_part(now, part.sku) + dispatched_part(now, part.sku) -
                          scaled(part.per, wanted_quantity(now));
    if (!over.is_positive()) continue;
    const Quantity left = give_back(w, id, index, part.sku,
                                    std::min(over, promised_part(now, part.sku)), "cancelled");
    if (!left.is_positive()) continue;
    AlertChange& alert =
        w.alert("pull_task", "warning", "Picked units were cancelled; put them back.");
    alert.order = id;
    alert.sku = part.sku;
    alert.quantity = left;
  }
  set_shortage(w, id, index,
               line_short(w.t.find_order(id)->lines[index]) ? line.shortage_reason : "");
  return true;
}

bool cancel_all(Work& w, OrderId id) {
  const std::size_t count = w.t.find_order(id)->lines.size();
  Quantity picked;
  bool open = false;
  for (const LineState& line : w.t.find_order(id)->lines) {
    for (const Promise& promise : line.promises) picked += promise.picked;
    if (!line.removed && (open_quantity(line).is_positive() || !line.problem.empty())) open = true;
  }
  if (w.command && picked.is_positive()) {
    return w.refuse("already_picked", "Units of the order are picked already.");
  }
  if (w.command && !open)
    return w.refuse("insufficient", "Nothing of the order is left to cancel.");
  for (LineIndex i = 0; i < count; ++i) {
    const LineState& line = w.t.find_order(id)->lines[i];
    if (line.removed) continue;
    if (!cancel_line(w, id, i, open_quantity(line), "/lines")) return false;
  }
  w.t.touch_order(id).cancelled = true;
  return true;
}

}  // namespace

bool apply_cancellation(Work& w, const Document&, const Cancellation& cancellation) {
  const OrderId id = order_of(w, cancellation.order, "");
  if (id == 0) return false;
  w.out.order = id;
  if (!w.t.find_order(id)->known) {
    // Kept until the order comes; then the caller applies it again.
    w.t.touch_order(id).waiting_documents.push_back(w.ctx.document);
    return true;
  }
  if (!cancellation.lines) {
    if (!cancel_all(w, id)) return false;
    w.t.refresh_waiting(w.t.orders.at(id));
    return true;
  }
  for (std::size_t i = 0; i < cancellation.lines->size(); ++i) {
    const CancellationLine& line = (*cancellation.lines)[i];
    const std::string pointer = "/lines/" + std::to_string(i);
    const std::int64_t index = find_line(w.t, *w.t.find_order(id), line.order_line, line.sku);
    if (index < 0) {
      const std::string detail = "The order has no such line, or several.";
      const char* code = index == -2 ? "ambiguous_reference" : "not_found";
      if (w.command) return w.refuse(code, detail, pointer);
      w.except(code, detail);
      continue;
    }
    if (!cancel_line(w, id, static_cast<LineIndex>(index), line.quantity, pointer + "/quantity")) {
      return false;
    }
  }
  w.t.refresh_waiting(w.t.orders.at(id));
  return true;
}

}  // namespace lotbridge::core
