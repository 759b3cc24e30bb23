// The parts of the configuration, in the order in which they are read: later ones name things of
// earlier ones.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "daemon/app/config.hpp"
#include "daemon/app/config_yaml.hpp"

namespace lotbridge::app {

// The names that other parts may refer to.
struct Names {
  std::vector<std::string> warehouses, owners, connectors;
};
// Names only, before anything is read: parts refer to each other both ways.
std::vector<std::string> names_in(const YAML::Node& root, const char* key);

PolicyKnobs read_policy_of(Section&);  // its key `policy`
void read_warehouses(Section& root, const Names&, Config&);
void read_owners(Section& root, const Names&, Config&);
void read_tokens(Section& root, const Names&, Config&);
void read_connectors(Section& root, const Names&, const Catalog&, Config&);

// The value of a secret: {env: NAME} or {file: PATH}; "" after a fault. `path` names it in
// messages.
std::string read_secret(Faults&, const YAML::Node&, const std::string& path, Config&);
// Refers to one of `known`; a fault where it does not.
bool refers(Faults&, const YAML::Node&, const std::string& path,
            const std::vector<std::string>& known, const char* what);

}  // namespace lotbridge::app
