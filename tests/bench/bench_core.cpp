// Rows 9 and 10: allocation in memory against a flat vector, and bytes per live lot.
//
//   bench_core [SKUS] [LOTS] [ROUNDS]
#include <malloc.h>

#include <cstdlib>
#include <random>

#include <fmt/core.h>

#include "daemon/core/apply.hpp"
#include "tests/bench/flat_reference.hpp"
#include "tests/bench/measure.hpp"

namespace lotbridge::bench {
namespace {

constexpr std::int32_t kToday = 20'590;  // days since epoch
constexpr std::size_t kOrdersPerRound = 100'000;

class OneDay final : public core::Calendar {
 public:
  Date business_date(core::WarehouseId, Timestamp) const override { return Date{kToday}; }
};

struct LotSpec {
  std::uint32_t sku;
  std::int32_t expires_on;
  std::int64_t units;
};

std::vector<LotSpec> lots_of(std::size_t skus, std::size_t lots) {
  std::mt19937_64 random(7);
  std::vector<LotSpec> out(lots);
  for (LotSpec& lot : out) {
    lot.sku = static_cast<std::uint32_t>(random() % skus);
    lot.expires_on = kToday + 5 + static_cast<std::int32_t>(random() % 300);
    lot.units = 20 + static_cast<std::int64_t>(random() % 200);
  }
  return out;
}

struct Wanted {
  std::uint32_t sku;
  std::int64_t units;
};
using Wishes = std::vector<std::vector<Wanted>>;  // orders of one to five lines

Wishes wishes_of(std::size_t skus, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Wishes orders(kOrdersPerRound);
  for (auto& order : orders) {
    order.resize(1 + random() % 5);
    for (Wanted& line : order) {
      line.sku = static_cast<std::uint32_t>(random() % skus);
      line.units = 1 + static_cast<std::int64_t>(random() % 3);
    }
  }
  return orders;
}

void configure(core::State& state, std::size_t skus) {
  core::Warehouse warehouse;
  warehouse.name = "MAD1";
  state.configure_warehouse(warehouse);
  core::Owner owner;
  owner.name = "pure-fresh";
  owner.routes = {{std::nullopt, {1}}};
  state.configure_owner(owner);
  for (std::size_t i = 1; i <= skus; ++i) {
    core::Sku sku;
    sku.id = static_cast<core::SkuId>(i);
    sku.owner = 1;
    sku.known = true;
    sku.item.sku = fmt::format("SKU-{}", i);
    state.load_sku(std::move(sku));
  }
}

void fill(core::State& state, const std::vector<LotSpec>& lots) {
  core::Account shelf;
  shelf.warehouse = 1;
  for (std::size_t i = 0; i < lots.size(); ++i) {
    core::Lot lot;
    lot.id = static_cast<core::LotId>(i + 1);
    lot.sku = lots[i].sku + 1;
    lot.expires_on = lots[i].expires_on;
    lot.received = true;
    state.load_lot(lot, fmt::format("GYP-{:06}-B{:02}-MA", i % 1'000'000, i / 1'000'000), {});
    state.load_first_received(lot.id, 1, kToday - 10);
    state.load_balance(core::Book::goods, lot.sku, lot.id, shelf, Quantity::whole(lots[i].units));
  }
  state.finish_loading();
}

std::vector<Document> documents_of(const Wishes& wishes, std::size_t round) {
  std::vector<Document> documents;
  documents.reserve(wishes.size());
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    Order order;
    order.ship_on = Date{kToday};
    for (std::size_t k = 0; k < wishes[i].size(); ++k) {
      OrderLine line;
      line.line = std::to_string(k + 1);
      line.sku = fmt::format("SKU-{}", wishes[i][k].sku + 1);
      line.quantity = Quantity::whole(wishes[i][k].units);
      order.lines.push_back(std::move(line));
    }
    Document document;
    document.owner = "pure-fresh";
    document.source = "shop";
    document.id = fmt::format("{}-{}", round, i);
    document.command = false;
    document.body = std::move(order);
    documents.push_back(std::move(document));
  }
  return documents;
}

// Applies a round's orders in batches of 100, as the writer does; returns seconds of processor
// time.
double product_round(core::State& state, const std::vector<Document>& documents,
                     core::DocumentId& next) {
  const OneDay calendar;
  const double began = cpu_seconds();
  std::size_t in_batch = 0;
  state.begin();
  for (const Document& document : documents) {
    core::Context context;
    context.now = Timestamp{std::int64_t{kToday} * 86'400'000};
    context.calendar = &calendar;
    context.document = next++;
    state.begin_document();
    const core::Outcome outcome = core::apply(state, document, context);
    if (outcome.refused || outcome.parked) std::abort();
    if (++in_batch == 100) {
      state.commit();
      state.begin();
      in_batch = 0;
    }
  }
  state.commit();
  return cpu_seconds() - began;
}

double reference_round(FlatShelves& shelves, const Wishes& wishes) {
  const double began = cpu_seconds();
  std::size_t takes = 0;
  std::vector<FlatShelves::Take> plan;
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    for (const Wanted& line : wishes[i]) {
      plan.clear();
      shelves.allocate(line.sku, Quantity::whole(line.units).micros, kToday, plan);
      shelves.commit(line.sku, plan);
      takes += plan.size();
    }
    // Now and then a receipt, as in a warehouse.
    if (i % 16 == 0) shelves.receive(wishes[i][0].sku, {kToday + 200, kToday, 1, 0, 50'000'000});
  }
  if (takes == 0) std::abort();
  return cpu_seconds() - began;
}

int run(std::size_t skus, std::size_t lot_count, std::size_t rounds) {
  const std::vector<LotSpec> lots = lots_of(skus, lot_count);
  core::State state;
  configure(state, skus);
  malloc_trim(0);
  const std::uint64_t before = resident_bytes();
  fill(state, lots);
  malloc_trim(0);
  const std::uint64_t per_lot = (resident_bytes() - before) / lot_count;
  FlatShelves shelves(skus);
  for (std::size_t i = 0; i < lots.size(); ++i) {
    shelves.add(lots[i].sku, {lots[i].expires_on, kToday - 10, static_cast<std::uint32_t>(i + 1), 0,
                              Quantity::whole(lots[i].units).micros});
  }
  shelves.sort();
  std::vector<double> ratios;
  double product_rate = 0, reference_rate = 0;
  core::DocumentId next = 1;
  for (std::size_t round = 0; round <= rounds; ++round) {
    const Wishes wishes = wishes_of(skus, round + 1);
    std::size_t lines = 0;
    for (const auto& order : wishes) lines += order.size();
    const std::vector<Document> documents = documents_of(wishes, round);
    const double reference = reference_round(shelves, wishes);
    const double product = product_round(state, documents, next);
    if (round == 0) continue;  // warm-up
    product_rate = static_cast<double>(lines) / product;
    reference_rate = static_cast<double>(lines) / reference;
    ratios.push_back(product_rate / reference_rate);
  }
  bool good = print({fmt::format("9 allocate + commit, lines/s, {} SKUs, {} lots", skus, lot_count),
                     fmt::format("{:.0f}/s", product_rate), fmt::format("{:.0f}/s", reference_rate),
                     ratios, 0.5, 0.25});
  good &= print({"10 memory per live lot, bytes (lower is better)",
                 fmt::format("{} B", per_lot),
                 "40 B",
                 {static_cast<double>(per_lot) / 40.0},
                 1.6,
                 2.75,
                 false});
  return good ? 0 : 1;
}

}  // namespace
}  // namespace lotbridge::bench

int main(int argc, char** argv) {
  const auto number = [&](int at, std::size_t otherwise) {
    return argc > at ? static_cast<std::size_t>(std::strtoull(argv[at], nullptr, 10)) : otherwise;
  };
  return lotbridge::bench::run(number(1, 1'000'000), number(2, 10'000'000), number(3, 5));
}
