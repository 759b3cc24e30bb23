#include "daemon/api/reads_documents.hpp"
#include "daemon/api/reads_names.hpp"
#include "daemon/engine/chain.hpp"
#include "daemon/store/reader_lists.hpp"
#include "daemon/store/reader_stock.hpp"

namespace lotbridge::api {
namespace {

struct LedgerQuery {
  std::optional<std::string> sku, lot;
  std::int64_t after = 0;
};

std::vector<store::LedgerRow> fetch_ledger(Reading& reading, const LedgerQuery& query,
                                           core::OwnerId owner, std::int64_t after,
                                           std::size_t limit) {
  core::SkuId sku = 0;
  core::LotId lot = 0;
  if (query.sku && (sku = reading.reader.sku_id(owner, *query.sku)) == 0) return {};
  if (query.lot) {
    const auto found = store::find_lot(reading.reader, owner, sku, *query.lot);
    if (!found) return {};
    lot = found->lot;
  }
  return store::list_ledger(reading.reader, owner, sku, lot, after, limit);
}

bool is_seen(const Sight& sight, const store::LedgerRow& row) {
  // An entry belongs to the warehouses that it names.
  if (row.from.warehouse == 0 && row.to.warehouse == 0) return true;
  return (row.from.warehouse != 0 && sight.warehouse(row.from.warehouse)) ||
         (row.to.warehouse != 0 && sight.warehouse(row.to.warehouse));
}

Response read_ledger(Reading& reading) {
  LedgerQuery query;
  query.sku = reading.parameter("sku");
  query.lot = reading.parameter("lot");
  if (query.lot && !query.sku)
    return problem_response(bad_parameter("lot", "needs the parameter `sku` beside it."));
  const auto after = number_parameter(reading.request, "after");
  if (!after) return problem_response(after.problem());
  query.after = after->value_or(0);
  Names names(reading.reader);
  core::OwnerId at = 0;
  return list_response(
      reading, "ledger",
      [&](core::OwnerId owner, const std::vector<std::string>& key, std::size_t limit) {
        at = owner;
        return fetch_ledger(reading, query, owner, key.empty() ? query.after : key_number(key, 0),
                            limit);
      },
      [](const store::LedgerRow& row) {
        return std::vector<std::string>{std::to_string(row.number)};
      },
      [&](JsonWriter& json, const store::LedgerRow& row) {
        if (!is_seen(reading.sight, row)) return false;
        const auto& lot = names.lot(row.sku, row.lot);
        json.open('{');
        put(json, "owner", reading.reader.owner(at));
        put_number(json, "number", row.number);
        put(json, "book", row.book == core::Book::goods ? "goods" : "promise");
        put(json, "sku", lot.sku);
        put_or_null(json, "lot", lot.lot);
        put_quantity(json, "quantity", row.quantity);
        json.key("from");
        names.write_account(json, row.from);
        json.key("to");
        names.write_account(json, row.to);
        json.key("document");
        names.write_document(json, row.document);
        put_moment(json, "happened_at", row.happened_at);
        put_moment(json, "known_at", row.known_at);
        put(json, "hash", engine::hex_of(row.hash));
        json.close('}');
        return true;
      });
}

Response read_audit(Reading& reading) {
  const auto named = reading.parameter("order");
  std::optional<core::OrderId> order;
  if (named) {
    auto found = find_order(reading, *named);
    if (auto* refused = std::get_if<Response>(&found)) return std::move(*refused);
    order = std::get<store::OrderListRow>(found).order;
  }
  Names names(reading.reader);
  core::OwnerId at = 0;
  return list_response(
      reading, "audit",
      [&](core::OwnerId owner, const std::vector<std::string>& key, std::size_t limit) {
        at = owner;
        return store::list_audit(reading.reader, owner, order, key_number(key, 0), limit);
      },
      [](const store::AuditRow& row) {
        return std::vector<std::string>{std::to_string(row.number)};
      },
      [&](JsonWriter& json, const store::AuditRow& row) {
        json.open('{');
        put(json, "owner", reading.reader.owner(at));
        put_number(json, "number", row.number);
        put_moment(json, "at", row.at);
        put(json, "token", row.token);
        put_or_null(json, "actor", row.actor);
        put(json, "action", row.action);
        put_or_null(json, "order", row.order == 0 ? "" : names.order(row.order).id);
        put_maybe(json, "line", row.line);
        put_maybe(json, "field", row.field);
        put_maybe(json, "old", row.old_value);
        put_maybe(json, "new", row.new_value);
        put_maybe(json, "reason", row.reason);
        put(json, "hash", engine::hex_of(row.hash));
        json.close('}');
        return true;
      });
}

}  // namespace

std::vector<ReadRoute> ledger_reads() {
  return {{"/v1/ledger",
           read_ledger,
           {"sku", "lot", "after"},
           Scope::read,
           {"owner",       "number",          "book",           "sku",           "lot",
            "quantity",    "from.account",    "from.warehouse", "from.location", "from.status",
            "from.order",  "from.order_line", "to.account",     "to.warehouse",  "to.location",
            "to.status",   "to.order",        "to.order_line",  "document.type", "document.source",
            "document.id", "happened_at",     "known_at",       "hash"}},
          {"/v1/audit", read_audit, {"order"}}};
}

}  // namespace lotbridge::api
