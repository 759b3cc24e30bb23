#include "calendar.hpp"

#include <chrono>
#include <exception>

#include <date/tz.h>

namespace lotbridge::engine {

Refused ZoneCalendar::add(core::WarehouseId id, const std::string& zone) {
  if (zones_.size() <= id) zones_.resize(std::size_t{id} + 1, nullptr);
  if (zone.empty()) return std::nullopt;
  try {
    zones_[id] = date::locate_zone(zone);
  } catch (const std::exception&) {
    return Problem{"invalid_value", "There is no time zone '" + zone + "' on this machine.", {}};
  }
  return std::nullopt;
}

Date ZoneCalendar::business_date(core::WarehouseId id, Timestamp at) const {
  const date::time_zone* zone = id < zones_.size() ? zones_[id] : nullptr;
  if (zone == nullptr) return at.utc_date();
  const std::chrono::sys_seconds moment{
      std::chrono::seconds{at.ms >= 0 ? at.ms / 1000 : -((-at.ms + 999) / 1000)}};
  const auto info = zone->get_info(moment);
  return Timestamp{at.ms +
                   std::chrono::duration_cast<std::chrono::milliseconds>(info.offset).count()}
      .utc_date();
}

}  // namespace lotbridge::engine
