// A folder tree somewhere, in which a drop keeps its files: on this machine or on an SFTP server.
//
// Paths are relative to the place's root, with '/' between parts and no "." or ".." in them;
// nothing outside the root is read or written. Every method may block; a place may be used from any
// thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/connector.h>

#include "daemon/host/files_settings.hpp"

namespace lotbridge::host {

// Why something did not work: what the connector's operation returns, and a sentence for a person.
struct FileFault {
  lb_status status = LB_RETRY;
  std::string message;
};
using FileRefused = std::optional<FileFault>;

struct PlacedFile {
  std::string name;
  std::uint64_t length = 0;
  std::int64_t modified_ms = 0;  // 0 or less: the place does not say; still good for comparing
  bool operator==(const PlacedFile&) const = default;
};

class Place {
 public:
  virtual ~Place() = default;
  // Regular files directly in a folder, in any order; links, folders and devices are left out.
  virtual FileRefused list(const std::string& folder, std::vector<PlacedFile>& files) = 0;
  // LB_CONFLICT: no such file. LB_BAD_RECORD: more than `max_bytes`.
  virtual FileRefused read(const std::string& path, std::uint64_t max_bytes,
                           std::string& content) = 0;
  // The file appears whole under its name, or not at all; one of that name is replaced.
  virtual FileRefused write(const std::string& path, std::string_view content) = 0;
  virtual FileRefused exists(const std::string& path, bool& found) = 0;
  virtual FileRefused rename(const std::string& from, const std::string& to) = 0;
  virtual FileRefused remove(const std::string& path) = 0;
  // Its folder tree is there afterwards.
  virtual FileRefused make_folder(const std::string& folder) = 0;
};

std::unique_ptr<Place> local_place(const std::string& root);
std::unique_ptr<Place> sftp_place(const SftpSettings& settings);

}  // namespace lotbridge::host
