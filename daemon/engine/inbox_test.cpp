// Webhooks stored once, records and cursor in one commit, bad records parked whole, personal data
// erased.
#include <gmock/gmock.h>

#include "backup.hpp"
#include "engine_fixture.hpp"
#include "verify.hpp"

namespace lotbridge::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class InboxTest : public EngineTest {
 protected:
  bool hook(const std::string& delivery, const std::string& body = "{}") {
    std::promise<bool> stored;
    engine_->accept_webhook({"shopify-eu", delivery, "orders/create", "{}", body},
                            [&stored](bool ok) { stored.set_value(ok); });
    return stored.get_future().get();
  }
  ConnectorBatch batch_of(std::vector<Record> records, std::int64_t inbox = 0) {
    ConnectorBatch batch;
    batch.connector = "shopify-eu";
    batch.operation = "webhook.receive/1";
    batch.records = std::move(records);
    batch.inbox_id = inbox;
    return batch;
  }
  Answer operate(void (Engine::*call)(std::int64_t, Caller, Done), std::int64_t id) {
    return wait([&](Done done) { ((*engine_).*call)(id, Caller{}, std::move(done)); });
  }
};

TEST_F(InboxTest, ADeliveryIsStoredOnceAndHandedOutOnce) {
  open();
  EXPECT_TRUE(hook("d1", R"({"id":1})"));
  EXPECT_TRUE(hook("d1", R"({"id":1})"));
  EXPECT_TRUE(hook("d2"));
  EXPECT_EQ(sql("SELECT count(*) FROM inbox"), "2");
  const auto taken = engine_->take_inbox("shopify-eu", 10);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].body, R"({"id":1})");
  EXPECT_TRUE(engine_->take_inbox("shopify-eu", 10).empty());
  stock_dairy();
  EXPECT_FALSE(bring(
      batch_of({document(DocumentType::order, order("1001", 3), "shopify-eu")}, taken[0].id)));
  EXPECT_EQ(sql("SELECT state FROM inbox WHERE delivery = 'd1'"), "done");
  EXPECT_EQ(sql("SELECT count(*) FROM orders"), "1");
}

TEST_F(InboxTest, WhereAParcelIsMovesForwardOnly) {
  open();
  const auto tell = [&](const std::string& tracker, const std::string& state,
                        const std::string& at) {
    Unreadable told;
    told.owner = "pure-fresh";
    told.source = "shopify-eu";
    told.kind = "tracking/1";
    told.id = tracker;
    told.raw = R"({"id":")" + tracker + R"(","tracking_number":"X1","state":")" + state +
               R"(","at":")" + at + "\"}";
    EXPECT_FALSE(bring(batch_of({told})));
    return sql("SELECT state FROM tracking WHERE tracker = '" + tracker + "'");
  };
  EXPECT_EQ(tell("t1", "in_transit", "2026-05-16T10:00:00Z"), "in_transit");
  EXPECT_EQ(tell("t1", "pre_transit", "2026-05-16T09:00:00Z"), "in_transit");  // told late
  EXPECT_EQ(tell("t1", "delivered", "2026-05-17T10:00:00Z"), "delivered");
  EXPECT_EQ(tell("t1", "in_transit", "2026-05-18T10:00:00Z"), "delivered");
  EXPECT_EQ(tell("t1", "returned", "2026-05-19T10:00:00Z"), "returned");
  // The carrier uses the number again: another tracker, another parcel.
  EXPECT_EQ(tell("t2", "pre_transit", "2026-06-16T10:00:00Z"), "pre_transit");
  EXPECT_EQ(sql("SELECT count(*) FROM parked"), "0");
}

TEST_F(InboxTest, AWebhookOfAFailedCommitComesAgain) {
  open();
  hook("d1");
  const auto taken = engine_->take_inbox("shopify-eu", 10);
  fail_call(2);
  const Refused failed =
      bring(batch_of({document(DocumentType::item, R"({"sku":"X"})", "shopify-eu")}, taken[0].id));
  ASSERT_TRUE(failed);
  EXPECT_EQ(engine_->take_inbox("shopify-eu", 10).size(), 1u);
}

TEST_F(InboxTest, AFailureIsRetriedLaterThenParkedWhole) {
  open();
  hook("d1", R"({"odd":true})");
  auto taken = engine_->take_inbox("shopify-eu", 10);
  engine_->fail_inbox(taken.at(0).id, true, "no such field");
  settle_all();
  EXPECT_TRUE(engine_->take_inbox("shopify-eu", 10).empty());
  clock_->move(*Timestamp::parse("2026-05-16T12:00:00Z"));
  taken = engine_->take_inbox("shopify-eu", 10);
  ASSERT_EQ(taken.size(), 1u);
  engine_->fail_inbox(taken[0].id, false, "no such field");
  settle_all();
  EXPECT_EQ(sql("SELECT raw FROM parked"), R"({"odd":true})");
  EXPECT_EQ(sql("SELECT state FROM inbox"), "failed");
  EXPECT_EQ(operate(&Engine::retry_parked, 1).status, 200);
  EXPECT_EQ(engine_->take_inbox("shopify-eu", 10).size(), 1u);
}

TEST_F(InboxTest, ALentTokenIsKeptUntilTheNextOne) {
  open();
  EXPECT_EQ(engine_->token("shopify-eu", "access"), std::nullopt);
  for (const char* state : {R"({"n":1})", R"({"n":2})"}) {
    ConnectorBatch batch;
    batch.connector = "shopify-eu";
    batch.operation = "oauth2";
    batch.token = KeptToken{"access", state};
    EXPECT_FALSE(bring(std::move(batch)));
    EXPECT_EQ(engine_->token("shopify-eu", "access"), state);
  }
  EXPECT_EQ(engine_->token("other", "access"), std::nullopt);
}

TEST_F(InboxTest, ABadRecordIsParkedAndTheNextGoesOn) {
  open();
  Unreadable bad{"pure-fresh",
                 "shopify-eu",
                 "receipt",
                 "R-9",
                 "a;b;c",
                 "file receipts.csv line 7",
                 Problem{"invalid_value", "Not a date.", {{"/expires_on", "Not a date."}}}};
  Document stranger = document(DocumentType::item, R"({"sku":"Y","owner":"nobody"})", "shopify-eu");
  ConnectorBatch batch =
      batch_of({bad, stranger, document(DocumentType::item, R"({"sku":"X"})", "shopify-eu")});
  batch.cursor = R"({"page":2})";
  EXPECT_FALSE(bring(std::move(batch)));
  EXPECT_EQ(
      sql("SELECT group_concat(code || ' ' || coalesce(origin, '') || ' ' || pointer, '; ') FROM "
          "parked"),
      "invalid_value file receipts.csv line 7 /expires_on; invalid_value webhook.receive/1 /owner");
  EXPECT_EQ(sql("SELECT count(*) FROM skus"), "1");
  EXPECT_EQ(engine_->cursor("shopify-eu", "webhook.receive/1"), R"({"page":2})");
  EXPECT_EQ(operate(&Engine::discard_parked, 1).status, 200);
  EXPECT_EQ(operate(&Engine::discard_parked, 1).status, 409);
  EXPECT_EQ(operate(&Engine::retry_parked, 2).status, 422);
  EXPECT_EQ(operate(&Engine::retry_parked, 99).status, 404);
}

TEST_F(InboxTest, ErasingReachesContactsWebhooksAndParkedRecords) {
  open();
  stock_dairy();
  hook("d1", R"({"customer":"c9","order":"1001","email":"ana@example.org"})");
  const auto taken = engine_->take_inbox("shopify-eu", 10);
  bring(batch_of({document(DocumentType::order, order("1001", 3), "shopify-eu")}, taken.at(0).id));
  Unreadable bad{"pure-fresh",
                 "shopify-eu",
                 "order",
                 "1002",
                 R"({"id":"1002","customer":{"id":"c9","name":"Ana"}})",
                 "",
                 Problem{"invalid_value", "x", {}}};
  bring(batch_of({bad}));
  EXPECT_THAT(sql("SELECT body FROM contacts"), HasSubstr("ana@example.org"));
  EXPECT_THAT(sql("SELECT group_concat(body) FROM documents"), Not(HasSubstr("Ana")));
  bring(
      batch_of({document(DocumentType::erasure, R"({"id":"E-1","customer":"c9"})", "shopify-eu")}));
  EXPECT_EQ(sql("SELECT count(*) FROM contacts WHERE body IS NOT NULL OR erased_at IS NULL"), "0");
  EXPECT_EQ(sql("SELECT length(body) FROM inbox"), "0");
  EXPECT_THAT(sql("SELECT raw FROM parked"), Not(HasSubstr("Ana")));
  const Answer known = post(DocumentType::order, order("1001", 3), "shopify-eu");
  EXPECT_THAT(known.body, HasSubstr(R"("outcome":"duplicate")"));
  EXPECT_THAT(known.body, HasSubstr(R"("customer":{"erased":true})"));
  EXPECT_THAT(known.body, Not(HasSubstr("Ana")));
  post(DocumentType::order, order("1001", 4, 2), "shopify-eu");
  EXPECT_EQ(sql("SELECT count(*) FROM contacts WHERE body IS NOT NULL"), "0")
      << "erased stays erased";
}

TEST_F(InboxTest, AnOperatorErasesTheCustomerOfOneOrder) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 3));
  EXPECT_EQ(wait([&](Done done) {
              engine_->erase_customer({"1001", {}, {}}, Caller{}, std::move(done));
            }).status,
            200);
  EXPECT_EQ(sql("SELECT body FROM contacts"), "(none)");
  EXPECT_EQ(sql("SELECT action FROM audit"), "erase_customer");
  EXPECT_EQ(wait([&](Done done) {
              engine_->erase_customer({"77", {}, {}}, Caller{}, std::move(done));
            }).status,
            404);
}

TEST_F(InboxTest, VerifyFindsNothingAndNamesWhatWasTamperedWith) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 30), "shopify-eu");
  post(DocumentType::dispatch, dispatch("S-1", "1001", 30, lots("LOT-B", 30)), "mad-files");
  const auto good = verify(store_path());
  ASSERT_TRUE(good.ok()) << good.problem().detail;
  EXPECT_THAT(*good, HasSubstr(R"({"ok":true)"));
  const std::string copy = (folder_ / "backup.db").string();
  ASSERT_TRUE(backup(store_path(), copy).ok());
  EXPECT_FALSE(backup(store_path(), copy).ok()) << "never over a file";
  const auto checked = restore_check(copy);
  ASSERT_TRUE(checked.ok()) << checked.problem().detail;
  EXPECT_EQ(*checked, *good);
  engine_->stop();
  change_store(
      "DROP TRIGGER ledger_no_update; UPDATE ledger SET happened_at = happened_at + 1 WHERE number "
      "= 2");
  const auto tampered = verify(store_path());
  ASSERT_TRUE(tampered.ok());
  EXPECT_THAT(*tampered, HasSubstr("Entry 2 of owner pure-fresh is not what was written."));
  change_store(
      "UPDATE balances SET quantity = quantity + 1000000 WHERE substr(account, 1, 1) = x'01'");
  EXPECT_THAT(*rebuild_check(store_path()), HasSubstr("balance_differs"));
}

TEST_F(InboxTest, TheStoreItselfRefusesToChangeTheLedger) {
  open();
  stock_dairy();
  engine_->stop();
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(store_path().c_str(), &database), SQLITE_OK);
  EXPECT_NE(sqlite3_exec(database, "UPDATE ledger SET quantity = 1", nullptr, nullptr, nullptr),
            SQLITE_OK);
  EXPECT_NE(sqlite3_exec(database, "DELETE FROM ledger", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
}

}  // namespace
}  // namespace lotbridge::engine
