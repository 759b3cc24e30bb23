// What the reports share: days, the lots in sight, and a list that is made whole before it is cut.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/api/reads_common.hpp"
#include "daemon/store/reader_reports.hpp"

namespace lotbridge::api {

using Rows = std::vector<std::string>;  // JSON, whole

// Now, and what day it is at each warehouse.
struct Days {
  std::int64_t now_ms = 0;
  std::map<core::WarehouseId, std::int64_t> today;
};
// False: the engine did not answer, and reading.failed is set.
bool read_days(Reading&, Days&);

// The lots in sight, of one SKU or warehouse where the request names it.
std::vector<store::LotHere> lots_in_sight(Reading&, core::OwnerId);

// A report is made whole and then cut into pages: its order is by what matters, not by a key.
Response report_response(const Reading&, std::string_view name, const Rows&);

}  // namespace lotbridge::api
