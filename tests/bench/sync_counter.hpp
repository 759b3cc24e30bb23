// Counts the sync calls that SQLite makes in this process, and makes each as slow as a real disk if
// asked: time alone says little where the disk acknowledges from its memory.
#pragma once

#include <cstdint>

namespace lotbridge::bench {

// Becomes SQLite's default file layer; before the first store is opened.
void install_sync_counter();
std::uint64_t sync_calls();
void delay_syncs(int microseconds);  // 0: as fast as the disk says

}  // namespace lotbridge::bench
