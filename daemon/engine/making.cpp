// What was made of what, what it cost, and what became of a lot's dates and code: rows that an
// outcome leaves beside the ledger.
#include "making.hpp"

#include <algorithm>

#include "follows.hpp"
#include "identity.hpp"
#include "reversed.hpp"

namespace lotbridge::engine {

using store::Sql;

void Workbench::add_lot_changes(const std::vector<core::LotChange>& changes, const Cause& cause) {
  for (const core::LotChange& change : changes) {
    const core::Lot* lot = state.lot(change.lot);
    if (lot == nullptr) continue;
    const core::OwnerId owner = owner_of_sku(lot->sku);
    std::optional<std::string> evidence;
    if (!change.evidence.empty()) evidence = change.evidence;
    store.run(Sql::insert_lot_history, owner, change.lot, change.field, change.old_value,
              change.new_value, now.ms, cause.by, evidence);
    if (change.field != "lot" && change.field != "merged") continue;
    // What is still open about it is found under its right code.
    store.run(Sql::rename_open_alerts, owner, state.sku(lot->sku)->item.sku,
              change.old_value.value_or(""), state.lot_code(change.lot));
  }
}

void Workbench::add_making(const core::Outcome& outcome, const Cause& cause) {
  add_lot_changes(outcome.lot_changes, cause);
  for (const core::GenealogyRow& row : outcome.genealogy) {
    const core::OwnerId owner = owner_of_sku(state.lot(row.lot)->sku);
    store.run(Sql::insert_genealogy, owner, row.transformation, row.output ? 1 : 0, row.lot,
              row.quantity.micros, cause.happened_at.ms);
  }
  for (const core::CostRow& row : outcome.costs) {
    costs_known_ = true;
    const core::OwnerId owner = owner_of_sku(state.lot(row.lot)->sku);
    store.run(Sql::insert_lot_cost, owner, row.lot, cause.document, row.kind, row.quantity.micros,
              row.micros, row.currency, cause.happened_at.ms);
  }
  for (const core::CodeCounter& counter : outcome.counters) {
    store.run(Sql::upsert_code_counter, counter.owner, counter.key, counter.last);
  }
}

core::LotCost Workbench::cost_of(core::LotId lot) {
  core::LotCost cost;
  if (!costs_known_) {
    auto rows = store.query(Sql::any_lot_cost);
    costs_known_ = rows.next();
  }
  if (!*costs_known_) return cost;
  auto rows = store.query(Sql::select_lot_cost, lot);
  while (rows.next()) {
    cost.add(static_cast<core::CostKind>(rows.integer(0)), Quantity{rows.integer(1)},
             rows.integer(2), rows.text(3));
  }
  return cost;
}

std::vector<Workbench::ChargedLot> Workbench::charged_lots(std::int64_t charge) {
  std::vector<ChargedLot> out;
  {
    auto rows = store.query(Sql::select_document_costs, charge);
    while (rows.next()) {
      out.push_back({state.home_of(static_cast<core::LotId>(rows.integer(0))),
                     Money{rows.integer(3), std::string(rows.text(4))},
                     {},
                     {}});
    }
  }
  std::erase_if(out, [this](const ChargedLot& part) { return state.lot(part.lot) == nullptr; });
  for (ChargedLot& part : out) {
    const core::LotCost cost = cost_of(part.lot);
    if (!cost.quantity.is_positive()) continue;
    const core::SkuId sku = state.lot(part.lot)->sku;
    Quantity sold;
    auto rows = store.query(Sql::select_lot_dispatched, owner_of_sku(sku), sku, part.lot);
    if (rows.next()) sold = Quantity{rows.integer(0)};
    // The share as the cost of a lot of its own: both parts to the cent, together the whole.
    const core::LotCost share{cost.quantity, part.amount.micros, 0, part.amount.currency, false};
    part.sold = core::value_of(share, std::min(sold, cost.quantity));
    part.held = part.amount;
    part.held->micros -= part.sold->micros;
  }
  return out;
}

void Workbench::take_costs_back(std::int64_t document, Timestamp happened_at) {
  struct Row {
    std::int64_t lot = 0, kind = 0, quantity = 0, amount = 0;
    std::string currency;
  };
  std::vector<Row> standing;
  {
    auto rows = store.query(Sql::select_document_costs, document);
    while (rows.next()) {
      standing.push_back({rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3),
                          std::string(rows.text(4))});
    }
  }
  for (const Row& row : standing) {
    const core::Lot* lot = state.lot(static_cast<core::LotId>(row.lot));
    store.run(Sql::insert_lot_cost, lot == nullptr ? core::OwnerId{0} : owner_of_sku(lot->sku),
              row.lot, document, row.kind, -row.quantity, -row.amount, row.currency,
              happened_at.ms);
  }
}

std::vector<std::int64_t> voiding(Workbench& bench, std::int64_t row) {
  std::vector<std::int64_t> out;
  auto rows = bench.store.query(Sql::select_voiding, row);
  while (rows.next()) out.push_back(rows.integer(0));
  return out;
}

void load_making(Workbench& bench, const Document& document, core::OwnerId owner,
                 std::int64_t source, Making& making, core::Context& context) {
  context.cost_of = [&bench](core::LotId lot) { return bench.cost_of(lot); };
  if (const auto* sent = std::get_if<Transformation>(&document.body);
      sent != nullptr && sent->unbuild_of) {
    const std::int64_t row =
        find_named(bench, owner, DocumentType::transformation, *sent->unbuild_of, source);
    const auto stored = row == 0 ? std::nullopt : stored_document(bench, row);
    if (!stored || stored->owner != owner) return;
    making.unbuilt = parse_stored(*stored);
    if (making.unbuilt) context.unbuilt = &*making.unbuilt;
    context.unbuilt_id = static_cast<core::DocumentId>(row);
  }
  if (const auto* charge = std::get_if<Charge>(&document.body)) {
    const std::int64_t of =
        charge->receipt_source ? bench.source_id(*charge->receipt_source) : source;
    const std::int64_t row = find_named(bench, owner, DocumentType::receipt, charge->receipt, of);
    const auto stored = row == 0 ? std::nullopt : stored_document(bench, row);
    if (!stored || stored->owner != owner) return;
    append_entries(bench, row, making.charged);
    for (const std::int64_t other : voiding(bench, row)) {
      append_entries(bench, other, making.charged);
    }
    keep_standing(making.charged);
    context.charged = &making.charged;
  }
}

}  // namespace lotbridge::engine
