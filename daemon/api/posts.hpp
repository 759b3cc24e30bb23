// Everything that a caller may do: documents, commands on orders, operators' verbs. Each is checked
// for owner, warehouse and right, then handed to the engine; the answer is the engine's.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/api/request.hpp"
#include "daemon/api/routes.hpp"
#include "daemon/engine/clock.hpp"

namespace lotbridge::api {

struct PostSettings {
  std::vector<std::string> owners;      // all that are configured
  std::vector<std::string> connectors;  // names; only an admin may submit in one's name
};

// A document's owner and source, as the caller may name them; and its warehouses, where the token
// is bound to some. nullopt: all is well, the document is ready for the engine.
std::optional<Response> settle_sender(Document&, const Request&, const PostSettings&);
// The right that submitting a document of this type needs; nullopt: no caller may.
std::optional<Scope> scope_of_document(DocumentType);
// The order that a path names, within what the caller sees.
std::variant<engine::Engine::OrderName, Response> order_name(const Request&, const PostSettings&);

void add_document_routes(RouteTable&, engine::Engine&, const PostSettings&);
void add_order_routes(RouteTable&, engine::Engine&, const PostSettings&);
// What consignees answered, and how a recall ended.
void add_recall_routes(RouteTable&, engine::Engine&);
// `test_clock`: POST /v1/testing/clock exists.
void add_operator_routes(RouteTable&, engine::Engine&, const PostSettings&, bool test_clock);
// Verifying and copying the store. Backups go into the folder `backups` beside it, so that a caller
// names no paths.
void add_store_routes(RouteTable&, engine::Engine&, const std::string& store_path);

}  // namespace lotbridge::api
