// A WooCommerce shop in memory, as the other side of the connector under test: its REST routes with
// the manners of the real one (11.0), its credentials and its signatures.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <lotbridge/testing.hpp>

namespace lotbridge::woocommerce {

class Site {
 public:
  struct Asked;  // one request, taken apart

  Site();
  ~Site();

  // An order of these lines (sku, quantity); gives its id. `more`: keys laid over it, as JSON.
  std::string order(const std::vector<std::pair<std::string, int>>& lines,
                    const std::string& more = "{}");
  // Keys laid over an order, and its change time moved on.
  void change(const std::string& id, const std::string& keys);
  void remove(const std::string& id);
  void refund(const std::string& id, std::size_t line, int units, const std::string& at);
  std::string product(const std::string& sku, const std::string& more = "{}");
  void switch_off_webhook(std::size_t at);
  std::string variation(const std::string& product, const std::string& sku);

  Json json(const std::string& path) const;  // "orders/101", "orders/101/notes", "webhooks"
  std::string line(const std::string& order, std::size_t at) const;
  std::size_t count(const std::string& method, const std::string& part) const;

  testing::Answered answer(const HttpRequest& request);
  std::unique_ptr<testing::Replay> connector(const std::string& more_settings = "");

  bool fulfillments = false;     // the feature is on
  bool lose_next_write = false;  // it is done, but its answer is lost
  std::vector<HttpRequest> asked;

 private:
  struct Store;
  testing::Answered done(const Asked&, HttpReply);
  testing::Answered of_webhooks(const Asked&, const std::vector<std::string>& parts);
  testing::Answered of_products(Asked&, const std::vector<std::string>& parts);
  testing::Answered of_orders(Asked&, const std::vector<std::string>& parts);
  std::unique_ptr<Store> store_;
};

}  // namespace lotbridge::woocommerce
