// Which handler answers which method and path: one table, filled at start, read by the server on
// every request.
//
// A pattern is a path with `{}` for one part: "/v1/orders/{}/allocate". A fixed part wins over
// `{}`. The server has authenticated the caller and checked `scope` before a handler runs; a
// handler only sees what the caller may see (see request.hpp). Each reads_*.cpp has one
// `add_…_routes(RouteTable&, …)` that api.cpp calls. Filled by one thread, then read by any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/request.hpp"

namespace lotbridge::api {

std::string_view scope_name(Scope);
std::optional<Scope> scope_of_name(std::string_view);

// How the server treats the body of a request.
enum class BodyLimit : std::uint8_t { document, hook };  // 1 MiB, 4 MiB

struct Route {
  std::string method;   // "GET", "POST"
  std::string pattern;  // "/v1/orders/{}"
  Scope scope = Scope::read;
  Handler handler;
  BodyLimit body = BodyLimit::document;
  // True: the handler may take a while or read the store, so it runs on the readers' threads, not
  // on those that serve sockets.
  bool blocking = false;
  // Set instead of `handler` where body or answer come in pieces (NDJSON, server-sent events).
  StreamHandler stream;
};

class RouteTable {
 public:
  // A pattern given twice for one method is a mistake in the program: the second is ignored and
  // false returned.
  bool add(Route);
  // A handler that reads: it runs on the readers' threads.
  void get(std::string pattern, Handler handler, Scope scope = Scope::read);
  void post(std::string pattern, Scope scope, Handler handler,
            BodyLimit body = BodyLimit::document);

  struct Match {
    const Route* route = nullptr;      // nullptr: nothing for this method
    std::vector<std::string> allowed;  // methods that the path has; empty: no such path
  };
  // `path`: decoded parts. The pointer stays valid while the table stands.
  Match find(std::string_view method, const std::vector<std::string>& path) const;
  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> parts_;  // of routes_[i].pattern
};

}  // namespace lotbridge::api
