// File drops: the host's side of the extension "lotbridge.files/1" (lotbridge/files.h).
//
// The host configures a drop per connector that has `settings.drop`, and hands each opened instance
// its own table:
//     FileDrops drops(fail);                                    // fail: what lb_host.fail does
//     drops.configure("mad-files", settings_json, secret_of);   // at start and on reload
//     auto files = drops.open("mad-files");                     // per instance; null: no drop
//     configured host->extension(host, LB_FILES_ID) returns files->table() // for that instance's
//     lb_host
// FileDrops must outlive what it opened. configure, open and has may be called from any thread; a
// table by one call at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <lotbridge/files.h>
#include <lotbridge/status.hpp>

#include "daemon/host/files_settings.hpp"

namespace lotbridge::host {

class Drop;  // one place with its rules; shared by the instances of a connector

// What one opened instance uses; the table stays valid as long as this object.
class FilesInstance {
 public:
  virtual ~FilesInstance() = default;
  virtual const lb_files* table() const = 0;
};

class FileDrops {
 public:
  // Notes the details of a failure for the running call, as the host does for lb_host.fail.
  using Fail = std::function<lb_status(lb_call*, const lb_error&)>;
  // A clock that only grows, in milliseconds; for settle_seconds. Empty: the machine's.
  using Steady = std::function<std::int64_t()>;

  explicit FileDrops(Fail fail, Steady steady = {});
  ~FileDrops();

  // Reads settings.drop. A connector without one is fine and gets no drop. Nothing is connected or
  // opened here. `leave`: files are read once and stay where they are (mode observe); after a start
  // they are read again.
  Refused configure(const std::string& connector, std::string_view settings_json,
                    const SecretOf& secret, bool leave = false);
  bool has(const std::string& connector) const;
  std::unique_ptr<FilesInstance> open(const std::string& connector) const;

 private:
  Fail fail_;
  Steady steady_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Drop>> drops_;
};

}  // namespace lotbridge::host
