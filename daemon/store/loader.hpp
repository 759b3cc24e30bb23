// Rebuilds the hot state from the tables: names first, then lots, open orders, stamps, balances.
//
// One pass over each table, no query per row, so that a million lots come back in seconds. The
// configuration (owners, warehouses) must have been put into the State before, with the ids of
// read_names(). One thread.
#pragma once

#include <map>
#include <string>

#include <lotbridge/status.hpp>

#include "daemon/core/state.hpp"
#include "daemon/store/sqlite.hpp"

namespace lotbridge::store {

struct Names {
  std::map<std::string, core::OwnerId> owners;
  std::map<std::string, core::WarehouseId> warehouses;
};
Result<Names> read_names(Database&);

Refused load_state(Database&, core::State&);

}  // namespace lotbridge::store
