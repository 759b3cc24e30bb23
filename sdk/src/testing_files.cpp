// The host feature lotbridge.files/1 without a disk: lists, reads, finishes and writes in memory.
#include <openssl/evp.h>

#include <deque>

#include <lotbridge/files.h>
#include <lotbridge/detail/host_call.hpp>
#include <lotbridge/testing.hpp>

namespace lotbridge::testing {
namespace {

using detail::LentText;

std::string text_of(lb_bytes bytes) { return std::string(detail::view_of(bytes)); }

std::string sha256_of(const std::string& text) {
  static constexpr char kHex[] = "0123456789abcdef";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_Digest(text.data(), text.size(), digest, &length, EVP_sha256(), nullptr);
  std::string out;
  for (unsigned int n = 0; n < length; ++n) {
    out += kHex[digest[n] >> 4];
    out += kHex[digest[n] & 15];
  }
  return out;
}

}  // namespace

struct MemoryFiles::Inner : lb_files {
  MemoryFiles* files = nullptr;
  std::deque<LentText> lent;
  std::vector<lb_file> listed;

  static Inner& of(const lb_files* table) {
    return *const_cast<Inner*>(static_cast<const Inner*>(table));
  }
  lb_status asked(const std::string& call) {
    files->calls.push_back(call);
    return files->on_call ? files->on_call(call) : LB_OK;
  }
  lb_bytes lend(std::string text) {
    lent.emplace_back(std::move(text));
    return lent.back().view();
  }

  lb_status list_all(const lb_file** out, std::size_t* count, std::size_t* stride) {
    if (const lb_status status = asked("list"); status != LB_OK) return status;
    lent.clear();
    listed.clear();
    for (const auto& [name, content] : files->inbound)
      listed.push_back({sizeof(lb_file), lend(name), content.size(), 1'778'922'000'000});
    *out = listed.data();
    *count = listed.size();
    *stride = sizeof(lb_file);
    return LB_OK;
  }

  lb_status read_one(const std::string& name, lb_file_content* content) {
    if (const lb_status status = asked("read " + name); status != LB_OK) return status;
    const auto found = files->inbound.find(name);
    if (found == files->inbound.end()) return LB_CONFLICT;
    content->bytes = lend(found->second);
    content->sha256 = lend(sha256_of(found->second));
    return LB_OK;
  }

  lb_status finish_one(const std::string& name, const std::string& folder,
                       const std::string& report) {
    if (const lb_status status = asked("finish " + name + " " + folder); status != LB_OK)
      return status;
    const auto found = files->inbound.find(name);
    if (found == files->inbound.end()) return LB_OK;
    (folder == "failed" ? files->failed : files->done)[name] = found->second;
    files->reports[name] = report;
    files->inbound.erase(found);
    return LB_OK;
  }
};

MemoryFiles::MemoryFiles(std::map<std::string, std::string> waiting)
    : inbound(std::move(waiting)), inner_(std::make_shared<Inner>()) {
  inner_->files = this;
  inner_->size = sizeof(lb_files);
  inner_->list = [](const lb_files* table, lb_call*, const lb_file** files, std::size_t* count,
                    std::size_t* stride) {
    return Inner::of(table).list_all(files, count, stride);
  };
  inner_->read = [](const lb_files* table, lb_call*, lb_bytes name, lb_file_content* content) {
    return Inner::of(table).read_one(text_of(name), content);
  };
  inner_->finish = [](const lb_files* table, lb_call*, lb_bytes name, lb_bytes folder,
                      lb_bytes report, lb_bytes) {
    return Inner::of(table).finish_one(text_of(name), text_of(folder), text_of(report));
  };
  inner_->write = [](const lb_files* table, lb_call*, lb_bytes name, lb_bytes content) {
    Inner& self = Inner::of(table);
    const lb_status status = self.asked("write " + text_of(name));
    if (status == LB_OK) self.files->outbound[text_of(name)] = text_of(content);
    return status;
  };
}

const void* MemoryFiles::table() const { return static_cast<const lb_files*>(inner_.get()); }

}  // namespace lotbridge::testing
