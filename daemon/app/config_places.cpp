// Warehouses, owners and their policies.
#include <date/tz.h>

#include <lotbridge/records.hpp>

#include "daemon/app/config_json.hpp"
#include "daemon/app/config_parts.hpp"

namespace lotbridge::app {
namespace {

bool is_time_zone(const std::string& name) {
  try {
    return date::locate_zone(name) != nullptr;
  } catch (const std::exception&) {
    return false;
  }
}

bool is_country(const std::string& text) {
  return text.size() == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z';
}

std::size_t index_of(const std::vector<std::string>& names, const std::string& name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

void read_facts_from(Section& warehouse, const Names& names, core::Warehouse& out) {
  const auto node = warehouse.get("facts_from");
  if (!node) return;
  Section section(warehouse.faults(), *node, warehouse.path("facts_from"));
  std::vector<std::string> sources = names.connectors;
  sources.emplace_back("api");
  const auto source = [&](const char* key) -> Maybe<std::string> {
    const auto value = section.get(key);
    if (!value || !refers(warehouse.faults(), *value, section.path(key), sources, "connector")) {
      return std::nullopt;
    }
    return value->Scalar();
  };
  out.facts_from_dispatch = source("dispatch");
  out.facts_from_receipt = source("receipt");
  out.facts_from_count = source("count");
}

void read_address(Section& warehouse) {
  const auto node = warehouse.get("address");
  if (!node) return;
  Section address(warehouse.faults(), *node, warehouse.path("address"));
  for (const char* key : {"name", "address1", "address2", "city", "region", "postal_code", "gln",
                          "fda_registration"}) {
    address.text(key);
  }
  if (const auto country = address.text("country"); country && !is_country(*country)) {
    address.fault("country", "must be two capital letters (ISO 3166), like ES.");
  }
}

void read_locations(Section& warehouse, core::Warehouse& out) {
  const auto list = warehouse.list("locations");
  if (!list) return;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Section section(warehouse.faults(), (*list)[i],
                    warehouse.path("locations") + "[" + std::to_string(i) + "]");
    core::Location location;
    location.name = section.required_text("name");
    location.pick_sequence =
        static_cast<std::int32_t>(section.integer("pick_sequence", 0, 1'000'000'000).value_or(0));
    if (!location.name.empty() && !seen.insert(location.name).second) {
      section.fault("name", "stands twice in this warehouse.");
    }
    out.locations.push_back(std::move(location));
  }
}

void read_warehouse(Section& section, const Names& names, engine::WarehouseSettings& out) {
  out.core.name = section.required_text("name");
  out.time_zone = section.required_text("time_zone");
  if (!out.time_zone.empty() && !is_time_zone(out.time_zone)) {
    section.fault("time_zone", "is no IANA time zone, like Europe/Madrid.");
  }
  out.core.they_allocate = section.word("allocates", {"us", "them"}) == "them";
  read_facts_from(section, names, out.core);
  read_address(section);
  read_locations(section, out.core);
  out.core.policy = read_policy_of(section);
}

// Names of warehouses as the ids that the engine will give them: their place in the list, from 1.
std::vector<core::WarehouseId> read_warehouse_names(Section& section, const Names& names) {
  std::vector<core::WarehouseId> out;
  const auto list = section.list("warehouses");
  if (!list) return out;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string path = section.path("warehouses") + "[" + std::to_string(i) + "]";
    if (!refers(section.faults(), (*list)[i], path, names.warehouses, "warehouse")) continue;
    out.push_back(
        static_cast<core::WarehouseId>(index_of(names.warehouses, (*list)[i].Scalar()) + 1));
  }
  return out;
}

void read_routes(Section& owner, const Names& names, core::Owner& out) {
  const auto list = owner.list("routes");
  if (!list) return;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Section section(owner.faults(), (*list)[i],
                    owner.path("routes") + "[" + std::to_string(i) + "]");
    core::Route route;
    route.country = section.text("country");
    if (route.country && !is_country(*route.country)) {
      section.fault("country", "must be two capital letters (ISO 3166), like ES.");
    }
    route.warehouses = read_warehouse_names(section, names);
    if (section.usable() && route.warehouses.empty()) {
      section.fault("warehouses", "must name at least one warehouse.");
    }
    for (const auto id : route.warehouses) {
      if (!out.warehouses.empty() &&
          std::find(out.warehouses.begin(), out.warehouses.end(), id) == out.warehouses.end()) {
        section.fault("warehouses", "names a warehouse that the owner's `warehouses` do not.");
      }
    }
    out.routes.push_back(std::move(route));
  }
}

template <typename Read>
void each_named(Section& root, const char* key, bool required, Read read) {
  if (required) root.required(key);
  const auto list = root.list(key);
  if (!list) return;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list->size(); ++i) {
    Section section(root.faults(), (*list)[i], std::string(key) + "[" + std::to_string(i) + "]");
    read(section);
    const auto name = section.get("name");
    if (name && name->IsScalar() && !seen.insert(name->Scalar()).second) {
      section.fault("name", "is used twice: `" + name->Scalar() + "`.");
    }
  }
  if (required && list->empty()) root.fault(key, "must have at least one entry.");
}

}  // namespace

PolicyKnobs read_policy_of(Section& section) {
  const auto node = section.get("policy");
  if (!node) return {};
  auto policy = read_policy(json_of(*node));
  if (policy) return *policy;
  for (const auto& error : policy.problem().errors) {
    std::string key = section.path("policy") + error.pointer;
    std::replace(key.begin(), key.end(), '/', '.');
    // The reader of documents has a hint about free data here that a configuration cannot follow.
    const bool unknown = error.detail.starts_with("This key is not known");
    section.faults().error(
        mark_at(*node, error.pointer, unknown),
        unknown ? "The key `" + key + "` is unknown." : "`" + key + "`: " + error.detail);
  }
  if (policy.problem().errors.empty())
    section.fault("policy", "is no policy: " + policy.problem().detail);
  return {};
}

void read_warehouses(Section& root, const Names& names, Config& config) {
  each_named(root, "warehouses", true, [&](Section& section) {
    read_warehouse(section, names, config.engine.warehouses.emplace_back());
  });
}

void read_owners(Section& root, const Names& names, Config& config) {
  each_named(root, "owners", true, [&](Section& section) {
    core::Owner& owner = config.engine.owners.emplace_back();
    owner.name = section.required_text("name");
    owner.policy = read_policy_of(section);
    owner.warehouses = read_warehouse_names(section, names);
    read_routes(section, names, owner);
  });
}

}  // namespace lotbridge::app
