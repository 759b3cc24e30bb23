#include "settings.hpp"

#include <lotbridge/failure.hpp>

namespace lotbridge::shopify {
namespace {

[[noreturn]] void refuse(const Json& at, const std::string& why) {
  throw Failure(LB_CONFIG, why, at.path());
}

Fulfilments fulfilments(const Json& value) {
  const std::string word = value.text();
  if (word != "ours" && word != "theirs") refuse(value, "Must be ours or theirs.");
  return word == "ours" ? Fulfilments::ours : Fulfilments::theirs;
}

// A person may write a location as its number; the platform speaks of GIDs.
std::string location_gid(std::string_view written) { return gid("Location", legacy_id(written)); }

}  // namespace

std::string gid(std::string_view type, std::string_view id) {
  return "gid://shopify/" + std::string(type) + "/" + std::string(id);
}

std::string legacy_id(std::string_view gid) {
  gid = gid.substr(0, gid.find('?'));
  const auto slash = gid.rfind('/');
  return std::string(slash == std::string_view::npos ? gid : gid.substr(slash + 1));
}

Settings::Settings(const Json& settings) : shop_(settings["shop"].text()) {
  if (shop_.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") != std::string::npos) {
    refuse(settings["shop"], "Must be the shop's domain, like pure-fresh.myshopify.com.");
  }
  if (const Json locations = settings["locations"]) {
    for (const auto& [key, warehouse] : locations.members()) {
      locations_[location_gid(key)] = warehouse.text();
    }
  }
  const Json whose = settings["fulfilments"];
  if (whose.is_object()) {
    for (const auto& [key, value] : whose.members()) {
      by_location_[location_gid(key)] = fulfilments(value);
    }
  } else if (whose) {
    everywhere_ = fulfilments(whose);
  }
  hold_test_orders_ = settings["test_orders"].text_or("hold") == "hold";
  notify_customer_ = settings["notify_customer"].boolean_or(false);
  write_stock_ = settings["write_stock"].boolean_or(false);
  channel_ = settings["channel"].text_maybe();
}

std::string Settings::endpoint() const {
  return "https://" + shop_ + "/admin/api/" + std::string(kApiVersion) + "/graphql.json";
}

Maybe<std::string> Settings::warehouse_of(const std::string& location_gid) const {
  const auto found = locations_.find(location_gid);
  if (found == locations_.end()) return std::nullopt;
  return found->second;
}

Fulfilments Settings::fulfilments_of(const std::string& location_gid) const {
  const auto found = by_location_.find(location_gid);
  return found == by_location_.end() ? everywhere_ : found->second;
}

bool Settings::takes_fulfilments() const {
  if (everywhere_ == Fulfilments::theirs) return true;
  for (const auto& [location, whose] : by_location_) {
    if (whose == Fulfilments::theirs) return true;
  }
  return false;
}

std::vector<std::string> Settings::locations_of(const std::string& warehouse) const {
  std::vector<std::string> out;
  for (const auto& [location, mapped] : locations_) {
    if (mapped == warehouse) out.push_back(location);
  }
  return out;
}

}  // namespace lotbridge::shopify
