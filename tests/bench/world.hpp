// A dairy's store at the size of a benchmark, and orders for it as JSON texts.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <lotbridge/documents.hpp>

#include "daemon/engine/engine.hpp"

namespace lotbridge::bench {

class MachineClock final : public engine::Clock {
 public:
  Timestamp now() const override;
};

// One warehouse, one owner, one live shop that wants `lots.plan`.
engine::Settings settings_for(const std::string& store, std::size_t batch);

std::vector<std::string> item_texts(std::size_t skus);
std::vector<std::string> receipt_texts(std::size_t skus, std::size_t lots_per_sku);
// Orders of four lines with a customer and an address, about 700 bytes each.
std::vector<std::string> order_texts(std::size_t first, std::size_t count, std::size_t skus);
std::vector<std::string> dispatch_texts(std::size_t first, std::size_t count);

struct Served {
  double wall = 0, cpu = 0;
  std::uint64_t commits = 0, syncs = 0;
};
// Opens the engine over a store, serves texts with so many in flight, stops. A text is read where
// it is submitted, as the daemon's listener does; its place is free again when its answer came,
// which is after the commit. Aborts on an answer that is no success.
class Service {
 public:
  explicit Service(const std::string& store, std::size_t batch = 100);
  ~Service();
  Served serve(DocumentType type, const std::vector<std::string>& texts, std::size_t in_flight);

 private:
  void answered(const engine::Answer&);

  MachineClock clock_;
  std::unique_ptr<engine::Engine> engine_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::size_t waiting_ = 0;
};

}  // namespace lotbridge::bench
