// For each invariant, and each way in which it can break, a store is spoiled so that only that one
// fails, and verify() names what is broken.
#include <gmock/gmock.h>

#include <lotbridge/json.hpp>

#include "chain.hpp"
#include "daemon/store/encoding.hpp"
#include "engine_fixture.hpp"
#include "verify.hpp"

namespace lotbridge::engine {
namespace {

using ::testing::HasSubstr;

class VerifyTest : public EngineTest {
 protected:
  Settings settings() const override {
    Settings out = EngineTest::settings();
    ConnectorRoute files;
    files.name = "mad-files";
    files.owners = {"pure-fresh"};
    files.live = true;
    files.instructions = {"pick.send/1"};
    out.connectors.push_back(files);
    return out;
  }

  // 30 units of LOT-A reserved, 10 dispatched, an audited act, a revised item.
  void day() {
    open();
    stock_dairy();
    post(DocumentType::item, R"({"sku":"CUP","name":"Cup"})");
    post(DocumentType::item, R"({"sku":"CUP","name":"Paper cup"})");
    post(DocumentType::receipt,
         R"({"id":"R-3","warehouse":"MAD1","lines":[{"line":"1","sku":"CUP","quantity":9,)"
         R"("lot":"CUPS-1"}]})");
    post(DocumentType::policy,
         R"({"id":"P-1","scope":{"sku":"GYP-500"},"policy":{"min_remaining_days":3}})");
    post(DocumentType::order, order("1002", 10));
    post(DocumentType::order, order("1001", 30));
    post(DocumentType::dispatch, dispatch("S-1", "1002", 10, lots("LOT-A", 10)), "mad-files");
    for (const std::string id : {"1001", "1002"}) {
      EXPECT_EQ(wait([&](Done done) {
                  engine_->erase_customer({id, {}, {}}, Caller{}, std::move(done));
                }).status,
                200);
    }
    expect_sound();
    engine_.reset();  // closes the store, so that it is one file
  }
  Json check() const {
    const Settings known = settings();
    const auto report = verify(store_path(), &known);
    EXPECT_TRUE(report.ok()) << report.problem().detail;
    return Json::parse(report.ok() ? *report : "{}");
  }
  void expect_sound() const {
    const Json report = check();
    EXPECT_EQ(report["ok"].boolean(), true) << report.raw();
    EXPECT_EQ(report["findings"].items().size(), 0u);
  }
  // Only this invariant fails, in this way, and the broken thing is named.
  void expect_broken(int invariant, const std::string& code, const std::string& named) const {
    const Json report = check();
    EXPECT_EQ(report["ok"].boolean(), false);
    ASSERT_FALSE(report["findings"].items().empty());
    bool found = false;
    for (const Json& finding : report["findings"].items()) {
      EXPECT_EQ(finding["invariant"].integer(), invariant) << finding.raw();
      found = found || (finding["code"].text() == code &&
                        finding["detail"].text().find(named) != std::string::npos);
    }
    EXPECT_TRUE(found) << report["findings"].raw();
  }
  void spoil(const std::string& statement, int invariant, const std::string& code,
             const std::string& named) {
    SCOPED_TRACE(statement);
    std::filesystem::copy_file(store_path(), store_path() + ".kept");
    change_store(statement);
    expect_broken(invariant, code, named);
    std::filesystem::rename(store_path() + ".kept", store_path());
    std::filesystem::remove(store_path() + "-wal");
    expect_sound();
  }
  std::int64_t number(const std::string& query) const { return std::stoll(sql(query)); }

  // Writes an entry that the rules would never have made, with everything that belongs to it.
  void forge(core::Account to, AccountNames to_names, int units) {
    const std::int64_t lot = number("SELECT lot_id FROM lots WHERE code = 'LOT-A'");
    core::Account from;
    from.warehouse = 1;
    LedgerFields fields;
    fields.owner = "pure-fresh";
    fields.number = number("SELECT number FROM chain_heads WHERE owner_id = 1") + 1;
    fields.sku = "GYP-500";
    fields.lot = "LOT-A";
    fields.quantity = Quantity::whole(units).micros;
    fields.from = {"stock", "MAD1", "", "available", "", 0};
    fields.to = to_names;
    fields.happened_at = fields.known_at = clock_->now().ms;
    Hash head{};
    const std::string hex = sql("SELECT hex(hash) FROM chain_heads WHERE owner_id = 1");
    for (std::size_t i = 0; i < head.size(); ++i)
      head[i] = static_cast<unsigned char>(std::stoi(hex.substr(i * 2, 2), nullptr, 16));
    Hasher hasher;
    const std::string hash = "x'" + hex_of(bytes_of(hasher.next(head, fields))) + "'";
    const auto blob = [](const core::Account& account) {
      return "x'" + hex_of(store::account_blob(account)) + "'";
    };
    const std::string about =
        "1, (SELECT sku_id FROM skus WHERE sku = 'GYP-500'), " + std::to_string(lot) + ", 1, ";
    const std::string quantity = std::to_string(fields.quantity);
    const std::string time = std::to_string(fields.happened_at);
    change_store(
        "INSERT INTO ledger (owner_id, sku_id, lot_id, book, from_account, to_account, "
        "number, quantity, document_id, happened_at, known_at, hash) VALUES (" +
        about + blob(from) + ", " + blob(to) + ", " + std::to_string(fields.number) + ", " +
        quantity + ", 0, " + time + ", " + time + ", " + hash + ");" +
        "UPDATE chain_heads SET number = number + 1, hash = " + hash + " WHERE owner_id = 1;" +
        "UPDATE balances SET quantity = quantity - " + quantity +
        " WHERE lot_id = " + std::to_string(lot) + " AND account = " + blob(from) + ";" +
        "INSERT INTO balances (owner_id, sku_id, lot_id, book, account, quantity) VALUES (" +
        about + blob(to) + ", " + quantity + ");");
  }
};

TEST_F(VerifyTest, OneABalanceIsTheSumOfItsEntries) {
  day();
  const std::string dispatched = " WHERE book = 1 AND substr(account, 1, 1) = x'04'";
  spoil("UPDATE balances SET quantity = quantity + 1000000" + dispatched, 1, "balance_differs",
        "GYP-500 lot LOT-A: the balance is 11, its entries add up to 10.");
  spoil("DELETE FROM balances" + dispatched, 1, "balance_differs",
        "GYP-500 lot LOT-A: entries add up to 10, there is no balance.");
  spoil(
      "INSERT INTO balances SELECT owner_id, sku_id, lot_id + 1000, book, account, quantity FROM "
      "balances" +
          dispatched,
      1, "balance_differs", "its entries add up to 0.");
}

TEST_F(VerifyTest, TwoNegativeStockSaysSo) {
  open();
  stock_dairy();
  post(DocumentType::order, order("1001", 60));
  post(DocumentType::dispatch, dispatch("S-1", "1001", 60, lots("LOT-A", 60)), "mad-files");
  expect_sound();
  engine_.reset();
  spoil("DELETE FROM alerts WHERE kind = 'unreconciled'", 2, "negative_stock",
        "GYP-500 lot LOT-A at MAD1");
  spoil("UPDATE alerts SET closed_at = 1 WHERE kind = 'unreconciled'", 2, "negative_stock",
        "LOT-A");
}

TEST_F(VerifyTest, ThreeNothingBlockedOrTooOldIsReserved) {
  day();
  const std::string block =
      "INSERT INTO blocks SELECT 1, lot_id, 0, KIND, 'x', '', 1 FROM lots WHERE code = 'LOT-A'";
  const auto of_kind = [&](const char* kind) {
    return std::string(block).replace(block.find("KIND"), 4, kind);
  };
  spoil(of_kind("1"), 3, "reserved_hold", "LOT-A at MAD1, reserved for order api/1001 line 1");
  spoil(of_kind("2"), 3, "reserved_recalled", "LOT-A");
  const auto expires = [](const char* date) {
    return "UPDATE lots SET expires_on = " + std::to_string(Date::parse(date)->days) +
           " WHERE code = 'LOT-A'";
  };
  spoil(expires("2026-05-17"), 3, "reserved_expired", "LOT-A");
  spoil(expires("2026-05-20"), 3, "reserved_short_life", "LOT-A");
  spoil("UPDATE lots SET removal_on = " + std::to_string(Date::parse("2026-05-17")->days) +
            " WHERE code = 'LOT-A'",
        3, "reserved_removal_date_passed", "LOT-A");
  change_store(expires("2026-05-21"));
  expect_sound();
}

TEST_F(VerifyTest, ThreeNoMoreIsReservedThanThereIs) {
  day();
  core::Account lost;
  lost.kind = core::AccountKind::lost;
  lost.warehouse = 1;
  forge(lost, {"lost", "MAD1", "", "", "", 0}, 10);
  expect_sound();  // 30 left of 40, all reserved
}

TEST_F(VerifyTest, ThreeOneMoreThanThereIs) {
  day();
  core::Account lost;
  lost.kind = core::AccountKind::lost;
  lost.warehouse = 1;
  forge(lost, {"lost", "MAD1", "", "", "", 0}, 11);
  expect_broken(3, "over_reserved", "LOT-A at MAD1: 30 reserved of 29.");
}

TEST_F(VerifyTest, ThreeNothingInQuarantineIsReserved) {
  day();
  core::Account aside;
  aside.status = StockStatus::quarantine;
  aside.warehouse = 1;
  forge(aside, {"stock", "MAD1", "", "quarantine", "", 0}, 40);
  expect_broken(3, "reserved_quarantine", "LOT-A");
}

TEST_F(VerifyTest, FourStampsAddUpToWhatLeft) {
  day();
  spoil("DELETE FROM stamps", 4, "stamps_differ",
        "Order api/1002 line 1, GYP-500 lot LOT-A: stamps and ledger differ by -10.");
  spoil("UPDATE stamps SET quantity = quantity - 1000000", 4, "stamps_differ", "differ by -1.");
  spoil("UPDATE stamps SET evidence = 5", 4, "stamp_without_lot", "Order api/1002 line 1");
  spoil("UPDATE stamps SET lot_id = (SELECT lot_id FROM lots WHERE code = 'CUPS-1')", 4,
        "stamp_of_another_item", "CUPS-1 is no lot of this item");
}

TEST_F(VerifyTest, FiveWhatWasAcknowledgedIsThere) {
  day();
  spoil("DELETE FROM documents WHERE type = 1 AND id = 'GYP-500'", 5, "document_missing",
        "Item GYP-500 comes from document");
  spoil("DELETE FROM document_revisions", 5, "revision_missing", "Document CUP is at revision 2");
  spoil("UPDATE outbox SET key = ''", 5, "instruction_key", "Instructions to mad-files");
  spoil(
      "INSERT INTO outbox (owner_id, connector, operation, subject, order_id, version, key, body, "
      "state, attempts, next_at, created_at) SELECT owner_id, connector, operation, subject, "
      "order_id, version + 1, key, body, state, attempts, next_at, created_at FROM outbox LIMIT 1",
      5, "instruction_key", "2 carry the key");
}

TEST_F(VerifyTest, SixTheChainHoldsFromItsFirstEntryToItsLast) {
  day();
  const std::string loose =
      "DROP TRIGGER ledger_no_update; DROP TRIGGER audit_no_update; "
      "DROP TRIGGER audit_no_delete; ";
  const std::string first_audit = sql("SELECT min(number) FROM audit");
  const std::string last_audit = sql("SELECT max(number) FROM audit");
  spoil(loose + "UPDATE ledger SET happened_at = happened_at + 1 WHERE number = 2", 6,
        "broken_chain", "Entry 2 of owner pure-fresh is not what was written.");
  spoil(loose + "UPDATE ledger SET known_at = known_at + 1 WHERE number = 1", 6, "broken_chain",
        "Entry 1 of");
  spoil(loose + "UPDATE ledger SET hash = x'00' WHERE number = 3", 6, "broken_chain", "Entry 3 of");
  spoil(loose + "UPDATE audit SET token = 'nobody' WHERE number = " + first_audit, 6,
        "broken_chain", "Entry " + first_audit + " of");
  spoil(loose + "UPDATE audit SET actor_digest = x'00' WHERE number = " + last_audit, 6,
        "broken_chain", "Entry " + last_audit + " of");
  spoil(loose + "DELETE FROM audit WHERE number = " + first_audit, 6, "broken_chain",
        "Entry " + first_audit + " of owner pure-fresh is missing.");
  spoil(loose + "DELETE FROM audit WHERE number = " + last_audit, 6, "broken_chain",
        "is missing: the chain ends before its head.");
  spoil("UPDATE chain_heads SET hash = x'00' WHERE owner_id = 1", 6, "broken_chain",
        "does not end in the head's hash");
  spoil("UPDATE skus SET sku = 'OTHER' WHERE sku = 'GYP-500'", 6, "broken_chain", "Entry 1 of");
}

TEST_F(VerifyTest, ARebuildComparesDigestsOfBothSides) {
  day();
  const auto sides = [&] {
    const auto report = rebuild_check(store_path());
    EXPECT_TRUE(report.ok());
    return Json::parse(*report);
  };
  const Json good = sides();
  EXPECT_TRUE(good["ok"].boolean());
  ASSERT_EQ(good["digests"].items().size(), 2u);
  const Json dairy = good["digests"].items().at(0);
  EXPECT_EQ(dairy["owner"].text(), "pure-fresh");
  EXPECT_EQ(dairy["ledger"].text().size(), 64u);
  EXPECT_EQ(dairy["ledger"].text(), dairy["balances"].text());
  change_store("UPDATE balances SET quantity = quantity + 1 WHERE substr(account, 1, 1) = x'01'");
  const Json bad = sides();
  EXPECT_FALSE(bad["ok"].boolean());
  EXPECT_EQ(bad["digests"].items().at(0)["ledger"].text(), dairy["ledger"].text());
  EXPECT_NE(bad["digests"].items().at(0)["balances"].text(), dairy["ledger"].text());
}

TEST_F(VerifyTest, ACopyOfUnknownConfigurationIsJudgedByBlocksAndUseByDates) {
  day();
  change_store("UPDATE lots SET expires_on = " + std::to_string(Date::parse("2026-05-15")->days) +
               " WHERE code = 'LOT-A'");
  EXPECT_THAT(*verify(store_path()), HasSubstr("reserved_expired"));
}

}  // namespace
}  // namespace lotbridge::engine
