// Lines that must come out of one lot (rule 10, same_lot_group). See allocator.hpp.
#include <algorithm>
#include <map>

#include "allocator.hpp"

namespace lotbridge::core {

namespace {

// The code that a group is bound to by what it already has; empty: free to choose.
std::string bound_code(const State::Tables& t, const Order& order,
                       const std::vector<LineIndex>& lines) {
  for (const LineIndex i : lines) {
    for (const Stamp& stamp : order.lines[i].stamps) {
      if (stamp.lot != 0 && stamp.quantity.is_positive()) return std::string(t.code(stamp.lot));
    }
    if (!order.lines[i].promises.empty()) {
      return std::string(t.code(order.lines[i].promises.front().lot));
    }
  }
  return {};
}

// Reserves all lines of the group out of lots with this code; all or nothing.
bool reserve_group(Work& w, OrderId id, const std::vector<LineIndex>& lines,
                   const std::string& code) {
  const Work::Mark mark = w.mark();
  for (const LineIndex i : lines) {
    const Order& order = *w.t.find_order(id);
    const LineState& line = order.lines[i];
    const Quantity need = part_need(line, {line.sku, Quantity::whole(1)});
    if (!need.is_positive()) continue;
    const WarehouseId warehouse = line_warehouse(w.t, order, line);
    const LotId lot = w.t.find_lot(line.sku, code);
    const LotStock* row = lot == 0 ? nullptr : w.t.find_stock(lot, warehouse);
    const Demand d =
        demand_of(w.t, question_of(order, line, line.sku, warehouse), w.today(warehouse));
    if (row == nullptr || gate(w.t, d, *row, warehouse) != Reason::none ||
        free_units(w.t, *row, warehouse) < need) {
      w.unwind(mark);
      return false;
    }
    w.promise(id, i, line.sku, lot, warehouse, need, AccountKind::free, AccountKind::reserved);
  }
  return true;
}

std::vector<std::string> codes_to_try(Work& w, OrderId id, const std::vector<LineIndex>& lines) {
  const Order& order = *w.t.find_order(id);
  const std::string bound = bound_code(w.t, order, lines);
  if (!bound.empty()) return {bound};
  const LineState& line = order.lines[lines.front()];
  const WarehouseId warehouse = line_warehouse(w.t, order, line);
  const Shelf* shelf = w.t.find_shelf(line.sku, warehouse);
  std::vector<std::string> codes;
  if (shelf == nullptr) return codes;
  const Demand d =
      demand_of(w.t, question_of(order, line, line.sku, warehouse), w.today(warehouse));
  for (const std::uint32_t at : picking_sequence(w.t, d, *shelf)) {
    codes.emplace_back(w.t.code(shelf->live[at].lot));
  }
  return codes;
}

}  // namespace

bool allocate_groups(Work& w, OrderId id) {
  const Order& order = *w.t.find_order(id);
  if (std::all_of(order.lines.begin(), order.lines.end(),
                  [](const LineState& line) { return line.plain; })) {
    return true;
  }
  std::map<std::string, std::vector<LineIndex>> groups;
  for (LineIndex i = 0; i < order.lines.size(); ++i) {
    const LineState& line = order.lines[i];
    if (is_active(line) && line.sent.same_lot_group) groups[*line.sent.same_lot_group].push_back(i);
  }
  bool complete = true;
  for (const auto& [name, lines] : groups) {
    const auto is_short = [&](LineIndex i) { return line_short(w.t.find_order(id)->lines[i]); };
    const bool due = std::all_of(lines.begin(), lines.end(), [&](LineIndex i) {
      const Order& now = *w.t.find_order(id);
      const WarehouseId warehouse = line_warehouse(w.t, now, now.lines[i]);
      const EffectivePolicy policy =
          resolve_policy(w.t, question_of(now, now.lines[i], now.lines[i].sku, warehouse));
      return line_is_due(now, policy, w.today(warehouse));
    });
    if (!due) {
      complete = false;
      continue;
    }
    if (std::any_of(lines.begin(), lines.end(), is_short)) {
      for (const std::string& code : codes_to_try(w, id, lines)) {
        if (reserve_group(w, id, lines, code)) break;
      }
    }
    const bool group_short = std::any_of(lines.begin(), lines.end(), is_short);
    for (const LineIndex i : lines) {
      if (group_short) release_line(w, id, i, "same_lot_group");
      set_shortage(w, id, i, is_short(i) ? "same_lot_group" : "");
    }
    if (group_short) complete = false;
  }
  return complete;
}

}  // namespace lotbridge::core
