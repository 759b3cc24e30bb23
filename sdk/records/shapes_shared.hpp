// The shapes that documents and instructions share: policies, customers, addresses.
#pragma once

#include <lotbridge/documents.hpp>

#include "fields.hpp"

namespace lotbridge::records {

inline constexpr std::array<std::string_view, 3> kRotations = {"fefo", "fifo", "lifo"};
inline constexpr std::array<std::string_view, 2> kAllocates = {"auto", "manual"};
inline constexpr std::array<std::string_view, 3> kNullExpiries = {"last", "first", "exclude"};
inline constexpr std::array<std::string_view, 3> kShipCompletes = {"no", "line", "order"};
inline constexpr std::array<std::string_view, 2> kLotPreferences = {"require", "prefer"};
inline constexpr std::array<std::string_view, 3> kSubstitutions = {"with_reason", "strict", "free"};
inline constexpr std::array<std::string_view, 2> kLegacyLots = {"last", "exclude"};
inline constexpr std::array<std::string_view, 3> kReturnsTo = {"quarantine", "scrap", "restock"};

// Two capital letters; whether such a country exists is nothing that a rule depends on.
struct Country {
  static bool is(std::string_view text) {
    return text.size() == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z';
  }
  static void read(Reader& reader, Value& value, std::string& out) {
    std::string_view view;
    if (!reader.text(value, view)) return;
    if (is(view)) {
      out = view;
    } else {
      reader.fault("Must be a country of two capital letters (ISO 3166-1).");
    }
  }
  static void write(JsonWriter& writer, const std::string& from) { writer.text(from); }
};

template <>
struct Shape<PolicyKnobs> {
  using P = PolicyKnobs;
  using Days = IntegerOf<0, 36500>;
  using Percent = IntegerOf<0, 100>;
  static constexpr std::array kFields = {
      may_be<&P::rotation, EnumOf<kRotations>>("rotation"),
      may_be<&P::allocate, EnumOf<kAllocates>>("allocate"),
      may_be<&P::allocate_days_before, Days>("allocate_days_before"),
      may_be<&P::min_remaining_days, Days>("min_remaining_days"),
      may_be<&P::min_remaining_percent, Percent>("min_remaining_percent"),
      may_be<&P::max_remaining_days, Days>("max_remaining_days"),
      may_be<&P::transit_days, Days>("transit_days"),
      may_be<&P::last_day_usable, Flag>("last_day_usable"),
      may_be<&P::null_expiry, EnumOf<kNullExpiries>>("null_expiry"),
      may_be<&P::past_best_before_days, Days>("past_best_before_days"),
      may_be<&P::allow_past_sell_by, Flag>("allow_past_sell_by"),
      may_be<&P::not_before_expiry, Flag>("not_before_expiry"),
      may_be<&P::max_lots, IntegerOf<1, 1'000'000>>("max_lots"),
      may_be<&P::multiple, AmountOf<Sign::positive>>("multiple"),
      may_be<&P::ship_complete, EnumOf<kShipCompletes>>("ship_complete"),
      may_be<&P::min_fulfil_percent, Percent>("min_fulfil_percent"),
      may_be<&P::lot_preference, EnumOf<kLotPreferences>>("lot_preference"),
      may_be<&P::substitution, EnumOf<kSubstitutions>>("substitution"),
      may_be<&P::inbound_min_percent, Percent>("inbound_min_percent"),
      may_be<&P::legacy_lot, EnumOf<kLegacyLots>>("legacy_lot"),
      may_be<&P::returns_to, EnumOf<kReturnsTo>>("returns_to"),
      may_be<&P::split_warehouses, Flag>("split_warehouses"),
      may_be<&P::network_fefo, Flag>("network_fefo"),
  };
};

template <>
struct Shape<Customer> {
  static constexpr std::array kFields = {
      may_be<&Customer::id, Name>("id"),
      may_be<&Customer::name, Prose>("name"),
      may_be<&Customer::email, Prose>("email"),
      may_be<&Customer::phone, Prose>("phone"),
  };
};
template <>
struct Shape<Address> {
  static constexpr std::array kFields = {
      may_be<&Address::country, Country>("country"),
      may_be<&Address::region, Name>("region"),
      may_be<&Address::postal_code, Name>("postal_code"),
      may_be<&Address::name, Prose>("name"),
      may_be<&Address::company, Prose>("company"),
      may_be<&Address::address1, Prose>("address1"),
      may_be<&Address::address2, Prose>("address2"),
      may_be<&Address::city, Prose>("city"),
      may_be<&Address::phone, Prose>("phone"),
  };
};

}  // namespace lotbridge::records
