#include "documents.hpp"

namespace lotbridge::core {

bool apply_lot_correction(Work& w, const Document&, const LotCorrection&) {
  return park(w, "unavailable", "This type of document cannot be applied yet; it is kept.");
}

}  // namespace lotbridge::core
