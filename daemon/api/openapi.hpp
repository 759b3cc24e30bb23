// GET /openapi.json: the interface's own description, as it was when the program was built.
#pragma once

#include "daemon/api/routes.hpp"

namespace lotbridge::api {

void add_openapi_route(RouteTable&);

}  // namespace lotbridge::api
