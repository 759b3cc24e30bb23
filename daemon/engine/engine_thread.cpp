// The writer's thread: takes what waits, makes one batch of it, commits, answers.
#include <pthread.h>

#include <chrono>

#include "daemon/log/log.hpp"
#include "engine_impl.hpp"
#include "inbox.hpp"
#include "outbox.hpp"
#include "return_rates.hpp"
#include "schedule.hpp"

namespace lotbridge::engine {
namespace {

constexpr std::chrono::seconds kTick{1};
constexpr std::int64_t kCartsEveryMs = 10'000;

class ScheduleJob : public Job {
 public:
  void work(Workbench& bench) override {
    if (judge_days(bench)) purge_old(bench);
    judge_configuration(bench);
    run_out_carts(bench);
  }
  void finish(const Refused&) override {}
};

}  // namespace

void EngineImpl::start() {
  if (thread_.joinable()) return;
  push(std::make_unique<ScheduleJob>());  // days that began while we were down
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "lb-writer");  // seen in top -H and in measurements
    run();
  });
}

void EngineImpl::stop() {
  std::deque<std::unique_ptr<Job>> left;
  {
    const std::lock_guard lock(queue_mutex_);
    if (stopped_) return;
    stopping_ = true;
    queue_filled_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  {
    const std::lock_guard lock(queue_mutex_);
    stopped_ = true;
    left.swap(queue_);
    drained_ = true;
    answer_asks(asks_);
    asks_.clear();
  }
  for (const auto& job : left) job->finish(Problem{"unavailable", "The daemon is stopping.", {}});
}

void EngineImpl::push(std::unique_ptr<Job> job) {
  Refused refused;
  {
    const std::lock_guard lock(queue_mutex_);
    if (stopping_) {
      refused = Problem{"unavailable", "The daemon is stopping.", {}};
    } else if (queued_documents_ >= settings_.queue_documents_max) {
      refused = Problem{"rate_limited", "Too much is waiting; try again in a moment.", {}};
    } else {
      queued_documents_ += job->documents;
      queue_.push_back(std::move(job));
    }
  }
  if (refused) {
    job->finish(refused);
  } else {
    queue_filled_.notify_one();
  }
}

void EngineImpl::run() {
  for (;;) {
    std::deque<std::unique_ptr<Job>> jobs;
    std::vector<Ask> asks;
    bool last = false;
    {
      std::unique_lock lock(queue_mutex_);
      queue_filled_.wait_for(lock, kTick,
                             [this] { return stopping_ || !queue_.empty() || !asks_.empty(); });
      std::size_t documents = 0;
      while (!queue_.empty() && documents < settings_.batch_documents_max) {
        documents += queue_.front()->documents;
        jobs.push_back(std::move(queue_.front()));
        queue_.pop_front();
      }
      queued_documents_ -= documents;
      asks.swap(asks_);
      last = stopping_ && queue_.empty();
    }
    if (!jobs.empty()) make_batch(jobs);
    answer_asks(asks);
    if (last) return;
    if (jobs.empty() && asks.empty() && ticking_) tick();
  }
}

void EngineImpl::answer_asks(const std::vector<Ask>& asks) const {
  if (asks.empty()) return;
  core::Context context;
  context.now = clock_.now();
  context.calendar = &calendar_;
  for (const Ask& ask : asks) ask(state_, context);
}

void EngineImpl::make_batch(std::deque<std::unique_ptr<Job>>& jobs) {
  Workbench& bench = *bench_;
  Refused failure = bench.begin(clock_.now());
  if (!failure) {
    for (const auto& job : jobs) {
      job->work(bench);
      if (bench.store.failed()) break;
    }
    if (!bench.store.failed()) watch_return_rates(bench);
    if (!bench.store.failed()) make_instructions(bench);
    if (!bench.store.failed()) channels_.tell(bench);
    failure = bench.commit();
  }
  if (failure) {
    ++failures_;
  } else {
    ++commits_;
    documents_ += bench.documents;
    lots_ = state_.lots_count();
    open_orders_ = state_.orders_count();
  }
  {
    const std::lock_guard lock(health_mutex_);
    // Said once, not for every batch while the disk is full.
    if (failure && unhealthy_reason_.empty()) {
      log::error("a batch could not be stored; it was rolled back", {{"problem", failure->detail}});
    } else if (!failure && !unhealthy_reason_.empty()) {
      log::info("the store takes batches again");
    }
    unhealthy_reason_ = failure ? failure->detail : std::string();
  }
  if (!failure && bench.judged) {
    for (const WarehouseSettings& place : settings_.warehouses) {
      judged_[place.core.id] = calendar_.business_date(place.core.id, bench.now);
    }
  }
  for (const auto& job : jobs) job->finish(failure);
  if (!failure) after_commit(bench.wake, bench.newest_event);
}

void EngineImpl::after_commit(bool wake, std::int64_t newest_event) {
  if (wake) call_wake();
  if (newest_event == 0) return;
  std::vector<std::function<void(std::int64_t)>> listeners;
  {
    const std::lock_guard lock(callbacks_mutex_);
    listeners = event_listeners_;
  }
  for (const auto& listener : listeners) listener(newest_event);
}

void EngineImpl::call_wake() {
  std::vector<std::function<void()>> wakes;
  {
    const std::lock_guard lock(callbacks_mutex_);
    wakes = wakes_;
  }
  for (const auto& wake : wakes) wake();
}

// Between batches, about once a second of the machine's clock.
void EngineImpl::tick() {
  const Timestamp now = clock_.now();
  if (days_are_due() || now.ms - carts_checked_.ms >= kCartsEveryMs) {
    carts_checked_ = now;
    std::deque<std::unique_ptr<Job>> jobs;
    jobs.push_back(std::make_unique<ScheduleJob>());
    make_batch(jobs);
  }
  if (instructions_due()) call_wake();
}

}  // namespace lotbridge::engine
