// Is an address one that only reaches this machine, its networks, or nobody? Requests to a platform
// never go there.
//
// Loopback, private (RFC 1918, RFC 4193), link-local, carrier-grade, documentation, benchmark,
// multicast and reserved ranges, and IPv4 addresses wrapped into IPv6. Pure; any thread.
#pragma once

struct sockaddr;

namespace lotbridge::host {

bool is_private(const sockaddr* address);

}  // namespace lotbridge::host
