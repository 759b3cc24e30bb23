// Talks GraphQL to one shop: sends a query, gives its data, keeps to the shop's cost limit.
//
// The limit is per app and shop and differs by plan, so it is read from every answer; a query that
// would not fit waits first. What the platform answers in place of data becomes the Failure that
// fits. One Graph per connector object.
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
    Json data, errors;
  };
  Answer exchange(Call& call, const Query& query, const std::string& body);
  void wait_for_points(Call& call, std::int64_t wanted);
  void note_cost(Call& call, const Query& query, const Json& cost);
  std::int64_t expected(const Query& query) const;

  std::string endpoint_;
  std::map<std::string_view, std::int64_t> costs_;  // what each query asked for last
  // The bucket as the last answer showed it.
  std::int64_t available_ = 0, restore_ = 0;
  Timestamp seen_at_;
};

}  // namespace lotbridge::shopify
