// Problems (RFC 9457) that the HTTP side itself gives; what a rule or a reader refuses is written
// by the engine's writer too, so that there is one shape. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/api/request.hpp"

namespace lotbridge::api {

Response problem_response(int status, std::string code, std::string detail,
                          std::vector<FieldError> errors = {});
// The status follows from the problem's code.
Response problem_response(const Problem&);
// "there is no ... here", the same words for what is missing and for what the caller may not see.
Response not_found(std::string_view what);

// 403, naming the token and the scope that it lacks.
Response missing_scope(const Request&, Scope);

}  // namespace lotbridge::api
