// The sums of an order line. See tables.hpp.
#include <algorithm>

#include "tables.hpp"

namespace lotbridge::core {

__extension__ typedef __int128 Wide;

Quantity scaled(Quantity per, Quantity times) {
  if (per.micros == Quantity::kScale) return times;
  const Wide product = static_cast<Wide>(per.micros) * times.micros / Quantity::kScale;
  const Wide limit = INT64_MAX / 4;
  return Quantity{static_cast<std::int64_t>(std::clamp(product, -limit, limit))};
}

std::size_t part_count(const LineState& line) {
  return line.components.empty() ? 1 : line.parts.size();
}

Part part_of(const LineState& line, std::size_t index) {
  return line.components.empty() ? Part{line.sku, Quantity::whole(1)} : line.parts[index];
}

Quantity wanted_quantity(const LineState& line) {
  if (line.removed || !line.problem.empty()) return Quantity{};
  return std::max(Quantity{}, line.quantity - line.cancelled);
}

Quantity dispatched_part(const LineState& line, SkuId part) {
  Quantity sum;
  for (const Stamp& stamp : line.stamps) {
    if (stamp.sku == part) sum += stamp.quantity;
  }
  return sum;
}

Quantity dispatched_quantity(const LineState& line) {
  // What left for the line while it meant another item does not count.
  if (line.components.empty()) return dispatched_part(line, line.sku);
  // A kit has left as often as its rarest component did.
  std::int64_t kits = line.parts.empty() ? 0 : INT64_MAX;
  for (const Part& part : line.parts) {
    kits = std::min(kits, dispatched_part(line, part.sku).micros / part.per.micros);
  }
  return Quantity::whole(kits);
}

Quantity open_quantity(const LineState& line) {
  return std::max(Quantity{}, wanted_quantity(line) - dispatched_quantity(line));
}

Quantity promised_part(const LineState& line, SkuId part) {
  Quantity sum;
  for (const Promise& promise : line.promises) {
    if (promise.sku == part) sum += promise.reserved + promise.picked;
  }
  return sum;
}

Quantity part_need(const LineState& line, const Part& part) {
  const Quantity wanted = scaled(part.per, wanted_quantity(line));
  return std::max(Quantity{},
                  wanted - dispatched_part(line, part.sku) - promised_part(line, part.sku));
}

bool line_short(const LineState& line) {
  if (line.components.empty()) {
    // Asked several times of every line: no detour through parts.
    if (line.removed || !line.problem.empty()) return false;
    Quantity left = line.quantity - line.cancelled;
    for (const Promise& promise : line.promises) {
      if (promise.sku == line.sku) left -= promise.reserved + promise.picked;
    }
    for (const Stamp& stamp : line.stamps) {
      if (stamp.sku == line.sku) left -= stamp.quantity;
    }
    return left.is_positive();
  }
  for (std::size_t i = 0; i < part_count(line); ++i) {
    if (part_need(line, part_of(line, i)).is_positive()) return true;
  }
  return false;
}

bool is_active(const LineState& line) {
  return !line.removed && line.problem.empty() && line.sku != 0 &&
         (line.plain || line.sent.requires_shipping);
}

}  // namespace lotbridge::core
