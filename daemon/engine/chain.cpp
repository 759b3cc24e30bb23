#include "chain.hpp"

#include <algorithm>
#include <charconv>

#include <openssl/evp.h>
#include <openssl/rand.h>

namespace lotbridge::engine {
namespace {

void add_account(std::string& out, const AccountNames& account) {
  add_netstring(out, account.kind);
  add_netstring(out, account.warehouse);
  add_netstring(out, account.location);
  add_netstring(out, account.status);
  add_netstring(out, account.order);
  add_netstring(out, account.line);
}

}  // namespace

void add_netstring(std::string& out, std::string_view field) {
  char length[24];
  const auto end = std::to_chars(length, length + sizeof length, field.size()).ptr;
  out.append(length, end);
  out += ':';
  out += field;
  out += ',';
}

void add_netstring(std::string& out, std::int64_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  add_netstring(out, std::string_view(digits, static_cast<std::size_t>(end - digits)));
}

struct Hasher::Sha {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~Sha() {
    EVP_MD_CTX_free(context);
    EVP_MD_free(algorithm);
  }
};

Hasher::Hasher() : sha_(std::make_unique<Sha>()) {}
Hasher::~Hasher() = default;

Hash Hasher::digest(const Hash& before) {
  Hash out{};
  EVP_DigestInit_ex2(sha_->context, sha_->algorithm, nullptr);
  EVP_DigestUpdate(sha_->context, before.data(), before.size());
  EVP_DigestUpdate(sha_->context, text_.data(), text_.size());
  EVP_DigestFinal_ex(sha_->context, out.data(), nullptr);
  return out;
}

Hash Hasher::next(const Hash& before, const LedgerFields& entry) {
  text_.clear();
  add_netstring(text_, "ledger");
  add_netstring(text_, entry.owner);
  add_netstring(text_, entry.number);
  add_netstring(text_, entry.book == core::Book::goods ? "goods" : "promise");
  add_netstring(text_, entry.sku);
  add_netstring(text_, entry.lot);
  add_netstring(text_, entry.quantity);
  add_account(text_, entry.from);
  add_account(text_, entry.to);
  add_netstring(text_, entry.document_type);
  add_netstring(text_, entry.document_source);
  add_netstring(text_, entry.document_id);
  add_netstring(text_, entry.happened_at);
  add_netstring(text_, entry.known_at);
  return digest(before);
}

Hash Hasher::next(const Hash& before, const AuditFields& entry) {
  text_.clear();
  add_netstring(text_, "audit");
  add_netstring(text_, entry.owner);
  add_netstring(text_, entry.number);
  add_netstring(text_, entry.at);
  for (const std::string_view field :
       {entry.token, entry.actor_digest, entry.action, entry.order, entry.line, entry.field,
        entry.old_value, entry.new_value, entry.reason}) {
    add_netstring(text_, field);
  }
  return digest(before);
}

Hash Hasher::next(const Hash& before, std::string_view text) {
  text_ = text;
  return digest(before);
}

// The two halves of HMAC with the key already hashed in: copied for each digest, which is what
// makes it cheap.
struct KeyedDigest::Halves {
  EVP_MD_CTX* inner = EVP_MD_CTX_new();
  EVP_MD_CTX* outer = EVP_MD_CTX_new();
  EVP_MD_CTX* work = EVP_MD_CTX_new();
  ~Halves() {
    EVP_MD_CTX_free(inner);
    EVP_MD_CTX_free(outer);
    EVP_MD_CTX_free(work);
  }
};

KeyedDigest::KeyedDigest(const std::string& key) : halves_(std::make_unique<Halves>()) {
  constexpr std::size_t kBlock = 64;
  std::array<unsigned char, kBlock> block{};
  if (key.size() > kBlock) {
    unsigned int size = 0;
    EVP_Digest(key.data(), key.size(), block.data(), &size, EVP_sha256(), nullptr);
  } else {
    std::copy(key.begin(), key.end(), block.begin());
  }
  for (unsigned char& byte : block) byte ^= 0x36;
  EVP_DigestInit_ex(halves_->inner, EVP_sha256(), nullptr);
  EVP_DigestUpdate(halves_->inner, block.data(), block.size());
  for (unsigned char& byte : block) byte ^= 0x36 ^ 0x5c;
  EVP_DigestInit_ex(halves_->outer, EVP_sha256(), nullptr);
  EVP_DigestUpdate(halves_->outer, block.data(), block.size());
}

KeyedDigest::~KeyedDigest() = default;

std::string KeyedDigest::of(std::string_view content) const {
  Hash hash{};
  EVP_MD_CTX_copy_ex(halves_->work, halves_->inner);
  EVP_DigestUpdate(halves_->work, content.data(), content.size());
  EVP_DigestFinal_ex(halves_->work, hash.data(), nullptr);
  EVP_MD_CTX_copy_ex(halves_->work, halves_->outer);
  EVP_DigestUpdate(halves_->work, hash.data(), hash.size());
  EVP_DigestFinal_ex(halves_->work, hash.data(), nullptr);
  return std::string(bytes_of(hash).substr(0, 16));
}

std::string hex_of(std::string_view bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
  return out;
}

std::string random_key_hex() {
  unsigned char bytes[32];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return {};
  return hex_of({reinterpret_cast<const char*>(bytes), sizeof bytes});
}

}  // namespace lotbridge::engine
