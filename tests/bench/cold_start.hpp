// Row 11: from a store with many lots to a daemon that takes orders.
#pragma once

#include <cstddef>
#include <string>

namespace lotbridge::bench {

bool cold_start(const std::string& folder, std::size_t lots, std::size_t rounds);

}  // namespace lotbridge::bench
