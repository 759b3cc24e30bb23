#include "daemon/connector_tool/isolated.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <map>

#include <lotbridge/failure.hpp>
#include <lotbridge/json.hpp>
#include <lotbridge/testing.hpp>

#include "daemon/connector_tool/trap.hpp"

namespace lotbridge::connector_tool {
namespace {

using Clock = std::chrono::steady_clock;

std::int64_t ms_since(Clock::time_point from) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - from).count();
}

struct Child {
  const Test* test = nullptr;
  pid_t pid = -1;
  int out = -1;
  std::string text;
  Clock::time_point started;
  Progress* progress = nullptr;
  std::uint64_t seed = 0;
};

void write_all(int fd, const std::string& text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const ssize_t put = write(fd, text.data() + at, text.size() - at);
    if (put <= 0) return;
    at += static_cast<std::size_t>(put);
  }
}

void limit_child() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const rlimit memory{std::size_t{2} << 30, std::size_t{2} << 30};
  setrlimit(RLIMIT_AS, &memory);
#endif
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  // What a connector prints is no part of the report.
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, 1);
  dup2(nowhere, 2);
}

Verdict run_loaded(const Test& test, Context context) {
  try {
    if (!test.loads) return test.run(context);
    if (context.isolated && test.sealed && !trap_before_load())
      return Verdict::skip("this kernel does not let a process restrict itself (seccomp)");
    context.progress->at("loading the file");
    context.connector = &testing::loaded_connector(context.package->file);
    if (context.isolated && test.sealed) trap_after_load();
    context.progress->at("running");
    return test.run(context);
  } catch (const Failure& failure) {
    return Verdict::fail(failure.message + (failure.path.empty() ? "" : " at " + failure.path));
  } catch (const std::exception& error) {
    return Verdict::fail(error.what());
  }
}

// Every pipe end that the parent holds for other children stays out of this one.
[[noreturn]] void be_child(const Test& test, const Context& context, int out) {
  limit_child();
  const Verdict verdict = run_loaded(test, context);
  static constexpr const char* kLetters = "PFS";
  write_all(out, kLetters[static_cast<int>(verdict.kind)] + verdict.why);
  _exit(0);
}

Progress* shared_progress() {
  void* at =
      mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  return at == MAP_FAILED ? nullptr : new (at) Progress{};
}

// What our own libraries read once is read here, before a child is watched.
void warm_up() {
  static const bool done = OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG, nullptr) == 1;
  static_cast<void>(done);
}

bool start(Child& child, const Test& test, Context context) {
  warm_up();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return false;
  child.test = &test;
  child.progress = shared_progress();
  child.progress->seed = context.seed;
  context.progress = child.progress;
  child.started = Clock::now();
  child.out = ends[0];
  child.pid = fork();
  if (child.pid == 0) {
    close(ends[0]);
    be_child(test, context, ends[1]);
  }
  close(ends[1]);
  return child.pid > 0;
}

std::string death_of(int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
    return "the connector made a system call that none may make, such as for a thread or a process";
  if (WIFSIGNALED(status))
    return std::string("the connector's process was ended by signal ") +
           std::to_string(WTERMSIG(status)) + " (" + strsignal(WTERMSIG(status)) + ")";
  return "the connector ended its process with exit code " + std::to_string(WEXITSTATUS(status));
}

Done finish(Child& child, bool hung, std::int64_t timeout_ms) {
  if (hung) kill(child.pid, SIGKILL);
  int status = 0;
  waitpid(child.pid, &status, 0);
  close(child.out);
  Done done;
  done.test = child.test;
  done.ms = ms_since(child.started);
  done.seed = child.progress->seed;
  const std::string doing = std::string(", while ") + child.progress->doing;
  if (hung) {
    done.verdict = Verdict::fail("it did not come back within " +
                                 std::to_string(timeout_ms / 1000) + " s" + doing);
  } else if (child.text.empty() || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    done.verdict = Verdict::fail(death_of(status) + doing);
  } else {
    const char letter = child.text[0];
    done.verdict = {letter == 'P'   ? Verdict::Kind::passed
                    : letter == 'S' ? Verdict::Kind::skipped
                                    : Verdict::Kind::failed,
                    child.text.substr(1)};
  }
  munmap(child.progress, sizeof(Progress));
  return done;
}

// Reads what children said; true where one is at its end.
bool attend(Child& child, short events) {
  if (events == 0) return false;
  char buffer[8192];
  const ssize_t got = read(child.out, buffer, sizeof buffer);
  if (got > 0) child.text.append(buffer, static_cast<std::size_t>(got));
  return got <= 0;
}

}  // namespace

void run_isolated(const std::vector<const Test*>& tests, const Context& context,
                  std::int64_t timeout_ms, const std::function<void(const Done&)>& tell) {
  const auto most = static_cast<std::size_t>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
  std::vector<Child> running;
  std::map<std::size_t, Done> ended;  // by place in `tests`
  std::map<const Test*, std::size_t> place;
  std::size_t next = 0, told = 0;
  const std::int64_t patience = timeout_ms + context.fuzz_ms;
  while (told < tests.size()) {
    while (next < tests.size() && running.size() < most) {
      place[tests[next]] = next;
      running.emplace_back();
      start(running.back(), *tests[next++], context);
    }
    std::vector<pollfd> fds;
    for (const Child& child : running) fds.push_back({child.out, POLLIN, 0});
    poll(fds.data(), fds.size(), 50);
    for (std::size_t n = running.size(); n-- > 0;) {
      const bool over = attend(running[n], fds[n].revents);
      const bool hung = !over && ms_since(running[n].started) > patience;
      if (!over && !hung) continue;
      ended.emplace(place[running[n].test], finish(running[n], hung, patience));
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(n));
    }
    for (auto at = ended.find(told); at != ended.end(); at = ended.find(++told)) tell(at->second);
  }
}

void run_here(const std::vector<const Test*>& tests, const Context& context,
              const std::function<void(const Done&)>& tell) {
  for (const Test* test : tests) {
    Progress progress{};
    progress.seed = context.seed;
    Context here = context;
    here.progress = &progress;
    here.isolated = false;
    const auto started = Clock::now();
    Done done;
    done.test = test;
    done.verdict = run_loaded(*test, here);
    done.ms = ms_since(started);
    done.seed = progress.seed;
    tell(done);
  }
}

bool Offer::has(const std::string& operation) const {
  return std::find(operations.begin(), operations.end(), operation) != operations.end();
}

namespace {

// Runs in a child: what the exported constant says, as JSON.
Verdict look(const Context& context) {
  const auto before = Clock::now();
  void* handle = dlopen(context.package->file.c_str(), RTLD_NOW | RTLD_LOCAL);
  const auto us =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - before).count();
  if (handle == nullptr) return Verdict::fail(dlerror());
  const auto* table = static_cast<const lb_connector*>(dlsym(handle, "lotbridge_connector_1"));
  if (table == nullptr)
    return Verdict::fail("it exports no lotbridge_connector_1, so it is no connector for ABI 1");
  if (table->size < sizeof(lb_connector) || table->op_size < sizeof(lb_op) ||
      table->open == nullptr || table->close == nullptr || table->descriptor_json.data == nullptr)
    return Verdict::fail("its exported constant is damaged");
  if (table->abi_minor_required > LB_ABI_MINOR)
    return Verdict::fail("it needs connector ABI 1." + std::to_string(table->abi_minor_required) +
                         "; this tool speaks 1." + std::to_string(LB_ABI_MINOR));
  std::vector<JsonText> operations;
  for (std::size_t n = 0; n < table->op_count; ++n) {
    const auto* op = reinterpret_cast<const lb_op*>(reinterpret_cast<const char*>(table->ops) +
                                                    n * table->op_size);
    operations.emplace_back(op->name);
  }
  const std::string_view embedded(table->descriptor_json.data, table->descriptor_json.len);
  Verdict out;
  out.why =
      json_object({{"us", us}, {"operations", json_array(operations)}, {"descriptor", embedded}})
          .str();
  return out;
}

}  // namespace

Offer offer_of(const Package& package) {
  Offer out;
  Test probe{"probe", "probe", "", look, false, false};
  Context context;
  context.package = &package;
  for (int n = 0; n < 3; ++n) {  // the quickest counts: the machine may be busy
    run_isolated({&probe}, context, 10'000, [&](const Done& done) {
      out.loaded = done.verdict.kind == Verdict::Kind::passed;
      out.problem = out.loaded ? "" : done.verdict.why;
      if (!out.loaded) return;
      const Json said = Json::parse(done.verdict.why);
      const std::int64_t us = said["us"].integer();
      out.load_us = n == 0 ? us : std::min(us, out.load_us);
      out.descriptor = said["descriptor"].text();
      out.operations.clear();
      for (const Json& operation : said["operations"].items())
        out.operations.push_back(operation.text());
    });
    if (!out.loaded || out.load_us < 50'000) break;
  }
  return out;
}

}  // namespace lotbridge::connector_tool
