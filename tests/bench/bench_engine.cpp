// Rows 1, 2, 7, 8, 11, 12, 17, 18 and 20: durable work of the engine and reads of its store beside
// bare SQLite.
//
//   bench_engine [--orders N] [--rounds N] [--skus N] [--lots N] [--lines N] [--big-lot N]
//                [--folder DIR] [ROW...]
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include <fmt/core.h>

#include "daemon/log/log.hpp"
#include "tests/bench/cold_start.hpp"
#include "tests/bench/replay.hpp"
#include "tests/bench/restart.hpp"
#include "tests/bench/sync_counter.hpp"
#include "tests/bench/traces.hpp"
#include "tests/bench/world.hpp"

namespace lotbridge::bench {
namespace {

struct Options {
  std::size_t orders = 4'000, rounds = 5, skus = 2'000, lots = 200'000;
  TraceSizes traces;
  std::string folder;
  std::set<int> rows;
  bool wants(int row) const { return rows.empty() || rows.contains(row); }
  std::string file(const char* name) const { return folder + "/" + name; }
};

// The stocked store that every round starts from: items and three lots of each.
void stock_up(const Options& options) {
  Service service(options.file("stocked.db"));
  service.serve(DocumentType::item, item_texts(options.skus), 200);
  service.serve(DocumentType::receipt, receipt_texts(options.skus, 3), 20);
}

std::string rate(double count, double seconds) { return fmt::format("{:.0f}/s", count / seconds); }

// Row 1: documents from their texts to the answer after the commit, against the bare rows.
bool durable_documents(const Options& options) {
  const auto texts = order_texts(0, options.orders, options.skus);
  const double count = static_cast<double>(texts.size());
  std::vector<double> ratios, cpu_ratios, product, reference, product_us, reference_us;
  double rows = 0, group = 0;
  for (std::size_t round = 0; round <= options.rounds; ++round) {
    copy_store(options.file("stocked.db"), options.file("product.db"));
    Served served;
    {
      Service service(options.file("product.db"));
      served = service.serve(DocumentType::order, texts, 200);
    }
    const Written written =
        rows_written(options.file("stocked.db"), options.file("product.db"), served.commits);
    const Cost bare = replay(written, options.file("stocked.db"), options.file("bare.db"));
    if (round == 0) continue;  // warm-up
    product.push_back(count / served.wall);
    reference.push_back(count / bare.wall);
    product_us.push_back(served.cpu / count * 1e6);
    reference_us.push_back(bare.cpu / count * 1e6);
    ratios.push_back(bare.wall / served.wall);
    cpu_ratios.push_back(bare.cpu / served.cpu);
    rows = static_cast<double>(written.rows) / count;
    group = count / static_cast<double>(served.commits);
  }
  const bool good =
      print({fmt::format("1 durable orders of 4 lines/s, {:.0f} a commit; reference: the {:.1f} "
                         "rows each, with their indexes",
                         group, rows),
             rate(median(product), 1), rate(median(reference), 1), ratios, 0.60, 0.40});
  print_info({"1 the same as processor time", fmt::format("{:.0f} us", median(product_us)),
              fmt::format("{:.0f} us", median(reference_us)), cpu_ratios, 0, 0});
  return good;
}

// One row of a ledger's size per transaction, with two indexes; rows/s.
double one_row_each(const std::string& path, std::size_t rows) {
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  sqlite3* database = open_store(path);
  execute(database,
          "CREATE TABLE rows (number INTEGER PRIMARY KEY, order_id INTEGER, lot_id INTEGER, "
          "quantity INTEGER, at INTEGER, hash BLOB); CREATE INDEX rows_order ON rows (order_id); "
          "CREATE INDEX rows_lot ON rows (lot_id)");
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(database, "INSERT INTO rows VALUES (?1, ?1 / 4, ?1 * 7919 % 6000, 1, ?1, ?2)",
                     -1, &insert, nullptr);
  const std::string hash(32, 'h');
  const double began = wall_seconds();
  for (std::size_t i = 1; i <= rows; ++i) {
    sqlite3_bind_int64(insert, 1, static_cast<std::int64_t>(i));
    sqlite3_bind_blob(insert, 2, hash.data(), 32, SQLITE_STATIC);
    if (sqlite3_step(insert) != SQLITE_DONE) std::abort();
    sqlite3_reset(insert);
  }
  const double seconds = wall_seconds() - began;
  sqlite3_finalize(insert);
  sqlite3_close(database);
  return static_cast<double>(rows) / seconds;
}

// Rows 2 and 18: 64 clients, each waiting for its answer. With `delay_us` every sync takes so much
// longer, as on a disk that does not answer from its memory.
bool closed_loop(const Options& options, int delay_us) {
  const std::size_t orders = delay_us == 0 ? options.orders : options.orders / 4;
  std::vector<double> ratios, product, reference, syncs;
  delay_syncs(delay_us);
  for (std::size_t round = 0; round <= options.rounds; ++round) {
    copy_store(options.file("stocked.db"), options.file("product.db"));
    const auto texts = order_texts(0, orders, options.skus);
    Served served;
    {
      Service service(options.file("product.db"), 256);
      served = service.serve(DocumentType::order, texts, 64);
    }
    const double bare = one_row_each(options.file("bare.db"), delay_us == 0 ? 3'000 : 200);
    if (round == 0) continue;
    product.push_back(static_cast<double>(orders) / served.wall);
    reference.push_back(bare);
    ratios.push_back(product.back() / bare);
    syncs.push_back(static_cast<double>(served.syncs) / static_cast<double>(orders));
  }
  delay_syncs(0);
  const Row row{delay_us == 0 ? "2 orders/s, 64 clients; reference: one row a transaction"
                              : fmt::format("2 the same, every sync {} ms slower", delay_us / 1000),
                rate(median(product), 1),
                rate(median(reference), 1),
                ratios,
                10,
                4};
  bool good = true;
  if (options.wants(2) && delay_us == 0) good = print(row);
  if (options.wants(2) && delay_us != 0) print_info(row);
  if (delay_us == 0 && options.wants(18)) {
    good &= print({"18 sync calls per acknowledged order, 64 clients (lower is better)",
                   fmt::format("{:.4f}", median(syncs)), "1/64 = 0.0156", syncs, 1.0 / 16, 0.25,
                   false});
  }
  return good;
}

// Row 17: pages of the ledger, its indexes and the balances, per posting.
bool ledger_size(const Options& options) {
  copy_store(options.file("stocked.db"), options.file("product.db"));
  const std::size_t orders = 2 * options.orders;
  {
    Service service(options.file("product.db"));
    service.serve(DocumentType::order, order_texts(0, orders, options.skus), 200);
    service.serve(DocumentType::dispatch, dispatch_texts(0, orders), 200);
  }
  sqlite3* database = open_store(options.file("product.db"));
  const auto pages = [&](const std::string& names) {
    return static_cast<double>(
        number_of(database, "SELECT sum(pgsize) FROM dbstat WHERE name IN (" + names + ")"));
  };
  const auto postings = static_cast<double>(number_of(database, "SELECT count(*) FROM ledger"));
  const double ledger = pages("'ledger','ledger_lot','ledger_document'");
  const double balances = pages("'balances','balances_here'");
  execute(database,
          "ATTACH ':memory:' AS bare; CREATE TABLE bare.rows (number INTEGER PRIMARY KEY, order_id "
          "INTEGER, line INTEGER, lot_id INTEGER, quantity INTEGER, at INTEGER, hash BLOB); "
          "CREATE INDEX bare.rows_order ON rows (order_id); CREATE INDEX bare.rows_lot ON rows "
          "(lot_id); INSERT INTO bare.rows SELECT number, document_id, number % 4, lot_id, "
          "quantity, known_at, hash FROM ledger ORDER BY number");
  const auto bare = static_cast<double>(
      number_of(database, "SELECT sum(pgsize) FROM dbstat('bare') WHERE name <> 'sqlite_schema'"));
  sqlite3_close(database);
  const double mine = (ledger + balances) / postings, other = bare / postings;
  return print({fmt::format("17 bytes on disk per posting: ledger {:.0f} + balances {:.0f} (lower "
                            "is better)",
                            ledger / postings, balances / postings),
                fmt::format("{:.0f} B", mine),
                fmt::format("{:.0f} B", other),
                {mine / other},
                1.6,
                2.5,
                false});
}

// Row 20: orders of one line that all get one lot, then a hold on that lot: one document, one
// transaction, and every order has the other lot. The reference is the same number of orders
// served before: each allocated for the first time, 100 a commit.
bool reallocation(const Options& options) {
  constexpr std::size_t kOrders = 10'000;
  const auto receipt = [](const char* lot, const char* expires) {
    return fmt::format(
        R"({{"id":"R-{0}","warehouse":"MAD1","lines":[{{"line":"1",)"
        R"("sku":"GYP-00000","quantity":1000000,"lot":"{0}","expires_on":"{1}"}}]}})",
        lot, expires);
  };
  std::vector<std::string> orders;
  for (std::size_t i = 0; i < kOrders; ++i) {
    orders.push_back(fmt::format(
        R"({{"id":"H-{}","lines":[{{"line":"1","sku":"GYP-00000","quantity":1}}]}})", i));
  }
  const std::vector<std::string> hold = {
      R"({"id":"HOLD","code":"QA","lots":[{"sku":"GYP-00000","lot":"FIRST"}]})"};
  std::vector<double> ratios, mine, others;
  for (std::size_t round = 0; round <= options.rounds; ++round) {
    const std::string path = options.file(fmt::format("hold-{}.db", round).c_str());
    Service service(path);
    service.serve(DocumentType::item, item_texts(1), 1);
    service.serve(DocumentType::receipt,
                  {receipt("FIRST", "2036-05-16"), receipt("SECOND", "2036-06-16")}, 1);
    const Served fresh = service.serve(DocumentType::order, orders, 200);
    const Served again = service.serve(DocumentType::hold, hold, 1);
    if (round == 0) continue;
    ratios.push_back(again.cpu / fresh.cpu);
    mine.push_back(again.wall);
    others.push_back(fresh.wall);
  }
  return print({fmt::format("20 hold on a lot with {} reservations: durably re-allocated in one "
                            "transaction; reference: these orders before, taken in and allocated "
                            "for the first time (lower is better; ratio of processor time)",
                            kOrders),
                fmt::format("{:.2f} s", median(mine)), fmt::format("{:.2f} s", median(others)),
                ratios, 1.5, 3, false});
}

Options options_of(int argc, char** argv) {
  Options options;
  options.folder =
      (std::filesystem::temp_directory_path() / ("lotbridge-bench-" + std::to_string(getpid())))
          .string();
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto next = [&] { return ++i < argc ? std::string(argv[i]) : std::string("0"); };
    const auto number = [&] { return std::strtoull(next().c_str(), nullptr, 10); };
    if (word == "--orders") {
      options.orders = number();
    } else if (word == "--rounds") {
      options.rounds = number();
    } else if (word == "--skus") {
      options.skus = number();
    } else if (word == "--lots") {
      options.lots = number();
    } else if (word == "--lines") {
      options.traces.lines = number();
    } else if (word == "--big-lot") {
      options.traces.big_lot = number();
    } else if (word == "--folder") {
      options.folder = next() + "/lotbridge-bench-" + std::to_string(getpid());
    } else {
      options.rows.insert(std::atoi(word.c_str()));
    }
  }
  return options;
}

int run(const Options& options) {
  log::divert([](std::string_view) {});
  install_sync_counter();
  std::filesystem::create_directories(options.folder);
  bool good = true;
  const std::set<int> from_stock = {1, 2, 12, 17, 18};
  if (std::any_of(from_stock.begin(), from_stock.end(),
                  [&](int row) { return options.wants(row); })) {
    stock_up(options);
  }
  if (options.wants(1)) good &= durable_documents(options);
  if (options.wants(2) || options.wants(18)) good &= closed_loop(options, 0);
  if (options.wants(2)) closed_loop(options, 5'000);
  if (options.wants(11)) good &= cold_start(options.folder, options.lots, options.rounds);
  if (options.wants(12)) {
    good &= restart_after_kill(options.folder, options.file("stocked.db"), options.orders,
                               options.skus, options.rounds);
  }
  if (options.wants(17)) good &= ledger_size(options);
  if (options.wants(20)) good &= reallocation(options);
  if (options.wants(7) || options.wants(8)) {
    TraceSizes sizes = options.traces;
    sizes.rounds = options.rounds;
    good &= trace_rows(options.folder, sizes, options.wants(7), options.wants(8));
  }
  std::filesystem::remove_all(options.folder);
  return good ? 0 : 1;
}

}  // namespace
}  // namespace lotbridge::bench

int main(int argc, char** argv) {
  return lotbridge::bench::run(lotbridge::bench::options_of(argc, argv));
}
