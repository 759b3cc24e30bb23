// What the configuration says about one shop.
#pragma once

#include <map>
#include <string>

#include <lotbridge/json.hpp>

namespace lotbridge::vendure {

struct Settings {
  explicit Settings(const Json& settings);  // throws Failure(LB_CONFIG) with the place

  std::string endpoint, username;
  bool by_api_key = false;
  bool write_stock = false;
  bool theirs = false;  // the shop's own fulfilments are the dispatches
  Maybe<std::string> channel_token, channel, warehouse;
  std::map<std::string, std::string> stock_locations;  // id -> warehouse

  struct {
    std::string code;
    Maybe<std::string> method, tracking_code, lots;
  } handler;
  // Custom fields; names that may stand in a query.
  struct {
    Maybe<std::string> order, order_text, line, line_text, fulfillment;
  } fields;
  std::string note;  // private | public | none
};

}  // namespace lotbridge::vendure
