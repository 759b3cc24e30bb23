// What was made out of what, and the counters of generated lot codes. See tables.hpp.
#include <algorithm>
#include <iterator>
#include <set>

#include "tables.hpp"

namespace lotbridge::core {

void State::Tables::set_code_counter(OwnerId owner, const std::string& key, std::int64_t last) {
  const auto place = std::make_pair(owner, key);
  const auto at = code_counters.find(place);
  const std::int64_t before = at == code_counters.end() ? 0 : at->second;
  if (last == 0) {
    code_counters.erase(place);
  } else {
    code_counters[place] = last;
  }
  remember(Touch::nothing, 0, [place, before](Tables& t) {
    if (before == 0) {
      t.code_counters.erase(place);
    } else {
      t.code_counters[place] = before;
    }
  });
}

void State::Tables::add_genealogy(DocumentId transformation, bool output, LotId lot,
                                  Quantity quantity) {
  if (quantity.is_zero()) return;
  auto& parts = transformations[transformation];
  Quantity& sum = parts[{output, lot}];
  const bool began = sum.is_zero();
  sum += quantity;
  const bool ended = sum.is_zero();
  if (ended) parts.erase({output, lot});
  if (parts.empty()) transformations.erase(transformation);
  if (output && began != ended) {
    const LotId home = home_of(lot);
    std::vector<DocumentId>& makers = made_by[home];
    if (ended) {
      const auto at = std::find(makers.begin(), makers.end(), transformation);
      if (at != makers.end()) makers.erase(at);
    } else {
      makers.insert(std::upper_bound(makers.begin(), makers.end(), transformation), transformation);
    }
    if (makers.empty()) made_by.erase(home);
  }
  remember(Touch::nothing, 0,
           [=](Tables& t) { t.add_genealogy(transformation, output, lot, -quantity); });
}

// Of a lot that is merged away: what made it made its new home.
void State::Tables::move_makers(LotId from, LotId to) {
  const auto at = made_by.find(from);
  if (at == made_by.end()) return;
  const std::vector<DocumentId> moved = at->second;
  const auto there = made_by.find(to);
  const std::vector<DocumentId> before =
      there == made_by.end() ? std::vector<DocumentId>{} : there->second;
  std::vector<DocumentId> both;
  std::merge(moved.begin(), moved.end(), before.begin(), before.end(), std::back_inserter(both));
  made_by.erase(from);
  made_by[to] = std::move(both);
  remember(Touch::nothing, 0, [from, to, moved, before](Tables& t) {
    t.made_by[from] = moved;
    t.made_by[to] = before;
    if (before.empty()) t.made_by.erase(to);
  });
}

bool State::Tables::comes_from(LotId lot, LotId ancestor) const {
  std::set<LotId> seen;
  std::vector<LotId> open = {home_of(lot)};
  const LotId wanted = home_of(ancestor);
  // Units that nobody wrote a lot down for are of many lots: nothing is known to come out of them.
  if (lots[wanted].legacy) return false;
  while (!open.empty()) {
    const LotId next = open.back();
    open.pop_back();
    if (next == wanted) return true;
    if (!seen.insert(next).second || lots[next].legacy) continue;
    const auto makers = made_by.find(next);
    if (makers == made_by.end()) continue;
    for (const DocumentId maker : makers->second) {
      for (const auto& [part, quantity] : transformations.at(maker)) {
        if (!part.first && quantity.is_positive()) open.push_back(home_of(part.second));
      }
    }
  }
  return false;
}

}  // namespace lotbridge::core
