// A disk for tests that is slow to sync and forgets what was not synced: loaded into the daemon
// with LD_PRELOAD, it wraps SQLite's file system.
//
// Writes stand in memory, shared by all connections of the process, until xSync: that waits
// LOTBRIDGE_SYNC_MS (5) and only then writes them to the file. A process that is killed has lost
// what it never synced, as after a power cut. With LOTBRIDGE_SYNC_LIES it never writes at all. The
// shared-memory index is not a file: SQLite rebuilds it.
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace {

constexpr sqlite3_int64 kBlock = 4096;

// What was written to one file and not synced yet: whole blocks, and how long the file seems to be.
struct Unsynced {
  std::mutex mutex;
  std::map<sqlite3_int64, std::vector<unsigned char>> blocks;
  sqlite3_int64 size = -1;  // -1: as on the disk
  sqlite3_int64 cut = -1;   // the disk's file counts only up to here
};

struct File {
  sqlite3_file base;
  Unsynced* unsynced;
  sqlite3_file* real;
};

sqlite3_vfs* real_files = nullptr;
sqlite3_vfs forgetful_files;
sqlite3_io_methods methods;
std::mutex names_mutex;
std::map<std::string, std::unique_ptr<Unsynced>>& names() {
  static std::map<std::string, std::unique_ptr<Unsynced>> all;
  return all;
}

File* mine(sqlite3_file* file) { return reinterpret_cast<File*>(file); }

sqlite3_int64 disk_size(File* file) {
  sqlite3_int64 size = 0;
  file->real->pMethods->xFileSize(file->real, &size);
  return size;
}

sqlite3_int64 seeming_size(File* file) {
  return file->unsynced->size >= 0 ? file->unsynced->size : disk_size(file);
}

// A block as it seems to be; bytes that nobody wrote are zero.
std::vector<unsigned char>& block_at(File* file, sqlite3_int64 at) {
  Unsynced& u = *file->unsynced;
  const auto found = u.blocks.find(at);
  if (found != u.blocks.end()) return found->second;
  std::vector<unsigned char>& block = u.blocks[at];
  block.assign(kBlock, 0);
  const sqlite3_int64 end = u.cut >= 0 ? std::min(u.cut, disk_size(file)) : disk_size(file);
  const sqlite3_int64 there = std::min(kBlock, end - at);
  if (there > 0) file->real->pMethods->xRead(file->real, block.data(), static_cast<int>(there), at);
  return block;
}

int close_file(sqlite3_file* file) {
  const int result = mine(file)->real->pMethods->xClose(mine(file)->real);
  std::free(mine(file)->real);
  return result;
}

int read_file(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  File* f = mine(file);
  std::lock_guard lock(f->unsynced->mutex);
  auto* out = static_cast<unsigned char*>(into);
  const sqlite3_int64 size = seeming_size(f);
  const sqlite3_int64 end = std::min(size, offset + amount);
  if (f->unsynced->blocks.empty() && f->unsynced->cut < 0)
    return f->real->pMethods->xRead(f->real, into, amount, offset);
  for (sqlite3_int64 at = offset; at < end;) {
    const sqlite3_int64 start = at / kBlock * kBlock;
    const sqlite3_int64 count = std::min(start + kBlock, end) - at;
    const bool held = f->unsynced->blocks.contains(start) || f->unsynced->cut >= 0;
    if (held) {
      std::memcpy(out + (at - offset), block_at(f, start).data() + (at - start),
                  static_cast<std::size_t>(count));
    } else {
      const int result =
          f->real->pMethods->xRead(f->real, out + (at - offset), static_cast<int>(count), at);
      if (result != SQLITE_OK && result != SQLITE_IOERR_SHORT_READ) return result;
    }
    at += count;
  }
  if (end >= offset + amount) return SQLITE_OK;
  const sqlite3_int64 got = std::max<sqlite3_int64>(0, end - offset);
  std::memset(out + got, 0, static_cast<std::size_t>(amount - got));
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  File* f = mine(file);
  std::lock_guard lock(f->unsynced->mutex);
  const auto* in = static_cast<const unsigned char*>(from);
  const sqlite3_int64 size = seeming_size(f);
  for (sqlite3_int64 at = offset; at < offset + amount;) {
    const sqlite3_int64 start = at / kBlock * kBlock;
    const sqlite3_int64 count = std::min(start + kBlock, offset + amount) - at;
    std::memcpy(block_at(f, start).data() + (at - start), in + (at - offset),
                static_cast<std::size_t>(count));
    at += count;
  }
  f->unsynced->size = std::max(size, offset + amount);
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  File* f = mine(file);
  std::lock_guard lock(f->unsynced->mutex);
  Unsynced& u = *f->unsynced;
  u.cut = u.cut >= 0 ? std::min(u.cut, size) : size;
  u.size = size;
  u.blocks.erase(u.blocks.lower_bound((size + kBlock - 1) / kBlock * kBlock), u.blocks.end());
  return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int flags) {
  File* f = mine(file);
  const char* delay = std::getenv("LOTBRIDGE_SYNC_MS");
  usleep(1000U * static_cast<unsigned>(delay != nullptr ? std::atoi(delay) : 5));
  // A disk that lies: with it the test of the test must fail.
  if (std::getenv("LOTBRIDGE_SYNC_LIES") != nullptr) return SQLITE_OK;
  std::lock_guard lock(f->unsynced->mutex);
  Unsynced& u = *f->unsynced;
  const sqlite3_int64 size = seeming_size(f);
  if (u.cut >= 0) f->real->pMethods->xTruncate(f->real, std::min(u.cut, size));
  for (const auto& [at, block] : u.blocks) {
    const sqlite3_int64 count = std::min(kBlock, size - at);
    if (count <= 0) continue;
    const int result =
        f->real->pMethods->xWrite(f->real, block.data(), static_cast<int>(count), at);
    if (result != SQLITE_OK) return result;
  }
  u.blocks.clear();
  u.size = u.cut = -1;
  return f->real->pMethods->xSync(f->real, flags);
}

int size_of(sqlite3_file* file, sqlite3_int64* out) {
  std::lock_guard lock(mine(file)->unsynced->mutex);
  *out = seeming_size(mine(file));
  return SQLITE_OK;
}

#define REAL(call, ...) mine(file)->real->pMethods->call(mine(file)->real, ##__VA_ARGS__)

void fill_methods() {
  methods.iVersion = 2;  // no memory-mapped pages: they would go around us
  methods.xClose = close_file;
  methods.xRead = read_file;
  methods.xWrite = write_file;
  methods.xTruncate = truncate_file;
  methods.xSync = sync_file;
  methods.xFileSize = size_of;
  methods.xLock = [](sqlite3_file* file, int how) { return REAL(xLock, how); };
  methods.xUnlock = [](sqlite3_file* file, int how) { return REAL(xUnlock, how); };
  methods.xCheckReservedLock = [](sqlite3_file* file, int* out) {
    return REAL(xCheckReservedLock, out);
  };
  methods.xFileControl = [](sqlite3_file* file, int op, void* arg) {
    // Its size hint would make the file longer behind our back.
    return op == SQLITE_FCNTL_SIZE_HINT ? SQLITE_OK : REAL(xFileControl, op, arg);
  };
  methods.xSectorSize = [](sqlite3_file* file) { return REAL(xSectorSize); };
  methods.xDeviceCharacteristics = [](sqlite3_file*) { return 0; };
  methods.xShmMap = [](sqlite3_file* file, int page, int size, int extend, void volatile** out) {
    return REAL(xShmMap, page, size, extend, out);
  };
  methods.xShmLock = [](sqlite3_file* file, int at, int count, int flags) {
    return REAL(xShmLock, at, count, flags);
  };
  methods.xShmBarrier = [](sqlite3_file* file) { REAL(xShmBarrier); };
  methods.xShmUnmap = [](sqlite3_file* file, int remove) { return REAL(xShmUnmap, remove); };
}

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  const int kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL;
  if (name == nullptr || (flags & kept) == 0) {
    // Temporary files and journals of other kinds are nobody's promise.
    const int result = real_files->xOpen(real_files, name, file, flags, out_flags);
    return result;
  }
  File* f = mine(file);
  f->base.pMethods = nullptr;
  f->real =
      static_cast<sqlite3_file*>(std::calloc(1, static_cast<std::size_t>(real_files->szOsFile)));
  const int result = real_files->xOpen(real_files, name, f->real, flags, out_flags);
  if (result != SQLITE_OK) {
    std::free(f->real);
    return result;
  }
  std::lock_guard lock(names_mutex);
  std::unique_ptr<Unsynced>& unsynced = names()[name];
  if (!unsynced) unsynced = std::make_unique<Unsynced>();
  f->unsynced = unsynced.get();
  f->base.pMethods = &methods;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int sync) {
  std::lock_guard lock(names_mutex);
  if (const auto at = names().find(name); at != names().end()) {
    std::lock_guard inner(at->second->mutex);
    at->second->blocks.clear();
    at->second->size = at->second->cut = -1;
  }
  return real_files->xDelete(real_files, name, sync);
}

[[gnu::constructor]] void wrap() {
  if (sqlite3_initialize() != SQLITE_OK) return;
  real_files = sqlite3_vfs_find(nullptr);
  fill_methods();
  forgetful_files = *real_files;
  forgetful_files.zName = "forgetful";
  forgetful_files.szOsFile = std::max<int>(real_files->szOsFile, sizeof(File));
  forgetful_files.xOpen = open_file;
  forgetful_files.xDelete = delete_file;
  sqlite3_vfs_register(&forgetful_files, 1);
}

}  // namespace
