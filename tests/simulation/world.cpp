#include "world.hpp"

#include <algorithm>
#include <array>
#include <random>

#include "random.hpp"

namespace lotbridge::simulation {

namespace {

// From this moment (UTC) on, clocks show so many minutes more than UTC.
struct Change {
  const char* from;
  int minutes;
};
struct Clocks {
  const char* name;
  std::vector<Change> changes;
};

const std::array<Clocks, kZones>& all_clocks() {
  static const std::array<Clocks, kZones> kClocks = {{
      {"Europe/Madrid",
       {{"2025-12-01T00:00:00Z", 60}, {"2026-03-29T01:00:00Z", 120}, {"2026-10-25T01:00:00Z", 60}}},
      {"America/New_York",
       {{"2025-12-01T00:00:00Z", -300},
        {"2026-03-08T07:00:00Z", -240},
        {"2026-11-01T06:00:00Z", -300}}},
      {"Asia/Kolkata", {{"2025-12-01T00:00:00Z", 330}}},
      {"Pacific/Auckland",
       {{"2025-12-01T00:00:00Z", 780},
        {"2026-04-04T14:00:00Z", 720},
        {"2026-09-26T14:00:00Z", 780}}},
  }};
  return kClocks;
}

struct Moment {
  std::int64_t from = 0;
  int minutes = 0;
};

const std::array<std::vector<Moment>, kZones>& all_moments() {
  static const auto kMoments = [] {
    std::array<std::vector<Moment>, kZones> out;
    for (std::size_t i = 0; i < out.size(); ++i) {
      for (const Change& change : all_clocks()[i].changes)
        out[i].push_back({Timestamp::parse(change.from)->ms, change.minutes});
    }
    return out;
  }();
  return kMoments;
}

}  // namespace

const char* zone_name(Zone zone) { return all_clocks()[static_cast<std::size_t>(zone)].name; }

Date civil_day(Zone zone, Timestamp at) {
  int minutes = 0;
  for (const Moment& moment : all_moments()[static_cast<std::size_t>(zone)]) {
    if (at.ms >= moment.from) minutes = moment.minutes;
  }
  return Timestamp{at.ms + std::int64_t{minutes} * 60'000}.utc_date();
}

int World::warehouse(const std::string& name) const {
  for (std::size_t i = 0; i < warehouses.size(); ++i) {
    if (warehouses[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

int World::owner(const std::string& name) const {
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (owners[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

World make_world(std::uint64_t seed) {
  Random random(seed ^ 0x9E3779B97F4A7C15ULL);
  World world;
  world.start = *Timestamp::parse("2026-02-01T06:00:00Z");
  world.start.ms += random.below(60) * 86'400'000LL;
  static const char* const kNames[] = {"MAD1", "NYC1", "BOM1"};
  const int warehouses = 2 + random.below(2);
  for (int i = 0; i < warehouses; ++i) {
    WarehouseConfig& place = world.warehouses.emplace_back();
    place.name = kNames[i];
    place.zone = static_cast<Zone>(random.below(kZones));
    place.they_allocate = random.one_in(8);
    if (random.one_in(6)) place.dispatch_from = "wms-1";
    if (random.one_in(6)) place.receipt_from = "wms-1";
    if (random.one_in(6)) place.count_from = "wms-1";
    if (random.one_in(4)) place.policy = random.knobs();
    place.places = {"B-01", "A-01"};
  }
  const int owners = 1 + random.below(3);
  for (int i = 0; i < owners; ++i) {
    OwnerConfig& owner = world.owners.emplace_back();
    owner.name = std::string("owner") + static_cast<char>('a' + i);
    if (random.one_in(3)) owner.policy = random.knobs();
    if (random.one_in(3)) continue;
    if (random.one_in(2)) owner.routes.push_back({std::string("ES"), {random.below(warehouses)}});
    RouteConfig& all = owner.routes.emplace_back();
    for (int j = 0; j < warehouses; ++j) all.warehouses.push_back(j);
    if (random.one_in(2)) std::reverse(all.warehouses.begin(), all.warehouses.end());
  }
  if (random.one_in(4)) world.system = random.knobs();
  return world;
}

}  // namespace lotbridge::simulation
