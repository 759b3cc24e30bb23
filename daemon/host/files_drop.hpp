// What a drop makes of a place: which files count as complete, how one leaves the inbound folder.
//
// Shared by the instances of one connector, from any thread. Names are plain file names; others are
// refused.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/host/files_place.hpp"
#include "daemon/host/files_settings.hpp"

namespace lotbridge::host {

std::string sha256_hex(std::string_view bytes);

class Drop {
 public:
  Drop(DropSettings settings, std::unique_ptr<Place> place, std::function<std::int64_t()> steady);

  const DropSettings& settings() const { return settings_; }

  // Sorted by name; without hidden and temporary files, markers, and files that may still grow.
  FileRefused list(std::vector<PlacedFile>& files);
  FileRefused read(const std::string& name, std::string& content);
  // `digest`: of the content, as read() gave it to the caller; empty: it is read again where it is
  // needed.
  FileRefused finish(const std::string& name, const std::string& folder, const std::string& digest,
                     std::string_view report_text, std::string_view report_json);
  FileRefused write(const std::string& name, std::string_view content);

 private:
  struct Look {
    std::uint64_t length = 0;
    std::int64_t modified_ms = 0, since_ms = 0;
  };
  bool complete(const PlacedFile& file, const std::vector<PlacedFile>& all);
  // True for a file that stays where it is and was read to its end.
  bool was_left(const PlacedFile& file);
  FileRefused make_folders();
  // Passes it on; after a fault the folders are looked for again, somebody may have removed one.
  FileRefused checked(FileRefused refused);
  // Where in `folder` the file goes: its own name, or one with a part of the digest where that is
  // taken.
  FileRefused choose_name(const std::string& name, const std::string& folder, std::string digest,
                          std::string& chosen);

  const DropSettings settings_;
  const std::unique_ptr<Place> place_;
  const std::function<std::int64_t()> steady_;
  std::mutex mutex_;
  bool folders_made_ = false;          // guarded by mutex_
  std::map<std::string, Look> looks_;  // guarded by mutex_
  // Where files stay: what was listed last, and what was read to its end; guarded by mutex_.
  std::map<std::string, Look> listed_, left_;
};

}  // namespace lotbridge::host
