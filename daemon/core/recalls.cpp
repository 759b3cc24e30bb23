#include "documents.hpp"

namespace lotbridge::core {

bool apply_recall(Work& w, const Document&, const Recall&) {
  return park(w, "unavailable", "This type of document cannot be applied yet; it is kept.");
}

}  // namespace lotbridge::core
