#include "daemon/api/problem.hpp"

#include "daemon/api/routes.hpp"

namespace lotbridge::api {

Response problem_response(int status, std::string code, std::string detail,
                          std::vector<FieldError> errors) {
  return response_of(engine::problem_answer(
      status, Problem{std::move(code), std::move(detail), std::move(errors)}));
}

Response problem_response(const Problem& problem) {
  return response_of(engine::problem_answer(engine::status_of(problem), problem));
}

Response not_found(std::string_view what) {
  return problem_response(404, "not_found", "There is no such " + std::string(what) + ".");
}

Response missing_scope(const Request& request, Scope scope) {
  return problem_response(403, "missing_scope",
                          "The token `" + request.caller.token + "` lacks the scope `" +
                              std::string(scope_name(scope)) + "`.");
}

}  // namespace lotbridge::api
