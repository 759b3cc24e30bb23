// The slow and obvious reference: what the rules of lots say, done over with plain maps and loops.
//
// It shares nothing with daemon/core but the documents. Whoever changes a rule changes it here by
// hand, from the text of the rules. Every sum is kept per account; nothing is fast on purpose.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "world.hpp"

namespace lotbridge::simulation {

using Units = std::int64_t;  // millionths of a unit
constexpr Units kOne = Quantity::kScale;
constexpr int kNone = -1;

// ---- where units can be
enum class Kind : std::uint8_t {
  stock,
  supplier,
  opening,
  in_transit,
  dispatched,
  consumed,
  scrapped,
  lost,
  found,
  supplier_return,
  other_owner
};
struct Account {
  Kind kind = Kind::stock;
  int warehouse = kNone;
  std::string place;  // of stock; "": nowhere in particular
  StockStatus status = StockStatus::available;
  int order = kNone, line = kNone;  // of dispatched
  auto tie() const { return std::tie(kind, warehouse, status, place, order, line); }
  bool operator<(const Account& o) const { return tie() < o.tie(); }
  bool operator==(const Account& o) const { return tie() == o.tie(); }
};
struct Move {
  int lot = kNone;  // of a real lot, or the SKU's pseudo lot of units nobody can name
  Units units = 0;
  Account from, to;
  int document = kNone;
};

struct Reserved {
  Units reserved = 0, picked = 0;
};
// (expires_on as days; INT32_MIN: none)
constexpr std::int32_t kNever = INT32_MIN;

struct LotBook {
  int sku = kNone;
  std::string code;      // "": the units of the SKU whose lot nobody knows
  std::string moved_to;  // code that this one was corrected to
  std::int32_t expires_on = kNever, produced_on = kNever, sell_by = kNever, removal_on = kNever;
  bool best_before = false, received = false, expired_on_receipt = false;
  Maybe<std::string> supplier, batch;
  std::set<std::pair<int, std::string>> holds, recalls;  // (warehouse or kNone, code)
  std::map<int, std::int32_t> first_received;            // by warehouse
  std::map<Account, Units> sums;                         // goods book, all accounts
  std::map<int, Reserved> promised;                      // promise book, by warehouse
};

struct SkuBook {
  int owner = kNone;
  std::string name;
  bool known = false;
  Item item;
  std::vector<int> lots;  // without the pseudo lot
  int nobody_knows = kNone;
};

struct Promise {
  int lot = kNone, warehouse = kNone;
  Units reserved = 0, picked = 0;
};
enum class Evidence : std::uint8_t { scanned = 1, reported, directed, inferred, unresolved };
struct Stamp {
  int document = kNone, dispatch_line = 0;
  int sku = kNone, lot = kNone;  // lot kNone: unresolved
  int warehouse = kNone;
  Units units = 0;
  std::int32_t expires_on = kNever;
  Evidence evidence = Evidence::inferred;
  std::vector<int> candidates;
  Timestamp at;
};
struct Part {
  int sku = kNone;
  Units per = kOne;
};
struct LineBook {
  OrderLine sent;
  bool removed = false;
  int sku = kNone;
  Units wanted = 0, cancelled = 0;
  std::string problem;
  std::vector<Part> bill;  // frozen components of a kit
  std::vector<Promise> promises;
  std::vector<Stamp> stamps;
  std::map<int, Units> returned;  // by lot; kNone: nobody knows
  bool is_kit() const { return !bill.empty(); }
};
struct OrderBook {
  int owner = kNone;
  bool known = false;
  std::string reference;  // while only heard of
  std::string source, id;
  lotbridge::Order header;
  bool cancelled = false, asked = false, cart_over = false;
  int warehouse = kNone;
  Timestamp first_seen;
  std::vector<LineBook> lines;
  std::vector<int> waiting_documents;
};

struct OpenUnresolved {
  int warehouse = kNone, document = kNone;
  Units units = 0;
  std::vector<int> candidates;
};
struct PolicyBook {
  std::string id;
  Policy policy;
};
struct DocumentBook {
  Document document;
  std::string content;
  std::vector<Move> moves;  // what still stands of it, in the order in which it came
  int order = kNone;
  int voided_by = kNone;
  std::map<int, Units> claims;  // of a transfer: units per lot that are on the way
};

// What the caller is and what the daemon knew beside the document.
struct Circumstances {
  bool may_override = false;
  bool directed = false;  // the pick instruction was delivered before the goods left
};

struct Verdict {
  std::string outcome;  // applied duplicate stale revised corrected refused parked
  std::string code;     // of a refusal or of what is parked
  bool changed = false;
};

struct SubstituteWish {
  std::string line, lot, new_lot, reason;
  Units units = 0;
};

struct Wish;  // what a line demands of a lot: model_policy.hpp

class Model {
 public:
  explicit Model(const World&);

  Verdict submit(const Document&, const std::string& content, const Circumstances&);
  enum class Command : std::uint8_t { allocate, reoptimize };
  Verdict command(Command, int order);
  Verdict substitute(int order, const SubstituteWish&, const Circumstances&);
  void move_clock(Timestamp);

  // What a step touched, for whoever compares.
  std::set<int> touched_lots, touched_orders, touched_skus;
  void forget_touched();

  // ---- reading
  const World& world() const { return world_; }
  Timestamp now() const { return now_; }
  const std::vector<SkuBook>& skus() const { return skus_; }
  const std::vector<LotBook>& lots() const { return lots_; }
  const std::vector<OrderBook>& orders() const { return orders_; }
  const std::vector<DocumentBook>& documents() const { return documents_; }
  const std::map<std::tuple<int, std::string, int>, std::pair<Timestamp, std::int32_t>>&
  last_shipped() const {
    return last_shipped_;
  }
  int find_sku(int owner, const std::string& name) const;
  int find_lot(int sku, const std::string& code) const;
  int find_document(const Document&) const;
  int find_order(int owner, const std::string& id, const std::string& source) const;
  std::int32_t today(int warehouse) const;
  Units free_units(int lot, int warehouse) const;
  Units units_at(int lot, int warehouse, StockStatus) const;
  Units on_hand(int lot, int warehouse) const;
  Units open_units(const LineBook&) const;
  Units wanted_units(const LineBook&) const;
  Units dispatched_units(const LineBook&) const;
  Units promised_part(const LineBook&, int sku) const;
  Units dispatched_part(const LineBook&, int sku) const;
  Units part_need(const LineBook&, const Part&) const;
  bool is_short(const LineBook&) const;
  std::vector<Part> parts(const LineBook&) const;
  bool is_active(const LineBook&) const;
  int line_warehouse(const OrderBook&, const LineBook&) const;
  // Why a lot may not go to a line (order, line kNone: to nobody in particular); "": it may.
  std::string why_not(const Wish&, int lot, int warehouse) const;
  Wish wish_of(int order, int line, int sku, int warehouse, std::int32_t day) const;
  // Everything that must hold of the books by themselves; empty: nothing is wrong.
  std::vector<std::string> faults() const;
  // Whether any order could still get something: names it, or "".
  std::string could_still_fill();

 private:
  // ---- changes pass here, so that a refused document leaves nothing behind
  LotBook& lot(int);
  OrderBook& order(int);
  SkuBook& sku(int);
  int new_lot(int sku, const std::string& code);
  int new_order(OrderBook);
  int new_sku(int owner, const std::string& name);
  void start();
  void take_all_back();
  bool refuse(const std::string& code);
  bool park(const std::string& code);

  // ---- the goods book (model_goods.cpp)
  void move(int lot, Units, const Account& from, const Account& to);
  struct Place {
    int warehouse = kNone;
    Maybe<std::string> place;
    StockStatus status = StockStatus::available;
    bool any_status = false;
  };
  std::vector<std::pair<Account, Units>> cells(int lot, int warehouse) const;  // picking order
  void take_units(int lot, const Place&, Units, const Account& to);
  void put_units(int lot, int warehouse, const std::string& place, StockStatus, Units,
                 const Account& from);
  int lot_or_new(int sku, const std::string& code);
  int legacy(int sku);
  int nobody(int sku);
  bool reverse(int document);

  // ---- promises and allocation (model_allocate.cpp)
  struct Change {
    int order, line, lot, warehouse;
    Units reserved, picked;
  };
  void promise(const Change&);
  void undo_to(std::size_t trail);
  std::vector<std::pair<int, Units>> plan(const Wish&, int sku, int warehouse, Units need,
                                          const std::vector<int>& in_use) const;
  std::vector<int> sequence(const Wish&, int sku, int warehouse) const;
  std::vector<Promise> in_sequence(int order, int line) const;
  bool fefo_before(int a, int b, int warehouse) const;
  bool competes_before(int a, int b) const;
  bool may_reserve(const OrderBook&) const;
  bool due(const OrderBook&, const PolicyKnobs&, std::int32_t day) const;
  void reserve_at(int order, int line, int warehouse, bool check_due);
  void reserve_kits(int order, int line, int warehouse);
  bool allocate_line(int order, int line, std::size_t order_mark, bool& give_up);
  bool allocate_groups(int order);
  bool allocate_lines(int order);
  void allocate_order(int order);
  int network_choice(int order, const std::vector<int>& route);
  std::vector<int> route_of(const OrderBook&) const;
  Units release(int order, int line, int lot, int warehouse, Units at_most);
  void release_line(int order, int line);
  void release_order(int order);
  Units give_back(int order, int line, int sku, Units);
  void judge_holder(int order, int line, int lot, int warehouse);
  void judge_lot(int lot, int warehouse);
  void judge_lot_everywhere(int lot);
  void judge_order(int order);
  std::vector<std::pair<int, int>> holders(int lot, int warehouse) const;
  bool any_free(int sku) const;
  void fill_waiting();
  std::vector<int> by_rank(std::vector<int>) const;
  std::map<int, Units> set_aside(int sku, int warehouse) const;
  PolicyKnobs knobs(int owner, int sku, int warehouse, const OrderBook*, const LineBook*) const;
  PolicyKnobs below_order(int owner, int sku, int warehouse, const OrderBook*,
                          Units floor[3]) const;
  bool lowers(const PolicyKnobs& line, const PolicyKnobs& order, const PolicyKnobs& below) const;
  void remember_shipped(int owner, const std::string& customer, const Stamp&);

  // ---- documents
  bool apply(const Document&);
  bool apply_body(const Document&);
  bool apply(const Document&, const Item&);
  bool apply(const Document&, const Policy&);
  bool apply(const Document&, const Receipt&);
  bool apply(const Document&, const lotbridge::Order&);
  bool apply(const Document&, const Pick&);
  bool apply(const Document&, const Cancellation&);
  bool apply(const Document&, const Dispatch&);
  bool apply(const Document&, const Return&);
  bool apply(const Document&, const Hold&);
  bool apply(const Document&, const Release&);
  bool apply(const Document&, const Transfer&);
  bool apply(const Document&, const Count&);
  bool apply(const Document&, const Adjustment&);
  bool apply(const Document&, const Erasure&) { return true; }
  bool apply(const Document&, const Transformation&) { return true; }
  bool apply(const Document&, const LotCorrection&) { return true; }
  bool apply(const Document&, const PurchaseOrder&) { return true; }
  bool apply(const Document&, const Charge&) { return true; }
  bool apply(const Document&, const Resolution&) { return true; }
  bool apply(const Document&, const OwnerTransfer&) { return true; }
  bool apply(const Document&, const Recall&) { return true; }
  bool apply(const Document&, const TransferClose&) { return true; }

  int warehouse_named(const std::string&);
  int sku_named(const std::string&);  // kNone after a refusal
  int find_alias(int owner, const std::string& source, const std::string& code, Units* per) const;
  int find_gtin(int owner, const std::string& code) const;
  int order_named(const Maybe<std::string>&, const std::string& fallback);
  template <typename Line>
  bool needs_its_order(int order, const std::vector<Line>&) const;
  int resolve_order(int owner, const std::string& name, const Maybe<std::string>& source,
                    bool& several) const;
  int find_line(const OrderBook&, const Maybe<std::string>& line,
                const Maybe<std::string>& sku) const;
  void resolve_line(const OrderBook&, LineBook&);
  Maybe<Units> base_units(const Item&, Quantity, const Maybe<std::string>& pack) const;
  bool fits(const Item&, Units) const;
  bool not_authoritative(const Maybe<std::string>& from) const;
  void merge_lines(int order, const lotbridge::Order&, bool takeover);
  void shrink_line(int order, int line);
  bool cancel_line(int order, int line, Units);
  // What a movement is told of a lot's dates; false after a refusal, `conflict` when it differs.
  struct Told {
    Maybe<Date> expires_on, produced_on, sell_by, removal_on;
    Maybe<DateKind> kind;
    bool derived = false;
  };
  bool learn(int lot, const Told&, const Maybe<std::string>& supplier, bool& conflict);
  bool receive_line(const Receipt&, const ReceiptLine&, int warehouse, std::int32_t day);
  std::int32_t first_bad_day(const LotBook&, const PolicyKnobs&) const;

  // ---- what leaves
  struct Leaving {
    int order = kNone, line = kNone, sku = kNone, warehouse = kNone;
    Units units = 0;
    const std::vector<LotQuantity>* named = nullptr;
  };
  struct Share {
    int lot = kNone;
    Units units = 0;
    Evidence evidence = Evidence::inferred;
    std::vector<int> candidates;
  };
  Wish wish_when_leaving(const Leaving&) const;
  std::vector<Share> shares(const Leaving&);
  std::vector<int> physically_there(const Leaving&) const;
  void ship_line(int order, int line, int warehouse, const DispatchLine&, int dispatch_line);
  void ship_part(const Leaving&, const Part&, int dispatch_line);
  void drop_excess(const Leaving&, const Part&);
  bool check_dispatch(int order, int warehouse, const Dispatch&);
  bool check_lot(const Leaving&, const std::string& code, Units, const Maybe<std::string>& reason);
  bool check_swap(const Leaving&, const Wish&, int lot, Units, const Maybe<std::string>& reason);
  bool nobody_is_broken(int order);
  Units own_promise(const Leaving&, int lot) const;
  bool earlier(const Wish&, int sku, int warehouse, int a, int b) const;
  bool pick_line(int order, const Pick&, const PickLine&, int warehouse);
  Units pick_reserved(const Leaving&, int lot, Units);
  bool pick_otherwise(const Leaving&, int lot, Units);
  void report_short(const Leaving&, int lot, Units, const PickLine&);
  bool put_back(const Leaving&, const PickLine&);
  bool return_line(int order, int warehouse, const ReturnLine&);
  bool blind_line(int warehouse, const ReturnLine&);
  bool return_part(int order, int line, int sku, int warehouse, const ReturnLine&, Units);
  void take_back(int order, int line, int sku, int warehouse, const ReturnLine&, int lot, Units,
                 bool foreign);
  bool lot_for_move(int sku, const std::string& code, int& out);
  bool enough(int lot, const Place&, Units);
  bool transfer_line(const Transfer&, const TransferLine&, int from, int to);
  bool adjust(int lot, const Place&, Units, AdjustmentReason);
  void end_search(int lot, int warehouse, const Maybe<std::string>& place);

  const World& world_;
  Timestamp now_;
  std::vector<SkuBook> skus_;
  std::vector<LotBook> lots_;
  std::vector<OrderBook> orders_;
  std::vector<DocumentBook> documents_;
  std::vector<std::vector<PolicyBook>> policies_;  // by owner, oldest first
  std::vector<OpenUnresolved> unresolved_;
  std::map<std::tuple<int, std::string, int>, std::pair<Timestamp, std::int32_t>> last_shipped_;
  std::map<std::tuple<int, int, std::string, std::string>, int> document_ids_;
  std::map<std::pair<int, std::string>, std::vector<int>> order_names_;  // known and heard of
  std::map<std::pair<int, std::string>, int> sku_ids_, lot_ids_;
  std::vector<std::int32_t> judged_days_;

  // ---- the document at hand
  struct Work {
    int owner = kNone, document = kNone;
    const DocumentBook* previous = nullptr;
    int reversing = kNone;  // the document whose moves are taken back
    std::string source;
    bool command = false;
    Timestamp at;
    Circumstances given;
    Verdict verdict;
    std::vector<std::pair<int, int>> judge_later;  // (lot, warehouse)
    std::set<int> freed;
    std::vector<std::pair<int, int>> moved_from;  // (order, sku) of released reservations
    std::vector<int> reapply;
    std::vector<Move> moves;
    int order = kNone;  // that the document is about
    Maybe<std::string> order_source;
    std::vector<std::pair<int, std::string>> named;  // names that orders got
  } w_;
  std::vector<Change> trail_;
  std::vector<std::pair<Timestamp, Move>> history_;  // by the time when they happened
  struct Saved {
    std::map<int, LotBook> lots;
    std::map<int, OrderBook> orders;
    std::map<int, SkuBook> skus;
    std::size_t lot_count = 0, order_count = 0, sku_count = 0, history_count = 0;
    // The rest is saved before it changes for the first time.
    std::optional<std::vector<std::vector<PolicyBook>>> policies;
    std::optional<std::vector<OpenUnresolved>> unresolved;
    std::optional<std::map<std::tuple<int, std::string, int>, std::pair<Timestamp, std::int32_t>>>
        last_shipped;
  } saved_;
  std::set<int> open_;  // orders that wait or hold promises, as of the last document
  // Those, and whatever this document touched.
  std::vector<int> lively() const;
  void note_open();
};

// What one line (or nobody) demands of a lot.
struct Wish {
  PolicyKnobs knobs;
  std::int32_t ship_day = 0, reference_day = 0;
  std::int32_t last_expiry = kNever;
  std::int32_t shelf_life = 0;
  Maybe<std::int32_t> removal_days;
  bool shelf_life_controlled = true;
  bool pinned = false;
  int pinned_lot = kNone;
};

// Lines named only as the order names them mean nothing before it is here.
template <typename Line>
bool Model::needs_its_order(int at, const std::vector<Line>& lines) const {
  const OrderBook& book = orders_[static_cast<std::size_t>(at)];
  if (book.known) return false;
  return std::any_of(lines.begin(), lines.end(), [&](const Line& line) {
    return !line.sku && find_line(book, line.order_line, line.sku) < 0;
  });
}

}  // namespace lotbridge::simulation
