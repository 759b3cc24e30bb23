// Items and policies as plain structs: what is sold, and under which rules.
//
// A part of documents.hpp, which includes it; the same promises.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <lotbridge/values.hpp>

namespace lotbridge {

// ---------------------------------------------------------------- policy knobs

enum class Rotation : std::uint8_t { fefo, fifo, lifo };
enum class AllocateMode : std::uint8_t { automatic, manual };  // "auto" | "manual"
enum class NullExpiry : std::uint8_t { last, first, exclude };
enum class ShipComplete : std::uint8_t { no, line, order };
enum class LotPreference : std::uint8_t { require, prefer };
enum class Substitution : std::uint8_t { with_reason, strict, free };
enum class LegacyLot : std::uint8_t { last, exclude };
enum class ReturnsTo : std::uint8_t { quarantine, scrap, restock };
enum class DateKind : std::uint8_t { use_by, best_before };
enum class StockStatus : std::uint8_t {
  available,
  quarantine,
  damaged,
  in_transit,
  lot_unresolved
};

// One set of knobs; a knob that is not set leaves the decision to the next level (rule 3).
// Days are whole days, percents 0..100. The outer Maybe is "this level does not say".
struct PolicyKnobs {
  Maybe<Rotation> rotation;
  Maybe<AllocateMode> allocate;
  Maybe<std::int32_t> allocate_days_before;
  Maybe<std::int32_t> min_remaining_days;
  Maybe<std::int32_t> min_remaining_percent;
  Maybe<std::int32_t> max_remaining_days;
  Maybe<std::int32_t> transit_days;
  Maybe<bool> last_day_usable;
  Maybe<NullExpiry> null_expiry;
  Maybe<std::int32_t> past_best_before_days;
  Maybe<bool> allow_past_sell_by;
  Maybe<bool> not_before_expiry;  // never older than this customer last got
  Maybe<std::int32_t> max_lots;
  Maybe<Quantity> multiple;
  Maybe<ShipComplete> ship_complete;
  Maybe<std::int32_t> min_fulfil_percent;
  Maybe<LotPreference> lot_preference;
  Maybe<Substitution> substitution;
  Maybe<std::int32_t> inbound_min_percent;
  Maybe<LegacyLot> legacy_lot;
  Maybe<ReturnsTo> returns_to;
  Maybe<bool> split_warehouses;
  Maybe<bool> network_fefo;
  bool operator==(const PolicyKnobs&) const = default;
  bool empty() const { return *this == PolicyKnobs{}; }
};

struct PolicyScope {
  Maybe<std::string> channel, customer, sku, warehouse, destination;  // destination: ES or ES-MD
  bool operator==(const PolicyScope&) const = default;
};

struct Policy {
  PolicyScope scope;
  PolicyKnobs policy;
  bool operator==(const Policy&) const = default;
};

// ---------------------------------------------------------------- item

struct ItemAlias {
  std::string source, code;
  Quantity quantity = Quantity::whole(1);  // base units in one of the source's units
  bool operator==(const ItemAlias&) const = default;
};
struct Pack {
  std::string code;
  Quantity quantity;
  Maybe<std::string> gtin;
  bool operator==(const Pack&) const = default;
};
struct UnitFactor {
  std::string code;
  std::string factor;  // decimal text: base units in one of this unit
  bool operator==(const UnitFactor&) const = default;
};
struct Component {
  std::string sku;
  Quantity quantity;
  bool operator==(const Component&) const = default;
};

struct Item {
  std::string sku;
  Maybe<std::string> name;
  std::vector<std::string> gtins;
  std::vector<ItemAlias> aliases;
  std::string unit = "each";
  std::int32_t decimals = 0;
  std::vector<Pack> packs;
  std::vector<UnitFactor> units;
  bool lot_tracked = true;
  bool shelf_life_controlled = true;
  bool traceability_list = false;
  bool requires_inspection = false;
  DateKind date_kind = DateKind::use_by;
  Maybe<std::int32_t> shelf_life_days, shelf_life_months, removal_days, alert_days;
  std::vector<Component> components;
  PolicyKnobs policy;
  Maybe<std::string> lot_template;
  Maybe<std::string> lot_template_mode;  // warn | enforce
  Maybe<std::int32_t> yield_tolerance_percent;
  std::vector<std::int32_t> short_dated_days;
  Maybe<std::string> merged_into;
  // Which keys the sender really wrote: a connector's item fills only what is unset.
  std::vector<std::string> given;
  bool operator==(const Item&) const = default;
};

}  // namespace lotbridge
