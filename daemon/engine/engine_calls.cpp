// What host and api call: each call becomes one job, answered after its batch's commit.
#include <future>

#include "engine_impl.hpp"
#include "inbox.hpp"
#include "outbox.hpp"
#include "proposals.hpp"
#include "recalls.hpp"
#include "schedule.hpp"
#include "submit.hpp"
#include "test_clock.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

Answer failed_answer(const Refused& failure) {
  if (failure->code == "rate_limited") return problem_answer(429, *failure);
  return unavailable(failure);
}

class SubmitJob : public Job {
 public:
  SubmitJob(Document document, Caller caller, Done done)
      : document_(std::move(document)), caller_(std::move(caller)), done_(std::move(done)) {}
  void work(Workbench& bench) override {
    const bool everywhere = document_.owner.empty() && document_.type() == DocumentType::recall;
    answer_ = everywhere
                  ? recall_everywhere(bench, document_, caller_)
                  : submit_document(bench, std::move(document_), caller_, SubmitOptions{}).answer();
  }
  void finish(const Refused& failure) override {
    done_(failure ? failed_answer(failure) : std::move(answer_));
  }

 private:
  Document document_;
  Caller caller_;
  Done done_;
  Answer answer_;
};

class AnswerJob : public Job {
 public:
  AnswerJob(Done done, std::function<Answer(Workbench&)> work)
      : done_(std::move(done)), work_(std::move(work)) {}
  void work(Workbench& bench) override { answer_ = work_(bench); }
  void finish(const Refused& failure) override {
    done_(failure ? failed_answer(failure) : std::move(answer_));
  }

 private:
  Done done_;
  std::function<Answer(Workbench&)> work_;
  Answer answer_;
};

class PlainJob : public Job {
 public:
  PlainJob(std::function<void(Workbench&)> work, std::function<void(const Refused&)> finish)
      : work_(std::move(work)), finish_(std::move(finish)) {}
  void work(Workbench& bench) override { work_(bench); }
  void finish(const Refused& failure) override { finish_(failure); }

 private:
  std::function<void(Workbench&)> work_;
  std::function<void(const Refused&)> finish_;
};

Answer close_alert_row(Workbench& bench, std::int64_t id, const std::string& note,
                       const Caller& caller) {
  core::OwnerId owner_id = 0;
  bool open = false;
  std::string kind;
  {
    auto rows = bench.store.query(Sql::select_alert, id);
    const bool known = rows.next();
    if (known) {
      owner_id = static_cast<core::OwnerId>(rows.integer(0));
      kind = std::string(rows.text(1));
      open = rows.is_null(3);
    }
  }
  const core::Owner* owner = bench.state.owner(owner_id);
  if (owner == nullptr || !caller.sees(owner->name)) {
    return problem_answer(404, Problem{"not_found", "There is no such alert.", {}});
  }
  if (open) {
    bench.store.run(Sql::close_alert_by_id, id, bench.now.ms, note);
    core::AuditLine line;
    line.action = "close_alert";
    line.field = kind;
    line.old_value = std::to_string(id);
    line.reason = note;
    bench.add_audit(line, owner_id, caller);
  }
  return Answer{200, "{\"id\":" + std::to_string(id) + ",\"state\":\"closed\"}"};
}

Answer move_clock_to(Workbench& bench, const Clock& clock, Timestamp to) {
  const auto* testing = dynamic_cast<const TestClock*>(&clock);
  if (testing == nullptr)
    return problem_answer(404, Problem{"not_found", "This daemon has no test clock.", {}});
  if (!testing->move(to)) {
    return problem_answer(409,
                          Problem{"invalid_value",
                                  "The clock never goes back.",
                                  {{"/now", "The clock stands at " + clock.now().text() + "."}}});
  }
  bench.now = clock.now();
  store_clock(bench, bench.now);
  if (judge_days(bench)) purge_old(bench);
  run_out_carts(bench);
  bench.wake = true;
  return Answer{200, "{\"now\":\"" + bench.now.text() + "\"}"};
}

}  // namespace

void EngineImpl::answer(Done done, std::function<Answer(Workbench&)> work) {
  push(std::make_unique<AnswerJob>(std::move(done), std::move(work)));
}

void EngineImpl::submit(Document document, Caller caller, Done done) {
  push(std::make_unique<SubmitJob>(std::move(document), std::move(caller), std::move(done)));
}

void EngineImpl::preview(Document order, Caller caller, Done done) {
  answer(std::move(done), [order = std::move(order), caller = std::move(caller)](Workbench& bench) {
    return preview_order(bench, order, caller);
  });
}

void EngineImpl::command(OrderCommand command, OrderName name, Caller caller, Done done) {
  answer(std::move(done),
         [command, name = std::move(name), caller = std::move(caller)](Workbench& bench) {
           return command_order(bench, command, name, caller);
         });
}

void EngineImpl::substitute(OrderName name, core::Substitute what, Caller caller, Done done) {
  answer(std::move(done),
         [name = std::move(name), what = std::move(what), caller = std::move(caller)](
             Workbench& bench) { return substitute_order(bench, name, what, caller); });
}

void EngineImpl::order_answer(OrderName name, Caller caller, Done done) {
  answer(std::move(done), [name = std::move(name), caller = std::move(caller)](Workbench& bench) {
    return answer_order(bench, name, caller);
  });
}

void EngineImpl::ask(std::function<void(const core::State&, const core::Context&)> ask) {
  {
    // After the thread's end the state stands still, and whoever asks may look for himself, one at
    // a time.
    const std::lock_guard lock(queue_mutex_);
    if (drained_) return answer_asks({std::move(ask)});
    asks_.push_back(std::move(ask));
  }
  queue_filled_.notify_one();
}

void EngineImpl::retry_parked(std::int64_t id, Caller caller, Done done) {
  answer(std::move(done), [id, caller = std::move(caller)](Workbench& bench) {
    return retry_parked_record(bench, id, caller);
  });
}

void EngineImpl::discard_parked(std::int64_t id, Caller caller, Done done) {
  answer(std::move(done), [id, caller = std::move(caller)](Workbench& bench) {
    return discard_parked_record(bench, id, caller);
  });
}

void EngineImpl::retry_delivery(std::int64_t id, Caller caller, Done done) {
  answer(std::move(done), [id, caller = std::move(caller)](Workbench& bench) {
    return retry_dead_delivery(bench, id, caller);
  });
}

void EngineImpl::close_alert(std::int64_t id, std::string note, Caller caller, Done done) {
  answer(std::move(done),
         [id, note = std::move(note), caller = std::move(caller)](Workbench& bench) {
           return close_alert_row(bench, id, note, caller);
         });
}

void EngineImpl::accept_alert(std::int64_t id, Caller caller, Done done) {
  answer(std::move(done), [id, caller = std::move(caller)](Workbench& bench) {
    return accept_alert_row(bench, id, caller);
  });
}

void EngineImpl::close_transfer(OrderName transfer, std::string reason, Caller caller, Done done) {
  answer(std::move(done),
         [transfer = std::move(transfer), reason = std::move(reason), caller = std::move(caller)](
             Workbench& bench) { return close_transfer_named(bench, transfer, reason, caller); });
}

void EngineImpl::erase_customer(OrderName name, Caller caller, Done done) {
  answer(std::move(done), [name = std::move(name), caller = std::move(caller)](Workbench& bench) {
    return erase_customer_of(bench, name, caller);
  });
}

void EngineImpl::answer_recall(RecallName name, RecallResponse response, Caller caller, Done done) {
  answer(std::move(done),
         [name = std::move(name), response = std::move(response), caller = std::move(caller)](
             Workbench& bench) { return note_recall_response(bench, name, response, caller); });
}

void EngineImpl::close_recall(RecallName name, std::string disposition, std::string evidence,
                              Caller caller, Done done) {
  answer(std::move(done),
         [name = std::move(name), disposition = std::move(disposition),
          evidence = std::move(evidence), caller = std::move(caller)](Workbench& bench) {
           return end_recall(bench, name, disposition, evidence, caller);
         });
}

void EngineImpl::keep_recall_report(std::int64_t document, std::string report,
                                    std::int64_t elapsed_us) {
  push(std::make_unique<PlainJob>(
      [document, report = std::move(report), elapsed_us](Workbench& bench) {
        store_recall_report(bench, document, report, elapsed_us);
      },
      [](const Refused&) {}));
}

void EngineImpl::move_clock(Timestamp now, Caller, Done done) {
  answer(std::move(done),
         [this, now](Workbench& bench) { return move_clock_to(bench, clock_, now); });
}

void EngineImpl::accept_webhook(HookDelivery delivery, std::function<void(bool stored)> stored) {
  push(std::make_unique<PlainJob>(
      [delivery = std::move(delivery)](Workbench& bench) { store_webhook(bench, delivery); },
      [stored = std::move(stored)](const Refused& failure) { stored(!failure); }));
}

void EngineImpl::submit_batch(ConnectorBatch batch, std::function<void(Refused)> done) {
  const std::int64_t inbox = batch.inbox_id;
  const std::size_t records = std::max<std::size_t>(batch.records.size(), 1);
  auto job = std::make_unique<PlainJob>(
      [batch = std::move(batch)](Workbench& bench) { take_batch(bench, batch); },
      [this, inbox, done = std::move(done)](const Refused& failure) {
        if (inbox != 0) release_inbox(inbox);
        done(failure);
      });
  job->documents = records;
  push(std::move(job));
}

void EngineImpl::fail_inbox(std::int64_t id, bool retry, std::string error) {
  push(std::make_unique<PlainJob>([id, retry, error = std::move(error)](
                                      Workbench& bench) { fail_webhook(bench, id, retry, error); },
                                  [this, id](const Refused&) { release_inbox(id); }));
}

void EngineImpl::settle(std::int64_t instruction, InstructionResult result,
                        std::function<void()> done) {
  push(std::make_unique<PlainJob>(
      [instruction, result = std::move(result)](Workbench& bench) {
        settle_instruction(bench, instruction, result);
      },
      [this, instruction, done = std::move(done)](const Refused&) {
        release_instruction(instruction);
        if (done) done();
      }));
}

}  // namespace lotbridge::engine
