// The test kit for connectors: a host without a network that runs one operation and shows what came
// of it.
//
// A Replay opens a connector (the constant of its own sources, or a built file), answers its
// requests from a cassette or a function, and collects records, cursors, results and logs. Its
// clock stands still unless the connector sleeps; its random numbers are the same in each run. One
// thread. Link lotbridge_testing.
//
//   lb::testing::Replay replay(lotbridge_connector_1, R"({"shop": "demo"})");
//   replay.play("cassettes/orders_pull.yaml");
//   const auto run = replay.pull("orders.pull/1");
//   EXPECT_EQ(run.status, LB_OK) << run.text();
//   EXPECT_EQ(run.documents.at(0).id, "1001");
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <lotbridge/connector.h>
#include <lotbridge/cassette.hpp>
#include <lotbridge/documents.hpp>
#include <lotbridge/http.hpp>
#include <lotbridge/sdk.hpp>

namespace lotbridge::detail {
class HostCall;
}

namespace lotbridge::testing {

struct Emitted {
  std::string kind, json;
};

// What one operation did.
struct Outcome {
  lb_status status = LB_OK;
  std::string message, path, vendor_code;
  std::uint64_t retry_after_ms = 0;

  std::vector<Document> documents;  // stored: emitted before a checkpoint, or before a good end
  std::vector<Emitted> emitted;     // the same as text, parked ones left out
  std::vector<Parked> parked;
  std::vector<Problem> unreadable;    // emitted, but the daemon would refuse to read it
  std::vector<Emitted> dropped;       // emitted, but lost by the bad end
  std::vector<std::string> cursors;   // of each checkpoint
  std::string result;                 // "" when there was none
  std::vector<HttpRequest> requests;  // as the connector wrote them, secrets unfilled
  std::vector<std::string> logs;
  std::string mismatch;  // a request that the cassette does not hold
  std::uint64_t slept_ms = 0;

  std::vector<Emitted> handed_over;  // all that was emitted, stored or not, parked ones included
  std::vector<std::string> calls;    // the host functions that may wait, in order: "http", "emit"
  std::vector<std::string> broken;   // promises of connector.h that were not kept, a sentence each
  bool stopped = false;              // on_host_call asked it to end

  std::string text() const;  // all of it, for a failed test
};

// An answer, or the status of a request that got none (LB_RETRY).
using Answered = std::variant<HttpReply, lb_status>;

class Replay {
 public:
  explicit Replay(const lb_connector& connector, std::string settings = "{}");
  // A built file; throws std::runtime_error when it can't be loaded.
  explicit Replay(const std::string& file, std::string settings = "{}");
  ~Replay();
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  // Answers come from this cassette; throws std::runtime_error when it can't be read.
  void play(const std::string& cassette_file);
  void play(Cassette cassette);
  // What the cassette holds and nobody asked for.
  std::string unplayed() const;

  // Answers come from here when set, before any cassette.
  std::function<Answered(const HttpRequest&)> on_http;
  // The n-th request of the next run (0 is the first) gets this instead.
  std::map<std::size_t, Answered> faults;
  // Called at each host function of the next run; true asks the connector to stop, as a cancelled
  // call or a dying process does: nothing is stored any more.
  std::function<bool(const char* function)> on_host_call;

  std::map<std::string, std::string>
      secrets;  // for hmac; one that is not named has the value "secret-NAME"
  std::map<std::string, const void*> extensions;
  Timestamp now{1'778'922'000'000};  // 2026-05-16T09:00:00Z
  std::string cursor = "null";       // what pull() gives; each checkpoint replaces it
  std::optional<Timestamp> start_at;
  std::uint64_t seed = 20260516;  // of the random numbers
  // Where the connector's code runs, if not here: opens an account when `operation` is empty, with
  // the settings as input. For tools that run it in another process.
  std::function<lb_status(const std::string& operation, const std::string& input,
                          detail::HostCall& call)>
      elsewhere;

  // Opens an instance and closes it again: are the settings accepted?
  Outcome open();
  Outcome run(const std::string& operation, const std::string& input_json = "{}");
  Outcome pull(const std::string& operation);
  Outcome webhook(const std::string& topic, const std::string& body,
                  const std::string& delivery = "d-1",
                  const std::map<std::string, std::string>& headers = {});

  // Opens an instance that all following runs share, until release(). Without it each run has its
  // own.
  Outcome hold();
  // What was broken while it closed.
  std::vector<std::string> release();

  std::vector<std::string> operations() const;
  const std::string& settings() const { return settings_; }
  const lb_connector& connector() const { return *connector_; }

 private:
  struct Running;  // the host's side of a running operation
  struct Opened;   // an instance and the host table that it was given

  const lb_connector* connector_;
  std::string settings_;
  std::unique_ptr<CassettePlayer> player_;
  std::unique_ptr<Opened> held_;
};

// A built file, loaded for good; throws std::runtime_error when it can't be.
const lb_connector& loaded_connector(const std::string& file);

// The host feature lotbridge.files/1 in memory. Put its table into Replay::extensions.
class MemoryFiles {
 public:
  explicit MemoryFiles(std::map<std::string, std::string> waiting = {});
  MemoryFiles(const MemoryFiles&) = delete;
  MemoryFiles& operator=(const MemoryFiles&) = delete;
  const void* table() const;

  std::map<std::string, std::string> inbound, outbound;
  std::map<std::string, std::string> done, failed;  // where finish() moved files
  std::map<std::string, std::string> reports;       // name -> the text for people
  std::vector<std::string> calls;                   // "list", "read orders.csv", ...
  // Called before each function; anything but LB_OK is what the connector gets.
  std::function<lb_status(const std::string& call)> on_call;

 private:
  struct Inner;
  std::shared_ptr<Inner> inner_;
};

}  // namespace lotbridge::testing
