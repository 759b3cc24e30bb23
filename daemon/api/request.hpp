// What a handler of the HTTP interface gets and gives: plain values, no sockets.
//
// The server (server.hpp) parses, authenticates and checks scopes; routes.cpp maps method and path to handlers;
// readers of committed state live in reads_*.cpp and never touch the engine's hot state except through Engine::ask.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/engine/engine.hpp"

namespace lotbridge::api {

struct Request {
  std::string method;
  std::vector<std::string> path;             // decoded parts: {"v1", "orders", "#1001"}
  std::map<std::string, std::string> query;  // decoded; a repeated key is refused by the server
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
  engine::Caller caller;                     // who asks; owners already bound to the token
  std::vector<std::string> warehouses;       // the token's; empty: all
  bool admin = false;

  std::optional<std::string> parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};
Response response_of(engine::Answer);  // problem+json where the status says so

// Handlers answer once, from any thread.
using Respond = std::function<void(Response)>;
using Handler = std::function<void(Request, Respond)>;

}  // namespace lotbridge::api
