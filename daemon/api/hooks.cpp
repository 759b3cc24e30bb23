#include "daemon/api/hooks.hpp"

#include "daemon/api/problem.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::api {
namespace {

void receive(engine::Engine& engine, const VerifyHook& verify, const Request& request,
             const Respond& respond) {
  const std::string& connector = request.path.at(1);
  host::HookVerdict verdict = verify(connector, request.headers, request.body);
  switch (verdict.kind) {
    case host::HookVerdict::Kind::unknown_connector:
      return respond(not_found("connector"));
    case host::HookVerdict::Kind::refused:
      log::warning("webhook refused", {{"connector", connector}, {"reason", verdict.reason}});
      return respond(
          problem_response(401, "unauthorized", "The signature of this webhook is not valid."));
    case host::HookVerdict::Kind::ping:
      return respond(
          {.status = 200, .content_type = "application/json", .body = "{}", .headers = {}});
    case host::HookVerdict::Kind::accepted:
      break;
  }
  engine.accept_webhook(std::move(verdict.delivery), [respond](bool stored) {
    if (!stored) {
      return respond(
          problem_response(503, "unavailable", "The webhook could not be stored; send it again."));
    }
    respond({.status = 200, .content_type = "application/json", .body = "{}", .headers = {}});
  });
}

}  // namespace

void add_hook_route(RouteTable& table, engine::Engine& engine, VerifyHook verify) {
  table.post(
      "/hooks/{}", Scope::none,
      [&engine, verify = std::move(verify)](Request request, const Respond& respond) {
        receive(engine, verify, request, respond);
      },
      BodyLimit::hook);
}

}  // namespace lotbridge::api
