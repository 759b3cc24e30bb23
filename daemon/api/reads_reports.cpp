// GET /v1/reports/NAME: how long goods may still be sold, and how long they have been lying.
#include <algorithm>
#include <map>
#include <set>

#include "daemon/api/reads_reports.hpp"
#include "daemon/core/at_risk.hpp"
#include "daemon/core/availability.hpp"
#include "daemon/core/costs.hpp"
#include "daemon/store/reader_stock.hpp"

namespace lotbridge::api {
namespace {

// What goods are worth as far as anybody told; of one currency, else nobody can add it up.
struct Worth {
  std::map<std::string, std::int64_t> sums;
  Quantity unvalued;

  void add(store::Reader& reader, core::LotId lot, Quantity units) {
    std::optional<Money> money;
    if (lot != 0 && units.is_positive())
      money = core::value_of(store::lot_cost(reader, lot), units);
    if (money) {
      sums[money->currency] += money->micros;
    } else {
      unvalued += units;
    }
  }
  void write(JsonWriter& json, std::string_view key) const {
    if (sums.size() != 1) return;
    json.key(key);
    json.open('{');
    put(json, "amount", Money{sums.begin()->second, {}}.amount_text());
    put(json, "currency", sums.begin()->first);
    json.close('}');
  }
};

// ---------------------------------------------------------------- expiry and ageing

struct Bucket {
  std::set<core::LotId> lots;
  Quantity quantity;
  Worth worth;
};
using Buckets = std::map<int, Bucket>;

void write_buckets(Reading& reading, core::OwnerId owner, const std::vector<std::string>& names,
                   Buckets& buckets, Rows& rows) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Bucket& bucket = buckets[static_cast<int>(i)];
    JsonWriter json(256);
    json.open('{');
    put(json, "owner", reading.reader.owner(owner));
    put(json, "bucket", names[i]);
    put_number(json, "lots", static_cast<std::int64_t>(bucket.lots.size()));
    put_quantity(json, "quantity", bucket.quantity);
    bucket.worth.write(json, "value");
    put_quantity(json, "unvalued", bucket.worth.unvalued);
    json.close('}');
    rows.push_back(json.take());
  }
}

int month_of(std::int64_t days) { return days <= 30 ? 0 : days <= 60 ? 1 : days <= 90 ? 2 : 3; }

// A lot is expired from the day on which the policies of the place no longer let it count as good.
using LotAt = std::pair<core::LotId, core::WarehouseId>;
bool find_expired_today(Reading& reading, const std::vector<store::LotHere>& lots, const Days& days,
                        std::set<LotAt>& expired) {
  std::vector<const store::LotHere*> close;
  for (const store::LotHere& lot : lots) {
    if (lot.expires_on && *lot.expires_on == days.today.at(lot.warehouse)) close.push_back(&lot);
  }
  if (close.empty()) return true;
  const bool answered =
      ask_core(reading.engine, [&](const core::State& state, const core::Context& context) {
        for (const store::LotHere* lot : close) {
          if (core::lot_condition(state, lot->lot, context).expired)
            expired.insert({lot->lot, lot->warehouse});
        }
      });
  reading.failed = reading.failed || !answered;
  return answered;
}

Response read_expiry(Reading& reading) {
  static const std::vector<std::string> kNames = {"expired", "0-30", "31-60",
                                                  "61-90",   ">90",  "no_date"};
  Days days;
  if (!read_days(reading, days)) return unavailable_response();
  Rows rows;
  for (const core::OwnerId owner : reading.sight.owners) {
    const auto lots = lots_in_sight(reading, owner);
    std::set<LotAt> expired_today;
    if (!find_expired_today(reading, lots, days, expired_today)) return unavailable_response();
    Buckets buckets;
    for (const store::LotHere& lot : lots) {
      int index = 5;
      if (lot.expires_on) {
        const std::int64_t left = *lot.expires_on - days.today.at(lot.warehouse);
        const bool expired = left < 0 || expired_today.contains({lot.lot, lot.warehouse});
        index = expired ? 0 : 1 + month_of(left);
      }
      Bucket& bucket = buckets[index];
      if (lot.lot != 0) bucket.lots.insert(lot.lot);
      bucket.quantity += lot.on_hand;
      bucket.worth.add(reading.reader, lot.lot, lot.on_hand);
    }
    write_buckets(reading, owner, kNames, buckets, rows);
  }
  return report_response(reading, "expiry", rows);
}

Response read_ageing(Reading& reading) {
  static const std::vector<std::string> kNames = {"0-30", "31-60", "61-90", ">90", "unknown"};
  Days days;
  if (!read_days(reading, days)) return unavailable_response();
  Rows rows;
  for (const core::OwnerId owner : reading.sight.owners) {
    Buckets buckets;
    for (const store::LotHere& lot : lots_in_sight(reading, owner)) {
      const bool known = lot.lot != 0 && lot.first_received != core::kNoDate;
      Bucket& bucket =
          buckets[known ? month_of(days.today.at(lot.warehouse) - lot.first_received) : 4];
      if (lot.lot != 0) bucket.lots.insert(lot.lot);
      bucket.quantity += lot.on_hand;
      bucket.worth.add(reading.reader, lot.lot, lot.on_hand);
    }
    write_buckets(reading, owner, kNames, buckets, rows);
  }
  return report_response(reading, "ageing", rows);
}

// ---------------------------------------------------------------- at risk

constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::int64_t kPaceDays = 28;  // over which the pace is taken where nobody says it

// One lot with its units at all warehouses in sight.
struct RiskyLot {
  store::LotHere lot;
  std::int64_t days = 0;
  bool blocked = false;
  Quantity at_risk;
};

Result<std::optional<Quantity>> forecast_of(const Request& request) {
  const auto text = request.parameter("forecast_per_day");
  if (!text) return std::optional<Quantity>();
  const auto quantity = Quantity::parse(*text);
  if (!quantity || *quantity < Quantity{})
    return bad_parameter("forecast_per_day", "must be a quantity, zero or more.");
  return std::optional(*quantity);
}

bool mark_blocked(Reading& reading, std::vector<RiskyLot>& lots) {
  const bool answered = ask_core(reading.engine, [&](const core::State& state, const auto&) {
    for (RiskyLot& risky : lots) {
      for (const core::Block& block : state.blocks(risky.lot.lot)) {
        risky.blocked =
            risky.blocked || block.warehouse == 0 || block.warehouse == risky.lot.warehouse;
      }
    }
  });
  reading.failed = reading.failed || !answered;
  return answered;
}

void write_risk(Reading& reading, core::OwnerId owner, const RiskyLot& risky, Quantity per_day,
                JsonWriter& json) {
  json.open('{');
  put(json, "owner", reading.reader.owner(owner));
  put(json, "sku", risky.lot.sku_code);
  put(json, "lot", risky.lot.code);
  put_date(json, "expires_on", risky.lot.expires_on);
  put_number(json, "days_left", risky.days);
  put_quantity(json, "quantity", risky.lot.ready);
  json.key("blocked");
  json.boolean(risky.blocked);
  put_quantity(json, "forecast_per_day", per_day);
  put_quantity(json, "at_risk", risky.at_risk);
  Worth worth;
  worth.add(reading.reader, risky.lot.lot, risky.at_risk);
  worth.write(json, "value");
  json.close('}');
}

// The dated lots of one SKU in FEFO order, what is left over of each when its date comes.
void add_risk_of_sku(Reading& reading, core::OwnerId owner, std::vector<RiskyLot> lots,
                     std::optional<Quantity> forecast, const Days& days,
                     std::vector<std::pair<RiskyLot, Quantity>>& out) {
  if (lots.empty()) return;
  Quantity pace;
  if (forecast) {
    pace = *forecast;
  } else {
    const Quantity sold = store::dispatched_since(reading.reader, owner, lots[0].lot.sku,
                                                  days.now_ms - kPaceDays * kDayMs);
    pace = Quantity{sold.micros / kPaceDays};
  }
  std::sort(lots.begin(), lots.end(), [](const RiskyLot& a, const RiskyLot& b) {
    return std::tie(*a.lot.expires_on, a.lot.first_received, a.lot.code) <
           std::tie(*b.lot.expires_on, b.lot.first_received, b.lot.code);
  });
  std::vector<core::LifeLeft> lives;
  for (const RiskyLot& risky : lots)
    lives.push_back({static_cast<std::int32_t>(risky.days), risky.lot.ready, risky.blocked});
  const auto left = core::units_at_risk(lives, pace);
  for (std::size_t i = 0; i < lots.size(); ++i) {
    lots[i].at_risk = left[i];
    out.emplace_back(std::move(lots[i]), pace);
  }
}

// Lots of one SKU from all warehouses: the same lot at two of them is one.
std::vector<RiskyLot> dated_lots(const std::vector<store::LotHere>& lots, std::size_t from,
                                 std::size_t to, const Days& days) {
  std::vector<RiskyLot> out;
  for (std::size_t i = from; i < to; ++i) {
    const store::LotHere& lot = lots[i];
    if (!lot.expires_on || !lot.ready.is_positive()) continue;
    const std::int64_t left = *lot.expires_on - days.today.at(lot.warehouse);
    if (!out.empty() && out.back().lot.lot == lot.lot) {
      RiskyLot& same = out.back();
      same.lot.ready += lot.ready;
      same.days = std::min(same.days, left);
      same.lot.first_received = std::min(same.lot.first_received, lot.first_received);
    } else {
      out.push_back({lot, left, false, {}});
    }
  }
  return out;
}

Response read_at_risk(Reading& reading) {
  const auto forecast = forecast_of(reading.request);
  if (!forecast) return problem_response(forecast.problem());
  Days days;
  if (!read_days(reading, days)) return unavailable_response();
  Rows rows;
  for (const core::OwnerId owner : reading.sight.owners) {
    const auto lots = lots_in_sight(reading, owner);
    std::vector<std::pair<RiskyLot, Quantity>> risks;
    for (std::size_t i = 0; i < lots.size();) {
      const std::size_t from = i;
      while (i < lots.size() && lots[i].sku == lots[from].sku) ++i;
      auto dated = dated_lots(lots, from, i, days);
      if (!mark_blocked(reading, dated)) return unavailable_response();
      add_risk_of_sku(reading, owner, std::move(dated), *forecast, days, risks);
    }
    std::stable_sort(risks.begin(), risks.end(), [](const auto& a, const auto& b) {
      return a.first.at_risk > b.first.at_risk;
    });
    for (const auto& [risky, pace] : risks) {
      JsonWriter json(256);
      write_risk(reading, owner, risky, pace, json);
      rows.push_back(json.take());
    }
  }
  return report_response(reading, "at-risk", rows);
}

}  // namespace

Response report_response(const Reading& reading, std::string_view name, const Rows& rows) {
  auto page = page_of(reading.request, name);
  if (!page) return problem_response(page.problem());
  const auto first = std::min(
      rows.size(), static_cast<std::size_t>(std::max<std::int64_t>(key_number(page->after, 0), 0)));
  const std::size_t end = std::min(rows.size(), first + page->limit);
  JsonWriter json(4096);
  json.open('{');
  json.key("data");
  json.open('[');
  for (std::size_t i = first; i < end; ++i) json.raw(rows[i]);
  json.close(']');
  json.key("next_cursor");
  if (end < rows.size()) {
    json.text(cursor_text(name, 1, {std::to_string(end)}));
  } else {
    json.raw("null");
  }
  json.close('}');
  return json_response(json.take());
}

bool read_days(Reading& reading, Days& days) {
  const auto warehouses = reading.reader.warehouses();
  const bool answered =
      ask_core(reading.engine, [&](const core::State&, const core::Context& context) {
        days.now_ms = context.now.ms;
        for (const core::WarehouseId place : warehouses)
          days.today[place] = context.calendar->business_date(place, context.now).days;
      });
  reading.failed = reading.failed || !answered;
  return answered;
}

std::vector<store::LotHere> lots_in_sight(Reading& reading, core::OwnerId owner) {
  core::SkuId sku = 0;
  if (const auto named = reading.parameter("sku")) {
    sku = reading.reader.sku_id(owner, *named);
    if (sku == 0) return {};
  }
  auto lots = store::lots_here(reading.reader, owner, sku);
  const auto warehouse = reading.parameter("warehouse");
  std::erase_if(lots, [&](const store::LotHere& lot) {
    return !reading.sight.warehouse(lot.warehouse) ||
           (warehouse && *warehouse != reading.reader.warehouse(lot.warehouse));
  });
  return lots;
}

std::vector<ReadRoute> report_reads() {
  return {{"/v1/reports/expiry",
           read_expiry,
           {"sku", "warehouse"},
           Scope::read,
           {"owner", "bucket", "lots", "quantity", "value.amount", "value.currency", "unvalued"}},
          {"/v1/reports/ageing",
           read_ageing,
           {"sku", "warehouse"},
           Scope::read,
           {"owner", "bucket", "lots", "quantity", "value.amount", "value.currency", "unvalued"}},
          {"/v1/reports/at-risk",
           read_at_risk,
           {"sku", "warehouse", "forecast_per_day"},
           Scope::read,
           {"owner", "sku", "lot", "expires_on", "days_left", "quantity", "blocked",
            "forecast_per_day", "at_risk", "value.amount", "value.currency"}}};
}

}  // namespace lotbridge::api
