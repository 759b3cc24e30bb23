// What of the configuration decides who gets which lot, as a text that two starts can compare.
#pragma once

#include <string>

#include "engine.hpp"

namespace lotbridge::engine {

// Policies of the system, of owners and warehouses, where owners ship from, and time zones.
std::string configured_rules(const Settings&);

}  // namespace lotbridge::engine
