#include "daemon/api/reads_names.hpp"

#include <lotbridge/records.hpp>

#include "daemon/store/encoding.hpp"

namespace lotbridge::api {

std::string Names::OrderName::line(core::LineIndex index) const {
  return index < lines.size() ? lines[index].line : std::string();
}

const Names::OrderName& Names::order(core::OrderId id) {
  const auto known = orders_.find(id);
  if (known != orders_.end()) return known->second;
  OrderName name;
  if (const auto row = id == 0 ? std::nullopt : store::order_row(reader_, id)) {
    name.id = row->id;
    name.uid = store::uid_text(DocumentType::order, static_cast<std::int64_t>(id));
    name.number = row->number;
    name.channel = row->channel;
    name.lines = store::order_line_names(reader_, id);
  }
  return orders_.emplace(id, std::move(name)).first->second;
}

const Names::DocumentName& Names::document(std::int64_t id) {
  const auto known = documents_.find(id);
  if (known != documents_.end()) return known->second;
  DocumentName name;
  if (auto row = id == 0 ? std::nullopt : store::document_row(reader_, id)) {
    name.kind = row->type;
    name.type = std::string(document_type_name(row->type));
    name.source = reader_.source(row->source);
    name.id = row->id;
    name.uid = store::uid_text(row->type, row->type == DocumentType::order ? row->order : id);
    name.void_of = row->void_of;
    name.body = std::move(row->body);
  }
  return documents_.emplace(id, std::move(name)).first->second;
}

const store::SkuLot& Names::lot(core::SkuId sku, core::LotId lot) {
  const auto key = std::make_pair(sku, lot);
  const auto known = lots_.find(key);
  if (known != lots_.end()) return known->second;
  return lots_.emplace(key, store::sku_and_lot(reader_, sku, lot)).first->second;
}

void Names::write_account(JsonWriter& json, const core::Account& account) {
  const bool stock = account.kind == core::AccountKind::stock;
  json.open('{');
  put(json, "account", store::account_name(account.kind));
  put_or_null(json, "warehouse", reader_.warehouse(account.warehouse));
  put_or_null(json, "location", account.location == 0 ? "" : reader_.location(account.location));
  put_or_null(json, "status", stock ? store::status_name(account.status) : std::string_view());
  put_or_null(json, "order", account.order == 0 ? "" : order(account.order).id);
  put_or_null(json, "order_line",
              account.order == 0 ? std::string() : order(account.order).line(account.line));
  json.close('}');
}

void Names::write_document(JsonWriter& json, std::int64_t row) {
  const DocumentName& name = document(row);
  if (name.type.empty()) return json.raw("null");
  json.open('{');
  put(json, "type", name.type);
  put(json, "source", name.source);
  put(json, "id", name.id);
  put(json, "uid", name.uid);
  json.close('}');
}

}  // namespace lotbridge::api
