// The threads in which connectors run: a bounded pool that gives each account its turn.
//
// One turn of one lane at a time; the lane that was served longest ago comes first, so a busy
// account starves no other. Any thread; start and stop once.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "daemon/host/account.hpp"

namespace lotbridge::host {

class Runner {
 public:
  Runner(std::size_t threads, std::int64_t idle_process_ms) : threads_wanted_(threads) {
    work_->idle_process_ms = idle_process_ms;
    work_->most_idle = 2 * threads;
  }
  ~Runner() { stop(); }

  void start();
  // Cancels every account, waits some seconds for their turns; a turn that does not end is left
  // behind.
  void stop();

  void add(std::shared_ptr<Account> account);
  // Cancels the account, waits for its turns, lets it go.
  void remove(const std::shared_ptr<Account>& account);
  // The same without cancelling: what it does now it does to the end, nothing new is begun.
  void drain(const std::shared_ptr<Account>& account);
  std::vector<std::shared_ptr<Account>> accounts() const;

  // Something may be due: work came, a clock moved, an account was added. Short; from any thread.
  void wake(bool knock);

 private:
  // What threads use that may outlive the runner when a connector does not come back.
  struct Work {
    struct Slot {
      std::shared_ptr<Account> account;
      std::array<bool, 3> busy{};
      std::array<std::uint64_t, 3> served{};
      bool is_busy() const { return busy[0] || busy[1] || busy[2]; }
    };
    mutable std::mutex mutex;
    std::condition_variable due;    // for threads without a turn; each that gets one wakes the next
    std::condition_variable ended;  // for stop and remove
    std::vector<std::shared_ptr<Slot>> slots;  // guarded by mutex
    std::uint64_t turns = 0;                   // guarded by mutex
    std::int64_t idle_process_ms = 0;          // set once
    std::size_t most_idle = 0;                 // set once: processes that wait for work
    std::size_t running = 0;                   // guarded by mutex: threads that have not ended
    bool watching = false;  // guarded by mutex: one idle thread looks at the clock
    bool stopping = false;  // guarded by mutex
  };
  static void loop(const std::shared_ptr<Work>& work);
  // The lane to serve now; null: none is due. Called with the lock held.
  static std::shared_ptr<Work::Slot> choose(Work& work, LaneKind& lane);
  // The lane that should give its process back: the one that has been idle longest, if that is long
  // or there are many. With the lock held.
  static std::shared_ptr<Work::Slot> choose_restful(const Work& work, LaneKind& lane);

  const std::size_t threads_wanted_;
  std::shared_ptr<Work> work_ = std::make_shared<Work>();
  std::vector<std::thread> threads_;
};

}  // namespace lotbridge::host
