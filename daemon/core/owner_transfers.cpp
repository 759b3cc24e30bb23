#include "documents.hpp"

namespace lotbridge::core {

bool apply_owner_transfer(Work& w, const Document&, const OwnerTransfer&) {
  return park(w, "unavailable", "This type of document cannot be applied yet; it is kept.");
}

}  // namespace lotbridge::core
