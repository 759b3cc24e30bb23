// Takes the files of one kind: records and cursor become durable together, then the file leaves the
// inbound folder.
//
// The cursor is {"name","sha256","row","folder"}: of this file the records that begin before `row`
// are stored; with a folder ("done" or "failed") all are, and only the move was left to do. A pull
// that dies anywhere is repeated without a record lost or doubled.
#pragma once

#include <lotbridge/sdk.hpp>

#include "settings.hpp"

namespace lotbridge::warehouse_files {

void pull_files(Call& call, const Pull& pull, const Settings& settings, Kind kind);

}  // namespace lotbridge::warehouse_files
