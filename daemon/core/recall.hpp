// Recalls that block lots: which lots they mean now, and which they will mean when they come (rules
// 32 to 34).
//
// A drill finds the same lots and leaves no trace in the state. Plain values and functions.
#pragma once

#include <string>
#include <vector>

#include <lotbridge/documents.hpp>

#include "ids.hpp"

namespace lotbridge::core {

// A recall that is under way; it keeps its block, and joins what comes later and fits its scope.
struct OpenRecall {
  DocumentId document = 0;
  OwnerId owner = 0;
  std::string id, reason;
  RecallScope scope;
  bool include_derived = true;
  std::vector<LotId> lots;  // ascending
};

// What its block says to people: the title, else the reason.
inline std::string reason_of(const Recall& recall) {
  return recall.title ? *recall.title : recall.reason.value_or("");
}

// What a recall means now, beside what its scope says by itself.
struct RecallContext {
  std::vector<LotId> received;   // lots of the receipts that the scope names
  std::vector<DocumentId> made;  // the transformations that it names
};

// Lots that a recall began or ceased to mean with this document; `recall`: its document.
struct RecallChange {
  DocumentId recall = 0;
  std::vector<LotId> added, removed;
};

}  // namespace lotbridge::core
