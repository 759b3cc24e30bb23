#include <algorithm>

#include "daemon/api/reads_common.hpp"
#include "daemon/api/reads_documents.hpp"
#include "daemon/api/reads_gs1.hpp"
#include "daemon/core/availability.hpp"
#include "daemon/core/lot_template.hpp"
#include "daemon/store/encoding.hpp"
#include "daemon/store/reader_stock.hpp"

namespace lotbridge::api {
namespace {

// A lot with everything that an answer says of it.
struct LotView {
  store::LotRow row;
  core::LotCondition condition;
  std::vector<store::BlockRow> blocks;
  std::vector<store::Holding> holdings;
  core::LotCost cost;
  std::optional<core::CodeFields> parsed;  // what the code says, where the item has a template
};

std::optional<std::int64_t> first_received_on(const Sight& sight, const store::LotRow& row) {
  std::optional<std::int64_t> first;
  for (const auto& [warehouse, day] : store::first_received_of(row.first_received)) {
    if (sight.warehouse(warehouse) && (!first || day < *first)) first = day;
  }
  return first;
}

std::optional<core::CodeFields> parsed_code(const core::State& state, const core::Context& context,
                                            const Sight& sight, const store::LotRow& row) {
  const core::Sku* sku = state.sku(row.sku);
  if (sku == nullptr || !sku->item.lot_template) return std::nullopt;
  const auto form = core::LotTemplate::parse(*sku->item.lot_template);
  const auto day = first_received_on(sight, row);
  const Date reference = day ? Date{static_cast<std::int32_t>(*day)} : context.now.utc_date();
  return form ? form->read(row.code, row.sku_code, reference) : std::nullopt;
}

bool load_views(Reading& reading, std::vector<LotView>& views) {
  for (LotView& view : views) {
    view.cost = store::lot_cost(reading.reader, view.row.lot);
    view.blocks = store::lot_blocks(reading.reader, view.row.owner, view.row.lot);
    const store::LotKey key{view.row.sku, view.row.lot};
    view.holdings = store::holdings_of(reading.reader, view.row.owner, key, {}).holdings;
    std::erase_if(view.holdings, [&](const store::Holding& holding) {
      return !reading.sight.warehouse(holding.warehouse);
    });
    std::erase_if(view.blocks, [&](const store::BlockRow& block) {
      return !reading.sight.warehouse(block.warehouse);
    });
  }
  if (views.empty()) return true;
  const bool answered =
      ask_core(reading.engine, [&](const core::State& state, const core::Context& context) {
        for (LotView& view : views) {
          view.condition = core::lot_condition(state, view.row.lot, context);
          view.parsed = parsed_code(state, context, reading.sight, view.row);
        }
      });
  reading.failed = reading.failed || !answered;
  return answered;
}

bool has_block(const LotView& view, core::BlockKind kind) {
  return std::any_of(view.blocks.begin(), view.blocks.end(),
                     [&](const store::BlockRow& block) { return block.kind == kind; });
}

// A state, a reason of a block, or a status that some of its units have.
bool matches_status(const LotView& view, const std::string& status) {
  const bool verified = (view.row.flags & store::kLotReceived) != 0;
  const bool expired_on_receipt = (view.row.flags & store::kLotExpiredOnReceipt) != 0;
  if (status == "expired") return view.condition.expired;
  if (status == "short_dated") return view.condition.short_dated;
  if (status == "depleted") return view.condition.depleted;
  if (status == "hold") return has_block(view, core::BlockKind::hold);
  if (status == "recalled") return has_block(view, core::BlockKind::recalled);
  if (status == "unverified") return !verified;
  if (status == "expired_on_receipt") return expired_on_receipt;
  if (status == "blocked") return !view.blocks.empty() || !verified || expired_on_receipt;
  const bool has_status = std::any_of(
      view.holdings.begin(), view.holdings.end(),
      [&](const store::Holding& holding) { return store::status_name(holding.status) == status; });
  if (status != "available") return has_status;
  return has_status && view.blocks.empty() && verified && !expired_on_receipt &&
         !view.condition.expired;
}

bool is_status(std::string_view status) {
  constexpr std::string_view kKnown[] = {
      "expired", "short_dated",        "depleted",  "hold",       "recalled", "unverified",
      "blocked", "expired_on_receipt", "available", "quarantine", "damaged",  "in_transit"};
  return std::find(std::begin(kKnown), std::end(kKnown), status) != std::end(kKnown);
}

void write_state(JsonWriter& json, const core::LotCondition& condition) {
  json.key("state");
  json.open('[');
  if (condition.expired) json.text("expired");
  if (condition.short_dated) json.text("short_dated");
  if (condition.depleted) json.text("depleted");
  json.close(']');
}

void write_block(JsonWriter& json, std::string_view reason, std::string_view code,
                 std::string_view recall, std::string_view warehouse, std::string_view detail) {
  json.open('{');
  put(json, "reason", reason);
  put_or_null(json, "code", code);
  put_or_null(json, "recall", recall);
  put_or_null(json, "warehouse", warehouse);
  put_or_null(json, "detail", detail);
  json.close('}');
}

void write_blocks(JsonWriter& json, Reading& reading, const LotView& view) {
  json.key("blocks");
  json.open('[');
  for (const store::BlockRow& block : view.blocks) {
    const std::string& place = reading.reader.warehouse(block.warehouse);
    if (block.kind == core::BlockKind::recalled) {
      write_block(json, "recalled", "", block.code, place, block.reason);
    } else {
      write_block(json, "hold", block.code, "", place, block.reason);
    }
  }
  if ((view.row.flags & store::kLotReceived) == 0) write_block(json, "unverified", "", "", "", "");
  if ((view.row.flags & store::kLotExpiredOnReceipt) != 0)
    write_block(json, "expired_on_receipt", "", "", "", "");
  json.close(']');
}

void write_history(JsonWriter& json, Reading& reading, const store::LotRow& row) {
  json.key("history");
  json.open('[');
  for (const auto& change : store::lot_changes(reading.reader, row.owner, row.lot)) {
    json.open('{');
    put(json, "field", change.field);
    put_maybe(json, "old", change.old_value);
    put_maybe(json, "new", change.new_value);
    put_moment(json, "at", change.at);
    put(json, "by", change.by);
    put_maybe(json, "evidence", change.evidence);
    json.close('}');
  }
  json.close(']');
}

void write_balances(JsonWriter& json, Reading& reading, const LotView& view) {
  json.key("balances");
  json.open('[');
  for (const store::Holding& holding : view.holdings) {
    json.open('{');
    put_or_null(json, "warehouse", reading.reader.warehouse(holding.warehouse));
    put_or_null(json, "location", reading.reader.location(holding.location));
    put(json, "status", store::status_name(holding.status));
    put_quantity(json, "on_hand", holding.on_hand);
    json.close('}');
  }
  json.close(']');
}

void write_parsed(JsonWriter& json, const std::optional<core::CodeFields>& fields) {
  json.key("parsed");
  if (!fields) return json.raw("null");
  json.open('{');
  if (fields->sku) put(json, "sku", *fields->sku);
  if (fields->date) put(json, "date", fields->date->text());
  if (fields->number) put_number(json, "number", *fields->number);
  if (fields->plant) put(json, "plant", *fields->plant);
  json.close('}');
}

// Null where nobody told what the lot cost; members that are unknown are left out.
void write_cost(JsonWriter& json, Reading& reading, const LotView& view) {
  json.key("cost");
  const core::LotCost& cost = view.cost;
  const auto charges = core::charges_of(cost);
  if (!cost.is_known() && !charges) return json.raw("null");
  json.open('{');
  put_money(json, "unit", core::unit_cost(cost));
  put_money(json, "charges", charges);
  put_money(json, "landed_unit", core::landed_unit_cost(cost));
  const Quantity sold =
      store::lot_dispatched(reading.reader, view.row.owner, view.row.sku, view.row.lot);
  Quantity held;
  for (const store::Holding& holding : view.holdings) {
    if (holding.status != StockStatus::in_transit) held += holding.on_hand;
  }
  const auto sold_value = core::value_of(cost, sold);
  put_money(json, "dispatched_value", sold_value);
  // By difference, so that the two parts are the whole to the cent.
  auto held_value = core::value_of(cost, sold + held);
  if (held_value && sold_value) held_value->micros -= sold_value->micros;
  put_money(json, "on_hand_value", held_value);
  json.close('}');
}

void write_lot(JsonWriter& json, Reading& reading, const LotView& view) {
  const store::LotRow& row = view.row;
  json.open('{');
  put(json, "owner", reading.reader.owner(row.owner));
  put(json, "sku", row.sku_code);
  put(json, "lot", row.code);
  put_raw(json, "aliases", row.aliases, "[]");
  put_date(json, "expires_on", row.expires_on);
  put(json, "date_kind", (row.flags & store::kLotBestBefore) != 0 ? "best_before" : "use_by");
  put_date(json, "produced_on", row.produced_on);
  put_date(json, "sell_by", row.sell_by);
  put_date(json, "removal_on", row.removal_on);
  put_maybe(json, "batch", row.batch);
  put_maybe(json, "supplier_lot", row.supplier_lot);
  put_maybe(json, "supplier", row.supplier);
  put_maybe(json, "tlc_source", row.tlc_source);
  put_date(json, "first_received_on", first_received_on(reading.sight, row));
  write_state(json, view.condition);
  write_blocks(json, reading, view);
  write_history(json, reading, row);
  write_balances(json, reading, view);
  write_parsed(json, view.parsed);
  write_cost(json, reading, view);
  json.close('}');
}

struct LotQuery {
  store::LotFilter filter;
  std::optional<std::string> sku, gtin;
  std::optional<std::int64_t> within_days;
  std::string status;
};

// The date by which a lot must expire to be listed, judged where the day has come furthest.
bool settle_expiry(Reading& reading, LotQuery& query) {
  if (!query.within_days) return true;
  const auto warehouses = reading.reader.warehouses();
  std::int64_t today = 0;
  const bool answered =
      ask_core(reading.engine, [&](const core::State&, const core::Context& context) {
        today = context.now.utc_date().days;
        for (const core::WarehouseId place : warehouses) {
          if (!reading.sight.warehouse(place)) continue;
          today = std::max<std::int64_t>(today,
                                         context.calendar->business_date(place, context.now).days);
        }
      });
  query.filter.expires_by = today + *query.within_days;
  reading.failed = reading.failed || !answered;
  return answered;
}

// The SKU that the query means at this owner; nullopt: it has none such.
std::optional<core::SkuId> sku_of(Reading& reading, const LotQuery& query, core::OwnerId owner) {
  core::SkuId sku = 0;
  if (query.gtin) {
    Quantity factor;
    const bool answered = ask_core(reading.engine, [&](const core::State& state, const auto&) {
      sku = state.sku_by_gtin(owner, *query.gtin, &factor);
    });
    reading.failed = reading.failed || !answered;
    if (sku == 0) return std::nullopt;
  }
  if (!query.sku) return sku;
  const core::SkuId named = reading.reader.sku_id(owner, *query.sku);
  if (named == 0 || (sku != 0 && named != sku)) return std::nullopt;
  return named;
}

Result<LotQuery> query_of(Reading& reading) {
  LotQuery query;
  query.sku = reading.parameter("sku");
  query.gtin = reading.parameter("gtin");
  query.filter.batch = reading.text("batch");
  query.filter.supplier = reading.text("supplier");
  query.filter.supplier_lot = reading.text("supplier_lot");
  query.filter.purchase_order = reading.text("purchase_order");
  query.status = reading.text("status");
  if (!query.status.empty() && !is_status(query.status))
    return bad_parameter("status", "is none that a lot can have.");
  auto days = number_parameter(reading.request, "expiring_within_days");
  if (!days) return days.problem();
  if (*days && **days > 36'500) return bad_parameter("expiring_within_days", "is too far away.");
  query.within_days = *days;
  return query;
}

Response list_all_lots(Reading& reading) {
  auto query = query_of(reading);
  if (!query) return problem_response(query.problem());
  if (!settle_expiry(reading, *query)) return unavailable_response();
  return list_response(
      reading, "lots",
      [&](core::OwnerId owner, const std::vector<std::string>& after, std::size_t limit) {
        std::vector<LotView> views;
        const auto sku = sku_of(reading, *query, owner);
        if (!sku) return views;
        store::LotFilter filter = query->filter;
        filter.sku = *sku;
        for (auto& row : store::list_lots(reading.reader, owner, filter,
                                          static_cast<core::LotId>(key_number(after, 0)), limit))
          views.push_back({std::move(row), {}, {}, {}, {}, {}});
        load_views(reading, views);
        return views;
      },
      [](const LotView& view) { return std::vector<std::string>{std::to_string(view.row.lot)}; },
      [&](JsonWriter& json, const LotView& view) {
        if (!query->status.empty() && !matches_status(view, query->status)) return false;
        write_lot(json, reading, view);
        return true;
      });
}

Response one_lot(Reading& reading) {
  const std::string& sku = reading.request.path[2];
  const std::string& code = reading.request.path[3];
  std::vector<LotView> views;
  for (const core::OwnerId owner : reading.sight.owners) {
    const core::SkuId id = reading.reader.sku_id(owner, sku);
    auto row = id == 0 ? std::nullopt : store::find_lot(reading.reader, owner, id, code);
    if (row) views.push_back({std::move(*row), {}, {}, {}, {}, {}});
  }
  if (views.empty()) return not_found("lot");
  if (views.size() > 1) {
    std::vector<std::string> names;
    for (const LotView& view : views) names.push_back(reading.reader.owner(view.row.owner));
    return several(code, names);
  }
  load_views(reading, views);
  JsonWriter json(2048);
  write_lot(json, reading, views.front());
  return json_response(json.take());
}

}  // namespace

std::vector<ReadRoute> lot_reads() {
  return {
      {"/v1/lots",
       list_all_lots,
       {"sku", "expiring_within_days", "status", "supplier_lot", "batch", "gtin", "supplier",
        "purchase_order"},
       Scope::read,
       {"owner", "sku", "lot", "expires_on", "date_kind", "produced_on", "sell_by", "removal_on",
        "batch", "supplier_lot", "supplier", "first_received_on", "state", "blocks"}},
      {"/v1/lots/{}/{}", one_lot, {}},
      {"/v1/lots/{}/{}/gs1", lot_label, {}}};
}

}  // namespace lotbridge::api
