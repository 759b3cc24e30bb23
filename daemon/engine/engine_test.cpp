// Documents in, answers out, and what a restart finds again.
#include "engine_fixture.hpp"
#include "verify.hpp"

#include <gmock/gmock.h>

namespace lotbridge::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(EngineTest, AllocatesFirstExpiryFirst) {
  open();
  stock_dairy();
  const Answer answer = post(DocumentType::order, order("1001", 60));
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("outcome":"applied")"));
  EXPECT_THAT(answer.body, HasSubstr(R"("status":"allocated")"));
  EXPECT_THAT(answer.body, HasSubstr(R"("lot":"LOT-A","quantity":50,"expires_on":"2026-05-26")"));
  EXPECT_THAT(answer.body, HasSubstr(R"("lot":"LOT-B","quantity":10,"expires_on":"2026-05-30")"));
  EXPECT_THAT(answer.body, HasSubstr(R"("email":"ana@example.org")"));
}

TEST_F(EngineTest, KnowsARepeatAStaleAndARevision) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 10, 5));
  const std::string entries = sql("SELECT count(*) FROM ledger");
  EXPECT_THAT(post(DocumentType::order, order("1001", 10, 5)).body,
              HasSubstr(R"("outcome":"duplicate")"));
  EXPECT_THAT(post(DocumentType::order, order("1001", 99, 4)).body,
              HasSubstr(R"("outcome":"stale")"));
  EXPECT_EQ(sql("SELECT count(*) FROM ledger"), entries);
  const Answer revised = post(DocumentType::order, order("1001", 12, 6));
  EXPECT_THAT(revised.body, HasSubstr(R"("outcome":"revised")"));
  EXPECT_THAT(revised.body, HasSubstr(R"("allocated":12)"));
  EXPECT_EQ(sql("SELECT count(*) FROM document_revisions"), "1");
}

TEST_F(EngineTest, ACommandWithOtherContentIsAConflictAFactACorrection) {
  open();
  stock_dairy();
  const Answer conflict = post(DocumentType::receipt, receipt("R-1", "LOT-B", 90, "2026-05-30"));
  EXPECT_EQ(conflict.status, 409);
  EXPECT_THAT(conflict.body, HasSubstr("id_conflict"));
  const std::string fact = receipt("W-1", "LOT-C", 20, "2026-05-29");
  EXPECT_THAT(post(DocumentType::receipt, fact, "mad-files").body,
              HasSubstr(R"("outcome":"applied")"));
  const Answer corrected =
      post(DocumentType::receipt, receipt("W-1", "LOT-C", 25, "2026-05-29"), "mad-files");
  EXPECT_THAT(corrected.body, HasSubstr(R"("outcome":"corrected")"));
  EXPECT_EQ(sql("SELECT sum(b.quantity) FROM balances b JOIN lots l USING (lot_id) WHERE l.code = "
                "'LOT-C' "
                "AND substr(account, 1, 1) = x'01'"),
            "25000000");
}

TEST_F(EngineTest, ADispatchStampsItsLots) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 10));
  const Answer answer =
      post(DocumentType::dispatch, dispatch("S-1", "#1001", 10, lots("LOT-B", 10)), "mad-files");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr(R"("lot":"LOT-B","quantity":10)"));
  EXPECT_THAT(answer.body, HasSubstr(R"("evidence":"scanned")"));
  const Answer silent = post(DocumentType::order, order("1002", 5));
  EXPECT_THAT(silent.body, HasSubstr("LOT-A"));
  EXPECT_THAT(post(DocumentType::dispatch, dispatch("S-2", "1002", 5), "mad-files").body,
              HasSubstr(R"("evidence":"inferred")"));
}

TEST_F(EngineTest, ADispatchBeforeItsOrderIsAttachedLater) {
  open();
  stock_dairy();
  EXPECT_THAT(
      post(DocumentType::dispatch, dispatch("S-1", "#1001", 4, lots("LOT-A", 4)), "mad-files").body,
      HasSubstr(R"("outcome":"applied")"));
  const Answer late = post(DocumentType::order, order("1001", 10));
  EXPECT_THAT(late.body, HasSubstr(R"("dispatched":4)"));
  EXPECT_THAT(late.body, HasSubstr(R"("allocated":6)"));
  EXPECT_EQ(sql("SELECT count(*) FROM orders"), "1");
}

TEST_F(EngineTest, DispatchesUnderTwoNamesOfOneOrderMeetInIt) {
  open();
  stock_dairy();
  post(DocumentType::dispatch, dispatch("S-1", "#1001", 4, lots("LOT-A", 4)), "mad-files");
  post(DocumentType::dispatch, dispatch("S-2", "1001", 2, lots("LOT-B", 2)), "mad-files");
  const Answer late = post(DocumentType::order, order("1001", 10));
  EXPECT_THAT(late.body, HasSubstr(R"("dispatched":6)"));
  EXPECT_THAT(late.body, HasSubstr(R"("allocated":4)"));
  EXPECT_THAT(post(DocumentType::dispatch, dispatch("S-3", "1001", 1), "mad-files").body,
              HasSubstr(R"("outcome":"applied")"));
  EXPECT_THAT(*verify(store_path()), HasSubstr(R"({"ok":true)"));
}

TEST_F(EngineTest, AFullDiskRefusesAndHeals) {
  open();
  stock_dairy();
  const auto limit_pages = [this](int pages) {
    engine_->ask([this, pages](const core::State&, const core::Context&) {
      const std::string pragma = "PRAGMA max_page_count = " + std::to_string(pages);
      static_cast<void>(impl().writer().database().execute(pragma));
    });
    settle_all();
  };
  limit_pages(1);  // SQLite never goes below what there is
  int stored = 0;
  Answer refused;
  for (int i = 0; i < 500 && refused.status != 503; ++i) {
    refused = post(DocumentType::order, order("big-" + std::to_string(i), 1));
    if (refused.status == 200) ++stored;
  }
  ASSERT_EQ(refused.status, 503);
  EXPECT_EQ(sql("SELECT count(*) FROM orders"), std::to_string(stored));
  EXPECT_EQ(post(DocumentType::order, order("another", 1)).status, 503);
  limit_pages(1'000'000);
  EXPECT_EQ(post(DocumentType::order, order("another", 1)).status, 200);
  EXPECT_THAT(*verify(store_path()), HasSubstr(R"({"ok":true)"));
}

TEST_F(EngineTest, WhatWasParkedSettlesWhenItIsAppliedByAnotherWay) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 1), "shop-a");
  post(DocumentType::order, order("1001", 1), "shop-b");
  const std::string unclear = dispatch("S-1", "1001", 1, lots("LOT-A", 1));
  EXPECT_EQ(post(DocumentType::dispatch, unclear, "mad-files").status, 202);
  EXPECT_EQ(post(DocumentType::dispatch, unclear, "mad-files").status, 202);
  EXPECT_EQ(sql("SELECT count(*) || code FROM parked WHERE state = 'open'"),
            "1ambiguous_reference");
  std::string clear = unclear;
  clear.insert(1, R"("order_source":"shop-b",)");
  EXPECT_EQ(post(DocumentType::dispatch, clear, "mad-files").status, 200);
  EXPECT_EQ(sql("SELECT state FROM parked"), "retried");
}

TEST_F(EngineTest, DocumentsOfOneBatchSeeEachOther) {
  open(false);
  std::vector<std::future<Answer>> answers;
  const auto queue = [&](DocumentType type, const std::string& json, const std::string& source) {
    auto promise = std::make_shared<std::promise<Answer>>();
    answers.push_back(promise->get_future());
    engine_->submit(document(type, json, source), Caller{},
                    [promise](Answer answer) { promise->set_value(std::move(answer)); });
  };
  queue(DocumentType::item, R"({"sku":"GYP-500"})", "api");
  queue(DocumentType::receipt, receipt("R-1", "LOT-A", 50, "2026-05-26"), "api");
  queue(DocumentType::order, order("1001", 10), "shop");
  queue(DocumentType::order, order("1001", 10), "shop");
  queue(DocumentType::order, order("1001", 12, 2), "shop");
  queue(DocumentType::dispatch, dispatch("S-1", "#1001", 5, lots("LOT-A", 5)), "wms");
  queue(DocumentType::dispatch, dispatch("S-1", "#1001", 6, lots("LOT-A", 6)), "wms");
  queue(
      DocumentType::adjustment,
      R"({"id":"A-1","warehouse":"MAD1","reason":"lost","lines":[{"sku":"GYP-500","lot":"NONE","quantity":-1}]})",
      "api");
  engine_->start();
  const char* outcomes[] = {"applied", "applied", "applied",  "duplicate",
                            "revised", "applied", "corrected"};
  for (std::size_t i = 0; i < std::size(outcomes); ++i) {
    EXPECT_THAT(answers[i].get().body,
                HasSubstr("\"outcome\":\"" + std::string(outcomes[i]) + "\""))
        << i;
  }
  EXPECT_GE(answers.back().get().status, 400);
  EXPECT_EQ(engine_->figures().commits, 1u);
  EXPECT_EQ(sql("SELECT sum(quantity) FROM stamps"), "6000000");
  EXPECT_THAT(*verify(store_path()), HasSubstr(R"({"ok":true)"));
}

TEST_F(EngineTest, ARestartFindsEverythingAgain) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 60));
  post(DocumentType::order, order("1002", 7));
  post(DocumentType::dispatch, dispatch("S-1", "1002", 3, lots("LOT-B", 3)), "mad-files");
  const auto ask = [&](const std::string& id) {
    return wait([&](Done done) {
             engine_->order_answer({id, "pure-fresh", {}}, Caller{}, std::move(done));
           })
        .body;
  };
  const std::string first = ask("1001"), second = ask("#1002");
  EXPECT_THAT(second, HasSubstr(R"("dispatched":3)"));
  open();
  EXPECT_EQ(ask("1001"), first);
  EXPECT_EQ(ask("#1002"), second);
  EXPECT_THAT(post(DocumentType::order, order("1003", 1)).body, HasSubstr(R"("uid":"ord_3")"));
}

TEST_F(EngineTest, AClosedOrderComesBackForALateCorrection) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 3));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 3, lots("LOT-B", 3)), "mad-files");
  EXPECT_EQ(sql("SELECT open FROM orders"), "0");
  open();
  const Answer corrected =
      post(DocumentType::dispatch, dispatch("S-1", "1001", 3, lots("LOT-A", 3)), "mad-files");
  EXPECT_THAT(corrected.body, HasSubstr(R"("outcome":"corrected")"));
  EXPECT_THAT(corrected.body, HasSubstr(R"("lot":"LOT-A","quantity":3)"));
  EXPECT_THAT(corrected.body, Not(HasSubstr("LOT-B\",\"quantity\"")));
}

TEST_F(EngineTest, ACorrectionMayNameAnotherOrder) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 3));
  post(DocumentType::order, order("1002", 3));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 3, lots("LOT-B", 3)), "mad-files");
  const Answer corrected =
      post(DocumentType::dispatch, dispatch("S-1", "1002", 3, lots("LOT-B", 3)), "mad-files");
  EXPECT_THAT(corrected.body, HasSubstr(R"("order":"1002")"));
  EXPECT_EQ(
      sql("SELECT group_concat(o.id || ' ' || q) FROM (SELECT order_id, sum(quantity) / 1000000 q "
          "FROM stamps GROUP BY order_id) JOIN orders o USING (order_id)"),
      "1001 0,1002 3");
  EXPECT_THAT(*verify(store_path()), HasSubstr(R"({"ok":true)"));
}

TEST_F(EngineTest, AVoidTakesADispatchBackOnce) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 3));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 3, lots("LOT-B", 3)), "mad-files");
  const std::string taken_back = R"({"id":"V-1","order":"1001","void_of":"S-1","lines":[]})";
  EXPECT_EQ(post(DocumentType::dispatch, taken_back, "mad-files").status, 200);
  EXPECT_EQ(sql("SELECT sum(quantity) FROM stamps"), "0");
  const std::string again = R"({"id":"V-2","order":"1001","void_of":"S-1","lines":[]})";
  EXPECT_EQ(post(DocumentType::dispatch, again, "mad-files").status, 422);
}

TEST_F(EngineTest, ACountLeavesWhatMovedAfterItsSnapshot) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 3));
  // Counted at noon: 100 of LOT-B, all there. Three left at two; the count arrives in the evening.
  post(DocumentType::dispatch,
       R"({"id":"S-1","order":"1001","warehouse":"MAD1","at":"2026-05-16T14:00:00Z","lines":[)"
       R"({"order_line":"1","sku":"GYP-500","quantity":3,"lots":[{"lot":"LOT-B","quantity":3}]}]})",
       "mad-files");
  const Answer counted =
      post(DocumentType::count,
           R"({"id":"C-1","warehouse":"MAD1","snapshot_at":"2026-05-16T12:00:00Z","lines":[)"
           R"({"sku":"GYP-500","lot":"LOT-B","status":"available","counted":100}]})",
           "mad-files");
  EXPECT_EQ(counted.status, 200) << counted.body;
  EXPECT_EQ(sql("SELECT count(*) FROM ledger WHERE document_id = (SELECT max(document_id) FROM "
                "documents)"),
            "0");
}

TEST_F(EngineTest, AFailedCommitChangesNothingAndHeals) {
  open(false);
  engine_->start();
  stock_dairy();
  post(DocumentType::order, order("1001", 5));
  const std::string before = sql("SELECT hex(hash) FROM chain_heads");
  fail_call(6);
  const Answer refused = post(DocumentType::order, order("1002", 5));
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("unavailable"));
  EXPECT_EQ(sql("SELECT hex(hash) FROM chain_heads"), before);
  EXPECT_FALSE(engine_->figures().healthy);
  const Answer healed = post(DocumentType::order, order("1002", 5));
  EXPECT_EQ(healed.status, 200);
  EXPECT_THAT(healed.body, HasSubstr(R"("outcome":"applied")"));
  EXPECT_THAT(healed.body, HasSubstr(R"("uid":"ord_2")"));
  EXPECT_TRUE(engine_->figures().healthy);
}

TEST_F(EngineTest, AWrongOwnerIsRefusedAndAStoppedEngineSaysSo) {
  open();
  Document stranger = document(DocumentType::item, R"({"sku":"X","owner":"nobody"})");
  const Answer refused =
      wait([&](Done done) { engine_->submit(stranger, Caller{}, std::move(done)); });
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr(R"("pointer":"/owner")"));
  engine_->stop();
  EXPECT_EQ(post(DocumentType::item, R"({"sku":"X"})").status, 503);
}

TEST_F(EngineTest, APreviewKeepsNothing) {
  open();
  stock_dairy();
  const std::string before = sql("SELECT hex(hash) FROM chain_heads");
  const Answer preview = wait([&](Done done) {
    engine_->preview(document(DocumentType::order, order("1001", 60)), Caller{}, std::move(done));
  });
  EXPECT_EQ(preview.status, 200);
  EXPECT_THAT(preview.body, HasSubstr(R"("lot":"LOT-A","quantity":50)"));
  EXPECT_EQ(sql("SELECT hex(hash) FROM chain_heads"), before);
  EXPECT_EQ(sql("SELECT count(*) FROM orders"), "0");
  EXPECT_THAT(post(DocumentType::order, order("1001", 60)).body, HasSubstr(R"("uid":"ord_1")"));
}

}  // namespace
}  // namespace lotbridge::engine
