// What arrives of a transfer between warehouses, and where it comes from in the books (rule 28).
#pragma once

#include "work.hpp"

namespace lotbridge::core {

struct Origin {
  Account from;
  Quantity quantity;
};
// Units of a lot that a receipt with `transfer` brings: out of what is in transit, then out of what
// had been given up, the rest is a find, and told of.
std::vector<Origin> arrived_from(Work&, const Receipt&, LotId, WarehouseId, Quantity);
// Lines of such a receipt that name no lot get those that are still on their way.
std::vector<ReceiptLine> lines_with_lots(Work&, const Receipt&);
// What the taken back version of a receipt brought is on its way again. Before its entries are
// reversed.
void take_back_arrivals(Work&);

}  // namespace lotbridge::core
