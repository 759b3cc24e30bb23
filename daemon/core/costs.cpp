#include "costs.hpp"

#include <algorithm>
#include <array>

namespace lotbridge::core {

namespace {

__extension__ typedef __int128 Wide;

std::int64_t clamped(Wide value) {
  constexpr Wide kMost = INT64_MAX / 4;
  return static_cast<std::int64_t>(std::clamp(value, -kMost, kMost));
}

// Half up, away from zero for what is below it.
Wide divide(Wide value, Wide by) {
  const Wide half = by / 2;
  return value >= 0 ? (value + half) / by : -((-value + half) / by);
}

Maybe<Money> money(Wide micros, const std::string& currency) {
  return Money{clamped(micros), currency};
}

constexpr std::array<std::string_view, 16> kNoCents = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                                       "KMF", "KRW", "PYG", "RWF", "UGX", "VND",
                                                       "VUV", "XAF", "XOF", "XPF"};
constexpr std::array<std::string_view, 7> kThousandths = {"BHD", "IQD", "JOD", "KWD",
                                                          "LYD", "OMR", "TND"};

template <typename List>
bool contains(const List& list, std::string_view currency) {
  return std::find(list.begin(), list.end(), currency) != list.end();
}

}  // namespace

void LotCost::add(CostKind kind, Quantity units, std::int64_t amount,
                  std::string_view in_currency) {
  if (currency.empty()) currency = in_currency;
  if (currency != in_currency) {
    mixed = true;
    return;
  }
  if (kind == CostKind::charge) {
    charges += amount;
    return;
  }
  quantity += units;
  micros += amount;
}

Maybe<Money> unit_cost(const LotCost& cost) {
  if (!cost.is_known()) return {};
  return money(divide(static_cast<Wide>(cost.micros) * Quantity::kScale, cost.quantity.micros),
               cost.currency);
}

Maybe<Money> landed_unit_cost(const LotCost& cost) {
  if (!cost.is_known()) return {};
  const Wide all = static_cast<Wide>(cost.micros) + cost.charges;
  return money(divide(all * Quantity::kScale, cost.quantity.micros), cost.currency);
}

Maybe<Money> value_of(const LotCost& cost, Quantity units) {
  if (!cost.is_known()) return {};
  const Wide all = static_cast<Wide>(cost.micros) + cost.charges;
  const std::int64_t coin = coin_of(cost.currency);
  // In whole coins: the product of a sum and a quantity fits 128 bits.
  const Wide coins = divide(all * units.micros, static_cast<Wide>(cost.quantity.micros) * coin);
  return money(coins * coin, cost.currency);
}

Maybe<Money> charges_of(const LotCost& cost) {
  if (cost.mixed || cost.charges == 0) return {};
  return Money{cost.charges, cost.currency};
}

Maybe<std::int64_t> times(std::int64_t price_micros, Quantity quantity) {
  const Wide product = divide(static_cast<Wide>(price_micros) * quantity.micros, Quantity::kScale);
  if (product > INT64_MAX / 4 || product < -(INT64_MAX / 4)) return {};
  return static_cast<std::int64_t>(product);
}

std::int64_t coin_of(std::string_view currency) {
  if (contains(kNoCents, currency)) return 1'000'000;
  return contains(kThousandths, currency) ? 1'000 : 10'000;
}

std::vector<std::int64_t> split(std::int64_t micros, std::string_view currency,
                                const std::vector<Quantity>& weights) {
  Wide total = 0;
  for (const Quantity weight : weights) total += std::max<std::int64_t>(weight.micros, 0);
  std::vector<std::int64_t> shares(weights.size());
  if (total == 0) return shares;
  const std::int64_t coin = coin_of(currency);
  std::int64_t left = micros;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Wide part = static_cast<Wide>(micros) * std::max<std::int64_t>(weights[i].micros, 0);
    shares[i] = static_cast<std::int64_t>(part / (total * coin)) * coin;
    left -= shares[i];
  }
  shares.front() += left;
  return shares;
}

}  // namespace lotbridge::core
