// A ShipBob account in memory, as the other side of the connector under test.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <lotbridge/testing.hpp>

namespace lotbridge::shipbob {

class Center {
 public:
  Center();
  ~Center();

  // What lies in the account, by the path that lists it: "order", "receiving", "return",
  // "inventory-level/lots", "boxes/7", "shipment". Text is JSON of one element.
  void put(const std::string& list, const std::string& json);
  Json list(const std::string& name) const;
  // Everything of the order with this reference leaves, in these lots.
  void ship(const std::string& reference, const std::string& lot);
  std::size_t count(const std::string& method, const std::string& part) const;

  testing::Answered answer(const HttpRequest& request);
  std::unique_ptr<testing::Replay> connector(const std::string& more_settings = "");

  bool lose_next_change = false;  // it is done, but its answer is lost
  bool imports = true;            // an order has a shipment at once
  bool takes_lots = true;         // updateLineItems says is_success
  std::vector<HttpRequest> asked;

 private:
  testing::Answered read(const std::string& path, const std::string& query);
  struct Store;
  std::unique_ptr<Store> store_;
};

}  // namespace lotbridge::shipbob
