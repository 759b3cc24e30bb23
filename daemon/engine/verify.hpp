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

struct Settings;

// `settings`: what the daemon runs with, so that reservations are judged by the demands that hold;
// nullptr (a copy of which nobody knows the configuration): by blocks and use-by dates alone.
Result<std::string> verify(const std::string& store_path, const Settings* settings = nullptr);
// Folds the whole ledger anew and compares it with the balances, also by a digest per owner:
// "digests": [{"owner", "ledger", "balances"}], beside "ok", "checked" and "findings".
Result<std::string> rebuild_check(const std::string& store_path);

}  // namespace lotbridge::engine
