#include "daemon/host/files_drop.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <set>

#include <lotbridge/csv.hpp>

namespace lotbridge::host {
namespace {

constexpr std::array<std::string_view, 10> kTemporaryEndings = {
    ".tmp",        ".temp", ".part",       ".partial", ".filepart",
    ".crdownload", ".swp",  ".processing", ".lock",    "~"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool is_temporary(std::string_view name) {
  const std::string small = lower(name);
  return std::any_of(kTemporaryEndings.begin(), kTemporaryEndings.end(),
                     [&](std::string_view ending) { return small.ends_with(ending); });
}

bool is_plain_name(std::string_view name) {
  if (name.empty() || name.size() > 200 || name[0] == '.') return false;
  if (!is_utf8(name)) return false;
  return std::none_of(name.begin(), name.end(), [](char c) {
    return c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

FileFault bad_name(const std::string& name) {
  return {LB_BUG, "\"" + name + "\" is not a plain file name"};
}

std::string join(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

}  // namespace

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : digest) {
    text += kHex[byte >> 4];
    text += kHex[byte & 15];
  }
  return text;
}

Drop::Drop(DropSettings settings, std::unique_ptr<Place> place,
           std::function<std::int64_t()> steady)
    : settings_(std::move(settings)), place_(std::move(place)), steady_(std::move(steady)) {}

FileRefused Drop::make_folders() {
  {
    const std::lock_guard lock(mutex_);
    if (folders_made_) return {};
  }
  for (const std::string& folder :
       {settings_.in, settings_.out, settings_.done, settings_.failed}) {
    if (folder.empty()) continue;
    if (FileRefused refused = place_->make_folder(folder)) return refused;
  }
  const std::lock_guard lock(mutex_);
  folders_made_ = true;
  return {};
}

FileRefused Drop::checked(FileRefused refused) {
  if (refused) {
    const std::lock_guard lock(mutex_);
    folders_made_ = false;
  }
  return refused;
}

bool Drop::complete(const PlacedFile& file, const std::vector<PlacedFile>& all) {
  if (!settings_.marker.empty()) {
    const std::string marker = file.name + settings_.marker;
    const bool marked = std::any_of(all.begin(), all.end(),
                                    [&](const PlacedFile& other) { return other.name == marker; });
    if (!marked) return false;
  }
  if (settings_.settle_seconds == 0) return true;
  const std::int64_t now = steady_();
  const std::lock_guard lock(mutex_);
  const auto [look, is_new] =
      looks_.try_emplace(file.name, Look{file.length, file.modified_ms, now});
  if (look->second.length != file.length || look->second.modified_ms != file.modified_ms) {
    look->second = {file.length, file.modified_ms, now};
    return false;
  }
  return !is_new && now - look->second.since_ms >= settings_.settle_seconds * 1000;
}

bool Drop::was_left(const PlacedFile& file) {
  if (!settings_.leave) return false;
  const std::lock_guard lock(mutex_);
  listed_[file.name] = {file.length, file.modified_ms, 0};
  const auto left = left_.find(file.name);
  return left != left_.end() && left->second.length == file.length &&
         left->second.modified_ms == file.modified_ms;
}

FileRefused Drop::list(std::vector<PlacedFile>& files) {
  files.clear();
  if (FileRefused refused = make_folders()) return refused;
  std::vector<PlacedFile> all;
  if (FileRefused refused = checked(place_->list(settings_.in, all))) return refused;
  std::set<std::string> names;
  for (const PlacedFile& file : all) {
    names.insert(file.name);
    const bool is_marker = !settings_.marker.empty() && file.name.ends_with(settings_.marker);
    if (!is_plain_name(file.name) || is_temporary(file.name) || is_marker) continue;
    if (complete(file, all) && !was_left(file)) files.push_back(file);
  }
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(looks_, [&](const auto& look) { return !names.contains(look.first); });
  }
  std::sort(files.begin(), files.end(),
            [](const PlacedFile& a, const PlacedFile& b) { return a.name < b.name; });
  return {};
}

FileRefused Drop::read(const std::string& name, std::string& content) {
  if (!is_plain_name(name)) return bad_name(name);
  return place_->read(join(settings_.in, name), settings_.max_bytes, content);
}

FileRefused Drop::choose_name(const std::string& name, const std::string& folder,
                              std::string digest, std::string& chosen) {
  bool taken = false;
  chosen = name;
  if (FileRefused refused = checked(place_->exists(join(folder, name), taken))) return refused;
  if (!taken) return {};
  if (digest.empty()) {
    std::string content;
    // A file that is too large has no digest; its length in the name would do no better than a
    // fixed word.
    FileRefused refused = place_->read(join(settings_.in, name), settings_.max_bytes, content);
    if (refused && refused->status != LB_BAD_RECORD) return refused;
    digest = refused ? "too-large" : sha256_hex(content);
  }
  const std::size_t dot = name.rfind('.');
  const std::string stem = name.substr(0, dot);
  chosen = stem + "-" + digest.substr(0, 12) + (dot == std::string::npos ? "" : name.substr(dot));
  if (FileRefused refused = checked(place_->exists(join(folder, chosen), taken))) return refused;
  // The same content was here before: the newer copy takes its place.
  return taken ? place_->remove(join(folder, chosen)) : std::nullopt;
}

FileRefused Drop::finish(const std::string& name, const std::string& folder,
                         const std::string& digest, std::string_view report_text,
                         std::string_view report_json) {
  if (!is_plain_name(name)) return bad_name(name);
  if (folder != "done" && folder != "failed") return FileFault{LB_BUG, "no folder " + folder};
  if (settings_.leave) {
    const std::lock_guard lock(mutex_);
    left_[name] = listed_[name];
    return {};
  }
  if (FileRefused refused = make_folders()) return refused;
  const std::string source = join(settings_.in, name);
  const std::string& target = folder == "done" ? settings_.done : settings_.failed;
  bool there = false;
  if (FileRefused refused = checked(place_->exists(source, there))) return refused;
  if (there) {
    std::string chosen;
    if (FileRefused refused = choose_name(name, target, digest, chosen)) return refused;
    const std::string at = join(target, chosen);
    // The reports first: a crash in between leaves the file where it is found again, and both are
    // written anew.
    for (const auto& [ending, text] :
         {std::pair(".report.txt", report_text), {".report.json", report_json}}) {
      if (text.empty()) continue;
      if (FileRefused refused = checked(place_->write(at + ending, text))) return refused;
    }
    if (FileRefused refused = place_->rename(source, at)) {
      // An answer that got lost on the way looks like a failure although the file was moved.
      const FileRefused unknown = place_->exists(source, there);
      if (unknown || there) return refused;
    }
  }
  return settings_.marker.empty() ? std::nullopt : place_->remove(source + settings_.marker);
}

FileRefused Drop::write(const std::string& name, std::string_view content) {
  if (!is_plain_name(name)) return bad_name(name);
  if (FileRefused refused = make_folders()) return refused;
  const std::string at = join(settings_.out, name);
  std::string before;
  bool there = false;
  if (FileRefused refused = checked(place_->exists(at, there))) return refused;
  if (there) {
    const FileRefused refused = place_->read(at, settings_.max_bytes, before);
    if (!refused && before == content) return {};
  }
  return checked(place_->write(at, content));
}

}  // namespace lotbridge::host
