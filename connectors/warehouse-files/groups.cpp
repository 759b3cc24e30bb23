#include "groups.hpp"

#include <algorithm>
#include <cstdint>

namespace lotbridge::warehouse_files {
namespace {

constexpr char kBetween = '\x1f';  // can't stand in a field
constexpr std::size_t kIdMax = 255;

std::string joined(const GroupKey& key) {
  std::string text = key.owner + kBetween + key.id;
  for (const std::string& part : key.parts) text += kBetween + part;
  return text;
}

std::string family(const GroupKey& key) { return key.owner + kBetween + key.id; }

}  // namespace

std::string fitting_id(std::string id) {
  if (id.size() <= kIdMax) return id;
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::size_t keep = 200;
  while ((static_cast<unsigned char>(id[keep]) & 0xC0U) == 0x80U) --keep;
  id.resize(keep);
  static constexpr char kHex[] = "0123456789abcdef";
  id += ':';
  for (int shift = 60; shift >= 0; shift -= 4) id += kHex[(hash >> shift) & 15U];
  return id;
}

Group& Groups::of(const GroupKey& key, std::size_t line) {
  const std::string text = joined(key);
  const auto found = open_.find(text);
  if (found != open_.end() && groups_[found->second].lines < lines_max_)
    return groups_[found->second];
  Group group;
  group.key = key;
  group.line = line;
  group.document.owner = key.owner;
  if (found != open_.end()) {
    std::size_t number = 2;
    for (const Group& other : groups_)
      number += joined(other.key).starts_with(text + kBetween + "part ");
    group.key.parts.push_back("part " + std::to_string(number));
  }
  open_[text] = groups_.size();
  ++families_[family(key)];
  groups_.push_back(std::move(group));
  return groups_.back();
}

std::size_t Groups::siblings(const Group& group) const { return families_.at(family(group.key)); }

std::vector<Group> Groups::take() {
  for (Group& group : groups_) {
    std::string id = id_of(group);
    if (siblings(group) > 1) {
      for (const std::string& part : group.key.parts) {
        if (!part.empty()) id += "/" + part;
      }
    }
    group.document.id = fitting_id(std::move(id));
  }
  std::sort(groups_.begin(), groups_.end(),
            [](const Group& a, const Group& b) { return a.line < b.line; });
  return std::move(groups_);
}

}  // namespace lotbridge::warehouse_files
