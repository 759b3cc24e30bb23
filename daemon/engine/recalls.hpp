// Recalls in the store: which lots they mean, what consignees answered, how they ended.
//
// What a recall blocks is the core's to say; here its rows are written. For the engine's thread.
#pragma once

#include <string>
#include <vector>

#include "workbench.hpp"

namespace lotbridge::engine {

// What the scope names by documents: the lots of receipts, and transformations.
core::RecallContext recall_context(Workbench&, core::OwnerId, const RecallScope&);
// One recall per owner that the caller sees, all in this batch: either all of them begin or none
// does.
Answer recall_everywhere(Workbench&, const Document&, const Caller&);
void store_recall(Workbench&, core::OwnerId, std::int64_t document, const std::string& id,
                  const Recall&, Timestamp started_at);
Answer note_recall_response(Workbench&, const Engine::RecallName&, const Engine::RecallResponse&,
                            const Caller&);
Answer end_recall(Workbench&, const Engine::RecallName&, const std::string& disposition,
                  const std::string& evidence, const Caller&);
void store_recall_report(Workbench&, std::int64_t document, const std::string& report,
                         std::int64_t elapsed_us);

}  // namespace lotbridge::engine
