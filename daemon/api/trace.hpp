// The trace of one lot: where it came from, who got it, what is left, and a balance that closes.
//
// Everything is folded from the lot's own entries and stamps, so that a trace as of an earlier
// moment is as exact as one of now. What a void or a correction took back is not shown. A caller
// whose token is bound to warehouses is shown what touched those.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/api/reads_documents.hpp"
#include "daemon/api/reads_names.hpp"
#include "daemon/store/reader_stock.hpp"
#include "daemon/store/reader_trace.hpp"

namespace lotbridge::api {

enum class Direction { forward, backward, both };

// The sums of rule 35; `unresolved` stands beside.
struct Balance {
  Quantity received, produced, found, returned, on_hand, in_transit, dispatched, consumed, scrapped,
      lost, moved_to_owner, unresolved;
  // What came in less what is left and went out: zero.
  Quantity difference() const;
};
void add_to_balance(Balance&, const store::TraceEntry&);
Balance& operator+=(Balance&, const Balance&);
void write_balance(JsonWriter&, const Balance&);  // the member "balance"

class Trace {
 public:
  Trace(Reading& reading, store::LotRow lot, std::int64_t until);

  std::string json(Direction);
  const Balance& balance() const { return balance_; }

  // One consignee's part, net of what was taken back.
  struct Sent {
    store::TraceStamp stamp;
    Quantity quantity;
  };
  using Place = std::tuple<core::WarehouseId, core::LocationId, StockStatus>;
  const std::vector<store::TraceEntry>& entries() const { return entries_; }
  const std::vector<Sent>& sent() const { return sent_; }
  const std::vector<Sent>& possible() const { return possible_; }
  const std::map<Place, Quantity>& places() const { return places_; }
  const std::map<core::WarehouseId, Quantity>& travelling() const { return travelling_; }
  const Contacts& contacts(core::OrderId);

 private:
  // A lot of the genealogy; `loop`: the way leads back to it.
  struct Kin {
    store::MadeRow row;
    bool loop = false;
  };
  using Step = std::vector<store::MadeRow> (*)(store::Reader&, core::LotId, std::int64_t);

  void load();
  void walk(Step, core::LotId, std::vector<core::LotId>& path, std::vector<Kin>& out);
  bool is_this(core::LotId) const;  // it, or one that turned out to be it
  void fold();
  bool is_seen(const store::TraceEntry&) const;
  bool was_here(core::WarehouseId, std::int64_t at) const;
  std::vector<Sent> net(const std::vector<store::TraceStamp>&) const;
  std::vector<Sent> possible_dispatches();
  std::vector<Sent> unreconciled_dispatches() const;

  void write_received(JsonWriter&);
  void write_sent(JsonWriter&, const Sent&, bool with_lot);
  void write_all_sent(JsonWriter&, std::string_view key, const std::vector<Sent>&, bool with_lot);
  void write_on_hand(JsonWriter&);
  void write_in_transit(JsonWriter&);
  void write_returned(JsonWriter&);
  void write_adjusted(JsonWriter&);
  void write_possible(JsonWriter&);
  void write_kin(JsonWriter&, std::string_view key, const std::vector<Kin>&);

  Reading& reading_;
  store::LotRow lot_;
  std::int64_t until_;
  Names names_;
  std::vector<core::LotId> lots_;  // itself, and those that were merged into it
  std::vector<Kin> ancestors_, descendants_;
  std::vector<Sent> sent_on_;  // out of what was made of it
  std::vector<store::TraceEntry> entries_;
  std::vector<Sent> sent_, possible_;
  std::map<Place, Quantity> places_;
  std::map<core::WarehouseId, Quantity> travelling_;
  // Of each warehouse: when its sum of this lot changed, and to what.
  std::map<core::WarehouseId, std::vector<std::pair<std::int64_t, Quantity>>> presence_;
  std::map<core::OrderId, Contacts> contacts_;
  Balance balance_;
};

}  // namespace lotbridge::api
