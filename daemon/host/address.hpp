// Addresses of requests: taken apart, compared with what a descriptor allows, led to another server
// under test.
//
// Plain values and functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lotbridge::host {

struct Address {
  std::string scheme, host;  // lower case; host without brackets
  std::uint16_t port = 0;    // always set
  std::string rest;          // path and query, beginning with '/'

  std::string text() const;
  bool same_server(const Address& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
};

// http and https only. One with a user name, white space or control characters is none.
std::optional<Address> parse_address(std::string_view url);
// A Location header, which may be relative to the address that answered.
std::optional<Address> follow(const Address& from, std::string_view location);

// Patterns are "api.acme.example", "*.acme.example" (one or more labels before it), each with
// ":PORT" where the port is not 443. They stand for https; "http://HOST[:PORT]" is plain http to
// that host, port 80.
bool allowed(const Address& address, const std::vector<std::string>& patterns);

}  // namespace lotbridge::host
