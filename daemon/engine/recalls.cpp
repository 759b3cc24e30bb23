#include "recalls.hpp"

#include <algorithm>

#include <lotbridge/records.hpp>

#include "daemon/store/encoding.hpp"
#include "references.hpp"
#include "sdk/records/json_writer.hpp"
#include "submit.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

struct Found {
  core::OwnerId owner = 0;
  std::int64_t document = 0;
  bool closed = false, drill = false;
};

void take(store::Rows rows, const Caller& caller, const Workbench& bench, std::vector<Found>& out) {
  while (rows.next()) {
    Found found{static_cast<core::OwnerId>(rows.integer(0)), rows.integer(1),
                rows.text(2) == "closed", rows.integer(3) != 0};
    const core::Owner* owner = bench.state.owner(found.owner);
    if (owner != nullptr && caller.sees(owner->name)) out.push_back(found);
  }
}

// The recalls that the name may mean, of the owners that the caller sees.
std::vector<Found> find_recalls(Workbench& bench, const Engine::RecallName& name,
                                const Caller& caller) {
  std::vector<Found> out;
  if (const auto uid = store::parse_uid(name.id); uid && uid->type == DocumentType::recall) {
    take(bench.store.query(Sql::select_recall, uid->row), caller, bench, out);
    return out;
  }
  for (std::size_t i = 1; i <= bench.owners_count(); ++i) {
    const auto owner = static_cast<core::OwnerId>(i);
    if (name.owner && bench.state.owner_id(*name.owner) != owner) continue;
    take(bench.store.query(Sql::select_recalls_named, owner, name.id), caller, bench, out);
  }
  return out;
}

Answer no_recall() {
  return problem_answer(404, Problem{"not_found", "There is no such recall.", {}});
}

Answer several_recalls() {
  return problem_answer(
      409,
      Problem{"ambiguous_reference", "Several owners have a recall of this name: add owner.", {}});
}

std::string quoted(std::string_view text) {
  JsonWriter json(64);
  json.text(text);
  return json.take();
}

std::string closing_text(const std::string& disposition, const std::string& evidence) {
  JsonWriter json(128);
  json.open('{');
  json.key("disposition");
  json.text(disposition);
  json.key("evidence");
  json.text(evidence);
  json.close('}');
  return json.take();
}

void note(Workbench& bench, const Found& recall, const std::string& id, const Caller& caller,
          const char* action, core::OrderId order, const std::string& said) {
  core::AuditLine line;
  line.action = action;
  line.field = id;
  line.new_value = said;
  line.order = order;
  bench.add_audit(line, recall.owner, caller);
  core::Event event;
  event.kind = "recall.updated";
  event.reason = id;
  event.value = action;
  event.order = order;
  bench.add_event(event, recall.owner);
}

}  // namespace

void Workbench::add_recalls(const std::vector<core::RecallChange>& changes, const Cause& cause) {
  for (const core::RecallChange& change : changes) {
    core::OwnerId owner = cause.owner;
    for (const core::OpenRecall& recall : state.recalls()) {
      if (recall.document == change.recall) owner = recall.owner;
    }
    for (const core::LotId lot : change.added)
      store.run(Sql::insert_recall_lot, owner, change.recall, lot, now.ms);
    for (const core::LotId lot : change.removed)
      store.run(Sql::end_recall_lot, owner, change.recall, lot, now.ms);
  }
}

core::RecallContext recall_context(Workbench& bench, core::OwnerId owner,
                                   const RecallScope& scope) {
  core::RecallContext out;
  for (const RecallSupplierReceipt& named : scope.supplier_receipts) {
    auto rows =
        bench.store.query(Sql::select_lots_of_receipt, owner, named.supplier, named.receipt);
    while (rows.next()) out.received.push_back(static_cast<core::LotId>(rows.integer(0)));
  }
  for (const std::string& name : scope.transformations) {
    if (const auto uid = store::parse_uid(name); uid && uid->type == DocumentType::transformation)
      out.made.push_back(static_cast<core::DocumentId>(uid->row));
    auto rows =
        bench.store.query(Sql::find_document_any_source, owner, DocumentType::transformation, name);
    while (rows.next()) out.made.push_back(static_cast<core::DocumentId>(rows.integer(0)));
  }
  return out;
}

Answer recall_everywhere(Workbench& bench, const Document& document, const Caller& caller) {
  JsonWriter recalls(256);
  recalls.open('[');
  Answer refused;
  bool any = false;
  for (std::size_t i = 1; i <= bench.owners_count(); ++i) {
    const core::Owner* owner = bench.state.owner(static_cast<core::OwnerId>(i));
    if (owner == nullptr || !caller.sees(owner->name)) continue;
    Document own = document;
    own.owner = owner->name;
    const Submitted done = submit_document(bench, std::move(own), caller, SubmitOptions{});
    any = any || !done.refused;
    if (done.refused) refused = done.answer();
    recalls.raw(done.refused ? "{\"owner\":" + quoted(owner->name) +
                                   ",\"refused\":" + quoted(done.refused->code) + "}"
                             : done.body);
  }
  recalls.close(']');
  if (!any && refused.is_problem()) return refused;
  return Answer{200,
                "{\"outcome\":\"applied\",\"uid\":null,\"document\":" + write_document(document) +
                    ",\"exceptions\":[],\"recalls\":" + recalls.take() + "}"};
}

void store_recall(Workbench& bench, core::OwnerId owner, std::int64_t document,
                  const std::string& id, const Recall& recall, Timestamp started_at) {
  bench.store.run(Sql::upsert_recall, owner, document, id, recall.version, recall.drill ? 1 : 0,
                  started_at.ms);
}

Answer note_recall_response(Workbench& bench, const Engine::RecallName& name,
                            const Engine::RecallResponse& response, const Caller& caller) {
  const auto found = find_recalls(bench, name, caller);
  if (found.empty()) return no_recall();
  Found recall = found.front();
  Resolved order;
  for (const Found& one : found) {  // of several owners, the one whose order it is
    const Resolved here = resolve_order(bench, one.owner, response.order, std::nullopt);
    if (here.order == 0 && !here.ambiguous) continue;
    if (order.order != 0) return several_recalls();
    recall = one;
    order = here;
  }
  if (order.order == 0) {
    const std::string detail =
        order.ambiguous ? "Several orders have this name." : "There is no such order.";
    return problem_answer(
        order.ambiguous ? 409 : 404,
        Problem{
            order.ambiguous ? "ambiguous_reference" : "not_found", detail, {{"/order", detail}}});
  }
  load_order(bench, order.order);
  std::optional<std::string> contact, words;
  if (!response.contact.empty()) contact = response.contact;
  if (!response.note.empty()) words = response.note;
  bench.store.run(Sql::upsert_recall_response, recall.owner, recall.document, order.order,
                  response.acknowledged ? 1 : 0, contact, words, bench.now.ms);
  note(bench, recall, name.id, caller, "recall_response", order.order,
       response.acknowledged ? "acknowledged" : "open");
  return Answer{200, "{\"outcome\":\"applied\"}"};
}

Answer end_recall(Workbench& bench, const Engine::RecallName& name, const std::string& disposition,
                  const std::string& evidence, const Caller& caller) {
  const auto found = find_recalls(bench, name, caller);
  if (found.empty()) return no_recall();
  const bool closed =
      std::all_of(found.begin(), found.end(), [](const Found& recall) { return recall.closed; });
  if (closed)
    return problem_answer(409, Problem{"id_conflict", "This recall is closed already.", {}});
  for (const Found& recall : found) {
    if (recall.closed) continue;
    bench.store.run(Sql::close_recall, recall.owner, recall.document, bench.now.ms,
                    closing_text(disposition, evidence));
    note(bench, recall, name.id, caller, "close_recall", 0, disposition);
  }
  return Answer{200, "{\"outcome\":\"applied\"}"};
}

void store_recall_report(Workbench& bench, std::int64_t document, const std::string& report,
                         std::int64_t elapsed_us) {
  core::OwnerId owner = 0;
  {
    auto rows = bench.store.query(Sql::select_recall, document);
    if (rows.next()) owner = static_cast<core::OwnerId>(rows.integer(0));
  }
  std::optional<std::string> kept;
  if (!report.empty()) kept = report;
  if (owner != 0) bench.store.run(Sql::keep_recall_report, owner, document, kept, elapsed_us);
}

}  // namespace lotbridge::engine
