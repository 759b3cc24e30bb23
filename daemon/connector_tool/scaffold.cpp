// lotctl connector new NAME: a folder with a connector that builds and passes, to be changed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

#include "daemon/connector_tool/arguments.hpp"
#include "daemon/connector_tool/known_operations.hpp"
#include "daemon/connector_tool/package.hpp"
#include "daemon/connector_tool/template.hpp"
#include "daemon/connector_tool/verbs.hpp"

namespace lotbridge::connector_tool {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHow =
    "lotctl connector new NAME [--role storefront|marketplace|3pl|wms|carrier|erp]\n"
    "    [--auth bearer|basic|api-key|oauth2] [--style rest|graphql|files] [--into FOLDER]\n"
    "Makes FOLDER (default: NAME) with a connector for a platform that does not exist.";

// Where the template lies: named by the environment, installed beside this program, or in the tree
// that it was built from.
fs::path template_folder() {
  if (const char* named = std::getenv("LOTBRIDGE_TEMPLATE")) return named;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error).parent_path();
  const fs::path installed = self.parent_path() / "share/lotbridge/template";
  return fs::exists(installed, error) ? installed : fs::path(LOTBRIDGE_TEMPLATE_FOLDER);
}

std::string in_camel_case(const std::string& name) {
  std::string out;
  bool up = true;
  for (const char c : name) {
    if (c == '-') {
      up = true;
      continue;
    }
    out += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    up = false;
  }
  return out;
}

std::string in_upper_case(std::string name) {
  for (char& c : name) c = c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return name;
}

std::string base_of(const std::string& role) {
  if (role == "3pl" || role == "wms") return "Warehouse";
  return in_camel_case(role);
}

bool one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

struct Wish {
  std::string name, role, auth, style, folder;
};

std::string fault_of(const Wish& wish) {
  static const std::regex kName("[a-z][a-z0-9-]{0,62}");
  if (!std::regex_match(wish.name, kName)) return "NAME is lower-case letters, digits and '-'";
  if (needed_by(wish.role).empty()) return "there is no role '" + wish.role + "'";
  if (!one_of(wish.auth, {"bearer", "basic", "api-key", "oauth2"}))
    return "there is no kind of credentials '" + wish.auth + "'";
  if (!one_of(wish.style, {"rest", "graphql", "files"}))
    return "there is no style '" + wish.style + "'";
  if (fs::exists(wish.folder)) return wish.folder + " exists already";
  return {};
}

int make(const Wish& wish) {
  const fs::path from = template_folder();
  if (!fs::exists(from / "connector.cpp.in"))
    return refused("there is no template in " + from.string() + "; set LOTBRIDGE_TEMPLATE");
  std::set<std::string> words = {"role:" + wish.role, "auth:" + wish.auth, "style:" + wish.style};
  std::string poll;
  std::set<std::string> recordings;
  for (const std::string& operation : needed_by(wish.role)) {
    std::string plain = operation.substr(0, operation.find('/'));
    words.insert("op:" + plain);
    if (poll.empty() && plain.ends_with(".pull")) poll = plain;
    std::replace(plain.begin(), plain.end(), '.', '_');
    recordings.insert(plain + ".yaml.in");
  }
  const std::map<std::string, std::string> values = {
      {"NAME", wish.name},
      {"CLASS", in_camel_case(wish.name)},
      {"UPPER", in_upper_case(wish.name)},
      {"CONSTANT", "k" + in_camel_case(wish.name) + "Descriptor"},
      {"ROLE", wish.role},
      {"BASE", base_of(wish.role)},
      {"POLL", poll}};
  fs::create_directories(fs::path(wish.folder) / "cassettes");
  for (const auto& entry : fs::recursive_directory_iterator(from)) {
    if (!entry.is_regular_file()) continue;
    const fs::path inside = fs::relative(entry.path(), from);
    std::string name = inside.string();
    const bool recording = name.starts_with("cassettes/");
    if (recording && recordings.count(inside.filename().string()) == 0) continue;
    name.resize(name.size() - std::string(".in").size());
    if (name.starts_with("connector"))
      name = wish.name + name.substr(std::string("connector").size());
    std::ofstream(fs::path(wish.folder) / name, std::ios::binary)
        << filled_template(text_of_file(entry.path().string()), values, words);
  }
  std::printf(
      "%s is a %s. Next:\n"
      "  cd %s && cmake -B build && cmake --build build\n"
      "  lotctl connector validate build/connectors/%s/%s.so --with .\n",
      wish.folder.c_str(), wish.role.c_str(), wish.folder.c_str(), wish.name.c_str(),
      wish.name.c_str());
  return kDone;
}

}  // namespace

int scaffold(const Words& words) {
  const auto arguments =
      read_arguments(words, {{"--role", "--auth", "--style", "--into"}, {}, 1, 1});
  if (!arguments.ok()) return wrong_usage(arguments.problem().detail, kHow);
  Wish wish{arguments->words[0], arguments->value("--role", "storefront"),
            arguments->value("--auth", "bearer"), arguments->value("--style", "rest"), ""};
  wish.folder = arguments->value("--into", wish.name);
  if (const std::string fault = fault_of(wish); !fault.empty()) return wrong_usage(fault, kHow);
  return make(wish);
}

}  // namespace lotbridge::connector_tool
