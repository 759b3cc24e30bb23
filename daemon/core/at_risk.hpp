// How much of each lot will still lie there when its date has come, at a given pace of selling.
//
// Lots are taken in FEFO order, so what an earlier lot uses up of the demand is missing for the
// later ones. Pure arithmetic, exact; any thread.
#pragma once

#include <vector>

#include <lotbridge/values.hpp>

namespace lotbridge::core {

struct LifeLeft {
  std::int32_t days = 0;  // remaining life; below zero: expired
  Quantity units;
  bool blocked = false;  // nobody may take of it
};

// For each lot, in the order given (earliest date first), the units that are left over.
std::vector<Quantity> units_at_risk(const std::vector<LifeLeft>& lots, Quantity per_day);

}  // namespace lotbridge::core
