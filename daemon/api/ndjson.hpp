// POST /v1/documents: documents as NDJSON, applied while they come, answered line by line in the
// same order.
#pragma once

#include "daemon/api/posts.hpp"

namespace lotbridge::api {

// A line longer than `line_max` is answered with a problem and skipped; the total has no limit.
void add_ndjson_route(RouteTable&, engine::Engine&, const PostSettings&,
                      std::size_t line_max = 1024 * 1024);

}  // namespace lotbridge::api
