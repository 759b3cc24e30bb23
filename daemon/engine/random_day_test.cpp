// Random days of a warehouse: whatever comes, in whatever order, the books hold and a restart
// changes nothing.
#include <cstdlib>
#include <random>

#include <gmock/gmock.h>

#include "engine_fixture.hpp"
#include "verify.hpp"

namespace lotbridge::engine {
namespace {

using ::testing::HasSubstr;

class RandomDayTest : public EngineTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  void SetUp() override {
    EngineTest::SetUp();
    random_.seed(GetParam());
  }
  Settings settings() const override {
    Settings out = EngineTest::settings();
    WarehouseSettings second;
    second.core.name = "BCN1";
    second.time_zone = "Europe/Madrid";
    out.warehouses.push_back(second);
    ConnectorRoute shop;
    shop.name = "shop";
    shop.owners = {"pure-fresh"};
    shop.live = true;
    shop.instructions = {"lots.plan/1", "lots.write/1", "fulfillments.create/1", "pick.send/1"};
    out.connectors.push_back(shop);
    return out;
  }

  int below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  bool one_in(int n) { return below(n) == 0; }
  std::string sku() { return "SKU-" + std::to_string(below(3)); }
  std::string lot() { return "L" + std::to_string(below(6)); }
  std::string place() { return one_in(3) ? "BCN1" : "MAD1"; }
  std::string number(int n) { return std::to_string(n); }
  // An id that mostly is new and sometimes was there before.
  std::string id(const char* prefix) {
    return prefix + number(one_in(5) ? below(next_ + 1) : ++next_);
  }
  std::string some_order() { return number(below(orders_ + 3)); }

  std::string lots_json(int quantity) {
    if (one_in(3)) return "null";
    const std::string first = lot();
    if (quantity < 2 || one_in(2))
      return R"([{"lot":")" + first + R"(","quantity":)" + number(quantity) + "}]";
    return R"([{"lot":")" + first + R"(","quantity":1},{"lot":"X)" + first + R"(","quantity":)" +
           number(quantity - 1) + "}]";
  }

  void receive() {
    const std::string code = lot();
    const std::string json = R"({"id":")" + id("R-") + R"(","warehouse":")" + place() +
                             R"(","lines":[{"line":"1","sku":")" + sku() + R"(","quantity":)" +
                             number(1 + below(60)) + R"(,"lot":")" + code + R"(","location":")" +
                             (one_in(2) ? "A-01" : "B-02") + R"(","expires_on":"2026-06-)" +
                             number(10 + code.back() - '0') + R"("}]})";
    post(DocumentType::receipt, json, one_in(2) ? "api" : "wms");
  }
  void order_some() {
    const std::string name = one_in(4) ? some_order() : number(orders_++);
    std::string lines;
    for (int i = 1 + below(3); i > 0; --i) {
      lines += (lines.empty() ? "" : ",") +
               (R"({"line":")" + number(i) + R"(","sku":"SKU-)" + number(below(4)) +
                R"(","quantity":)" + number(one_in(9) ? 0 : 1 + below(9)) + "}");
    }
    post(DocumentType::order,
         R"({"id":")" + name + R"(","number":"#)" + name + R"(","lines":[)" + lines + "]}", "shop");
  }
  void dispatch_some() {
    const int quantity = 1 + below(6);
    const std::string json =
        R"({"id":")" + id("S-") + R"(","order":")" + (one_in(2) ? "#" : "") + some_order() +
        R"(","warehouse":")" + place() + R"(","lines":[{"order_line":null,"sku":")" + sku() +
        R"(","quantity":)" + number(quantity) + R"(,"lots":)" + lots_json(quantity) + "}]}";
    post(DocumentType::dispatch, json, "wms");
  }
  void void_some() {
    const int of = below(next_ + 1);
    const std::string json =
        R"({"id":"V-)" + number(++next_) + R"(","void_of":"S-)" + number(of) + R"(","lines":[]})";
    post(DocumentType::dispatch, json, "wms");
  }
  void return_some() {
    const std::string json = R"({"id":")" + id("RT-") + R"(","order":")" + some_order() +
                             R"(","warehouse":"MAD1","lines":[{"order_line":null,"sku":")" + sku() +
                             R"(","quantity":1,"lots":null,"disposition":")" +
                             (one_in(2) ? "restock" : "quarantine") + R"("}]})";
    post(DocumentType::return_, json, "wms");
  }
  void count_some() {
    const std::string json = R"({"id":")" + id("C-") + R"(","warehouse":")" + place() +
                             R"(","location":"A-01","lines":[{"sku":")" + sku() + R"(","lot":")" +
                             lot() + R"(","counted":)" + number(below(40)) + "}]}";
    post(DocumentType::count, json, "wms");
  }
  void move_some() {
    const std::string json = R"({"id":")" + id("T-") +
                             R"(","from":{"warehouse":"MAD1","location":"A-01"},)"
                             R"("to":{"warehouse":"MAD1","location":"B-02","status":")" +
                             (one_in(2) ? "damaged" : "available") + R"("},"lines":[{"sku":")" +
                             sku() + R"(","lot":")" + lot() + R"(","quantity":)" +
                             number(1 + below(5)) + "}]}";
    post(DocumentType::transfer, json, one_in(2) ? "api" : "wms");
  }
  void hold_or_release() {
    const bool hold = one_in(2);
    const std::string json = R"({"id":")" + id(hold ? "H-" : "L-") +
                             R"(","code":"qa","lots":[{"sku":")" + sku() + R"(","lot":")" + lot() +
                             R"("}]})";
    post(hold ? DocumentType::hold : DocumentType::release, json);
  }
  void cancel_some() {
    post(DocumentType::cancellation,
         R"({"id":")" + id("X-") + R"(","order":")" + some_order() + R"(","lines":null})", "shop");
  }
  void adjust_some() {
    const std::string json =
        R"({"id":")" + id("A-") + R"(","warehouse":"MAD1","reason":"scrapped","lines":[{"sku":")" +
        sku() + R"(","lot":")" + lot() + R"(","location":null,"quantity":-1}]})";
    post(DocumentType::adjustment, json, one_in(2) ? "api" : "wms");
  }
  void step() {
    switch (below(16)) {
      case 0:
      case 1:
      case 2:
        return receive();
      case 3:
      case 4:
      case 5:
      case 6:
        return order_some();
      case 7:
      case 8:
      case 9:
        return dispatch_some();
      case 10:
        return void_some();
      case 11:
        return return_some();
      case 12:
        return count_some();
      case 13:
        return one_in(2) ? move_some() : adjust_some();
      case 14:
        return hold_or_release();
      default:
        return cancel_some();
    }
  }
  std::vector<std::string> all_orders() {
    std::vector<std::string> out;
    for (int i = 0; i < orders_ + 3; ++i) {
      out.push_back(
          wait([&](Done done) {
            engine_->order_answer({number(i), "pure-fresh", {}}, Caller{}, std::move(done));
          }).body);
    }
    return out;
  }

  std::mt19937 random_;
  int next_ = 0, orders_ = 0;
};

TEST_P(RandomDayTest, TheBooksHoldAndARestartChangesNothing) {
  open();
  for (int i = 0; i < 3; ++i) post(DocumentType::item, R"({"sku":"SKU-)" + number(i) + R"("})");
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 60; ++i) step();
    const Settings known = settings();
    const auto report = verify(store_path(), &known);
    ASSERT_TRUE(report.ok()) << report.problem().detail;
    ASSERT_THAT(*report, HasSubstr(R"({"ok":true)")) << "seed " << GetParam() << " round " << round;
    clock_->move(Timestamp{clock_->now().ms + 3600'000});
    const auto before = all_orders();
    open();
    settle_all();
    const auto after = all_orders();
    for (std::size_t i = 0; i < before.size(); ++i) {
      ASSERT_EQ(before[i], after[i]) << "seed " << GetParam() << " round " << round;
    }
  }
  EXPECT_GT(std::stoi(sql("SELECT count(*) FROM stamps")), 10);
  EXPECT_GT(std::stoi(sql("SELECT count(DISTINCT type) FROM documents")), 8);
}

// LOTBRIDGE_RANDOM_DAYS=N tries more of them by hand.
unsigned days() {
  const char* asked = std::getenv("LOTBRIDGE_RANDOM_DAYS");
  return asked == nullptr ? 6u : static_cast<unsigned>(std::atoi(asked));
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomDayTest, ::testing::Range(1u, 1u + days()));

}  // namespace
}  // namespace lotbridge::engine
