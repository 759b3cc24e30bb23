#include "submit.hpp"

#include <algorithm>

#include <lotbridge/records.hpp>

#include "answers.hpp"
#include "contacts.hpp"
#include "follows.hpp"
#include "identity.hpp"
#include "making.hpp"
#include "moved.hpp"
#include "outbox.hpp"
#include "recalls.hpp"
#include "references.hpp"
#include "reversed.hpp"

#include "daemon/store/encoding.hpp"
#include "daemon/store/order_rows.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

// What one document gathers on its way.
struct Passage {
  Document document;  // without personal data, `at` filled in
  core::OwnerId owner = 0;
  Identity identity;
  Contact contact;
  References references;
  Timestamp happened_at;
  std::int64_t row = 0;
  std::int64_t voided = 0;  // row of the document that it takes back
  core::Context context;
  std::optional<Document> previous, voided_document;
  Following following;
  Making making;
  std::vector<core::Entry> reversed;
};

Problem invalid(std::string pointer, std::string detail) {
  return Problem{"invalid_value", detail, {{std::move(pointer), detail}}};
}

std::vector<core::Stamp> stamps_of(Workbench& bench, std::int64_t row) {
  std::vector<core::Stamp> out;
  auto rows = bench.store.query(Sql::select_document_stamps, 0, row);
  while (rows.next()) out.push_back(store::stamp_of(rows));
  return out;
}

// Reversals name locations, lots and orders of old entries: those orders must be in the hot state.
void load_orders_of(Workbench& bench, const std::vector<core::Entry>& entries) {
  for (const core::Entry& entry : entries) {
    load_order(bench, entry.from.order);
    load_order(bench, entry.to.order);
  }
}

void load_previous(Workbench& bench, Passage& way) {
  const auto stored = stored_document(bench, way.identity.document);
  if (!stored) return;
  way.previous = parse_stored(*stored);
  append_entries(bench, stored->row, way.reversed);
  append_linked(bench, way.owner, stored->row, way.reversed);
  // What was taken back meanwhile must not be taken back twice, nor come back.
  const std::vector<std::int64_t> voids = voiding(bench, stored->row);
  for (const std::int64_t other : voids) append_entries(bench, other, way.reversed);
  way.context.followed.taken_back = !voids.empty();
  keep_standing(way.reversed);
  load_order(bench, static_cast<core::OrderId>(stored->order));
  load_orders_of(bench, way.reversed);
  if (way.previous) way.context.previous = &*way.previous;
  way.context.reversed = &way.reversed;
}

Refused load_voided(Workbench& bench, Passage& way) {
  if (!way.references.void_of) return std::nullopt;
  const std::int64_t row = find_named(bench, way.owner, way.document.type(),
                                      *way.references.void_of, way.identity.source);
  const auto stored = row == 0 ? std::nullopt : stored_document(bench, row);
  if (!stored || stored->owner != way.owner || stored->type != way.document.type()) {
    return invalid("/void_of", "There is no such document to take back.");
  }
  for (const std::int64_t other : voiding(bench, row)) {
    if (other != way.identity.document)
      return invalid("/void_of", "It has been taken back already.");
  }
  way.voided = row;
  way.voided_document = parse_stored(*stored);
  if (way.voided_document && references_of(*way.voided_document).void_of)
    return invalid("/void_of", "It takes back another document; send that one anew.");
  if (way.identity.document == 0) {
    append_entries(bench, row, way.reversed);
    append_linked(bench, way.owner, row, way.reversed);
  }
  keep_standing(way.reversed);
  load_order(bench, static_cast<core::OrderId>(stored->order));
  load_orders_of(bench, way.reversed);
  if (way.voided_document) way.context.voided = &*way.voided_document;
  way.context.voided_id = static_cast<core::DocumentId>(row);
  way.context.reversed = &way.reversed;
  if (way.context.order == 0) way.context.order = static_cast<core::OrderId>(stored->order);
  return std::nullopt;
}

// Orders that documents spoke of by one of these names before they came.
std::vector<std::pair<core::OrderId, std::string>> all_heard(Workbench& bench, const Passage& way) {
  const auto& order = std::get<lotbridge::Order>(way.document.body);
  std::vector<std::string> names = {way.document.id};
  if (order.number) names.push_back(*order.number);
  names.insert(names.end(), order.aliases.begin(), order.aliases.end());
  std::vector<std::pair<core::OrderId, std::string>> heard;
  for (const std::string& name : names) {
    auto rows = bench.store.query(Sql::find_order_names, way.owner, name);
    while (rows.next()) {
      const bool of_us = rows.integer(2) == 0 || rows.integer(2) == way.identity.source;
      if (rows.integer(1) == 0 && of_us) {
        heard.emplace_back(static_cast<core::OrderId>(rows.integer(0)), name);
      }
    }
  }
  std::erase_if(heard, [&bench](const auto& other) {
    return !load_order(bench, other.first) || bench.state.order(other.first)->known;
  });
  return heard;
}

core::OrderId heard_of(Workbench& bench, const Passage& way) {
  const auto heard = all_heard(bench, way);
  return heard.empty() ? core::OrderId{0} : heard.front().first;
}

void resolve(Workbench& bench, Passage& way) {
  load_making(bench, way.document, way.owner, way.identity.source, way.making, way.context);
  if (const auto* recall = std::get_if<Recall>(&way.document.body))
    way.context.recall = recall_context(bench, way.owner, recall->scope);
  if (const auto* count = std::get_if<lotbridge::Count>(&way.document.body);
      count != nullptr && count->snapshot_at) {
    // What a corrected count moved itself is taken back before it is judged anew.
    const std::int64_t own = way.identity.document;
    way.context.moved_since = [&bench, own](core::LotId lot, core::WarehouseId warehouse,
                                            Maybe<core::LocationId> location, StockStatus status,
                                            Timestamp since) {
      return moved_since(bench, lot, warehouse, location, status, since, own);
    };
  }
  if (const auto* order = std::get_if<lotbridge::Order>(&way.document.body)) {
    way.context.order = way.identity.document != 0 ? static_cast<core::OrderId>(way.identity.order)
                                                   : heard_of(bench, way);
    if (order->from_cart) {
      const Resolved cart = resolve_order(bench, way.owner, *order->from_cart, way.document.source);
      way.context.cart = cart.order;
      load_order(bench, cart.order);
    }
  } else if (way.references.order) {
    const Resolved found =
        resolve_order(bench, way.owner, *way.references.order, way.references.order_source);
    way.context.order = found.order;
    way.context.order_ambiguous = found.ambiguous;
  }
  load_order(bench, way.context.order);
}

// A connector's own lines need the item that is meant; orders of other owners are not to be seen.
Refused check_owner(Workbench& bench, const Document& document, const Caller& caller,
                    core::OwnerId& owner) {
  owner = bench.state.owner_id(document.owner);
  if (document.owner.empty()) return invalid("/owner", "Name the owner: the token sees several.");
  if (owner == 0 || !caller.sees(document.owner))
    return invalid("/owner", "There is no such owner.");
  const auto* sale = std::get_if<OwnerTransfer>(&document.body);
  if (sale != nullptr && sale->to_owner &&
      (bench.state.owner_id(*sale->to_owner) == 0 || !caller.sees(*sale->to_owner))) {
    return invalid("/to_owner", "There is no such owner.");
  }
  return std::nullopt;
}

std::int64_t answer_row(Workbench& bench, const Passage& way, core::OrderId order) {
  if (way.document.type() == DocumentType::order) return static_cast<std::int64_t>(order);
  if (const auto* item = std::get_if<Item>(&way.document.body)) {
    return bench.state.sku_id(way.owner, item->sku);
  }
  return way.row;
}

// The answer to what was there already: as the first time, with what is known now.
std::string answer_known(Workbench& bench, Passage& way) {
  const auto stored = stored_document(bench, way.identity.document);
  if (!stored) return {};
  way.row = stored->row;
  const auto order = static_cast<core::OrderId>(stored->order);
  load_order(bench, order);
  std::string body = stored->body;
  if (stored->type == DocumentType::order) {
    const KnownContact known = known_contact(bench, order);
    auto document = parse_stored(*stored);
    if (document && known.contact) {
      restore_contact(*document, *known.contact);
      body = write_document(*document);
    } else if (known.erased) {
      body = erased_order(body);
    }
  }
  std::vector<core::Stamp> stamps;
  if (stored->type == DocumentType::dispatch && order == 0) stamps = stamps_of(bench, stored->row);
  DocumentAnswer answer;
  answer.outcome = verdict_name(way.identity.verdict);
  answer.type = stored->type;
  answer.row = answer_row(bench, way, order);
  answer.id = way.document.id;
  answer.document = body;
  answer.exceptions = stored->exceptions;
  answer.order = order;
  answer.document_row = stored->row;
  answer.stamps = &stamps;
  const core::Follows follows = known_transfer(bench, way.owner, stored->type, stored->row);
  answer.follows = &follows;
  return document_answer(bench, answer);
}

Cause cause_of(const Passage& way, const Caller& caller) {
  Cause cause;
  cause.document = static_cast<core::DocumentId>(way.row);
  cause.type = std::string(document_type_name(way.document.type()));
  cause.source = way.document.source;
  cause.id = way.document.id;
  cause.owner = way.owner;
  cause.happened_at = way.happened_at;
  cause.by = caller.actor.empty() ? caller.token : caller.token + "/" + caller.actor;
  return cause;
}

void store_document(Workbench& bench, const Passage& way, const std::string& body,
                    const std::string& exceptions, core::OrderId order) {
  std::optional<std::string> raised;
  if (!exceptions.empty()) raised = exceptions;
  std::optional<std::int64_t> order_id, voided;
  if (order != 0) order_id = static_cast<std::int64_t>(order);
  if (way.voided != 0) voided = way.voided;
  const auto version = version_of(way.document);
  if (way.identity.document != 0) {
    bench.store.run(Sql::insert_revision, way.row);
    bench.store.run(Sql::update_document, way.row, version, store::Blob{way.identity.digest},
                    way.happened_at.ms, bench.now.ms, body, raised, order_id, voided);
    return;
  }
  bench.store.run(Sql::insert_document, way.row, way.owner, way.document.type(),
                  way.identity.source, way.document.id, version, store::Blob{way.identity.digest},
                  way.happened_at.ms, bench.now.ms, body, raised, order_id, voided);
}

// Cancellations and returns that came before their order take effect now.
// `moved`: they had taken effect under another order, which is reversed first.
void reapply(Workbench& bench, const std::vector<core::DocumentId>& documents, core::OrderId order,
             const Caller& caller, bool moved) {
  std::vector<Stored> waiting;
  for (const core::DocumentId row : documents) {
    if (auto stored = stored_document(bench, static_cast<std::int64_t>(row)))
      waiting.push_back(std::move(*stored));
  }
  // What left comes before what came back, whichever was told first.
  std::stable_partition(waiting.begin(), waiting.end(),
                        [](const Stored& stored) { return stored.type != DocumentType::return_; });
  for (const Stored& one : waiting) {
    const auto row = static_cast<core::DocumentId>(one.row);
    auto document = parse_stored(one);
    if (!document) continue;
    // What was taken back, and what took it back, has no goods left to move.
    if (moved && (references_of(*document).void_of || !voiding(bench, one.row).empty())) continue;
    core::Context context = bench.context(row);
    context.order = order;
    std::vector<core::Entry> reversed;
    if (moved) {
      append_entries(bench, one.row, reversed);
      keep_standing(reversed);
      load_orders_of(bench, reversed);
      context.previous = &*document;
      context.reversed = &reversed;
    }
    Following following;
    follow(bench, one.owner, *document, one.row, 0, context, following);
    bench.state.begin_document();
    const core::Outcome outcome = core::apply(bench.state, *document, context);
    if (outcome.refused || outcome.parked) {
      bench.state.rollback_document();
      continue;
    }
    if (moved) bench.store.run(Sql::attach_documents, one.row, order);
    Passage way;
    way.document = std::move(*document);
    way.owner = one.owner;
    way.row = one.row;
    way.happened_at = one.happened_at;
    way.following = std::move(following);
    keep_follows(bench, way.owner, way.document, way.row, 0, way.following, outcome);
    bench.record(outcome, cause_of(way, caller), caller);
  }
}

// One order that was heard of by two names: what was recorded under the other name moves over to
// it.
void adopt(Workbench& bench, const Passage& way, core::OrderId order, const Caller& caller) {
  for (const auto& [other, name] : all_heard(bench, way)) {
    if (other == order) continue;
    std::vector<core::DocumentId> documents;
    {
      auto rows = bench.store.query(Sql::select_documents_of_order, other);
      while (rows.next()) documents.push_back(static_cast<core::DocumentId>(rows.integer(0)));
    }
    reapply(bench, documents, order, caller, true);
    bench.store.run(Sql::delete_order_name, way.owner, name, other);
  }
}

void keep(Workbench& bench, Passage& way, const core::Outcome& outcome, const std::string& body,
          const std::string& exceptions, const Caller& caller) {
  const Cause cause = cause_of(way, caller);
  store_document(bench, way, body, exceptions, outcome.order);
  if (const auto* recall = std::get_if<Recall>(&way.document.body))
    store_recall(bench, way.owner, way.row, way.document.id, *recall, way.happened_at);
  if (way.context.previous != nullptr) bench.take_costs_back(way.row, way.happened_at);
  if (way.voided != 0) bench.take_costs_back(way.voided, way.happened_at);
  keep_follows(bench, way.owner, way.document, way.row, way.voided, way.following, outcome);
  bench.record(outcome, cause, caller);
  bench.settle_parked(way.owner, way.document.source, cause.type, way.document.id);
  ++bench.documents;
  const core::OrderId order = outcome.order;
  if (way.document.type() == DocumentType::order) {
    if (way.identity.document == 0) adopt(bench, way, order, caller);
    store_order_names(bench, order, way.owner, way.document);
    store_contact(bench, order, way.owner, way.document, way.contact);
    bench.moved_orders.insert(order);
  } else if (order != 0 && way.context.order == 0 && way.references.order) {
    store_heard_name(bench, order, way.owner, *way.references.order, way.references.order_source);
  }
  if (!outcome.reapply.empty()) reapply(bench, outcome.reapply, order, caller, false);
}

Submitted refuse(Workbench& bench, const Passage& way, Problem problem,
                 const SubmitOptions& options) {
  Submitted done;
  if (options.park_refused && problem.code != "unavailable") {
    Document whole = way.document;
    restore_contact(whole, way.contact);
    park(bench, way.owner, whole, problem, options.origin);
    done.parked = true;
  }
  done.refused = std::move(problem);
  return done;
}

std::string parked_answer(const Problem& reason, const std::string& document) {
  std::string body =
      "{\"outcome\":\"parked\",\"uid\":null,\"document\":" + document + ",\"exceptions\":";
  body += exceptions_json({core::Exception{reason.code, reason.detail}});
  return body + "}";
}

Submitted park_outcome(Workbench& bench, const Passage& way, const core::Outcome& outcome,
                       const SubmitOptions& options) {
  Submitted done;
  Document whole = way.document;
  restore_contact(whole, way.contact);
  park(bench, way.owner, whole, outcome.parked_reason, options.origin);
  done.parked = true;
  if (options.with_answer) done.body = parked_answer(outcome.parked_reason, write_document(whole));
  return done;
}

Submitted apply_document(Workbench& bench, Passage& way, const Caller& caller,
                         const SubmitOptions& options) {
  Submitted done;
  bench.state.begin_document();
  const core::Outcome outcome = core::apply(bench.state, way.document, way.context);
  if (outcome.refused) {
    bench.state.rollback_document();
    return refuse(bench, way, *outcome.refused, options);
  }
  if (outcome.parked) {
    bench.state.rollback_document();
    return park_outcome(bench, way, outcome, options);
  }
  if (outcome.follows.about == 0) complete_dispatch(way.document, outcome.follows);
  const std::string body = write_document(way.document);
  const std::string exceptions = exceptions_json(outcome.exceptions);
  keep(bench, way, outcome, body, exceptions, caller);
  if (!options.with_answer) return done;
  DocumentAnswer answer;
  std::string shown;
  if (!way.contact.empty()) {
    Document whole = way.document;
    restore_contact(whole, way.contact);
    shown = write_document(whole);
  }
  answer.outcome = verdict_name(way.identity.verdict);
  answer.type = way.document.type();
  answer.row = answer_row(bench, way, outcome.order);
  answer.id = way.document.id;
  answer.document = shown.empty() ? body : shown;
  answer.exceptions = exceptions;
  answer.order = outcome.order;
  answer.document_row = way.row;
  answer.stamps = &outcome.stamps;
  answer.lots = &outcome.produced_lots;
  answer.follows = &outcome.follows;
  done.body = document_answer(bench, answer);
  return done;
}

Submitted take_erasure(Workbench& bench, Passage& way, const Caller& caller) {
  apply_erasure(bench, way.owner, way.document.source, std::get<Erasure>(way.document.body));
  keep(bench, way, core::Outcome{}, write_document(way.document), {}, caller);
  return {};
}

}  // namespace

Answer unavailable(const Refused& why) {
  const std::string detail = why ? why->detail : std::string("The daemon is stopping.");
  return problem_answer(503, Problem{"unavailable", "Nothing was stored: " + detail, {}});
}

Answer Submitted::answer() const {
  if (refused) return problem_answer(status_of(*refused), *refused);
  return Answer{parked ? 202 : 200, body};
}

Submitted submit_document(Workbench& bench, Document document, const Caller& caller,
                          const SubmitOptions& options) {
  Passage way;
  way.document = std::move(document);
  if (Refused refused = check_owner(bench, way.document, caller, way.owner)) {
    return refuse(bench, way, *refused, options);
  }
  way.identity = judge(bench, way.document, way.owner);
  way.happened_at = way.document.at.value_or(bench.now);
  way.document.at = way.happened_at;
  using Verdict = Identity::Verdict;
  const Verdict verdict = way.identity.verdict;
  if (verdict == Verdict::conflict) {
    return refuse(bench, way,
                  Problem{"id_conflict", "Another document with this id was submitted before.", {}},
                  options);
  }
  if (verdict == Verdict::duplicate || verdict == Verdict::stale) {
    Submitted done;
    if (options.with_answer) done.body = answer_known(bench, way);
    return done;
  }
  way.references = references_of(way.document);
  way.context = bench.context();
  way.context.may_override = caller.may_override;
  way.context.followed.accepted_swap = options.accepted_swap;
  resolve(bench, way);
  if (Refused refused = load_voided(bench, way)) return refuse(bench, way, *refused, options);
  if (verdict == Verdict::corrected) load_previous(bench, way);
  follow(bench, way.owner, way.document, way.identity.document, way.voided, way.context,
         way.following);
  way.row = way.identity.document != 0 ? way.identity.document
                                       : static_cast<std::int64_t>(bench.next_document());
  way.context.document = static_cast<core::DocumentId>(way.row);
  way.contact = split_contact(way.document);
  if (way.document.type() == DocumentType::erasure) return take_erasure(bench, way, caller);
  way.context.pick_instruction_delivered =
      pick_was_directed(bench, way.document, way.context.order, way.happened_at);
  return apply_document(bench, way, caller, options);
}

}  // namespace lotbridge::engine
