// The parts of verify(): each reads one store and adds findings. For verify*.cpp only.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/core/ledger.hpp"
#include "daemon/store/sqlite.hpp"

namespace lotbridge::engine {

struct Settings;

struct Finding {
  int invariant = 0;
  std::string code, detail;
};
struct ChainEnd {
  std::string owner, hash;
  std::int64_t entries = 0;
};
// Of one owner's accounts with anything on them: folded out of the ledger, and as the store has it.
struct BooksDigest {
  std::string owner, ledger, balances;
};
struct Report {
  std::vector<Finding> findings;
  std::vector<ChainEnd> chains;
  std::vector<BooksDigest> digests;
  std::int64_t entries = 0, audit = 0, balances = 0, stamps = 0, promises = 0, documents = 0;
  void add(int invariant, std::string code, std::string detail);
};

// Steps through a query; the store's problem, if any.
Refused each_row(store::Database&, std::string_view sql,
                 const std::function<void(store::Statement&)>& row);

// Names that the hashes cover, read once.
struct StoreNames {
  std::map<std::int64_t, std::string> owners, warehouses, locations;
  std::unordered_map<std::int64_t, std::string> skus, lots, orders;
  std::string lot_title(std::int64_t sku, std::int64_t lot) const;
};
Refused read_store_names(store::Database&, StoreNames&);

Refused check_chains(store::Database&, const StoreNames&, Report&);
Refused check_balances(store::Database&, const StoreNames&, bool digests, Report&);
// Goods that are less than nothing, and promises of more than there is.
Refused check_stock(store::Database&, const StoreNames&, Report&);
// Promises that may not stand; by the rules themselves where the settings are known.
Refused check_promises(store::Database&, const StoreNames&, const Settings*, Report&);
Refused check_stamps(store::Database&, const StoreNames&, Report&);
// What was acknowledged is there, and what goes out can be told apart from its repeats.
Refused check_documents(store::Database&, const StoreNames&, Report&);

}  // namespace lotbridge::engine
