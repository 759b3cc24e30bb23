#include "daemon/store/reader_documents.hpp"

#include <limits>

#include <simdjson.h>

#include "daemon/store/order_rows.hpp"

namespace lotbridge::store {
namespace {

constexpr std::int64_t kNewest = std::numeric_limits<std::int64_t>::max();

std::int64_t before_or_newest(std::int64_t before) { return before == 0 ? kNewest : before; }

DocumentRow document_at(const ReadRows& rows) {
  DocumentRow row;
  row.row = rows.integer(0);
  row.owner = static_cast<core::OwnerId>(rows.integer(1));
  row.type = static_cast<DocumentType>(rows.integer(2));
  row.source = rows.integer(3);
  row.id = std::string(rows.text(4));
  row.version = rows.maybe_integer(5);
  row.revision = rows.integer(6);
  row.happened_at = rows.integer(7);
  row.known_at = rows.integer(8);
  row.body = std::string(rows.text(9));
  row.exceptions = std::string(rows.text(10));
  row.order = rows.integer(11);
  row.void_of = rows.integer(12);
  return row;
}

std::vector<DocumentRow> documents_of(ReadRows rows) {
  std::vector<DocumentRow> out;
  while (rows.next()) out.push_back(document_at(rows));
  return out;
}

#define LOTBRIDGE_DOCUMENT_COLUMNS                                                                \
  "SELECT document_id, owner_id, type, source_id, id, version, revision, happened_at, known_at, " \
  "body, exceptions, order_id, void_of FROM documents "

#define LOTBRIDGE_ORDER_COLUMNS                                                           \
  "SELECT o.order_id, o.owner_id, o.document_id, o.source_id, o.id, o.status, o.number, " \
  "o.channel, o.version, o.placed_at, o.ship_on FROM orders o "

OrderListRow order_at(const ReadRows& rows) {
  OrderListRow row;
  row.order = static_cast<core::OrderId>(rows.integer(0));
  row.owner = static_cast<core::OwnerId>(rows.integer(1));
  row.document = rows.integer(2);
  row.source = rows.integer(3);
  row.id = std::string(rows.text(4));
  row.status = std::string(rows.text(5));
  row.number = rows.maybe_text(6);
  row.channel = rows.maybe_text(7);
  row.version = rows.maybe_integer(8);
  row.placed_at = rows.maybe_integer(9);
  row.ship_on = rows.maybe_integer(10);
  return row;
}

std::vector<OrderListRow> orders_of(ReadRows rows) {
  std::vector<OrderListRow> out;
  while (rows.next()) out.push_back(order_at(rows));
  return out;
}

// The first text that is greater than every text with this beginning.
std::string past(std::string_view beginning) { return std::string(beginning) + "\xf4\x8f\xbf\xbf"; }

}  // namespace

std::optional<DocumentRow> document_row(Reader& reader, std::int64_t id) {
  auto rows = reader.query(LOTBRIDGE_DOCUMENT_COLUMNS "WHERE document_id = ?", id);
  if (!rows.next()) return std::nullopt;
  return document_at(rows);
}

std::vector<DocumentRow> documents_named(Reader& reader, core::OwnerId owner, DocumentType type,
                                         std::string_view id, std::optional<std::int64_t> source) {
  if (source) {
    return documents_of(reader.query(LOTBRIDGE_DOCUMENT_COLUMNS
                                     "WHERE owner_id = ? AND type = ? AND id = ? AND source_id = ?",
                                     owner, type, id, *source));
  }
  return documents_of(reader.query(LOTBRIDGE_DOCUMENT_COLUMNS
                                   "WHERE owner_id = ? AND type = ? AND id = ? LIMIT 20",
                                   owner, type, id));
}

std::vector<DocumentRow> list_documents(Reader& reader, core::OwnerId owner, DocumentType type,
                                        std::int64_t before, std::size_t limit) {
  return documents_of(
      reader.query(LOTBRIDGE_DOCUMENT_COLUMNS
                   "INDEXED BY documents_type WHERE owner_id = ? AND type = ? AND type <> 4 "
                   "AND document_id < ? ORDER BY document_id DESC LIMIT ?",
                   owner, type, before_or_newest(before), limit));
}

std::string tracking_of(Reader& reader, const DocumentRow& dispatch) {
  constexpr std::int64_t kTellsBefore = 7LL * 24 * 60 * 60 * 1000;  // labels are made ahead
  auto rows = reader.query(
      "SELECT body FROM tracking WHERE owner_id = ?1 AND at >= ?2 AND tracking_number = "
      "(SELECT json_extract(body, '$.tracking_number') FROM documents WHERE document_id = ?3) "
      "ORDER BY at DESC LIMIT 1",
      static_cast<std::int64_t>(dispatch.owner), dispatch.happened_at - kTellsBefore, dispatch.row);
  return rows.next() ? std::string(rows.text(0)) : std::string();
}

std::int64_t voiding_document(Reader& reader, std::int64_t row) {
  auto rows = reader.query("SELECT document_id FROM documents WHERE void_of = ?", row);
  return rows.next() ? rows.integer(0) : 0;
}

namespace {

ItemRow item_at(const ReadRows& rows) {
  ItemRow row;
  row.sku = static_cast<core::SkuId>(rows.integer(0));
  row.owner = static_cast<core::OwnerId>(rows.integer(1));
  row.code = std::string(rows.text(2));
  row.document = rows.integer(3);
  row.item = std::string(rows.text(4));
  return row;
}

}  // namespace

std::optional<ItemRow> item_row(Reader& reader, core::SkuId sku) {
  auto rows = reader.query(
      "SELECT sku_id, owner_id, sku, document_id, item FROM skus WHERE sku_id = ? "
      "AND item IS NOT NULL",
      sku);
  if (!rows.next()) return std::nullopt;
  return item_at(rows);
}

std::vector<ItemRow> list_items(Reader& reader, core::OwnerId owner, std::string_view after,
                                std::size_t limit) {
  auto rows = reader.query(
      "SELECT sku_id, owner_id, sku, document_id, item FROM skus WHERE owner_id = ? AND sku > ? "
      "AND item IS NOT NULL ORDER BY sku LIMIT ?",
      owner, after, limit);
  std::vector<ItemRow> out;
  while (rows.next()) out.push_back(item_at(rows));
  return out;
}

std::vector<OrderListRow> list_orders(Reader& reader, core::OwnerId owner,
                                      const OrderFilter& filter, core::OrderId before,
                                      std::size_t limit) {
  const std::int64_t newest = before_or_newest(static_cast<std::int64_t>(before));
  if (filter.name) {
    // A name is found first; few orders share a beginning that somebody typed.
    return orders_of(
        reader.query(LOTBRIDGE_ORDER_COLUMNS
                     "WHERE o.order_id IN (SELECT order_id FROM order_names WHERE owner_id = ?1 "
                     "AND name >= ?2 AND name < ?3) AND o.order_id < ?4 "
                     "AND (?5 = '' OR o.status = ?5) AND (?6 = '' OR o.channel = ?6) "
                     "ORDER BY o.order_id DESC LIMIT ?7",
                     owner, *filter.name, past(*filter.name), newest, filter.status.value_or(""),
                     filter.channel.value_or(""), limit));
  }
  if (filter.status && *filter.status != "dispatched") {
    return orders_of(reader.query(
        LOTBRIDGE_ORDER_COLUMNS
        "INDEXED BY orders_status WHERE o.owner_id = ?1 AND o.status = ?2 "
        "AND o.status <> 'dispatched' AND o.order_id < ?3 AND (?4 = '' OR o.channel = ?4) "
        "ORDER BY o.order_id DESC LIMIT ?5",
        owner, *filter.status, newest, filter.channel.value_or(""), limit));
  }
  if (filter.channel) {
    return orders_of(reader.query(
        LOTBRIDGE_ORDER_COLUMNS
        "INDEXED BY orders_channel WHERE o.owner_id = ?1 AND o.channel = ?2 AND o.order_id < ?3 "
        "AND (?4 = '' OR o.status = ?4) ORDER BY o.order_id DESC LIMIT ?5",
        owner, *filter.channel, newest, filter.status.value_or(""), limit));
  }
  return orders_of(reader.query(LOTBRIDGE_ORDER_COLUMNS
                                "INDEXED BY orders_owner WHERE o.owner_id = ?1 AND o.order_id < ?2 "
                                "AND (?3 = '' OR o.status = ?3) ORDER BY o.order_id DESC LIMIT ?4",
                                owner, newest, filter.status.value_or(""), limit));
}

std::optional<OrderListRow> order_row(Reader& reader, core::OrderId order) {
  auto rows = reader.query(LOTBRIDGE_ORDER_COLUMNS "WHERE o.order_id = ?", order);
  if (!rows.next()) return std::nullopt;
  return order_at(rows);
}

std::vector<OrderListRow> orders_named(Reader& reader, core::OwnerId owner, std::string_view name,
                                       std::optional<std::int64_t> source) {
  return orders_of(
      reader.query(LOTBRIDGE_ORDER_COLUMNS
                   "JOIN order_names n ON n.order_id = o.order_id WHERE n.owner_id = ?1 "
                   "AND n.name = ?2 AND (?3 IS NULL OR o.source_id = ?3 OR o.source_id IS NULL) "
                   "ORDER BY o.order_id LIMIT 20",
                   owner, name, source));
}

std::vector<OrderLineName> order_line_names(Reader& reader, core::OrderId order) {
  std::vector<OrderLineName> names;
  auto rows = reader.query("SELECT state FROM orders WHERE order_id = ?", order);
  if (!rows.next()) return names;
  thread_local simdjson::dom::parser parser;
  simdjson::dom::array lines;
  const std::string_view state = rows.text(0);
  if (parser.parse(state.data(), state.size(), true)["l"].get(lines) != simdjson::SUCCESS)
    return names;
  for (simdjson::dom::element element : lines) {
    simdjson::dom::array line;
    if (element.get(line) != simdjson::SUCCESS) continue;
    OrderLineName name;
    std::string_view text;
    std::int64_t sku = 0;
    if (line.at(0).get(text) == simdjson::SUCCESS) name.line = std::string(text);
    if (line.at(2).get(sku) == simdjson::SUCCESS) name.sku = static_cast<core::SkuId>(sku);
    names.push_back(std::move(name));
  }
  return names;
}

ContactRow contact_row(Reader& reader, core::OrderId order) {
  ContactRow contact;
  auto rows = reader.query("SELECT body, erased_at FROM contacts WHERE order_id = ?", order);
  if (!rows.next()) return contact;
  contact.erased = !rows.is_null(1);
  if (!contact.erased) contact.body = std::string(rows.text(0));
  return contact;
}

std::vector<core::Stamp> document_stamps(Reader& reader, std::int64_t document) {
  std::vector<core::Stamp> stamps;
  auto rows = reader.query(
      "SELECT document_id, document_line, order_id, line, sku_id, lot_id, warehouse_id, quantity, "
      "expires_on, evidence, candidates, at FROM stamps WHERE document_id = ? ORDER BY stamp_id",
      document);
  while (rows.next()) stamps.push_back(stamp_of(rows));
  return stamps;
}

SkuLot sku_and_lot(Reader& reader, core::SkuId sku, core::LotId lot) {
  SkuLot names;
  {
    auto rows = reader.query("SELECT sku FROM skus WHERE sku_id = ?", sku);
    if (rows.next()) names.sku = std::string(rows.text(0));
  }
  if (lot == 0) return names;
  auto rows = reader.query("SELECT code FROM lots WHERE lot_id = ?", lot);
  if (rows.next()) names.lot = std::string(rows.text(0));
  return names;
}

}  // namespace lotbridge::store
