// descriptor.json: what the daemon, the operator and a reviewer rely on without running anything.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <regex>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include "daemon/connector_tool/descriptor_schema.hpp"
#include "daemon/connector_tool/known_operations.hpp"
#include "daemon/connector_tool/test.hpp"
#include "daemon/host/schema_check.hpp"

namespace lotbridge::connector_tool {
namespace {

Json descriptor_of(const Context& context) { return Json::parse(context.offer->descriptor); }

// What has a test of its own, so that each fault is told once.
bool told_elsewhere(const std::string& pointer) {
  return pointer == "/id" || pointer == "/version" ||
         (pointer.starts_with("/secrets/") &&
          (pointer.ends_with("/hosts") || pointer.ends_with("/use")));
}

Verdict schema(const Context& context) {
  std::string found;
  const Json descriptor = descriptor_of(context);
  auto faults = host::check_against(Json::parse(std::string(kDescriptorSchema)), descriptor, "");
  for (const FieldError& fault : host::check_schema(descriptor["config"])) faults.push_back(fault);
  for (const FieldError& fault : faults) {
    if (!told_elsewhere(fault.pointer))
      found += (found.empty() ? "" : "; ") + fault.pointer + " " + fault.detail;
  }
  return found.empty() ? Verdict::pass() : Verdict::fail(found);
}

Verdict id(const Context& context) {
  static const std::regex kId("[a-z0-9][a-z0-9-]{0,63}");
  const std::string id = descriptor_of(context)["id"].text_or("");
  if (!std::regex_match(id, kId))
    return Verdict::fail("'" + id + "' must be lower-case letters, digits and '-'");
  const std::string file = std::filesystem::path(context.package->file).stem().string();
  if (id != file) return Verdict::fail("the id is '" + id + "', the file is " + file + ".so");
  return Verdict::pass();
}

Verdict version(const Context& context) {
  static const std::regex kVersion("[0-9]+\\.[0-9]+\\.[0-9]+([-+].+)?");
  const std::string version = descriptor_of(context)["version"].text_or("");
  if (std::regex_match(version, kVersion)) return Verdict::pass();
  return Verdict::fail("'" + version + "' is not of the form 1.2.3");
}

Verdict role_operations(const Context& context) {
  std::string missing;
  const Json roles = descriptor_of(context)["roles"];
  if (roles.items_or_none().empty()) return Verdict::fail("it names no role");
  for (const Json& role : roles.items()) {
    for (const std::string& operation : needed_by(role.text())) {
      if (!context.offer->has(operation))
        missing += (missing.empty() ? "" : ", ") + operation + " for the role " + role.text();
    }
  }
  return missing.empty() ? Verdict::pass() : Verdict::fail("missing: " + missing);
}

Verdict operations_known(const Context& context) {
  std::string unknown;
  for (const std::string& operation : context.offer->operations) {
    std::string file = operation;
    std::replace(file.begin(), file.end(), '/', '-');
    const auto schema =
        std::filesystem::path(context.package->folder) / "schemas" / (file + ".schema.json");
    if (!is_known_operation(operation) && !std::filesystem::exists(schema))
      unknown +=
          (unknown.empty() ? "" : ", ") + operation + " (nor is there " + schema.string() + ")";
  }
  return unknown.empty() ? Verdict::pass() : Verdict::fail("the daemon does not know " + unknown);
}

Verdict secrets(const Context& context) {
  const Json secrets = descriptor_of(context)["secrets"];
  if (!secrets) return Verdict::pass();
  for (const auto& [name, rule] : secrets.members()) {
    if (rule["hosts"].items_or_none().empty() && !rule["use"])
      return Verdict::fail("secret '" + std::string(name) +
                           "' says neither to which hosts it may go nor what it is used for");
  }
  return Verdict::pass();
}

// A setting in a host must be held to a pattern or a list, or it is any address in the world.
bool is_held(const Json& config, const std::string& name) {
  const Json property = config["properties"][name];
  return property["pattern"].exists() || property["enum"].exists();
}

std::string looseness(const std::string& pattern, const Json& config) {
  std::string plain;
  bool only_settings = true;
  for (std::size_t at = 0; at < pattern.size();) {
    if (pattern[at] != '{') {
      only_settings = false;
      plain += pattern[at++];
      continue;
    }
    const auto close = std::min(pattern.find('}', at), pattern.size());
    const std::string name = pattern.substr(at + 1, close - at - 1);
    if (!is_held(config, name)) return "the setting '" + name + "' has no pattern that bounds it";
    plain += 'x';
    at = close + 1;
  }
  if (only_settings) return "";
  if (plain.find('*') == std::string::npos) return "";
  if (!plain.starts_with("*.") || plain.find('*', 1) != std::string::npos)
    return "'*.' may stand in front only";
  if (std::count(plain.begin(), plain.end(), '.') < 2)
    return "'*' stands for every host of a whole top-level domain";
  return "";
}

Verdict hosts(const Context& context) {
  const Json descriptor = descriptor_of(context);
  std::vector<std::string> patterns;
  for (const Json& host : descriptor["hosts"].items_or_none()) patterns.push_back(host.text());
  if (descriptor["secrets"]) {
    for (const auto& [name, rule] : descriptor["secrets"].members()) {
      for (const Json& host : rule["hosts"].items_or_none()) patterns.push_back(host.text());
    }
  }
  for (const std::string& pattern : patterns) {
    const std::string loose = looseness(pattern, descriptor["config"]);
    if (!loose.empty()) return Verdict::fail("host '" + pattern + "': " + loose);
  }
  return Verdict::pass();
}

Verdict limits(const Context& context) {
  const Json descriptor = descriptor_of(context);
  if (descriptor["hosts"].items_or_none().empty())
    return Verdict::pass();  // it asks no platform for anything
  if (descriptor["limits"]["default"].is_object()) return Verdict::pass();
  return Verdict::fail("'limits' has no 'default': how often may the platform be asked?");
}

bool looks_secret(const std::string& name, const std::string& value) {
  static const std::regex kName("(token|secret|password|passwd|api_?key|private_?key|credential)",
                                std::regex::icase);
  static const std::regex kValue(
      "^(sk|pk|shpat|shpss|ghp|xox[bp]|EZ[AT]K|AKIA)[_-]?[A-Za-z0-9_]{8,}.*");
  if (std::regex_search(name, kName)) return !value.empty();
  if (std::regex_match(value, kValue)) return true;
  const bool dense = value.size() >= 24 && value.find_first_of(" /.:@") == std::string::npos;
  return dense && std::any_of(value.begin(), value.end(), ::isdigit) &&
         std::any_of(value.begin(), value.end(), ::isalpha);
}

Verdict defaults(const Context& context) {
  const Json properties = descriptor_of(context)["config"]["properties"];
  if (!properties) return Verdict::pass();
  for (const auto& [name, property] : properties.members()) {
    for (const char* key : {"default", "examples"}) {
      std::vector<Json> values =
          property[key].is_array() ? property[key].items() : std::vector<Json>{property[key]};
      for (const Json& value : values) {
        if (value.is_text() && looks_secret(std::string(name), value.text()))
          return Verdict::fail("the setting '" + std::string(name) + "' has a " + key +
                               " that looks like a secret");
      }
    }
  }
  return Verdict::pass();
}

void add(Tests& tests, const char* name, const char* sentence, Verdict (*run)(const Context&)) {
  const std::string id = std::string("descriptor/") + name;
  tests.push_back({id, id, sentence, run, false});
}

}  // namespace

void add_descriptor_tests(Tests& tests, const Package&, const Offer& offer) {
  if (!offer.loaded) return;
  add(tests, "schema", "The descriptor matches its schema.", schema);
  add(tests, "id", "Its id is well formed and the name of the file.", id);
  add(tests, "version", "Its version is well formed.", version);
  add(tests, "role-operations", "Each role's operations are there.", role_operations);
  add(tests, "operations-known", "The daemon knows each operation, or its schema is given.",
      operations_known);
  add(tests, "secrets", "Every secret says where it may go or what it is used for.", secrets);
  add(tests, "hosts", "Every host pattern is bounded.", hosts);
  add(tests, "limits", "A rate limit is declared.", limits);
  add(tests, "no-secret-default", "No default or example of a setting looks like a secret.",
      defaults);
}

}  // namespace lotbridge::connector_tool
