// Checks that a webhook was signed by the platform, as the connector's descriptor says. No
// connector code runs.
//
// Over the raw bytes, in constant time. Pure; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/host/descriptor.hpp"
#include "daemon/host/public_keys.hpp"

namespace lotbridge::host {

struct HookCheck {
  bool ok = false;
  bool ping = false;   // the platform only tries the address: answered, never stored
  std::string reason;  // when not ok; holds nothing of the signature or the secret
  // The keys that the platform publishes should be read (again): this one is not among them.
  bool keys_wanted = false;
  std::string delivery,
      topic;  // when ok; a platform that names no delivery gets the digest of topic and body
};

// `secrets`: name -> value. Headers with names in lower case. `now_ms` is for schemes that sign the
// time.
HookCheck check_hook(const std::vector<HookRule>& rules,
                     const std::map<std::string, std::string>& secrets,
                     const std::map<std::string, std::string>& headers, std::string_view body,
                     std::int64_t now_ms, const KeyRing* keys = nullptr);

// What is kept of a delivery's headers: no credentials, cookies or signatures.
std::string kept_headers(const std::vector<HookRule>& rules,
                         const std::map<std::string, std::string>& headers);

}  // namespace lotbridge::host
