// Requests to a platform and its answers, as connector code sees them.
//
// The host sends them: it keeps rate limits, repeats what may be repeated, checks that the address
// is allowed and puts in the secrets, which a connector only names: secret("token") stands for the
// value. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <lotbridge/json.hpp>

namespace lotbridge {

struct HttpHeader {
  std::string name, value;
};

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<HttpHeader> headers = {};
  std::string body = {};    // a body without a content-type header goes as application/json
  std::string secret = {};  // not empty: sent as "Authorization: Bearer" with this secret
  std::string bucket = {};  // the rate limit that pays; empty: "default"
  std::uint32_t cost = 1;
  std::string idempotency_key = {};  // set it only where the platform drops repeats by it
  std::uint32_t timeout_ms = 0;
};

class HttpReply {
 public:
  HttpReply(int code, std::vector<HttpHeader> headers, std::string body)
      : code_(code), headers_(std::move(headers)), body_(std::move(body)) {}

  int code() const { return code_; }
  bool ok() const { return code_ >= 200 && code_ < 300; }
  const std::string& body() const { return body_; }
  const std::vector<HttpHeader>& headers() const { return headers_; }
  Maybe<std::string> header(std::string_view name) const;  // any case
  // The target of `Link: <...>; rel="next"`; empty where there is none.
  std::string next_link() const;

  // The body as JSON. A page for people, or half a text, is the platform's passing trouble:
  // LB_RETRY.
  Json json() const;

  // Throws the Failure that belongs to the code unless it is 2xx: 401 and 403 LB_AUTH, 429
  // LB_RATE_LIMITED with its Retry-After, 408, 425 and 5xx LB_RETRY, 404, 409, 410 and 412
  // LB_CONFLICT, 3xx, 402, 405 and 423 LB_CONFIG, any other LB_BAD_RECORD.
  void expect_ok(Timestamp now, std::string_view what) const;

 private:
  int code_;
  std::vector<HttpHeader> headers_;
  std::string body_;
};

// "{{secret:NAME}}": the host puts the value in.
std::string secret(std::string_view name);
// The value of an Authorization header for basic authentication with two secrets.
std::string basic_auth(std::string_view user_secret, std::string_view password_secret);

// For a part of a path or query.
std::string url_encoded(std::string_view part);

// Retry-After as whole milliseconds from now: seconds, also with a fraction, or any of the three
// HTTP dates. What can't be read counts as not there; a moment in the past is 0; more than a day is
// cut to a day.
Maybe<std::uint64_t> retry_after_ms(std::string_view header, Timestamp now);

}  // namespace lotbridge
