#include "daemon/connector_tool/package.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

namespace lotbridge::connector_tool {
namespace {

namespace fs = std::filesystem;

std::string default_input(const std::string& operation) {
  if (operation.find(".pull/") != std::string::npos) return R"({"cursor":null,"start_at":null})";
  if (operation == "webhook.register/1") return R"({"url":"https://lots.example/hooks/account"})";
  return "{}";
}

// What validate.yaml says for recordings that do not say it themselves.
struct Common {
  std::string settings = "{}", now;
  std::map<std::string, std::string> inputs;  // by the recording's name
};

Result<Scenario> scenario_of(const fs::path& path, const Common& common) {
  auto tape = Cassette::load(path.string());
  if (!tape.ok()) return tape.problem();
  Scenario out;
  out.name = path.stem().string();
  out.file = path.string();
  out.tape = std::move(*tape);
  out.operation = out.tape.operation.empty() ? operation_of_name(out.name) : out.tape.operation;
  const auto given = common.inputs.find(out.name);
  out.input = !out.tape.input.empty()        ? out.tape.input
              : given != common.inputs.end() ? given->second
                                             : default_input(out.operation);
  if (out.tape.settings.empty()) out.tape.settings = common.settings;
  if (out.tape.now.empty()) out.tape.now = common.now;
  try {
    Json::parse(out.input);
    Json::parse(out.tape.settings);
  } catch (const Failure& failure) {
    return Problem{
        "bad_cassette", path.string() + ": input or settings are no JSON: " + failure.message, {}};
  }
  return out;
}

std::string json_of(const YAML::Node& node) {
  const auto json = yaml_as_json(YAML::Dump(node));
  return json.ok() ? *json : "{}";
}

Refused read_wishes(const std::string& path, Package& into, Common& common) {
  if (!fs::exists(path)) return std::nullopt;
  try {
    const YAML::Node root = YAML::LoadFile(path);
    for (const auto& item : root) {
      const std::string key = item.first.as<std::string>();
      const bool known = key == "off" || key == "old_cursors" || key == "settings" ||
                         key == "now" || key == "inputs";
      if (!known) return Problem{"bad_validate", path + ": unknown key '" + key + "'", {}};
    }
    if (root["settings"]) common.settings = json_of(root["settings"]);
    if (root["now"]) common.now = root["now"].as<std::string>();
    for (const auto& input : root["inputs"])
      common.inputs.emplace(input.first.as<std::string>(), json_of(input.second));
    for (const auto& off : root["off"]) {
      const std::string test = off["test"] ? off["test"].as<std::string>() : "";
      const std::string reason = off["reason"] ? off["reason"].as<std::string>() : "";
      if (test.empty() || reason.size() < 10)
        return Problem{"bad_validate",
                       path + ": an entry of 'off' needs a 'test' and a 'reason' of a sentence",
                       {}};
      into.switched_off.emplace(test, reason);
    }
    for (const auto& cursors : root["old_cursors"]) {
      auto& list = into.old_cursors[cursors.first.as<std::string>()];
      for (const auto& cursor : cursors.second) list.push_back(cursor.as<std::string>());
    }
  } catch (const YAML::Exception& error) {
    return Problem{"bad_validate", path + " can't be read: " + error.what(), {}};
  }
  return std::nullopt;
}

}  // namespace

bool Scenario::is_instruction() const {
  return !is_pull() && !is_webhook() && operation != "account.check/1" &&
         operation != "webhook.register/1";
}

std::string operation_of_name(const std::string& name) {
  std::string out = name;
  if (const auto at = out.find('_'); at != std::string::npos) out[at] = '.';
  if (const auto more = out.find('_'); more != std::string::npos) out.resize(more);
  return out + "/1";
}

std::string text_of_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Result<Package> read_package(const std::string& file, const std::string& recordings) {
  std::error_code error;
  if (!fs::is_regular_file(file, error))
    return Problem{"no_such_file", "there is no file " + file, {}};
  Package out;
  out.file = fs::absolute(file).lexically_normal().string();
  const fs::path home = fs::path(out.file).parent_path();
  out.folder = recordings.empty() ? home.string() : recordings;
  out.descriptor_file = (home / "descriptor.json").string();
  out.descriptor = text_of_file(out.descriptor_file);
  Common common;
  if (auto bad = read_wishes((fs::path(out.folder) / "validate.yaml").string(), out, common))
    return *bad;
  std::vector<fs::path> tapes;
  for (fs::directory_iterator at(fs::path(out.folder) / "cassettes", error), end;
       !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".yaml") tapes.push_back(at->path());
  }
  std::sort(tapes.begin(), tapes.end());
  for (const fs::path& path : tapes) {
    auto scenario = scenario_of(path, common);
    if (!scenario.ok()) return scenario.problem();
    out.scenarios.push_back(std::move(*scenario));
  }
  return out;
}

}  // namespace lotbridge::connector_tool
