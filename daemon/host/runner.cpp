#include "daemon/host/runner.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "daemon/log/log.hpp"

namespace lotbridge::host {
namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(250);  // clocks move without telling
constexpr auto kPatience = std::chrono::seconds(10);
constexpr int kNice = 10;

// Translating can wait while webhooks pour in, being received and stored can't: on a busy machine
// these threads, and the processes that they start, get what the others leave.
void let_receiving_go_first() {
  pthread_setname_np(pthread_self(), "lb-connectors");
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);  // of this thread alone
}

}  // namespace

void Runner::start() {
  const std::lock_guard lock(work_->mutex);
  work_->running = threads_wanted_;
  for (std::size_t n = 0; n < threads_wanted_; ++n) {
    threads_.emplace_back([work = work_] {
      let_receiving_go_first();
      loop(work);
    });
  }
}

void Runner::stop() {
  std::unique_lock lock(work_->mutex);
  if (work_->stopping) return;
  work_->stopping = true;
  for (const auto& slot : work_->slots) slot->account->cancel();
  work_->due.notify_all();
  const bool ended = work_->ended.wait_for(lock, kPatience, [this] { return work_->running == 0; });
  lock.unlock();
  if (!ended) log::error("a connector does not come back; its thread is left behind");
  for (std::thread& thread : threads_) {
    if (ended) {
      thread.join();
    } else {
      thread.detach();
    }
  }
  threads_.clear();
}

void Runner::add(std::shared_ptr<Account> account) {
  const std::lock_guard lock(work_->mutex);
  auto slot = std::make_shared<Work::Slot>();
  slot->account = std::move(account);
  work_->slots.push_back(std::move(slot));
  work_->due.notify_one();
}

void Runner::remove(const std::shared_ptr<Account>& account) {
  account->cancel();
  std::unique_lock lock(work_->mutex);
  const auto found = std::find_if(work_->slots.begin(), work_->slots.end(),
                                  [&](const auto& slot) { return slot->account == account; });
  if (found == work_->slots.end()) return;
  const auto slot = *found;
  work_->slots.erase(found);
  work_->ended.wait_for(lock, kPatience, [&] { return !slot->is_busy(); });
}

void Runner::drain(const std::shared_ptr<Account>& account) {
  account->retire();
  {
    std::unique_lock lock(work_->mutex);
    const auto found = std::find_if(work_->slots.begin(), work_->slots.end(),
                                    [&](const auto& slot) { return slot->account == account; });
    if (found != work_->slots.end()) {
      const auto slot = *found;
      // Every operation has a deadline, and stop() cancels.
      work_->ended.wait(lock, [&] { return !slot->is_busy() || work_->stopping; });
    }
  }
  remove(account);
}

std::vector<std::shared_ptr<Account>> Runner::accounts() const {
  const std::lock_guard lock(work_->mutex);
  std::vector<std::shared_ptr<Account>> out;
  for (const auto& slot : work_->slots) out.push_back(slot->account);
  return out;
}

void Runner::wake(bool knock) {
  const std::lock_guard lock(work_->mutex);
  if (knock) {
    for (const auto& slot : work_->slots) slot->account->knock();
  }
  work_->due.notify_one();
}

std::shared_ptr<Runner::Work::Slot> Runner::choose(Work& work, LaneKind& lane) {
  std::shared_ptr<Work::Slot> best;
  std::uint64_t served = 0;
  for (const auto& slot : work.slots) {
    for (const LaneKind kind : kLanes) {
      const auto n = static_cast<std::size_t>(kind);
      if (slot->busy[n] || (best && slot->served[n] >= served) || !slot->account->due(kind))
        continue;
      best = slot;
      served = slot->served[n];
      lane = kind;
    }
  }
  return best;
}

std::shared_ptr<Runner::Work::Slot> Runner::choose_restful(const Work& work, LaneKind& lane) {
  std::shared_ptr<Work::Slot> longest;
  std::int64_t most = -1;
  std::size_t idle = 0;
  for (const auto& slot : work.slots) {
    for (const LaneKind kind : kLanes) {
      if (slot->busy[static_cast<std::size_t>(kind)]) continue;
      const auto time = slot->account->idle_for(kind);
      if (!time) continue;
      ++idle;
      if (*time <= most) continue;
      most = *time;
      longest = slot;
      lane = kind;
    }
  }
  return idle > work.most_idle || most >= work.idle_process_ms ? longest : nullptr;
}

void Runner::loop(const std::shared_ptr<Work>& work) {
  std::unique_lock lock(work->mutex);
  while (!work->stopping) {
    LaneKind lane{};
    auto slot = choose_restful(*work, lane);
    const bool rests = slot != nullptr;
    if (!rests) slot = choose(*work, lane);
    if (!slot && work->watching) {
      work->due.wait(lock);
      continue;
    }
    if (!slot) {
      for (const auto& other : work->slots) other->account->look_for_overrun();
      work->watching = true;
      work->due.wait_for(lock, kLookEvery);
      work->watching = false;
      continue;
    }
    const auto n = static_cast<std::size_t>(lane);
    slot->busy[n] = true;
    slot->served[n] = ++work->turns;
    work->due.notify_one();  // somebody else may find more, or keeps watch
    lock.unlock();
    if (rests) {
      slot->account->rest(lane);
    } else {
      slot->account->turn(lane);
    }
    lock.lock();
    slot->busy[n] = false;
    work->ended.notify_all();
  }
  --work->running;
  work->ended.notify_all();
}

}  // namespace lotbridge::host
