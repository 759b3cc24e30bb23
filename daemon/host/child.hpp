// A connector's process, seen from the daemon: started, asked to run operations, watched, ended.
//
// While an operation runs, whatever it asks of its host is answered by the HostCall that came with
// it; the thread that runs the operation does all of this, so a process that does nothing costs no
// thread. A connector that breaks out, breaks down, talks nonsense, burns processor time or does
// not end when it is told to loses its process and nothing else; death() then says what happened,
// in words for a person. One thread at a time.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <lotbridge/files.h>
#include <lotbridge/detail/host_call.hpp>
#include <lotbridge/status.hpp>

#include "daemon/connector_host/frames.hpp"
#include "daemon/host/isolation.hpp"

namespace lotbridge::host {

struct ChildStart {
  std::string program;    // empty: find_connector_host()
  std::string file;       // the connector
  std::string connector;  // the account, for the log
  ChildLimits limits;
  bool wait_debugger = false;  // stopped before anything of the connector is loaded
};

// What a connector's file says about itself once it is loaded, and which walls stand around it.
struct ChildHello {
  std::uint32_t abi_minor = 0, abi_minor_required = 0;
  std::string descriptor;
  std::vector<std::string> operations;
  int landlock_abi = 0;
  std::string missing;  // walls that this machine does not permit; empty: all stand
};

// lotbridge-connector-host: what LOTBRIDGE_CONNECTOR_HOST names, or beside this program, or in the
// folder bin or libexec/lotbridge beside its folder. Empty: nowhere.
std::string find_connector_host();

class Child {
 public:
  // Returns when the connector has said hello, or says why it did not.
  static Result<std::unique_ptr<Child>> start(ChildStart start);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  const ChildHello& hello() const { return hello_; }
  pid_t pid() const { return pid_; }

  // Both return what the connector returned; where its process ended instead, LB_BUG, and the call
  // was told why. `files` may be null and must stay until the next operation.
  lb_status open(std::string_view settings_json, const lb_files* files, detail::HostCall& call);
  struct Operation {
    std::string_view name, input_json;
    std::uint32_t deadline_ms = 0;  // for the connector's own look at the time; 0: none
    bool exact = false;             // every host function is a question; for tests
  };
  lb_status run(const Operation& operation, detail::HostCall& call);

  bool alive() const { return pid_ > 0; }
  const std::string& death() const { return death_; }

 private:
  explicit Child(ChildStart start) : start_(std::move(start)) {}
  Refused spawn();
  Refused greet();
  lb_status converse(frames::Writer& question, frames::Type last, detail::HostCall& call);
  // False: it makes no sense.
  bool answer(const frames::Frame& frame, detail::HostCall& call);
  bool answer_http(frames::Reader& asked, detail::HostCall& call, frames::Writer& out);
  bool answer_files(const frames::Frame& frame, detail::HostCall& call);
  void take_records(const frames::Frame& frame, detail::HostCall& call);
  bool reply(frames::Writer& answer);
  // Deadlines, processor time, output; false: the process was ended.
  bool watch(detail::HostCall& call);
  void hear_output(bool all);
  void say_output(int which, std::string_view text);
  void say_dropped();
  lb_status died(detail::HostCall& call);
  void end(std::string why);
  std::int64_t cpu_used_ms() const;

  const ChildStart start_;
  ChildHello hello_;
  pid_t pid_ = 0;
  std::unique_ptr<frames::Channel> channel_;
  const lb_files* files_ = nullptr;
  std::string death_;

  // Of the operation that runs.
  std::string operation_, request_;
  std::uint32_t call_number_ = 0;
  std::int64_t told_to_end_at_ = 0, cpu_at_start_ = -1, look_at_ = 0;  // steady milliseconds
  lb_status refused_ = LB_OK;  // of a record, when nobody waited for an answer
  std::vector<lb_header> headers_;
  std::uint32_t violation_ = 0;
  bool violated_ = false;

  // What it prints.
  int output_[2] = {-1, -1};
  std::string line_[2], last_words_;
  std::size_t printed_ = 0, dropped_ = 0;
};

}  // namespace lotbridge::host
