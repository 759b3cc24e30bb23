#include "tests/bench/restart.hpp"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include <fmt/core.h>

#include "tests/bench/replay.hpp"
#include "tests/bench/world.hpp"

namespace lotbridge::bench {
namespace {

// A process that takes orders and is killed when the last was answered: what it acknowledged is in
// the log only.
void leave_a_log(const std::string& path, const std::vector<std::string>& orders) {
  const pid_t child = fork();
  if (child < 0) std::abort();
  if (child == 0) {
    Service service(path);
    service.serve(DocumentType::order, orders, 200);
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFSIGNALED(status)) std::abort();
}

void copy_with_log(const std::string& from, const std::string& to) {
  for (const char* end : {"", "-wal", "-shm"}) {
    std::filesystem::remove(to + end);
    // The index of the log goes with the process; whoever opens next builds it anew.
    if (std::string_view(end) != "-shm" && std::filesystem::exists(from + end)) {
      std::filesystem::copy_file(from + end, to + end);
    }
  }
}

// SQLite alone: open, recover the log, read one row.
Cost bare_recovery(const std::string& path) {
  const double wall = wall_seconds(), cpu = cpu_seconds();
  sqlite3* database = open_store(path);
  if (number_of(database, "SELECT max(order_id) FROM orders") == 0) std::abort();
  const Cost cost{wall_seconds() - wall, cpu_seconds() - cpu};
  sqlite3_close(database);
  return cost;
}

// Until the first order is answered.
Cost start(const std::string& path, const std::vector<std::string>& first) {
  const double wall = wall_seconds(), cpu = cpu_seconds();
  Service service(path);
  service.serve(DocumentType::order, first, 1);
  return {wall_seconds() - wall, cpu_seconds() - cpu};
}

}  // namespace

bool restart_after_kill(const std::string& folder, const std::string& stocked, std::size_t orders,
                        std::size_t skus, std::size_t rounds) {
  const std::string killed = folder + "/killed.db", scratch = folder + "/restarted.db";
  copy_store(stocked, killed);
  leave_a_log(killed, order_texts(0, orders, skus));
  const std::string clean = folder + "/clean.db";
  copy_with_log(killed, clean);
  sqlite3* database = open_store(clean);
  execute(database, "PRAGMA wal_checkpoint(TRUNCATE)");
  sqlite3_close(database);
  const std::size_t pages = std::filesystem::file_size(killed + "-wal") / 4120;
  const auto first = order_texts(orders, 1, skus);
  std::vector<double> ratios, mine, others, recoveries;
  for (std::size_t round = 0; round <= rounds; ++round) {
    copy_with_log(killed, scratch);
    const Cost bare = bare_recovery(scratch);
    copy_with_log(clean, scratch);
    const Cost rested = start(scratch, first);
    copy_with_log(killed, scratch);
    const Cost here = start(scratch, first);
    if (round == 0) continue;
    ratios.push_back(here.cpu / (rested.cpu + bare.cpu));
    mine.push_back(here.wall);
    others.push_back(rested.wall + bare.wall);
    recoveries.push_back(bare.wall);
  }
  return print({fmt::format("12 restart after SIGKILL with {} pages only in the log; reference: "
                            "SQLite's own recovery ({:.0f} ms) and a start after a clean stop "
                            "(lower is better; ratio of processor time)",
                            pages, median(recoveries) * 1e3),
                fmt::format("{:.2f} s", median(mine)), fmt::format("{:.2f} s", median(others)),
                ratios, 2, 4, false});
}

}  // namespace lotbridge::bench
