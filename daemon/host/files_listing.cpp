#include "daemon/host/files_listing.hpp"

#include <algorithm>
#include <charconv>

namespace lotbridge::host {
namespace {

// Takes the next column off the line.
std::string_view column(std::string_view& line) {
  const std::size_t begin = line.find_first_not_of(' ');
  if (begin == std::string_view::npos) return line = {};
  const std::size_t end = std::min(line.find(' ', begin), line.size());
  const std::string_view word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

bool read_line(std::string_view line, PlacedFile& file) {
  const std::string_view mode = column(line);
  if (mode.size() < 10 || mode[0] != '-') return false;
  for (int skipped = 0; skipped < 3; ++skipped) column(line);  // links, owner, group
  const std::string_view length = column(line);
  const auto [end, error] =
      std::from_chars(length.data(), length.data() + length.size(), file.length);
  if (error != std::errc() || end != length.data() + length.size()) return false;
  std::int64_t hash =
      0;  // a changed time shows as a changed number, which is all that is asked of it
  for (int part = 0; part < 3; ++part) {  // month, day, time or year
    for (const char c : column(line)) hash = (hash * 31 + c) % 1'000'000'007;
  }
  if (line.size() < 2 || line[0] != ' ') return false;
  file.modified_ms = -hash;  // below zero: no time, only good for comparing
  file.name = std::string(line.substr(1));
  return true;
}

}  // namespace

std::vector<PlacedFile> read_listing(std::string_view text) {
  std::vector<PlacedFile> files;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    PlacedFile file;
    if (read_line(line, file)) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace lotbridge::host
