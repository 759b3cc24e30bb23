// What stands on a lot's label: GET /v1/lots/{sku}/{lot}/gs1.
#pragma once

#include "daemon/api/reads_common.hpp"

namespace lotbridge::api {

Response lot_label(Reading&);

}  // namespace lotbridge::api
