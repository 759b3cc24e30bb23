// What a handler of the HTTP interface gets and gives: plain values, no sockets.
//
// The server (server.hpp) parses, authenticates and checks scopes; routes.cpp maps method and path
// to handlers; readers of committed state live in reads_*.cpp and never touch the engine's hot
// state except through Engine::ask.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/engine/engine.hpp"

namespace lotbridge::api {

// The right that a call needs; `admin` holds all of them. `none`: no token at all (healthz, hooks);
// `any`: some token, the handler looks further.
enum class Scope : std::uint8_t {
  none,
  any,
  read,
  orders,
  stock,
  quality,
  recall,
  override_,
  admin
};

struct Request {
  std::string method;
  std::vector<std::string> path;               // decoded parts: {"v1", "orders", "#1001"}
  std::map<std::string, std::string> query;    // decoded; a repeated key is refused by the server
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
  engine::Caller caller;                // who asks; owners already bound to the token
  std::vector<std::string> warehouses;  // the token's; empty: all
  bool admin = false;
  std::vector<Scope> scopes;  // the token's, as configured

  bool may(Scope) const;
  std::optional<std::string> parameter(std::string_view name) const;
  // "" where it was not sent. `name` in lower case.
  std::string_view header(std::string_view name) const;
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

// The sending half of an answer that comes in pieces. Any thread; what is sent after the client
// went away is dropped.
class Outlet {
 public:
  virtual ~Outlet() = default;
  // Once, before the first piece.
  virtual void start(std::string content_type) = 0;
  virtual void send(std::string piece) = 0;
  virtual void finish() = 0;
  virtual std::size_t unsent() const = 0;  // bytes that the client has not taken yet
};

// The receiving half: a body that is used while it comes. Called by one thread at a time.
class Inlet {
 public:
  virtual ~Inlet() = default;
  // `more` must be called once when the next piece may come; any thread.
  virtual void take(std::string_view piece, std::function<void()> more) = 0;
  virtual void end() = 0;
  // The client went away, was too slow, or the daemon stops: nothing else is called afterwards.
  virtual void gone() = 0;
};
using StreamHandler = std::function<std::shared_ptr<Inlet>(Request, std::shared_ptr<Outlet>)>;

}  // namespace lotbridge::api
