// Unusually many returns of a lot raise an alert, which closes itself.
#include <gmock/gmock.h>

#include "engine_fixture.hpp"

namespace lotbridge::engine {
namespace {

class ReturnRatesTest : public EngineTest {
 protected:
  Settings settings() const override {
    Settings out = EngineTest::settings();
    out.return_rate = limits_;
    return out;
  }
  void send(const std::string& order_id, const std::string& lot, int quantity) {
    post(DocumentType::order, order(order_id, quantity));
    EXPECT_EQ(post(DocumentType::dispatch,
                   dispatch("S-" + order_id, order_id, quantity, lots(lot, quantity)), "mad-files")
                  .status,
              200);
  }
  void give_back(const std::string& order_id, int quantity) {
    EXPECT_EQ(post(DocumentType::return_, R"({"id":"RT-)" + std::to_string(++returns_) +
                                              R"(","order":")" + order_id +
                                              R"(","warehouse":"MAD1","lines":[{"order_line":"1",)"
                                              R"("sku":"GYP-500","quantity":)" +
                                              std::to_string(quantity) + "}]}")
                  .status,
              200);
  }
  std::string open_alerts() const {
    return sql(
        "SELECT group_concat(lot || ' ' || (quantity / 1000000)) FROM alerts "
        "WHERE kind = 'return_cluster' AND closed_at IS NULL");
  }
  ReturnRateLimits limits_;
  int returns_ = 0;
};

TEST_F(ReturnRatesTest, OverSoManyPercentOfALotIsAnAlertUntilItIsLessAgain) {
  limits_.over_percent = 20;
  open();
  stock_dairy();
  send("1001", "LOT-A", 10);
  give_back("1001", 2);
  EXPECT_EQ(open_alerts(), "(none)") << "exactly the limit";
  give_back("1001", 1);
  EXPECT_EQ(open_alerts(), "LOT-A 3");
  send("1002", "LOT-A", 20);
  EXPECT_EQ(open_alerts(), "(none)") << "3 of 30";
}

TEST_F(ReturnRatesTest, SoManyTimesTheMeanOfTheItem) {
  limits_.times_sku_mean = 3;
  open();
  stock_dairy();
  send("1001", "LOT-A", 10);
  send("1002", "LOT-B", 90);
  give_back("1001", 1);
  EXPECT_EQ(open_alerts(), "LOT-A 1") << "10 percent, and the item's mean is 1";
  give_back("1002", 9);
  give_back("1001", 1);
  EXPECT_EQ(open_alerts(), "(none)") << "20 percent, and the mean is 11";
}

TEST_F(ReturnRatesTest, WithoutALimitThereIsNone) {
  open();
  stock_dairy();
  send("1001", "LOT-A", 10);
  give_back("1001", 10);
  EXPECT_EQ(open_alerts(), "(none)");
}

}  // namespace
}  // namespace lotbridge::engine
