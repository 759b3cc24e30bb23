// What a transformation or a charge needs to know of the document that it names.
#pragma once

#include "workbench.hpp"

namespace lotbridge::engine {

// Kept alive while the document is applied: its context points here.
struct Making {
  std::optional<Document> unbuilt;
  std::vector<core::Entry> charged;
};
// The transformation that is taken apart, the receipt that is charged; and what lots cost.
void load_making(Workbench&, const Document&, core::OwnerId, std::int64_t source, Making&,
                 core::Context&);

// Rows of the documents that take this one back.
std::vector<std::int64_t> voiding(Workbench&, std::int64_t row);

}  // namespace lotbridge::engine
