// Row 12: a restart after SIGKILL, with the write-ahead log as it was left.
#pragma once

#include <cstddef>
#include <string>

namespace lotbridge::bench {

// `stocked`: a store with items and lots. Call it while no other thread of this process runs.
bool restart_after_kill(const std::string& folder, const std::string& stocked, std::size_t orders,
                        std::size_t skus, std::size_t rounds);

}  // namespace lotbridge::bench
