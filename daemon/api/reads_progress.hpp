// How far a transfer or a purchase order has come, for the answer that shows its document.
#pragma once

#include "daemon/api/reads_common.hpp"
#include "daemon/store/reader_documents.hpp"

namespace lotbridge::api {

// "progress": of these two types; nothing for others.
void write_progress(JsonWriter&, Reading&, const store::DocumentRow&);

}  // namespace lotbridge::api
