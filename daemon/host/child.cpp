#include "daemon/host/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "daemon/host/child_words.hpp"
#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

using detail::bytes_of;
using detail::view_of;
using frames::Reader;
using frames::Type;
using frames::Writer;
using Got = frames::Channel::Got;

constexpr std::int64_t kLookEvery = 50;  // at deadlines, processor time and output
constexpr std::size_t kMostPrinted = 16U << 10U, kLongestLine = 500;  // of one operation

std::int64_t steady_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Result<std::unique_ptr<Child>> Child::start(ChildStart start) {
  if (start.program.empty()) start.program = find_connector_host();
  if (start.program.empty()) {
    return Problem{"connector_refused",
                   "lotbridge-connector-host, in which connectors run, is not beside this program: "
                   "install it there, or name it in LOTBRIDGE_CONNECTOR_HOST",
                   {}};
  }
  std::unique_ptr<Child> out(new Child(std::move(start)));
  if (auto refused = out->spawn()) return *refused;
  if (auto refused = out->greet()) return *refused;
  return out;
}

Refused Child::spawn() {
  auto spawned = spawn_connector_host(start_);
  if (!spawned.ok()) return spawned.problem();
  pid_ = spawned->pid;
  channel_ = std::make_unique<frames::Channel>(spawned->socket);
  channel_->set_patience(kLookEvery);
  output_[0] = spawned->output;
  output_[1] = spawned->errors;
  return std::nullopt;
}

Refused Child::greet() {
  const std::int64_t until = steady_ms() + start_.limits.start_ms;
  frames::Frame frame;
  Got got = Got::nothing;
  while (got == Got::nothing && (start_.wait_debugger || steady_ms() < until))
    got = channel_->receive(frame);
  std::string why;
  if (got == Got::frame && frame.type() == Type::hello) {
    Reader said(frame.payload);
    const std::uint32_t protocol = said.u32();
    hello_.abi_minor = said.u32();
    hello_.abi_minor_required = said.u32();
    hello_.descriptor = said.text();
    for (std::uint32_t n = said.u32(); n > 0 && said.good(); --n)
      hello_.operations.emplace_back(said.text());
    hello_.landlock_abi = static_cast<int>(said.u32());
    hello_.missing = said.text();
    if (said.good() && protocol == frames::kProtocol) return std::nullopt;
    why = "lotbridge-connector-host is from another build; install both from the same";
  } else if (got == Got::frame && frame.type() == Type::refused) {
    Reader said(frame.payload);
    why = said.text();
  } else if (got == Got::nothing) {
    why = "its code did not come back within " + std::to_string(start_.limits.start_ms / 1000) +
          " seconds while it was loaded";
  } else if (got == Got::frame && frame.type() == Type::violation) {
    violated_ = true;
    violation_ = Reader(frame.payload).u32();
  }
  end(why);
  return Problem{"connector_refused", start_.file + ": " + death_, {}};
}

Child::~Child() {
  if (pid_ > 0) {
    hear_output(true);
    channel_.reset();  // it ends by itself, unless it is busy, and then it is not worth waiting for
    for (int n = 0; n < 20 && pid_ > 0; ++n) {
      if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
        pid_ = 0;
      } else {
        timespec pause{0, 500'000};
        nanosleep(&pause, nullptr);
      }
    }
    if (pid_ > 0) end("");
  }
  for (const int fd : output_) {
    if (fd >= 0) close(fd);
  }
}

// ---------------------------------------------------------------- operations

lb_status Child::open(std::string_view settings_json, const lb_files* files,
                      detail::HostCall& call) {
  files_ = files;
  operation_ = "open";
  Writer question(Type::open, ++call_number_);
  question.lent(settings_json).u32(files != nullptr ? 1 : 0);
  return converse(question, Type::opened, call);
}

lb_status Child::run(const Operation& operation, detail::HostCall& call) {
  operation_ = operation.name;
  Writer question(Type::run, ++call_number_, operation.exact ? frames::kExact : std::uint16_t{0});
  question.text(operation.name).lent(operation.input_json).u32(operation.deadline_ms);
  return converse(question, Type::done, call);
}

lb_status Child::converse(Writer& question, Type last, detail::HostCall& call) {
  if (pid_ <= 0) return died(call);
  request_.clear();
  told_to_end_at_ = 0;
  cpu_at_start_ = -1;
  printed_ = dropped_ = 0;
  refused_ = LB_OK;
  look_at_ = steady_ms() + kLookEvery;
  if (!channel_->send(question.bytes(), [&] { return watch(call); })) return died(call);
  frames::Frame frame;
  while (true) {
    const Got got = channel_->receive(frame);
    if (got == Got::closed) return died(call);
    if (got == Got::garbage) {
      end("it wrote what is no frame onto the daemon's socket");
      return died(call);
    }
    if ((got == Got::nothing || steady_ms() >= look_at_) && !watch(call)) return died(call);
    if (got == Got::nothing) continue;
    if (frame.type() == Type::violation) {
      violated_ = true;
      violation_ = Reader(frame.payload).u32();
      return died(call);
    }
    if (frame.header.call == call_number_ && frame.type() == last) break;
    if (frame.header.call != call_number_ || !answer(frame, call)) {
      if (pid_ > 0) end("it wrote a frame onto the daemon's socket that makes no sense");
      return died(call);
    }
  }
  Reader said(frame.payload);
  const lb_status status = said.i32();
  if (said.u32() != 0) call.fail(frames::read_error(said));
  hear_output(false);
  say_dropped();
  // A record was refused while nobody waited for an answer: what came of it must not count as good.
  return status == LB_OK ? refused_ : status;
}

bool Child::watch(detail::HostCall& call) {
  const std::int64_t now = steady_ms();
  look_at_ = now + kLookEvery;
  hear_output(false);
  const std::int64_t cpu = cpu_used_ms();
  if (cpu_at_start_ < 0) cpu_at_start_ = cpu;
  if (cpu - cpu_at_start_ > start_.limits.cpu_ms) {
    end("it used more than " + std::to_string(start_.limits.cpu_ms / 1000) +
        " seconds of processor time in one operation");
    return false;
  }
  if (told_to_end_at_ == 0) {
    if (!call.cancelled() && refused_ == LB_OK) return true;
    told_to_end_at_ = now;
    Writer cancel(Type::cancel, call_number_);
    cancel.i32(refused_ == LB_OK ? LB_CANCELLED : refused_);
    // A process that does not even read is ended below.
    channel_->send(cancel.bytes(), [] { return false; });
    return true;
  }
  if (now - told_to_end_at_ < start_.limits.grace_ms) return true;
  end("it was told to end and did not within " + std::to_string(start_.limits.grace_ms) +
      " milliseconds");
  return false;
}

std::int64_t Child::cpu_used_ms() const {
  clockid_t clock{};
  timespec used{};
  if (clock_getcpuclockid(pid_, &clock) != 0 || clock_gettime(clock, &used) != 0) return 0;
  return std::int64_t{used.tv_sec} * 1000 + used.tv_nsec / 1'000'000;
}

// ---------------------------------------------------------------- its output

void Child::say_output(int which, std::string_view text) {
  if (text.empty()) return;
  if (which == 1) last_words_ = std::string(text.substr(0, kLongestLine));
  if (printed_ + text.size() > kMostPrinted) {
    dropped_ += text.size();
    return;
  }
  printed_ += text.size();
  log::write(which == 1 ? log::Level::warning : log::Level::info, "a connector prints",
             {{"connector", start_.connector},
              {"operation", operation_},
              {"text", text.substr(0, kLongestLine)}});
}

// Reads what is there; a piece of a line waits for its end, unless there will be none.
void Child::hear_output(bool all) {
  pollfd looks[2] = {{output_[0], POLLIN, 0}, {output_[1], POLLIN, 0}};
  if (poll(looks, 2, 0) <= 0 && !all) return;
  for (int which = 0; which < 2; ++which) {
    char buffer[16384];
    // Enough to empty a pipe; one that is filled faster waits for the next look.
    for (int n = 0; n < 64; ++n) {
      const ssize_t got = read(output_[which], buffer, sizeof buffer);
      if (got <= 0) break;
      line_[which].append(buffer, static_cast<std::size_t>(got));
      std::size_t from = 0, end = 0;
      while ((end = line_[which].find('\n', from)) != std::string::npos) {
        say_output(which, std::string_view(line_[which]).substr(from, end - from));
        from = end + 1;
      }
      line_[which].erase(0, from);
      if (line_[which].size() > kMostPrinted) {
        say_output(which, line_[which]);
        line_[which].clear();
      }
    }
    if (all) {
      say_output(which, line_[which]);
      line_[which].clear();
    }
  }
}

void Child::say_dropped() {
  if (dropped_ == 0) return;
  log::warning("a connector prints too much; the rest is dropped",
               {{"connector", start_.connector}, {"operation", operation_}, {"bytes", dropped_}});
  dropped_ = 0;
}

// ---------------------------------------------------------------- its end

void Child::end(std::string why) {
  if (pid_ <= 0) return;
  // Its group holds whatever it started where nothing kept it from that.
  if (!why.empty()) {
    kill(-pid_, SIGKILL);
    kill(pid_, SIGKILL);
  }
  int status = 0;
  // One that closed its socket and lives on is ended too.
  for (int n = 0; waitpid(pid_, &status, n < 200 ? WNOHANG : 0) != pid_; ++n) {
    timespec pause{0, 1'000'000};
    nanosleep(&pause, nullptr);
    if (n == 100) kill(pid_, SIGKILL);
  }
  kill(-pid_, SIGKILL);
  hear_output(true);
  say_dropped();
  pid_ = 0;
  death_ = violated_ ? violation_words(violation_) : why.empty() ? ending_words(status) : why;
  if (!last_words_.empty() && !violated_ && why.empty()) death_ += "; it printed: " + last_words_;
}

lb_status Child::died(detail::HostCall& call) {
  if (pid_ > 0) end("");
  std::string message = death_;
  message += operation_ == "open" ? ", while it was given its settings" : ", in " + operation_;
  if (!request_.empty()) message += ", after " + request_;
  lb_error error{};
  error.size = sizeof error;
  error.status = LB_BUG;
  error.message = bytes_of(message);
  return call.fail(error);
}

}  // namespace lotbridge::host
