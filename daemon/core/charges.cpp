#include "documents.hpp"

namespace lotbridge::core {

bool apply_charge(Work& w, const Document&, const Charge&) {
  return park(w, "unavailable", "This type of document cannot be applied yet; it is kept.");
}

}  // namespace lotbridge::core
