#include "configuration.hpp"

#include <lotbridge/records.hpp>

namespace lotbridge::engine {
namespace {

std::string text_of(const PolicyKnobs& knobs) {
  Document document;
  document.id = "knobs";
  Policy policy;
  policy.policy = knobs;
  document.body = std::move(policy);
  return write_document(document);
}

}  // namespace

std::string configured_rules(const Settings& settings) {
  std::string text = text_of(settings.system_policy) + '\n';
  for (const WarehouseSettings& place : settings.warehouses) {
    text += place.core.name + '\n' + place.time_zone + '\n';
    text += text_of(place.core.policy) + '\n';
  }
  for (const core::Owner& owner : settings.owners) {
    text += owner.name + '\n';
    for (const core::WarehouseId place : owner.warehouses) text += std::to_string(place) + ' ';
    text += text_of(owner.policy) + '\n';
  }
  return text;
}

}  // namespace lotbridge::engine
