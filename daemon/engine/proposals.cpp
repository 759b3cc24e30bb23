#include "proposals.hpp"

#include <simdjson.h>

#include <lotbridge/records.hpp>

#include "daemon/store/encoding.hpp"
#include "follows.hpp"
#include "identity.hpp"
#include "submit.hpp"

namespace lotbridge::engine {

using store::Sql;

namespace {

struct AlertRow {
  core::OwnerId owner = 0;
  std::string kind, sku, lot, warehouse, location, extra;
  Quantity quantity;
  bool open = false;
};

std::optional<AlertRow> alert_row(Workbench& bench, std::int64_t id) {
  auto rows = bench.store.query(Sql::select_proposal, id);
  if (!rows.next()) return std::nullopt;
  AlertRow row;
  row.owner = static_cast<core::OwnerId>(rows.integer(0));
  row.kind = std::string(rows.text(1));
  row.open = rows.is_null(2);
  row.sku = std::string(rows.text(3));
  row.lot = std::string(rows.text(4));
  row.warehouse = std::string(rows.text(5));
  row.location = std::string(rows.text(6));
  row.quantity = Quantity{rows.integer(7)};
  row.extra = std::string(rows.text(8));
  return row;
}

std::optional<Body> swap_of(const AlertRow& row, const simdjson::dom::element& extra) {
  std::string_view other;
  if (extra["other_lot"].get(other) != simdjson::SUCCESS) return std::nullopt;
  Adjustment adjustment;
  adjustment.warehouse = row.warehouse;
  adjustment.reason = AdjustmentReason::correction;
  AdjustmentLine line;
  line.sku = row.sku;
  line.from_lot = LotCode{row.lot};
  line.lot = LotCode{std::string(other)};
  if (!row.location.empty()) line.location = row.location;
  line.quantity = row.quantity;
  adjustment.lines.push_back(std::move(line));
  return Body(std::move(adjustment));
}

std::optional<Body> resolution_of(const AlertRow& row, const simdjson::dom::element& extra) {
  std::string_view dispatch;
  simdjson::dom::array lots;
  if (extra["dispatch"].get(dispatch) != simdjson::SUCCESS ||
      extra["lots"].get(lots) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  Resolution resolution;
  resolution.of.dispatch_id = std::string(dispatch);
  resolution.sku = row.sku;
  for (const simdjson::dom::element lot : lots) {
    std::string_view code;
    if (lot["lot"].get(code) != simdjson::SUCCESS) return std::nullopt;
    const auto quantity = Quantity::parse(simdjson::to_string(lot["quantity"]));
    if (!quantity) return std::nullopt;
    resolution.lots.push_back({LotCode{std::string(code)}, *quantity, {}});
  }
  return Body(std::move(resolution));
}

std::optional<Body> proposal_of(const AlertRow& row) {
  simdjson::dom::parser parser;
  simdjson::dom::element extra;
  if (parser.parse(row.extra).get(extra) != simdjson::SUCCESS) return std::nullopt;
  if (row.kind == "swap_proposed") return swap_of(row, extra);
  if (row.kind == "resolution_proposed") return resolution_of(row, extra);
  return std::nullopt;
}

void close_accepted(Workbench& bench, std::int64_t id, const AlertRow& row, const Caller& caller) {
  bench.store.run(Sql::close_alert_by_id, id, bench.now.ms, "accepted");
  core::AuditLine line;
  line.action = "accept_alert";
  line.field = row.kind;
  line.old_value = std::to_string(id);
  bench.add_audit(line, row.owner, caller);
}

// What is on its way of a transfer still, and how often it was closed before.
std::string closing_id(Workbench& bench, core::OwnerId owner, std::int64_t transfer,
                       const std::string& name, std::int64_t source) {
  bool missing = false;
  auto rows = bench.store.query(Sql::select_transfer_lots, owner, transfer, name);
  while (rows.next()) {
    missing = missing || rows.integer(3) > rows.integer(4) + rows.integer(5);
  }
  const std::string uid = store::uid_text(DocumentType::transfer, transfer);
  std::string last;
  for (int n = 1;; ++n) {
    const std::string id = uid + "/close" + (n == 1 ? "" : "/" + std::to_string(n));
    auto known =
        bench.store.query(Sql::find_document, owner, DocumentType::transfer_close, id, source);
    if (!known.next()) return missing || last.empty() ? id : last;
    last = id;
  }
}

}  // namespace

Answer accept_alert_row(Workbench& bench, std::int64_t id, const Caller& caller) {
  const auto row = alert_row(bench, id);
  const core::Owner* owner = row ? bench.state.owner(row->owner) : nullptr;
  if (owner == nullptr || !caller.sees(owner->name)) {
    return problem_answer(404, Problem{"not_found", "There is no such alert.", {}});
  }
  if (!row->open) {
    return problem_answer(409, Problem{"id_conflict", "This alert is closed already.", {}});
  }
  auto body = proposal_of(*row);
  if (!body) {
    return problem_answer(422, Problem{"invalid_value", "This alert proposes nothing.", {}});
  }
  Document document;
  document.owner = owner->name;
  document.id = "alert-" + std::to_string(id);
  document.body = std::move(*body);
  SubmitOptions options;
  options.accepted_swap = row->kind == "swap_proposed";
  const Submitted done = submit_document(bench, std::move(document), caller, options);
  if (done.refused || done.parked) return done.answer();
  close_accepted(bench, id, *row, caller);
  return Answer{200, "{\"id\":" + std::to_string(id) +
                         ",\"state\":\"closed\",\"answer\":" + done.answer().body + "}"};
}

Answer close_transfer_named(Workbench& bench, const Engine::OrderName& name,
                            const std::string& reason, const Caller& caller) {
  const std::int64_t source = name.source ? bench.source_id(*name.source) : bench.source_id("api");
  std::int64_t found = 0;
  core::OwnerId of = 0;
  for (std::size_t i = 1; i <= bench.owners_count(); ++i) {
    const auto id = static_cast<core::OwnerId>(i);
    const core::Owner* owner = bench.state.owner(id);
    if (owner == nullptr || !caller.sees(owner->name) || (name.owner && *name.owner != owner->name))
      continue;
    const std::int64_t row = find_named(bench, id, DocumentType::transfer, name.id, source);
    const auto stored = row == 0 ? std::nullopt : stored_document(bench, row);
    if (!stored || stored->owner != id || stored->type != DocumentType::transfer) continue;
    if (found != 0) {
      return problem_answer(
          409, Problem{"ambiguous_reference",
                       "Several transfers have this name: say ?owner=, or use the uid.",
                       {}});
    }
    found = row;
    of = id;
  }
  const auto stored = found == 0 ? std::nullopt : stored_document(bench, found);
  const auto sent = stored ? parse_stored(*stored) : std::nullopt;
  if (!sent) return problem_answer(404, Problem{"not_found", "There is no such transfer.", {}});
  TransferClose close;
  close.transfer = store::uid_text(DocumentType::transfer, found);
  close.reason = reason;
  Document document;
  document.owner = bench.state.owner(of)->name;
  document.id = closing_id(bench, of, found, sent->id, bench.source_id("api"));
  document.body = std::move(close);
  return submit_document(bench, std::move(document), caller, SubmitOptions{}).answer();
}

}  // namespace lotbridge::engine
