// Instructions for the tests, as the daemon writes them.
#pragma once

#include <string>

#include <lotbridge/instructions.hpp>

namespace lotbridge::shopify {

inline Instruction instruction(const std::string& order, InstructionBody body,
                               std::string refs = "") {
  Instruction out;
  out.key = "key-1";
  out.version = 1;
  out.connector = "shopify-eu";
  out.owner = "pure-fresh";
  out.order = {"shopify-eu", order, "#1001"};
  out.refs = std::move(refs);
  out.body = std::move(body);
  return out;
}

inline StampedLot stamped(const std::string& lot, std::int64_t units,
                          StampEvidence evidence = StampEvidence::scanned) {
  StampedLot out;
  out.sku = "GYP-500";
  if (!lot.empty()) out.lot = LotCode{lot};
  out.quantity = Quantity::whole(units);
  if (!lot.empty()) out.expires_on = Date::parse("2026-05-30");
  out.evidence = evidence;
  return out;
}

// One line, shipped at once in the given lots.
inline LotsWrite stamp_of(const std::string& line, const std::string& dispatch,
                          std::vector<StampedLot> lots) {
  StampedDispatch shipped;
  shipped.dispatch = dispatch;
  shipped.tracking_number = "X1";
  shipped.at = *Timestamp::parse("2026-05-18T15:00:00Z");
  for (const StampedLot& lot : lots) shipped.quantity += lot.quantity;
  shipped.lots = std::move(lots);
  StampedLine out;
  out.line = line;
  out.sku = "GYP-500";
  out.quantity = shipped.quantity;
  out.dispatches = {shipped};
  return {{out}};
}

inline FulfillmentsCreate left(const std::string& dispatch, const Maybe<std::string>& tracking,
                               std::vector<std::pair<std::string, std::int64_t>> lines) {
  FulfilledDispatch out;
  out.id = dispatch;
  out.uid = "uid-" + dispatch;
  out.warehouse = "MAD1";
  if (tracking) out.carrier = "Correos";
  out.tracking_number = tracking;
  out.at = *Timestamp::parse("2026-05-18T15:00:00Z");
  for (const auto& [line, units] : lines) {
    out.lines.push_back({line, "GYP-500", Quantity::whole(units)});
  }
  return {out};
}

}  // namespace lotbridge::shopify
