#include "documents.hpp"

namespace lotbridge::core {

bool apply_purchase_order(Work& w, const Document&, const PurchaseOrder&) {
  return park(w, "unavailable", "This type of document cannot be applied yet; it is kept.");
}

}  // namespace lotbridge::core
