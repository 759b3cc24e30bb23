#include "at_risk.hpp"

#include <algorithm>

namespace lotbridge::core {

std::vector<Quantity> units_at_risk(const std::vector<LifeLeft>& lots, Quantity per_day) {
  std::vector<Quantity> out;
  std::int64_t sold = 0;  // of the lots before
  for (const LifeLeft& lot : lots) {
    if (lot.blocked) {
      out.push_back(lot.units);
      continue;
    }
    // The demand of all days until the lot's date, less what went to earlier lots.
    const __int128_t demand =
        static_cast<__int128_t>(per_day.micros) * std::max(lot.days, 0) - sold;
    const std::int64_t taken =
        demand <= 0 ? 0 : static_cast<std::int64_t>(std::min<__int128_t>(demand, lot.units.micros));
    sold += taken;
    out.push_back(lot.units - Quantity{taken});
  }
  return out;
}

}  // namespace lotbridge::core
