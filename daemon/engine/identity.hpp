// Whether a document is new: (owner, source, type, id) against what is stored, as the contract's
// "Identity" says.
//
// judge() only reads. An item's identity is (owner, sku) for each source apart (they are merged by
// the core); a policy's is (owner, id) whatever the source. Equal content is known by its keyed
// digest, so no personal data is kept for it.
#pragma once

#include <optional>
#include <string>

#include <lotbridge/documents.hpp>
#include <lotbridge/status.hpp>

#include "workbench.hpp"

namespace lotbridge::engine {

struct Identity {
  enum class Verdict {
    fresh,
    duplicate,
    stale,
    revised,
    corrected,
    conflict
  } verdict = Verdict::fresh;
  std::int64_t document = 0;  // row; 0: new
  std::int64_t order = 0;     // the order that the stored document is about
  std::int64_t source = 0;    // row of the source
  std::string digest;         // of the content that came
};
Identity judge(Workbench&, const Document&, core::OwnerId);

// Whether it may be refused (true) or is a fact that is always recorded.
bool is_command(const Document&);
std::optional<std::int64_t> version_of(const Document&);
std::string_view verdict_name(Identity::Verdict);  // "applied", "duplicate", ...

// A stored document, read back.
struct Stored {
  std::int64_t row = 0;
  core::OwnerId owner = 0;
  DocumentType type = DocumentType::item;
  std::int64_t order = 0, source = 0;
  std::string body, exceptions;  // JSON texts; exceptions may be empty
  Timestamp happened_at;
};
std::optional<Stored> stored_document(Workbench&, std::int64_t row);
std::optional<Document> parse_stored(const Stored&);

}  // namespace lotbridge::engine
