#include "daemon/app/config_yaml.hpp"

#include <charconv>
#include <filesystem>

namespace lotbridge::app {
namespace {

// Edits that make one word of the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

std::string Faults::resolve(const std::string& path) const {
  const std::filesystem::path given(path);
  if (given.is_absolute()) return path;
  const auto folder = std::filesystem::path(file_).parent_path();
  return folder.empty() ? path : (folder / given).lexically_normal().string();
}

std::vector<std::string> Faults::sorted(std::vector<Entry>& entries) const {
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  std::vector<std::string> out;
  for (const Entry& entry : entries) {
    out.push_back(file_ + ":" + std::to_string(entry.line) + ":" + std::to_string(entry.column) +
                  ": " + entry.what);
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string suggestion(std::string_view wrong, const std::vector<std::string>& known) {
  const std::string* best = nullptr;
  std::size_t least = wrong.size() / 3 + 2;
  for (const auto& word : known) {
    const std::size_t far = distance(wrong, word);
    if (far >= least) continue;
    least = far;
    best = &word;
  }
  return best == nullptr ? "" : "; did you mean `" + *best + "`?";
}

Section::Section(Faults& faults, const YAML::Node& node, std::string path)
    : faults_(faults), node_(node), path_(std::move(path)) {
  if (!node_.IsDefined()) return;
  if (!node_.IsMap()) {
    faults_.error(node_.Mark(), (path_.empty() ? "The configuration" : "`" + path_ + "`") +
                                    " must be a map of keys and values.");
    return;
  }
  usable_ = true;
  std::set<std::string> seen;
  for (const auto& member : node_) {
    if (!member.first.IsScalar()) {
      faults_.error(member.first.Mark(), "A key must be plain text.");
    } else if (!seen.insert(member.first.Scalar()).second) {
      faults_.error(member.first.Mark(),
                    "The key `" + this->path(member.first.Scalar()) + "` stands here twice.");
    }
  }
}

Section::~Section() {
  if (!usable_) return;
  for (const auto& member : node_) {
    if (!member.first.IsScalar()) continue;
    const std::string& key = member.first.Scalar();
    if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
    const std::string hint = suggestion(key, asked_);
    faults_.error(member.first.Mark(),
                  "The key `" + path(key) + "` is unknown" +
                      (hint.empty() ? "; known here: " + joined(asked_) + "." : hint));
  }
}

std::string Section::path(std::string_view key) const {
  return path_.empty() ? std::string(key) : path_ + "." + std::string(key);
}

std::optional<YAML::Node> Section::get(std::string_view key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.emplace_back(key);
  if (!usable_) return std::nullopt;
  for (const auto& member : node_) {
    if (!member.first.IsScalar() || member.first.Scalar() != key) continue;
    if (member.second.IsNull()) return std::nullopt;
    return member.second;
  }
  return std::nullopt;
}

YAML::Node Section::required(std::string_view key) {
  if (auto node = get(key)) return *node;
  if (usable_) faults_.error(mark(), "`" + path(key) + "` is missing.");
  return YAML::Node(YAML::NodeType::Undefined);
}

std::optional<std::string> scalar_text(Faults& faults, const YAML::Node& node,
                                       const std::string& path) {
  if (node.IsScalar()) return node.Scalar();
  faults.error(node.Mark(), "`" + path + "` must be text.");
  return std::nullopt;
}

std::optional<std::string> Section::text(std::string_view key) {
  const auto node = get(key);
  return node ? scalar_text(faults_, *node, path(key)) : std::nullopt;
}

std::string Section::required_text(std::string_view key) {
  const YAML::Node node = required(key);
  if (!node.IsDefined()) return {};
  const auto out = scalar_text(faults_, node, path(key));
  if (out && out->empty()) faults_.error(node.Mark(), "`" + path(key) + "` must not be empty.");
  return out.value_or("");
}

std::optional<std::int64_t> Section::integer(std::string_view key, std::int64_t least,
                                             std::int64_t most) {
  const auto node = get(key);
  if (!node) return std::nullopt;
  const std::string text = node->IsScalar() ? node->Scalar() : std::string();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && value >= least && value <= most) {
    return value;
  }
  faults_.error(node->Mark(), "`" + path(key) + "` must be a whole number from " +
                                  std::to_string(least) + " to " + std::to_string(most) + ".");
  return std::nullopt;
}

std::string Section::word(std::string_view key, const std::vector<std::string>& words) {
  const auto node = get(key);
  if (!node) return words.front();
  const std::string text = node->IsScalar() ? node->Scalar() : std::string();
  if (std::find(words.begin(), words.end(), text) != words.end()) return text;
  faults_.error(node->Mark(), "`" + path(key) + "` must be one of: " + joined(words) + ".");
  return words.front();
}

std::optional<std::vector<YAML::Node>> Section::list(std::string_view key, bool* star) {
  const auto node = get(key);
  if (!node) return std::nullopt;
  if (star != nullptr && node->IsScalar() && node->Scalar() == "*") {
    *star = true;
    return std::nullopt;
  }
  if (!node->IsSequence()) {
    faults_.error(node->Mark(),
                  "`" + path(key) + "` must be a list" + (star != nullptr ? " or \"*\"." : "."));
    return std::nullopt;
  }
  return std::vector<YAML::Node>(node->begin(), node->end());
}

void Section::fault(std::string_view key, const std::string& what) {
  const auto node = get(key);
  faults_.error(node ? node->Mark() : mark(), "`" + path(key) + "` " + what);
}

YAML::Mark mark_at(const YAML::Node& root, std::string_view pointer, bool of_key) {
  YAML::Mark mark = root.Mark();
  YAML::Node node;
  node.reset(root);
  while (pointer.starts_with('/')) {
    pointer.remove_prefix(1);
    const auto end = std::min(pointer.find('/'), pointer.size());
    std::string part(pointer.substr(0, end));
    for (auto at = part.find('~'); at != std::string::npos && at + 1 < part.size();
         at = part.find('~', at + 1)) {
      part.replace(at, 2, part[at + 1] == '1' ? "/" : "~");
    }
    pointer.remove_prefix(end);
    YAML::Node next(YAML::NodeType::Undefined);
    if (node.IsMap()) {
      for (const auto& member : node) {
        if (member.first.IsScalar() && member.first.Scalar() == part) {
          next.reset(member.second);
          mark = of_key ? member.first.Mark() : member.second.Mark();
        }
      }
    } else if (node.IsSequence()) {
      std::size_t index = 0;
      const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), index);
      if (error == std::errc() && stop == part.data() + part.size() && index < node.size()) {
        next.reset(node[index]);
        mark = next.Mark();
      }
    }
    if (!next.IsDefined()) break;
    node.reset(next);
  }
  return mark;
}

}  // namespace lotbridge::app
