// A page of a list as CSV, for spreadsheets: `Accept: text/csv`. Pure function, any thread.
#pragma once

#include <string_view>
#include <vector>

#include "daemon/api/request.hpp"

namespace lotbridge::api {

// Whether the caller would rather have CSV than JSON.
bool wants_csv(const Request&);
// `columns`: members of a row; "from.warehouse" is a member of a member. What is not set is empty,
// several values stand in one cell with `;` between them. Where there is a next page, the header
// Lotbridge-Next-Cursor has its cursor.
Response csv_response(const Response& list, const std::vector<std::string_view>& columns);

}  // namespace lotbridge::api
