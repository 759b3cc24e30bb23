// Talks to one shop's REST API: addresses, credentials, and what its refusals mean.
//
// Over https the key goes as Basic credentials, over plain http each request is signed with OAuth
// 1.0a and the secret stays at home. Paths are below wc/v3. One Api per connector object.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <lotbridge/sdk.hpp>

#include "settings.hpp"

namespace lotbridge::woocommerce {

using Query = std::vector<std::pair<std::string, std::string>>;

class Api {
 public:
  explicit Api(const Settings& settings) : settings_(settings) {}

  // A write: what the shop says stands there now. Any answer but 2xx becomes the Failure that fits,
  // said in a sentence that begins with `what`; one that can't be read is LB_RETRY, and the outcome
  // unknown. `harmless`: doing it twice is as good as once, so the host may repeat it.
  Json write(Call&, const std::string& method, const std::string& path, const std::string& body,
             const std::string& what, bool harmless = false);
  // A read; the answer must be an object, or a list.
  Json object(Call&, const std::string& path, const std::string& what);
  Json list(Call&, const std::string& path, const Query& query, const std::string& what);
  // Absent where this shop has no such route.
  Json list_if_there(Call&, const std::string& path, const std::string& what);

 private:
  HttpReply send(Call&, const std::string& method, const std::string& path, const Query& query,
                 const std::string& body, const std::string& what, bool harmless);
  HttpReply exchange(Call&, const std::string& method, const std::string& path, const Query& query,
                     const std::string& body, bool harmless);
  HttpRequest signed_request(Call&, const std::string& method, const std::string& address,
                             Query query) const;

  const Settings& settings_;
};

// The shop's own word for a refusal ("woocommerce_rest_shop_order_invalid_id"), or "".
std::string refusal_code(const HttpReply&);
// RFC 5849, 3.4.1: what is signed. `address` is without a query.
std::string signature_base(const std::string& method, const std::string& address, Query query);

}  // namespace lotbridge::woocommerce
