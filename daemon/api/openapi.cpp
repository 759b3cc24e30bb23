#include "daemon/api/openapi.hpp"

#include "daemon/api/openapi_yaml.hpp"
#include "daemon/api/problem.hpp"

namespace lotbridge::api {

extern const std::string_view kOpenapiYaml;  // made at build time from schemas/openapi.yaml

Result<std::string> json_of_yaml(std::string_view yaml) {
  try {
    return json_of(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& thrown) {
    return Problem{"invalid_value", thrown.what(), {}};
  }
}

void add_openapi_route(RouteTable& table) {
  auto json = json_of_yaml(kOpenapiYaml);
  table.get(
      "/openapi.json",
      [json](const Request&, const Respond& respond) {
        if (!json) return respond(problem_response(503, "unavailable", json.problem().detail));
        respond({.status = 200, .content_type = "application/json", .body = *json, .headers = {}});
      },
      Scope::none);
}

}  // namespace lotbridge::api
