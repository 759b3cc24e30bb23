// Civil dates at warehouses, from the system's time-zone database.
#pragma once

#include <string>
#include <vector>

#include <lotbridge/status.hpp>

#include "daemon/core/apply.hpp"

namespace date {
class time_zone;
}

namespace lotbridge::engine {

// Immutable once built; any thread. An unknown warehouse is judged in UTC.
class ZoneCalendar : public core::Calendar {
 public:
  Refused add(core::WarehouseId, const std::string& zone);  // "": UTC
  Date business_date(core::WarehouseId, Timestamp at) const override;

 private:
  std::vector<const date::time_zone*> zones_;  // by id
};

}  // namespace lotbridge::engine
