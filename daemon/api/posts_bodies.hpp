// The small bodies of commands that are no documents. Strict: unknown keys and wrong types are
// refused with their pointer.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <lotbridge/status.hpp>
#include <lotbridge/values.hpp>

#include "daemon/core/apply.hpp"
#include "daemon/engine/engine.hpp"

namespace lotbridge::api {

Result<core::Substitute> read_substitute(std::string_view json);
// {"note": "..."}; an empty body is no note.
Result<std::string> read_note(std::string_view json);
// {"order","acknowledged","contact","note"}
Result<engine::Engine::RecallResponse> read_recall_response(std::string_view json);
// {"disposition","evidence"}
struct RecallEnd {
  std::string disposition, evidence;
};
Result<RecallEnd> read_recall_end(std::string_view json);
// {"reason": "..."}
Result<std::string> read_reason(std::string_view json);
// {"now": "2026-03-10T12:00:00Z"}
Result<Timestamp> read_now(std::string_view json);

// {"name": "nightly.db"}: a file name, not a path.
Result<std::string> read_backup_name(std::string_view json);

}  // namespace lotbridge::api
