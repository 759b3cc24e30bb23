// The inside of State: its tables, indexes and the journal. For the files of daemon/core only.
//
// Rule of the house: outside of loading, a table is changed only through the functions here, which
// journal what they change. Pointers and references into a shelf hold until the next change of that
// shelf.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "chunked_vector.hpp"
#include "id_table.hpp"
#include "state.hpp"

namespace lotbridge::core {

// The lots of one SKU at one warehouse that have units or promises, in FEFO order.
struct Shelf {
  WarehouseId warehouse = 0;
  std::vector<LotStock> live;
};

// What allocation needs of a SKU, beside the Sku itself: its shelves, and copies of the few fields
// of the item that every line asks for, so that the large record is not read.
struct alignas(64) SkuStock {
  Shelf shelf;                               // of the first warehouse that had any
  std::unique_ptr<std::vector<Shelf>> more;  // of the others
  std::uint32_t waiting = 0;                 // head of the list of orders that lack units of it
  LotId newest_lot = 0;                      // head of the chain Tables::older_lot
  std::int32_t shelf_life_days = 0;          // 0: unknown
  std::int32_t removal_days = -1;            // -1: none
  std::uint8_t decimals = 0;
  bool known : 1 = false;
  bool plain_policy : 1 = true;  // the item sets no knob
  bool is_kit : 1 = false;
  bool is_merged : 1 = false;  // the item says `merged_into`
  bool shelf_life_controlled : 1 = true;
};

// An order line's promise of a lot, linked into the list of that lot at that warehouse.
struct PromiseNode {
  OrderId order = 0;
  LineIndex line = 0;
  LotId lot = 0;
  WarehouseId warehouse = 0;
  std::uint32_t next = 0, before = 0;
};

// An order that lacks units of a SKU, linked into the list of that SKU and into that of the order.
struct WaitNode {
  OrderId order = 0;
  SkuId sku = 0;
  std::uint32_t next = 0, before = 0;  // of the same SKU
  std::uint32_t other = 0;             // another SKU that the same order lacks
};

struct OrderSlot {
  std::uint64_t saved_in = 0;  // the savepoint that has a copy already
  std::uint32_t waiting = 0;   // head of the list of SKUs that it lacks
  bool relist = true;          // touched since the lists below were brought up to date
  bool unknown_line = false;   // whether Tables::unknown_lines lists it
  Order order;
};

struct FactorOf {
  SkuId sku = 0;
  Quantity factor;
};
struct LastShipped {
  Timestamp at;
  std::int32_t expires_on = kNoDate;
};
struct Unresolved {
  WarehouseId warehouse = 0;
  DocumentId dispatch = 0;
  Quantity quantity;
  std::vector<LotId> candidates;
};

enum class Touch : std::uint8_t { nothing, location, sku, lot, order, policy, blocks };

// How to take one change back. A stock row carries its old value; an order's is in saved_orders,
// everything rarer is a function in `closures`.
struct Undo {
  enum class Kind : std::uint8_t {
    stock,
    picked,  // of Tables::picked_units: what was there is in stock.promised
    order,
    asked,   // Order::allocation_asked, set
    routed,  // Order::warehouse: the one before is in `warehouse`
    new_order,
    new_lot,
    promise,
    closure
  };
  Kind kind = Kind::closure;
  Touch touch = Touch::nothing;
  bool existed = false;
  WarehouseId warehouse = 0;
  bool picked = false;  // of a promise; its lot is in `stock`, the change in stock.available_status
  LineIndex line = 0;
  SkuId sku = 0;
  std::uint64_t id = 0;
  LotStock stock;
};

struct Savepoint {
  std::size_t undo = 0;
};

inline std::uint64_t place_key(std::uint32_t id, WarehouseId warehouse) {
  return (static_cast<std::uint64_t>(id) << 16) | warehouse;
}

std::string alias_key(OwnerId, std::string_view source, std::string_view code);
std::string gtin_key(OwnerId, std::string_view gtin);

struct EffectivePolicy;

struct State::Tables {
  Tables();
  ~Tables();
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  // ---- configuration
  PolicyKnobs system_policy;
  std::vector<Owner> owners{1};
  std::vector<Warehouse> warehouses{1};
  std::unordered_map<std::string, OwnerId> owner_names;
  std::unordered_map<std::string, WarehouseId> warehouse_names;
  std::deque<std::pair<WarehouseId, Location>> locations{1};
  std::map<std::pair<WarehouseId, std::string>, LocationId> location_names;

  // ---- items
  ChunkedVector<Sku> skus{1};
  std::vector<SkuStock> sku_stock{1};
  IdTable sku_index;
  std::unordered_map<std::string, FactorOf> aliases, gtins;

  // ---- lots
  std::vector<Lot> lots{1};
  std::vector<std::uint32_t> code_at{0};  // of the arena; the byte there is the length
  std::vector<LotId> older_lot{0};        // the next older lot of the same SKU
  std::vector<std::unique_ptr<char[]>> arena;
  std::size_t arena_used = 0;
  IdTable lot_index;
  std::unordered_map<LotId, LotDetails> details;
  std::unordered_map<std::string, LotId> lot_aliases;  // alias_key(sku, code)
  std::unordered_map<LotId, std::vector<Block>> block_sets;
  std::vector<OpenRecall> recalls;
  std::map<std::pair<OwnerId, std::string>, std::int64_t> code_counters;
  // Which transformations made a lot, and what went into each of them and came out.
  std::unordered_map<LotId, std::vector<DocumentId>> made_by;
  std::unordered_map<DocumentId, std::map<std::pair<bool, LotId>, Quantity>> transformations;

  // ---- stock
  std::unordered_map<std::uint64_t, std::vector<StockCell>> spread_cells;
  std::unordered_map<std::uint64_t, std::int32_t>
      gone_first_received;                                   // of lots without units there
  std::unordered_map<std::uint64_t, Quantity> picked_units;  // of LotStock::promised, where any
  std::unordered_map<std::uint64_t, Quantity> in_transit;
  std::unordered_map<SkuId, std::vector<Unresolved>> unresolved;
  std::map<std::tuple<SkuId, WarehouseId, LocationId>, Quantity> lotless;  // status lot_unresolved
  std::vector<PromiseNode> promise_nodes{1};
  std::uint32_t free_node = 0;

  // ---- orders
  std::unordered_map<OrderId, OrderSlot> orders;
  mutable OrderSlot* last_slot =
      nullptr;  // the one that was looked up last; a step looks at one order mostly
  OrderId last_order = 0;
  std::vector<WaitNode> wait_nodes{1};
  std::uint32_t free_wait = 0;
  std::vector<SkuId> lacking;  // room for refresh_waiting, used again and again
  std::unordered_map<OwnerId, std::vector<OrderId>> unknown_lines;
  std::vector<OrderId> maybe_closed;
  std::map<std::tuple<OwnerId, std::string, SkuId>, LastShipped> last_shipped;
  std::unordered_map<OwnerId, std::vector<PolicyDocument>> policies;
  // Answers for items, orders and lines that say nothing themselves, of owners without policy
  // documents; emptied whenever the configuration changes.
  mutable std::unordered_map<std::uint32_t, EffectivePolicy> plain_policies;

  // ---- journal
  bool recording = true;
  std::vector<Undo> journal;
  std::vector<Order> saved_orders;
  std::vector<std::function<void(Tables&)>> closures;
  std::uint64_t savepoint_number = 1;
  std::size_t document_mark = 0;

  Savepoint savepoint();
  void unwind(Savepoint);
  void forget();
  void remember(Touch, std::uint64_t id, std::function<void(Tables&)> undo);

  // ---- items (items.cpp, lots.cpp)
  SkuId find_sku(OwnerId, std::string_view) const;
  SkuId mention_sku(OwnerId, std::string_view);  // finds or creates, journalled
  void replace_sku(const Sku&);                  // journalled
  SkuId standing_sku(SkuId) const;               // the item that it was merged into, else itself
  void index_sku(SkuId, bool add);
  LocationId mention_location(WarehouseId, std::string_view name);

  // ---- lots
  std::string_view code(LotId) const;
  LotId find_lot(SkuId, std::string_view) const;
  LotId create_lot(SkuId, std::string_view code);  // journalled
  void place_lot(Lot, std::string_view code);
  void drop_newest_lot();
  void set_lot(const Lot&);                    // journalled; keeps the shelves in order
  void set_details(LotId, LotDetails);         // journalled
  void set_blocks(LotId, std::vector<Block>);  // journalled
  LotId home_of(LotId) const;
  void set_recall(OpenRecall);  // journalled; replaces the one of the same document
  void rename_lot(LotId, std::string_view code);  // journalled; the old code becomes an alias
  std::uint32_t keep_code(std::string_view code);
  void set_code_counter(OwnerId, const std::string& key, std::int64_t last);    // journalled
  void add_genealogy(DocumentId transformation, bool output, LotId, Quantity);  // journalled
  void move_makers(LotId from, LotId to);                                       // journalled
  bool comes_from(LotId, LotId ancestor) const;  // through any number of transformations

  // ---- stock (stock.cpp)
  Shelf* find_shelf(SkuId, WarehouseId);
  const Shelf* find_shelf(SkuId, WarehouseId) const;
  Shelf& get_shelf(SkuId, WarehouseId);
  LotStock* find_stock(LotId, WarehouseId);
  const LotStock* find_stock(LotId, WarehouseId) const;
  LotStock* find_stock(SkuId, LotId, WarehouseId);  // the same where the lot's SKU is at hand
  Quantity picked(LotId, WarehouseId) const;
  void add_picked(LotId, WarehouseId, Quantity);
  void copy_facts(LotStock&) const;  // what LotStock repeats of its lot
  void copy_facts(LotId);            // the same on every shelf
  bool fefo_before(const LotStock&, const LotStock&) const;
  LotStock& touch_stock(LotId, WarehouseId);  // journalled
  LotStock& touch_stock(SkuId, LotId, WarehouseId);
  void set_first_received(LotId, WarehouseId, std::int32_t day);
  void add_cell(LotId, WarehouseId, LocationId, StockStatus, Quantity);
  void prune(LotId, WarehouseId);  // takes an empty row off its shelf
  LotStock& insert_stock(Shelf&, const LotStock&);
  void restore_stock(const Undo&);
  std::vector<StockCell> cells(LotId, WarehouseId) const;
  void add_lotless(SkuId, WarehouseId, LocationId, Quantity);
  void add_in_transit(LotId, WarehouseId, Quantity);
  void set_unresolved(SkuId, std::vector<Unresolved>);

  // ---- orders (order_table.cpp)
  OrderSlot* find_slot(OrderId) const;
  Order* find_order(OrderId);
  const Order* find_order(OrderId) const;
  Order& touch_order(OrderId);  // journalled
  // Small changes of an order, cheaper than a copy of all of it; of any other kind `undo` takes it
  // back.
  void note_small_change(OrderSlot&, Undo::Kind);
  void ask_allocation(OrderId);
  void set_warehouse(OrderId, WarehouseId);
  Order& touch_order_lightly(OrderId, const std::function<void(Order&)>& undo);
  void change_promise(OrderSlot&, LineIndex, SkuId, LotId, WarehouseId, bool picked, Quantity,
                      LotStock*);
  OrderId create_order(Order);  // journalled
  void add_promise(OrderId, LineIndex, SkuId, LotId, WarehouseId, bool picked, Quantity);
  void link(Promise&, OrderId, LineIndex, LotStock*);
  void unlink(Promise&);
  void list_order(OrderSlot&);  // into the indexes, as it is now
  void refresh_waiting(OrderSlot&);
  void set_waiting(OrderSlot&, const std::vector<SkuId>&, bool unknown_line);
  void add_waiting(SkuId, OrderSlot&);
  void drop_waiting(OrderSlot&);                         // from all lists
  std::vector<OrderId> waiting_for(SkuId) const;         // in no order
  std::vector<SkuId> lacked_by(const OrderSlot&) const;  // the same from the order's side
  void unlist_order(OrderSlot&);
  void set_last_shipped(OwnerId, const std::string& customer, SkuId, LastShipped);
  void set_policies(OwnerId, std::vector<PolicyDocument>, DocumentId touched);

  // One entry of either book, applied to the tables.
  void apply(const Entry&);
  void apply_account(Book, SkuId, LotId, const Account&, Quantity signed_quantity);
};

// ---- what an order line still needs; all in base units, of a kit in kits unless a part is named
Quantity scaled(Quantity per, Quantity times);  // saturates instead of overflowing
std::size_t part_count(const LineState&);
Part part_of(const LineState&, std::size_t index);
Quantity wanted_quantity(const LineState&);  // ordered - cancelled, 0 when removed
Quantity dispatched_quantity(const LineState&);
Quantity dispatched_part(const LineState&, SkuId part);
Quantity open_quantity(const LineState&);              // wanted - dispatched, not below 0
Quantity promised_part(const LineState&, SkuId part);  // reserved and picked
Quantity part_need(const LineState&, const Part&);     // open and not promised, not below 0
bool line_short(const LineState&);                     // some part of it needs units
// A line that the allocator has to do with: shippable, known, with a usable quantity.
bool is_active(const LineState&);

}  // namespace lotbridge::core
