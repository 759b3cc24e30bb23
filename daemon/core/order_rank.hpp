// Which of two orders gets scarce stock first (rule 9). Total: no two different orders are equal.
#pragma once

#include <tuple>

#include "model.hpp"

namespace lotbridge::core {

// The day an order competes with: promised, else to be shipped, else the day it was placed.
inline std::int32_t promised_day(const Order& order) {
  if (order.header.promised_on) return order.header.promised_on->days;
  if (order.header.ship_on) return order.header.ship_on->days;
  return order.header.placed_at.value_or(order.first_seen).utc_date().days;
}

inline bool competes_before(const Order& a, const Order& b) {
  if (a.header.priority != b.header.priority) return a.header.priority > b.header.priority;
  const std::int32_t day_a = promised_day(a);
  const std::int32_t day_b = promised_day(b);
  if (day_a != day_b) return day_a < day_b;
  const Timestamp placed_a = a.header.placed_at.value_or(a.first_seen);
  const Timestamp placed_b = b.header.placed_at.value_or(b.first_seen);
  if (placed_a != placed_b) return placed_a < placed_b;
  return std::tie(a.doc_id, a.source, a.id) < std::tie(b.doc_id, b.source, b.id);
}

}  // namespace lotbridge::core
