#include "daemon/api/request.hpp"

#include <algorithm>

namespace lotbridge::api {

std::optional<std::string> Request::parameter(std::string_view name) const {
  const auto found = query.find(std::string(name));
  if (found == query.end()) return std::nullopt;
  return found->second;
}

std::string_view Request::header(std::string_view name) const {
  const auto found = headers.find(std::string(name));
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

bool Request::may(Scope scope) const {
  if (scope == Scope::none || scope == Scope::any) return true;
  return std::any_of(scopes.begin(), scopes.end(),
                     [scope](Scope own) { return own == scope || own == Scope::admin; });
}

Response response_of(engine::Answer answer) {
  Response response;
  response.status = answer.status;
  if (answer.is_problem()) response.content_type = "application/problem+json";
  if (answer.status == 429 || answer.status == 503) {
    response.headers.emplace_back("Retry-After", "1");
  }
  response.body = std::move(answer.body);
  return response;
}

}  // namespace lotbridge::api
