#include "daemon/api/reads.hpp"

#include <algorithm>
#include <memory>

#include "daemon/api/reads_common.hpp"
#include "daemon/api/reads_csv.hpp"

namespace lotbridge::api {
namespace {

constexpr std::string_view kEverywhere[] = {"owner", "source", "limit", "cursor"};

std::optional<Response> check_keys(const Request& request,
                                   const std::vector<std::string_view>& keys) {
  for (const auto& [key, value] : request.query) {
    const bool known =
        std::find(std::begin(kEverywhere), std::end(kEverywhere), key) != std::end(kEverywhere) ||
        std::find(keys.begin(), keys.end(), key) != keys.end();
    if (!known) return problem_response(bad_parameter(key, "is not known here."));
  }
  return std::nullopt;
}

Response answer(const ReadRoute& route, const Request& request, store::Readers& readers,
                engine::Engine& engine, const ReadSettings& settings) {
  if (auto refused = check_keys(request, route.keys)) return *refused;
  auto lease = readers.lease();
  if (!lease) return problem_response(503, "unavailable", lease.problem().detail);
  auto sight = sight_of(request, **lease, settings);
  if (!sight) return problem_response(sight.problem());
  Reading reading{request, **lease, engine, settings, std::move(*sight), false};
  Response response = route.read(reading);
  if (reading.failed) return unavailable_response();
  // Rows that could not be read are not "no rows".
  if ((*lease)->failure()) return problem_response(503, "unavailable", (*lease)->failure()->detail);
  if (response.status == 200 && !route.csv.empty() && wants_csv(request))
    return csv_response(response, route.csv);
  return response;
}

}  // namespace

void add_reads(RouteTable& table, store::Readers& readers, engine::Engine& engine,
               const ReadSettings& settings) {
  const auto shared = std::make_shared<const ReadSettings>(settings);
  for (const auto& routes :
       {document_reads(), stock_reads(), ledger_reads(), lot_reads(), trace_reads(), recall_reads(),
        report_reads(), flow_reads(), operator_reads()}) {
    for (const ReadRoute& route : routes) {
      table.get(
          std::string(route.pattern),
          [route, shared, &readers, &engine](Request request, Respond respond) {
            respond(answer(route, request, readers, engine, *shared));
          },
          route.scope);
    }
  }
  table.get("/v1/orders/{}", [shared, &readers, &engine](Request request, Respond respond) {
    if (auto refused = check_keys(request, {})) return respond(std::move(*refused));
    read_order(readers, engine, *shared, std::move(request), std::move(respond));
  });
}

}  // namespace lotbridge::api
