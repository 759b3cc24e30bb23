// What could not be applied, kept whole with the reason until a person (or a mended connector)
// settles it.
#include <lotbridge/records.hpp>

#include "submit.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

std::string parked_key(core::OwnerId owner, std::string_view source, std::string_view kind,
                       std::string_view id) {
  std::string key = std::to_string(owner);
  for (const std::string_view part : {source, kind, id}) {
    key += '\x1f';
    key += part;
  }
  return key;
}

struct ParkedRow {
  core::OwnerId owner = 0;
  std::string source, kind, id, raw, state, origin;
};

std::optional<ParkedRow> parked_row(Workbench& bench, std::int64_t id) {
  auto rows = bench.store.query(Sql::select_parked, id);
  if (!rows.next()) return std::nullopt;
  ParkedRow row;
  row.owner = static_cast<core::OwnerId>(rows.integer(0));
  row.source = std::string(rows.text(1));
  row.kind = std::string(rows.text(2));
  row.id = std::string(rows.text(3));
  row.raw = std::string(rows.text(4));
  row.state = std::string(rows.text(5));
  row.origin = std::string(rows.text(6));
  return row;
}

Answer settled(std::int64_t id, std::string_view state) {
  return Answer{200,
                "{\"id\":" + std::to_string(id) + ",\"state\":\"" + std::string(state) + "\"}"};
}

// The row, if this caller may touch it and it is still open.
Answer check(const Workbench& bench, const std::optional<ParkedRow>& row, const Caller& caller) {
  const core::Owner* owner = row ? bench.state.owner(row->owner) : nullptr;
  const bool visible =
      row && (row->owner == 0 ? caller.all_owners : owner != nullptr && caller.sees(owner->name));
  if (!visible)
    return problem_answer(404, Problem{"not_found", "There is no such parked record.", {}});
  if (row->state != "open") {
    return problem_answer(
        409, Problem{"id_conflict", "This record is settled: " + row->state + ".", {}});
  }
  return Answer{};
}

Answer retry_webhook(Workbench& bench, std::int64_t id, const ParkedRow& row) {
  bench.store.run(Sql::reopen_inbox, row.source, row.id, bench.now.ms);
  if (bench.store.changes() == 0) {
    return problem_answer(409, Problem{"not_found", "The webhook's body has been purged.", {}});
  }
  bench.store.run(Sql::settle_parked, id, "retried", bench.now.ms);
  bench.wake = true;
  return settled(id, "retried");
}

}  // namespace

void Workbench::note_parked(core::OwnerId owner, std::string_view source, std::string_view kind,
                            std::string_view id) {
  parked_.insert(parked_key(owner, source, kind, id));
}

void Workbench::settle_parked(core::OwnerId owner, std::string_view source, std::string_view kind,
                              std::string_view id) {
  if (parked_.empty() || !parked_.contains(parked_key(owner, source, kind, id))) return;
  store.run(Sql::settle_parked_named, owner, source, kind, id, now.ms);
}

void park(Workbench& bench, core::OwnerId owner, const Document& document, const Problem& problem,
          const std::string& origin) {
  const std::string pointer =
      problem.errors.empty() ? std::string() : problem.errors.front().pointer;
  bench.store.run(Sql::insert_parked, owner, document.source, document_type_name(document.type()),
                  document.id, problem.code, problem.detail, pointer, origin,
                  write_document(document, true), bench.now.ms);
  bench.note_parked(owner, document.source, document_type_name(document.type()), document.id);
}

void park_unreadable(Workbench& bench, const Unreadable& record) {
  const Problem& problem = record.problem;
  const std::string pointer =
      problem.errors.empty() ? std::string() : problem.errors.front().pointer;
  bench.store.run(Sql::insert_parked, bench.state.owner_id(record.owner), record.source,
                  record.kind, record.id, problem.code, problem.detail, pointer, record.origin,
                  record.raw, bench.now.ms);
}

Answer retry_parked_record(Workbench& bench, std::int64_t id, const Caller& caller) {
  const auto row = parked_row(bench, id);
  if (Answer refused = check(bench, row, caller); refused.is_problem()) return refused;
  if (row->kind == "webhook") return retry_webhook(bench, id, *row);
  auto document = read_typed_document(row->raw);
  if (!document) return problem_answer(status_of(document.problem()), document.problem());
  document->source = row->source;
  if (const core::Owner* owner = bench.state.owner(row->owner)) document->owner = owner->name;
  SubmitOptions options;
  options.origin = row->origin;
  const Submitted done = submit_document(bench, std::move(*document), caller, options);
  if (!done.refused) bench.store.run(Sql::settle_parked, id, "retried", bench.now.ms);
  return done.answer();
}

Answer discard_parked_record(Workbench& bench, std::int64_t id, const Caller& caller) {
  const auto row = parked_row(bench, id);
  if (Answer refused = check(bench, row, caller); refused.is_problem()) return refused;
  bench.store.run(Sql::settle_parked, id, "discarded", bench.now.ms);
  if (row->owner != 0) {
    core::AuditLine line;
    line.action = "discard_parked";
    line.field = row->kind;
    line.old_value = row->id;
    bench.add_audit(line, row->owner, caller);
  }
  return settled(id, "discarded");
}

}  // namespace lotbridge::engine
