#include "tests/bench/sync_counter.hpp"

#include <sqlite3.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

namespace lotbridge::bench {
namespace {

std::atomic<std::uint64_t> calls{0};
std::atomic<int> delay_us{0};
sqlite3_vfs* system_files = nullptr;
sqlite3_vfs counting_files;
int (*system_sync)(sqlite3_file*, int) = nullptr;

int counted_sync(sqlite3_file* file, int flags) {
  calls.fetch_add(1, std::memory_order_relaxed);
  if (const int us = delay_us.load(std::memory_order_relaxed); us > 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(us));
  }
  return system_sync(file, flags);
}

// The system has a table of methods per kind of file; each gets a twin with another xSync.
struct Twin {
  const sqlite3_io_methods* original = nullptr;
  sqlite3_io_methods counting{};
};
Twin twins[8];
std::mutex twins_mutex;

const sqlite3_io_methods* twin_of(const sqlite3_io_methods* original) {
  const std::lock_guard lock(twins_mutex);
  for (Twin& twin : twins) {
    if (twin.original == original) return &twin.counting;
    if (twin.original != nullptr) continue;
    if (system_sync == nullptr) system_sync = original->xSync;
    if (original->xSync != system_sync) return original;
    twin.original = original;
    twin.counting = *original;
    twin.counting.xSync = counted_sync;
    return &twin.counting;
  }
  return original;
}

int open_counted(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out) {
  const int code = system_files->xOpen(system_files, name, file, flags, out);
  if (code == SQLITE_OK && file->pMethods != nullptr) file->pMethods = twin_of(file->pMethods);
  return code;
}

}  // namespace

void install_sync_counter() {
  system_files = sqlite3_vfs_find(nullptr);
  counting_files = *system_files;
  counting_files.zName = "lotbridge-counting";
  counting_files.xOpen = open_counted;
  sqlite3_vfs_register(&counting_files, 1);
}

std::uint64_t sync_calls() { return calls.load(); }
void delay_syncs(int microseconds) { delay_us = microseconds; }

}  // namespace lotbridge::bench
