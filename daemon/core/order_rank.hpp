// Which of two orders gets scarce stock first (rule 9). Total: no two different orders are equal.
#pragma once

#include <cstddef>
#include <cstdint>
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

// The same as numbers that lie together, for lists of many orders: the orders themselves lie apart
// in memory and are only looked at again where all of these are equal.
struct OrderRank {
  explicit OrderRank(const Order& o)
      : order(&o),
        priority(o.header.priority),
        day(promised_day(o)),
        placed(o.header.placed_at.value_or(o.first_seen).ms) {
    for (std::size_t i = 0; i < sizeof(head); ++i) {
      head = head << 8 | (i < o.doc_id.size() ? static_cast<unsigned char>(o.doc_id[i]) : 0U);
    }
  }
  bool operator<(const OrderRank& o) const {
    if (priority != o.priority) return priority > o.priority;
    if (day != o.day) return day < o.day;
    if (placed != o.placed) return placed < o.placed;
    if (head != o.head) return head < o.head;
    return competes_before(*order, *o.order);
  }

  const Order* order;
  std::int32_t priority, day;
  std::int64_t placed;
  std::uint64_t head = 0;  // how its document's id begins
};

}  // namespace lotbridge::core
