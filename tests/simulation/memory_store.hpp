// A store in memory that can fail, or stop as a machine stops, at any call.
//
// What is written stands beside until commit(); a rollback or a crash forgets it. It keeps what the
// daemon's store keeps and nothing else: balances are the sums of the entries that it was given.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "daemon/core/apply.hpp"

namespace lotbridge::simulation {

struct BalanceKey {
  core::SkuId sku = 0;
  core::LotId lot = 0;
  core::Book book = core::Book::goods;
  core::Account account;
  auto tie() const { return std::tie(sku, lot, book, account); }
  bool operator<(const BalanceKey& o) const { return tie() < o.tie(); }
};

struct StoredDocument {
  core::DocumentId row = 0;
  Document document;
  std::string content;
  core::OrderId order = 0;
  core::DocumentId voided_by = 0, voids = 0;
};
struct StoredEntry {
  core::DocumentId document = 0;
  Timestamp at;
  core::Entry entry;
};
struct StoredLot {
  core::Lot lot;
  std::string code;
  core::LotDetails details;
  std::map<core::WarehouseId, std::int32_t> first_received;
};
struct OrderName {
  core::OwnerId owner = 0;
  std::string name;
  core::OrderId order = 0;
  bool heard = false;
  std::string source;
};

struct Tables {
  std::map<core::LocationId, std::pair<core::WarehouseId, core::Location>> locations;
  std::map<core::SkuId, core::Sku> skus;
  std::map<core::LotId, StoredLot> lots;
  std::map<core::LotId, std::vector<core::Block>> blocks;
  std::map<core::OwnerId, std::vector<core::PolicyDocument>> policies;
  std::map<core::OrderId, core::Order> orders;  // stamps in it, promises not
  std::map<core::DocumentId, StoredDocument> documents;
  std::vector<StoredEntry> entries;
  std::vector<OrderName> names;
  std::map<core::WarehouseId, std::int32_t> days;
  Maybe<Timestamp> clock;
};

class MemoryStore {
 public:
  enum class Fate : std::uint8_t { fine, failed, crashed };

  // The n-th call from now fails, or is the last before the machine stops; 0: none.
  void arm(int fail_at, int crash_at);
  Fate fate() const { return fate_; }
  int calls() const { return calls_; }
  // Counts a call; false when it fails, and every one after it.
  bool call();

  template <typename Change>
  void write(Change change) {
    if (call()) change(pending_);
  }
  bool commit();
  void rollback();

  const Tables& now() const { return tables_; }
  const Tables& pending() const { return pending_; }
  const std::map<BalanceKey, std::int64_t>& balances() const { return balances_; }

  // Of what is committed or stands beside it.
  core::DocumentId find_document(const std::string& key) const;
  const StoredDocument* document(core::DocumentId) const;
  void note_document(const std::string& key, core::DocumentId row) { pending_keys_[key] = row; }
  std::vector<core::Entry> entries_of(core::DocumentId) const;
  std::vector<core::OrderId> orders_named(core::OwnerId, const std::string& name,
                                          const Maybe<std::string>& source) const;
  Quantity moved_since(core::DocumentId but, core::LotId, core::WarehouseId,
                       Maybe<core::LocationId>, StockStatus, Timestamp) const;
  core::DocumentId last_row = 0;

 private:
  Tables tables_, pending_;
  std::map<std::string, core::DocumentId> keys_, pending_keys_;
  std::map<core::DocumentId, std::vector<std::size_t>> entries_of_;
  std::map<BalanceKey, std::int64_t> balances_;
  std::map<std::pair<core::OwnerId, std::string>, std::vector<std::size_t>> named_;
  Fate fate_ = Fate::fine;
  int calls_ = 0, fail_at_ = 0, crash_at_ = 0;
};

}  // namespace lotbridge::simulation
