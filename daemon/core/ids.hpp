// Small integers that stand for names inside the core, so that hot records stay small and
// comparisons are cheap.
//
// The core hands them out in ascending order, the store keeps them, a restart gives the same ones
// back. 0 is "none". They never leave the daemon: answers, hashes and exports use the names.
#pragma once

#include <cstdint>

namespace lotbridge::core {

using OwnerId = std::uint16_t;
using WarehouseId = std::uint16_t;
using LocationId = std::uint32_t;  // of one warehouse; 0: no location
using SkuId = std::uint32_t;       // (owner, sku); exists as soon as anybody mentions the SKU
using LotId = std::uint32_t;       // (owner, sku, code)
using OrderId = std::uint64_t;     // an order, also one we only heard of (known == false)
using LineIndex = std::uint32_t;   // index of a line in its order; never reused, removed lines stay
using DocumentId = std::uint64_t;  // row of the document that caused something

}  // namespace lotbridge::core
