// Is an address one that only reaches this machine, its networks, or nobody? Requests to a platform
// never go there.
//
// Loopback, private (RFC 1918, RFC 4193), link-local, carrier-grade, documentation, benchmark,
// multicast and reserved ranges, and IPv4 addresses wrapped into IPv6. Pure; any thread.
#pragma once

#include <string>

struct sockaddr;

namespace lotbridge::host {

bool is_private(const sockaddr* address);
// The same of a name as it stands in a URL, without looking it up: an address written out,
// localhost.
bool says_private(const std::string& host);

}  // namespace lotbridge::host
