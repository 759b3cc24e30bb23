// One account's requests to its platform: allowed addresses, secrets, limits, repeats.
//
// send() looks blocking. It refuses an address that the descriptor does not name, fills each secret
// in only towards that secret's hosts, waits for the rate limit, repeats what may be repeated,
// follows redirects of GET and HEAD with every check again, and learns from answers. Any thread;
// operations of an account share it, and so their limits.
#pragma once

#include <time.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <lotbridge/connector.h>
#include <lotbridge/cassette.hpp>
#include <lotbridge/http.hpp>

#include "daemon/engine/clock.hpp"
#include "daemon/host/address.hpp"
#include "daemon/host/descriptor.hpp"
#include "daemon/host/http_client.hpp"
#include "daemon/host/limits.hpp"
#include "daemon/host/oauth.hpp"
#include "daemon/host/secrets.hpp"

namespace lotbridge::host {

struct OutboundSettings {
  std::string connector;  // the account's name, for the log
  Json settings;          // fills {setting} in the descriptor's hosts
  std::string base_url;
  std::map<std::string, std::string> secrets;
  TokenKeeper keeper;                 // of tokens that the platform lends; empty: only in memory
  std::string proxy, no_proxy;        // as curl understands them; empty: none
  bool private_addresses = false;     // the platform may be in a private network
  int attempts = 4;                   // the first one included
  std::int64_t first_pause_ms = 500;  // doubles with each repeat
  std::int64_t longest_pause_ms = 30'000;  // a longer wait is given back to the schedule
  std::int64_t timeout_ms = 30'000;
};

// What became of a request. Without an answer `status` says what the operation should end with.
struct Sent {
  lb_status status = LB_OK;
  std::optional<HttpReply> reply;
  std::string message, path;
  std::uint64_t retry_after_ms = 0;
};

// Some milliseconds coarse and cheap: for deadlines, which are seconds away.
inline SteadyTime coarse_now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return SteadyTime(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

// When a call must end.
struct CallLimits {
  SteadyTime deadline;
  std::function<bool()> cancelled;
};

struct HttpCounts {
  std::atomic<std::uint64_t> requests{0}, retries{0}, failures{0};
};

class Outbound {
 public:
  // Problems point into the configuration: a base_url that is none, a setting that a host needs.
  static Result<std::unique_ptr<Outbound>> open(const Descriptor&, OutboundSettings, HttpClient&,
                                                const engine::Clock&);

  Sent send(const HttpRequest& request, const CallLimits& limits);
  // Waits in slices; false when the call was cancelled or its deadline came first.
  static bool wait(std::int64_t milliseconds, const CallLimits& limits);

  // The value of a secret for signing.
  Result<std::string> signing_key(std::string_view key_template) const;
  // The secret of this name, which the descriptor gives to signatures only.
  Result<std::string> private_key(std::string_view name) const;

  const HttpCounts& counts() const { return counts_; }
  // From now on every exchange is handed over, unfilled and redacted. For recordings.
  void record(std::function<void(Exchange)> recorder);

 private:
  struct Secret {
    SecretRule rule;
    std::vector<std::string> hosts;  // expanded
    std::optional<std::string> value;
    std::shared_ptr<OAuthToken> token;  // where the host fetches it
  };
  Outbound(OutboundSettings settings, HttpClient& client, const engine::Clock& clock,
           const Descriptor& descriptor);

  using Tokens = std::map<std::string, std::string, std::less<>>;
  Sent refused(lb_status status, std::string message) const;
  Result<WireRequest> wire_request(const HttpRequest& request, const Address& address,
                                   const Tokens& tokens) const;
  Result<std::string> reveal(std::string_view name, const Address& towards,
                             const Tokens& tokens) const;
  // One hop, with its repeats.
  Sent hop(const HttpRequest& request, const Address& address, const CallLimits& limits);
  Refused add_tokens();
  std::string other_secret(const std::string& name) const;
  // The tokens that a request needs, fetched where they are missing or were just refused; what came
  // of it where there is none.
  std::optional<Sent> tokens_for(const HttpRequest& request, const CallLimits& limits,
                                 Tokens& tokens);
  std::optional<Sent> pay(const HttpRequest& request, const CallLimits& limits);
  // How long to pause before the next attempt; nullopt: this was the last word.
  std::optional<std::int64_t> pause_before_repeat(const HttpRequest& request,
                                                  const WireReply& reply, bool repeatable,
                                                  int attempt);
  Exchange without_secrets(Exchange exchange) const;
  Sent conclude(WireReply reply, const HttpRequest& request, bool repeatable);
  std::optional<Address> redirected(const HttpRequest& request, const Address& from,
                                    const HttpReply& reply) const;

  OutboundSettings settings_;
  HttpClient& client_;
  const engine::Clock& clock_;
  std::vector<std::string> hosts_;  // expanded
  std::optional<Address> base_;
  std::map<std::string, Secret, std::less<>> secrets_;
  Limits limits_;
  HttpCounts counts_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;                  // guarded by mutex_
  std::function<void(Exchange)> recorder_;  // guarded by mutex_
};

}  // namespace lotbridge::host
