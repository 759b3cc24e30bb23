// What stands on the order in the shop: the lots to pick and the lots that left, for programs and
// for people.
//
// Pure: from an instruction to two texts. The shop keeps metafields on orders only, so line items
// and fulfillments are named inside. Equal content gives equal text.
#pragma once

#include <string>

#include <lotbridge/instructions.hpp>

namespace lotbridge::shopify {

struct Stamp {
  std::string machine;   // JSON
  std::string readable;  // lines of text
  bool empty = false;    // says nothing: not worth writing where nothing stands yet
};

// lots.plan: for whoever packs.
Stamp plan_stamp(const LotsPlan&);
// lots.write: one entry per dispatch, line and lot.
Stamp lots_stamp(const LotsWrite&);

// The platform's limits in bytes; beyond them a stamp is refused, never cut.
inline constexpr std::size_t kMachineLimit = 128 * 1024;
inline constexpr std::size_t kReadableLimit = 64 * 1024;

}  // namespace lotbridge::shopify
