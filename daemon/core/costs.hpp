// What units cost: exact sums per lot, split and valued to the cent (rule 31).
//
// Amounts are millionths of a currency's unit. A cost that nobody told is unknown, never zero: the
// functions then answer with nothing. Pure values, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/values.hpp>

#include "ids.hpp"

namespace lotbridge::core {

// The numbers are stored.
enum class CostKind : std::uint8_t {
  purchase = 1,  // quantity units came in for `micros` in all
  charge = 2,    // freight, duty, ...: no units of its own
  produced = 3,  // what went into a transformation, on what came out
};

struct CostRow {
  LotId lot = 0;
  CostKind kind = CostKind::purchase;
  Quantity quantity;
  std::int64_t micros = 0;
  std::string currency;
};

// The sum of a lot's rows.
struct LotCost {
  Quantity quantity;         // units whose price is known
  std::int64_t micros = 0;   // what they were bought or made for
  std::int64_t charges = 0;  // what was added later
  std::string currency;      // empty: nothing is known
  bool mixed = false;        // rows of several currencies: no sum says anything

  void add(CostKind, Quantity, std::int64_t amount, std::string_view in_currency);
  bool is_known() const { return !mixed && !currency.empty() && quantity.is_positive(); }
};

// Price of one unit as it was bought or made, without charges, to millionths.
Maybe<Money> unit_cost(const LotCost&);
// With charges.
Maybe<Money> landed_unit_cost(const LotCost&);
// What so many units are worth, charges included, to the cent.
Maybe<Money> value_of(const LotCost&, Quantity);
// The charges alone; unset: none.
Maybe<Money> charges_of(const LotCost&);
// price * quantity in millionths, the last one rounded half up; unset: outside 64 bits.
Maybe<std::int64_t> times(std::int64_t price_micros, Quantity);

// The smallest coin of a currency in millionths: 10000 for EUR, 1000000 for JPY, 1000 for KWD.
std::int64_t coin_of(std::string_view currency);
// Shares in proportion to the weights, each in whole coins; what is left over goes to the first.
// No weights, or none above zero: nothing is shared.
std::vector<std::int64_t> split(std::int64_t micros, std::string_view currency,
                                const std::vector<Quantity>& weights);

}  // namespace lotbridge::core
