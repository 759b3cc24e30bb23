// One hash chain per owner over ledger and audit: who changes an old row breaks every hash after
// it.
//
// Each entry's hash is SHA-256 over the hash before it and the entry's natural keys (names, never
// row numbers) as netstrings; docs/format/ledger.md has the fields and a worked example. Pure but
// for Hasher's reused buffers; one thread each.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/core/ledger.hpp"

namespace lotbridge::engine {

using Hash = std::array<unsigned char, 32>;

inline std::string_view bytes_of(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// "<length>:<bytes>," appended.
void add_netstring(std::string& out, std::string_view field);
void add_netstring(std::string& out, std::int64_t number);

// The parts of an account by name; what an account of its kind does not have is empty.
struct AccountNames {
  std::string_view kind, warehouse, location, status, order;
  std::int64_t line = 0;  // position in the order from 1; 0: none
};

struct LedgerFields {
  std::string_view owner;
  std::int64_t number = 0;
  core::Book book = core::Book::goods;
  std::string_view sku, lot;
  std::int64_t quantity = 0;
  AccountNames from, to;
  std::string_view document_type, document_source, document_id;
  std::int64_t happened_at = 0, known_at = 0;
};
struct AuditFields {
  std::string_view owner;
  std::int64_t number = 0, at = 0;
  std::string_view token, actor_digest, action, order, line, field, old_value, new_value, reason;
};

class Hasher {
 public:
  Hasher();
  ~Hasher();
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  Hash next(const Hash& before, const LedgerFields&);
  Hash next(const Hash& before, const AuditFields&);
  Hash next(const Hash& before, std::string_view text);  // and whatever else is chained
  // What the last next() hashed after the previous hash; for the worked example.
  const std::string& preimage() const { return text_; }

 private:
  Hash digest(const Hash& before);
  struct Sha;
  std::unique_ptr<Sha> sha_;
  std::string text_;
};

// HMAC-SHA-256 with a key that never leaves the store, cut to 16 bytes: tells equal content from
// other content without keeping it.
// One thread.
class KeyedDigest {
 public:
  explicit KeyedDigest(const std::string& key);
  ~KeyedDigest();
  KeyedDigest(const KeyedDigest&) = delete;
  KeyedDigest& operator=(const KeyedDigest&) = delete;
  std::string of(std::string_view content) const;  // 16 bytes

 private:
  struct Halves;
  std::unique_ptr<Halves> halves_;
};
std::string random_key_hex();  // 32 random bytes, as 64 hex digits
std::string hex_of(std::string_view bytes);

}  // namespace lotbridge::engine
