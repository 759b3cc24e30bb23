// What can be said about a connector and a configuration without opening anything.
#include <algorithm>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>

#include "daemon/host/address.hpp"
#include "daemon/host/host.hpp"
#include "daemon/host/loader.hpp"
#include "daemon/host/schema_check.hpp"

namespace lotbridge::host {
namespace {

// What the engine addresses to connectors; everything else the host asks for by itself.
bool is_instruction(const std::string& operation) {
  static constexpr std::string_view kOwn[] = {"account.check/1", "webhook.receive/1",
                                              "webhook.register/1"};
  return !operation.ends_with(".pull/1") &&
         std::find(std::begin(kOwn), std::end(kOwn), operation) == std::end(kOwn);
}

}  // namespace

Result<Inspection> inspect(const std::vector<std::string>& connector_path,
                           const std::string& type) {
  const auto loaded = load_connector(connector_path, type, Isolation::process);
  if (!loaded.ok()) return loaded.problem();
  const Descriptor& descriptor = (*loaded)->descriptor;
  Inspection out;
  out.id = descriptor.id;
  out.name = descriptor.name;
  out.version = descriptor.version;
  out.status = descriptor.status;
  out.file = (*loaded)->file;
  out.descriptor_json = descriptor.text;
  out.operations = (*loaded)->operations;
  out.missing = (*loaded)->missing;
  std::copy_if(out.operations.begin(), out.operations.end(), std::back_inserter(out.instructions),
               is_instruction);
  for (const auto& [name, rule] : descriptor.secrets) {
    if (rule.oauth) continue;  // nobody configures what the host fetches
    out.secrets.push_back(name);
    if (!rule.optional) out.secrets_required.push_back(name);
  }
  return out;
}

std::vector<FieldError> check_config(const Inspection& connector, const ConnectorConfig& config) {
  std::vector<FieldError> faults;
  const auto descriptor = read_descriptor(connector.descriptor_json);
  if (!descriptor.ok()) return {{"", descriptor.problem().detail}};
  try {
    const Json settings = Json::parse(config.settings.empty() ? "{}" : config.settings);
    if (!settings.is_object()) return {{"/settings", "must be a mapping"}};
    if (descriptor->config) faults = check_against(descriptor->config, settings, "/settings");
  } catch (const Failure& failure) {
    return {{"/settings" + failure.path, failure.message}};
  }
  const auto known = [](const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const auto& [name, value] : config.secrets) {
    if (!known(connector.secrets, name))
      faults.push_back({"/secrets/" + name, "is not a secret of this connector"});
  }
  for (const std::string& name : connector.secrets_required) {
    const auto given = config.secrets.find(name);
    if (given == config.secrets.end() || given->second.empty())
      faults.push_back({"/secrets/" + name, "is missing"});
  }
  if (!config.base_url.empty() && !parse_address(config.base_url)) {
    faults.push_back({"/settings/base_url", "must be an http or https address"});
  }
  if (config.owner.empty() == config.owners.empty()) {
    faults.push_back({"/owner", "either 'owner' or 'owners' must be given"});
  }
  return faults;
}

}  // namespace lotbridge::host
