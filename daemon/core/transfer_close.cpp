#include "documents.hpp"

namespace lotbridge::core {

bool apply_transfer_close(Work& w, const Document&, const TransferClose&) {
  return park(w, "unavailable", "This type of document cannot be applied yet; it is kept.");
}

}  // namespace lotbridge::core
