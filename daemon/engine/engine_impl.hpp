// The engine's inside: queue, thread, batches. For the files of daemon/engine only.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "calendar.hpp"
#include "channel_stock.hpp"
#include "daemon/core/state.hpp"
#include "daemon/store/sqlite.hpp"
#include "engine.hpp"
#include "workbench.hpp"

namespace lotbridge::engine {

// One piece of work: work() inside a batch, finish() after its commit (nullopt) or failure.
class Job {
 public:
  virtual ~Job() = default;
  virtual void work(Workbench&) = 0;
  virtual void finish(const Refused& failure) = 0;
  std::size_t documents = 1;  // how much of a batch it takes
};

class EngineImpl : public Engine {
 public:
  EngineImpl(Settings settings, const Clock& clock);
  ~EngineImpl() override;
  Refused set_up();

  void start() override;
  void stop() override;
  void submit(Document, Caller, Done) override;
  void preview(Document order, Caller, Done) override;
  void command(OrderCommand, OrderName, Caller, Done) override;
  void substitute(OrderName, core::Substitute, Caller, Done) override;
  void order_answer(OrderName, Caller, Done) override;
  void ask(std::function<void(const core::State&, const core::Context&)>) override;
  void retry_parked(std::int64_t id, Caller, Done) override;
  void discard_parked(std::int64_t id, Caller, Done) override;
  void retry_delivery(std::int64_t id, Caller, Done) override;
  void close_alert(std::int64_t id, std::string note, Caller, Done) override;
  void accept_alert(std::int64_t id, Caller, Done) override;
  void erase_customer(OrderName, Caller, Done) override;
  void close_transfer(OrderName transfer, std::string reason, Caller, Done) override;
  void answer_recall(RecallName, RecallResponse, Caller, Done) override;
  void close_recall(RecallName, std::string disposition, std::string evidence, Caller,
                    Done) override;
  void keep_recall_report(std::int64_t document, std::string report,
                          std::int64_t elapsed_us) override;
  void move_clock(Timestamp now, Caller, Done) override;
  void accept_webhook(HookDelivery, std::function<void(bool stored)>) override;
  void submit_batch(ConnectorBatch, std::function<void(Refused)>) override;
  std::vector<InboxMessage> take_inbox(const std::string& connector, std::size_t limit) override;
  void fail_inbox(std::int64_t id, bool retry, std::string error) override;
  std::vector<Instruction> take_instructions(const std::string& connector,
                                             std::size_t limit) override;
  void settle(std::int64_t instruction, InstructionResult, std::function<void()>) override;
  std::optional<std::string> cursor(const std::string& connector,
                                    const std::string& operation) override;
  std::optional<std::string> token(const std::string& connector,
                                   const std::string& secret) override;
  void set_connectors(std::vector<ConnectorRoute>, std::function<void()> done) override;
  void on_work(std::function<void()> wake) override;
  void on_events(std::function<void(std::int64_t newest)>) override;
  Figures figures() const override;
  const core::Calendar& calendar() const override { return calendar_; }
  const Settings* settings() const override { return &settings_; }

  // For tests: the seam of faults, only while the thread does not run or from a job.
  store::Writer& writer() { return *writer_; }
  // The machine's clock no longer makes batches by itself, so that a test counts only its own.
  void stop_ticking() { ticking_ = false; }

 private:
  using Ask = std::function<void(const core::State&, const core::Context&)>;

  Refused configure_names();
  void configure_owners(const std::map<std::string, core::OwnerId>& known,
                        const std::vector<core::WarehouseId>& ids);
  Refused read_contact_key(std::string& key);

  // ---- the thread
  void run();
  void push(std::unique_ptr<Job>);
  void answer(Done, std::function<Answer(Workbench&)>);
  void make_batch(std::deque<std::unique_ptr<Job>>& jobs);
  void answer_asks(const std::vector<Ask>&) const;
  void after_commit(bool wake, std::int64_t newest_event);
  void tick();
  bool days_are_due() const;
  void call_wake();
  void release_inbox(std::int64_t id);
  void release_instruction(std::int64_t id);
  bool instructions_due();

  Settings settings_;
  const Clock& clock_;
  ZoneCalendar calendar_;
  std::unique_ptr<store::Writer> writer_;
  core::State state_;
  std::unique_ptr<KeyedDigest> digest_;
  std::unique_ptr<Workbench> bench_;
  ChannelStock channels_{settings_};

  mutable std::mutex queue_mutex_;
  std::condition_variable queue_filled_;
  std::deque<std::unique_ptr<Job>> queue_;
  std::size_t queued_documents_ = 0;
  std::vector<Ask> asks_;
  bool stopping_ = false, stopped_ = false;
  bool drained_ = false;  // the thread has done its last; the state stands still
  std::thread thread_;
  std::atomic<bool> ticking_{true};
  Timestamp carts_checked_;
  std::map<core::WarehouseId, Date>
      judged_;  // days that a committed batch has judged; the thread's own

  std::mutex callbacks_mutex_;
  std::vector<std::function<void()>> wakes_;
  std::vector<std::function<void(std::int64_t)>> event_listeners_;

  // Reading for connectors goes beside the writer; what was handed out is not handed out twice.
  std::mutex reader_mutex_;
  std::unique_ptr<store::Database> reader_;
  std::set<std::int64_t> taken_inbox_;
  std::map<std::int64_t, std::string>
      taken_instructions_;  // id -> lane (connector, operation, subject)

  std::atomic<std::uint64_t> documents_{0}, commits_{0}, failures_{0}, lots_{0}, open_orders_{0};
  mutable std::mutex health_mutex_;
  std::string unhealthy_reason_;
};

}  // namespace lotbridge::engine
