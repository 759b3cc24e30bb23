#include "daemon/api/openapi.hpp"

#include <string_view>

namespace lotbridge::api {

extern const std::string_view kOpenapiJson;  // made at build time from schemas/openapi.json

void add_openapi_route(RouteTable& table) {
  table.get(
      "/openapi.json",
      [](const Request&, const Respond& respond) {
        respond({.status = 200,
                 .content_type = "application/json",
                 .body = std::string(kOpenapiJson),
                 .headers = {}});
      },
      Scope::none);
}

}  // namespace lotbridge::api
