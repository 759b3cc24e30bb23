// Commands on an order, its answer as it stands, and a preview that leaves no trace.
#include <lotbridge/records.hpp>

#include "answers.hpp"
#include "contacts.hpp"
#include "references.hpp"
#include "submit.hpp"

namespace lotbridge::engine {
namespace {

Answer order_answer_of(Workbench& bench, core::OrderId id) {
  return Answer{200, "{\"order\":" + order_json(bench, id) + "}"};
}

Cause cause_of(const Workbench& bench, const core::Order& order, const Caller& caller) {
  Cause cause;
  cause.document = order.document;
  cause.type = "order";
  cause.source = order.source;
  cause.id = order.doc_id;
  cause.owner = order.owner;
  cause.happened_at = bench.now;
  cause.by = caller.actor.empty() ? caller.token : caller.token + "/" + caller.actor;
  return cause;
}

// Runs a command of the core on an order; a refused one changes nothing.
template <typename Command>
Answer run_on_order(Workbench& bench, const Engine::OrderName& name, const Caller& caller,
                    const Command& command) {
  const FoundOrder found = find_order(bench, name, caller);
  if (found.problem) return problem_answer(status_of(*found.problem), *found.problem);
  const Cause cause = cause_of(bench, *bench.state.order(found.order), caller);
  core::Context context = bench.context(cause.document);
  context.may_override = caller.may_override;
  context.order = found.order;
  bench.state.begin_document();
  const core::Outcome outcome = command(found.order, context);
  if (outcome.refused) {
    bench.state.rollback_document();
    return problem_answer(status_of(*outcome.refused), *outcome.refused);
  }
  bench.record(outcome, cause, caller);
  bench.moved_orders.insert(found.order);
  return order_answer_of(bench, found.order);
}

}  // namespace

Answer command_order(Workbench& bench, Engine::OrderCommand command, const Engine::OrderName& name,
                     const Caller& caller) {
  return run_on_order(bench, name, caller, [&](core::OrderId id, const core::Context& context) {
    return command == Engine::OrderCommand::allocate ? core::allocate(bench.state, id, context)
                                                     : core::reoptimize(bench.state, id, context);
  });
}

Answer substitute_order(Workbench& bench, const Engine::OrderName& name,
                        const core::Substitute& what, const Caller& caller) {
  return run_on_order(bench, name, caller, [&](core::OrderId id, const core::Context& context) {
    return core::substitute(bench.state, id, what, context);
  });
}

Answer answer_order(Workbench& bench, const Engine::OrderName& name, const Caller& caller) {
  const FoundOrder found = find_order(bench, name, caller);
  if (found.problem) return problem_answer(status_of(*found.problem), *found.problem);
  return order_answer_of(bench, found.order);
}

Answer preview_order(Workbench& bench, Document document, const Caller& caller) {
  const core::OwnerId owner = bench.state.owner_id(document.owner);
  if (owner == 0 || !caller.sees(document.owner)) {
    return problem_answer(422, Problem{"invalid_value",
                                       "There is no such owner.",
                                       {{"/owner", "There is no such owner."}}});
  }
  document.at = document.at.value_or(bench.now);
  static_cast<void>(split_contact(document));
  core::Context context = bench.context();
  context.may_override = caller.may_override;
  bench.state.begin_document();
  const core::Outcome outcome = core::apply(bench.state, document, context);
  Answer answer;
  if (outcome.refused) {
    answer = problem_answer(status_of(*outcome.refused), *outcome.refused);
  } else {
    const std::string exceptions = exceptions_json(outcome.exceptions);
    answer.body = "{\"outcome\":\"preview\",\"uid\":null,\"document\":" + write_document(document) +
                  ",\"exceptions\":" + (exceptions.empty() ? "[]" : exceptions) +
                  ",\"order\":" + order_json(bench, outcome.order, true) + "}";
  }
  bench.state.rollback_document();
  return answer;
}

Answer erase_customer_of(Workbench& bench, const Engine::OrderName& name, const Caller& caller) {
  const FoundOrder found = find_order(bench, name, caller);
  if (found.problem) return problem_answer(status_of(*found.problem), *found.problem);
  const core::OwnerId owner = bench.state.order(found.order)->owner;
  erase_order(bench, owner, found.order);
  core::AuditLine line;
  line.action = "erase_customer";
  line.order = found.order;
  bench.add_audit(line, owner, caller);
  return order_answer_of(bench, found.order);
}

}  // namespace lotbridge::engine
