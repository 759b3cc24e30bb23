// Everything that a caller may look at: GET handlers over committed state.
//
// Each answers from one snapshot of the store, sees only what the caller's token sees (owners and
// warehouses), and is told apart from a missing thing by nobody. What only the core knows (what is
// available) is asked of the engine. Handlers run on the readers' threads.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/api/routes.hpp"
#include "daemon/host/host.hpp"
#include "daemon/store/reader.hpp"

namespace lotbridge::api {

struct ReadSettings {
  std::vector<std::string> owners;                                 // all that are configured
  std::function<std::vector<host::ConnectorHealth>()> connectors;  // how they do; the host knows
};

// All three must outlive the table.
void add_reads(RouteTable&, store::Readers&, engine::Engine&, const ReadSettings&);

}  // namespace lotbridge::api
