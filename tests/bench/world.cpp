#include "tests/bench/world.hpp"

#include <chrono>
#include <cstdlib>
#include <random>

#include <fmt/core.h>

#include <lotbridge/records.hpp>

#include "tests/bench/measure.hpp"
#include "tests/bench/sync_counter.hpp"

namespace lotbridge::bench {

Timestamp MachineClock::now() const {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return Timestamp{duration_cast<milliseconds>(since).count()};
}

engine::Settings settings_for(const std::string& store, std::size_t batch) {
  engine::Settings settings;
  settings.store_path = store;
  settings.batch_documents_max = batch;
  engine::WarehouseSettings place;
  place.core.name = "MAD1";
  place.time_zone = "Europe/Madrid";
  settings.warehouses.push_back(place);
  core::Owner owner;
  owner.name = "pure-fresh";
  settings.owners.push_back(owner);
  engine::ConnectorRoute shop;
  shop.name = "shop";
  shop.owners = {"pure-fresh"};
  shop.live = true;
  shop.instructions = {"lots.plan/1"};
  settings.connectors.push_back(shop);
  return settings;
}

std::vector<std::string> item_texts(std::size_t skus) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < skus; ++i) {
    texts.push_back(
        fmt::format(R"({{"sku":"GYP-{:05}","name":"Yogurt {}","shelf_life_days":3000}})", i, i));
  }
  return texts;
}

std::vector<std::string> receipt_texts(std::size_t skus, std::size_t lots_per_sku) {
  std::vector<std::string> texts;
  for (std::size_t lot = 0; lot < lots_per_sku; ++lot) {
    for (std::size_t first = 0; first < skus; first += 100) {
      std::string text =
          fmt::format(R"({{"id":"R-{}-{}","warehouse":"MAD1","lines":[)", lot, first);
      for (std::size_t i = first; i < std::min(skus, first + 100); ++i) {
        if (i != first) text += ',';
        text += fmt::format(
            R"({{"line":"{}","sku":"GYP-{:05}","quantity":1000000,"lot":"GYP-30{:02}-B{:05}-MA",)"
            R"("expires_on":"203{}-05-16"}})",
            i - first + 1, i, lot, i, lot % 10);
      }
      texts.push_back(text + "]}");
    }
  }
  return texts;
}

std::vector<std::string> order_texts(std::size_t first, std::size_t count, std::size_t skus) {
  std::mt19937_64 random(first + 1);
  std::vector<std::string> texts;
  texts.reserve(count);
  for (std::size_t i = first; i < first + count; ++i) {
    std::string text = fmt::format(
        R"({{"id":"O-{0:08}","number":"#{0}","version":1,"channel":"shop",)"
        R"("placed_at":"2026-05-16T10:00:00Z","customer":{{"id":"c{1}","name":"Ana Ruiz",)"
        R"("email":"ana{1}@example.org"}},"ship_to":{{"country":"ES","postal_code":"28001",)"
        R"("address1":"Calle Mayor {1}","city":"Madrid"}},"lines":[)",
        i, i % 10'000);
    for (std::size_t line = 1; line <= 4; ++line) {
      if (line != 1) text += ',';
      text += fmt::format(R"({{"line":"{}{}","sku":"GYP-{:05}","quantity":{}}})", i, line,
                          random() % skus, 1 + random() % 3);
    }
    texts.push_back(text + "]}");
  }
  return texts;
}

std::vector<std::string> dispatch_texts(std::size_t first, std::size_t count) {
  std::vector<std::string> texts;
  texts.reserve(count);
  for (std::size_t i = first; i < first + count; ++i) {
    std::string text = fmt::format(
        R"({{"id":"D-{0:08}","order":"O-{0:08}","warehouse":"MAD1","carrier":"correos",)"
        R"("tracking_number":"PK{0}","lines":[)",
        i);
    for (std::size_t line = 1; line <= 4; ++line) {
      if (line != 1) text += ',';
      text += fmt::format(R"({{"order_line":"{}{}","quantity":1}})", i, line);
    }
    texts.push_back(text + "]}");
  }
  return texts;
}

Service::Service(const std::string& store, std::size_t batch) {
  auto opened = engine::Engine::open(settings_for(store, batch), clock_);
  if (!opened.ok()) {
    fmt::print(stderr, "bench: {}\n", opened.problem().detail);
    std::abort();
  }
  engine_ = std::move(*opened);
  engine_->start();
}

Service::~Service() { engine_->stop(); }

void Service::answered(const engine::Answer& answer) {
  if (answer.status != 200) {
    fmt::print(stderr, "bench: {} {}\n", answer.status, answer.body);
    std::abort();
  }
  const std::lock_guard lock(mutex_);
  --waiting_;
  room_.notify_one();
}

Served Service::serve(DocumentType type, const std::vector<std::string>& texts,
                      std::size_t in_flight) {
  const std::uint64_t commits = engine_->figures().commits, syncs = sync_calls();
  const double wall = wall_seconds(), cpu = cpu_seconds();
  for (const std::string& text : texts) {
    auto document = read_document(type, text);
    if (!document.ok()) {
      fmt::print(stderr, "bench: {}\n{}\n", document.problem().detail, text);
      std::abort();
    }
    document->owner = "pure-fresh";
    document->source = "shop";
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return waiting_ < in_flight; });
      ++waiting_;
    }
    engine_->submit(std::move(*document), {},
                    [this](const engine::Answer& answer) { answered(answer); });
  }
  std::unique_lock lock(mutex_);
  room_.wait(lock, [&] { return waiting_ == 0; });
  return {wall_seconds() - wall, cpu_seconds() - cpu, engine_->figures().commits - commits,
          sync_calls() - syncs};
}

}  // namespace lotbridge::bench
