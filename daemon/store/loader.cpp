#include "loader.hpp"

#include <charconv>
#include <functional>
#include <map>

#include <simdjson.h>

#include <lotbridge/records.hpp>

#include "daemon/store/encoding.hpp"
#include "daemon/store/order_rows.hpp"

namespace lotbridge::store {
namespace {

// Steps through a query; `row` may refuse.
Refused each(Database& database, std::string_view sql,
             const std::function<Refused(Statement&)>& row) {
  auto statement = database.prepare(sql);
  if (!statement) return statement.problem();
  while (statement->step()) {
    if (Refused refused = row(*statement)) return refused;
  }
  return statement->problem();
}

Problem damaged(std::string_view what, std::int64_t row) {
  return Problem{
      "invalid_store", std::string(what) + " " + std::to_string(row) + " can't be read", {}};
}

Refused load_locations(Database& database, core::State& state) {
  // A location that the configuration names already has its id and its place in the picking order.
  return each(database,
              "SELECT location_id, warehouse_id, name FROM locations ORDER BY location_id",
              [&](Statement& row) -> Refused {
                const auto warehouse = static_cast<core::WarehouseId>(row.integer(1));
                core::Location location;
                location.id = static_cast<core::LocationId>(row.integer(0));
                location.name = std::string(row.text(2));
                if (const core::Warehouse* known = state.warehouse(warehouse)) {
                  for (const core::Location& configured : known->locations) {
                    if (configured.name == location.name)
                      location.pick_sequence = configured.pick_sequence;
                  }
                }
                state.load_location(warehouse, std::move(location));
                return std::nullopt;
              });
}

Refused load_skus(Database& database, core::State& state) {
  return each(database, "SELECT sku_id, owner_id, sku, document_id, item FROM skus ORDER BY sku_id",
              [&](Statement& row) -> Refused {
                core::Sku sku;
                sku.id = static_cast<core::SkuId>(row.integer(0));
                sku.owner = static_cast<core::OwnerId>(row.integer(1));
                sku.document = static_cast<core::DocumentId>(row.integer(3));
                if (!row.is_null(4)) {
                  auto item = read_document(DocumentType::item, row.text(4));
                  if (!item) return damaged("the item of row", row.integer(0));
                  sku.item = std::move(std::get<Item>(item->body));
                  sku.known = true;
                }
                sku.item.sku = std::string(row.text(2));
                state.load_sku(std::move(sku));
                return std::nullopt;
              });
}

std::int32_t date_at(const Statement& row, int column) {
  return row.is_null(column) ? core::kNoDate : static_cast<std::int32_t>(row.integer(column));
}

core::LotDetails details_at(const Statement& row, int first) {
  core::LotDetails details;
  details.batch = row.maybe_text(first);
  details.supplier_lot = row.maybe_text(first + 1);
  details.supplier = row.maybe_text(first + 2);
  details.tlc_source = row.maybe_text(first + 3);
  details.first_code = row.maybe_text(first + 5);
  details.merged_into = static_cast<core::LotId>(row.integer(first + 6));
  if (!row.is_null(first + 7)) details.conflicts = conflicts_of(row.text(first + 7));
  if (row.is_null(first + 4)) return details;
  thread_local simdjson::dom::parser parser;
  const std::string text(row.text(first + 4));
  simdjson::dom::array aliases;
  if (parser.parse(text).get(aliases) != simdjson::SUCCESS) return details;
  for (simdjson::dom::element alias : aliases) {
    std::string_view code;
    if (alias.get(code) == simdjson::SUCCESS) details.aliases.push_back(LotCode{std::string(code)});
  }
  return details;
}

// {"1":20589,"2":20590}: written by us, so numbers alternate between warehouse and day.
void load_first_received(core::State& state, core::LotId lot, std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](std::int32_t& value) {
    while (at < end && *at != '-' && (*at < '0' || *at > '9')) ++at;
    const auto parsed = std::from_chars(at, end, value);
    at = parsed.ptr;
    return parsed.ec == std::errc();
  };
  std::int32_t warehouse = 0, day = 0;
  while (number(warehouse) && number(day)) {
    state.load_first_received(lot, static_cast<core::WarehouseId>(warehouse), day);
  }
}

Refused load_lots(Database& database, core::State& state) {
  constexpr std::string_view kSql =
      "SELECT lot_id, sku_id, code, expires_on, produced_on, sell_by, removal_on, flags, "
      "first_received, "
      "batch, supplier_lot, supplier, tlc_source, aliases, first_code, merged_into, conflicts "
      "FROM lots ORDER BY lot_id";
  return each(database, kSql, [&](Statement& row) -> Refused {
    core::Lot lot;
    lot.id = static_cast<core::LotId>(row.integer(0));
    lot.sku = static_cast<core::SkuId>(row.integer(1));
    lot.expires_on = date_at(row, 3);
    lot.produced_on = date_at(row, 4);
    lot.sell_by = date_at(row, 5);
    lot.removal_on = date_at(row, 6);
    const std::int64_t flags = row.integer(7);
    lot.best_before = (flags & kLotBestBefore) != 0;
    lot.received = (flags & kLotReceived) != 0;
    lot.expired_on_receipt = (flags & kLotExpiredOnReceipt) != 0;
    state.load_lot(lot, row.text(2), details_at(row, 9));
    if (!row.is_null(8)) load_first_received(state, lot.id, row.text(8));
    return std::nullopt;
  });
}

Refused load_blocks(Database& database, core::State& state) {
  return each(
      database,
      "SELECT lot_id, warehouse_id, kind, code, reason, document_id FROM blocks ORDER BY lot_id",
      [&](Statement& row) -> Refused {
        core::Block block;
        block.lot = static_cast<core::LotId>(row.integer(0));
        block.warehouse = static_cast<core::WarehouseId>(row.integer(1));
        block.kind = static_cast<core::BlockKind>(row.integer(2));
        block.code = std::string(row.text(3));
        block.reason = std::string(row.text(4));
        block.document = static_cast<core::DocumentId>(row.integer(5));
        state.load_block(std::move(block));
        return std::nullopt;
      });
}

Refused load_policies(Database& database, core::State& state) {
  // Which is newer was decided by arrival of the newest revision.
  constexpr std::string_view kSql =
      "SELECT d.document_id, d.owner_id, s.name, d.id, d.body FROM documents d "
      "JOIN sources s ON s.source_id = d.source_id WHERE d.type = 2 ORDER BY d.known_at, "
      "d.document_id";
  std::uint64_t order = 0;
  return each(database, kSql, [&](Statement& row) -> Refused {
    auto document = read_document(DocumentType::policy, row.text(4));
    if (!document) return damaged("the policy of row", row.integer(0));
    core::PolicyDocument policy;
    policy.document = static_cast<core::DocumentId>(row.integer(0));
    policy.owner = static_cast<core::OwnerId>(row.integer(1));
    policy.source = std::string(row.text(2));
    policy.id = std::string(row.text(3));
    policy.policy = std::move(std::get<Policy>(document->body));
    policy.order = ++order;
    state.load_policy(std::move(policy));
    return std::nullopt;
  });
}

constexpr std::string_view kOrders =
    "SELECT o.order_id, o.owner_id, o.document_id, s.name, o.id, d.body, o.state FROM orders o "
    "LEFT JOIN sources s ON s.source_id = o.source_id LEFT JOIN documents d ON d.document_id = "
    "o.document_id ";
constexpr std::string_view kOpenStamps =
    "SELECT document_id, document_line, order_id, line, sku_id, lot_id, warehouse_id, quantity, "
    "expires_on, "
    "evidence, candidates, at FROM stamps WHERE order_id IN (SELECT order_id FROM orders WHERE "
    "open = 1) "
    "ORDER BY order_id, stamp_id";

Result<core::Order> order_at(const Statement& row) {
  OrderRow order;
  order.id = static_cast<core::OrderId>(row.integer(0));
  order.owner = static_cast<core::OwnerId>(row.integer(1));
  order.document = static_cast<core::DocumentId>(row.integer(2));
  order.source = row.text(3);
  order.doc_id = row.text(4);
  order.body = row.text(5);
  order.state = row.text(6);
  return order_of(order);
}

Refused load_orders(Database& database, core::State& state) {
  auto stamps = database.prepare(kOpenStamps);
  if (!stamps) return stamps.problem();
  bool more = stamps->step();
  const std::string open = std::string(kOrders) + "WHERE o.open = 1 ORDER BY o.order_id";
  Refused refused = each(database, open, [&](Statement& row) -> Refused {
    auto order = order_at(row);
    if (!order) return order.problem();
    while (more && static_cast<core::OrderId>(stamps->integer(2)) <= order->id) {
      core::Stamp stamp = stamp_of(*stamps);
      if (stamp.order == order->id && stamp.line < order->lines.size()) {
        order->lines[stamp.line].stamps.push_back(std::move(stamp));
      }
      more = stamps->step();
    }
    state.put_order(std::move(*order));
    return std::nullopt;
  });
  if (refused) return refused;
  return each(database, "SELECT max(order_id) FROM orders", [&](Statement& row) -> Refused {
    state.reserve_orders(static_cast<core::OrderId>(row.integer(0)));
    return std::nullopt;
  });
}

// Units that left with nobody knowing the lot, less what was taken back.
Refused load_unresolved(Database& database, core::State& state) {
  constexpr std::string_view kSql =
      "SELECT sku_id, warehouse_id, document_id, sum(quantity), max(candidates) FROM stamps "
      "WHERE lot_id = 0 AND evidence = 5 GROUP BY document_id, sku_id, warehouse_id HAVING "
      "sum(quantity) > 0";
  return each(database, kSql, [&](Statement& row) -> Refused {
    state.load_unresolved(static_cast<core::SkuId>(row.integer(0)),
                          static_cast<core::WarehouseId>(row.integer(1)),
                          static_cast<core::DocumentId>(row.integer(2)), Quantity{row.integer(3)},
                          row.is_null(4) ? std::vector<core::LotId>{} : candidates_of(row.text(4)));
    return std::nullopt;
  });
}

Refused load_last_shipped(Database& database, core::State& state) {
  constexpr std::string_view kSql =
      "SELECT c.owner_id, c.customer_id, s.sku_id, s.at, s.expires_on FROM stamps s "
      "JOIN contacts c ON c.order_id = s.order_id "
      "WHERE c.customer_id IS NOT NULL AND s.expires_on IS NOT NULL AND s.quantity > 0";
  return each(database, kSql, [&](Statement& row) -> Refused {
    state.load_last_shipped(static_cast<core::OwnerId>(row.integer(0)), row.text(1),
                            static_cast<core::SkuId>(row.integer(2)), Timestamp{row.integer(3)},
                            static_cast<std::int32_t>(row.integer(4)));
    return std::nullopt;
  });
}

Refused load_balances(Database& database, core::State& state) {
  // Stock (1), in transit (3), reserved (33) and picked (34); the first byte of an account is its
  // kind. What was dispatched grows with history and is known by the stamps.
  constexpr std::string_view kSql =
      "SELECT sku_id, lot_id, book, account, quantity FROM balances WHERE substr(account, 1, 1) IN "
      "(x'01', x'03', x'21', x'22')";
  return each(database, kSql, [&](Statement& row) -> Refused {
    const auto account = account_of(row.blob(3));
    if (!account) return damaged("a balance of lot", row.integer(1));
    state.load_balance(
        static_cast<core::Book>(row.integer(2)), static_cast<core::SkuId>(row.integer(0)),
        static_cast<core::LotId>(row.integer(1)), *account, Quantity{row.integer(4)});
    return std::nullopt;
  });
}

Refused load_genealogy(Database& database, core::State& state) {
  constexpr std::string_view kSql =
      "SELECT document_id, output, lot_id, sum(quantity) FROM genealogy "
      "GROUP BY document_id, output, lot_id HAVING sum(quantity) <> 0 "
      "ORDER BY document_id, output, lot_id";
  return each(database, kSql, [&](Statement& row) -> Refused {
    state.load_genealogy(static_cast<core::DocumentId>(row.integer(0)), row.integer(1) != 0,
                         static_cast<core::LotId>(row.integer(2)), Quantity{row.integer(3)});
    return std::nullopt;
  });
}

// Recalls that block, with what their newest version says.
Refused load_recalls(Database& database, core::State& state) {
  std::map<std::int64_t, std::vector<core::LotId>> lots;
  Refused refused = each(database,
                         "SELECT document_id, lot_id FROM recall_lots WHERE until IS NULL ORDER BY "
                         "document_id, lot_id",
                         [&](Statement& row) -> Refused {
                           lots[row.integer(0)].push_back(static_cast<core::LotId>(row.integer(1)));
                           return std::nullopt;
                         });
  if (refused) return refused;
  return each(database,
              "SELECT r.document_id, r.owner_id, r.id, d.body FROM recalls r "
              "JOIN documents d ON d.document_id = r.document_id WHERE r.drill = 0 "
              "ORDER BY r.document_id",
              [&](Statement& row) -> Refused {
                auto document = read_document(DocumentType::recall, row.text(3));
                if (!document) return damaged("the recall of row", row.integer(0));
                Recall& body = std::get<Recall>(document->body);
                core::OpenRecall recall;
                recall.document = static_cast<core::DocumentId>(row.integer(0));
                recall.owner = static_cast<core::OwnerId>(row.integer(1));
                recall.id = std::string(row.text(2));
                recall.reason = core::reason_of(body);
                recall.scope = std::move(body.scope);
                recall.include_derived = body.include_derived;
                recall.lots = std::move(lots[row.integer(0)]);
                state.load_recall(std::move(recall));
                return std::nullopt;
              });
}

Refused load_code_counters(Database& database, core::State& state) {
  return each(database, "SELECT owner_id, key, last FROM code_counters",
              [&](Statement& row) -> Refused {
                state.load_code_counter(static_cast<core::OwnerId>(row.integer(0)),
                                        std::string(row.text(1)), row.integer(2));
                return std::nullopt;
              });
}

}  // namespace

Result<Names> read_names(Database& database) {
  Names names;
  Refused refused =
      each(database, "SELECT owner_id, name FROM owners", [&](Statement& row) -> Refused {
        names.owners[std::string(row.text(1))] = static_cast<core::OwnerId>(row.integer(0));
        return std::nullopt;
      });
  if (refused) return *refused;
  refused =
      each(database, "SELECT warehouse_id, name FROM warehouses", [&](Statement& row) -> Refused {
        names.warehouses[std::string(row.text(1))] = static_cast<core::WarehouseId>(row.integer(0));
        return std::nullopt;
      });
  if (refused) return *refused;
  return names;
}

Refused load_state(Database& database, core::State& state) {
  for (const auto load : {load_locations, load_skus, load_lots, load_blocks, load_policies,
                          load_orders, load_balances, load_unresolved, load_last_shipped,
                          load_genealogy, load_code_counters, load_recalls}) {
    if (Refused refused = load(database, state)) return refused;
  }
  state.finish_loading();
  return std::nullopt;
}

}  // namespace lotbridge::store
