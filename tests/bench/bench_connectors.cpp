// Rows 13, 14 and 16, and orders through a connector's own process beside the same in the daemon.
//
//   bench_connectors [--rounds N] [--accounts N] CONNECTORS [ROW...]
#include <dirent.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include <fmt/core.h>

#include "daemon/host/account.hpp"
#include "daemon/host/host.hpp"
#include "daemon/host/testing/fake_engine.hpp"
#include "daemon/log/log.hpp"
#include "tests/bench/measure.hpp"
#include "tests/bench/world.hpp"

namespace lotbridge::bench {
namespace {

using host::CallEnvironment;
using host::CallLimits;
using host::Isolation;
using host::RunningCall;

struct Options {
  std::size_t rounds = 5, accounts = 500;
  std::string connectors;
  std::set<int> rows;
  bool wants(int row) const { return rows.empty() || rows.contains(row); }
};

double ns_per(double seconds, std::size_t count) {
  return seconds / static_cast<double>(count) * 1e9;
}

// An opened account without a platform.
class Opened {
 public:
  Opened(const Options& options, Isolation isolation) {
    const auto loaded = host::load_connector({options.connectors}, "hasty", isolation);
    if (!loaded.ok()) {
      fmt::print(stderr, "{}\n", loaded.problem().detail);
      std::exit(1);
    }
    environment_ = {"hasty", &owners_, nullptr, &clock_};
    auto opened = isolation == Isolation::in_process
                      ? host::open_in_process(*loaded, environment_, nullptr, "{}")
                      : host::open_in_child(*loaded, environment_, nullptr, "{}", {});
    instance_ = std::move(opened.instance);
    if (!instance_) std::exit(1);
  }
  // One whole call: its deadline, its capability check, its end.
  bool call() {
    const CallLimits limits{host::coarse_now() + std::chrono::seconds(60),
                            [this] { return stop_; }};
    RunningCall running(environment_, "account.check/1", "account.check/1", limits, {});
    return running.end(instance_->run("account.check/1", running, "{}")).status == LB_OK;
  }

 private:
  MachineClock clock_;
  host::OwnerRule owners_{"o", {}};
  CallEnvironment environment_;
  std::unique_ptr<host::Instance> instance_;
  bool stop_ = false;
};

// Row 13: a call into a connector that does nothing, against the same function by its pointer.
bool in_process_call(const Options& options) {
  Opened opened(options, Isolation::in_process);
  const auto loaded =
      host::load_connector({options.connectors}, "hasty", Isolation::in_process).value();
  const lb_op_fn volatile bare = loaded->find("account.check/1");
  constexpr std::size_t kCalls = 300'000;
  std::vector<double> product, reference;
  for (std::size_t round = 0; round <= options.rounds; ++round) {
    double began = wall_seconds();
    for (std::size_t n = 0; n < kCalls; ++n) {
      if (!opened.call()) return false;
    }
    const double ours = ns_per(wall_seconds() - began, kCalls);
    began = wall_seconds();
    for (std::size_t n = 0; n < kCalls; ++n) {
      if (bare(nullptr, nullptr, {"{}", 2}) != LB_OK) return false;
    }
    if (round == 0) continue;
    product.push_back(ours);
    reference.push_back(ns_per(wall_seconds() - began, kCalls));
  }
  return print({"13 call into a connector in the daemon, ns of overhead (lower is better)",
                fmt::format("{:.0f} ns", median(product)),
                fmt::format("{:.1f} ns", median(reference)), product, 50, 250, false});
}

// Another process that sends back what it gets.
class Echo {
 public:
  Echo() {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) std::exit(1);
    child_ = fork();
    if (child_ == 0) {
      close(ends[0]);
      char buffer[256];
      ssize_t n = 0;
      while ((n = recv(ends[1], buffer, sizeof buffer, 0)) > 0)
        send(ends[1], buffer, static_cast<std::size_t>(n), MSG_NOSIGNAL);
      _exit(0);
    }
    close(ends[1]);
    fd_ = ends[0];
  }
  ~Echo() {
    close(fd_);
    waitpid(child_, nullptr, 0);
  }
  Echo(const Echo&) = delete;
  Echo& operator=(const Echo&) = delete;
  bool round_trip(std::size_t size) {
    char buffer[256] = {};
    return send(fd_, buffer, size, MSG_NOSIGNAL) == static_cast<ssize_t>(size) &&
           recv(fd_, buffer, sizeof buffer, 0) > 0;
  }

 private:
  int fd_ = -1;
  pid_t child_ = 0;
};

template <typename Work>
double p50_us(Work work) {
  std::vector<double> times;
  for (int n = 0; n < 3'000; ++n) {
    const double began = wall_seconds();
    if (!work()) std::exit(1);
    times.push_back((wall_seconds() - began) * 1e6);
  }
  return median(std::move(times));
}

// Row 14: a whole call into a connector's own process, against bytes that come back.
bool isolated_call(const Options& options) {
  Echo echo;
  Opened opened(options, Isolation::process);
  std::vector<double> ratios, product, reference;
  for (std::size_t round = 0; round <= options.rounds; ++round) {
    const double ours = p50_us([&] { return opened.call(); });
    const double bare = p50_us([&] { return echo.round_trip(110); });
    if (round == 0) continue;
    product.push_back(ours);
    reference.push_back(bare);
    ratios.push_back(ours / bare);
  }
  return print({"14 call into a connector's process, p50 (lower is better)",
                fmt::format("{:.1f} us", median(product)),
                fmt::format("socketpair echo {:.1f} us", median(reference)), ratios, 3, 6, false});
}

std::size_t threads_now() {
  std::size_t out = 0;
  if (DIR* folder = opendir("/proc/self/task")) {
    while (readdir(folder) != nullptr) ++out;
    closedir(folder);
  }
  return out - 2;
}

host::HostSettings settings_for_accounts(const Options& options, std::size_t count,
                                         Isolation isolation) {
  host::HostSettings out;
  out.connector_path = {options.connectors};
  out.idle_process_ms = 1;
  for (std::size_t n = 0; n < count; ++n) {
    host::ConnectorConfig config;
    config.name = fmt::format("shop-{}", n);
    config.type = "hasty";
    config.owner = "owner";
    config.isolation = isolation;
    out.connectors.push_back(std::move(config));
  }
  return out;
}

// Row 16: what configured accounts cost that have nothing to do.
bool idle_accounts(const Options& options) {
  MachineClock clock;
  const auto cost_of = [&](std::size_t count, std::size_t& threads, double& wakes) {
    host::testing::FakeEngine engine;
    engine.cursors["orders.pull/1"] = "1";  // there is nothing to bring
    const std::uint64_t before = resident_bytes();
    auto opened =
        host::Host::open(settings_for_accounts(options, count, Isolation::process), engine, clock);
    if (!opened.ok()) std::exit(1);
    (*opened)->start();
    const auto busy = [&] {
      std::uint64_t out = 0;
      for (const auto& one : (*opened)->health()) {
        out += one.processes;
        for (const auto& operation : one.operations) out += operation.runs == 0 ? 1 : 0;
      }
      return out;
    };
    while (busy() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    threads = threads_now();
    rusage from{}, to{};
    getrusage(RUSAGE_SELF, &from);
    std::this_thread::sleep_for(std::chrono::seconds(3));
    getrusage(RUSAGE_SELF, &to);
    wakes = static_cast<double>(to.ru_nvcsw - from.ru_nvcsw) * 20;
    const std::uint64_t after = resident_bytes();
    (*opened)->stop();
    return static_cast<double>(after) - static_cast<double>(before);
  };
  std::size_t few_threads = 0, many_threads = 0;
  double few_wakes = 0, many_wakes = 0;
  cost_of(10, few_threads, few_wakes);  // what the first one costs once
  const double few = cost_of(10, few_threads, few_wakes);
  const double many = cost_of(options.accounts + 10, many_threads, many_wakes);
  const double each = (many - few) / static_cast<double>(options.accounts) / 1024;
  fmt::print(stderr,
             "{} accounts: {} threads instead of {}, {:.0f} wake-ups a minute, not {:.0f}\n",
             options.accounts, many_threads, few_threads, many_wakes, few_wakes);
  return print({"16 idle account, KiB; no thread, no process (lower is better)",
                fmt::format("{:.1f} KiB", each),
                "-",
                {each},
                64,
                256,
                false}) &&
         many_threads == few_threads;
}

// Orders from a connector into the ledger.
double orders_through(const Options& options, Isolation isolation, const std::string& folder) {
  const std::string store = folder + "/orders.db";
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(store + end);
  {
    Service service(store);
    service.serve(DocumentType::item, item_texts(500), 200);
  }
  MachineClock clock;
  auto settings = settings_for(store, 100);
  auto engine = engine::Engine::open(settings, clock);
  if (!engine.ok()) std::exit(1);
  (*engine)->start();
  auto accounts = settings_for_accounts(options, 1, isolation);
  accounts.connectors[0].owner = settings.owners.front().name;
  auto opened = host::Host::open(accounts, **engine, clock);
  if (!opened.ok()) std::exit(1);
  const std::uint64_t before = (*engine)->figures().documents;
  const double began = wall_seconds();
  (*opened)->start();
  while ((*engine)->figures().documents < before + 10'000)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const double took = wall_seconds() - began;
  (*opened)->stop();
  (*engine)->stop();
  return took;
}

bool isolated_orders(const Options& options) {
  const std::string folder =
      (std::filesystem::temp_directory_path() / fmt::format("lotbridge-bench-{}", getpid()))
          .string();
  std::filesystem::create_directories(folder);
  std::vector<double> ratios, product, reference;
  for (std::size_t round = 0; round <= options.rounds; ++round) {
    const double isolated = orders_through(options, Isolation::process, folder);
    const double direct = orders_through(options, Isolation::in_process, folder);
    if (round == 0) continue;
    product.push_back(10'000 / isolated);
    reference.push_back(10'000 / direct);
    ratios.push_back(direct / isolated);
  }
  std::filesystem::remove_all(folder);
  return print({"19 10000 orders of 4 lines from a connector's process into the ledger",
                fmt::format("{:.0f}/s", median(product)),
                fmt::format("in the daemon {:.0f}/s", median(reference)), ratios, 0.8, 0.6});
}

}  // namespace
}  // namespace lotbridge::bench

int main(int argc, char** argv) {
  using namespace lotbridge::bench;
  lotbridge::log::divert([](std::string_view) {});
  Options options;
  for (int n = 1; n < argc; ++n) {
    const std::string word = argv[n];
    if (word == "--rounds" && n + 1 < argc) {
      options.rounds = std::strtoul(argv[++n], nullptr, 10);
    } else if (word == "--accounts" && n + 1 < argc) {
      options.accounts = std::strtoul(argv[++n], nullptr, 10);
    } else if (options.connectors.empty()) {
      options.connectors = word;
    } else {
      options.rows.insert(static_cast<int>(std::strtol(argv[n], nullptr, 10)));
    }
  }
  bool good = !options.connectors.empty();
  if (good && options.wants(13)) good = in_process_call(options) && good;
  if (options.wants(14)) good = isolated_call(options) && good;
  if (options.wants(16)) good = idle_accounts(options) && good;
  if (options.wants(19)) good = isolated_orders(options) && good;
  return good ? 0 : 1;
}
