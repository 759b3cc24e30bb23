// The host's files (lotbridge/files.h) as C++: values in and out, failures thrown as Failure.
//
// Belongs to one running operation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/files.h>
#include <lotbridge/sdk.hpp>

namespace lotbridge::warehouse_files {

struct FileContent {
  std::string bytes, sha256;
};

class FileDrop {
 public:
  // Throws Failure(LB_CONFIG) where the account has no drop.
  explicit FileDrop(Call& call);

  std::vector<std::string> list();  // names, sorted
  // The file is there, it is gone, it is larger than the place allows, or it could not be read now:
  // status() says how.
  enum class Found { yes, gone, too_large, unreadable };
  Found read(const std::string& name, FileContent& content);
  lb_status status() const { return status_; }
  void finish(const std::string& name, bool failed, const std::string& report_text,
              const std::string& report_json);
  void write(const std::string& name, std::string_view content);

 private:
  Call& call_;
  const lb_files* files_;
  lb_status status_ = LB_OK;
};

}  // namespace lotbridge::warehouse_files
