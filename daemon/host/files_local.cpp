#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "daemon/host/files_place.hpp"

namespace lotbridge::host {
namespace {

namespace fs = std::filesystem;

// A descriptor that closes itself.
class Handle {
 public:
  explicit Handle(int fd) : fd_(fd) {}
  ~Handle() {
    if (fd_ >= 0) ::close(fd_);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  int fd() const { return fd_; }
  bool open() const { return fd_ >= 0; }

 private:
  int fd_;
};

FileFault system_fault(const std::string& what, int error) {
  return {error == ENOENT ? LB_CONFLICT : LB_RETRY,
          what + ": " + std::error_code(error, std::generic_category()).message()};
}

bool plain_relative(const fs::path& path) {
  if (path.is_absolute()) return false;
  for (const fs::path& part : path) {
    if (part == "..") return false;
  }
  return true;
}

std::int64_t milliseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000;
}

class LocalPlace final : public Place {
 public:
  explicit LocalPlace(std::string root) : root_(std::move(root)) {}

  FileRefused list(const std::string& folder, std::vector<PlacedFile>& files) override {
    files.clear();
    fs::path at;
    if (FileRefused refused = resolve(folder, at)) return refused;
    std::error_code error;
    fs::directory_iterator entries(at, error);
    if (error) return system_fault("cannot list " + at.string(), error.value());
    for (const fs::directory_iterator end; entries != end; entries.increment(error)) {
      if (error) return system_fault("cannot list " + at.string(), error.value());
      // lstat: a link is not followed, wherever it points.
      struct stat status {};
      if (::lstat(entries->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
      files.push_back({entries->path().filename().string(),
                       static_cast<std::uint64_t>(status.st_size), milliseconds(status.st_mtim)});
    }
    if (error) return system_fault("cannot list " + at.string(), error.value());
    return {};
  }

  FileRefused read(const std::string& path, std::uint64_t max_bytes,
                   std::string& content) override {
    content.clear();
    fs::path at;
    if (FileRefused refused = resolve(path, at)) return refused;
    // O_NONBLOCK: a named pipe under this name must not hold us up.
    const Handle file(::open(at.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!file.open()) return system_fault("cannot open " + at.string(), errno);
    struct stat status {};
    if (::fstat(file.fd(), &status) != 0 || !S_ISREG(status.st_mode)) {
      return FileFault{LB_CONFLICT, at.string() + " is not a regular file"};
    }
    char buffer[1U << 16U];
    for (;;) {
      const ssize_t got = ::read(file.fd(), buffer, sizeof buffer);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_fault("cannot read " + at.string(), errno);
      if (got == 0) return {};
      if (content.size() + static_cast<std::size_t>(got) > max_bytes) {
        return FileFault{LB_BAD_RECORD,
                         "the file is larger than " + std::to_string(max_bytes) + " bytes"};
      }
      content.append(buffer, static_cast<std::size_t>(got));
    }
  }

  FileRefused write(const std::string& path, std::string_view content) override {
    fs::path at;
    if (FileRefused refused = resolve(path, at)) return refused;
    const fs::path temporary = at.parent_path() / ("." + at.filename().string() + ".tmp");
    ::unlink(temporary.c_str());  // left by a run that died
    {
      const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
      const Handle file(::open(temporary.c_str(), flags, 0644));
      if (!file.open()) return system_fault("cannot write " + temporary.string(), errno);
      if (FileRefused refused = put(file.fd(), content, temporary)) {
        ::unlink(temporary.c_str());
        return refused;
      }
    }
    if (::rename(temporary.c_str(), at.c_str()) != 0) {
      return system_fault("cannot rename " + temporary.string(), errno);
    }
    return keep_folder(at.parent_path());
  }

  FileRefused exists(const std::string& path, bool& found) override {
    fs::path at;
    if (FileRefused refused = resolve(path, at)) return refused;
    struct stat status {};
    found = ::lstat(at.c_str(), &status) == 0;
    if (!found && errno != ENOENT) return system_fault("cannot look at " + at.string(), errno);
    return {};
  }

  FileRefused rename(const std::string& from, const std::string& to) override {
    fs::path source;
    fs::path target;
    if (FileRefused refused = resolve(from, source)) return refused;
    if (FileRefused refused = resolve(to, target)) return refused;
    if (::rename(source.c_str(), target.c_str()) != 0) {
      return system_fault("cannot move " + source.string() + " to " + target.string(), errno);
    }
    return {};
  }

  FileRefused remove(const std::string& path) override {
    fs::path at;
    if (FileRefused refused = resolve(path, at)) return refused;
    if (::unlink(at.c_str()) != 0 && errno != ENOENT) {
      return system_fault("cannot remove " + at.string(), errno);
    }
    return {};
  }

  FileRefused make_folder(const std::string& folder) override {
    if (!plain_relative(folder)) return outside(folder);
    std::error_code error;
    // The root itself is not made: where it is missing a disk may not be mounted.
    const fs::path root = fs::canonical(root_, error);
    if (error) return FileFault{LB_RETRY, "the drop's folder " + root_ + ": " + error.message()};
    fs::create_directories(root / folder, error);
    if (error)
      return FileFault{LB_RETRY,
                       "cannot make " + (root / folder).string() + ": " + error.message()};
    return {};
  }

 private:
  static FileFault outside(const std::string& path) {
    return {LB_CONFIG, "\"" + path + "\" leads out of the drop's folder"};
  }

  // The real path below the real root. The folder is looked at without its links, so that a link in
  // the tree can't lead out of it; the last part stays as it is, whoever opens it does not follow
  // links.
  FileRefused resolve(const std::string& path, fs::path& at) const {
    if (!plain_relative(path)) return outside(path);
    std::error_code error;
    const fs::path root = fs::canonical(root_, error);
    if (error) return FileFault{LB_RETRY, "the drop's folder " + root_ + ": " + error.message()};
    const fs::path wanted = (root / path).lexically_normal();
    const bool is_root = path.empty() || wanted == root / "";
    const fs::path folder = is_root ? root : fs::canonical(wanted.parent_path(), error);
    if (error) return system_fault("cannot enter " + wanted.parent_path().string(), error.value());
    const auto [end, rest] = std::mismatch(root.begin(), root.end(), folder.begin(), folder.end());
    if (end != root.end()) return outside(path);
    at = is_root ? root : folder / wanted.filename();
    if (is_root || !fs::is_directory(at, error)) return {};
    const fs::path real = fs::canonical(at, error);
    if (error ||
        std::mismatch(root.begin(), root.end(), real.begin(), real.end()).first != root.end()) {
      return outside(path);
    }
    return {};
  }

  static FileRefused put(int fd, std::string_view content, const fs::path& name) {
    while (!content.empty()) {
      const ssize_t wrote = ::write(fd, content.data(), content.size());
      if (wrote < 0 && errno == EINTR) continue;
      if (wrote < 0) return system_fault("cannot write " + name.string(), errno);
      content.remove_prefix(static_cast<std::size_t>(wrote));
    }
    if (::fsync(fd) != 0) return system_fault("cannot write " + name.string(), errno);
    return {};
  }

  // The new name itself must survive a power cut before anybody is told that the file is there.
  static FileRefused keep_folder(const fs::path& folder) {
    const Handle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!handle.open() || ::fsync(handle.fd()) != 0) {
      return system_fault("cannot write " + folder.string(), errno);
    }
    return {};
  }

  std::string root_;
};

}  // namespace

std::unique_ptr<Place> local_place(const std::string& root) {
  return std::make_unique<LocalPlace>(root);
}

}  // namespace lotbridge::host
