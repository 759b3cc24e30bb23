// GET /openapi.json: the interface's own description, schemas/openapi.yaml as JSON.
#pragma once

#include <string>
#include <string_view>

#include <lotbridge/status.hpp>

#include "daemon/api/routes.hpp"

namespace lotbridge::api {

void add_openapi_route(RouteTable&);
// Plain scalars become null, booleans and numbers as YAML's core schema says; quoted ones stay
// text.
Result<std::string> json_of_yaml(std::string_view yaml);

}  // namespace lotbridge::api
