// A growing array whose elements never move: pointers to them hold, and finding one costs no detour
// through a large table of pieces.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace lotbridge::core {

template <typename T, std::size_t kChunkBits = 8>
class ChunkedVector {
 public:
  explicit ChunkedVector(std::size_t size = 0) { resize(size); }

  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return chunks_[i >> kChunkBits][i & kMask]; }
  const T& operator[](std::size_t i) const { return chunks_[i >> kChunkBits][i & kMask]; }

  void push_back(T value) {
    resize(size_ + 1);
    (*this)[size_ - 1] = std::move(value);
  }
  void pop_back() {
    --size_;
    (*this)[size_] = T{};
  }
  // Grows only.
  void resize(std::size_t size) {
    while (chunks_.size() << kChunkBits < size) {
      chunks_.push_back(std::make_unique<T[]>(std::size_t{1} << kChunkBits));
    }
    if (size > size_) size_ = size;
  }

 private:
  static constexpr std::size_t kMask = (std::size_t{1} << kChunkBits) - 1;
  std::vector<std::unique_ptr<T[]>> chunks_;
  std::size_t size_ = 0;
};

}  // namespace lotbridge::core
