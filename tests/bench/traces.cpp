#include "tests/bench/traces.hpp"

#include <sqlite3.h>

#include <cstdlib>
#include <limits>

#include <fmt/core.h>

#include "daemon/api/reads.hpp"
#include "daemon/store/reader_trace.hpp"
#include "tests/bench/replay.hpp"
#include "tests/bench/world.hpp"

namespace lotbridge::bench {
namespace {

constexpr std::size_t kLinesPerLot = 50;
constexpr std::int64_t kFirstLot = 1'000;
constexpr std::size_t kTraced = 200;  // lots a round

// One real order and its dispatch, copied under other names: going through the engine a hundred
// thousand times would take minutes and store the same.
void copy_orders(sqlite3* database, std::size_t count) {
  const std::string numbers = fmt::format(
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) ", count);
  for (const int type : {4, 7}) {
    execute(database,
            numbers +
                fmt::format(
                    "INSERT INTO documents (document_id, owner_id, type, source_id, id, version, "
                    "digest, revision, happened_at, known_at, body, order_id) SELECT 100000 + 2 * "
                    "n.i + {}, owner_id, type, source_id, id || '-' || n.i, version, digest, "
                    "revision, happened_at, known_at, body, 1 + n.i FROM documents, n WHERE type "
                    "= {}",
                    type == 4 ? 0 : 1, type));
  }
  execute(database,
          numbers +
              "INSERT INTO orders (order_id, owner_id, document_id, source_id, id, natural_key, "
              "number, channel, status, open, version, placed_at, ship_on, state) SELECT 1 + n.i, "
              "owner_id, 100000 + 2 * n.i, source_id, id || '-' || n.i, natural_key || n.i, "
              "number || n.i, channel, status, 0, version, placed_at, ship_on, state FROM orders, "
              "n WHERE order_id = 1");
  execute(database, numbers +
                        "INSERT INTO contacts (order_id, owner_id, customer_id, body) SELECT 1 + "
                        "n.i, owner_id, customer_id, body FROM contacts, n WHERE order_id = 1");
}

void add_stamps(sqlite3* database, const TraceSizes& sizes) {
  const auto insert = [&](std::size_t count, const std::string& lot, const std::string& order) {
    execute(database,
            fmt::format("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + "
                        "1 < {0}) INSERT INTO stamps (owner_id, sku_id, lot_id, order_id, line, "
                        "document_id, document_line, warehouse_id, quantity, evidence, at) SELECT "
                        "1, 1, {1}, 2 + {2}, i % 4, 100003 + 2 * ({2}), 0, 1, 1000000, 2, "
                        "1779000000000 + i FROM n",
                        count, lot, order));
  };
  const std::size_t lots = sizes.lines / kLinesPerLot;
  // The lines of a lot lie far apart, as they do where many lots are sold on every day.
  insert(sizes.lines, fmt::format("{} + i % {}", kFirstLot, lots),
         fmt::format("(i * 7919 + i / 97) % {}", sizes.big_lot));
  insert(sizes.big_lot, "1", "i");
  execute(database,
          fmt::format("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 "
                      "< {}) INSERT INTO lots (lot_id, owner_id, sku_id, code, flags) SELECT {} + "
                      "i, 1, 1, 'T-' || i, 2 FROM n",
                      lots, kFirstLot));
  execute(database,
          fmt::format("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                      "{}), one AS (SELECT * FROM ledger WHERE book = 1 AND document_id = (SELECT "
                      "max(document_id) FROM documents WHERE type = 7 AND document_id < 100000) "
                      "LIMIT 1) INSERT INTO ledger (owner_id, number, book, sku_id, lot_id, "
                      "quantity, from_account, to_account, document_id, happened_at, known_at, "
                      "hash) SELECT owner_id, 100000 + n.i, book, 1, 1, quantity, from_account, "
                      "to_account, 100001 + 2 * n.i, happened_at, known_at, hash FROM one, n",
                      sizes.big_lot));
}

// Takes the indexes of stamps away and gives what makes them again: one by one in order of their
// keys is many times as fast as row by row.
std::vector<std::string> drop_indexes(sqlite3* database) {
  std::vector<std::string> names, texts;
  sqlite3_stmt* list = nullptr;
  sqlite3_prepare_v2(database,
                     "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = "
                     "'stamps' AND sql IS NOT NULL",
                     -1, &list, nullptr);
  while (sqlite3_step(list) == SQLITE_ROW) {
    names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(list, 0)));
    texts.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(list, 1)));
  }
  sqlite3_finalize(list);
  for (const std::string& name : names) execute(database, "DROP INDEX " + name);
  return texts;
}

void fill(const std::string& path, const TraceSizes& sizes) {
  {
    Service fresh(path);
    fresh.serve(DocumentType::item, item_texts(4), 1);
    fresh.serve(DocumentType::receipt, receipt_texts(4, 1), 1);
    fresh.serve(DocumentType::order, order_texts(0, 1, 4), 1);
    fresh.serve(DocumentType::dispatch, dispatch_texts(0, 1), 1);
  }
  sqlite3* database = open_store(path);
  execute(database, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF");
  const std::vector<std::string> indexes = drop_indexes(database);
  copy_orders(database, sizes.big_lot);
  add_stamps(database, sizes);
  for (const std::string& index : indexes) execute(database, index);
  execute(database, "PRAGMA journal_mode=WAL");
  sqlite3_close(database);
}

// The reference: every column that says who got what is in the index itself.
struct BareScan {
  explicit BareScan(const std::string& path) : database(open_store(path)) {
    const int made =
        sqlite3_prepare_v2(database,
                           "SELECT order_id, line, document_id, quantity, evidence, at, sku_id "
                           "FROM stamps INDEXED BY stamps_lot WHERE lot_id = ?",
                           -1, &statement, nullptr);
    if (made != SQLITE_OK) std::abort();
  }
  BareScan(const BareScan&) = delete;
  BareScan& operator=(const BareScan&) = delete;
  ~BareScan() {
    sqlite3_finalize(statement);
    sqlite3_close(database);
  }
  std::size_t rows(std::int64_t lot) {
    std::size_t count = 0;
    std::int64_t sum = 0;
    sqlite3_bind_int64(statement, 1, lot);
    while (sqlite3_step(statement) == SQLITE_ROW) {
      for (int column = 0; column < 7; ++column) sum += sqlite3_column_int64(statement, column);
      ++count;
    }
    sqlite3_reset(statement);
    if (sum == 0) std::abort();
    return count;
  }
  sqlite3* database;
  sqlite3_stmt* statement = nullptr;
};

// The product's reads, as its HTTP routes call them.
class Product {
 public:
  explicit Product(const std::string& path) {
    auto opened = engine::Engine::open(settings_for(path, 100), clock_);
    auto readers = store::Readers::open(path);
    if (!opened.ok() || !readers.ok()) std::abort();
    engine_ = std::move(*opened);
    engine_->start();
    readers_ = std::move(*readers);
    settings_.owners = {"pure-fresh"};
    api::add_reads(table_, *readers_, *engine_, settings_);
  }
  ~Product() { engine_->stop(); }

  std::size_t stamps(std::int64_t lot) {
    auto lease = readers_->lease();
    if (!lease.ok()) std::abort();
    return store::lot_stamps(**lease, 1, static_cast<core::LotId>(lot),
                             std::numeric_limits<std::int64_t>::max())
        .size();
  }
  // GET /v1/trace: bytes of the answer.
  std::size_t trace(const std::string& code) {
    api::Request request;
    request.method = "GET";
    request.path = {"v1", "trace"};
    request.query = {{"sku", "GYP-00000"}, {"lot", code}, {"direction", "forward"}};
    const auto match = table_.find("GET", request.path);
    std::size_t bytes = 0;
    bool good = false;
    match.route->handler(std::move(request), [&](const api::Response& response) {
      good = response.status == 200;
      bytes = response.body.size();
      if (!good) fmt::print(stderr, "bench: {}\n", response.body);
    });
    if (!good) std::abort();
    return bytes;
  }

 private:
  MachineClock clock_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<store::Readers> readers_;
  api::ReadSettings settings_;
  api::RouteTable table_;
};

// Processor time of `step` over the lots, in seconds.
template <typename Step>
double timed(const Step& step) {
  const double began = cpu_seconds();
  step();
  return cpu_seconds() - began;
}

struct Pair {
  std::vector<double> ratios, product, reference;
  void add(double mine, double other, double count, bool time) {
    product.push_back(time ? mine / count * 1e6 : count / mine);
    reference.push_back(time ? other / count * 1e6 : count / other);
    ratios.push_back(time ? mine / other : other / mine);
  }
  Row row(std::string name, const char* format, double goal, double floor, bool higher) const {
    return {std::move(name),
            fmt::format(fmt::runtime(format), median(product)),
            fmt::format(fmt::runtime(format), median(reference)),
            ratios,
            goal,
            floor,
            higher};
  }
};

}  // namespace

bool trace_rows(const std::string& folder, const TraceSizes& sizes, bool row_7, bool row_8) {
  const std::string path = folder + "/traces.db";
  fill(path, sizes);
  BareScan bare(path);
  Product product(path);
  const std::size_t lots = sizes.lines / kLinesPerLot;
  Pair found, whole, big, big_stamps;
  for (std::size_t round = 0; round <= sizes.rounds; ++round) {
    std::vector<std::int64_t> some;
    for (std::size_t i = 0; i < kTraced; ++i) {
      some.push_back(static_cast<std::int64_t>((round * kTraced + i) * 104'729 % lots));
    }
    std::size_t here = 0, there = 0;
    // What is read first warms the pages for who comes next: the reference goes first.
    const double scan = timed([&] {
      for (const auto lot : some) there += bare.rows(kFirstLot + lot);
    });
    const double mine = timed([&] {
      for (const auto lot : some) here += product.stamps(kFirstLot + lot);
    });
    if (here != there) std::abort();
    const double json = timed([&] {
      for (const auto lot : some) product.trace(fmt::format("T-{}", lot));
    });
    const double big_scan = timed([&] { there = bare.rows(1); });
    const double big_read = timed([&] { here = product.stamps(1); });
    if (here != there) std::abort();
    const double big_json = timed([&] { product.trace("GYP-3000-B00000-MA"); });
    if (round == 0) continue;
    found.add(mine, scan, kTraced, true);
    whole.add(json, scan, kTraced, true);
    big.add(big_json, big_scan, static_cast<double>(there), false);
    big_stamps.add(big_read, big_scan, static_cast<double>(there), false);
  }
  bool good = true;
  if (row_7) {
    good &= print(found.row(fmt::format("7 who got a lot: {} lines out of {} (lower is better)",
                                        kLinesPerLot, sizes.lines),
                            "{:.0f} us a lot", 3, 8, false));
    print_info(whole.row("7 the whole trace of it as JSON, with names, addresses, tracking",
                         "{:.0f} us a lot", 3, 8, false));
  }
  if (row_8) {
    good &= print(big.row(
        fmt::format("8 the whole trace of a lot of {} lines as JSON, lines/s", sizes.big_lot),
        "{:.0f}/s", 0.3, 0.15, true));
    print_info(big_stamps.row("8 its lines without names", "{:.0f}/s", 0.3, 0.15, true));
  }
  return good;
}

}  // namespace lotbridge::bench
