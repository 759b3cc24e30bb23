// What is missing of a transfer will not come: it is lost on the way (rule 28).
#include "documents.hpp"

namespace lotbridge::core {

bool apply_transfer_close(Work& w, const Document&, const TransferClose& close) {
  if (!w.ctx.followed.transfer_known) {
    const std::string detail = "There is no transfer \"" + close.transfer + "\".";
    if (w.command) return w.refuse("not_found", detail, "/transfer");
    return park(w, "not_found", detail);
  }
  std::vector<TransferLot> rows = w.ctx.followed.transfer;
  for (TransferLot& row : rows) {
    const Quantity missing = row.sent - row.arrived - row.lost;
    if (!missing.is_positive()) continue;
    w.goods(row.sku, row.lot, missing, outside(AccountKind::in_transit, row.warehouse),
            outside(AccountKind::lost, row.warehouse));
    row.lost += missing;
    w.out.produced_lots.push_back(row.lot);
  }
  w.out.follows.transfer_changed = true;
  w.out.follows.transfer = std::move(rows);
  return true;
}

}  // namespace lotbridge::core
