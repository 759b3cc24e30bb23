// Connector instances: whose they are, what they may do, their settings and secrets against what
// the connector's file says.
#include <chrono>

#include "daemon/app/config_json.hpp"
#include "daemon/app/config_parts.hpp"

namespace lotbridge::app {
namespace {

constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1000;

// One owner, or a map of the platform's customer codes to owners.
std::vector<std::string> read_whose(Section& section, const Names& names,
                                    host::ConnectorConfig& out) {
  const auto one = section.get("owner");
  const auto many = section.get("owners");
  if (one.has_value() == many.has_value()) {
    if (section.usable()) {
      section.faults().error(section.mark(), "`" + section.path("owner") +
                                                 "` or `owners` must be there, and not both.");
    }
    return {};
  }
  if (one) {
    if (!refers(section.faults(), *one, section.path("owner"), names.owners, "owner")) return {};
    out.owner = one->Scalar();
    return {out.owner};
  }
  if (!many->IsMap() || many->size() == 0) {
    section.fault("owners", "must be a map of the platform's customer codes to owners.");
    return {};
  }
  std::vector<std::string> owners;
  for (const auto& member : *many) {
    const std::string path = section.path("owners") + "." + member.first.Scalar();
    if (!refers(section.faults(), member.second, path, names.owners, "owner")) continue;
    out.owners[member.first.Scalar()] = member.second.Scalar();
    if (std::find(owners.begin(), owners.end(), member.second.Scalar()) == owners.end()) {
      owners.push_back(member.second.Scalar());
    }
  }
  return owners;
}

void read_start(Section& section, const Config& config, host::ConnectorConfig& out) {
  const std::string text = section.text("start_at").value_or("now");
  const Timestamp now =
      config.test_clock.value_or(Timestamp{std::chrono::duration_cast<std::chrono::milliseconds>(
                                               std::chrono::system_clock::now().time_since_epoch())
                                               .count()});
  if (text == "now") {
    out.start_at = now;
  } else if (text == "all") {
    out.start_at.reset();
  } else if (const auto at = Timestamp::parse(text)) {
    out.start_at = *at;
  } else if (const auto day = Date::parse(text)) {
    out.start_at = Timestamp{day->days * kDayMs};
  } else {
    section.fault("start_at", "must be `now`, `all`, a date or a time like 2026-03-10T12:00:00Z.");
  }
}

// base_url is the host's, the rest is the connector's own.
void read_settings(Section& section, host::ConnectorConfig& out) {
  const auto node = section.get("settings");
  if (!node) return;
  if (!node->IsMap()) return section.fault("settings", "must be a map of keys and values.");
  YAML::Node own = YAML::Clone(*node);
  if (const auto url = own["base_url"]; url && !url.IsNull()) {
    const std::string text = url.IsScalar() ? url.Scalar() : std::string();
    if (text.starts_with("http://") || text.starts_with("https://")) {
      out.base_url = text;
    } else {
      section.faults().error(mark_at(*node, "/base_url"), "`" + section.path("settings.base_url") +
                                                              "` must be an http or https URL.");
    }
  }
  own.remove("base_url");
  out.settings = json_of(own);
  if (own.size() == 0) out.settings = "{}";
}

void read_secrets(Section& section, Config& config, host::ConnectorConfig& out) {
  const auto node = section.get("secrets");
  if (!node) return;
  if (!node->IsMap())
    return section.fault("secrets", "must be a map of names to {env: …} or {file: …}.");
  for (const auto& member : *node) {
    const std::string& name = member.first.Scalar();
    out.secrets[name] =
        read_secret(section.faults(), member.second, section.path("secrets." + name), config);
  }
}

// Which warehouses it works for: as the configuration says, else those whose facts it brings.
// Empty: any.
std::vector<std::string> read_served(Section& section, const Names& names, const Config& config,
                                     const std::string& connector) {
  std::vector<std::string> out;
  if (const auto list = section.list("warehouses")) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string path = section.path("warehouses") + "[" + std::to_string(i) + "]";
      if (refers(section.faults(), (*list)[i], path, names.warehouses, "warehouse")) {
        out.push_back((*list)[i].Scalar());
      }
    }
    return out;
  }
  for (const auto& warehouse : config.engine.warehouses) {
    const core::Warehouse& core = warehouse.core;
    if (core.facts_from_dispatch == connector || core.facts_from_receipt == connector ||
        core.facts_from_count == connector) {
      out.push_back(core.name);
    }
  }
  return out;
}

void ask_catalog(Section& section, const Catalog& catalog, const Config& config,
                 const host::ConnectorConfig& connector, engine::ConnectorRoute& route) {
  if (connector.type.empty()) return;
  const auto inspection = catalog.inspect(config.host.connector_path, connector.type);
  if (!inspection)
    return section.fault("type", "`" + connector.type + "`: " + inspection.problem().detail);
  route.instructions = inspection->instructions;
  // Faults are found at their place in the settings; what is missing, at the connector.
  const YAML::Node settings = section.get("settings").value_or(YAML::Node());
  const YAML::Node secrets = section.get("secrets").value_or(YAML::Node());
  for (const auto& error : catalog.check(*inspection, connector)) {
    YAML::Mark mark = section.mark();
    if (error.pointer.starts_with("/settings") && settings.IsMap())
      mark = mark_at(settings, error.pointer.substr(9));
    if (error.pointer.starts_with("/secrets") && secrets.IsMap())
      mark = mark_at(secrets, error.pointer.substr(8));
    std::string where = error.pointer.substr(std::min<std::size_t>(1, error.pointer.size()));
    std::replace(where.begin(), where.end(), '/', '.');
    where = section.path(where);
    section.faults().error(mark, "`" + where + "`: " + error.detail);
  }
}

void read_connector(Section& section, const Names& names, const Catalog& catalog, Config& config) {
  host::ConnectorConfig connector;
  engine::ConnectorRoute route;
  connector.name = section.required_text("name");
  connector.type = section.required_text("type");
  if (connector.name == "api")
    section.fault("name", "`api` is taken: it is the source of what comes by HTTP.");
  route.name = connector.name;
  route.owners = read_whose(section, names, connector);
  connector.isolation = section.word("isolation", {"process", "in_process"}) == "in_process"
                            ? host::Isolation::in_process
                            : host::Isolation::process;
  connector.private_addresses =
      section.word("private_addresses", {"refused", "allowed"}) == "allowed";
  if (const auto most = section.integer("memory_mb", 64, 65'536))
    connector.limits.memory_bytes = static_cast<std::size_t>(*most) << 20U;
  if (const auto most = section.integer("cpu_seconds", 1, 3'600))
    connector.limits.cpu_ms = *most * 1'000;
  connector.live = route.live = section.word("mode", {"observe", "live"}) == "live";
  // Left out: as often as the connector's descriptor says.
  connector.poll_interval_ms = 1000 * section.integer("poll_seconds", 1, 7 * 86'400).value_or(0);
  read_start(section, config, connector);
  read_settings(section, connector);
  read_secrets(section, config, connector);
  route.warehouses = read_served(section, names, config, connector.name);
  if (const auto settings = section.get("settings"); settings && settings->IsMap()) {
    const YAML::Node whose = (*settings)["fulfilments"];
    route.theirs = whose && whose.IsScalar() && whose.Scalar() == "theirs";
  }
  ask_catalog(section, catalog, config, connector, route);
  config.host.connectors.push_back(std::move(connector));
  config.engine.connectors.push_back(std::move(route));
}

}  // namespace

void read_connectors(Section& root, const Names& names, const Catalog& catalog, Config& config) {
  const auto list = root.list("connectors");
  if (!list) return;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Section section(root.faults(), (*list)[i], "connectors[" + std::to_string(i) + "]");
    read_connector(section, names, catalog, config);
    const std::string& name = config.host.connectors.back().name;
    if (!name.empty() && !seen.insert(name).second) {
      section.fault("name", "is used twice: `" + name + "`.");
    }
  }
}

}  // namespace lotbridge::app
