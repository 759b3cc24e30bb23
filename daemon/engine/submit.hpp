// One document's way through a running batch: identity, references, contacts, the rules, the rows.
//
// Nothing of a refused document is written. The result is told to its sender only after the batch's
// commit.
#pragma once

#include <string>

#include "workbench.hpp"

namespace lotbridge::engine {

struct Submitted {
  Refused refused;      // nothing changed
  bool parked = false;  // kept whole for a person
  std::string body;     // the answer, when one was asked for
  Answer answer() const;
};

struct SubmitOptions {
  bool with_answer = true;     // connectors do not read it
  std::string origin;          // "file receipts.csv line 7", for what ends up parked
  bool accepted_swap = false;  // a person confirmed what a count proposed
  bool park_refused = false;   // a connector's record: a person decides
};
Submitted submit_document(Workbench&, Document, const Caller&, const SubmitOptions&);

// The answer to an order that is tried and not kept.
Answer preview_order(Workbench&, Document, const Caller&);
Answer command_order(Workbench&, Engine::OrderCommand, const Engine::OrderName&, const Caller&);
Answer substitute_order(Workbench&, const Engine::OrderName&, const core::Substitute&,
                        const Caller&);
Answer answer_order(Workbench&, const Engine::OrderName&, const Caller&);
Answer erase_customer_of(Workbench&, const Engine::OrderName&, const Caller&);

// parked.cpp
void park(Workbench&, core::OwnerId, const Document&, const Problem&, const std::string& origin);
void park_unreadable(Workbench&, const Unreadable&);
Answer retry_parked_record(Workbench&, std::int64_t id, const Caller&);
Answer discard_parked_record(Workbench&, std::int64_t id, const Caller&);

// Whether a text is one of the batch's failures rather than the document's own.
Answer unavailable(const Refused&);

}  // namespace lotbridge::engine
