#include "documents.hpp"

namespace lotbridge::core {

bool apply_transformation(Work& w, const Document&, const Transformation&) {
  return park(w, "unavailable", "This type of document cannot be applied yet; it is kept.");
}

}  // namespace lotbridge::core
