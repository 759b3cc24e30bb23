// What the configuration says about one shop.
#pragma once

#include <map>
#include <string>

#include <lotbridge/json.hpp>

namespace lotbridge::shopify {

inline constexpr std::string_view kApiVersion = "2026-07";  // as in descriptor.json

// Whose fulfilments are the dispatches of a location.
enum class Fulfilments : std::uint8_t {
  ours,   // a warehouse tells Lotbridge, which creates them in the shop
  theirs  // the shop's own button; Lotbridge takes them as they come
};

class Settings {
 public:
  // Throws Failure(LB_CONFIG) with the place.
  explicit Settings(const Json& settings);

  std::string endpoint() const;
  // The warehouse of a location's GID; none: not mapped.
  Maybe<std::string> warehouse_of(const std::string& location_gid) const;
  Fulfilments fulfilments_of(const std::string& location_gid) const;
  // True where any location's own button counts.
  bool takes_fulfilments() const;
  // The locations of a warehouse; empty: none is mapped to it.
  std::vector<std::string> locations_of(const std::string& warehouse) const;

  bool hold_test_orders() const { return hold_test_orders_; }
  bool notify_customer() const { return notify_customer_; }
  bool write_stock() const { return write_stock_; }
  const Maybe<std::string>& channel() const { return channel_; }

 private:
  std::string shop_;
  std::map<std::string, std::string> locations_;  // GID -> warehouse
  Fulfilments everywhere_ = Fulfilments::ours;
  std::map<std::string, Fulfilments> by_location_;
  bool hold_test_orders_ = true;
  bool notify_customer_ = false;
  bool write_stock_ = false;
  Maybe<std::string> channel_;
};

// "gid://shopify/Order/5" and "5", either way.
std::string gid(std::string_view type, std::string_view id);
std::string legacy_id(std::string_view gid);

}  // namespace lotbridge::shopify
