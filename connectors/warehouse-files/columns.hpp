// The fields that a row of each kind of file may have, and the names that columns usually go by.
//
// The documented list: docs/format/warehouse-files.md shows it, and a test keeps both the same.
// Constant data.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "settings.hpp"

namespace lotbridge::warehouse_files {

struct Field {
  std::string_view name;
  bool required = false;  // the header must have it, or the settings a default
  std::vector<std::string_view>
      aliases;  // as column_key() writes them, the preferred first; `name` itself counts too
};

const std::vector<Field>& fields_of(Kind kind);
const Field* find_field(Kind kind, std::string_view name);  // null: there is none
std::string field_names(Kind kind);                         // for a message

}  // namespace lotbridge::warehouse_files
