#include "drop.hpp"

namespace lotbridge::warehouse_files {
namespace {

lb_bytes bytes(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

FileDrop::FileDrop(Call& call)
    : call_(call), files_(static_cast<const lb_files*>(call.extension(LB_FILES_ID))) {
  if (files_ == nullptr) {
    throw Failure(LB_CONFIG, "the account has no place for its files: set settings.drop", "/drop");
  }
}

std::vector<std::string> FileDrop::list() {
  const lb_file* files = nullptr;
  std::size_t count = 0;
  std::size_t stride = 0;
  call_.must(files_->list(files_, call_.handle(), &files, &count, &stride), "files.list");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const auto* file =
        reinterpret_cast<const lb_file*>(reinterpret_cast<const char*>(files) + i * stride);
    names.emplace_back(file->name.data, file->name.len);
  }
  return names;
}

FileDrop::Found FileDrop::read(const std::string& name, FileContent& content) {
  lb_file_content lent{sizeof(lb_file_content), {}, {}};
  status_ = files_->read(files_, call_.handle(), bytes(name), &lent);
  if (status_ == LB_CONFLICT) return Found::gone;
  if (status_ == LB_BAD_RECORD) return Found::too_large;
  if (status_ != LB_OK) return Found::unreadable;
  content.bytes.assign(lent.bytes.data, lent.bytes.len);
  content.sha256.assign(lent.sha256.data, lent.sha256.len);
  return Found::yes;
}

void FileDrop::finish(const std::string& name, bool failed, const std::string& report_text,
                      const std::string& report_json) {
  call_.must(files_->finish(files_, call_.handle(), bytes(name), bytes(failed ? "failed" : "done"),
                            bytes(report_text), bytes(report_json)),
             "files.finish");
}

void FileDrop::write(const std::string& name, std::string_view content) {
  call_.must(files_->write(files_, call_.handle(), bytes(name), bytes(content)), "files.write");
}

}  // namespace lotbridge::warehouse_files
