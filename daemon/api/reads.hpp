// Everything that a caller may look at: GET handlers over committed state.
//
// Each answers from one snapshot of the store, sees only what the caller's token sees (owners and
// warehouses), and is told apart from a missing thing by nobody. What only the core knows (what is
// available) is asked of the engine. Handlers run on the readers' threads.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/api/routes.hpp"
#include "daemon/store/reader.hpp"

namespace lotbridge::api {

// How one configured connector does; the host knows.
struct ConnectorHealth {
  std::string name, type, version, mode, isolation;
  std::string state;  // "running", "stopped", "failing"
  std::vector<std::string> owners, operations;
  std::optional<Timestamp> last_success_at, last_failure_at;
  std::string last_error;
  std::int64_t inbox_pending = 0, outbox_pending = 0;
};

struct ReadSettings {
  std::vector<std::string> owners;  // all that are configured
  std::function<std::vector<ConnectorHealth>()> connectors;
};

// All three must outlive the table.
void add_reads(RouteTable&, store::Readers&, engine::Engine&, const ReadSettings&);

}  // namespace lotbridge::api
