// Instructions for the tests, as the daemon writes them: those of every connector, for this shop.
#pragma once

#include <string>

#include "connectors/testing/contract.hpp"

namespace lotbridge::shopify {

using contract::left;

inline Instruction instruction(const std::string& order, InstructionBody body,
                               std::string refs = "") {
  Instruction out = contract::instruction(order, std::move(body), std::move(refs));
  out.connector = "shopify-eu";
  out.order = {"shopify-eu", order, "#1001"};
  return out;
}

inline StampedLot stamped(const std::string& lot, std::int64_t units,
                          StampEvidence evidence = StampEvidence::scanned) {
  return contract::stamped("GYP-500", lot, units, evidence);
}

inline LotsWrite stamp_of(const std::string& line, const std::string& dispatch,
                          std::vector<StampedLot> lots) {
  return contract::stamp_of(line, "GYP-500", dispatch, std::move(lots));
}

}  // namespace lotbridge::shopify
