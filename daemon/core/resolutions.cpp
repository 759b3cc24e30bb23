#include "documents.hpp"

namespace lotbridge::core {

bool apply_resolution(Work& w, const Document&, const Resolution&) {
  return park(w, "unavailable", "This type of document cannot be applied yet; it is kept.");
}

}  // namespace lotbridge::core
