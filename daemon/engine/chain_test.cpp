// The chain's encoding is a promise to whoever checks it without us: the worked example of
// docs/format/ledger.md holds.
#include "chain.hpp"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

namespace lotbridge::engine {
namespace {

using ::testing::HasSubstr;

LedgerFields example() {
  LedgerFields fields;
  fields.owner = "pure-fresh";
  fields.number = 1;
  fields.book = core::Book::goods;
  fields.sku = "GYP-500";
  fields.lot = "GYP-260516-B01-MA";
  fields.quantity = 120'000'000;
  fields.from.kind = "supplier";
  fields.to = {"stock", "MAD1", "A-01", "available", "", 0};
  fields.document_type = "receipt";
  fields.document_source = "api";
  fields.document_id = "R-1";
  fields.happened_at = 1778918400000;
  fields.known_at = 1778918405000;
  return fields;
}

std::string document() {
  std::ifstream file(std::string(LOTBRIDGE_SOURCE_DIR) + "/docs/format/ledger.md");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Chain, TheWorkedExampleOfTheDocumentationHolds) {
  Hasher hasher;
  const Hash first = hasher.next(Hash{}, example());
  const std::string text = document();
  EXPECT_THAT(text, HasSubstr(hasher.preimage()));
  EXPECT_THAT(text, HasSubstr(hex_of(bytes_of(first))));
  AuditFields audit;
  audit.owner = "pure-fresh";
  audit.number = 2;
  audit.at = 1778918406000;
  audit.token = "ops";
  audit.actor_digest = "00112233445566778899aabbccddeeff";
  audit.action = "close_alert";
  audit.field = "over_shipped";
  audit.old_value = "7";
  const Hash second = hasher.next(first, audit);
  EXPECT_THAT(text, HasSubstr(hasher.preimage()));
  EXPECT_THAT(text, HasSubstr(hex_of(bytes_of(second))));
}

TEST(Chain, EveryFieldCounts) {
  Hasher hasher;
  const Hash first = hasher.next(Hash{}, example());
  LedgerFields other = example();
  other.to.location = "A-02";
  EXPECT_NE(hasher.next(Hash{}, other), first);
  other = example();
  other.known_at += 1;
  EXPECT_NE(hasher.next(Hash{}, other), first);
  EXPECT_NE(hasher.next(first, example()), first);
  EXPECT_EQ(hasher.next(Hash{}, example()), first);
}

TEST(Chain, NetstringsCanNotBeConfused) {
  std::string one, two;
  add_netstring(one, "a");
  add_netstring(one, "b");
  add_netstring(two, "a,1:b");
  EXPECT_NE(one, two);
  EXPECT_EQ(one, "1:a,1:b,");
}

TEST(KeyedDigest, DependsOnItsKey) {
  // RFC 4231, test case 2, cut to 16 bytes.
  EXPECT_EQ(hex_of(KeyedDigest("Jefe").of("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c7");
  EXPECT_EQ(KeyedDigest("a").of("x"), KeyedDigest("a").of("x"));
  EXPECT_NE(KeyedDigest("a").of("x"), KeyedDigest("b").of("x"));
}

}  // namespace
}  // namespace lotbridge::engine
