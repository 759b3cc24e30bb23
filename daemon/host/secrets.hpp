// Fills secrets into what a connector wrote: {{secret:NAME}}, also inside {{base64:...}}.
//
// Which secret may go where is the caller's to say. Nothing here logs or keeps a value. Any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <lotbridge/status.hpp>

namespace lotbridge::host {

// The value of a secret that may be used here; a problem says why not.
using Reveal = std::function<Result<std::string>(std::string_view name)>;

Result<std::string> fill_secrets(std::string_view text, const Reveal& reveal);

std::string base64(std::string_view bytes);
std::string hex(std::string_view bytes);

// Raw bytes of the keyed digest; empty where there is no such digest ("sha256", "sha1", "sha512").
std::string hmac(std::string_view digest, std::string_view key, std::string_view data);
// Takes the same time wherever the difference is.
bool same_bytes(std::string_view a, std::string_view b);

}  // namespace lotbridge::host
