#include "recall_scope.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace lotbridge::core {

namespace {

using Lots = std::set<LotId>;

template <typename Visit>
void each_lot(const State::Tables& t, SkuId sku, Visit&& visit) {
  if (sku == 0) return;
  for (LotId lot = t.sku_stock[sku].newest_lot; lot != 0; lot = t.older_lot[lot]) visit(lot);
}

bool in_batch(const State::Tables& t, LotId lot, const std::string& batch) {
  const auto details = t.details.find(lot);
  return details != t.details.end() && details->second.batch == batch;
}

template <typename Visit>
void each_sku_of(const State::Tables& t, OwnerId owner, const Maybe<std::string>& name,
                 Visit&& visit) {
  if (name) {
    if (const SkuId sku = t.find_sku(owner, *name)) visit(sku);
    return;
  }
  for (SkuId sku = 1; sku < t.skus.size(); ++sku) {
    if (t.skus[sku].owner == owner) visit(sku);
  }
}

SkuId sku_of_gtin(const State::Tables& t, OwnerId owner, const std::string& gtin) {
  const auto at = t.gtins.find(gtin_key(owner, gtin));
  return at == t.gtins.end() ? SkuId{0} : at->second.sku;
}

void add_named(const State::Tables& t, OwnerId owner, const RecallScope& scope, Lots& out) {
  for (const RecallLot& named : scope.lots) {
    const SkuId sku = t.find_sku(owner, named.sku);
    const LotId lot = sku == 0 ? LotId{0} : t.find_lot(sku, named.lot.text);
    if (lot != 0) out.insert(t.home_of(lot));
  }
  for (const RecallGtinLot& named : scope.gtin_lots) {
    const SkuId sku = sku_of_gtin(t, owner, named.gtin);
    const LotId lot = sku == 0 ? LotId{0} : t.find_lot(sku, named.lot.text);
    if (lot != 0) out.insert(t.home_of(lot));
  }
}

}  // namespace

std::vector<LotId> lots_in_scope(const State::Tables& t, OwnerId owner, const Recall& recall,
                                 const RecallContext& ctx) {
  const RecallScope& scope = recall.scope;
  Lots found;
  add_named(t, owner, scope, found);
  for (const RecallBatch& named : scope.batches) {
    each_sku_of(t, owner, named.sku, [&](SkuId sku) {
      each_lot(t, sku, [&](LotId lot) {
        if (in_batch(t, lot, named.batch)) found.insert(lot);
      });
    });
  }
  for (const RecallSkuDate& named : scope.sku_dates) {
    each_lot(t, t.find_sku(owner, named.sku), [&](LotId lot) {
      if (t.lots[lot].expires_on == named.expires_on.days) found.insert(lot);
    });
  }
  for (const std::string& name : scope.skus) {
    each_lot(t, t.find_sku(owner, name), [&](LotId lot) { found.insert(lot); });
  }
  for (const LotId lot : ctx.received) found.insert(t.home_of(lot));
  for (const DocumentId made : ctx.made) {
    const auto parts = t.transformations.find(made);
    if (parts == t.transformations.end()) continue;
    for (const auto& [part, quantity] : parts->second) {
      if (part.first && quantity.is_positive()) found.insert(t.home_of(part.second));
    }
  }
  std::erase_if(found, [&](LotId lot) { return t.lots[lot].merged; });
  std::vector<LotId> lots(found.begin(), found.end());
  if (recall.include_derived) add_derived(t, lots);
  return lots;
}

void add_derived(const State::Tables& t, std::vector<LotId>& lots) {
  std::unordered_map<LotId, std::vector<DocumentId>> used_in;
  for (const auto& [transformation, parts] : t.transformations) {
    for (const auto& [part, quantity] : parts) {
      if (!part.first && quantity.is_positive())
        used_in[t.home_of(part.second)].push_back(transformation);
    }
  }
  Lots found(lots.begin(), lots.end());
  std::vector<LotId> open = lots;
  while (!open.empty()) {
    const auto uses = used_in.find(open.back());
    open.pop_back();
    if (uses == used_in.end()) continue;
    for (const DocumentId transformation : uses->second) {
      for (const auto& [part, quantity] : t.transformations.at(transformation)) {
        if (!part.first || !quantity.is_positive()) continue;
        const LotId made = t.home_of(part.second);
        if (found.insert(made).second) open.push_back(made);
      }
    }
  }
  lots.assign(found.begin(), found.end());
}

bool fits_scope(const State::Tables& t, const OpenRecall& recall, LotId lot) {
  const Lot& row = t.lots[lot];
  const auto is_sku = [&](const std::string& name) { return t.skus[row.sku].item.sku == name; };
  const auto is_lot = [&](SkuId sku, const LotCode& code) {
    return sku == row.sku && t.find_lot(sku, code.text) == lot;
  };
  const RecallScope& scope = recall.scope;
  const auto any = [](const auto& list, const auto& test) {
    return std::any_of(list.begin(), list.end(), test);
  };
  return any(scope.lots,
             [&](const RecallLot& n) { return is_sku(n.sku) && is_lot(row.sku, n.lot); }) ||
         any(scope.gtin_lots,
             [&](const RecallGtinLot& n) {
               return is_lot(sku_of_gtin(t, recall.owner, n.gtin), n.lot);
             }) ||
         any(scope.batches,
             [&](const RecallBatch& n) {
               return (!n.sku || is_sku(*n.sku)) && in_batch(t, lot, n.batch);
             }) ||
         any(scope.sku_dates,
             [&](const RecallSkuDate& n) {
               return is_sku(n.sku) && row.expires_on == n.expires_on.days;
             }) ||
         any(scope.skus, is_sku);
}

}  // namespace lotbridge::core
