// How an order stands in the store: its document's text, a small JSON of what the document does not
// say, its stamps.
//
// order_state() and order_of() are inverses as long as promises and stamps are left out (balances
// and stamps have those). Lines keep their index for ever; those that the newest document no longer
// has, and lines of an order that is only heard of, are written out whole beside the state. Pure
// functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include <lotbridge/status.hpp>

#include "daemon/core/model.hpp"

namespace lotbridge::store {

std::string order_state(const core::Order&);

struct OrderRow {
  core::OrderId id = 0;
  core::OwnerId owner = 0;
  core::DocumentId document = 0;  // 0: only heard of
  std::string_view source, doc_id;
  std::string_view body;  // of the order document; empty where there is none
  std::string_view state;
};
Result<core::Order> order_of(const OrderRow&);

// Every query of stamps selects document_id, document_line, order_id, line, sku_id, lot_id,
// warehouse_id, quantity, expires_on, evidence, candidates, at; in this order.
std::string candidates_text(const std::vector<core::LotId>&);  // "12,15"
std::vector<core::LotId> candidates_of(std::string_view text);

template <typename Row>
core::Stamp stamp_of(const Row& row, int first = 0) {
  core::Stamp stamp;
  stamp.dispatch = static_cast<core::DocumentId>(row.integer(first));
  stamp.dispatch_line = static_cast<core::LineIndex>(row.integer(first + 1));
  stamp.order = static_cast<core::OrderId>(row.integer(first + 2));
  stamp.line = static_cast<core::LineIndex>(row.integer(first + 3));
  stamp.sku = static_cast<core::SkuId>(row.integer(first + 4));
  stamp.lot = static_cast<core::LotId>(row.integer(first + 5));
  stamp.warehouse = static_cast<core::WarehouseId>(row.integer(first + 6));
  stamp.quantity = Quantity{row.integer(first + 7)};
  stamp.expires_on =
      row.is_null(first + 8) ? core::kNoDate : static_cast<std::int32_t>(row.integer(first + 8));
  stamp.evidence = static_cast<core::Evidence>(row.integer(first + 9));
  if (!row.is_null(first + 10)) stamp.candidates = candidates_of(row.text(first + 10));
  stamp.at = Timestamp{row.integer(first + 11)};
  return stamp;
}

}  // namespace lotbridge::store
