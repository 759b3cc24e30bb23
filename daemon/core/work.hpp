// What is at hand while one document is applied: the state, the context and the outcome that grows.
//
// Everything that changes goods or promises passes through post(), so that the entries in the
// outcome are exactly what happened to the state.
#pragma once

#include <string>
#include <vector>

#include "apply.hpp"
#include "eligibility.hpp"
#include "tables.hpp"

namespace lotbridge::core {

struct Work {
  Work(State&, const Context&);

  State& state;
  State::Tables& t;
  const Context& ctx;
  Outcome out;
  OwnerId owner = 0;
  bool command = false;  // may be refused
  std::string source;
  Timestamp at;             // when it happened
  LotId first_new_lot = 0;  // lots from here on began with this document
  std::vector<SkuId>
      freed;  // SKUs of which units may have become free: their waiting orders come next

  // Lots whose promises are judged anew when the document is through: what it takes off one place
  // it may put back on another.
  std::vector<std::pair<LotId, WarehouseId>> to_judge;

  // ---- undoing a part of the work
  struct Mark {
    Savepoint state;
    std::size_t entries, stamps, exceptions, alerts, events, audit, freed;
  };
  Mark mark();
  void unwind(const Mark&);

  // ---- days
  std::int32_t today(WarehouseId);  // business date now, taken once
  std::int32_t day_at(WarehouseId, Timestamp) const;

  // ---- entries
  void goods(SkuId, LotId, Quantity, Account from, Account to);
  void promise(OrderId, LineIndex, SkuId, LotId, WarehouseId, Quantity, AccountKind from,
               AccountKind to);
  void free_up(SkuId sku) { freed.push_back(sku); }

  // ---- words
  bool refuse(std::string code, std::string detail, std::string pointer = "");  // always false
  void except(std::string code, std::string detail);
  // An exception for the sender and an alert of the same kind for whoever must act.
  AlertChange& alert(std::string kind, std::string severity, std::string detail);
  void close_alert(AlertChange key);
  Event& event(std::string kind, SkuId sku, LotId lot, WarehouseId warehouse, OrderId order,
               Quantity quantity);
  std::string lot_text(LotId) const;  // "LOT7 of GYP-500"

 private:
  void post(SkuId, LotId, Quantity, const Account& from, const Account& to);
  void pass_over(LotId, Quantity, const Account& from, const Account& to);

  std::vector<std::pair<WarehouseId, std::int32_t>> days_;
};

Account stock_account(WarehouseId, LocationId, StockStatus);
Account outside(AccountKind, WarehouseId);
Account order_account(AccountKind, WarehouseId, OrderId, LineIndex);

}  // namespace lotbridge::core
