// A Vendure shop in memory, as the other side of the connector under test. It knows the connector's
// operations by name; their text is judged by the real server (tests/vendure).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <lotbridge/testing.hpp>

namespace lotbridge::vendure {

inline constexpr const char* kFields =
    R"("handler": {"code": "lotbridge", "lots": "lots"}, "fields": {"order": "lots", )"
    R"("order_text": "lotSummary", "line": "lots", "line_text": "lotSummary", "fulfillment": "lots"})";

class Shop {
 public:
  Shop();
  ~Shop();

  std::string order(const std::vector<std::pair<std::string, int>>& lines,
                    const std::string& state = "PaymentSettled");
  void set(const std::string& order, const std::string& key, const std::string& json);
  // Somebody else puts it into a state.
  void move(const std::string& order, const std::string& state, const std::string& by);
  Json json(const std::string& order) const;
  std::vector<std::string> notes(const std::string& order) const;
  Json variant(const std::string& sku) const;
  std::size_t count(const std::string& operation) const;

  testing::Answered answer(const HttpRequest& request);
  std::unique_ptr<testing::Replay> connector(const std::string& more_settings = "");

  bool lose_next_change = false;  // it is done, but its answer is lost
  void forget_sessions();

 private:
  struct Store;
  std::unique_ptr<Store> store_;
};

}  // namespace lotbridge::vendure
