// A set of small integers found by what they stand for: open addressing, four bytes a slot, no
// allocation per entry.
//
// The owner of the table keeps the keys; it hands in a hash and a test for equality. 0 is never a
// member.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace lotbridge::core {

// FNV-1a, finished by a multiplication, because the tables use the low bits.
inline std::uint64_t hash_text(std::uint64_t seed, std::string_view text) {
  std::uint64_t h = 14695981039346656037ULL ^ (seed * 0x9E3779B97F4A7C15ULL);
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return (h ^ (h >> 32)) * 0xD6E8FEB86659FD93ULL >> 7;
}

class IdTable {
 public:
  template <typename Equal>
  std::uint32_t find(std::uint64_t hash, const Equal& equal) const {
    if (slots_.empty()) return 0;
    for (std::size_t i = hash & mask();; i = (i + 1) & mask()) {
      if (slots_[i] == 0) return 0;
      if (equal(slots_[i])) return slots_[i];
    }
  }

  // `hash_of` gives the hash of a member; it is asked again when the table grows.
  template <typename HashOf>
  void insert(std::uint32_t id, const HashOf& hash_of) {
    if ((count_ + 1) * 4 > slots_.size() * 3) grow(hash_of);
    place(id, hash_of(id));
    ++count_;
  }

  // Closes the gap behind the removed member, so that no marks of the dead are needed.
  template <typename HashOf>
  void erase(std::uint32_t id, const HashOf& hash_of) {
    if (slots_.empty()) return;
    std::size_t i = hash_of(id) & mask();
    while (slots_[i] != id) {
      if (slots_[i] == 0) return;
      i = (i + 1) & mask();
    }
    std::size_t gap = i;
    for (std::size_t j = (i + 1) & mask(); slots_[j] != 0; j = (j + 1) & mask()) {
      const std::size_t home = hash_of(slots_[j]) & mask();
      if (((j - home) & mask()) >= ((j - gap) & mask())) {
        slots_[gap] = slots_[j];
        gap = j;
      }
    }
    slots_[gap] = 0;
    --count_;
  }

 private:
  std::size_t mask() const { return slots_.size() - 1; }
  void place(std::uint32_t id, std::uint64_t hash) {
    std::size_t i = hash & mask();
    while (slots_[i] != 0) i = (i + 1) & mask();
    slots_[i] = id;
  }
  template <typename HashOf>
  void grow(const HashOf& hash_of) {
    std::vector<std::uint32_t> old(slots_.empty() ? 16 : slots_.size() * 2);
    old.swap(slots_);
    for (const std::uint32_t id : old) {
      if (id != 0) place(id, hash_of(id));
    }
  }

  std::vector<std::uint32_t> slots_;
  std::size_t count_ = 0;
};

}  // namespace lotbridge::core
