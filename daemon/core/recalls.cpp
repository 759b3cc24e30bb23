// Recalls: the block lands on every lot at once, reservations move, and what comes later joins
// (rules 32 to 34, 36). Whom to tell is not decided here.
#include <algorithm>
#include <iterator>

#include "allocator.hpp"
#include "documents.hpp"
#include "lot_dates.hpp"
#include "places.hpp"
#include "recall_scope.hpp"

namespace lotbridge::core {

namespace {

std::vector<LotId> without(const std::vector<LotId>& lots, const std::vector<LotId>& others) {
  std::vector<LotId> out;
  std::set_difference(lots.begin(), lots.end(), others.begin(), others.end(),
                      std::back_inserter(out));
  return out;
}

bool same_recall(const Block& block, const OpenRecall& recall) {
  return block.kind == BlockKind::recalled && block.document == recall.document;
}

void block_lot(Work& w, const OpenRecall& recall, LotId lot) {
  std::vector<Block> blocks = w.state.blocks(lot);
  if (std::any_of(blocks.begin(), blocks.end(),
                  [&](const Block& b) { return same_recall(b, recall); }))
    return;
  blocks.push_back({lot, 0, BlockKind::recalled, recall.id, recall.reason, recall.document});
  w.t.set_blocks(lot, std::move(blocks));
}

void lift(Work& w, const OpenRecall& recall, LotId lot) {
  std::vector<Block> blocks = w.state.blocks(lot);
  std::erase_if(blocks, [&](const Block& b) { return same_recall(b, recall); });
  const bool free_again = blocks.empty();
  w.t.set_blocks(lot, std::move(blocks));
  if (free_again) close_pull_tasks(w, lot);
  w.free_up(w.t.lots[lot].sku);
}

void tell(Work& w, const OpenRecall& recall, const char* kind) {
  Event& event = w.event(kind, 0, 0, 0, 0, {});
  event.reason = recall.id;
  event.value = std::to_string(recall.lots.size());
}

// LEGACY means units that may be of any lot: only the whole item can be called back.
bool check_scope(Work& w, const RecallScope& scope) {
  const auto refuse_legacy = [&](const LotCode& lot, const std::string& pointer) {
    if (lot.text != "LEGACY") return true;
    return w.refuse("lot_not_recallable",
                    "LEGACY stands for units of any lot: recall the whole SKU instead.", pointer);
  };
  for (std::size_t i = 0; i < scope.lots.size(); ++i) {
    if (!refuse_legacy(scope.lots[i].lot, "/scope/lots/" + std::to_string(i) + "/lot"))
      return false;
  }
  for (std::size_t i = 0; i < scope.gtin_lots.size(); ++i) {
    const std::string pointer = "/scope/gtin_lots/" + std::to_string(i) + "/lot";
    if (!refuse_legacy(scope.gtin_lots[i].lot, pointer)) return false;
  }
  return true;
}

// Lots that nobody has seen yet are blocked from the start; a drill leaves no such traces.
void expect_lots(Work& w, const Recall& recall) {
  for (const RecallLot& named : recall.scope.lots) {
    const SkuId sku = w.t.find_sku(w.owner, named.sku);
    if (sku != 0 && w.t.find_lot(sku, named.lot.text) != 0) continue;
    w.except(sku == 0 ? "unknown_sku" : "unknown_lot", "Nobody knows a lot " + named.lot.text +
                                                           " of " + named.sku +
                                                           "; it is blocked when it comes.");
    if (!recall.drill && sku != 0) find_or_create_lot(w, sku, named.lot);
  }
}

}  // namespace

bool apply_recall(Work& w, const Document& document, const Recall& sent) {
  if (!check_scope(w, sent.scope)) return false;
  expect_lots(w, sent);
  OpenRecall recall;
  recall.document = w.ctx.document;
  recall.owner = w.owner;
  recall.id = document.id;
  recall.reason = reason_of(sent);
  recall.scope = sent.scope;
  recall.include_derived = sent.include_derived;
  recall.lots = lots_in_scope(w.t, w.owner, sent, w.ctx.recall);
  std::vector<LotId> before;
  bool revised = false;
  for (const OpenRecall& open : w.t.recalls) {
    if (open.document != recall.document) continue;
    before = open.lots;
    revised = true;
  }
  RecallChange change;
  change.recall = recall.document;
  change.added = without(recall.lots, before);
  change.removed = without(before, recall.lots);
  w.out.recalls.push_back(change);
  if (sent.drill) return true;
  w.t.set_recall(recall);
  for (const LotId lot : change.added) block_lot(w, recall, lot);
  for (const LotId lot : change.removed) lift(w, recall, lot);
  // First every block, then the reservations: nothing moves onto a lot that this recall blocks.
  for (const LotId lot : change.added) rejudge_lot_everywhere(w, lot, "recalled");
  tell(w, recall, revised ? "recall.updated" : "recall.started");
  return true;
}

namespace {

bool means(const OpenRecall& recall, LotId lot) {
  return std::binary_search(recall.lots.begin(), recall.lots.end(), lot);
}

// What of these lots the recall means from now on: what fits its scope, and what this document made
// of a lot that it means already.
std::vector<LotId> joining(const Work& w, const OpenRecall& recall,
                           const std::vector<LotId>& lots) {
  std::vector<LotId> out;
  for (const LotId lot : lots) {
    if (w.t.skus[w.t.lots[lot].sku].owner != recall.owner || w.t.lots[lot].merged) continue;
    if (!means(recall, lot) && fits_scope(w.t, recall, lot)) out.push_back(lot);
  }
  if (recall.include_derived) {
    const auto& rows = w.out.genealogy;
    const bool used = std::any_of(rows.begin(), rows.end(), [&](const GenealogyRow& row) {
      return !row.output && means(recall, w.t.home_of(row.lot));
    });
    for (const GenealogyRow& row : rows) {
      const LotId made = w.t.home_of(row.lot);
      if (used && row.output && row.quantity.is_positive() && !means(recall, made))
        out.push_back(made);
    }
    if (!out.empty()) add_derived(w.t, out);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return without(out, recall.lots);
}

}  // namespace

void join_recalls(Work& w) {
  if (w.t.recalls.empty()) return;
  std::vector<LotId> lots = w.out.produced_lots;
  for (LotId lot = w.first_new_lot; lot < w.t.lots.size(); ++lot) lots.push_back(lot);
  if (lots.empty() && w.out.genealogy.empty()) return;
  std::sort(lots.begin(), lots.end());
  lots.erase(std::unique(lots.begin(), lots.end()), lots.end());
  for (std::size_t i = 0; i < w.t.recalls.size(); ++i) {
    RecallChange change;
    change.added = joining(w, w.t.recalls[i], lots);
    if (change.added.empty()) continue;
    OpenRecall recall = w.t.recalls[i];
    change.recall = recall.document;
    const auto before = static_cast<std::ptrdiff_t>(recall.lots.size());
    recall.lots.insert(recall.lots.end(), change.added.begin(), change.added.end());
    std::inplace_merge(recall.lots.begin(), recall.lots.begin() + before, recall.lots.end());
    for (const LotId lot : change.added) block_lot(w, recall, lot);
    for (const LotId lot : change.added) rejudge_lot_everywhere(w, lot, "recalled");
    tell(w, recall, "recall.updated");
    w.t.set_recall(std::move(recall));
    w.out.recalls.push_back(std::move(change));
  }
}

// ---------------------------------------------------------------- the table

void State::Tables::set_recall(OpenRecall recall) {
  const auto at = std::find_if(recalls.begin(), recalls.end(), [&](const OpenRecall& open) {
    return open.document == recall.document;
  });
  const DocumentId document = recall.document;
  if (at == recalls.end()) {
    recalls.push_back(std::move(recall));
    remember(Touch::nothing, 0, [document](Tables& t) {
      std::erase_if(t.recalls, [&](const OpenRecall& o) { return o.document == document; });
    });
    return;
  }
  OpenRecall before = std::move(*at);
  *at = std::move(recall);
  remember(Touch::nothing, 0, [before](Tables& t) {
    for (OpenRecall& open : t.recalls) {
      if (open.document == before.document) open = before;
    }
  });
}

void State::load_recall(OpenRecall recall) { tables_->recalls.push_back(std::move(recall)); }

const std::vector<OpenRecall>& State::recalls() const { return tables_->recalls; }

}  // namespace lotbridge::core
