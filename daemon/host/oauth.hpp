// Access tokens that a platform lends (OAuth 2): fetched when one is needed, renewed before they
// end, given up when the platform refuses them.
//
// Where renewing changes the refresh token too, the new one is kept durably before the access token
// is used, so that a crash can't lose the account. Several operations of an account wait for one
// renewal. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/connector.h>
#include <lotbridge/json.hpp>

#include "daemon/host/http_client.hpp"

namespace lotbridge::host {

// "oauth2" of a secret in a descriptor. Names are of other secrets of it.
struct OAuthRule {
  std::string grant;      // "client_credentials" or "refresh_token"
  std::string token_url;  // may hold {setting}
  std::string client_id, client_secret, refresh_token, scope, audience;
  bool basic = false;  // client and secret in the Authorization header, not in the body
};
OAuthRule oauth_of(const Json& json);

// Where tokens are kept beyond the process. `keep` returns when it is durable.
struct TokenKeeper {
  std::function<std::optional<std::string>(const std::string& secret)> load;
  std::function<bool(const std::string& secret, const std::string& state)> keep;
};

class OAuthToken {
 public:
  // What the rule's names stand for, filled in.
  struct Values {
    std::string secret;  // the name of the token itself
    std::string token_url, client_id, client_secret, refresh_token;
  };
  OAuthToken(OAuthRule rule, Values values, TokenKeeper keeper);

  struct Got {
    lb_status status = LB_OK;
    std::string token, message;
  };
  using Fetch = std::function<WireReply(WireRequest)>;
  // `spoiled`: a token that the platform has just refused; another one is fetched then.
  Got get(const Fetch& fetch, std::int64_t now_ms, std::string_view spoiled = {});

 private:
  void remember();
  WireRequest request() const;
  Got renew(const Fetch& fetch, std::int64_t now_ms);
  Got kept();
  std::string state() const;

  const OAuthRule rule_;
  const Values values_;
  const TokenKeeper keeper_;
  std::mutex mutex_;
  bool loaded_ = false, unkept_ = false;  // guarded by mutex_
  std::string access_, refresh_;          // guarded by mutex_
  std::int64_t ends_at_ = 0;              // guarded by mutex_
};

}  // namespace lotbridge::host
