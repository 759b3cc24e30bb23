// Talks GraphQL to one shop: sends a query, gives its data.
//
// The shop's cost limit is the host's to keep (`limits` in descriptor.json): each request says what
// it may cost, and the host reads from each answer how much is left. A throttled query is asked
// again after the pause that its answer implies. What the platform answers in place of data becomes
// the Failure that fits. One Graph per connector object.
#pragma once

#include <map>
#include <string>

#include <lotbridge/sdk.hpp>

#include "queries.hpp"
#include "settings.hpp"

namespace lotbridge::shopify {

class Graph {
 public:
  explicit Graph(const Settings& settings) : endpoint_(settings.endpoint()) {}

  // The answer's `data`. Throws Failure: LB_RETRY (passing trouble, or a mutation whose answer was
  // lost), LB_RATE_LIMITED, LB_AUTH, LB_CONFIG (a scope is missing, the shop is closed), LB_BUG
  // (the text does not fit the API version).
  Json run(Call& call, const Query& query, const JsonText& variables);
  // The same, but absent where one query may not cost that much: ask for less.
  Json run_if_affordable(Call& call, const Query& query, const JsonText& variables);

 private:
  struct Answer {
    Json data, errors, cost;
  };
  Answer exchange(Call& call, const Query& query, const std::string& body);

  std::string endpoint_;
  std::map<std::string_view, std::int64_t> costs_;  // what each query asked for last
};

}  // namespace lotbridge::shopify
