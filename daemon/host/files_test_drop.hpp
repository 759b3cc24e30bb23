// What the tests of local and of SFTP drops share: a temporary folder, and a drop used through its
// C table as a connector uses it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/host/files.hpp"

namespace lotbridge::host {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "lotbridge-files-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  void put(const std::string& name, const std::string& content) const {
    std::filesystem::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << content;
  }
  std::string get(const std::string& name) const {
    std::ifstream in(path / name, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
  }
  bool has(const std::string& name) const { return std::filesystem::exists(path / name); }
  std::vector<std::string> names(const std::string& folder) const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(path / folder)) {
      all.push_back(entry.path().filename().string());
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  std::filesystem::path path;
};

// One opened instance and what it said about its last failure.
class UsedDrop {
 public:
  explicit UsedDrop(const std::string& settings,
                    const std::map<std::string, std::string>& secrets = {}, bool leave = false)
      : drops_(
            [this](lb_call*, const lb_error& error) {
              message = std::string(error.message.data, error.message.len);
              return error.status;
            },
            [this] { return now_ms; }) {
    const Refused refused = drops_.configure(
        "x", settings,
        [&](std::string_view name) {
          const auto found = secrets.find(std::string(name));
          return found == secrets.end() ? std::nullopt : std::optional(found->second);
        },
        leave);
    problem = refused ? refused->detail : "";
    files_ = drops_.open("x");
  }

  std::vector<std::string> list() {
    const lb_file* files = nullptr;
    std::size_t count = 0;
    std::size_t stride = 0;
    std::vector<std::string> names;
    status = table()->list(table(), nullptr, &files, &count, &stride);
    if (status != LB_OK) return {"status " + std::to_string(status)};
    for (std::size_t i = 0; i < count; ++i) {
      const auto* file =
          reinterpret_cast<const lb_file*>(reinterpret_cast<const char*>(files) + i * stride);
      names.emplace_back(file->name.data, file->name.len);
      lengths[names.back()] = file->length;
    }
    return names;
  }
  std::string read(const std::string& name) {
    lb_file_content content{sizeof(lb_file_content), {}, {}};
    status = table()->read(table(), nullptr, bytes(name), &content);
    if (status != LB_OK) return "status " + std::to_string(status);
    sha256 = std::string(content.sha256.data, content.sha256.len);
    return {content.bytes.data, content.bytes.len};
  }
  lb_status finish(const std::string& name, const std::string& folder) {
    return status = table()->finish(table(), nullptr, bytes(name), bytes(folder), bytes("said"),
                                    bytes("{}"));
  }
  lb_status write(const std::string& name, const std::string& content) {
    return status = table()->write(table(), nullptr, bytes(name), bytes(content));
  }
  bool opened() const { return files_ != nullptr; }

  std::string message, problem, sha256;
  std::map<std::string, std::uint64_t> lengths;
  lb_status status = LB_OK;
  std::int64_t now_ms = 0;

 private:
  const lb_files* table() const { return files_->table(); }
  static lb_bytes bytes(const std::string& text) { return {text.data(), text.size()}; }

  FileDrops drops_;
  std::unique_ptr<FilesInstance> files_;
};

}  // namespace lotbridge::host
