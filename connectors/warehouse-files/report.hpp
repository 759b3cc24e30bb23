// What became of a file, for the people at the warehouse: as text, and as JSON for their programs.
//
// Line numbers and reasons, ids of documents; no row is repeated, so no personal data.
#pragma once

#include <string>
#include <string_view>

#include "translate.hpp"

namespace lotbridge::warehouse_files {

struct FileName {
  std::string name, sha256;
};

std::string report_text(const FileName& file, const Feed& feed, const Translation& result,
                        Timestamp taken_at);
std::string report_json(const FileName& file, const Feed& feed, const Translation& result,
                        Timestamp taken_at);

}  // namespace lotbridge::warehouse_files
