// What documents that follow others need of the store, and what they leave there: transfers under
// way, purchase orders and what came of them, several reports of one dispatch, resolutions.
//
// core/followed.hpp says what each of it means. Called between core::apply() and the commit, inside
// the batch's transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "workbench.hpp"

namespace lotbridge::engine {

struct FollowedTransfer {
  std::int64_t document = 0;  // 0: it has not come yet
  std::string name;           // "": none
};
struct Following {
  FollowedTransfer transfer, before;
  std::optional<Document> resolved;
};

// The row of a document by its uid or its sender's id: of the same source first, else the only one.
std::int64_t find_named(Workbench&, core::OwnerId, DocumentType, const std::string& name,
                        std::int64_t source);

// Fills context.followed. `row`: the document's own, 0 where it is new; `previous` and `voided` are
// set in the context already.
void follow(Workbench&, core::OwnerId, const Document&, std::int64_t row, std::int64_t voided,
            core::Context&, Following&);
// Writes what came of it.
void keep_follows(Workbench&, core::OwnerId, const Document&, std::int64_t row, std::int64_t voided,
                  const Following&, const core::Outcome&);

// Entries of documents that correct this one: who takes it back takes them back.
void append_linked(Workbench&, core::OwnerId, std::int64_t row, std::vector<core::Entry>&);

// What is known of a transfer now, for the answer to a repeat; empty for other types.
core::Follows known_transfer(Workbench&, core::OwnerId, DocumentType, std::int64_t row);

// What another report said of carrier and tracking number, where this one says nothing.
void complete_dispatch(Document&, const core::Follows&);

}  // namespace lotbridge::engine
