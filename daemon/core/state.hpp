// The hot state: open stock, open orders, items, policies, blocks. One writer, no locks.
//
// Every change is journalled: begin() opens a transaction, touched() tells what it changed (so that
// it can be written to the store, once per row), rollback() undoes it, commit() forgets the undo.
// Transactions nest one level: a document inside a batch (begin_document / rollback_document),
// because one bad document must not cost its batch. Closed orders are not kept; the caller loads
// them (put_order) before a document that names them and calls evict_closed() after a commit.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ids.hpp"
#include "ledger.hpp"
#include "model.hpp"
#include "recall.hpp"

namespace lotbridge::core {

// Units of one lot at one warehouse, all locations and statuses.
struct LotStock {
  LotId lot = 0;
  std::int32_t first_received_on = kNoDate;  // at this owner and warehouse
  // What mostly decides about the lot, copied here, so that it need not be looked up: its date, and
  // whether that is all there is to know (`plain`: received, no blocks, no further dates).
  std::int32_t expires_on = kNoDate;
  // Where all of it lies, in status available; when `spread`, State::cells() knows (other statuses,
  // more places).
  std::uint32_t location : 28 = 0;
  std::uint32_t spread : 1 = 0;
  std::uint32_t plain : 1 = 0;
  std::uint32_t best_before : 1 = 0;
  std::uint32_t legacy : 1 = 0;
  Quantity available_status;   // on hand in status available (may be negative: unreconciled)
  Quantity promised;           // reserved and picked together; State::picked() knows the second
  std::uint32_t promises = 0;  // head of the list of order lines that were promised units of it
};
struct StockCell {
  LocationId location = 0;
  StockStatus status = StockStatus::available;
  Quantity on_hand;
};

// What a batch or document touched; ids in ascending order, each once.
struct Touched {
  std::vector<OwnerId> owners;
  std::vector<LocationId> locations;
  std::vector<SkuId> skus;
  std::vector<LotId> lots;  // dates, details, first receipt
  std::vector<OrderId> orders;
  std::vector<std::uint64_t> policies;  // document ids
  std::vector<LotId> blocks;            // lots whose set of blocks changed
};

class State {
 public:
  State();
  ~State();
  State(State&&) noexcept;
  State& operator=(State&&) noexcept;

  // ---- configuration (before loading; not journalled). The same name gives the same id again.
  PolicyKnobs& system_policy();
  OwnerId configure_owner(Owner);  // id 0: next free
  WarehouseId configure_warehouse(Warehouse);

  // ---- loading from the store (not journalled)
  void load_location(WarehouseId, Location);
  void load_sku(Sku);
  void load_lot(Lot, std::string_view code, LotDetails);
  void load_first_received(LotId, WarehouseId, std::int32_t day);
  void load_block(Block);
  void load_policy(PolicyDocument);
  // A balance of either book: adds it to stock and promises. Orders must have been loaded before.
  void load_balance(Book, SkuId, LotId, const Account&, Quantity);
  // Promises empty, stamps filled; replaces. Ids handed out later are greater than any that was
  // ever put (the loader puts the newest order also when it is closed).
  void put_order(Order);
  void reserve_orders(
      OrderId highest);  // orders that are not loaded have ids up to this: none is given twice
  // What a customer got last of an item (not_before_expiry): the latest moment counts, then the
  // latest expiry.
  void load_last_shipped(OwnerId, std::string_view customer, SkuId, Timestamp at,
                         std::int32_t expires_on);
  // Units that left with nobody knowing the lot: as many of the candidates are not sellable (rule
  // 26).
  void load_unresolved(SkuId, WarehouseId, DocumentId dispatch, Quantity,
                       std::vector<LotId> candidates);
  void load_code_counter(OwnerId, std::string key, std::int64_t last);
  void load_recall(OpenRecall);
  // A row of the genealogy, in the order in which they were written.
  void load_genealogy(DocumentId transformation, bool output, LotId, Quantity);
  void finish_loading();  // builds the indexes (FEFO order, waiting orders)
  void evict_closed();    // drops orders with nothing left to do, after a commit

  // ---- reading
  const Owner* owner(OwnerId) const;
  OwnerId owner_id(std::string_view name) const;
  const Warehouse* warehouse(WarehouseId) const;
  WarehouseId warehouse_id(std::string_view name) const;
  const Location* location(LocationId) const;
  LocationId location_id(WarehouseId, std::string_view name) const;  // 0: none
  const Sku* sku(SkuId) const;
  SkuId sku_id(OwnerId, std::string_view sku) const;  // 0: never heard of
  SkuId sku_by_alias(OwnerId, std::string_view source, std::string_view code,
                     Quantity* factor) const;
  SkuId sku_by_gtin(OwnerId, std::string_view gtin, Quantity* factor) const;
  const Lot* lot(LotId) const;
  std::string_view lot_code(LotId) const;
  std::string lot_first_code(LotId) const;  // what the ledger's hashes call it
  LotDetails lot_details(LotId) const;
  LotId lot_id(SkuId, std::string_view code) const;  // also by another code that it is known by
  LotId home_of(LotId) const;                        // the lot that it was merged into, else itself
  std::vector<LotId> lots_of(SkuId) const;
  std::span<const LotStock> stock_of(SkuId, WarehouseId) const;  // in FEFO order
  const LotStock* stock(LotId, WarehouseId) const;
  Quantity picked(LotId, WarehouseId) const;  // of LotStock::promised; the rest is reserved
  std::vector<StockCell> cells(LotId, WarehouseId) const;  // every location and status with units
  std::vector<Block> blocks(LotId) const;
  const Order* order(OrderId) const;                 // nullptr: not loaded
  std::vector<OrderId> waiting_orders(SkuId) const;  // with a shortage, in order of rule 9
  std::vector<const PolicyDocument*> policies(OwnerId) const;
  const std::vector<OpenRecall>& recalls() const;  // under way, of all owners
  std::size_t lots_count() const;
  std::size_t orders_count() const;      // loaded: the open ones
  std::size_t warehouses_count() const;  // ids are 1 .. this
  WarehouseId warehouse_of(LocationId) const;
  // Day of the lot's first receipt there, also when no unit is left; kNoDate: none. For whoever
  // stores it.
  std::int32_t first_received(LotId, WarehouseId) const;
  bool is_closed(const Order&) const;  // what evict_closed() drops

  // ---- transactions
  void begin();
  void begin_document();
  void rollback_document();
  Touched touched() const;  // since begin()
  void rollback();
  void commit();

  // ---- changes: only apply.cpp and its parts use these (see mutation.hpp)
  struct Tables;
  Tables& tables() { return *tables_; }
  const Tables& tables() const { return *tables_; }

 private:
  std::unique_ptr<Tables> tables_;
};

}  // namespace lotbridge::core
