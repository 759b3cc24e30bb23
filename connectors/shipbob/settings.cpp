#include "settings.hpp"

namespace lotbridge::shipbob {

Settings::Settings(const Json& settings)
    : host(settings["host"].text_or("api.shipbob.com")),
      channel_id(settings["channel_id"].id()),
      shipping_method(settings["shipping_method"].text_or("Standard")),
      choose_lots(settings["choose_lots"].boolean_or(true)),
      lot_date_is_production(settings["lot_date"].text_or("expires_on") == "produced_on"),
      lookback_days(settings["lookback_days"].integer_or(120)) {
  base = "https://" + host + "/" + settings["api_version"].text_or("2026-01");
  if (const Json centers = settings["warehouses"]) {
    for (const auto& [id, name] : centers.members()) warehouses_[std::string(id)] = name.text();
  }
}

Maybe<std::string> Settings::warehouse_of(const Maybe<std::string>& center) const {
  if (!center) return std::nullopt;
  const auto found = warehouses_.find(*center);
  if (found == warehouses_.end()) return std::nullopt;
  return found->second;
}

}  // namespace lotbridge::shipbob
