// Every knob of a policy, one after the other, and which value of it asks for less than another.
#pragma once

#include <type_traits>

#include <lotbridge/documents.hpp>

namespace lotbridge::simulation {

template <typename F>
void each_knob(const F& with) {
  using K = PolicyKnobs;
  with(&K::rotation);
  with(&K::allocate);
  with(&K::allocate_days_before);
  with(&K::min_remaining_days);
  with(&K::min_remaining_percent);
  with(&K::max_remaining_days);
  with(&K::transit_days);
  with(&K::last_day_usable);
  with(&K::null_expiry);
  with(&K::past_best_before_days);
  with(&K::allow_past_sell_by);
  with(&K::not_before_expiry);
  with(&K::max_lots);
  with(&K::multiple);
  with(&K::ship_complete);
  with(&K::min_fulfil_percent);
  with(&K::lot_preference);
  with(&K::substitution);
  with(&K::inbound_min_percent);
  with(&K::legacy_lot);
  with(&K::returns_to);
  with(&K::split_warehouses);
  with(&K::network_fefo);
}

// Whether `mine` sets this knob laxer than what holds below (unset there: its default).
template <typename T>
bool knob_lowers(Maybe<T> PolicyKnobs::*knob, const PolicyKnobs& mine, const PolicyKnobs& below) {
  using K = PolicyKnobs;
  const T value = *(mine.*knob);
  const Maybe<T> under = below.*knob;
  if constexpr (std::is_same_v<T, std::int32_t>) {
    if (knob == &K::min_remaining_days || knob == &K::min_remaining_percent ||
        knob == &K::transit_days)
      return value < under.value_or(0);
    if (knob == &K::max_remaining_days) return under && value > *under;
    if (knob == &K::past_best_before_days) return value > under.value_or(0);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (knob == &K::last_day_usable) return value && !under.value_or(true);
    if (knob == &K::allow_past_sell_by) return value && !under.value_or(false);
    if (knob == &K::not_before_expiry) return !value && under.value_or(false);
  } else if constexpr (std::is_same_v<T, NullExpiry>) {
    return value != NullExpiry::exclude && under == NullExpiry::exclude;
  } else if constexpr (std::is_same_v<T, LegacyLot>) {
    return value == LegacyLot::last && under == LegacyLot::exclude;
  }
  return false;
}

}  // namespace lotbridge::simulation
