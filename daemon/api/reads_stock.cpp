#include <algorithm>
#include <map>

#include "daemon/api/reads_common.hpp"
#include "daemon/core/availability.hpp"
#include "daemon/store/encoding.hpp"
#include "daemon/store/reader_documents.hpp"
#include "daemon/store/reader_stock.hpp"

namespace lotbridge::api {
namespace {

struct StockRow {
  core::OwnerId owner = 0;
  store::LotKey key;
  std::size_t index = 0;  // among the rows of its lot
  std::string sku, lot;
  core::WarehouseId warehouse = 0;
  core::LocationId location = 0;
  StockStatus status = StockStatus::available;
  Quantity on_hand, reserved, picked;
  std::optional<Quantity> available;
  std::vector<store::Candidate> candidates;
  Maybe<Money> unit_cost;
};

// One lot's holdings while its rows are made.
struct Lot {
  store::LotKey key;
  store::LotHoldings holdings;
  std::map<core::WarehouseId, Quantity> available;
};

// What only the core knows of the lots of a page.
struct CoreFacts {
  std::map<core::LocationId, std::int32_t> pick_sequence;
};

bool ask_facts(engine::Engine& engine, std::vector<Lot>& lots, CoreFacts& facts, bool now) {
  return ask_core(engine, [&](const core::State& state, const core::Context& context) {
    for (Lot& lot : lots) {
      for (const store::Holding& holding : lot.holdings.holdings) {
        if (holding.location != 0) {
          if (const core::Location* place = state.location(holding.location))
            facts.pick_sequence[holding.location] = place->pick_sequence;
        }
        if (!now || lot.key.lot == 0 || holding.status != StockStatus::available) continue;
        if (lot.available.count(holding.warehouse) == 0 && state.lot(lot.key.lot) != nullptr) {
          lot.available[holding.warehouse] =
              core::available(state, lot.key.lot, holding.warehouse, context);
        }
      }
    }
  });
}

Quantity take(Quantity& from, Quantity room) {
  const Quantity taken = std::min(from, room);
  from -= taken;
  return taken;
}

// Lays what is kept per lot and warehouse over its locations, in the order in which they are picked
// from. What finds no room (stock that never came) stands on the first.
void spread(std::vector<StockRow*>& rows, const store::Promised& promised,
            std::optional<Quantity> available) {
  Quantity picked = promised.picked, reserved = promised.reserved;
  for (StockRow* row : rows) {
    Quantity room = std::max(row->on_hand, Quantity{});
    row->picked = take(picked, room);
    room -= row->picked;
    row->reserved = take(reserved, room);
    room -= row->reserved;
    if (available) row->available = take(*available, room);
  }
  rows.front()->picked += picked;
  rows.front()->reserved += reserved;
}

void sort_for_picking(std::vector<StockRow>& rows, store::Reader& reader, const CoreFacts& facts) {
  const auto sequence = [&](core::LocationId id) {
    const auto found = facts.pick_sequence.find(id);
    return found == facts.pick_sequence.end() ? 0 : found->second;
  };
  std::sort(rows.begin(), rows.end(), [&](const StockRow& a, const StockRow& b) {
    const auto key = [&](const StockRow& row) {
      return std::make_tuple(row.warehouse, row.status, row.location != 0, sequence(row.location));
    };
    if (key(a) != key(b)) return key(a) < key(b);
    return reader.location(a.location) < reader.location(b.location);
  });
}

std::vector<StockRow> rows_of(Reading& reading, core::OwnerId owner, const Lot& lot,
                              const CoreFacts& facts, bool now) {
  std::vector<StockRow> rows;
  const auto names = store::sku_and_lot(reading.reader, lot.key.sku, lot.key.lot);
  const Maybe<Money> unit_cost =
      lot.key.lot == 0 ? Maybe<Money>{}
                       : core::unit_cost(store::lot_cost(reading.reader, lot.key.lot));
  for (const store::Holding& holding : lot.holdings.holdings) {
    StockRow row;
    row.owner = owner;
    row.key = lot.key;
    row.sku = names.sku;
    row.lot = names.lot;
    row.warehouse = holding.warehouse;
    row.location = holding.location;
    row.status = holding.status;
    row.on_hand = holding.on_hand;
    row.unit_cost = unit_cost;
    if (now) row.available = Quantity{};
    if (lot.key.lot == 0) {
      row.candidates =
          store::unresolved_candidates(reading.reader, owner, lot.key.sku, holding.warehouse);
    }
    rows.push_back(std::move(row));
  }
  sort_for_picking(rows, reading.reader, facts);
  std::map<core::WarehouseId, std::vector<StockRow*>> pickable;
  for (StockRow& row : rows) {
    row.index = static_cast<std::size_t>(&row - rows.data()) + 1;
    if (row.status == StockStatus::available) pickable[row.warehouse].push_back(&row);
  }
  for (auto& [warehouse, places] : pickable) {
    store::Promised promised;
    for (const store::Promised& known : lot.holdings.promised) {
      if (known.warehouse == warehouse) promised = known;
    }
    const auto available = lot.available.find(warehouse);
    spread(places, promised,
           !now ? std::nullopt
                : std::optional(available == lot.available.end() ? Quantity{} : available->second));
  }
  return rows;
}

struct StockQuery {
  std::optional<std::string> sku, lot;
  std::optional<std::string> warehouse, status;
  store::Moment moment;
};

// Rows of one owner after a key, at most `limit`.
std::vector<StockRow> fetch_stock(Reading& reading, const StockQuery& query, core::OwnerId owner,
                                  const std::vector<std::string>& after, std::size_t limit) {
  const store::LotKey last{static_cast<core::SkuId>(key_number(after, 0)),
                           static_cast<core::LotId>(key_number(after, 1))};
  const auto skip = static_cast<std::size_t>(key_number(after, 2));
  core::SkuId sku = 0;
  std::vector<store::LotKey> keys;
  if (query.sku && (sku = reading.reader.sku_id(owner, *query.sku)) == 0) return {};
  if (!after.empty()) keys.push_back(last);  // what is left of it
  if (sku != 0 && query.lot) {
    const auto lot = store::find_lot(reading.reader, owner, sku, *query.lot);
    if (!lot) return {};
    keys.assign(1, {sku, lot->lot});
  } else {
    for (const auto& key :
         store::stock_keys(reading.reader, owner, sku, last, !query.moment.is_now(), limit)) {
      keys.push_back(key);
    }
  }
  std::vector<Lot> lots;
  for (const store::LotKey& key : keys) {
    lots.push_back({key, store::holdings_of(reading.reader, owner, key, query.moment), {}});
  }
  CoreFacts facts;
  if (!lots.empty() && !ask_facts(reading.engine, lots, facts, query.moment.is_now())) {
    reading.failed = true;
    return {};
  }
  std::vector<StockRow> rows;
  for (const Lot& lot : lots) {
    const bool is_last = !after.empty() && lot.key.sku == last.sku && lot.key.lot == last.lot;
    for (StockRow& row : rows_of(reading, owner, lot, facts, query.moment.is_now())) {
      if (is_last && row.index <= skip) continue;
      if (rows.size() == limit) return rows;
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

bool write_stock(JsonWriter& json, Reading& reading, const StockQuery& query, const StockRow& row) {
  if (!reading.sight.warehouse(row.warehouse)) return false;
  if (query.warehouse && *query.warehouse != reading.reader.warehouse(row.warehouse)) return false;
  if (query.status && *query.status != store::status_name(row.status)) return false;
  if (query.lot && !query.sku && *query.lot != row.lot) return false;
  json.open('{');
  put(json, "owner", reading.reader.owner(row.owner));
  put(json, "sku", row.sku);
  put_or_null(json, "lot", row.lot);
  put_or_null(json, "warehouse", reading.reader.warehouse(row.warehouse));
  put_or_null(json, "location", reading.reader.location(row.location));
  put(json, "status", store::status_name(row.status));
  put_quantity(json, "on_hand", row.on_hand);
  put_quantity(json, "reserved", row.reserved);
  put_quantity(json, "picked", row.picked);
  if (row.available) {
    put_quantity(json, "available", *row.available);
  } else {
    put_raw(json, "available", "", "null");  // of the past nobody can order
  }
  json.key("candidates");
  json.open('[');
  for (const store::Candidate& candidate : row.candidates) {
    json.open('{');
    put(json, "lot", candidate.code);
    put_quantity(json, "quantity", candidate.quantity);
    json.close('}');
  }
  json.close(']');
  put_money(json, "unit_cost", row.unit_cost);
  json.close('}');
  return true;
}

Response read_stock(Reading& reading) {
  StockQuery query;
  query.sku = reading.parameter("sku");
  query.lot = reading.parameter("lot");
  query.warehouse = reading.parameter("warehouse");
  query.status = reading.parameter("status");
  auto as_of = moment_parameter(reading.request, "as_of");
  auto known_at = moment_parameter(reading.request, "known_at");
  if (!as_of) return problem_response(as_of.problem());
  if (!known_at) return problem_response(known_at.problem());
  query.moment = {*as_of, *known_at};
  return list_response(
      reading, "stock",
      [&](core::OwnerId owner, const std::vector<std::string>& after, std::size_t limit) {
        return fetch_stock(reading, query, owner, after, limit);
      },
      [](const StockRow& row) {
        return std::vector<std::string>{std::to_string(row.key.sku), std::to_string(row.key.lot),
                                        std::to_string(row.index)};
      },
      [&](JsonWriter& json, const StockRow& row) {
        return write_stock(json, reading, query, row);
      });
}

// ---------------------------------------------------------------- availability

struct Available {
  core::OwnerId owner = 0;
  std::string sku;
  core::WarehouseId warehouse = 0;
  Quantity quantity;
};

std::vector<Available> fetch_available(Reading& reading, const std::optional<std::string>& sku,
                                       const std::string& channel, core::OwnerId owner,
                                       const std::vector<std::string>& after, std::size_t limit) {
  // The SKU of the last row goes on with its other warehouses.
  std::vector<std::string> skus;
  if (sku) {
    skus.push_back(*sku);
  } else {
    if (!after.empty()) skus.push_back(after[0]);
    for (auto& item :
         store::list_items(reading.reader, owner, after.empty() ? "" : after[0], limit))
      skus.push_back(std::move(item.code));
  }
  const auto warehouses = reading.reader.warehouses();
  const std::int64_t last = key_number(after, 1);
  std::vector<Available> rows;
  reading.failed =
      !ask_core(reading.engine, [&](const core::State& state, const core::Context& context) {
        for (const std::string& code : skus) {
          const core::SkuId id = state.sku_id(owner, code);
          for (const core::WarehouseId place : warehouses) {
            if (id == 0 || rows.size() == limit) break;
            if (!after.empty() && code == after[0] && place <= last) continue;
            const auto quantity = core::available_to_channel(state, id, place, channel, context);
            if (quantity) rows.push_back({owner, code, place, *quantity});
          }
        }
      });
  return rows;
}

Response read_availability(Reading& reading) {
  const std::string channel = reading.text("channel");
  const auto sku = reading.parameter("sku");
  return list_response(
      reading, "availability",
      [&](core::OwnerId owner, const std::vector<std::string>& after, std::size_t limit) {
        return fetch_available(reading, sku, channel, owner, after, limit);
      },
      [](const Available& row) {
        return std::vector<std::string>{row.sku, std::to_string(row.warehouse)};
      },
      [&](JsonWriter& json, const Available& row) {
        if (!reading.sight.warehouse(row.warehouse)) return false;
        json.open('{');
        put(json, "owner", reading.reader.owner(row.owner));
        put(json, "sku", row.sku);
        put_or_null(json, "channel", channel);
        put(json, "warehouse", reading.reader.warehouse(row.warehouse));
        put_quantity(json, "available", row.quantity);
        json.close('}');
        return true;
      });
}

}  // namespace

std::vector<ReadRoute> stock_reads() {
  return {{"/v1/stock",
           read_stock,
           {"sku", "warehouse", "lot", "status", "as_of", "known_at"},
           Scope::read,
           {"owner", "sku", "lot", "warehouse", "location", "status", "on_hand", "reserved",
            "picked", "available"}},
          {"/v1/availability", read_availability, {"sku", "channel"}}};
}

}  // namespace lotbridge::api
