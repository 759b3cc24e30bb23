// Signatures with key pairs: made with an account's private key, checked with the keys that a
// platform publishes.
//
// sign() knows rs256, rs512, ps256 and es256 (raw r and s). A KeyRing holds what was read from
// addresses of keys: a JWKS, a PEM, or an object with "publicKey": PEM. It fetches nothing itself.
// Any thread.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <lotbridge/status.hpp>

namespace lotbridge::host {

// The signature's bytes. The key is a PEM; nothing of it is in a problem.
Result<std::string> sign(std::string_view algorithm, std::string_view private_key_pem,
                         std::string_view data);

// Empty where the text is no base64; takes the usual alphabet and the one for addresses.
std::string unbase64_any(std::string_view text);
std::string unhex(std::string_view text);

class KeyRing {
 public:
  KeyRing();
  ~KeyRing();
  // Replaces what was read from this address before; what can't be read changes nothing.
  Refused take(const std::string& address, std::string_view text);
  enum class Said { good, wrong, no_key };
  // With SHA-256, or SHA-512 where `digest` is "sha512". An empty key id tries every key.
  Said verify(const std::string& address, const std::string& key_id, std::string_view digest,
              std::string_view data, std::string_view signature) const;

 private:
  struct Key;
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::shared_ptr<Key>>> keys_;  // guarded by mutex_
};

}  // namespace lotbridge::host
