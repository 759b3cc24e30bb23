// The reference of the allocator's benchmark: nothing but a flat vector of 24-byte lots per SKU,
// sorted by expiry.
//
// It knows no owners, policies, orders or journal: it takes the first lots with units left and
// subtracts. What the product needs on top of this is the price of its rules.
#pragma once

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <unordered_map>
#include <vector>

namespace lotbridge::bench {

struct FlatLot {
  std::int32_t expires_on;
  std::int32_t first_received_on;
  std::uint32_t lot;
  std::uint32_t unused;
  std::int64_t left;
};
static_assert(sizeof(FlatLot) == 24);

class FlatShelves {
 public:
  explicit FlatShelves(std::size_t skus) { shelves_.reserve(skus); }
  void add(std::uint32_t sku, FlatLot lot) { shelf(sku).push_back(lot); }
  void sort() {
    for (auto& [sku, lots] : shelves_) std::sort(lots.begin(), lots.end(), before);
  }
  struct Take {
    std::uint32_t lot;
    std::int64_t units;
  };
  // Plans `wanted` in order of expiry out of lots that live on `today`.
  void allocate(std::uint32_t sku, std::int64_t wanted, std::int32_t today,
                std::vector<Take>& plan) {
    for (const FlatLot& lot : shelf(sku)) {
      if (wanted == 0) break;
      if (lot.expires_on < today) continue;
      const std::int64_t part = std::min(lot.left, wanted);
      plan.push_back({lot.lot, part});
      wanted -= part;
    }
  }
  // Takes what was planned; an empty lot leaves the shelf.
  void commit(std::uint32_t sku, const std::vector<Take>& plan) {
    std::vector<FlatLot>& lots = shelf(sku);
    for (const Take& take : plan) {
      const auto at = std::find_if(lots.begin(), lots.end(),
                                   [&](const FlatLot& lot) { return lot.lot == take.lot; });
      at->left -= take.units;
      if (at->left == 0) lots.erase(at);
    }
  }
  void receive(std::uint32_t sku, FlatLot lot) {
    std::vector<FlatLot>& lots = shelf(sku);
    lots.insert(std::upper_bound(lots.begin(), lots.end(), lot, before), lot);
  }

 private:
  static bool before(const FlatLot& a, const FlatLot& b) {
    return std::tie(a.expires_on, a.first_received_on, a.lot) <
           std::tie(b.expires_on, b.first_received_on, b.lot);
  }
  std::vector<FlatLot>& shelf(std::uint32_t sku) { return shelves_[sku]; }

  std::unordered_map<std::uint32_t, std::vector<FlatLot>> shelves_;
};

}  // namespace lotbridge::bench
