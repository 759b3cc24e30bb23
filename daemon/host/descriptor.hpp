// What a connector says about itself, as the host uses it: descriptor.json read and checked.
//
// Address patterns may hold {setting}: expand() puts the account's settings in. Plain values; any
// thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/json.hpp>
#include <lotbridge/status.hpp>

#include "daemon/host/oauth.hpp"

namespace lotbridge::host {

struct SecretRule {
  std::vector<std::string> hosts;  // patterns; it is filled in only towards these
  bool hmac = false;               // "use": "hmac": for signatures only, never sent
  bool in_body = false;            // "in_body": true: also filled in where it stands in a body
  bool optional = false;           // "optional": true: an account may do without
  bool sign = false;               // "use": "sign": a private key, never sent
  // "oauth2": the host fetches and renews it; no person configures it.
  std::optional<OAuthRule> oauth;
};

// A rate limit. Several requests a second, bursts included; an answer may say more exactly how much
// is left.
struct LimitRule {
  double rate = 0;  // per second; 0: none
  double burst = 1;
  std::string remaining_header;  // holds how much is left, or "used/limit"
  // "answer": {"remaining","rate","burst"}: JSON Pointers into answers that say so in their body.
  std::string remaining_pointer, rate_pointer, burst_pointer;
  // An answer 200 that says "too often": the text at this pointer. Nothing was done then.
  std::string throttled_pointer, throttled_text;
  std::string retry_after_header;  // the platform's own name for Retry-After
};

struct HookRule {  // names of headers in lower case
  std::string topic, op, secret, header, encoding, prefix, delivery_header, topic_header, digest;
  std::string
      timestamp_header;  // not empty: seconds since 1970; the signature covers "TIMESTAMP." + body
  std::int64_t tolerance_seconds = 300;
  // "scheme": "timestamp-list": one header t=SECONDS,v1=HEX,v1=HEX; the signature covers
  // "SECONDS." + body.
  bool listed = false;
  // "scheme": "public-key": checked with the keys that the platform publishes at `keys_url`.
  bool public_key = false;
  std::string keys_url, key_id_header;
  bool iso_time = false;   // the timestamp is a text like 2026-05-16T09:00:00Z
  bool standard = false;   // Standard Webhooks: its own headers, its own form of secret
  bool nfkd = false;       // the key is the secret in Unicode's normal form NFKD
  std::string ping_start;  // not empty: an unsigned body of this and digits is answered, not taken
};

struct Descriptor {
  std::string id, name, version, status;
  std::string text;  // the bytes of the file
  std::vector<std::string> hosts;
  std::map<std::string, SecretRule> secrets;
  std::map<std::string, LimitRule> limits;
  std::vector<HookRule> hooks;
  std::map<std::string, std::int64_t>
      poll_seconds;  // "polls": {"orders.pull/1": {"every_seconds": 60}}
  Json config;       // the schema of the settings
};

Result<Descriptor> read_descriptor(std::string_view text);

// "{shop}.acme.example" with the settings' own texts. nullopt where a setting is missing or is no
// text.
std::optional<std::string> expand(std::string_view pattern, const Json& settings);

}  // namespace lotbridge::host
