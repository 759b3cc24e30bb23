// POST /hooks/{connector}: a platform tells us something. 2xx is said only after the raw body is
// durable.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "daemon/api/routes.hpp"
#include "daemon/host/host.hpp"

namespace lotbridge::api {

// Checks the platform's signature over the raw body (Host::verify_hook); names of headers in lower
// case.
using VerifyHook = std::function<host::HookVerdict(
    const std::string& connector, const std::map<std::string, std::string>& headers,
    std::string_view body)>;
void add_hook_route(RouteTable&, engine::Engine&, VerifyHook);

}  // namespace lotbridge::api
