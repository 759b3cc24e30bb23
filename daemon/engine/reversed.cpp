#include "reversed.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "daemon/store/encoding.hpp"

namespace lotbridge::engine {

using store::Sql;

void append_entries(Workbench& bench, std::int64_t row, std::vector<core::Entry>& out) {
  auto rows = bench.store.query(Sql::select_document_entries, row);
  while (rows.next()) {
    core::Entry entry;
    entry.book = static_cast<core::Book>(rows.integer(0));
    entry.sku = static_cast<core::SkuId>(rows.integer(1));
    entry.lot = static_cast<core::LotId>(rows.integer(2));
    entry.quantity = Quantity{rows.integer(3)};
    const auto from = store::account_of(rows.blob(4));
    const auto to = store::account_of(rows.blob(5));
    if (!from || !to) continue;
    entry.from = *from;
    entry.to = *to;
    out.push_back(entry);
  }
}

void keep_standing(std::vector<core::Entry>& entries) {
  // Both directions between two accounts are one sum, positive in the direction that came first.
  struct Sum {
    core::Entry first;
    std::int64_t quantity = 0;
  };
  using Key = std::tuple<core::SkuId, core::LotId, core::Account, core::Account>;
  std::vector<Sum> sums;
  std::map<Key, std::size_t> places;
  for (const core::Entry& entry : entries) {
    if (entry.book != core::Book::goods) continue;
    const bool ahead = entry.from < entry.to;
    const Key key{entry.sku, entry.lot, ahead ? entry.from : entry.to,
                  ahead ? entry.to : entry.from};
    const auto [place, fresh] = places.try_emplace(key, sums.size());
    if (fresh) sums.push_back({entry, 0});
    Sum& sum = sums[place->second];
    sum.quantity += entry.from == sum.first.from ? entry.quantity.micros : -entry.quantity.micros;
  }
  entries.clear();
  for (const Sum& sum : sums) {
    if (sum.quantity == 0) continue;
    core::Entry entry = sum.first;
    if (sum.quantity < 0) std::swap(entry.from, entry.to);
    entry.quantity = Quantity{sum.quantity < 0 ? -sum.quantity : sum.quantity};
    entries.push_back(entry);
  }
}

}  // namespace lotbridge::engine
