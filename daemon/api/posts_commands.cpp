// Commands on orders, and what operators do.
#include <charconv>

#include "daemon/api/posts.hpp"
#include "daemon/api/posts_bodies.hpp"
#include "daemon/api/problem.hpp"

namespace lotbridge::api {
namespace {

using engine::Answer;
using engine::Engine;

engine::Done pass_on(const Respond& respond) {
  return [respond](Answer answer) { respond(response_of(std::move(answer))); };
}

// `run` gets the order's name when the path names one that the caller may see.
template <typename Run>
Handler on_order(const PostSettings& settings, Run run) {
  return [settings, run](Request request, const Respond& respond) {
    auto name = order_name(request, settings);
    if (auto* refused = std::get_if<Response>(&name)) return respond(std::move(*refused));
    run(std::get<Engine::OrderName>(std::move(name)), std::move(request), respond);
  };
}

// `run` gets the row's number from the path.
template <typename Run>
Handler on_number(std::string what, Run run) {
  return [what = std::move(what), run](Request request, const Respond& respond) {
    const std::string& text = request.path.at(2);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number <= 0) {
      return respond(not_found(what));
    }
    run(number, std::move(request), respond);
  };
}

}  // namespace

void add_order_routes(RouteTable& table, Engine& engine, const PostSettings& settings) {
  const auto command = [&](const char* verb, Engine::OrderCommand what) {
    table.post(std::string("/v1/orders/{}/") + verb, Scope::orders,
               on_order(settings, [&engine, what](Engine::OrderName name, Request request,
                                                  const Respond& respond) {
                 engine.command(what, std::move(name), std::move(request.caller), pass_on(respond));
               }));
  };
  command("allocate", Engine::OrderCommand::allocate);
  command("reoptimize", Engine::OrderCommand::reoptimize);
  table.post("/v1/orders/{}/substitute", Scope::orders,
             on_order(settings,
                      [&engine](Engine::OrderName name, Request request, const Respond& respond) {
                        auto body = read_substitute(request.body);
                        if (!body) return respond(problem_response(body.problem()));
                        engine.substitute(std::move(name), std::move(*body),
                                          std::move(request.caller), pass_on(respond));
                      }));
  table.post("/v1/orders/{}/erase-customer", Scope::admin,
             on_order(settings, [&engine](Engine::OrderName name, Request request,
                                          const Respond& respond) {
               engine.erase_customer(std::move(name), std::move(request.caller), pass_on(respond));
             }));
}

void add_recall_routes(RouteTable& table, Engine& engine) {
  const auto name_of = [](const Request& request) {
    return Engine::RecallName{request.path.at(2), request.parameter("owner")};
  };
  table.post("/v1/recalls/{}/responses", Scope::recall,
             [&engine, name_of](Request request, const Respond& respond) {
               auto body = read_recall_response(request.body);
               if (!body) return respond(problem_response(body.problem()));
               engine.answer_recall(name_of(request), std::move(*body), std::move(request.caller),
                                    pass_on(respond));
             });
  table.post("/v1/recalls/{}/close", Scope::recall,
             [&engine, name_of](Request request, const Respond& respond) {
               auto body = read_recall_end(request.body);
               if (!body) return respond(problem_response(body.problem()));
               engine.close_recall(name_of(request), std::move(body->disposition),
                                   std::move(body->evidence), std::move(request.caller),
                                   pass_on(respond));
             });
}

void add_operator_routes(RouteTable& table, Engine& engine, const PostSettings& settings,
                         bool test_clock) {
  table.post("/v1/transfers/{}/close", Scope::stock,
             on_order(settings,
                      [&engine](Engine::OrderName name, Request request, const Respond& respond) {
                        auto reason = read_reason(request.body);
                        if (!reason) return respond(problem_response(reason.problem()));
                        engine.close_transfer(std::move(name), std::move(*reason),
                                              std::move(request.caller), pass_on(respond));
                      }));
  table.post("/v1/parked/{}/retry", Scope::admin,
             on_number("parked document",
                       [&engine](std::int64_t id, Request request, const Respond& respond) {
                         engine.retry_parked(id, std::move(request.caller), pass_on(respond));
                       }));
  table.post("/v1/parked/{}/discard", Scope::admin,
             on_number("parked document",
                       [&engine](std::int64_t id, Request request, const Respond& respond) {
                         engine.discard_parked(id, std::move(request.caller), pass_on(respond));
                       }));
  table.post(
      "/v1/deliveries/{}/retry", Scope::admin,
      on_number("delivery", [&engine](std::int64_t id, Request request, const Respond& respond) {
        engine.retry_delivery(id, std::move(request.caller), pass_on(respond));
      }));
  table.post(
      "/v1/alerts/{}/close", Scope::quality,
      on_number("alert", [&engine](std::int64_t id, Request request, const Respond& respond) {
        auto note = read_note(request.body);
        if (!note) return respond(problem_response(note.problem()));
        engine.close_alert(id, std::move(*note), std::move(request.caller), pass_on(respond));
      }));
  table.post(
      "/v1/alerts/{}/accept", Scope::quality,
      on_number("alert", [&engine](std::int64_t id, Request request, const Respond& respond) {
        engine.accept_alert(id, std::move(request.caller), pass_on(respond));
      }));
  if (!test_clock) return;
  table.post("/v1/testing/clock", Scope::admin, [&engine](Request request, const Respond& respond) {
    const auto now = read_now(request.body);
    if (!now) return respond(problem_response(now.problem()));
    engine.move_clock(*now, std::move(request.caller), pass_on(respond));
  });
}

}  // namespace lotbridge::api
