// Rows 9, 10 and 20: allocation in memory against a flat vector, bytes per live lot, and all the
// reservations of a lot that is held.
//
// Row 9 times what both sides do: choose lots for lines that are known, and take them. The orders
// are taken in before (policy `allocate: manual`); the rate of whole documents is shown beside it.
//
//   bench_core [SKUS] [LOTS] [ROUNDS]
#include <malloc.h>

#include <array>
#include <cstdlib>
#include <random>
#include <type_traits>

#include <fmt/core.h>

#include "daemon/core/apply.hpp"
#include "tests/bench/flat_reference.hpp"
#include "tests/bench/measure.hpp"

namespace lotbridge::bench {
namespace {

constexpr std::int32_t kToday = 20'590;  // days since epoch
constexpr std::size_t kOrdersPerRound = 30'000;

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

core::Context context_for(const core::Calendar& calendar) {
  core::Context context;
  context.now = Timestamp{std::int64_t{kToday} * 86'400'000};
  context.calendar = &calendar;
  return context;
}

// Does `step` for every index in batches of 100, as the writer does; seconds of processor time.
template <typename Step>
double in_batches(core::State& state, std::size_t count, const Step& step) {
  const double began = cpu_seconds();
  state.begin();
  for (std::size_t i = 0; i < count; ++i) {
    state.begin_document();
    step(i);
    if (i % 100 == 99) {
      state.commit();
      state.begin();
    }
  }
  state.commit();
  return cpu_seconds() - began;
}

// Whole documents: SKUs found by name, the order kept with its lines, and allocated unless the
// policy says `manual`. Gives the orders' ids.
double documents_round(core::State& state, const std::vector<Document>& documents,
                       core::DocumentId& next, std::vector<core::OrderId>& ids) {
  const OneDay calendar;
  core::Context context = context_for(calendar);
  ids.clear();
  ids.reserve(documents.size());
  return in_batches(state, documents.size(), [&](std::size_t i) {
    context.document = next++;
    const core::Outcome outcome = core::apply(state, documents[i], context);
    if (outcome.refused || outcome.parked) std::abort();
    ids.push_back(outcome.order);
  });
}

// What the reference does: lots for lines that are known already. Gives also the entries, the
// journal, the events and the order's own books.
double allocate_round(core::State& state, const std::vector<core::OrderId>& ids) {
  const OneDay calendar;
  core::Context context = context_for(calendar);
  std::size_t entries = 0;
  const double seconds = in_batches(state, ids.size(), [&](std::size_t i) {
    entries += core::allocate(state, ids[i], context).entries.size();
  });
  if (entries < ids.size()) std::abort();
  return seconds;
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

struct Measured {
  std::vector<double> ratios, product, reference;
  void add(std::size_t lines, double product_seconds, double reference_seconds) {
    product.push_back(static_cast<double>(lines) / product_seconds);
    reference.push_back(static_cast<double>(lines) / reference_seconds);
    ratios.push_back(product.back() / reference.back());
  }
  Row row(std::string name) const {
    return {std::move(name),
            fmt::format("{:.2f} M/s", median(product) / 1e6),
            fmt::format("{:.2f} M/s", median(reference) / 1e6),
            ratios,
            0.5,
            0.25};
  }
};

// Pages that the heap keeps, so that no side pays for fresh ones while it is timed.
void prefault() {
  mallopt(M_TRIM_THRESHOLD, INT32_MAX);
  mallopt(M_MMAP_MAX, 0);
  constexpr std::size_t kBytes = 512U << 20;
  std::vector<char> pages(kBytes, 1);
  if (pages[kBytes / 2] != 1) std::abort();
}

// ---- re-allocation: a hold on a lot that many orders were promised

constexpr std::size_t kHolders = 10'000;

std::vector<Document> one_line_orders(std::uint32_t sku, std::size_t round) {
  return documents_of(Wishes(kHolders, {{sku, 1}}), round);
}

template <typename Body>
Document block(const char* lot, std::size_t round) {
  Body body;
  body.code = "QA";
  body.lots.push_back({"SKU-1", LotCode{lot}, {}});
  Document document;
  document.owner = "pure-fresh";
  document.id = fmt::format("{}-{}-{}", std::is_same_v<Body, Hold> ? "H" : "R", lot, round);
  document.body = std::move(body);
  return document;
}

// One document, one transaction: seconds of processor time.
double applied(core::State& state, const Document& document, std::size_t entries,
               core::DocumentId& next) {
  const OneDay calendar;
  core::Context context = context_for(calendar);
  context.document = next++;
  return in_batches(state, 1, [&](std::size_t) {
    const core::Outcome outcome = core::apply(state, document, context);
    if (outcome.refused || outcome.parked || outcome.entries.size() < entries) std::abort();
  });
}

// Every order on the held lot gives it back and gets the other one, in one transaction; beside it
// as many orders that are allocated for the first time, 100 a transaction.
bool reallocation(std::size_t rounds) {
  prefault();
  core::State state;
  configure(state, 2);
  fill(state,
       {{0, kToday + 100, 1'000'000}, {0, kToday + 200, 1'000'000}, {1, kToday + 9, 1'000'000}});
  const std::array<std::string, 2> lots = {std::string(state.lot_code(1)),
                                           std::string(state.lot_code(2))};
  core::DocumentId next = 1;
  std::vector<core::OrderId> ids;
  documents_round(state, one_line_orders(0, 0), next, ids);
  std::vector<double> ratios, mine, others;
  constexpr std::size_t kWarm = 3;
  for (std::size_t round = 0; round < kWarm + rounds; ++round) {
    const char* lot = lots[round % 2].c_str();  // where they are now
    state.system_policy().allocate = AllocateMode::manual;
    documents_round(state, one_line_orders(1, round + 1), next, ids);
    const double fresh = allocate_round(state, ids);
    state.system_policy().allocate = AllocateMode::automatic;
    const double again = applied(state, block<Hold>(lot, round), 2 * kHolders, next);
    applied(state, block<Release>(lot, round), 0, next);
    if (round < kWarm) continue;
    ratios.push_back(again / fresh);
    mine.push_back(again * 1e3);
    others.push_back(fresh * 1e3);
  }
  return print({fmt::format("20 the same in memory alone, {} reservations; reference: as many "
                            "allocations of known lines (lower is better)",
                            kHolders),
                fmt::format("{:.1f} ms", median(mine)), fmt::format("{:.1f} ms", median(others)),
                ratios, 1.5, 3, false});
}

int run(std::size_t skus, std::size_t lot_count, std::size_t rounds) {
  const std::vector<LotSpec> lots = lots_of(skus, lot_count);
  core::State state;
  malloc_trim(0);
  const std::uint64_t empty = resident_bytes();
  configure(state, skus);
  malloc_trim(0);
  const std::uint64_t before = resident_bytes();
  fill(state, lots);
  malloc_trim(0);
  const std::uint64_t after = resident_bytes();
  const std::uint64_t per_lot = (after - before) / lot_count;
  FlatShelves shelves(skus);
  for (std::size_t i = 0; i < lots.size(); ++i) {
    shelves.add(lots[i].sku, {lots[i].expires_on, kToday - 10, static_cast<std::uint32_t>(i + 1), 0,
                              Quantity::whole(lots[i].units).micros});
  }
  shelves.sort();
  prefault();
  Measured allocations, documents;
  core::DocumentId next = 1;
  std::vector<core::OrderId> ids;
  for (std::size_t round = 0; round <= rounds; ++round) {
    for (const bool whole : {false, true}) {
      const Wishes wishes = wishes_of(skus, 2 * round + (whole ? 2 : 1));
      std::size_t lines = 0;
      for (const auto& order : wishes) lines += order.size();
      const std::vector<Document> bodies = documents_of(wishes, 2 * round + (whole ? 1 : 0));
      state.system_policy().allocate = whole ? AllocateMode::automatic : AllocateMode::manual;
      double product = 0;
      if (whole) {
        product = documents_round(state, bodies, next, ids);
      } else {
        documents_round(state, bodies, next, ids);
        product = allocate_round(state, ids);
      }
      const double reference = reference_round(shelves, wishes);
      if (round != 0) (whole ? documents : allocations).add(lines, product, reference);
    }
  }
  const std::string size = fmt::format("{} SKUs, {} lots", skus, lot_count);
  bool good =
      print(allocations.row(fmt::format("9 allocate + commit of known lines, lines/s, {}", size)));
  print_info(documents.row("9 whole documents in memory, lines/s"));
  good &= print({"10 memory per live lot, bytes (lower is better)",
                 fmt::format("{} B", per_lot),
                 "40 B",
                 {static_cast<double>(per_lot) / 40.0},
                 1.6,
                 2.75,
                 false});
  const auto gigabytes = [](std::uint64_t bytes) {
    return fmt::format("{:.2f} GB", static_cast<double>(bytes) / 1e9);
  };
  print_info({fmt::format("10 memory of {} altogether, items included", size),
              gigabytes(after - empty),
              gigabytes(lot_count * 40),
              {static_cast<double>(after - empty) / static_cast<double>(lot_count * 40)},
              0,
              0});
  return good ? 0 : 1;
}

}  // namespace
}  // namespace lotbridge::bench

int main(int argc, char** argv) {
  const auto number = [&](int at, std::size_t otherwise) {
    return argc > at ? static_cast<std::size_t>(std::strtoull(argv[at], nullptr, 10)) : otherwise;
  };
  const std::size_t rounds = number(3, 5);
  // First, in a heap that is not yet full of the other rows' lots; two further rounds warm it.
  const bool good = lotbridge::bench::reallocation(rounds);
  const int others = lotbridge::bench::run(number(1, 1'000'000), number(2, 10'000'000), rounds);
  return good ? others : 1;
}
