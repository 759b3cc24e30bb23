// The house rules as a test: reads the whole tree as git sees it and fails where a file breaks one.
//
// Each rule is one TEST; its message names the file, the line and what to do instead.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = LOTBRIDGE_SOURCE_DIR;

struct File {
  std::string name;  // relative to the root
  std::vector<std::string> lines;
};

bool ends_with_any(const std::string& name, std::initializer_list<const char*> endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](const char* ending) { return name.ends_with(ending); });
}

// Every file that belongs to the tree: tracked, or new and not ignored.
std::vector<std::string> tree() {
  const std::string command = "cd '" + kRoot.string() +
                              "' && git ls-files --cached --others --exclude-standard 2>/dev/null";
  std::vector<std::string> names;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer{};
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
    std::string name(buffer.data());
    if (!name.empty() && name.back() == '\n') name.pop_back();
    if (fs::exists(kRoot / name)) names.push_back(name);
  }
  if (pipe != nullptr) pclose(pipe);
  return names;
}

const std::vector<File>& sources() {
  static const std::vector<File> files = [] {
    std::vector<File> all;
    for (const std::string& name : tree()) {
      if (!ends_with_any(name, {".cpp", ".hpp", ".h", ".mjs", ".sh", ".md", ".txt", ".cmake"})) {
        continue;
      }
      File file{name, {}};
      std::ifstream in(kRoot / name);
      for (std::string line; std::getline(in, line);) file.lines.push_back(line);
      all.push_back(std::move(file));
    }
    return all;
  }();
  return files;
}

bool is_cpp(const File& file) { return ends_with_any(file.name, {".cpp", ".hpp", ".h"}); }
bool is_code(const File& file) { return is_cpp(file) || ends_with_any(file.name, {".mjs", ".sh"}); }
bool is_test(const File& file) {
  return file.name.starts_with("tests/") || file.name.find("/tests/") != std::string::npos ||
         file.name.find("_test.") != std::string::npos ||
         file.name.find("_test_") != std::string::npos;
}

// Collects what a rule found, so that one run shows all of it.
class Findings {
 public:
  explicit Findings(std::string advice) : advice_(std::move(advice)) {}
  void add(const File& file, std::size_t line, const std::string& what) {
    text_ << "  " << file.name << ":" << line + 1 << ": " << what << "\n";
  }
  void add(const std::string& name, const std::string& what) {
    text_ << "  " << name << ": " << what << "\n";
  }
  ~Findings() { EXPECT_TRUE(text_.str().empty()) << advice_ << "\n" << text_.str(); }

 private:
  std::string advice_;
  std::ostringstream text_;
};

TEST(Tidy, TheTreeIsRead) { ASSERT_GT(sources().size(), 20U) << "git could not list the tree"; }

TEST(Tidy, LinesAreReadable) {
  Findings findings("Break lines of code at 120 columns at the latest.");
  for (const File& file : sources()) {
    if (!is_code(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (file.lines[i].size() > 140) findings.add(file, i, std::to_string(file.lines[i].size()));
    }
  }
}

TEST(Tidy, FilesHoldOneThing) {
  Findings findings("Past 500 lines a file holds more than one thing: split it.");
  for (const File& file : sources()) {
    if (is_code(file) && file.lines.size() > 500) {
      findings.add(file.name, std::to_string(file.lines.size()) + " lines");
    }
  }
}

// clang-format keeps a function's first line and its closing brace in column 0.
TEST(Tidy, FunctionsFitOnAScreen) {
  Findings findings("A function of more than 70 lines wants to be two.");
  static const std::regex opens(R"(^[A-Za-z].*\)( const| noexcept| override|)* \{$|^    .*\) \{$)");
  for (const File& file : sources()) {
    if (!is_cpp(file) || is_test(file)) continue;
    std::size_t opened = 0;
    bool inside = false;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      const bool column_zero = !line.empty() && line[0] != ' ' && line[0] != '}';
      const bool is_scope = line.starts_with("namespace") || line.starts_with("struct") ||
                            line.starts_with("class") || line.starts_with("enum") ||
                            line.starts_with("extern");
      if (column_zero && !is_scope && line.ends_with("{") && std::regex_search(line, opens)) {
        opened = i;
        inside = true;
      } else if (inside && line.starts_with("}")) {
        if (i - opened > 70) findings.add(file, opened, std::to_string(i - opened) + " lines");
        inside = false;
      }
    }
  }
}

TEST(Tidy, HeadersSayWhatTheyPromise) {
  Findings findings("A header begins with a comment that says what it promises.");
  for (const File& file : sources()) {
    if (!ends_with_any(file.name, {".hpp", ".h"}) || file.lines.empty()) continue;
    const std::string& first = file.lines.front();
    if (!first.starts_with("//") && !first.starts_with("/*")) findings.add(file, 0, first);
  }
}

TEST(Tidy, BannedCallsHaveAReplacement) {
  struct Ban {
    std::regex what;
    const char* instead;
    std::set<std::string> allowed;  // file name prefixes
  };
  static const std::vector<Ban> bans = {
      {std::regex(R"(system_clock::now)"),
       "engine::Clock",
       {"daemon/engine/", "daemon/log/", "daemon/app/", "daemon/connector_tool/account.cpp"}},
      {std::regex(R"((^|[^:.>\w])(std::)?(strcpy|strcat|sprintf|gets|atoi|atof|strtok)\s*\()"),
       "std::string",
       {}},
      {std::regex(R"(\b(system|popen)\s*\()"), "no shell from the product", {"tests/"}},
      {std::regex(R"(\bfloat\b|\bdouble\b)"),
       "Quantity, Money or scaled integers",
       {"tests/", "daemon/api/metrics", "daemon/host/", "daemon/app/", "daemon/ctl/", "connectors/",
        "sdk/src/", "sdk/include/lotbridge/"}},
      {std::regex(R"(std::(cout|cerr)\b)"),
       "the log, or the program's own printer",
       {"daemon/app/", "daemon/ctl/", "tests/", "examples/", "daemon/log/"}},
      {std::regex(R"(\brand\s*\(|random_device)"),
       "randomness comes in as an argument",
       {"daemon/host/", "daemon/store/", "daemon/engine/", "daemon/app/", "daemon/ctl/", "tests/"}},
  };
  Findings findings("These calls have a replacement in this house:");
  for (const File& file : sources()) {
    if (!is_cpp(file) || file.name == "tests/tidy/tidy_test.cpp" || is_test(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string code = file.lines[i].substr(0, file.lines[i].find("//"));
      for (const Ban& ban : bans) {
        const bool allowed =
            std::any_of(ban.allowed.begin(), ban.allowed.end(),
                        [&](const std::string& prefix) { return file.name.starts_with(prefix); });
        if (!allowed && std::regex_search(code, ban.what)) {
          findings.add(file, i, std::string("instead: ") + ban.instead);
        }
      }
    }
  }
}

TEST(Tidy, NothingIsLeftForLater) {
  Findings findings("Do it or file it; a marker in the code is neither.");
  static const std::regex marker(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X|HA"
      "CK)\\b");
  for (const File& file : sources()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (std::regex_search(file.lines[i], marker)) findings.add(file, i, file.lines[i]);
    }
  }
}

TEST(Tidy, TheTreeSpeaksOfItselfOnly) {
  Findings findings("No path, host or habit of one machine belongs into the tree.");
  static const std::regex foreign(
      R"(/work/|/root/|\.\./shared|\.library\b|registry\.npmjs|deb\.debian\.org)");
  for (const File& file : sources()) {
    if (file.name == "tests/tidy/tidy_test.cpp") continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (std::regex_search(file.lines[i], foreign)) findings.add(file, i, file.lines[i]);
    }
  }
}

TEST(Tidy, EveryFolderSaysWhatLivesThere) {
  Findings findings("Add a README.md: what is here, what must not be, where a new thing goes.");
  for (const char* folder :
       {"sdk", "sdk/records", "connectors", "daemon", "daemon/core", "daemon/store",
        "daemon/engine", "daemon/host", "daemon/api", "daemon/app", "daemon/ctl",
        "daemon/connector_host", "examples", "schemas", "tests", "docs"}) {
    if (!fs::exists(kRoot / folder / "README.md")) findings.add(folder, "no README.md");
  }
  for (const auto& entry : fs::directory_iterator(kRoot / "connectors")) {
    if (entry.is_directory() && !fs::exists(entry.path() / "README.md")) {
      findings.add("connectors/" + entry.path().filename().string(), "no README.md");
    }
  }
}

TEST(Tidy, DocumentsHaveOneTitle) {
  Findings findings("A document has exactly one title.");
  for (const File& file : sources()) {
    if (!file.name.ends_with(".md")) continue;
    int titles = 0;
    bool code = false;
    for (const std::string& line : file.lines) {
      if (line.starts_with("```")) code = !code;
      if (!code && line.starts_with("# ")) ++titles;
    }
    if (titles != 1) findings.add(file.name, std::to_string(titles) + " titles");
  }
}

// Which folders a room may include from, besides itself, the SDK's headers and libraries.
TEST(Tidy, RoomsUseOnlyWhatStandsAboveThem) {
  static const std::map<std::string, std::set<std::string>> may = {
      {"core", {}},
      {"log", {}},
      {"store", {"core", "log"}},
      {"engine", {"core", "store", "log"}},
      {"connector_host", {}},
      {"host", {"engine", "core", "log", "connector_host"}},
      {"api", {"engine", "store", "core", "host", "log"}},
      {"app", {"api", "host", "engine", "store", "core", "log"}},
      {"ctl", {"host", "log"}}};
  static const std::regex include(R"re(^#include "daemon/([a-z_]+)/)re");
  Findings findings("A room uses only rooms that stand above it (docs/architecture.md).");
  for (const File& file : sources()) {
    if (!is_cpp(file) || is_test(file)) continue;
    const bool in_daemon = file.name.starts_with("daemon/");
    const std::string room =
        in_daemon ? file.name.substr(7, file.name.find('/', 7) - 7) : std::string();
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      std::smatch match;
      if (!std::regex_search(file.lines[i], match, include)) continue;
      const std::string used = match[1];
      if (!in_daemon && (file.name.starts_with("sdk/") || file.name.starts_with("connectors/"))) {
        findings.add(file, i, "the SDK and connectors know nothing of the daemon");
      } else if (in_daemon && used != room && may.contains(room) && !may.at(room).contains(used)) {
        findings.add(file, i, "daemon/" + room + " must not use daemon/" + used);
      }
    }
  }
}

TEST(Tidy, TheCoreIsPure) {
  static const std::regex forbidden(
      R"(#include <(thread|mutex|atomic|chrono|fstream|iostream|filesystem|boost|simdjson|sqlite3|curl|openssl|spdlog|date))");
  Findings findings("daemon/core holds no I/O, clock, threads, SQL or JSON.");
  for (const File& file : sources()) {
    if (!file.name.starts_with("daemon/core/") || is_test(file)) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (std::regex_search(file.lines[i], forbidden)) findings.add(file, i, file.lines[i]);
    }
  }
}

}  // namespace
