// Many callers at once: what only one can have goes to exactly one, and a held lot is never
// promised.
#include <atomic>
#include <latch>
#include <thread>

#include <gmock/gmock.h>

#include "engine_fixture.hpp"
#include "verify.hpp"

namespace lotbridge::engine {
namespace {

using ::testing::HasSubstr;

class RacesTest : public EngineTest {
 protected:
  // What is promised and what is blocked of a lot, as it is committed.
  struct Seen {
    std::int64_t promised = 0;
    bool held = false;
  };
  Seen look(const std::string& code) {
    std::promise<Seen> seen;
    engine_->ask([&](const core::State& state, const core::Context&) {
      Seen out;
      const core::SkuId sku = state.sku_id(state.owner_id("pure-fresh"), "GYP-500");
      const core::LotId lot = state.lot_id(sku, code);
      const core::LotStock* stock = state.stock(lot, 1);
      out.promised = stock == nullptr ? 0 : stock->promised.micros / Quantity::kScale;
      out.held = !state.blocks(lot).empty();
      seen.set_value(out);
    });
    return seen.get_future().get();
  }
};

TEST_F(RacesTest, TheLastUnitGoesToOneOf64) {
  open();
  post(DocumentType::item, R"({"sku":"GYP-500"})");
  constexpr int kRounds = 5;
  for (int round = 0; round < kRounds; ++round) {
    const std::string lot = "LAST-" + std::to_string(round);
    ASSERT_EQ(
        post(DocumentType::receipt, receipt("R-" + std::to_string(round), lot, 1, "2026-06-30"))
            .status,
        200);
    constexpr int kClients = 64;
    std::latch go(kClients);
    std::atomic<int> allocated = 0, backordered = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([&, i] {
        const std::string id = std::to_string(round) + "-" + std::to_string(i);
        // Cancelled at the end of the round, so that nobody of an earlier one waits.
        const Document document = this->document(DocumentType::order, order(id, 1));
        go.arrive_and_wait();
        const Answer answer =
            wait([&](Done done) { engine_->submit(document, Caller{}, std::move(done)); });
        if (answer.body.find(R"("status":"allocated")") != std::string::npos) ++allocated;
        if (answer.body.find(R"("status":"backordered")") != std::string::npos) ++backordered;
      });
    }
    for (std::thread& client : clients) client.join();
    EXPECT_EQ(allocated, 1);
    EXPECT_EQ(backordered, kClients - 1);
    EXPECT_EQ(look(lot).promised, 1);
    for (int i = 0; i < kClients; ++i) {
      const std::string id = std::to_string(round) + "-" + std::to_string(i);
      post(DocumentType::cancellation, R"({"id":"X-)" + id + R"(","order":")" + id + R"("})");
    }
    // Nobody wants it now: it leaves, so that the next round begins with nothing.
    ASSERT_EQ(
        post(DocumentType::adjustment,
             R"({"id":"A-)" + std::to_string(round) +
                 R"(","warehouse":"MAD1","reason":"scrapped","lines":[{"sku":"GYP-500","lot":")" +
                 lot + R"(","quantity":-1}]})")
            .status,
        200);
  }
  EXPECT_THAT(*verify(store_path()), HasSubstr(R"({"ok":true)"));
}

TEST_F(RacesTest, HoldAgainstAllocateAThousandTimes) {
  open();
  post(DocumentType::item, R"({"sku":"GYP-500"})");
  post(DocumentType::receipt, receipt("R-1", "LOT-A", 10, "2026-06-30"));
  post(DocumentType::order, order("1001", 10));
  ASSERT_EQ(look("LOT-A").promised, 10);
  constexpr int kRounds = 1000;
  int promised_while_held = 0, free_after_release = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::string n = std::to_string(round);
    const auto act = [&](DocumentType type, const std::string& kind) {
      return std::thread([this, type, kind, n] {
        const Answer answer =
            post(type, R"({"id":")" + kind + n +
                           R"(","code":"qa","lots":[{"sku":"GYP-500","lot":"LOT-A"}]})");
        EXPECT_EQ(answer.status, 200) << answer.body;
      });
    };
    const auto allocate = [this] {
      return std::thread([this] {
        wait([&](Done done) {
          engine_->command(Engine::OrderCommand::allocate, {"1001", "pure-fresh", {}}, Caller{},
                           std::move(done));
        });
      });
    };
    std::thread hold = act(DocumentType::hold, "H-"), asking = allocate();
    hold.join();
    asking.join();
    const Seen held = look("LOT-A");
    if (!held.held || held.promised != 0) ++promised_while_held;
    std::thread release = act(DocumentType::release, "L-"), again = allocate();
    release.join();
    again.join();
    const Seen released = look("LOT-A");
    if (released.held || released.promised != 10) ++free_after_release;
  }
  EXPECT_EQ(promised_while_held, 0);
  EXPECT_EQ(free_after_release, 0);
  EXPECT_THAT(*verify(store_path()), HasSubstr(R"({"ok":true)"));
}

}  // namespace
}  // namespace lotbridge::engine
