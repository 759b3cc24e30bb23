// What is under test, seen from the runner: the core with a store in memory, or the whole engine
// with SQLite. Both say what they know in the core's own words.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "daemon/core/apply.hpp"
#include "step.hpp"

namespace lotbridge::simulation {

// What the books say beside the hot state: sums over the entries that were stored.
struct Books {
  // (sku, lot, book, account) -> units; accounts at zero left out.
  std::function<std::map<core::Account, std::int64_t>(core::SkuId, core::LotId, core::Book)> sums;
  // A closed order, as it was stored; nullptr: none.
  std::function<const core::Order*(core::OrderId)> closed_order;
};

class System {
 public:
  virtual ~System() = default;
  // Takes steps that share a transaction; one answer each, all of the same fate but `answered`.
  virtual std::vector<Answer> run(const std::vector<Step>&) = 0;
  // Stops as it stands, without a word, and starts again from what was stored.
  virtual void restart() = 0;
  virtual void look(const std::function<void(const core::State&, const Books&)>&) = 0;
  // What the last run() touched, beside what the model says; cleared by asking.
  virtual std::set<core::LotId> touched_lots() = 0;
  virtual std::set<core::OrderId> touched_orders() = 0;
  // Everything that the system itself can find wrong; empty: nothing.
  virtual std::vector<std::string> verify() = 0;
};

std::unique_ptr<System> core_system(const World&);
// Makes the other system, where the program has one (folder: for its store); set by main().
extern std::unique_ptr<System> (*make_engine_system)(const World&, const std::string& folder);

}  // namespace lotbridge::simulation
