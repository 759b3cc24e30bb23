#include "random.hpp"

namespace lotbridge::simulation {

void Random::turn(PolicyKnobs& k, int which) {
  switch (which) {
    case 0:
      k.rotation = any({Rotation::fefo, Rotation::fifo, Rotation::lifo});
      break;
    case 1:
      k.min_remaining_days = between(0, 12);
      break;
    case 2:
      k.min_remaining_percent = between(0, 6) * 10;
      break;
    case 3:
      k.max_remaining_days = between(5, 40);
      break;
    case 4:
      k.transit_days = between(0, 4);
      break;
    case 5:
      k.last_day_usable = one_in(2);
      break;
    case 6:
      k.null_expiry = any({NullExpiry::last, NullExpiry::first, NullExpiry::exclude});
      break;
    case 7:
      k.past_best_before_days = between(0, 5);
      break;
    case 8:
      k.allow_past_sell_by = one_in(2);
      break;
    case 9:
      k.not_before_expiry = one_in(2);
      break;
    case 10:
      k.max_lots = between(1, 3);
      break;
    case 11:
      k.multiple = Quantity::whole(between(1, 3));
      break;
    case 12:
      k.ship_complete = any({ShipComplete::no, ShipComplete::line, ShipComplete::order});
      break;
    case 13:
      k.min_fulfil_percent = between(1, 4) * 25;
      break;
    case 14:
      k.lot_preference = any({LotPreference::require, LotPreference::prefer});
      break;
    case 15:
      k.substitution = any({Substitution::with_reason, Substitution::strict, Substitution::free});
      break;
    case 16:
      k.legacy_lot = any({LegacyLot::last, LegacyLot::exclude});
      break;
    case 17:
      k.split_warehouses = one_in(2);
      break;
    case 18:
      k.network_fefo = one_in(2);
      break;
    case 19:
      k.returns_to = any({ReturnsTo::quarantine, ReturnsTo::scrap, ReturnsTo::restock});
      break;
    case 20:
      k.allocate_days_before = between(0, 4);
      break;
    default:
      k.allocate = any({AllocateMode::automatic, AllocateMode::manual});
      break;
  }
}

PolicyKnobs Random::knobs() {
  PolicyKnobs k;
  turn(k, below(21));
  if (one_in(2)) turn(k, below(21));
  return k;
}

PolicyKnobs Random::order_knobs() {
  PolicyKnobs k;
  static constexpr int kOften[] = {1, 1, 2, 4, 10, 10, 11, 12, 12, 13, 17, 18, 20, 21};
  if (one_in(2)) {
    turn(k, kOften[below(14)]);
  } else {
    turn(k, below(22));
  }
  return k;
}

}  // namespace lotbridge::simulation
