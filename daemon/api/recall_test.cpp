// Recalls through the engine and the store: who has it, what is recovered, versions, drills,
// restarts.
#include "daemon/api/reads_fixture.hpp"

namespace lotbridge::api {
namespace {

class RecallTest : public ReadsTest {
 protected:
  engine::Answer recall(const std::string& more, const char* id = "RC-1", int version = 1) {
    return post(DocumentType::recall, R"({"id":")" + std::string(id) + R"(","version":)" +
                                          std::to_string(version) +
                                          R"(,"title":"Undeclared egg","scope":)" + more + "}");
  }
  static std::string lot(const char* code) {
    return R"({"lots":[{"sku":"GYP-500","lot":")" + std::string(code) + R"("}]})";
  }
  engine::Answer respond(const std::string& order) {
    return wait([&](engine::Done done) {
      engine_->answer_recall({"RC-1", {}}, {order, true, "Ann", "binned"}, engine::Caller{},
                             std::move(done));
    });
  }
  void ship_ten() {
    stock_dairy();
    post(DocumentType::order, order("1001", 10));
    post(DocumentType::dispatch, dispatch("S-1", "#1001", 10, lots("LOT-A", 10)), "mad-files");
  }
};

TEST_F(RecallTest, SaysWhoHasItAndWhatIsLeft) {
  start();
  ship_ten();
  EXPECT_EQ(recall(lot("LOT-A")).status, 200);
  const Json answer = json({"recalls", "RC-1"});
  EXPECT_EQ(answer["status"].text(), "open");
  EXPECT_EQ(answer["affected"].size(), 1u);
  const Json row = answer["affected"][0];
  EXPECT_EQ(row["order"].text(), "1001");
  EXPECT_EQ(row["customer"]["id"].text(), "c9");
  EXPECT_EQ(row["quantity"].integer(), 10);
  EXPECT_EQ(row["returned"].integer(), 0);
  EXPECT_EQ(answer["stock"][0]["quantity"].integer(), 40);
  EXPECT_EQ(answer["balance"]["received"].integer(), 50);
  EXPECT_EQ(answer["balance"]["dispatched"].integer(), 10);
  EXPECT_EQ(answer["progress"]["open"].size(), 1u);
  EXPECT_EQ(json({"lots", "GYP-500", "LOT-A"})["blocks"][0]["recall"].text(), "RC-1");
  EXPECT_EQ(json({"lots", "GYP-500", "LOT-B"})["blocks"].size(), 0u);
}

TEST_F(RecallTest, CountsWhatComesBackAndWhoAnswers) {
  start();
  ship_ten();
  recall(lot("LOT-A"));
  post(DocumentType::return_,
       R"({"id":"RT-1","order":"#1001","warehouse":"MAD1","lines":[{"order_line":"1","quantity":4,)"
       R"("disposition":"restock"}]})");
  EXPECT_EQ(respond("#1001").status, 200);
  EXPECT_EQ(respond("#9999").status, 404);
  const Json answer = json({"recalls", "RC-1"});
  EXPECT_EQ(answer["affected"][0]["quantity"].integer(), 10);
  EXPECT_EQ(answer["affected"][0]["returned"].integer(), 4);
  const Json progress = answer["progress"];
  EXPECT_EQ(progress["recovered"].integer(), 4);
  EXPECT_EQ(progress["recovered_percent"].raw(), "40.0");
  EXPECT_EQ(progress["acknowledged_percent"].raw(), "100.0");
  EXPECT_EQ(progress["open"].size(), 0u);
}

TEST_F(RecallTest, LaterVersionsWidenEqualOnesWithOtherContentConflict) {
  start();
  ship_ten();
  recall(lot("LOT-A"));
  EXPECT_EQ(recall(lot("LOT-B")).status, 409);
  EXPECT_EQ(recall(lot("LOT-B"), "RC-1", 2).status, 200);
  EXPECT_EQ(recall(lot("LOT-A")).status, 200);  // an older one is stale
  EXPECT_EQ(json({"recalls", "RC-1"})["version"].integer(), 2);
  EXPECT_EQ(json({"lots", "GYP-500", "LOT-A"})["blocks"].size(), 0u);
  EXPECT_EQ(json({"lots", "GYP-500", "LOT-B"})["blocks"].size(), 1u);
}

TEST_F(RecallTest, SurvivesARestartAndCatchesWhatComesLater) {
  start();
  stock_dairy();
  recall(R"({"sku_dates":[{"sku":"GYP-500","expires_on":"2026-06-30"}]})");
  engine_.reset();
  readers_.reset();
  start();
  post(DocumentType::receipt,
       R"({"id":"R-9","warehouse":"MAD1","lines":[{"line":"1","sku":"GYP-500","quantity":5,)"
       R"("lot":"LATE","expires_on":"2026-06-30"}]})");
  EXPECT_EQ(json({"lots", "GYP-500", "LATE"})["blocks"].size(), 1u);
  EXPECT_EQ(json({"recalls", "RC-1"})["stock"][0]["quantity"].integer(), 5);
}

TEST_F(RecallTest, ADrillBlocksNothingAndKeepsItsReport) {
  start();
  ship_ten();
  const engine::Answer drill =
      post(DocumentType::recall, R"({"id":"D-1","drill":true,"scope":)" + lot("LOT-A") + "}");
  EXPECT_EQ(drill.status, 200);
  EXPECT_EQ(json({"lots", "GYP-500", "LOT-A"})["blocks"].size(), 0u);
  const std::string first = get({"recalls", "D-1"}).body;
  post(
      DocumentType::return_,
      R"({"id":"RT-1","order":"#1001","warehouse":"MAD1","lines":[{"order_line":"1","quantity":4}]})");
  EXPECT_EQ(get({"recalls", "D-1"}).body, first);
}

TEST_F(RecallTest, ClosesOnceAndIsNobodyElses) {
  start();
  ship_ten();
  recall(lot("LOT-A"));
  const auto close = [&] {
    return wait([&](engine::Done done) {
      engine_->close_recall({"RC-1", {}}, "destroyed", "certificate 7", engine::Caller{},
                            std::move(done));
    });
  };
  EXPECT_EQ(close().status, 200);
  EXPECT_EQ(close().status, 409);
  EXPECT_EQ(json({"recalls", "RC-1"})["closing"]["disposition"].text(), "destroyed");
  EXPECT_EQ(json({"lots", "GYP-500", "LOT-A"})["blocks"].size(), 1u);
  be("acme");
  EXPECT_EQ(status({"recalls", "RC-1"}), 404);
}

}  // namespace
}  // namespace lotbridge::api
