#include "daemon/host/intake.hpp"

#include <algorithm>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>
#include <lotbridge/records.hpp>

namespace lotbridge::host {
namespace {

// The owner of a customer code, or why there is none.
Result<std::string> owner_of(const std::string& code, const OwnerRule& rule) {
  if (!rule.owner.empty()) return rule.owner;
  const auto found = rule.owners.find(code);
  if (found != rule.owners.end()) return found->second;
  if (code.empty())
    return Problem{"unknown_owner",
                   "the record names no customer, and the connector serves several",
                   {{"/owner", "is missing"}}};
  return Problem{"unknown_owner",
                 "customer code '" + code + "' is not mapped to an owner in the configuration",
                 {{"/owner", "is not mapped"}}};
}

// Best effort: what a person needs to find it again.
std::string id_in(std::string_view json) {
  try {
    const Json id = Json::parse(std::string(json))["id"];
    return id.is_text() ? id.text() : std::string();
  } catch (const Failure&) {
    return {};
  }
}

engine::Record unreadable(std::string_view kind, std::string_view json, const OwnerRule& owners,
                          const std::string& source, const std::string& origin, Problem problem) {
  engine::Unreadable out{owners.owner,      source, std::string(kind), id_in(json),
                         std::string(json), origin, std::move(problem)};
  return out;
}

engine::Record parked(std::string_view json, const OwnerRule& owners, const std::string& source,
                      const std::string& origin) {
  try {
    const Json read = Json::parse(std::string(json));
    engine::Unreadable out;
    out.source = source;
    out.kind = read["kind"].text();
    out.id = read["id"].text_or("");
    out.raw = read["raw"].text();
    out.origin = read["origin"].text_or("");
    if (out.origin.empty()) out.origin = origin;
    out.problem.code = "untranslatable";
    out.problem.detail = read["message"].text();
    if (const auto path = read["path"].text_maybe())
      out.problem.errors.push_back({*path, out.problem.detail});
    auto owner = owner_of(read["owner"].text_or(""), owners);
    if (owner.ok()) out.owner = std::move(*owner);
    return out;
  } catch (const Failure& failure) {
    return unreadable(
        "parked/1", json, owners, source, origin,
        {"bad_parked",
         "the connector parked something in a way that can't be read: " + failure.message,
         {}});
  }
}

constexpr std::string_view kStates[] = {"pre_transit", "in_transit", "out_for_delivery",
                                        "delivered",   "exception",  "returned",
                                        "unknown"};

// What a carrier says of a parcel is no document: the engine keeps it beside the dispatches. It
// travels without a problem.
engine::Record tracking(std::string_view json, const OwnerRule& owners, const std::string& source,
                        const std::string& origin) {
  try {
    const Json read = Json::parse(std::string(json));
    const std::string state = read["state"].text();
    if (std::find(std::begin(kStates), std::end(kStates), state) == std::end(kStates)) {
      read["state"].refuse("must be one of the states that all carriers share");
    }
    if (read["tracking_number"].text().empty()) read["tracking_number"].refuse("must not be empty");
    read["at"].time();
    auto owner = owner_of(read["owner"].text_or(""), owners);
    if (!owner.ok()) {
      return unreadable("tracking/1", json, owners, source, origin, std::move(owner.problem()));
    }
    return engine::Unreadable{
        std::move(*owner), source, "tracking/1", read["id"].text(), std::string(json), origin, {}};
  } catch (const Failure& failure) {
    return unreadable("tracking/1", json, owners, source, origin,
                      {"invalid_value", failure.message, {{failure.path, failure.message}}});
  }
}

}  // namespace

engine::Record take_in(std::string_view kind, std::string_view json, const OwnerRule& owners,
                       const std::string& source, const std::string& origin) {
  if (kind == "parked/1") return parked(json, owners, source, origin);
  if (kind == "tracking/1") return tracking(json, owners, source, origin);
  Maybe<DocumentType> type;
  if (kind.ends_with("/1")) type = document_type(kind.substr(0, kind.size() - 2));
  if (!type) {
    return unreadable(
        kind, json, owners, source, origin,
        {"unknown_kind", "the daemon knows no record of kind '" + std::string(kind) + "'", {}});
  }
  auto read = read_document(*type, json);
  if (!read.ok()) return unreadable(kind, json, owners, source, origin, std::move(read.problem()));
  auto owner = owner_of(read->owner, owners);
  if (!owner.ok())
    return unreadable(kind, json, owners, source, origin, std::move(owner.problem()));
  read->owner = std::move(*owner);
  read->source = source;
  return std::move(*read);
}

}  // namespace lotbridge::host
