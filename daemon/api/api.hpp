// The whole HTTP side put together: routes, rights, server, events, figures.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "daemon/api/auth.hpp"
#include "daemon/api/server.hpp"
#include "daemon/engine/clock.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/host/host.hpp"

namespace lotbridge::api {

struct ApiSettings {
  ServerSettings server;
  std::vector<Token> tokens;
  std::vector<std::string> owners;                             // all that are configured
  std::map<std::string, std::vector<std::string>> connectors;  // their owners, by name
  std::string store_path;
};

class Api {
 public:
  // Listens when this returns. `host` may be null: there are no connectors then. Engine, clock and
  // host must outlive it.
  static Result<std::unique_ptr<Api>> start(const ApiSettings&, engine::Engine&,
                                            const engine::Clock&, host::Host*);
  virtual ~Api() = default;
  virtual std::uint16_t port() const = 0;
  virtual void replace_tokens(std::vector<Token>) = 0;
  // Ends streams, lets answers under way finish. The engine must still run.
  virtual void stop() = 0;
};

}  // namespace lotbridge::api
