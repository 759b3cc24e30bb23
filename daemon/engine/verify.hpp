// Whether a store keeps its promises: the invariants of the ledger, checked on a live store beside
// the writer.
//
// Each function opens the store read-only for itself, sees one committed state, and returns a
// report as canonical JSON:
// {"ok": true|false, "checked": {...}, "findings": [{"invariant", "code", "detail"}], "chains":
// [{"owner","entries","hash"}]}. The first broken entry of a chain is named. Any thread; may take
// seconds on a large store.
#pragma once

#include <string>

#include <lotbridge/status.hpp>

namespace lotbridge::engine {

Result<std::string> verify(const std::string& store_path);
// Only whether the balances are what the entries add up to.
Result<std::string> rebuild_check(const std::string& store_path);

}  // namespace lotbridge::engine
