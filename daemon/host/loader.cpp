#include "daemon/host/loader.hpp"

#include <dlfcn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>

#include "daemon/host/child.hpp"

namespace lotbridge::host {
namespace {

namespace fs = std::filesystem;

Problem refused(std::string detail) { return {"connector_refused", std::move(detail), {}}; }

std::string described(const fs::path& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return path.string();
  std::string mode;
  for (const int shift : {9, 6, 3, 0})
    mode += static_cast<char>('0' + ((info.st_mode >> shift) & 7U));
  return path.string() + " (owner " + std::to_string(info.st_uid) + ", mode " + mode + ")";
}

// A file that anybody else can change is code of theirs.
bool safe(const fs::path& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return false;
  const bool ours = info.st_uid == 0 || info.st_uid == geteuid();
  return ours && (info.st_mode & S_IWOTH) == 0;
}

// 1.10.0 is greater than 1.9.2.
std::vector<int> version_of(const std::string& text) {
  std::vector<int> out;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, '.');) {
    out.push_back(0);  // what is no number sorts first
    std::from_chars(part.data(), part.data() + part.size(), out.back());
  }
  return out;
}

fs::path found_in(const fs::path& folder, const std::string& type) {
  std::error_code error;
  const std::string file = type + ".so";
  if (fs::exists(folder / type / file, error)) return folder / type / file;
  fs::path best;
  for (fs::directory_iterator at(folder / type, error), end; !error && at != end;
       at.increment(error)) {
    const fs::path candidate = at->path() / file;
    std::error_code ignored;
    if (!fs::exists(candidate, ignored)) continue;
    const auto name = [](const fs::path& path) {
      return version_of(path.parent_path().filename().string());
    };
    if (best.empty() || name(best) < name(candidate)) best = candidate;
  }
  return best;
}

Refused check_safe(const fs::path& file) {
  for (const fs::path& path : {file.parent_path(), file, file.parent_path() / "descriptor.json"}) {
    std::error_code error;
    if (!fs::exists(path, error))
      return refused("the connector " + file.string() + " has no " + path.filename().string() +
                     " beside it");
    if (!safe(path)) {
      return refused(described(path) +
                     " could be changed by others, so it is not loaded; it must belong to root or "
                     "to the user of the "
                     "daemon, and not everybody may write it (chmod o-w)");
    }
  }
  return std::nullopt;
}

Result<const lb_connector*> table_of(const fs::path& file) {
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    return refused(described(file) + " can't be loaded: " + dlerror() +
                   "; was it built for this machine and for Lotbridge's connector ABI 1?");
  }
  const auto* table = static_cast<const lb_connector*>(dlsym(handle, "lotbridge_connector_1"));
  if (table == nullptr) {
    return refused(
        described(file) +
        " exports no lotbridge_connector_1: it is no connector, or one for another major "
        "version of the ABI (this daemon speaks 1.0)");
  }
  constexpr std::uint32_t kSmallest = 72;  // sizeof(lb_connector) of ABI 1.0
  const bool sound = table->size >= kSmallest && table->op_size >= sizeof(lb_op) &&
                     table->open != nullptr && table->close != nullptr &&
                     table->descriptor_json.data != nullptr;
  if (!sound) return refused(described(file) + ": its exported constant is damaged");
  if (table->abi_minor_required > LB_ABI_MINOR) {
    return refused(described(file) + " needs connector ABI 1." +
                   std::to_string(table->abi_minor_required) + "; this daemon speaks 1." +
                   std::to_string(LB_ABI_MINOR) +
                   ": install a newer Lotbridge, or an older "
                   "version of the connector");
  }
  return table;
}

Problem other_descriptor(const std::string& file) {
  return refused(file +
                 ": descriptor.json beside it is not the one that it was built with; install both "
                 "from the same build");
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

std::optional<FileMark> mark_of(const fs::path& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  struct stat beside {};
  stat((path.parent_path() / "descriptor.json").c_str(), &beside);
  const auto changed = [](const struct stat& of) {
    return std::int64_t{of.st_mtim.tv_sec} * 1'000'000'000 + of.st_mtim.tv_nsec;
  };
  return FileMark{info.st_dev, info.st_ino, static_cast<std::uint64_t>(info.st_size), changed(info),
                  changed(beside)};
}

Refused load_here(Loaded& out) {
  const auto table = table_of(out.file);
  if (!table.ok()) return table.problem();
  out.table = *table;
  for (std::size_t n = 0; n < out.table->op_count; ++n) {
    out.operations.emplace_back(
        reinterpret_cast<const lb_op*>(reinterpret_cast<const char*>(out.table->ops) +
                                       n * out.table->op_size)
            ->name);
  }
  const lb_bytes embedded = out.table->descriptor_json;
  if (out.descriptor.text == std::string_view(embedded.data, embedded.len)) return std::nullopt;
  return other_descriptor(out.file);
}

Refused ask_process(Loaded& out) {
  ChildStart start;
  start.file = out.file;
  start.connector = out.descriptor.id;
  const auto child = Child::start(std::move(start));
  if (!child.ok()) return child.problem();
  const ChildHello& hello = (*child)->hello();
  out.operations = hello.operations;
  out.missing = hello.missing;
  if (out.descriptor.text == hello.descriptor) return std::nullopt;
  return other_descriptor(out.file);
}

Result<std::shared_ptr<const Loaded>> loaded(const fs::path& file, const std::string& type,
                                             Isolation isolation) {
  if (auto unsafe = check_safe(file)) return *unsafe;
  const auto mark = mark_of(file);
  if (!mark) return refused(file.string() + " is gone");
  // The descriptor is read before anything of the file can run.
  const std::string beside = text_of(file.parent_path() / "descriptor.json");
  auto descriptor = read_descriptor(beside);
  if (!descriptor.ok()) {
    Problem problem = descriptor.problem();
    problem.detail = (file.parent_path() / "descriptor.json").string() + ": " + problem.detail;
    for (const FieldError& error : problem.errors) problem.detail += " at " + error.pointer;
    return problem;
  }
  if (descriptor->id != type) {
    return refused(file.string() + ": its descriptor says that it is '" + descriptor->id +
                   "', not '" + type + "'");
  }
  // Many accounts have one file; it is asked once for as long as it stays the same.
  static std::mutex mutex;
  static std::map<std::pair<std::string, Isolation>, std::shared_ptr<const Loaded>> known;
  const std::lock_guard lock(mutex);
  auto& kept = known[{file.string(), isolation}];
  if (kept && kept->mark == *mark && kept->descriptor.text == beside) return kept;
  auto out = std::make_shared<Loaded>();
  out->file = file.string();
  out->mark = *mark;
  out->descriptor = std::move(*descriptor);
  if (auto problem = isolation == Isolation::process ? ask_process(*out) : load_here(*out))
    return *problem;
  kept = std::move(out);
  return kept;
}

fs::path found_in(const std::vector<std::string>& folders, const std::string& type) {
  for (const std::string& folder : folders) {
    const fs::path file = found_in(folder, type);
    if (!file.empty()) return fs::absolute(file);
  }
  return {};
}

}  // namespace

bool Loaded::offers(const std::string& operation) const {
  return std::find(operations.begin(), operations.end(), operation) != operations.end();
}

lb_op_fn Loaded::find(const std::string& operation) const {
  if (table == nullptr) return nullptr;
  for (std::size_t n = 0; n < table->op_count; ++n) {
    const auto* op = reinterpret_cast<const lb_op*>(reinterpret_cast<const char*>(table->ops) +
                                                    n * table->op_size);
    if (operation == op->name) return op->run;
  }
  return nullptr;
}

Result<std::shared_ptr<const Loaded>> load_connector(const std::vector<std::string>& folders,
                                                     const std::string& type, Isolation isolation) {
  const bool plain = !type.empty() && std::all_of(type.begin(), type.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (!plain) return refused("'" + type + "' is no name of a connector type");
  const fs::path file = found_in(folders, type);
  if (!file.empty()) return loaded(file, type, isolation);
  std::string tried;
  for (const std::string& folder : folders) tried += (tried.empty() ? "" : ", ") + folder;
  return refused("there is no connector '" + type + "' in connector_path (" +
                 (tried.empty() ? "which is empty" : tried) + "); looked for " + type + "/" + type +
                 ".so");
}

std::optional<FileMark> connector_mark(const std::vector<std::string>& folders,
                                       const std::string& type) {
  const fs::path file = found_in(folders, type);
  return file.empty() ? std::nullopt : mark_of(file);
}

}  // namespace lotbridge::host
