// /metrics, /healthz, /readyz: how the daemon is, for machines that watch it.
#pragma once

#include <memory>
#include <string>

#include "daemon/api/routes.hpp"
#include "daemon/api/server.hpp"
#include "daemon/engine/clock.hpp"
#include "daemon/host/host.hpp"

namespace lotbridge::api {

class Metrics {
 public:
  static std::unique_ptr<Metrics> create();
  virtual ~Metrics() = default;
  // Counts an answer; any thread.
  virtual Observer observer() = 0;
  // `connectors` may be empty. All must outlive the table.
  virtual void add_routes(RouteTable&, engine::Engine&, const engine::Clock&,
                          std::function<std::vector<host::ConnectorHealth>()> connectors) = 0;
};

}  // namespace lotbridge::api
