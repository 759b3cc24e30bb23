// Documents, items and orders as they are stored, for answers. Every list goes through an index and
// takes at most `limit` rows, newest first; `before` is the last row of the page before (0: start).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/documents.hpp>

#include "daemon/core/model.hpp"
#include "daemon/store/reader.hpp"

namespace lotbridge::store {

struct DocumentRow {
  std::int64_t row = 0;
  core::OwnerId owner = 0;
  DocumentType type = DocumentType::item;
  std::int64_t source = 0;
  std::string id, body, exceptions;  // exceptions: "" or a JSON array
  std::optional<std::int64_t> version;
  std::int64_t revision = 0, happened_at = 0, known_at = 0;
  std::int64_t order = 0, void_of = 0;
};
std::optional<DocumentRow> document_row(Reader&, std::int64_t row);
// Those with this sender's id, of one source or of any.
std::vector<DocumentRow> documents_named(Reader&, core::OwnerId, DocumentType, std::string_view id,
                                         std::optional<std::int64_t> source);
std::vector<DocumentRow> list_documents(Reader&, core::OwnerId, DocumentType, std::int64_t before,
                                        std::size_t limit);
// The document that takes this one back; 0: none.
std::int64_t voiding_document(Reader&, std::int64_t row);

// What a carrier last said of this dispatch's parcel, as JSON; "": nothing. A number that was used
// before, for another parcel, does not count.
std::string tracking_of(Reader&, const DocumentRow& dispatch);

struct ItemRow {
  core::SkuId sku = 0;
  core::OwnerId owner = 0;
  std::string code, item;  // item: canonical JSON of what all sources said together
  std::int64_t document = 0;
};
std::optional<ItemRow> item_row(Reader&, core::SkuId);
std::vector<ItemRow> list_items(Reader&, core::OwnerId, std::string_view after, std::size_t limit);

struct OrderListRow {
  core::OrderId order = 0;
  core::OwnerId owner = 0;
  std::int64_t document = 0, source = 0;  // 0: only heard of
  std::string id, status;
  std::optional<std::string> number, channel;
  std::optional<std::int64_t> version, placed_at, ship_on;
};
struct OrderFilter {
  std::optional<std::string> status, channel;
  std::optional<std::string> name;  // beginning of an id, number or alias
};
std::vector<OrderListRow> list_orders(Reader&, core::OwnerId, const OrderFilter&,
                                      core::OrderId before, std::size_t limit);
std::optional<OrderListRow> order_row(Reader&, core::OrderId);
// Those that are called so (id, number or alias), of one source or of any.
std::vector<OrderListRow> orders_named(Reader&, core::OwnerId, std::string_view name,
                                       std::optional<std::int64_t> source);

// What an order's lines are called, by their index.
struct OrderLineName {
  std::string line;
  core::SkuId sku = 0;
};
std::vector<OrderLineName> order_line_names(Reader&, core::OrderId);

struct ContactRow {
  bool erased = false;
  std::string body;  // JSON; "" where there is none
};
ContactRow contact_row(Reader&, core::OrderId);

// What a document sent, lot by lot, in the order in which it was stamped.
std::vector<core::Stamp> document_stamps(Reader&, std::int64_t document);

struct SkuLot {
  std::string sku, lot;
};
// Lot 0 has the SKU only.
SkuLot sku_and_lot(Reader&, core::SkuId, core::LotId);

}  // namespace lotbridge::store
