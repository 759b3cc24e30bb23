// Holds and releases: a set of reasons per lot, everywhere or at one warehouse; any one blocks
// (rules 6, 13).
#include <algorithm>

#include "allocator.hpp"
#include "documents.hpp"
#include "places.hpp"

namespace lotbridge::core {

namespace {

struct Scope {
  LotId lot = 0;
  WarehouseId warehouse = 0;  // 0: everywhere
};

// Resolves all lots first, so that a refused document has not half happened. False after a refusal.
bool scopes_of(Work& w, const std::vector<LotRef>& lots, bool create, std::vector<Scope>& out) {
  for (std::size_t i = 0; i < lots.size(); ++i) {
    const std::string pointer = "/lots/" + std::to_string(i);
    Scope scope;
    if (lots[i].warehouse) {
      scope.warehouse = warehouse_of(w, *lots[i].warehouse, pointer + "/warehouse");
      if (scope.warehouse == 0) return false;
    }
    const SkuId sku = sku_of(w, lots[i].sku, pointer + "/sku");
    if (sku == 0) return false;
    scope.lot = w.t.find_lot(sku, lots[i].lot.text);
    if (scope.lot == 0 && w.command) {
      return w.refuse("unknown_lot", "Nobody knows a lot " + lots[i].lot.text + " of this item.",
                      pointer + "/lot");
    }
    if (scope.lot == 0 && create) {
      // Goods of it that come later are blocked from the start.
      scope.lot = find_or_create_lot(w, sku, lots[i].lot);
      w.except("unknown_lot",
               "Nobody received " + w.lot_text(scope.lot) + " yet; it is blocked when it comes.");
    }
    if (scope.lot == 0) {
      w.except("unknown_lot", "Nobody knows a lot " + lots[i].lot.text + " of this item.");
      continue;
    }
    out.push_back(scope);
  }
  return true;
}

bool same_block(const Block& block, const Scope& scope, const std::string& code) {
  return block.kind == BlockKind::hold && block.warehouse == scope.warehouse && block.code == code;
}

void judge_scope(Work& w, const Scope& scope, std::string_view cause) {
  if (scope.warehouse != 0) {
    rejudge_lot(w, scope.lot, scope.warehouse, cause);
  } else {
    rejudge_lot_everywhere(w, scope.lot, cause);
  }
}

}  // namespace

void close_pull_tasks(Work& w, LotId lot) {
  for (const WarehouseId warehouse : warehouses_with(w.t, w.t.lots[lot].sku)) {
    const LotStock* row = w.t.find_stock(lot, warehouse);
    for (std::uint32_t node = row == nullptr ? 0 : row->promises; node != 0;
         node = w.t.promise_nodes[node].next) {
      AlertChange key;
      key.kind = "pull_task";
      key.sku = w.t.lots[lot].sku;
      key.lot = lot;
      key.warehouse = warehouse;
      key.order = w.t.promise_nodes[node].order;
      if (w.t.picked(lot, warehouse).is_positive()) w.close_alert(key);
    }
  }
}

bool apply_hold(Work& w, const Document&, const Hold& hold) {
  std::vector<Scope> scopes;
  if (!scopes_of(w, hold.lots, true, scopes)) return false;
  for (const Scope& scope : scopes) {
    std::vector<Block> blocks = w.state.blocks(scope.lot);
    const bool known = std::any_of(blocks.begin(), blocks.end(),
                                   [&](const Block& b) { return same_block(b, scope, hold.code); });
    if (known) continue;
    blocks.push_back({scope.lot, scope.warehouse, BlockKind::hold, hold.code,
                      hold.reason.value_or(""), w.ctx.document});
    w.t.set_blocks(scope.lot, std::move(blocks));
    w.out.produced_lots.push_back(scope.lot);
  }
  // First every block, then the reservations: nothing moves onto a lot that the same document
  // blocks.
  for (const Scope& scope : scopes) judge_scope(w, scope, "hold");
  return true;
}

bool apply_release(Work& w, const Document&, const Release& release) {
  std::vector<Scope> scopes;
  if (!scopes_of(w, release.lots, false, scopes)) return false;
  for (std::size_t i = 0; i < scopes.size(); ++i) {
    const Scope& scope = scopes[i];
    std::vector<Block> blocks = w.state.blocks(scope.lot);
    const std::size_t before = blocks.size();
    std::erase_if(blocks, [&](const Block& b) { return same_block(b, scope, release.code); });
    if (blocks.size() == before) {
      const std::string detail =
          w.lot_text(scope.lot) + " is not held with code \"" + release.code + "\" at this scope.";
      if (w.command) return w.refuse("not_found", detail, "/lots/" + std::to_string(i));
      w.except("not_found", detail);
      continue;
    }
    const bool free_again = blocks.empty();
    w.t.set_blocks(scope.lot, std::move(blocks));
    if (free_again) close_pull_tasks(w, scope.lot);
    w.free_up(w.t.lots[scope.lot].sku);
    w.out.produced_lots.push_back(scope.lot);
  }
  return true;
}

}  // namespace lotbridge::core
