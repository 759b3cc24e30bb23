// What a simulated business is made of: plain names and knobs, which every part builds its own view
// from.
//
// Nothing of the daemon is known here. Zones are a handful whose clocks' changes of 2026 are
// written down, so that the model's business days do not come from the library that the daemon
// uses.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <lotbridge/documents.hpp>

namespace lotbridge::simulation {

enum class Zone : std::uint8_t { madrid, new_york, kolkata, auckland };
constexpr int kZones = 4;
const char* zone_name(Zone);
// The civil day at a place; right from January to December 2026.
Date civil_day(Zone, Timestamp);

struct WarehouseConfig {
  std::string name;
  Zone zone = Zone::madrid;
  bool they_allocate = false;
  Maybe<std::string> dispatch_from, receipt_from, count_from;
  PolicyKnobs policy;
  std::vector<std::string> places;  // in picking order
};
struct RouteConfig {
  Maybe<std::string> country;
  std::vector<int> warehouses;  // indexes
};
struct OwnerConfig {
  std::string name;
  PolicyKnobs policy;
  std::vector<RouteConfig> routes;
};
struct World {
  PolicyKnobs system;
  std::vector<WarehouseConfig> warehouses;
  std::vector<OwnerConfig> owners;
  Timestamp start;
  int warehouse(const std::string& name) const;  // -1: none
  int owner(const std::string& name) const;
};

// A world for a seed; the same seed gives the same one.
World make_world(std::uint64_t seed);

}  // namespace lotbridge::simulation
