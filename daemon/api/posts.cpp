#include "daemon/api/posts.hpp"

#include <algorithm>

#include <lotbridge/records.hpp>

#include "daemon/api/problem.hpp"

namespace lotbridge::api {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

Response bad_member(std::string code, std::string pointer, const std::string& detail) {
  const int status = code == "not_found" ? 404 : 422;
  return problem_response(status, std::move(code), detail, {{std::move(pointer), detail}});
}

std::optional<Response> settle_owner(Document& document, const Request& request,
                                     const PostSettings& settings) {
  const auto& visible = request.caller.all_owners ? settings.owners : request.caller.owners;
  if (document.owner.empty()) {
    // A recall without an owner is of all whom the token sees.
    if (visible.size() > 1 && document.type() == DocumentType::recall) return std::nullopt;
    if (visible.size() != 1) {
      return bad_member("invalid_value", "/owner", "Name the owner: the token sees several.");
    }
    document.owner = visible.front();
    return std::nullopt;
  }
  if (contains(settings.owners, document.owner) && request.caller.sees(document.owner)) {
    return std::nullopt;
  }
  return bad_member("not_found", "/owner", "There is no such owner.");
}

// Source `api` speaks for the caller; what comes in a connector's name is a fact like the
// connector's own.
std::optional<Response> settle_source(Document& document, const Request& request,
                                      const PostSettings& settings) {
  if (document.source.empty()) document.source = "api";
  if (!contains(settings.connectors, document.source)) {
    if (!document.command && document.source != "api") document.command = true;
    return std::nullopt;
  }
  if (request.admin) return std::nullopt;
  return bad_member("invalid_value", "/source",
                    "This is a connector's name; only a token with the scope `admin` may use it.");
}

struct Place {
  std::string pointer;
  Maybe<std::string>* optional = nullptr;  // may be filled in
  std::string* name = nullptr;
};

// The warehouses that a document moves goods at.
std::vector<Place> places_of(Document& document) {
  std::vector<Place> out;
  std::visit(
      [&out](auto& body) {
        if constexpr (std::is_same_v<std::decay_t<decltype(body)>, Transfer>) {
          out.push_back({"/from/warehouse", nullptr, &body.from.warehouse});
          out.push_back({"/to/warehouse", nullptr, &body.to.warehouse});
        } else if constexpr (std::is_same_v<std::decay_t<decltype(body)>, lotbridge::Order>) {
          // An order may name a wish; where it ships from is routing's to say.
        } else if constexpr (requires { body.warehouse = std::string(); }) {
          if constexpr (std::is_same_v<std::decay_t<decltype(body.warehouse)>, std::string>) {
            out.push_back({"/warehouse", nullptr, &body.warehouse});
          } else {
            out.push_back({"/warehouse", &body.warehouse, nullptr});
          }
        }
      },
      document.body);
  return out;
}

std::optional<Response> settle_warehouses(Document& document, const Request& request) {
  if (request.warehouses.empty()) return std::nullopt;
  for (const Place& place : places_of(document)) {
    if (place.optional != nullptr && !*place.optional) {
      if (request.warehouses.size() != 1) {
        return bad_member("invalid_value", place.pointer,
                          "Name the warehouse: the token is bound to several.");
      }
      *place.optional = request.warehouses.front();
      continue;
    }
    const std::string& name = place.optional != nullptr ? **place.optional : *place.name;
    if (!contains(request.warehouses, name)) {
      return bad_member("not_found", place.pointer, "There is no such warehouse.");
    }
  }
  return std::nullopt;
}

void submit_document(DocumentType type, engine::Engine& engine, const PostSettings& settings,
                     Request request, const Respond& respond) {
  auto document = read_document(type, request.body);
  if (!document) return respond(problem_response(document.problem()));
  if (auto refused = settle_sender(*document, request, settings)) return respond(*refused);
  engine.submit(std::move(*document), std::move(request.caller),
                [respond](engine::Answer answer) { respond(response_of(std::move(answer))); });
}

}  // namespace

std::optional<Response> settle_sender(Document& document, const Request& request,
                                      const PostSettings& settings) {
  if (auto refused = settle_owner(document, request, settings)) return refused;
  if (auto refused = settle_source(document, request, settings)) return refused;
  return settle_warehouses(document, request);
}

std::optional<Scope> scope_of_document(DocumentType type) {
  switch (type) {
    case DocumentType::order:
    case DocumentType::cancellation:
    case DocumentType::pick:
    case DocumentType::dispatch:
      return Scope::orders;
    case DocumentType::item:
    case DocumentType::receipt:
    case DocumentType::transfer:
    case DocumentType::count:
    case DocumentType::adjustment:
    case DocumentType::return_:
    case DocumentType::transformation:
    case DocumentType::purchase_order:
    case DocumentType::charge:
    case DocumentType::resolution:
    case DocumentType::owner_transfer:
      return Scope::stock;
    case DocumentType::hold:
    case DocumentType::release:
    case DocumentType::policy:
    case DocumentType::lot_correction:
      return Scope::quality;
    case DocumentType::recall:
      return Scope::recall;
    case DocumentType::erasure:         // connectors only
    case DocumentType::transfer_close:  // a call on the transfer
      return std::nullopt;
  }
  return std::nullopt;
}

std::variant<engine::Engine::OrderName, Response> order_name(const Request& request,
                                                             const PostSettings& settings) {
  engine::Engine::OrderName name{request.path.at(2), request.parameter("owner"),
                                 request.parameter("source")};
  if (name.owner &&
      (!contains(settings.owners, *name.owner) || !request.caller.sees(*name.owner))) {
    return not_found("owner");
  }
  if (!name.owner && !request.caller.all_owners && request.caller.owners.size() == 1) {
    name.owner = request.caller.owners.front();
  }
  return name;
}

void add_document_routes(RouteTable& table, engine::Engine& engine, const PostSettings& settings) {
  for (int number = 1; number <= static_cast<int>(kLastDocumentType); ++number) {
    const auto type = static_cast<DocumentType>(number);
    const auto scope = scope_of_document(type);
    if (!scope) continue;
    table.post("/v1/" + std::string(document_type_path(type)), *scope,
               [type, &engine, settings](Request request, const Respond& respond) {
                 submit_document(type, engine, settings, std::move(request), respond);
               });
  }
  table.post("/v1/allocations/preview", Scope::orders,
             [&engine, settings](Request request, const Respond& respond) {
               auto order = read_document(DocumentType::order, request.body);
               if (!order) return respond(problem_response(order.problem()));
               if (auto refused = settle_sender(*order, request, settings))
                 return respond(*refused);
               engine.preview(
                   std::move(*order), std::move(request.caller),
                   [respond](engine::Answer answer) { respond(response_of(std::move(answer))); });
             });
}

}  // namespace lotbridge::api
