// The two books. An entry is one row: a quantity that moves from one account to another, so every
// entry, and therefore every book, sums to zero by construction.
//
// Goods accounts say where units are, the outside included; promise accounts say for whom units of
// a lot at a warehouse are reserved or picked. Promises name no location and never move goods.
// Entries are only ever appended; a correction is a reversal (rule 20). Quantities are positive.
#pragma once

#include <cstdint>
#include <tuple>

#include <lotbridge/documents.hpp>

#include "ids.hpp"

namespace lotbridge::core {

enum class Book : std::uint8_t { goods = 1, promise = 2 };

// The numbers are stored: they only grow. Comments name which Account fields count.
enum class AccountKind : std::uint8_t {
  // goods
  stock = 1,       // warehouse, location, status
  supplier = 2,    // the outside that receipts come from
  in_transit = 3,  // warehouse (to), order = 0
  dispatched = 4,  // order, line: what this order line got (returns lower it)
  consumed = 5,    // warehouse
  scrapped = 6,    // warehouse
  lost = 7,        // warehouse
  found = 8,       // warehouse
  supplier_return = 9,
  other_owner = 10,
  opening = 11,   // stock that was there when we began
  produced = 12,  // warehouse: what a transformation made
  // promise
  free = 32,      // warehouse: what nobody was promised (negative: the mirror of all promises)
  reserved = 33,  // warehouse, order, line
  picked = 34,    // warehouse, order, line
};

struct Account {
  AccountKind kind = AccountKind::stock;
  StockStatus status = StockStatus::available;
  WarehouseId warehouse = 0;
  LocationId location = 0;
  OrderId order = 0;
  LineIndex line = 0;
  auto tie() const { return std::tie(kind, warehouse, location, status, order, line); }
  bool operator==(const Account& o) const { return tie() == o.tie(); }
  bool operator<(const Account& o) const { return tie() < o.tie(); }
};

struct Entry {
  Book book = Book::goods;
  SkuId sku = 0;
  LotId lot = 0;  // 0: units whose lot nobody knows (status lot_unresolved)
  Quantity quantity;
  Account from, to;
};

}  // namespace lotbridge::core
