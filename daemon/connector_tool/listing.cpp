// lotctl connector describe, list: what files say about themselves.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include "daemon/connector_tool/arguments.hpp"
#include "daemon/connector_tool/isolated.hpp"
#include "daemon/connector_tool/verbs.hpp"

namespace lotbridge::connector_tool {
namespace {

namespace fs = std::filesystem;

constexpr const char* kHowDescribe = "lotctl connector describe FILE [--json]";
constexpr const char* kHowList =
    "lotctl connector list [--connector-path FOLDERS] [-v]\n"
    "FOLDERS are separated by ':' (default: LOTBRIDGE_CONNECTOR_PATH, then the installed ones).";

std::string joined(const Json& list) {
  std::string out;
  for (const Json& item : list.items_or_none()) out += (out.empty() ? "" : ", ") + item.text();
  return out.empty() ? "-" : out;
}

void say(const char* what, const std::string& text) {
  std::printf("%-11s %s\n", what, text.c_str());
}

void print(const Json& descriptor, const Offer& offer, const std::string& file) {
  say("connector", descriptor["id"].text() + " " + descriptor["version"].text() + ", " +
                       descriptor["name"].text());
  say("file", file);
  say("status", descriptor["status"].text_or("-") + ", " + descriptor["trust"].text_or("-"));
  say("roles", joined(descriptor["roles"]));
  std::string operations;
  for (const std::string& name : offer.operations)
    operations += (operations.empty() ? "" : ", ") + name;
  say("operations", operations);
  say("hosts", joined(descriptor["hosts"]));
  if (descriptor["secrets"]) {
    for (const auto& [name, rule] : descriptor["secrets"].members())
      say("secret", std::string(name) + ": " + rule["title"].text_or("-"));
  }
  if (descriptor["config"]["properties"]) {
    for (const auto& [name, property] : descriptor["config"]["properties"].members())
      say("setting", std::string(name) + ": " + property["title"].text_or("-"));
  }
  if (offer.load_us > 0) say("loads in", std::to_string(offer.load_us / 1000) + " ms");
}

struct Found {
  std::string id, version, status, file, hidden_by;
};

// The sidecar alone: nothing is loaded for a list.
void take(const fs::path& file, std::vector<Found>& into) {
  Found found;
  found.file = file.string();
  try {
    const Json descriptor =
        Json::parse(text_of_file((file.parent_path() / "descriptor.json").string()));
    found.id = descriptor["id"].text();
    found.version = descriptor["version"].text();
    found.status = descriptor["status"].text_or("-");
  } catch (const Failure& failure) {
    found.id = file.stem().string();
    found.hidden_by = "its descriptor can't be read: " + failure.message;
  }
  for (const Found& earlier : into) {
    if (earlier.id == found.id && earlier.version == found.version && found.hidden_by.empty())
      found.hidden_by = "the same version was found before in " + earlier.file;
  }
  into.push_back(std::move(found));
}

// <id>/<id>.so and <id>/<version>/<id>.so.
void search(const fs::path& folder, std::vector<Found>& into) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string id = at->path().filename().string();
    std::error_code ignored;
    if (fs::exists(at->path() / (id + ".so"), ignored)) files.push_back(at->path() / (id + ".so"));
    for (fs::directory_iterator in(at->path(), ignored), last; !ignored && in != last;
         in.increment(ignored)) {
      std::error_code none;
      if (fs::exists(in->path() / (id + ".so"), none)) files.push_back(in->path() / (id + ".so"));
    }
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) take(file, into);
}

std::vector<std::string> folders(const std::string& given) {
  std::string path = given;
  if (path.empty()) {
    const char* named = std::getenv("LOTBRIDGE_CONNECTOR_PATH");
    path = named == nullptr ? "" : std::string(named) + ":";
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error).parent_path().parent_path();
    path += (self / "lib/lotbridge/connectors").string() + ":" + (self / "connectors").string();
  }
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= path.size();) {
    const auto to = std::min(path.find(':', from), path.size());
    if (to > from) out.push_back(path.substr(from, to - from));
    from = to + 1;
  }
  return out;
}

}  // namespace

int describe(const Words& words) {
  const auto arguments = read_arguments(words, {{}, {"--json"}, 1, 1});
  if (!arguments.ok()) return wrong_usage(arguments.problem().detail, kHowDescribe);
  const auto package = read_package(arguments->words[0], "");
  if (!package.ok()) return refused(package.problem().detail);
  const Offer offer = offer_of(*package);
  if (!offer.loaded) return refused(package->file + ": " + offer.problem);
  if (arguments->has("--json")) {
    std::printf("%s", offer.descriptor.c_str());
  } else {
    print(Json::parse(offer.descriptor), offer, package->file);
  }
  return kDone;
}

int list(const Words& words) {
  Words plain;
  bool more = false;
  for (const std::string& word : words) {
    if (word == "-v") {
      more = true;
    } else {
      plain.push_back(word);
    }
  }
  const auto arguments = read_arguments(plain, {{"--connector-path"}, {}, 0, 0});
  if (!arguments.ok()) return wrong_usage(arguments.problem().detail, kHowList);
  std::vector<Found> all;
  for (const std::string& folder : folders(arguments->value("--connector-path")))
    search(folder, all);
  for (const Found& found : all) {
    if (!found.hidden_by.empty() && !more) continue;
    std::printf("%-18s %-9s %-10s %s\n", found.id.c_str(), found.version.c_str(),
                found.status.c_str(), found.file.c_str());
    if (!found.hidden_by.empty()) std::printf("%-18s not used: %s\n", "", found.hidden_by.c_str());
  }
  if (all.empty()) std::fprintf(stderr, "no connector was found\n");
  return all.empty() ? kRefused : kDone;
}

}  // namespace lotbridge::connector_tool
