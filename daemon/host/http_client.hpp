// The one way out to platforms: a thread that runs every transfer of the daemon over pooled
// connections.
//
// perform() sends one request, once, and waits. TLS is verified, redirects are not followed,
// proxies of the environment are not used (a request may name one), addresses of private networks
// are refused where the request does not allow them (the address that is really connected to is
// looked at, so a name can't change its mind). Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <lotbridge/http.hpp>

namespace lotbridge::host {

struct WireRequest {
  std::string method, url;
  std::vector<HttpHeader> headers;
  std::string body;
  std::int64_t timeout_ms = 30'000;
  std::size_t max_body = 64U << 20U;
  bool plain_http = false;
  bool private_addresses = false;
  // "http://proxy:3128", and a list of names that are reached without it, as curl understands them.
  // A proxy resolves names itself, so what leads where is then its business.
  std::string proxy, no_proxy;
  // A connection that died while it was idle makes the library send again by itself. Where a
  // request must not arrive twice it gets a connection of its own.
  bool may_repeat = false;
};

struct WireReply {
  enum class End {
    answered,
    not_sent,         // nothing of it can have arrived: repeating is safe for any request
    lost,             // it may have arrived, the answer did not
    timed_out,        // as lost
    refused_address,  // the name leads to a private network
    too_large,
    cancelled
  } end = End::lost;
  int code = 0;
  std::vector<HttpHeader> headers;  // names in lower case
  std::string body;
  std::string error;  // one sentence without the address's query
};

class HttpClient {
 public:
  virtual ~HttpClient() = default;
  // `stop` is asked several times a second; true ends the transfer.
  virtual WireReply perform(const WireRequest& request, const std::function<bool()>& stop) = 0;
  static std::unique_ptr<HttpClient> start();
};

}  // namespace lotbridge::host
