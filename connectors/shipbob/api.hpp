// Talks to one ShipBob account: addresses, the channel's header, its two styles of paging, and its
// own name for Retry-After.
//
// Also knows which inventory id is which SKU, read once for each object and when one is missing.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <lotbridge/sdk.hpp>

#include "settings.hpp"

namespace lotbridge::shipbob {

class Api {
 public:
  explicit Api(const Settings& settings) : settings_(settings) {}

  // `path` may hold a colon (/order/5:cancel); it is never encoded. Throws the Failure that fits.
  Json get(Call&, const std::string& path, const std::string& what);
  // An object or a list; any other answer is LB_RETRY, the outcome unknown. A 422 is given back by
  // `refused` where that is not null.
  Json post(Call&, const std::string& path, const std::string& body, const std::string& what,
            std::string* refused = nullptr);

  // Every element of a list that is paged by number (a bare array), or by the URL `next`.
  void each_page(Call&, std::string path, const std::string& what,
                 const std::function<void(const Json& list)>& page);

  // The SKU of an inventory id; none: this account has no such item.
  Maybe<std::string> sku_of(Call&, const std::string& inventory_id);
  // All products, as they come (products.pull).
  void each_product(Call&, const std::function<void(const Json&)>& product);

 private:
  HttpReply exchange(Call&, const HttpRequest&, const std::string& what);
  HttpRequest request(const std::string& method, const std::string& url) const;
  void read_catalog(Call&);

  const Settings& settings_;
  std::map<std::string, std::string> skus_;
  bool catalog_read_ = false;
};

// "2027-06-30T00:00:00" and "2027-06-30": the day as it stands, never moved by a time zone.
Maybe<Date> day_maybe(const Json& text);
// Times come with seven decimals and an offset, and sometimes without a zone: then it is UTC.
Maybe<Timestamp> moment_maybe(const Json& text);

}  // namespace lotbridge::shipbob
