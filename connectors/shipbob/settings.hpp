// What the configuration says about one ShipBob account.
#pragma once

#include <map>
#include <string>

#include <lotbridge/json.hpp>

namespace lotbridge::shipbob {

struct Settings {
  explicit Settings(const Json& settings);

  Maybe<std::string> warehouse_of(const Maybe<std::string>& center) const;

  std::string base;  // "https://api.shipbob.com/2026-01"
  std::string host, channel_id, shipping_method;
  bool choose_lots = true;
  bool lot_date_is_production = false;
  std::int64_t lookback_days = 120;

 private:
  std::map<std::string, std::string> warehouses_;  // fulfillment center -> ours
};

}  // namespace lotbridge::shipbob
