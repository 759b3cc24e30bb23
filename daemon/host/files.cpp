#include "daemon/host/files.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "daemon/host/files_drop.hpp"

namespace lotbridge::host {
namespace {

constexpr std::size_t kPadding = 64;  // what connector.h promises behind a buffer

std::string text_of(lb_bytes bytes) { return {bytes.data == nullptr ? "" : bytes.data, bytes.len}; }
std::string_view view_of(lb_bytes bytes) {
  return bytes.data == nullptr ? std::string_view() : std::string_view(bytes.data, bytes.len);
}

// The table of one instance; C functions find it again because the table is its first member.
class Instance final : public FilesInstance {
 public:
  Instance(std::shared_ptr<Drop> drop, const FileDrops::Fail& fail)
      : drop_(std::move(drop)), fail_(fail) {
    holder_.table = {sizeof(lb_files), list, read, finish, write};
    holder_.instance = this;
  }
  const lb_files* table() const override { return &holder_.table; }

 private:
  struct Holder {
    lb_files table;
    Instance* instance;
  };
  static_assert(offsetof(Holder, table) == 0);

  static Instance& of(const lb_files* table) {
    return *reinterpret_cast<const Holder*>(table)->instance;
  }

  lb_status report(lb_call* call, const FileRefused& refused) const {
    if (!refused) return LB_OK;
    lb_error error{};
    error.size = sizeof error;
    error.status = refused->status;
    error.message = {refused->message.data(), refused->message.size()};
    return fail_ ? fail_(call, error) : refused->status;
  }

  // An exception (no memory, say) must not cross into the connector.
  template <typename Work>
  static lb_status guarded(const lb_files* table, lb_call* call, Work work) noexcept {
    try {
      Instance& self = of(table);
      return self.report(call, work(self));
    } catch (...) {
      return LB_RETRY;
    }
  }

  static lb_status list(const lb_files* table, lb_call* call, const lb_file** files,
                        std::size_t* count, std::size_t* stride) {
    return guarded(table, call, [&](Instance& self) {
      self.entries_.clear();
      const FileRefused refused = self.drop_->list(self.found_);
      if (refused) return refused;
      for (const PlacedFile& file : self.found_) {
        self.entries_.push_back(
            {sizeof(lb_file), {file.name.data(), file.name.size()}, file.length, file.modified_ms});
      }
      *files = self.entries_.data();
      *count = self.entries_.size();
      *stride = sizeof(lb_file);
      return refused;
    });
  }

  static lb_status read(const lb_files* table, lb_call* call, lb_bytes name,
                        lb_file_content* content) {
    return guarded(table, call, [&](Instance& self) {
      self.digest_.clear();
      self.read_ = text_of(name);
      const FileRefused refused = self.drop_->read(self.read_, self.content_);
      if (refused) return refused;
      const std::size_t length = self.content_.size();
      self.digest_ = sha256_hex(self.content_);
      self.content_.append(kPadding, '\0');
      content->bytes = {self.content_.data(), length};
      content->sha256 = {self.digest_.data(), self.digest_.size()};
      return refused;
    });
  }

  static lb_status finish(const lb_files* table, lb_call* call, lb_bytes name, lb_bytes folder,
                          lb_bytes report_text, lb_bytes report_json) {
    return guarded(table, call, [&](Instance& self) {
      const std::string file = text_of(name);
      return self.drop_->finish(file, text_of(folder),
                                file == self.read_ ? self.digest_ : std::string(),
                                view_of(report_text), view_of(report_json));
    });
  }

  static lb_status write(const lb_files* table, lb_call* call, lb_bytes name, lb_bytes content) {
    return guarded(table, call, [&](Instance& self) {
      return self.drop_->write(text_of(name), view_of(content));
    });
  }

  Holder holder_{};
  const std::shared_ptr<Drop> drop_;
  const FileDrops::Fail& fail_;
  std::vector<PlacedFile> found_;
  std::vector<lb_file> entries_;
  std::string read_, content_, digest_;  // the last file that was read
};

std::int64_t machine_steady_ms() {
  using std::chrono::duration_cast;
  return duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

FileDrops::FileDrops(Fail fail, Steady steady)
    : fail_(std::move(fail)), steady_(steady ? std::move(steady) : Steady(machine_steady_ms)) {}

FileDrops::~FileDrops() = default;

Refused FileDrops::configure(const std::string& connector, std::string_view settings_json,
                             const SecretOf& secret, bool leave) {
  Result<std::optional<DropSettings>> read = read_drop_settings(settings_json, secret);
  if (!read) return read.problem();
  const std::lock_guard lock(mutex_);
  if (!read->has_value()) {
    drops_.erase(connector);
    return {};
  }
  DropSettings& settings = **read;
  settings.leave = leave;
  const auto old = drops_.find(connector);
  // A reload that changes nothing keeps the connection and what was seen of growing files.
  if (old != drops_.end() && old->second->settings() == settings) return {};
  std::unique_ptr<Place> place =
      settings.sftp ? sftp_place(*settings.sftp) : local_place(settings.folder);
  drops_[connector] = std::make_shared<Drop>(std::move(settings), std::move(place), steady_);
  return {};
}

bool FileDrops::has(const std::string& connector) const {
  const std::lock_guard lock(mutex_);
  return drops_.contains(connector);
}

std::unique_ptr<FilesInstance> FileDrops::open(const std::string& connector) const {
  const std::lock_guard lock(mutex_);
  const auto drop = drops_.find(connector);
  if (drop == drops_.end()) return nullptr;
  return std::make_unique<Instance>(drop->second, fail_);
}

}  // namespace lotbridge::host
