// What the engine's parts share while one batch is made: the store, the hot state, names, counters,
// and what is written once at the batch's end.
//
// Used by the engine's thread only. begin() opens a batch, commit() writes and makes it durable,
// rollback() forgets it, in memory and in the store. Between the two everything happens in one
// transaction.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "daemon/core/apply.hpp"
#include "daemon/engine/chain.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/store/writer.hpp"

namespace lotbridge::engine {

// The document that causes something, as ledger and audit name it.
struct Cause {
  core::DocumentId document = 0;  // 0: the daemon itself (a day that began)
  std::string type, source, id;
  core::OwnerId owner = 0;
  Timestamp happened_at;
  std::string by;  // "token/actor" for a lot's history
};

struct BalanceKey {
  core::OwnerId owner = 0;
  core::Book book = core::Book::goods;
  core::SkuId sku = 0;
  core::LotId lot = 0;
  core::Account account;
  auto tie() const { return std::tie(owner, sku, lot, book, account); }
  bool operator==(const BalanceKey&) const = default;
};
struct BalanceKeyHash {
  std::size_t operator()(const BalanceKey&) const noexcept;
};

class Workbench {
 public:
  Workbench(store::Writer& store, core::State& state, const Settings& settings,
            const core::Calendar& calendar, const KeyedDigest& digest);

  store::Writer& store;
  core::State& state;
  const Settings& settings;
  const core::Calendar& calendar;
  const KeyedDigest& digest;

  // ---- the running batch
  Timestamp now;
  std::set<core::OrderId> moved_orders;     // whose promises or stamps changed
  bool wake = false;                        // connectors have something to do
  std::int64_t newest_event = 0;            // 0: none in this batch
  bool judged = false;                      // the days of all warehouses were looked at
  std::vector<core::WarehouseId> new_days;  // where a day began in this batch
  std::uint64_t documents = 0;

  Refused begin(Timestamp now);
  // Writes what is written once, then commits. On a failure everything is rolled back and the
  // reason returned.
  Refused commit();
  void rollback();
  bool in_batch() const { return in_batch_; }

  // ---- names and numbers
  std::int64_t source_id(const std::string& name);
  std::string_view source_name(std::int64_t id) const;
  core::DocumentId next_document() { return ++last_document_; }
  core::Context context(core::DocumentId document = 0) const;
  core::OwnerId owner_of_sku(core::SkuId) const;
  std::vector<core::SkuId> moved_skus() const;  // of which goods or promises moved in this batch
  // What the batch changed in the state; asked for at its end, when nothing changes any more.
  const core::Touched& touched();
  // Of which units left to somebody or came back in this batch; ascending, each once.
  std::vector<core::LotId> lots_with_customers() const;
  std::size_t owners_count() const { return owners_; }  // ids are 1 .. this
  void set_owners_count(std::size_t owners) { owners_ = owners; }

  // ---- open parked records, by what they are: applied later by another way, they settle
  // themselves (parked.cpp)
  void note_parked(core::OwnerId, std::string_view source, std::string_view kind,
                   std::string_view id);
  void settle_parked(core::OwnerId, std::string_view source, std::string_view kind,
                     std::string_view id);

  // ---- what an outcome leaves behind
  void record(const core::Outcome&, const Cause&, const Caller&);
  void add_audit(const core::AuditLine&, core::OwnerId, const Caller&);
  void add_event(const core::Event&, core::OwnerId);
  void change_alert(const core::AlertChange&, core::OwnerId);

  // ---- what units cost (making.cpp)
  core::LotCost cost_of(core::LotId);
  struct ChargedLot {
    core::LotId lot = 0;
    Money amount;
    Maybe<Money> sold, held;  // unset where nobody told how many units it is spread over
  };
  std::vector<ChargedLot> charged_lots(std::int64_t charge);
  // Takes back what a document that is corrected or voided said of costs.
  void take_costs_back(std::int64_t document, Timestamp happened_at);

 private:
  struct Head {
    std::int64_t number = 0;
    Hash hash{};
    bool changed = false;
  };
  Head& head(core::OwnerId);
  void add_entries(const std::vector<core::Entry>&, const Cause&);
  void add_stamps(const std::vector<core::Stamp>&);
  void add_making(const core::Outcome&, const Cause&);
  void add_recalls(const std::vector<core::RecallChange>&, const Cause&);
  void add_lot_changes(const std::vector<core::LotChange>&, const Cause&);
  AccountNames names_of(const core::Account&, std::string& order_key);
  void forget();

  // flush.cpp
  void flush();
  void flush_names(const core::Touched&);
  void flush_lots(const core::Touched&);
  void flush_orders(const core::Touched&);
  void flush_balances();
  void write_balance(const BalanceKey&, const std::string& account, std::int64_t delta);
  void flush_heads();

  Hasher hasher_;
  bool in_batch_ = false;
  std::map<core::OwnerId, Head> heads_;
  std::optional<core::Touched> touched_;
  std::vector<std::pair<BalanceKey, std::int64_t>> deltas_;  // one per side of an entry
  static constexpr std::size_t kSumsMax = 500'000;
  std::unordered_map<BalanceKey, std::int64_t, BalanceKeyHash>
      sums_;  // of accounts that no order owns
  std::map<std::string, std::int64_t> sources_;
  std::map<std::int64_t, std::string> source_names_;
  std::set<std::string> parked_;
  std::optional<bool> costs_known_;  // whether any lot has a cost: most stores never ask further
  core::DocumentId last_document_ = 0;
  std::size_t owners_ = 0;
};

// The key under which hashes know an order: what it was first called; never changes.
std::string order_key(const core::Order&);

}  // namespace lotbridge::engine
