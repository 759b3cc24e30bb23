// Who may ask for what: bearer tokens and their rights.
//
// A token's value is never kept, only its SHA-256 digest; a presented one is compared with all of
// them in constant time. The set of tokens is replaced as a whole (SIGHUP) while requests run. Any
// thread.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/request.hpp"
#include "daemon/api/routes.hpp"

namespace lotbridge::api {

using Digest = std::array<unsigned char, 32>;
Digest sha256(std::string_view bytes);

struct Token {
  std::string name;
  Digest digest{};
  bool all_owners = false;
  std::vector<std::string> owners;
  bool all_warehouses = true;
  std::vector<std::string> warehouses;
  std::vector<Scope> scopes;
};

class Gate {
 public:
  explicit Gate(std::vector<Token> tokens) { replace(std::move(tokens)); }
  void replace(std::vector<Token> tokens);

  // Fills caller, warehouses and admin of the request from its headers, or says 401 or 403. Routes
  // of scope `none` pass.
  std::optional<Response> admit(Request&, Scope needed) const;

 private:
  std::atomic<std::shared_ptr<const std::vector<Token>>> tokens_;
};

// The longest name that Lotbridge-Actor may carry.
constexpr std::size_t kActorMax = 200;

}  // namespace lotbridge::api
