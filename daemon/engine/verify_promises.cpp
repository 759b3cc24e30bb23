// Invariant 3 beyond its sums: no reservation of a lot that is blocked, expired or short of the
// demanded life, judged by the allocator's own rules over the state as the store has it.
#include <set>

#include "daemon/core/availability.hpp"
#include "daemon/core/state.hpp"
#include "daemon/store/encoding.hpp"
#include "daemon/store/loader.hpp"
#include "engine.hpp"
#include "verify_parts.hpp"

namespace lotbridge::engine {
namespace {

using Days = std::map<std::int64_t, std::int32_t>;

// The day that each warehouse has judged last: what "today" means in this store.
class JudgedDays : public core::Calendar {
 public:
  explicit JudgedDays(const Days& days) : days_(days) {}
  Date business_date(core::WarehouseId warehouse, Timestamp at) const override {
    const auto day = days_.find(warehouse);
    return day == days_.end() ? at.utc_date() : Date{day->second};
  }

 private:
  const Days& days_;
};

Refused read_days(store::Database& database, const StoreNames& names, Days& days) {
  return each_row(database,
                  "SELECT key, CAST(value AS INTEGER) FROM meta WHERE key LIKE 'day_judged:%'",
                  [&](store::Statement& row) {
                    const std::string_view name = row.text(0).substr(sizeof("day_judged:") - 1);
                    for (const auto& [id, warehouse] : names.warehouses) {
                      if (warehouse == name) days[id] = static_cast<std::int32_t>(row.integer(1));
                    }
                  });
}

void configure(core::State& state, const StoreNames& names, const Settings& settings) {
  state.system_policy() = settings.system_policy;
  for (const auto& [id, name] : names.warehouses) {
    core::Warehouse warehouse;
    for (const WarehouseSettings& configured : settings.warehouses) {
      if (configured.core.name == name) warehouse = configured.core;
    }
    warehouse.id = static_cast<core::WarehouseId>(id);
    warehouse.name = name;
    state.configure_warehouse(std::move(warehouse));
  }
  for (const auto& [id, name] : names.owners) {
    core::Owner owner;
    for (const core::Owner& configured : settings.owners) {
      if (configured.name == name) owner.policy = configured.policy;
    }
    owner.id = static_cast<core::OwnerId>(id);
    owner.name = name;
    state.configure_owner(std::move(owner));
  }
}

struct Promised {
  core::SkuId sku = 0;
  core::LotId lot = 0;
  core::Account account;  // reserved
};

Refused read_promises(store::Database& database, std::vector<Promised>& out) {
  return each_row(database,
                  "SELECT sku_id, lot_id, account FROM balances WHERE book = 2 AND quantity > 0 "
                  "AND substr(account, 1, 1) = x'21'",
                  [&](store::Statement& row) {
                    const auto account = store::account_of(row.blob(2));
                    if (!account) return;
                    out.push_back({static_cast<core::SkuId>(row.integer(0)),
                                   static_cast<core::LotId>(row.integer(1)), *account});
                  });
}

std::string title(const StoreNames& names, const Promised& promised) {
  const auto warehouse = names.warehouses.find(promised.account.warehouse);
  const auto order = names.orders.find(static_cast<std::int64_t>(promised.account.order));
  return names.lot_title(promised.sku, promised.lot) + " at " +
         (warehouse == names.warehouses.end() ? std::string("?") : warehouse->second) +
         ", reserved for order " +
         (order == names.orders.end() ? std::string("?") : order->second) + " line " +
         std::to_string(promised.account.line + 1) + ", ";
}

void add_fault(const StoreNames& names, const Promised& promised, std::string_view reason,
               Report& report) {
  std::string code = "reserved_" + std::string(reason);
  if (reason == "min_shelf_life" || reason == "shelf_life_unknown") code = "reserved_short_life";
  report.add(3, std::move(code),
             title(names, promised) + "may not be: " + std::string(reason) + ".");
}

Refused judge_by_the_rules(store::Database& database, const StoreNames& names, const Days& days,
                           const Settings& settings, const std::vector<Promised>& promises,
                           Report& report) {
  core::State state;
  configure(state, names, settings);
  if (Refused refused = store::load_state(database, state)) return refused;
  const JudgedDays calendar(days);
  core::Context context;
  context.calendar = &calendar;
  for (const Promised& promised : promises) {
    const core::Order* order = state.order(promised.account.order);
    if (order == nullptr || promised.account.line >= order->lines.size()) {
      report.add(3, "reserved_for_nobody", title(names, promised) + "which is not open.");
      continue;
    }
    const std::string_view reason =
        core::promise_fault(state, *order, order->lines[promised.account.line], promised.sku,
                            promised.lot, promised.account.warehouse, context);
    if (!reason.empty()) add_fault(names, promised, reason, report);
  }
  return std::nullopt;
}

// Without the configuration the demands are not known: only what no policy changes.
Refused judge_by_the_store(store::Database& database, const StoreNames& names, const Days& days,
                           const std::vector<Promised>& promises, Report& report) {
  std::map<std::pair<std::int64_t, std::int64_t>, bool> blocks;  // lot, warehouse -> recalled
  std::map<std::int64_t, std::int64_t> use_by;
  Refused refused = each_row(database, "SELECT lot_id, warehouse_id, kind FROM blocks",
                             [&](store::Statement& row) {
                               bool& recalled = blocks[{row.integer(0), row.integer(1)}];
                               recalled = recalled || row.integer(2) == 2;
                             });
  if (!refused) {
    refused = each_row(database,
                       "SELECT lot_id, expires_on, flags FROM lots WHERE expires_on IS NOT NULL",
                       [&](store::Statement& row) {
                         if ((row.integer(2) & store::kLotBestBefore) == 0)
                           use_by[row.integer(0)] = row.integer(1);
                       });
  }
  if (refused) return refused;
  for (const Promised& promised : promises) {
    const std::int64_t here = promised.account.warehouse;
    for (const std::int64_t where : {std::int64_t{0}, here}) {
      const auto block = blocks.find({promised.lot, where});
      if (block == blocks.end()) continue;
      add_fault(names, promised, block->second ? "recalled" : "hold", report);
      break;
    }
    const auto date = use_by.find(promised.lot);
    const auto today = days.find(here);
    if (date != use_by.end() && today != days.end() && date->second < today->second)
      add_fault(names, promised, "expired", report);
  }
  return std::nullopt;
}

}  // namespace

Refused check_promises(store::Database& database, const StoreNames& names, const Settings* settings,
                       Report& report) {
  Days days;
  std::vector<Promised> promises;
  Refused refused = read_days(database, names, days);
  if (!refused) refused = read_promises(database, promises);
  if (refused) return refused;
  report.promises = static_cast<std::int64_t>(promises.size());
  return settings == nullptr
             ? judge_by_the_store(database, names, days, promises, report)
             : judge_by_the_rules(database, names, days, *settings, promises, report);
}

}  // namespace lotbridge::engine
