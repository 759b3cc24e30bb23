// GET /v1/reports/NAME: what sells fast or slowly, what comes back, who delivers how.
#include <algorithm>
#include <map>
#include <set>

#include "daemon/api/reads_reports.hpp"

namespace lotbridge::api {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;

// ---------------------------------------------------------------- movement

// The warehouses in sight, or the one of them that the request names.
store::SeenWarehouse seen_of(Reading& reading) {
  const auto named = reading.parameter("warehouse");
  const core::WarehouseId only = named ? reading.reader.warehouse_id(*named) : core::WarehouseId{0};
  return [&sight = reading.sight, named = named.has_value(), only](core::WarehouseId place) {
    return sight.warehouse(place) && (!named || place == only);
  };
}

struct Moving {
  store::LotFlow flow;
  Quantity on_hand;
  // Sold out within another such time at this pace: fast; nothing left in it: idle.
  std::string_view pace() const {
    if (!flow.dispatched.is_positive()) return "idle";
    return on_hand <= flow.dispatched ? "fast" : "slow";
  }
};

void write_moving(Reading& reading, core::OwnerId owner, const Moving& moving, std::int64_t days,
                  std::optional<std::int64_t> age, Rows& rows) {
  const std::int64_t per_day = moving.flow.dispatched.micros / days;
  JsonWriter json(256);
  json.open('{');
  put(json, "owner", reading.reader.owner(owner));
  put(json, "sku", moving.flow.sku_code);
  put(json, "lot", moving.flow.code);
  put_date(json, "expires_on", moving.flow.expires_on);
  put_quantity(json, "on_hand", moving.on_hand);
  put_number(json, "days", days);
  put_quantity(json, "dispatched", moving.flow.dispatched);
  put_quantity(json, "per_day", Quantity{per_day});
  std::optional<std::int64_t> cover;
  if (per_day > 0) cover = moving.on_hand.micros / per_day;
  put_maybe(json, "days_of_cover", cover);
  put_maybe(json, "age_days", age);
  put_moment(json, "last_dispatched_at", moving.flow.last_at);
  put(json, "pace", moving.pace());
  json.close('}');
  rows.push_back(json.take());
}

Response read_movement(Reading& reading) {
  const auto asked = number_parameter(reading.request, "days");
  if (!asked) return problem_response(asked.problem());
  const std::int64_t window = asked->value_or(30);
  if (window < 1 || window > 3650)
    return problem_response(bad_parameter("days", "must be between 1 and 3650."));
  Days days;
  if (!read_days(reading, days)) return unavailable_response();
  Rows rows;
  const auto seen = seen_of(reading);
  for (const core::OwnerId owner : reading.sight.owners) {
    std::map<core::LotId, Moving> here;
    std::map<core::LotId, std::int64_t> ages;
    for (const store::LotHere& lot : lots_in_sight(reading, owner)) {
      here[lot.lot].on_hand += lot.on_hand;
      if (lot.first_received == core::kNoDate) continue;
      std::int64_t& age = ages[lot.lot];
      age = std::max(age, days.today.at(lot.warehouse) - lot.first_received);
    }
    const core::SkuId sku = reading.reader.sku_id(owner, reading.text("sku"));
    if (reading.parameter("sku") && sku == 0) continue;
    std::vector<Moving> moving;
    for (auto& flow :
         store::lot_flows(reading.reader, owner, sku, days.now_ms - window * kDayMs, false, seen)) {
      const auto found = here.find(flow.lot);
      if (found == here.end() && !flow.dispatched.is_positive()) continue;
      moving.push_back({std::move(flow), found == here.end() ? Quantity{} : found->second.on_hand});
    }
    std::stable_sort(moving.begin(), moving.end(), [](const Moving& a, const Moving& b) {
      return a.flow.dispatched > b.flow.dispatched;
    });
    for (const Moving& one : moving) {
      const auto age = ages.find(one.flow.lot);
      write_moving(reading, owner, one, window,
                   age == ages.end() ? std::nullopt : std::optional(age->second), rows);
    }
  }
  return report_response(reading, "movement", rows);
}

// ---------------------------------------------------------------- returns

// Parts of a hundred with one decimal, rounded half up; nothing of nothing is unknown.
void put_percent(JsonWriter& json, std::string_view key, std::int64_t part, std::int64_t whole) {
  json.key(key);
  if (whole <= 0) return json.raw("null");
  const __int128_t tenths = (static_cast<__int128_t>(part) * 2000 + whole) / (2 * whole);
  json.millionths(static_cast<std::int64_t>(tenths) * 100'000);
}

Response read_returns(Reading& reading) {
  Rows rows;
  const auto seen = seen_of(reading);
  for (const core::OwnerId owner : reading.sight.owners) {
    const core::SkuId sku = reading.reader.sku_id(owner, reading.text("sku"));
    if (reading.parameter("sku") && sku == 0) continue;
    auto flows = store::lot_flows(reading.reader, owner, sku, 0, true, seen);
    std::erase_if(flows, [](const store::LotFlow& flow) {
      return flow.dispatched.is_zero() && flow.returned.is_zero();
    });
    // By the share that came back; a lot of which none left comes first of all.
    std::stable_sort(flows.begin(), flows.end(),
                     [](const store::LotFlow& a, const store::LotFlow& b) {
                       return static_cast<__int128_t>(a.returned.micros) * b.dispatched.micros >
                              static_cast<__int128_t>(b.returned.micros) * a.dispatched.micros;
                     });
    for (const store::LotFlow& flow : flows) {
      JsonWriter json(256);
      json.open('{');
      put(json, "owner", reading.reader.owner(owner));
      put(json, "sku", flow.sku_code);
      put(json, "lot", flow.code);
      put_quantity(json, "dispatched", flow.dispatched);
      put_quantity(json, "returned", flow.returned);
      put_percent(json, "percent", flow.returned.micros, flow.dispatched.micros);
      json.close('}');
      rows.push_back(json.take());
    }
  }
  return report_response(reading, "returns", rows);
}

// ---------------------------------------------------------------- suppliers

struct Supplier {
  bool has_orders = false;
  Quantity expected, received, received_of_orders, rejected;
  std::int64_t deliveries = 0, on_time = 0;                 // of known purchase orders with a date
  std::set<std::int64_t> counted;                           // documents
  std::int64_t life_sum = 0, life_count = 0, life_min = 0;  // tenths of a percent
  std::set<core::LotId> lots, recalled;
};

void add_life(Supplier& supplier, const store::SupplierReceived& line) {
  if (!line.expires_on || line.lot == 0) return;
  const std::int64_t total =
      line.produced_on ? *line.expires_on - *line.produced_on : line.shelf_life_days;
  if (total <= 0) return;
  const std::int64_t left = std::max<std::int64_t>(*line.expires_on - line.received_on, 0);
  const std::int64_t tenths = (left * 2000 + total) / (2 * total);
  if (supplier.life_count == 0 || tenths < supplier.life_min) supplier.life_min = tenths;
  supplier.life_sum += tenths;
  ++supplier.life_count;
}

std::map<std::string, Supplier> suppliers_of(Reading& reading, core::OwnerId owner) {
  store::Reader& reader = reading.reader;
  std::map<std::string, Supplier> suppliers;
  std::map<std::string, std::optional<std::int64_t>> expected_on;
  for (const store::SupplierOrdered& line : store::ordered_of(reader, owner)) {
    if (line.warehouse != 0 && !reading.sight.warehouse(line.warehouse)) continue;
    Supplier& supplier = suppliers[line.supplier];
    supplier.has_orders = true;
    supplier.expected += line.quantity;
    expected_on[line.purchase_order] = line.expected_on;
  }
  for (const store::SupplierReceived& line : store::received_of(reader, owner)) {
    if (!reading.sight.warehouse(line.warehouse)) continue;
    Supplier& supplier = suppliers[line.supplier];
    supplier.received += line.quantity;
    supplier.rejected += line.rejected;
    if (line.lot != 0) supplier.lots.insert(line.lot);
    if (line.recalled) supplier.recalled.insert(line.lot);
    add_life(supplier, line);
    const auto order = expected_on.find(line.purchase_order);
    if (line.purchase_order.empty() || order == expected_on.end()) continue;
    supplier.received_of_orders += line.quantity;
    if (!order->second || !supplier.counted.insert(line.document).second) continue;
    ++supplier.deliveries;
    if (line.received_on <= *order->second) ++supplier.on_time;
  }
  return suppliers;
}

void write_supplier(Reading& reading, core::OwnerId owner, const std::string& name,
                    const Supplier& supplier, Rows& rows) {
  JsonWriter json(512);
  json.open('{');
  put(json, "owner", reading.reader.owner(owner));
  put_or_null(json, "supplier", name);
  if (supplier.has_orders) {
    put_quantity(json, "expected", supplier.expected);
  } else {
    put_raw(json, "expected", "", "null");
  }
  put_quantity(json, "received", supplier.received);
  put_quantity(json, "rejected", supplier.rejected);
  put_percent(json, "fill_percent", supplier.received_of_orders.micros, supplier.expected.micros);
  put_percent(json, "reject_percent", supplier.rejected.micros,
              (supplier.received + supplier.rejected).micros);
  put_percent(json, "on_time_percent", supplier.on_time, supplier.deliveries);
  put_percent(json, "life_mean_percent", supplier.life_sum, supplier.life_count * 1000);
  put_percent(json, "life_min_percent", supplier.life_min, supplier.life_count == 0 ? 0 : 1000);
  put_number(json, "lots", static_cast<std::int64_t>(supplier.lots.size()));
  put_number(json, "recalled_lots", static_cast<std::int64_t>(supplier.recalled.size()));
  json.close('}');
  rows.push_back(json.take());
}

Response read_suppliers(Reading& reading) {
  Rows rows;
  const auto only = reading.parameter("supplier");
  for (const core::OwnerId owner : reading.sight.owners) {
    for (const auto& [name, supplier] : suppliers_of(reading, owner)) {
      if (!only || *only == name) write_supplier(reading, owner, name, supplier, rows);
    }
  }
  return report_response(reading, "suppliers", rows);
}

}  // namespace

std::vector<ReadRoute> flow_reads() {
  return {
      {"/v1/reports/movement",
       read_movement,
       {"sku", "warehouse", "days"},
       Scope::read,
       {"owner", "sku", "lot", "expires_on", "on_hand", "days", "dispatched", "per_day",
        "days_of_cover", "age_days", "last_dispatched_at", "pace"}},
      {"/v1/reports/returns",
       read_returns,
       {"sku", "warehouse"},
       Scope::read,
       {"owner", "sku", "lot", "dispatched", "returned", "percent"}},
      {"/v1/reports/suppliers",
       read_suppliers,
       {"supplier"},
       Scope::read,
       {"owner", "supplier", "expected", "received", "rejected", "fill_percent", "reject_percent",
        "on_time_percent", "life_mean_percent", "life_min_percent", "lots", "recalled_lots"}}};
}

}  // namespace lotbridge::api
