// What the configuration says about one shop.
#pragma once

#include <map>
#include <string>

#include <lotbridge/json.hpp>

namespace lotbridge::woocommerce {

// What an order's status means here.
enum class Standing : std::uint8_t {
  ship,
  hold,       // it waits for something in the shop: money, a person
  cancelled,  // it wants nothing; the shop may still change its mind
  ignore      // a cart, or nothing of ours
};

struct Settings {
  explicit Settings(const Json& settings);  // throws Failure(LB_CONFIG) with the place

  Standing standing_of(const std::string& status) const;

  std::string site, scheme, folder, consumer_key, order_notes, lot_label;
  bool plain_permalinks = false;
  bool credentials_in_query = false;
  bool theirs = false;  // the shop's own fulfilments are the dispatches
  bool complete_orders = true;
  bool write_stock = false;
  Maybe<std::string> warehouse, channel;

 private:
  std::map<std::string, Standing> statuses_;
};

}  // namespace lotbridge::woocommerce
