// One map of the configuration at a time, and the list of what is wrong with it. Only config*.cpp
// include this.
#pragma once

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/status.hpp>

namespace lotbridge::app {

class Faults {
 public:
  explicit Faults(std::string file) : file_(std::move(file)) {}

  void error(const YAML::Mark& mark, const std::string& what) { add(errors_, mark, what); }
  void warn(const YAML::Mark& mark, const std::string& what) { add(warnings_, mark, what); }
  // In the order of the file.
  std::vector<std::string> errors() { return sorted(errors_); }
  std::vector<std::string> warnings() { return sorted(warnings_); }
  bool none() const { return errors_.empty(); }
  const std::string& file() const { return file_; }
  // A path of the configuration, from its folder.
  std::string resolve(const std::string& path) const;

 private:
  struct Entry {
    int line, column;
    std::string what;
  };
  static void add(std::vector<Entry>& to, const YAML::Mark& mark, const std::string& what) {
    to.push_back({mark.line + 1, mark.column + 1, what});
  }
  std::vector<std::string> sorted(std::vector<Entry>&) const;

  std::string file_;
  std::vector<Entry> errors_, warnings_;
};

// A map whose keys are asked for one by one; what was not asked for is unknown. `path` names it in
// messages: "owners[0]".
class Section {
 public:
  Section(Faults& faults, const YAML::Node& node, std::string path);
  // Says which keys nobody asked for.
  ~Section();
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;

  bool usable() const { return usable_; }
  const YAML::Mark mark() const { return node_.Mark(); }
  std::string path(std::string_view key) const;

  // The member's value where it is there and not null.
  std::optional<YAML::Node> get(std::string_view key);
  YAML::Node required(std::string_view key);  // undefined after a fault
  // Scalars; a fault where the value is of another kind.
  std::optional<std::string> text(std::string_view key);
  std::string required_text(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  // One of the words; the first where it is left out.
  std::string word(std::string_view key, const std::vector<std::string>& words);
  // A list of scalars; nullopt: left out or faulty. `star`: set when it is the text "*" instead.
  std::optional<std::vector<YAML::Node>> list(std::string_view key, bool* star = nullptr);

  void fault(std::string_view key, const std::string& what);
  Faults& faults() { return faults_; }

 private:
  Faults& faults_;
  YAML::Node node_;
  std::string path_;
  std::vector<std::string> asked_;
  bool usable_ = false;
};

// A scalar's text, with a fault where it is none.
std::optional<std::string> scalar_text(Faults&, const YAML::Node&, const std::string& path);
// Where a JSON Pointer leads in a node, as far as it does: to the value, or to its key.
YAML::Mark mark_at(const YAML::Node&, std::string_view pointer, bool of_key = false);
// "; did you mean `x`?" or "".
std::string suggestion(std::string_view wrong, const std::vector<std::string>& known);
std::string joined(const std::vector<std::string>& words);

}  // namespace lotbridge::app
