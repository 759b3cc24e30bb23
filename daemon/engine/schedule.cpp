#include "schedule.hpp"

#include <charconv>
#include <chrono>

#include "configuration.hpp"
#include "test_clock.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

std::optional<std::int64_t> meta_number(store::Writer& store, const std::string& key) {
  auto rows = store.query(Sql::get_meta, key);
  if (!rows.next()) return std::nullopt;
  const std::string_view text = rows.text(0);
  std::int64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc()) return std::nullopt;
  return value;
}

Cause own_cause(const Workbench& bench, std::string id) {
  Cause cause;
  cause.type = "schedule";
  cause.source = "lotbridge";
  cause.id = std::move(id);
  cause.happened_at = bench.now;
  cause.by = "schedule";
  return cause;
}

// One run of the core for something that nobody sent.
template <typename Run>
void run_own(Workbench& bench, std::string id, const Run& run) {
  bench.state.begin_document();
  const core::Outcome outcome = run();
  if (outcome.refused) {
    bench.state.rollback_document();
    return;
  }
  Caller nobody;
  nobody.token = "schedule";
  bench.record(outcome, own_cause(bench, std::move(id)), nobody);
}

}  // namespace

Timestamp SystemClock::now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Timestamp{std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
}

bool judge_days(Workbench& bench) {
  bool any = false;
  bench.judged = true;
  for (std::size_t i = 1; i <= bench.state.warehouses_count(); ++i) {
    const auto id = static_cast<core::WarehouseId>(i);
    const core::Warehouse* warehouse = bench.state.warehouse(id);
    if (warehouse == nullptr) continue;
    const std::string key = "day_judged:" + warehouse->name;
    const Date today = bench.calendar.business_date(id, bench.now);
    const auto judged = meta_number(bench.store, key);
    if (judged && *judged >= today.days) continue;
    any = true;
    bench.new_days.push_back(id);
    const Date from = judged ? Date{static_cast<std::int32_t>(*judged)} : today.plus_days(-1);
    run_own(bench, warehouse->name + " " + today.text(),
            [&] { return core::day_changed(bench.state, id, from, today, bench.context()); });
    bench.store.run(Sql::set_meta, key, std::to_string(today.days));
  }
  return any;
}

void judge_configuration(Workbench& bench) {
  const std::string digest = hex_of(bench.digest.of(configured_rules(bench.settings)));
  std::string before;
  {
    auto rows = bench.store.query(Sql::get_meta, "configured_rules");
    if (rows.next()) before = std::string(rows.text(0));
  }
  if (before == digest) return;
  bench.store.run(Sql::set_meta, "configured_rules", digest);
  if (before.empty()) return;  // the first start
  for (std::size_t i = 1; i <= bench.state.warehouses_count(); ++i) {
    const auto id = static_cast<core::WarehouseId>(i);
    if (bench.state.warehouse(id) == nullptr) continue;
    const Date today = bench.calendar.business_date(id, bench.now);
    // No date passes; what is promised is judged, and who waits is looked at.
    run_own(bench, "configuration",
            [&] { return core::day_changed(bench.state, id, today, today, bench.context()); });
  }
}

void run_out_carts(Workbench& bench) {
  run_own(bench, "carts", [&] { return core::time_passed(bench.state, bench.context()); });
}

void store_clock(Workbench& bench, Timestamp time) {
  bench.store.run(Sql::set_meta, "test_clock_ms", std::to_string(time.ms));
}

std::optional<Timestamp> stored_clock(store::Writer& store) {
  const auto ms = meta_number(store, "test_clock_ms");
  if (!ms) return std::nullopt;
  return Timestamp{*ms};
}

}  // namespace lotbridge::engine
